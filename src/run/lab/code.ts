// Which code made something: a hash over the sources that it runs through and the version of its
// array library. Knows where the lab's sources are, not what is in them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { BACKEND } from './exact.ts';
import { LabError } from './files.ts';
import { collectSources } from './imports.ts';

const JAX = '@jax-js/jax';
const TRAINING = new URL('../../lab/arms.ts', import.meta.url);
/** A report says what records mean and makes none, so its words may change without a new run. */
const SAYS = /\/src\/(?:lab\/reports\/.+|results)\.ts$/;

export interface Code {
  /** Of what trains: weights are kept under it. */
  weights: string;
  /** Of the experiment and all that it uses: its records are kept under it, and its result names it. */
  records: string;
}

function findJaxVersion(): string {
  const entry = createRequire(import.meta.url).resolve(JAX);
  return (JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as { version: string }).version;
}

/** The version of a module of the lab: changed by whatever it imports, and by nothing else. */
export function hashModule(module: URL): string {
  const { texts, packages } = collectSources(module, ({ pathname }) => SAYS.test(pathname));
  const others = [...packages].filter((name) => name !== JAX);
  if (others.length) throw new LabError(`${module.pathname}: imports ${others.join(', ')}; the lab computes with no package but ${JAX}, whose version stands in every result`);
  return createHash('sha256').update(JSON.stringify([`${JAX} ${findJaxVersion()}`, ...texts])).digest('hex').slice(0, 12);
}

/** An experiment is the file of its name beside the registry; where there is none, the registry itself. */
export function readCode(registry: URL, experiment: string): Code {
  const own = new URL(`${experiment}.ts`, registry);
  return { weights: hashModule(TRAINING), records: hashModule(existsSync(own) ? own : registry) };
}

/** Where a record was made, as far as its numbers could depend on it. */
export const describeEnvironment = (): Record<string, string> => ({
  node: process.versions.node,
  jax: findJaxVersion(),
  platform: `${platform()} ${arch()}`,
  backend: BACKEND,
});
