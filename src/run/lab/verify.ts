// Checks result files against themselves, the experiments and a short run. Knows no screen.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { canonical, findDifference, type Difference } from './json.ts';
import { LabError } from './files.ts';
import { chooseExperiments, runInLab, showFile, STOPPED, type Lab } from './host.ts';
import { PUBLISHED_SEEDS, type Options } from './options.ts';
import { readRecord } from './records.ts';
import { findExperiment, type AnyExperiment, type Job } from './registry.ts';
import { describe, digestOf, isPublishable, MOST_BYTES, printResult, readResult, reportAgain, SLICE_SEED, writeResult, type ResultFile } from './result.ts';

interface Found {
  path: string;
  name: string;
}

/** The result files that are meant: those of the named experiments, or all. */
function listResults(lab: Lab, { names, out }: Options): Found[] {
  const folder = resolve(lab.root, out ?? 'assets/lab');
  const wanted = chooseExperiments(lab, names).map((e) => `${e.id}.json`);
  const there = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.json')).sort() : [];
  const lacking = wanted.find((w) => !there.includes(w));
  if (lacking && names.length && !names.includes('all')) throw new LabError(`${showFile(lab, join(folder, lacking))}: there is no such file`);
  const found = there.filter((f) => !names.length || names.includes('all') || wanted.includes(f));
  if (!found.length) throw new LabError(`${showFile(lab, folder)} holds no result file; \`npm run lab -- all\` makes them`);
  return found.map((f) => ({ path: join(folder, f), name: showFile(lab, join(folder, f)) }));
}

/** Verdict and figures anew. */
export function reportResults(lab: Lab, options: Options): number {
  for (const { path, name } of listResults(lab, options)) {
    const { file } = readResult(path, name);
    if (digestOf(file) !== file.digest) throw new LabError(`${name}: was changed by hand: its digest is not that of its content; run the experiment again`);
    const again = reportAgain(findExperiment(lab.experiments, file.experiment), file);
    const written = writeResult(path, name, again);
    lab.say(`${describe(again)}\n  ${written ? 'written to' : 'unchanged:'} ${name}`);
  }
  return 0;
}

type Check = (what: string, difference?: Difference, left?: string, right?: string) => void;

/** All that can be checked without running anything. */
function checkFile(lab: Lab, { path, name }: Found, check: Check): ResultFile | undefined {
  let read: { text: string; file: ResultFile };
  try {
    read = readResult(path, name);
  } catch (error) {
    if ((error as Error).name !== 'ContractError') throw error;
    lab.say(`FAILED ${(error as Error).message}`);
    check('schema', { path: 'the whole', a: '', b: '' });
    return undefined;
  }
  const { text, file } = read;
  const differs = (path: string, a: unknown, b: unknown): Difference | undefined => {
    const found = findDifference(a, b);
    return found && { ...found, path: found.path === 'the whole' ? path : `${path}${found.path.startsWith('[') ? '' : '.'}${found.path}` };
  };
  check('schema');
  const size = Buffer.byteLength(text);
  check('size', size > MOST_BYTES ? { path: 'bytes', a: String(size), b: `at most ${MOST_BYTES}` } : undefined);
  check('form', findLine(text, printResult(file)), 'the file has', 'it is written as');
  check('digest', differs('digest', file.digest, digestOf(file)), 'the file has', 'its content gives');
  const experiment = lab.experiments.find((e) => e.id === file.experiment);
  check('experiment', differs('experiment', `${file.experiment}.json`, path.split(/[\\/]/).at(-1)) ?? (experiment ? undefined : { path: 'experiment', a: file.experiment, b: lab.experiments.map((e) => e.id).join(', ') }), 'the file has', 'expected');
  if (!experiment) return undefined;
  check('seeds', isPublishable(file.made.seeds, false) ? undefined : { path: 'made.seeds', a: file.made.seeds.join(', '), b: PUBLISHED_SEEDS.join(', ') }, 'the file has', 'published are');
  check('config', differs('made.config', file.made.config, JSON.parse(canonical(experiment.config))), 'the file has', 'the experiment has');
  const again = reportAgain(experiment, file);
  for (const part of ['question', 'limits', 'claims', 'outcome', 'figures'] as const) check(part, differs(part, file[part], again[part]), 'the file has', 'its records give');
  check('slice', file.slice?.seed === SLICE_SEED ? undefined : { path: 'slice.seed', a: String(file.slice?.seed ?? 'nothing'), b: String(SLICE_SEED) }, 'the file has', 'expected');
  return file;
}

