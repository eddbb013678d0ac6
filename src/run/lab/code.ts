// Which code made something: a hash over the lab's sources and the version of its array library.
// Knows where the sources are, not what is in them.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BACKEND } from './exact.ts';

const CORE = fileURLToPath(new URL('../../lab', import.meta.url));

export interface Code {
  /** Of what trains and measures: weights made by it are kept under it. */
  core: string;
  /** Of that and the experiments: records are kept under it. */
  whole: string;
}

function findJaxVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@jax-js/jax');
  return (JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as { version: string }).version;
}

/** Names and texts of a folder's sources; line ends as in the repository. */
const readSources = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')}`);

const hash = (texts: string[]): string => createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 12);

/** `registry` is the module that lists the experiments; those lie in its folder. */
export function readCode(registry: URL): Code {
  const core = [`@jax-js/jax ${findJaxVersion()}`, ...readSources(CORE)];
  return { core: hash(core), whole: hash([...core, ...readSources(dirname(fileURLToPath(registry)))]) };
}

/** Where a record was made, as far as its numbers could depend on it. */
export const describeEnvironment = (): Record<string, string> => ({
  node: process.versions.node,
  jax: findJaxVersion(),
  platform: `${platform()} ${arch()}`,
  backend: BACKEND,
});
