// The result file of an experiment: made from its seeds' records, written, read back. Knows no
// running job; what a file must be is said in results.ts.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseLab, type LabResult } from '../../results.ts';
import { LabError, readIfThere, sha256, writeWhole } from './files.ts';
import { canonical, findDifference, print } from './json.ts';
import { PUBLISHED_SEEDS } from './options.ts';
import type { Kept } from './records.ts';
import { configOf, type AnyExperiment, type AnyRecord } from './registry.ts';

export const MOST_BYTES = 200_000;
/** The seed whose quick record goes into every published file, to be run again by verify. */
export const SLICE_SEED = 21;

/** A result file as it is written: figures without the provenance that stands above them. */
export type ResultFile = Omit<LabResult, 'figures' | 'digest'> & { figures: Record<string, unknown>[]; digest: string };

export const isPublishable = (seeds: readonly number[], quick: boolean): boolean => !quick && seeds.join() === PUBLISHED_SEEDS.join();

export const digestOf = ({ digest: _, ...rest }: ResultFile): string => sha256(canonical(rest));
export const printResult = (file: ResultFile): string => `${print(file)}\n`;

/** What differs between the records' machines is listed side by side. */
function joinEnvironments(all: readonly Record<string, string>[]): Record<string, string> {
  const names = [...new Set(all.flatMap(Object.keys))];
  return Object.fromEntries(names.map((n) => [n, [...new Set(all.map((e) => e[n] ?? 'unknown'))].sort().join(' and ')]));
}

const listRecord = ({ seed, invalid, measures }: AnyRecord) => ({ seed, ...(invalid !== undefined && { invalid }), measures });

/** `records` of all seeds, in any order; `slice` if the file is to be published. */
export function makeResult(experiment: AnyExperiment, records: readonly Kept[], quick: boolean, slice: Kept | undefined, today: string): ResultFile {
  const sorted = [...records].sort((a, b) => a.record.seed - b.record.seed);
  const { code } = sorted[0]!;
  const seeds = sorted.map((k) => listRecord(k.record));
  const config = configOf(experiment, quick);
  const { outcome, figures } = experiment.report(seeds, config);
  return sign({
    schema: 'lab/1',
    experiment: experiment.id,
    question: experiment.question,
    limits: experiment.limits,
    claims: [...experiment.claims],
    made: {
      code,
      config: config as Record<string, unknown>,
      seeds: seeds.map((s) => s.seed),
      environment: joinEnvironments([...sorted, ...(slice ? [slice] : [])].map((k) => k.environment)),
      when: { date: today, seconds: Math.round(sorted.reduce((a, k) => a + k.seconds, 0)) },
    },
    outcome,
    figures,
    seeds,
    ...(slice && { slice: { ...listRecord(slice.record), quick: true as const } }),
  });
}

/** The same records, said anew: for a caption or a verdict whose words were changed. */
export function reportAgain(experiment: AnyExperiment, file: ResultFile): ResultFile {
  const { digest: _, ...rest } = file;
  const { outcome, figures } = experiment.report(file.seeds as AnyRecord[], file.made.config as never);
  const { question, limits, claims } = experiment;
  return sign({ ...rest, question, limits, claims: [...claims], outcome, figures });
}

/** Everything as JSON would give it back, with its digest. */
function sign(content: Omit<ResultFile, 'digest'>): ResultFile {
  const plain = JSON.parse(JSON.stringify(content)) as ResultFile;
  return { ...plain, digest: digestOf(plain) };
}

const withoutWhen = (file: ResultFile): unknown => ({ ...file, digest: '', made: { ...file.made, when: '' } });

/** Refuses what breaks the contract. Leaves a file alone that says the same already; true if it wrote. */
export function writeResult(path: string, name: string, result: ResultFile): boolean {
  const text = printResult(result);
  if (Buffer.byteLength(text) > MOST_BYTES) throw new LabError(`${name} would have ${Buffer.byteLength(text)} bytes, and ${MOST_BYTES} is the most; let the experiment record less`);
  parseLab(name, text);
  const old = readIfThere(path)?.toString('utf8');
  if (old !== undefined && isSameResult(old, result)) return false;
  writeWhole(path, text);
  return true;
}

function isSameResult(text: string, result: ResultFile): boolean {
  try {
    const old = JSON.parse(text) as ResultFile;
    return printResult(old) === text && digestOf(old) === old.digest && !findDifference(withoutWhen(old), withoutWhen(result));
  } catch {
    return false;
  }
}

/** The raw file; throws ContractError if it is not one. */
export function readResult(path: string, name: string): { text: string; file: ResultFile } {
  const text = readFileSync(path, 'utf8');
  parseLab(name, text);
  return { text, file: JSON.parse(text) as ResultFile };
}

/** Where a result goes: to assets/lab if it is published, else where nothing published can be overwritten. */
export function placeResult(root: string, id: string, seeds: readonly number[], quick: boolean, out?: string): string {
  const published = resolve(root, 'assets/lab');
  if (isPublishable(seeds, quick)) return join(out ? resolve(root, out) : published, `${id}.json`);
  const folder = out ? resolve(root, out) : resolve(root, '.lab/out');
  if (!relative(published, folder).startsWith('..')) throw new LabError(`--out ${out}: only seeds ${PUBLISHED_SEEDS.join(', ')} with the full configuration go into assets/lab; choose another folder`);
  return join(folder, `${id}${quick ? '-quick' : ''}.json`);
}

/** What a terminal shows of a result. */
export function describe({ experiment, outcome: { verdict, sentence, rule, headline }, seeds }: ResultFile): string {
  const invalid = seeds.filter((s) => s.invalid).map((s) => `\n  seed ${s.seed} does not count: ${s.invalid}`);
  return `${experiment}: ${verdict}. ${sentence}\n  ${headline.what}: ${headline.value} (${headline.low} to ${headline.high})\n  rule: ${rule}${invalid.join('')}`;
}
