// `npm run lab`: the lab of this project, on this project's files.
import { fileURLToPath } from 'node:url';
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2), {
  registry: new URL('../../lab/experiments/index.ts', import.meta.url),
  root: fileURLToPath(new URL('../../..', import.meta.url)),
});
