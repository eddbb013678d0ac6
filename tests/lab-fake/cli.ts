// The lab's command line on other experiments and another folder: `cli.ts <registry> <root> <words…>`.
import { main } from '../../src/run/lab/main.ts';

const [registry = '', root = '', ...words] = process.argv.slice(2);
process.exitCode = await main(words, { registry: new URL(registry), root });
