// A real experiment, small: killed at any moment it goes on to the same bytes, and a browser's worker
// gives the record of Node to the last digit. `LONG=1 npm test -- --project long`: about a quarter of an hour.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { build, preview, type PreviewServer } from 'vite';
import type { Job } from '../../src/run/lab/registry.ts';
import { startLabGroup, type Started } from '../lab-process.ts';
import { root } from '../support.ts';

const REGISTRY = new URL('../../src/lab/experiments/index.ts', import.meta.url);
const JOB: Job = { experiment: 'recovery', seed: 98, quick: true };
const KILLS = 10;
const HOUR = 3_600_000;
test.describe.configure({ mode: 'serial', timeout: HOUR }); // one whole run serves both

let base: string;
let whole: string; // a folder in which the experiment ran undisturbed
let duration: number; // ms that it took
const running = new Set<Started>();
let server: PreviewServer | undefined;

test.beforeAll(async () => {
  test.setTimeout(HOUR);
  base = mkdtempSync(join(tmpdir(), 'lab-long-'));
  whole = join(base, 'whole');
  mkdirSync(whole);
  const start = Date.now();
  await finish(whole);
  duration = Date.now() - start;
  say(`the whole run: ${seconds(duration)}, ${countWeights(whole)} files of weights`);
});
test.afterAll(async () => {
  for (const run of running) kill(run);
  await server?.close();
  rmSync(base, { recursive: true, force: true });
});

const say = (line: string): void => console.log(`    ${line}`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : []);
const countWeights = (folder: string): number => list(join(folder, '.lab/weights')).filter((f) => f.endsWith('.bin')).length;

/** The same command each time. */
function start(folder: string): Started {
  const run = startLabGroup(REGISTRY, folder, JOB.experiment, '--quick', '--seeds', String(JOB.seed));
  running.add(run);
  void run.ended.then(() => running.delete(run));
  return run;
}
function kill({ child }: Started): void {
  process.kill(-child.pid!, 'SIGKILL');
}
async function finish(folder: string): Promise<void> {
  const { code, output } = await start(folder).ended;
  expect(code, output).toBe(0);
}

/** The result's text without what two runs may differ in. */
function readBytes(folder: string): string {
  const text = readFileSync(join(folder, '.lab/out/recovery-quick.json'), 'utf8');
  const kept = text.replace(/^ {2}"when": \{.*\}$/m, '').replace(/^ "digest": "[0-9a-f]{64}"$/m, '');
  expect(text.split('\n').filter((line, i) => line !== kept.split('\n')[i])).toHaveLength(2);
  return kept;
}

function readRecord(folder: string): string {
  const records = join(folder, '.lab/records', JOB.experiment);
  return JSON.stringify((JSON.parse(readFileSync(join(records, readdirSync(records)[0]!, `${JOB.seed}.json`), 'utf8')) as { record: unknown }).record);
}

test('killed ten times at any moment, the command and its job, it goes on to the bytes of the whole run', async () => {
  let state = 20_260_731; // a seed, so that a failure comes again
  const random = (): number => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32);
  // How much is kept, and how long after that the kill comes: early and late in the run on any machine,
  // and never so late that it would be through.
  const last = countWeights(whole) - 3;
  const moments = Array.from({ length: KILLS }, () => ({ kept: random() * last, later: (random() * duration) / 12 })).sort((a, b) => a.kept - b.kept);
  const folder = join(base, 'killed');
  mkdirSync(folder);
  const begun = Date.now();
  for (const { kept, later } of moments) {
    const from = Date.now();
    const run = start(folder);
    while (running.has(run) && countWeights(folder) < Math.floor(kept)) await wait(100);
    await wait(later);
    expect(running.has(run), run.said()).toBe(true); // else it was through too soon
    kill(run);
    const { signal } = await run.ended;
    expect(signal).toBe('SIGKILL');
    say(`killed after ${seconds(Date.now() - from)}, with ${countWeights(folder)} files of weights kept`);
    expect(existsSync(join(folder, '.lab/out'))).toBe(false);
  }
  await finish(folder);
  say(`killed ${KILLS} times and finished: ${seconds(Date.now() - begun)}`);
  expect(readBytes(folder)).toBe(readBytes(whole));
  expect(list(join(folder, '.lab')).filter((f) => /\.(tmp|lock)$/.test(f))).toEqual([]);
});

test('a browser’s worker gives the record of Node to the last digit', async ({ page }) => {
  const site = { configFile: false, root: join(root, 'tests/long'), logLevel: 'error', worker: { format: 'es' }, build: { outDir: join(base, 'site'), target: 'es2022' } } as const;
  await build(site);
  server = await preview({ ...site, preview: { host: '127.0.0.1', port: 4302 } });
  await page.goto(server.resolvedUrls!.local[0]!);
  await page.waitForFunction(() => 'ask' in window);
  const begun = Date.now();
  const said = await page.evaluate((job) => window.ask(job), JOB);
  say(`in Chromium’s worker: ${seconds(Date.now() - begun)}`);
  const last = said.at(-1)!;
  expect(last.kind, JSON.stringify(last)).toBe('record');
  expect(JSON.stringify((last as { record: unknown }).record)).toBe(readRecord(whole));
});
