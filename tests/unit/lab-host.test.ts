// The host of the lab, on experiments that cost nothing: what it runs, keeps, refuses, and how it goes on.
import { spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { ContractError, parseLab } from '../../src/results.ts';
import { LabError, isAlive, sweep, writeWhole } from '../../src/run/lab/files.ts';
import { chooseNext } from '../../src/run/lab/jobs.ts';
import { canonical, checkJson, findDifference, print } from '../../src/run/lab/json.ts';
import { main } from '../../src/run/lab/main.ts';
import { readCommandLine, readSeeds } from '../../src/run/lab/options.ts';
import { createProgress } from '../../src/run/lab/progress.ts';
import type { Job } from '../../src/run/lab/registry.ts';
import { digestOf, printResult, type ResultFile } from '../../src/run/lab/result.ts';
import { listJobs } from '../../src/run/lab/run.ts';
import { takeShare } from '../../src/run/lab/shards.ts';
import { lock, packWeights, unpackWeights } from '../../src/run/lab/weights.ts';
import { runLab, startLab, type Started } from '../lab-process.ts';
import { root } from '../support.ts';

const FAKE = pathToFileURL(join(root, 'tests/lab-fake/index.ts'));
test.describe.configure({ mode: 'serial' }); // one folder with a finished run serves several tests

let base: string; // holds every test's folders
let made: string; // a folder in which `first` and `second` have been run
test.beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'lab-host-'));
  writeFileSync(join(base, 'package.json'), '{"type": "module"}'); // for the registries in it
  made = newFolder('made');
});
test.afterAll(() => rmSync(base, { recursive: true, force: true }));

function newFolder(name: string): string {
  const folder = join(base, name);
  mkdirSync(folder);
  return folder;
}

/** The command line in this process: exit code and everything said. */
async function lab(folder: string, words: string, registry = FAKE): Promise<{ code: number; output: string }> {
  let output = '';
  const screen = new Writable({
    write(data, _, done) {
      output += String(data);
      done();
    },
  });
  const code = await main(words.split(' '), { registry, root: folder, screen });
  return { code, output };
}

const result = (folder: string, id = 'first'): string => join(folder, 'assets/lab', `${id}.json`);
const readResult = (path: string): ResultFile => JSON.parse(readFileSync(path, 'utf8')) as ResultFile;
/** A result's text without what two runs may differ in. */
const withoutWhen = (path: string): string => {
  const { digest: _, ...rest } = readResult(path);
  return print({ ...rest, made: { ...rest.made, when: {} } });
};
const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : []);

/** A registry of a test's own: the fake one, its text changed. */
function copyRegistry(name: string, change: (source: string) => string = (s) => s): URL {
  const file = join(newFolder(name), 'index.ts');
  writeFileSync(file, change(readFileSync(FAKE, 'utf8')));
  return pathToFileURL(file);
}

// --- words in, options out

test('seeds, shards and jobs are read as written, and nonsense is refused with what to write', () => {
  expect(readSeeds('21-25')).toEqual([21, 22, 23, 24, 25]);
  expect(readSeeds('99,11,13-14,13')).toEqual([11, 13, 14, 99]);
  expect(readCommandLine(['first', '--shard', '2/6', '--jobs=3', '--quick', '--out', 'x'])).toMatchObject({ command: 'run', names: ['first'], seeds: [21, 22, 23, 24, 25], shard: { index: 2, of: 6 }, jobs: 3, quick: true, out: 'x' });
  expect(readCommandLine(['verify', '--no-run'])).toMatchObject({ command: 'verify', run: false });
  expect(readCommandLine(['first', '--help']).command).toBe('help');
  for (const [words, message] of [
    ['', 'name an experiment, or all'],
    ['first --seeds 25-21', '--seeds 25-21: write a range like 21-25'],
    ['first --seeds eleven', '--seeds eleven: write a range'],
    ['first --seeds 11,', '--seeds 11,: write a range'],
    ['first --seeds 0-99999', '--seeds 0-99999: write a range'],
    ['first --shard 0/3', 'parts are counted from 1/3 to 3/3'],
    ['first --shard 4/3', 'parts are counted from 1/3 to 3/3'],
    ['first --shard 2', '--shard 2: write which part of how many, like 2/6'],
    ['first --jobs 0', '--jobs 0: write how many processes'],
    ['first --jobs -1', '--jobs -1: write how many processes'],
    ['first --jobs', '--jobs needs a value'],
    ['first --sedes 11', 'there is no option --sedes'],
    ['merge', 'merge needs the files of shards'],
  ] as const)
    expect(() => readCommandLine(words.split(' ').filter(Boolean)), words).toThrow(message);
});