/** A file may be older than the code; what that means is seen by running a part of it again. */
function noteCode(lab: Lab, name: string, { experiment, made }: ResultFile, slice: string): void {
  const present = lab.code[experiment]!.records;
  if (made.code !== present) lab.say(`note   ${name}: made by code ${made.code}, this is ${present}; ${slice}`);
}

/** Where a file is not written as the host writes it: digits that say nothing, other spaces. */
function findLine(text: string, expected: string): Difference | undefined {
  if (text === expected) return undefined;
  const [a, b] = [text.split('\n'), expected.split('\n')];
  const i = a.findIndex((line, n) => line !== b[n]);
  return { path: `line ${(i < 0 ? a.length : i) + 1}`, a: (a[i] ?? 'nothing').trim().slice(0, 80), b: (b[i] ?? 'nothing').trim().slice(0, 80) };
}

/** Runs each file's slice again, from nothing. */
async function runSlices(lab: Lab, files: { name: string; file: ResultFile; experiment: AnyExperiment; check: Check }[], parallel: number | undefined): Promise<number> {
  const store = mkdtempSync(join(tmpdir(), 'lab-verify-'));
  try {
    const jobs = files.map(({ experiment }): Job => ({ experiment: experiment.id, seed: SLICE_SEED, quick: true }));
    const { failures, stopped } = await runInLab(lab, jobs, { parallel, store });
    if (stopped) return STOPPED;
    files.forEach(({ name, file, experiment, check }, i) => {
      const made = readRecord(join(store, 'records'), { experiment: experiment.id, code: lab.code[experiment.id]!.records, config: experiment.quick, seed: SLICE_SEED }, lab.say);
      if (!made) return check('slice run again', { path: 'slice', a: 'a record', b: failures.get(jobs[i]!)?.split('\n')[0] ?? 'nothing' }, 'the file has', 'the run gave');
      const { quick: _, ...kept } = file.slice!;
      const found = findDifference(kept, made.record);
      check('slice run again', found && { ...found, path: `slice.${found.path}` }, 'the file has', 'the run gave');
      noteCode(lab, name, file, found ? 'its slice, run again by this code, came out otherwise' : 'its slice, run again by this code, agrees to the last digit');
    });
    return 0;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

export async function verifyResults(lab: Lab, options: Options): Promise<number> {
  let wrong = 0;
  const slices: Parameters<typeof runSlices>[1] = [];
  const results = listResults(lab, options);
  for (const found of results) {
    const check: Check = (what, difference, left = '', right = '') => {
      if (difference) wrong++;
      if (!difference) lab.say(`ok     ${found.name}: ${what}`);
      else if (left) lab.say(`FAILED ${found.name}: ${what}: at ${difference.path} ${left} ${difference.a}, ${right} ${difference.b}`);
    };
    const file = checkFile(lab, found, check);
    if (file && !(file.slice && options.run)) noteCode(lab, found.name, file, 'its slice was not run again');
    if (file?.slice) slices.push({ name: found.name, file, experiment: findExperiment(lab.experiments, file.experiment), check });
  }
  const ended = options.run ? await runSlices(lab, slices, options.jobs) : 0;
  if (ended) return ended;
  lab.say(wrong ? `${wrong} checks failed` : `${results.length} result files are as they should be`);
  return wrong ? 1 : 0;
}
