// A run in parts on several machines: what a part leaves behind, and how parts become one run.
// Knows no running job.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../lab/experiment.ts';
import { LabError, writeWhole } from './files.ts';
import { canonical, findDifference } from './json.ts';
import type { Shard } from './options.ts';
import type { Kept } from './records.ts';
import type { Job } from './registry.ts';

const SCHEMA = 'lab-shard/1';

export interface ShardFile {
  schema: typeof SCHEMA;
  experiment: string;
  code: string;
  config: Json;
  quick: boolean;
  /** All seeds of the run, whichever part they are in. */
  seeds: number[];
  records: Kept[];
  slice?: Kept;
}

/** This part's jobs: neighbours, so that one seed's jobs, which share their pretraining, stay together. */
export const takeShare = (jobs: readonly Job[], { index, of }: Shard): Job[] =>
  jobs.slice(Math.floor(((index - 1) * jobs.length) / of), Math.floor((index * jobs.length) / of));

export const shardFile = (root: string, id: string, quick: boolean, { index, of }: Shard): string =>
  join(root, '.lab/shards', `${id}${quick ? '-quick' : ''}-${index}-of-${of}.json`);

export const writeShard = (path: string, shard: Omit<ShardFile, 'schema'>): void => writeWhole(path, `${JSON.stringify({ schema: SCHEMA, ...shard })}\n`);

function readShard(path: string): ShardFile {
  let shard: ShardFile;
  try {
    shard = JSON.parse(readFileSync(path, 'utf8')) as ShardFile;
  } catch (error) {
    throw new LabError(`${path}: is not whole JSON (cut short, or not JSON): ${(error as Error).message}; fetch it or make it again`);
  }
  if (shard?.schema !== SCHEMA) throw new LabError(`${path}: schema is “${String(shard?.schema)}”, and merge joins “${SCHEMA}”, the files that --shard writes`);
  return shard;
}

function listFiles(name: string): string[] {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (!stat) throw new LabError(`${name}: there is no such file or folder`);
  if (!stat.isDirectory()) return [name];
  const found = readdirSync(name, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.json'))
    .map((e) => join(e.parentPath, e.name))
    .sort();
  if (!found.length) throw new LabError(`${name}: holds no .json file; --shard runs write theirs to .lab/shards`);
  return found;
}

/** Parts joined, one for each experiment and size, all of the same run; seeds may be missing. */
export function mergeShards(names: readonly string[]): ShardFile[] {
  const joined = new Map<string, { first: string; whole: ShardFile }>();
  for (const path of names.flatMap(listFiles)) {
    const part = readShard(path);
    const key = `${part.experiment} ${part.quick}`;
    const { first, whole } = joined.get(key) ?? {};
    if (!first || !whole) joined.set(key, { first: path, whole: part });
    else joined.set(key, { first, whole: joinTwo(first, whole, path, part) });
  }
  return [...joined.values()].map(({ whole }) => whole);
}

function joinTwo(first: string, whole: ShardFile, path: string, part: ShardFile): ShardFile {
  const refuse = (what: string): never => {
    throw new LabError(`${path} and ${first} are not of one run of ${part.experiment}: ${what}; run the shards again from one commit with one command`);
  };
  if (part.code !== whole.code) refuse(`code ${part.code} and ${whole.code}`);
  const config = findDifference(part.config, whole.config);
  if (config) refuse(`config.${config.path} is ${config.a} and ${config.b}`);
  if (part.seeds.join() !== whole.seeds.join()) refuse(`seeds ${part.seeds.join(', ')} and ${whole.seeds.join(', ')}`);
  const checkSame = (what: string, a: Kept, b: Kept): void => {
    const found = findDifference(a.record, b.record);
    if (found) refuse(`${what} differs at ${found.path}, ${found.a} and ${found.b}`);
  };
  const records = [...whole.records];
  for (const kept of part.records) {
    const same = records.find((k) => k.record.seed === kept.record.seed);
    if (same) checkSame(`seed ${kept.record.seed}`, kept, same);
    else records.push(kept);
  }
  if (part.slice && whole.slice) checkSame('the slice', part.slice, whole.slice);
  const slice = whole.slice ?? part.slice;
  return { ...whole, records, ...(slice && { slice }) };
}

/** Whether a part was made with the configuration that its experiment has now. */
export const isPresentConfig = (shard: ShardFile, config: Json): boolean => canonical(shard.config) === canonical(config);