test('the command line answers nonsense with exit code 2, an unknown experiment with the list', async () => {
  expect(await lab(base, 'first --jobs 0')).toEqual({ code: 2, output: '--jobs 0: write how many processes to run at once, 1 or more; `npm run lab -- help` shows all\n' });
  expect(await lab(base, 'third')).toEqual({ code: 1, output: expect.stringMatching(/^there is no experiment “third”; there are: first, second, .*, or all\n$/) as unknown });
  expect(await lab(base, 'help')).toEqual({ code: 0, output: expect.stringContaining('--shard 2/6') as unknown });
  const listed = await lab(newFolder('list'), 'list');
  expect(listed.code).toBe(0);
  expect(listed.output).toMatch(/^first: What does first ask\?\n  120 steps a seed, 12 with --quick; code [0-9a-f]{12}; kept: none$/m);
  expect((await lab(base, 'list', pathToFileURL(join(base, 'nowhere.ts')))).output).toContain('the experiments cannot be loaded');
});

// --- text, weights and files

test('canonical text does not depend on the order of fields; the readable one gives the same value back', () => {
  const value = { b: [1, 2.5, -3], a: { d: null, c: 'é"\n' }, e: [[1, 2], [{ f: true }]], g: {}, h: [] };
  expect(canonical(value)).toBe('{"a":{"c":"é\\"\\n","d":null},"b":[1,2.5,-3],"e":[[1,2],[{"f":true}]],"g":{},"h":[]}');
  expect(canonical({ z: undefined, ...value })).toBe(canonical(Object.fromEntries(Object.entries(value).reverse())));
  expect(JSON.parse(print(value))).toEqual(value);
  expect(print(value)).toContain('"b": [1, 2.5, -3],');
  expect(findDifference(value, { ...value, e: [[1, 2], [{ f: false }]] })).toEqual({ path: 'e[1][0].f', a: 'true', b: 'false' });
  expect(findDifference({ a: 1 }, { a: 1, b: 2 })).toEqual({ path: 'b', a: 'nothing', b: '2' });
  expect(findDifference(value, structuredClone(value))).toBeUndefined();
  for (const [wrong, message] of [[{ a: [1, Number.NaN] }, 'a[1] is NaN'], [{ a: new Float32Array(1) }, 'a is a Float32Array'], [{ a: [undefined] }, 'a[0] is missing'], [{ a: () => 1 }, 'a is a function'], [{ a: 1 / 0 }, 'a is Infinity']] as const)
    expect(() => checkJson(wrong, 'it')).toThrow(message);
});

test('weights come back to the bit, and a file with a changed byte or a lost end is no file', () => {
  const models: Record<string, Float32Array>[] = [{ b: Float32Array.of(0.1, -0, 1e-45, 3e38), a: Float32Array.of(7) }, { b: new Float32Array(3).map((_, i) => Math.fround(i / 3)), empty: new Float32Array(0) }];
  const packed = packWeights(models);
  const back = unpackWeights(packed)!;
  expect(back.map((m) => Object.entries(m).map(([n, w]) => [n, [...new Uint8Array(w.buffer)]]))).toEqual(models.map((m) => Object.entries(m).map(([n, w]) => [n, [...new Uint8Array(w.buffer)]])));
  for (let i = 0; i < packed.length; i++) {
    const damaged = Buffer.from(packed);
    damaged[i]! ^= 1;
    expect(unpackWeights(damaged), `byte ${i}`).toBeUndefined();
    expect(unpackWeights(packed.subarray(0, i)), `cut at ${i}`).toBeUndefined();
  }
});

test('who makes weights says so; a lock whose process is gone holds nobody up', () => {
  const file = join(newFolder('locks'), 'x.bin');
  const own = lock(file)!;
  expect(lock(file)).toBeUndefined();
  own.release();
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(`${file}.lock`, String(gone));
  const taken = lock(file)!;
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe(String(process.pid));
  taken.release();
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test('a full disk leaves the old file and nothing else, and the error says how to go on', () => {
  const folder = newFolder('full');
  const file = join(folder, 'record.json');
  writeWhole(file, 'old');
  const full = (call: 'writeSync' | 'fsyncSync' | 'renameSync' | 'openSync'): typeof fs => ({
    ...fs,
    [call]: () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
  });
  for (const call of ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const) {
    expect(() => writeWhole(file, 'new', full(call)), call).toThrow(new LabError(`cannot write ${file} (ENOSPC): the disk is full; free some space, then give the same command again. Finished seeds and weights in .lab are kept.`));
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(list(folder)).toEqual(['record.json']);
  }
  let calls = 0;
  const slow: typeof fs = { ...fs, writeSync: ((open: number, bytes: Uint8Array, at: number) => (calls++, fs.writeSync(open, bytes, at, 1))) as typeof fs.writeSync };
  writeWhole(file, 'written in parts', slow);
  expect([readFileSync(file, 'utf8'), calls]).toEqual(['written in parts', 16]);
});

test('what a killed writer left behind is swept up; a living one’s stays', () => {
  const folder = newFolder('swept');
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  for (const name of [`a.json.${gone}.tmp`, `b.json.${process.pid}.tmp`, 'c.json']) writeFileSync(join(folder, name), '');
  sweep(folder);
  expect(list(folder)).toEqual([`b.json.${process.pid}.tmp`, 'c.json']);
});

test('jax-js finds neither relaxed SIMD nor threads, even on an engine that has them', () => {
  const source = readFileSync(join(root, 'node_modules/@jax-js/jax/dist', readdirSync(join(root, 'node_modules/@jax-js/jax/dist')).find((f) => /^backend.*\.js$/.test(f))!), 'utf8');
  const probes = /featureProbes = (\{[^}]*\})/.exec(source)![1]!;
  expect(Object.keys(JSON.parse(probes) as object)).toEqual(['relaxed-madd']); // another one would have to be looked at
  const script = `
    import v8 from 'node:v8';
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
    globalThis.Worker = class {};
    const bytes = Buffer.from(${probes}['relaxed-madd'], 'hex');
    const { makeExact } = await import(${JSON.stringify(pathToFileURL(join(root, 'src/run/lab/exact.ts')).href)});
    const before = WebAssembly.validate(bytes);
    makeExact();
    const plain = Buffer.from('0061736d01000000', 'hex');
    console.log(JSON.stringify([before, WebAssembly.validate(bytes), WebAssembly.validate(new Uint8Array(bytes).buffer), WebAssembly.validate(plain), typeof Worker]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual([true, false, false, true, 'undefined']);
});

// --- which jobs, in which order

test('shards share out every job once, a seed’s jobs together; a running seed’s others wait', () => {
  const experiments = ['a', 'b', 'c'].map((id) => ({ id })) as unknown as Parameters<typeof listJobs>[0];
  const all = listJobs(experiments, { seeds: [21, 22, 23, 24, 25], quick: false });
  expect(all).toHaveLength(18); // a slice for each experiment
  for (const of of [1, 2, 5, 6, 30]) expect(Array.from({ length: of }, (_, i) => takeShare(all, { index: i + 1, of })).flat()).toEqual(all);
  expect(takeShare(all, { index: 2, of: 6 }).map((j) => j.seed)).toEqual([22, 22, 22]);
  expect(takeShare(all, { index: 6, of: 6 }).every((j) => j.quick && j.seed === 21)).toBe(true);
  expect(listJobs(experiments, { seeds: [1], quick: false }).map((j) => j.seed)).toEqual([1, 1, 1]);
  const job = (experiment: string, seed: number, quick = false): Job => ({ experiment, seed, quick });
  expect(chooseNext([job('b', 21), job('c', 21), job('a', 22)], [job('a', 21)])).toEqual(job('a', 22));
  expect(chooseNext([job('b', 21), job('c', 21)], [job('a', 21)])).toEqual(job('b', 21));
  expect(chooseNext([job('a', 21, true)], [job('a', 21)])).toEqual(job('a', 21, true));
  expect(chooseNext([], [])).toBeUndefined();
});

test('bars on a terminal, lines elsewhere; kept work does not count for the speed', () => {
  const written: string[] = [];
  const screen = (isTTY: boolean) => Object.assign(new Writable({ write: (data, _, done) => (written.push(String(data)), done()) }), { isTTY, columns: 100 });
  let time = 0;
  const run = (isTTY: boolean): string => {
    written.length = 0;
    time = 0;
    const progress = createProgress(screen(isTTY), 2, 200, () => time);
    progress.started('first 11', 100);
    time = 60_000;
    progress.progressed('first 11', { done: 50, computed: 10, what: 'training' });
    progress.say('a line');
    progress.progressed('first 11', { done: 120, computed: 60, what: 'done' });
    progress.ended('first 11');
    progress.ended('first 12', 'it broke');
    progress.close();
    return written.join('');
  };
  const terminal = run(true);
  expect(terminal).toContain(`first 11             ${'█'.repeat(12)}${'░'.repeat(12)}  50%  training\n`);
  expect(terminal).toContain('25%, 0 of 2 jobs, about 15 min left'); // 150 steps at ten a minute
  expect(terminal).toMatch(/first 12 failed: it broke/);
  const plain = run(false);
  expect(plain).toBe('a line\n50%, 1 of 2 jobs, about 2 min left: first 11 has ended\nfirst 12 failed: it broke\n');
});

// --- runs

test('a run leaves complete result files with their provenance, and a second one leaves them as they are', async () => {
  const { code, output } = await lab(made, 'first second');
  expect(code, output).toBe(0);
  expect(output).toContain('first: fails. The mean is 0.464');
  expect(output).toContain('rule: The mean is above 0.5.');
  expect(output).toContain('written to assets/lab/first.json');
  const text = readFileSync(result(made), 'utf8');
  const parsed = parseLab('first.json', text);
  expect(parsed.figures[0]).toMatchObject({ experiment: 'first', claims: ['C0'], made: { seeds: [21, 22, 23, 24, 25], code: parsed.made.code, date: parsed.made.when.date, environment: { backend: 'wasm, one thread, no relaxed SIMD', platform: `${process.platform} ${process.arch}` } } });
  expect(parsed.slice).toMatchObject({ seed: 21, quick: true });
  expect(parsed.digest).toBe(digestOf(readResult(result(made))));
  const again = await lab(made, 'first second');
  expect(again.code).toBe(0);
  expect(again.output).toContain('kept from before: first 21, second 21, first 22');
  expect(again.output).toContain('unchanged: assets/lab/first.json');
  expect(readFileSync(result(made), 'utf8')).toBe(text);
});

test('quick runs and other seeds never come near a published file', async () => {
  const folder = newFolder('unpublished');
  const quick = await lab(folder, 'first --quick');
  const others = await lab(folder, 'first --seeds 1,2 --jobs 1');
  expect([quick.code, others.code]).toEqual([0, 0]);
  expect(quick.output).toContain('written to .lab/out/first-quick.json (not published');
  expect(others.output).toContain('written to .lab/out/first.json (not published');
  expect(existsSync(join(folder, 'assets'))).toBe(false);
  expect(parseLab('x', readFileSync(join(folder, '.lab/out/first.json'), 'utf8')).made.seeds).toEqual([1, 2]);
  for (const words of ['first --quick --out assets/lab', 'first --seeds 1 --out ./assets/lab/sub']) {
    const { code, output } = await lab(folder, words);
    expect([code, output]).toEqual([1, expect.stringContaining('choose another folder')]);
  }
});

test('killed ten times at any moment, it goes on, and the bytes are those of a run that was not', async () => {
  const folder = newFolder('killed');
  let state = 20_240_501; // a seed, so that a failure comes again
  const random = (): number => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32);
  let kills = 0;
  for (let i = 0; i < 10; i++) {
    const { child, ended } = start(folder, 'first', 'second', '--jobs', '2');
    const timer = setTimeout(() => child.kill('SIGKILL'), 350 + random() * 900);
    const { signal, output } = await ended;
    clearTimeout(timer);
    if (signal === 'SIGKILL') kills++;
    else expect(output).toContain('assets/lab/second.json'); // it was through before
    for (const file of list(join(folder, '.lab/records')).filter((f) => f.endsWith('.json'))) expect(() => JSON.parse(readFileSync(join(folder, '.lab/records', file), 'utf8'))).not.toThrow();
  }
  expect(kills).toBeGreaterThan(2); // else it was through too soon
  const { code, output } = await lab(folder, 'first second');
  expect(code, output).toBe(0);
  for (const id of ['first', 'second']) expect(withoutWhen(result(folder, id))).toBe(withoutWhen(result(made, id)));
  expect(list(join(folder, '.lab')).filter((f) => /\.(tmp|lock)$/.test(f))).toEqual([]);
});

/** A run that ends with its test, whatever happens. */
function start(folder: string, ...words: string[]): Started {
  const run = startLab(FAKE, folder, ...words);
  started.push(run.child);
  return run;
}
const started: ChildProcess[] = [];
test.afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL'); // its jobs follow it
});

/** Waits for the process that holds the spinning experiment's lock. */
async function findSpinner(folder: string): Promise<number> {
  const weights = join(folder, '.lab/weights');
  const find = (): number => Number(list(weights).filter((f) => f.endsWith('.lock')).map((f) => readFileSync(join(weights, f), 'utf8'))[0] ?? 0);
  await expect.poll(find, { intervals: [50], timeout: 60_000 }).toBeGreaterThan(0);
  return find();
}

test('a job ends with its parent, even while it lets no event through', async () => {
  const folder = newFolder('orphan');
  const { child, ended } = start(folder, 'spinning', '--seeds', '1');
  const job = await findSpinner(folder);
  child.kill('SIGKILL');
  await ended;
  await expect.poll(() => isAlive(job), { intervals: [50], timeout: 60_000 }).toBe(false);
});

test('Ctrl+C ends the jobs, says what is kept and how to go on, with exit code 130', async () => {
  const folder = newFolder('stopped');
  const { child, ended } = start(folder, 'spinning', '--seeds', '1');
  const job = await findSpinner(folder);
  child.kill('SIGINT');
  const { code, output } = await ended;
  expect([code, output]).toEqual([130, expect.stringContaining('stopped. 0 of 1 jobs are finished and kept, as are weights; give the same command to go on.')]);
  expect(isAlive(job)).toBe(false);
});

test('a job that crashes, aborts, is killed or measures nonsense is reported; the others go on', async () => {
  const folder = newFolder('crashes');
  const { ended, said } = start(folder, 'first', 'crashing', 'dying', 'spinning', 'broken', '--seeds', '1', '--jobs', '5');
  await expect.poll(said, { intervals: [50], timeout: 60_000 }).toContain('4 of 5 jobs');
  process.kill(await findSpinner(folder), 'SIGKILL');
  const { code, output } = await ended;
  expect(code, output).toBe(1);
  expect(output).toContain('crashing 1 failed: Error: the seed of all trouble');
  expect(output).toMatch(/dying 1 failed: its process (was ended by SIGABRT|ended with exit code \d+)/);
  expect(output).toContain('spinning 1 failed: its process was ended by SIGKILL (out of memory?)');
  expect(output).toContain('broken 1 failed: TypeError: the record of broken 1: measures.share is NaN');
  expect(output).toContain('written to .lab/out/first.json');
  expect(output).toContain('missing: crashing 1, dying 1, spinning 1, broken 1; what is finished is kept');
});

test('damaged weights and records are noticed and made anew, and the result is the same', async () => {
  const folder = newFolder('damaged');
  cpSync(made, folder, { recursive: true });
  const at = (kind: string, ending: string): string => join(folder, '.lab', kind, list(join(folder, '.lab', kind)).find((f) => f.endsWith(ending))!);
  const weights = list(join(folder, '.lab/weights')).map((f) => join(folder, '.lab/weights', f));
  for (const file of weights) writeFileSync(file, readFileSync(file).subarray(0, -1));
  const record = at('records', join('first', list(join(folder, '.lab/records/first')).find((f) => f.endsWith('22.json'))!));
  writeFileSync(record, readFileSync(record, 'utf8').replace(/\d/, (d) => String((Number(d) + 1) % 10)));
  const { code, output } = await lab(folder, 'first');
  expect(code, output).toBe(0);
  expect(output).toMatch(/^.*22\.json is damaged and will be made anew$/m);
  expect(output).toMatch(/^first 22: .*\.bin is damaged and will be made anew$/m);
  expect(withoutWhen(result(folder))).toBe(withoutWhen(result(made)));
});

test('code that changes during a run stops what has not begun, and says why', async () => {
  const registry = copyRegistry('changing');
  const folder = newFolder('changed');
  const { ended } = startLab(registry, folder, 'first', '--jobs', '1');
  await expect.poll(() => list(join(folder, '.lab/records')).some((f) => f.endsWith('21.json')), { intervals: [20], timeout: 60_000 }).toBe(true);
  writeFileSync(registry, `${readFileSync(registry, 'utf8')}// changed\n`);
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toMatch(/failed: the lab's code was changed during the run \([0-9a-f]{12} → [0-9a-f]{12}\); start the command again/);
  expect(output).toMatch(/missing: first 2[23], .*first 21 quick/);
});

test('a folder that cannot be written stops the run before it begins', async () => {
  const folder = newFolder('blocked');
  writeFileSync(join(folder, '.lab'), 'a file');
  const { code, output } = await lab(folder, 'first --seeds 1');
  expect([code, output]).toEqual([1, expect.stringMatching(/^cannot (write|read) .*\.lab/)]);
});

test('a result that is too large is refused, and its records stay', async () => {
  const folder = newFolder('endless');
  const { code, output } = await lab(folder, 'endless --seeds 1');
  expect([code, output]).toEqual([1, expect.stringMatching(/endless\.json would have \d{6} bytes, and 200000 is the most/)]);
  expect(list(join(folder, '.lab/records')).some((f) => f.endsWith('1.json'))).toBe(true);
});

// --- runs in parts

test('three parts, joined, are the bytes of one run; parts that do not belong together are refused', async () => {
  const folder = newFolder('shards');
  const parts: string[] = [];
  for (const i of [1, 2, 3]) {
    const own = newFolder(`shard${i}`);
    const { code, output } = await lab(own, `first second --shard ${i}/3`);
    expect(code, output).toBe(0);
    expect(output).toMatch(/\d of \d records of first written to .*first-\d-of-3\.json/);
    expect(existsSync(join(own, 'assets'))).toBe(false);
    cpSync(join(own, '.lab/shards'), join(folder, `part${i}`), { recursive: true });
    parts.push(join(folder, `part${i}`));
  }
  expect(await lab(folder, `merge ${parts[0]} ${parts[1]}`)).toEqual({ code: 1, output: expect.stringMatching(/^first: missing 2[45](, 25)?, 21 quick; nothing written\n/) as unknown });
  const { code, output } = await lab(folder, `merge ${parts.join(' ')} ${parts[0]}`);
  expect(code, output).toBe(0);
  for (const id of ['first', 'second']) expect(withoutWhen(result(folder, id))).toBe(withoutWhen(result(made, id)));

  const part = join(parts[0]!, 'first-1-of-3.json');
  const original = readFileSync(part, 'utf8');
  const refuse = async (change: (shard: any) => void, message: string): Promise<void> => {
    const shard = JSON.parse(original) as object;
    change(shard);
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify(shard));
    const { code, output } = await lab(folder, `merge ${part} ${other}`);
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
  };
  await refuse((s) => (s.code = 'ffffffffffff'), 'are not of one run of first: code ffffffffffff and ');
  await refuse((s) => (s.config.rounds = 61), 'config.rounds is 61 and 60');
  await refuse((s) => (s.records[0].record.measures.share = 0.5), 'seed 21 differs at measures.share, 0.5 and ');
  await refuse((s) => (s.seeds = [21]), 'seeds 21 and 21, 22, 23, 24, 25');
  await refuse((s) => (s.schema = 'lab-shard/2'), 'schema is “lab-shard/2”, and merge joins “lab-shard/1”');
  writeFileSync(join(folder, 'cut.json'), original.slice(0, -20));
  expect((await lab(folder, `merge ${join(folder, 'cut.json')}`)).output).toContain('cut.json: is not whole JSON');
  expect((await lab(folder, `merge ${join(folder, 'none')}`)).output).toContain('there is no such file or folder');
});

// --- checking

test('verify passes what a run wrote, runs a slice of each again, and a changed slice fails there', async () => {
  const folder = newFolder('verified');
  cpSync(join(made, 'assets'), join(folder, 'assets'), { recursive: true });
  const good = await lab(folder, 'verify');
  expect(good.code, good.output).toBe(0);
  expect(good.output).toContain('ok     assets/lab/second.json: slice run again');
  expect(good.output).toContain('2 result files are as they should be');
  const file = readResult(result(folder));
  (file.slice!.measures as { series: number[] }).series[2] = 0.125;
  writeFileSync(result(folder), printResult({ ...file, digest: digestOf(file) }));
  expect((await lab(folder, 'verify first --no-run')).code).toBe(0);
  const bad = await lab(folder, 'verify first');
  expect(bad.code).toBe(1);
  expect(bad.output).toMatch(/FAILED assets\/lab\/first\.json: slice run again: at slice\.measures\.series\[2\] the file has 0\.125, the run gave 0\.\d+/);
});

test('changing any one digit of a result file fails, and the file, the place and both values are named', async () => {
  const folder = newFolder('tampered');
  cpSync(join(made, 'assets'), join(folder, 'assets'), { recursive: true });
  const path = result(folder);
  const text = readFileSync(path, 'utf8');
  const digits = [...text.matchAll(/\d/g)].map((m) => m.index);
  const places = digits.filter((_, i) => i % Math.ceil(digits.length / 60) === 0);
  expect(places.length).toBeGreaterThan(40);
  for (const at of [...places, digits.at(-1)!]) {
    const digit = text[at] === '7' ? '8' : '7';
    writeFileSync(path, text.slice(0, at) + digit + text.slice(at + 1));
    const { code, output } = await lab(folder, 'verify first --no-run');
    expect(code, `${text.slice(at - 20, at + 10)} → ${digit}\n${output}`).toBe(1);
    expect(output).toMatch(/^FAILED assets\/lab\/first\.json: \S/m);
  }
  // A last digit that leaves the number the same is seen in the text.
  const long = /\d\.\d{16}(?=\D)/.exec(text)!;
  const same = [...'0123456789'].map((d) => long[0].slice(0, -1) + d).find((n) => n !== long[0] && Number(n) === Number(long[0]));
  if (same) {
    writeFileSync(path, text.replace(long[0], same));
    expect((await lab(folder, 'verify first --no-run')).output).toContain('FAILED assets/lab/first.json: form: at line ');
  }
});

test('a change that was signed again fails where records and figures disagree', async () => {
  const folder = newFolder('signed');
  const sign = async (change: (file: any) => void, message: RegExp): Promise<void> => {
    cpSync(join(made, 'assets'), join(folder, 'assets'), { recursive: true });
    const file = readResult(result(folder));
    change(file);
    writeFileSync(result(folder), printResult({ ...file, digest: digestOf(file) }));
    const { code, output } = await lab(folder, 'verify first --no-run');
    expect([code, output]).toEqual([1, expect.stringMatching(message)]);
  };
  await sign((f) => (f.seeds[1].measures.share = 0.5), /figures: at figures\[0\]\.series\[0\]\.values\[1\] the file has 0\.\d+, its records give 0\.5/);
  await sign((f) => (f.figures[0].series[0].values[3] = 0.25), /figures: at figures\[0\]\.series\[0\]\.values\[3\] the file has 0\.25, its records give/);
  await sign((f) => (f.outcome.verdict = 'holds'), /outcome: at outcome\.verdict the file has "holds", its records give "fails"/);
  await sign((f) => (f.made.config.rounds = 59), /config: at made\.config\.rounds the file has 59, the experiment has 60/);
  await sign((f) => (f.experiment = 'second'), /experiment: at experiment the file has "second\.json", expected "first\.json"/);
  await sign((f) => delete f.slice, /slice: at slice\.seed the file has nothing, expected 21/);
});

test('a result file of another version, cut short, or with a field too many is refused by name and place', () => {
  const text = readFileSync(result(made), 'utf8');
  const refuse = (changed: string, message: string | RegExp): void => {
    expect(() => parseLab('first.json', changed)).toThrow(message);
    expect(() => parseLab('first.json', changed)).toThrow(ContractError);
  };
  refuse(text.replace('lab/1', 'lab/2'), 'first.json: schema is "lab/2", and this code reads “lab/1”');
  refuse(text.slice(0, -100), 'first.json: is not whole JSON');
  refuse('', 'first.json: the file is empty');
  refuse('null', 'first.json: schema is missing');
  refuse(text.replace('"question"', '"quest"'), /first\.json: (question|the file)/);
  refuse(text.replace('"limits": "', '"limits": "<b>'), 'first.json: limits holds HTML; plain text only');
  refuse(text.replace('"caveat": "Made up."', '"caveat": ""'), 'first.json: figures[0].caveat is empty');
  refuse(text.replace('"seeds": [21, 22', '"seeds": [22, 21'), 'first.json: seeds lists seeds 21, 22');
  refuse(text.replace('"experiment"', '"extra": 1, "experiment"'), 'has unknown fields: extra');
});

test('report says the same records anew after a caption was changed; not those of a file changed by hand', async () => {
  const folder = newFolder('reported');
  cpSync(join(made, 'assets'), join(folder, 'assets'), { recursive: true });
  const registry = copyRegistry('captions', (s) => s.replace('They are shares.', 'They are still shares.'));
  expect((await lab(folder, 'verify --no-run', registry)).output).toContain('figures: at figures[0].finding the file has "They are shares.", its records give "They are still shares."');
  const { code, output } = await lab(folder, 'report first', registry);
  expect(code, output).toBe(0);
  const [before, after] = [readResult(result(made)), readResult(result(folder))];
  expect(after.figures[0]!.finding).toBe('They are still shares.');
  expect([after.seeds, after.made]).toEqual([before.seeds, before.made]);
  // made by other code: whoever reads that note is told whether it made a difference
  for (const [words, slice] of [['verify first --no-run', 'was not run again'], ['verify first', ', run again by this code, agrees to the last digit']] as const) {
    const checked = await lab(folder, words, registry);
    expect(checked.code, checked.output).toBe(0);
    expect(checked.output).toMatch(new RegExp(`^note   assets/lab/first\\.json: made by code [0-9a-f]{12}, this is [0-9a-f]{12}; its slice ?${slice}$`, 'm'));
  }
  writeFileSync(result(folder), readFileSync(result(folder), 'utf8').replace('"share": 0.4', '"share": 0.5'));
  expect((await lab(folder, 'report first', registry)).output).toContain('first.json: was changed by hand');
  expect((await lab(newFolder('empty'), 'verify')).output).toContain('assets/lab holds no result file');
});

test('two runs at once on one folder do each other no harm', async () => {
  const folder = newFolder('twice');
  const both = await Promise.all([runLab(FAKE, folder, 'second'), runLab(FAKE, folder, 'second')]);
  expect(both.map((b) => b.code), both.map((b) => b.output).join('\n')).toEqual([0, 0]);
  expect(withoutWhen(result(folder, 'second'))).toBe(withoutWhen(result(made, 'second')));
});
