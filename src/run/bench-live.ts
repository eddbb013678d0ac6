// What the live panel costs where it is shown: how long until it is ready and until a run has ended,
// whether the page stays smooth meanwhile, memory, and bytes. Times are printed and never judged;
// what is judged is the panel's claim that every run reproduces the recording.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { quantile } from '../lab/stats.ts';
import { findPeak, findResident } from './bench-live/memory.ts';
import { probe, type LiveBench, type Press, type Stage, type Work } from './bench-live/page.ts';
import { listOwn, type Loaded } from './bench-live/wire.ts';
import { makeExact } from './lab/exact.ts';
import { progress, readOptions, serveDeck } from './serve.ts';

const HELP = `npm run bench:live -- [--runs 5] [--repeat 50]
Builds the deck and runs its live panel in a browser, on wasm and, where there is one, on WebGPU; prints a table.
--repeat also makes so many small runs in one page and prints how its memory grows.
Exit code 1 when a run does not reproduce the recording.`;
const o = readOptions({ runs: '5', repeat: '0' }, HELP);
const [RUNS, REPEAT] = [Number(o.runs), Number(o.repeat)];
if (!Number.isInteger(RUNS) || RUNS < 1 || !Number.isInteger(REPEAT) || REPEAT < 0) {
  console.error(`--runs ${o.runs} --repeat ${o.repeat}: a number of runs is a whole one\n${HELP}`);
  process.exit(2);
}

const SLIDE = 'ask-it';
/** The smallest run that was recorded, so that its claim can be checked as well. */
const SMALL = 'steps-20';
const BUSY = 0.5;
const LIMIT = 180_000; // ms for a stage, on a busy machine
const SETTLE = 3000; // ms for an ended worker's memory to go back
const LATE = 20; // ms; a frame of 60 a second takes 16.7
/** Runs at either end of a repetition, whose median hides when the collector came. */
const ENDS = 5;

type Device = 'wasm' | 'webgpu';
const CLAIM: Record<Device, RegExp> = { wasm: /Reproduced: all \d+ points equal/, webgpu: /Reproduced/ };
const faults: string[] = [];

// --- a page with the panel

async function open(browser: Browser, address: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addInitScript('globalThis.__name ??= (f) => f'); // tsx names the functions it hands to a page
  await context.addInitScript(probe);
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT);
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.liveBench.ready || document.querySelector<HTMLElement>('#ask-it .live')?.dataset.source === 'recorded', null, { polling: 100 });
  await isLive(page);
  return { context, page };
}

async function isLive(page: Page): Promise<void> {
  const { source, text } = await page.locator(`#${SLIDE} .live`).evaluate((panel) => ({ source: (panel as HTMLElement).dataset.source, text: panel.querySelector('.live-source')!.textContent }));
  if (source === 'recorded') throw new Error(`the panel does not compute: ${text}`);
}

const readBench = (page: Page): Promise<LiveBench> => page.evaluate(() => window.liveBench);
const press = (page: Page, name: string): Promise<void> => page.locator(`#${SLIDE}`).getByRole('button', { name, exact: true }).click();

/** Presses the button, waits for the end, and reads what the panel claims. */
async function compute(page: Page, device: Device, name: 'Tune' | 'Relearn'): Promise<void> {
  await press(page, name);
  await page.waitForFunction(() => window.liveBench.stages.at(-1)?.end, null, { polling: 100 });
  await isLive(page);
  const status = await page.locator(`#${SLIDE} .live-status`).innerText();
  if (!CLAIM[device].test(status)) faults.push(`${device}, ${name}: ${status}`);
}

async function reset(page: Page): Promise<void> {
  await press(page, 'Reset');
  await page.waitForSelector(`#${SLIDE} .live[data-source="live"][data-at="pretrained"][data-running=""]`);
}

/** Leaves by the clicker in the middle of tuning, and gives the keys until another slide was shown. */
async function leaveBusy(page: Page): Promise<Press[]> {
  await page.keyboard.press('PageUp');
  await page.waitForSelector(`#${SLIDE} .live[data-source="live"]`);
  await reset(page);
  const before = await page.evaluate(() => window.liveBench.presses.length);
  const keys = 3; // tune, relearn, on
  for (let key = 1; key <= keys; key++) {
    await page.keyboard.press('PageDown');
    await page.waitForFunction((n) => window.liveBench.presses.length === n, before + key, { polling: 100 });
    if (key === 1) await page.waitForFunction(() => /step [1-9]/.test(document.querySelector('#ask-it .live-progress')!.textContent ?? ''), null, { polling: 100 });
  }
  const presses = (await readBench(page)).presses.slice(before);
  if (presses.at(-1)!.slide === SLIDE || !presses.at(-1)!.isBusy) throw new Error(`${keys} keys did not leave a run under way: ${JSON.stringify(presses)}`);
  return presses;
}

// --- a run

/** By the keys of ROWS. */
type Run = Record<string, number>;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const sort = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const middle = (values: readonly number[]): number => quantile(sort(values), 0.5);

/** How the page's own thread fared during the stages. */
function describeFrames(stages: readonly Stage[], longTasks: LiveBench['longTasks']): Run {
  const frames = sort(stages.flatMap(({ frames: at }) => at.slice(1).map((t, i) => t - at[i]!)));
  const long = longTasks.filter(({ start }) => stages.some((s) => start >= s.pressed && start < s.end)).map((t) => t.duration);
  return {
    frame: quantile(frames, 0.5),
    frame95: quantile(frames, 0.95),
    frame99: quantile(frames, 0.99),
    frameWorst: frames.at(-1)!,
    frameLate: (100 * frames.filter((t) => t > LATE).length) / frames.length,
    longTasks: long.length,
    longest: Math.max(0, ...long),
  };
}

/** What the worker did meanwhile, and how long it had nothing to do because the page was drawing. */
function describeWork([tune, relearn]: [Stage, Stage], work: readonly Work[]): Run {
  const within = ({ pressed, end }: Stage): Work[] => work.filter((w) => w.from >= pressed && w.to <= end);
  const took = (among: readonly Work[], kind: Work['do'], isPoint = false): number => middle(among.filter((w) => w.do === kind && w.isPoint === isPoint).map((w) => w.to - w.from));
  const [tuning, lesson] = [within(tune), within(relearn)];
  const all = [...tuning, ...lesson];
  const length = tune.end - tune.pressed + relearn.end - relearn.pressed;
  return {
    step: took(tuning, 'next'),
    lessonStep: took(lesson, 'next'),
    point: took(tuning, 'next', true) - took(tuning, 'next'),
    question: took(all, 'ask'),
    idle: 100 * (1 - sum(all.map((w) => w.to - w.from)) / length),
  };
}

async function run(browser: Browser, address: string, device: Device): Promise<Run> {
  const { context, page } = await open(browser, address);
  try {
    const resident = await findResident(browser);
    const before = resident();
    const peak = await findPeak(resident, async () => {
      await compute(page, device, 'Tune');
      await compute(page, device, 'Relearn');
    });
    const bench = await readBench(page);
    const [tune, relearn] = bench.stages as [Stage, Stage];
    await page.keyboard.press('PageDown');
    await page.waitForTimeout(SETTLE);
    await collect(page);
    const after = resident();
    const presses = await leaveBusy(page);

    return {
      shown: bench.shown,
      ready: bench.ready - bench.shown,
      first: tune.points[0]! - tune.pressed,
      second: tune.points[1]! - tune.pressed,
      tune: tune.end - tune.pressed,
      lesson: relearn.points[0]! - relearn.pressed,
      relearn: relearn.end - relearn.pressed,
      whole: tune.end - tune.pressed + relearn.end - relearn.pressed,
      ...describeWork([tune, relearn], bench.work),
      ...describeFrames([tune, relearn], bench.longTasks),
      key: Math.max(...presses.slice(1).map((p) => p.picture)),
      leave: presses.at(-1)!.picture,
      before,
      peak,
      after,
    };
  } finally {
    await context.close();
  }
}

/** What nobody holds any more does not count as held. */
async function collect(page: Page): Promise<void> {
  const free = (): void => (globalThis as unknown as { gc(): void }).gc();
  for (let i = 0; i < 2; i++) {
    await page.evaluate(free);
    for (const worker of page.workers()) await worker.evaluate(free);
  }
}

/** After a run, in bytes: the process with its worker, and of it what the page's own scripts hold. */
interface Held {
  resident: number;
  heap: number;
}

/** The memory after each of many small runs in one page. */
async function repeat(browser: Browser, address: string, device: Device): Promise<Held[]> {
  const { context, page } = await open(browser, address);
  try {
    const resident = await findResident(browser);
    const devtools = await context.newCDPSession(page);
    const say = progress(`${device}, small runs`);
    const held: Held[] = [];
    for (let i = 0; i < REPEAT; i++) {
      await compute(page, device, 'Tune');
      await compute(page, device, 'Relearn');
      await reset(page);
      await page.evaluate(() => (window.liveBench.stages = [])); // ours, not the panel's
      await collect(page);
      const { usedSize, backingStorageSize } = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize: number };
      held.push({ resident: resident(), heap: usedSize + backingStorageSize });
      say(i + 1, REPEAT);
    }
    return held;
  } finally {
    await context.close();
  }
}

/** As the panel's worker decides: a software adapter is none. */
async function listDevices(browser: Browser, url: string): Promise<{ devices: Device[]; why: string }> {
  const page = await browser.newPage();
  try {
    await page.goto(url, { waitUntil: 'commit' });
    const why = await page.evaluate(async () => {
      if (!('gpu' in navigator)) return 'this browser has no WebGPU';
      const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
      if (!adapter) return 'no adapter';
      return (adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean }).isFallbackAdapter ? 'only a software adapter' : '';
    });
    return { devices: why ? ['wasm'] : ['wasm', 'webgpu'], why };
  } finally {
    await page.close();
  }
}

// --- the table

const ROWS: [key: string, label: string, unit: 'ms' | 's' | 'MB' | '%' | '', goal?: string][] = [
  ['cold, nothing cached', '', ''],
  ['shown', 'slide shown', 'ms'],
  ['ready', 'then panel ready', 'ms'],
  ['a run, from the click', '', ''],
  ['first', 'Tune: first point, before any step', 'ms', '1 s'],
  ['second', 'Tune: second point, after 2 steps', 'ms'],
  ['tune', 'Tune: end', 's'],
  ['lesson', 'Relearn: first point, after 2 steps', 'ms'],
  ['relearn', 'Relearn: end', 's'],
  ['whole', 'both', 's', '20 s'],
  ['the worker during the run', '', ''],
  ['step', 'Tune: a step of both twins', 'ms'],
  ['lessonStep', 'Relearn: a step of both twins', 'ms'],
  ['point', 'measuring a point', 'ms'],
  ['question', 'answering the question', 'ms'],
  ['idle', 'idle, while the page draws', '%'],
  ['the page’s thread during the run', '', ''],
  ['frame', 'between two frames, median', 'ms', '16.7 ms'],
  ['frame95', '95th percentile', 'ms'],
  ['frame99', '99th percentile', 'ms'],
  ['frameWorst', 'worst', 'ms'],
  ['frameLate', `over ${LATE} ms`, '%'],
  ['longTasks', 'long tasks (over 50 ms)', ''],
  ['longest', 'longest of them', 'ms'],
  ['key', 'PageDown to picture while it computes, longest', 'ms'],
  ['leave', 'PageDown to next slide while it computes', 'ms'],
  ['resident set of the page’s process, with its worker', '', ''],
  ['before', 'panel ready', 'MB'],
  ['peak', 'peak of the run', 'MB'],
  ['after', `${SETTLE / 1000} s after leaving the slide, worker ended`, 'MB'],
];
const SHOW = { ms: (n: number) => n.toFixed(n < 100 ? 1 : 0), s: (n: number) => (n / 1000).toFixed(1), MB: (n: number) => (n / 1e6).toFixed(0), '%': (n: number) => n.toFixed(1), '': (n: number) => n.toFixed(0) };

/** Median and, of several runs, the range. */
function describe(values: readonly number[], show: (n: number) => string): string {
  if (values.some(Number.isNaN)) return 'no /proc';
  const sorted = sort(values);
  const [low, high] = [show(sorted[0]!), show(sorted.at(-1)!)];
  return `${show(quantile(sorted, 0.5))}${low === high ? '' : ` (${low}–${high})`}`;
}

function printTable(runs: Map<Device, Run[]>): void {
  const width = Math.max(...ROWS.filter(([, label]) => label).map(([, label]) => label.length)) + 4;
  console.log(`\n${''.padEnd(width)}${[...runs.keys()].map((d) => d.padStart(26)).join('')}`);
  for (const [key, label, unit, goal] of ROWS) {
    if (!label) {
      console.log(key);
      continue;
    }
    const cells = [...runs.values()].map((all) => describe(all.map((r) => r[key]!), SHOW[unit]).padStart(26));
    console.log(`  ${label.padEnd(width - 2)}${cells.join('')} ${unit}${goal ? `  (goal: ${goal})` : ''}`.trimEnd());
  }
}

function printMemory(device: Device, held: readonly Held[]): void {
  const marks = held.map((_, i) => i + 1).filter((n) => n === 1 || n % 10 === 0 || n === held.length);
  console.log(`${device}, ${held.length} runs of “${SMALL}” in one page, in MB after each`);
  for (const [key, label] of [['resident', 'resident, with the worker'], ['heap', 'of it the page’s scripts']] as const) {
    const values = held.map((h) => h[key]);
    if (values.some(Number.isNaN)) {
      console.log(`  ${label}: no /proc here`);
      continue;
    }
    const at = (n: number): number => middle(values.slice(Math.max(0, n - ENDS), n));
    const growth = held.length > 20 ? `; from run 20 to run ${held.length} ${SHOW.MB(at(held.length) - at(20))} more (medians of the ${ENDS} runs up to each)` : '';
    console.log(`  ${label}: ${marks.map((n) => `run ${n} ${(values[n - 1]! / 1e6).toFixed(1)}`).join(', ')}${growth}`);
  }
}

function printFiles(files: readonly Loaded[]): void {
  const kB = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(9);
  console.log('\nloaded for the panel alone, on wasm, in kB'.padEnd(58) + ['on disk', 'sent here', 'gzip -9'].map((s) => s.padStart(10)).join(''));
  const line = (name: string, ...sizes: number[]): void => console.log(`  ${name.padEnd(55)}${sizes.map((s) => ` ${kB(s)}`).join('')}`);
  for (const f of files) line(f.path, f.bytes, f.sent, f.packed);
  line('all', sum(files.map((f) => f.bytes)), sum(files.map((f) => f.sent)), sum(files.map((f) => f.packed)));
}

/**
 * What a training step takes here, beside what others state of theirs: other models on other
 * machines, so an order of magnitude and no ratio. As read in November 2026; nothing of it is measured here.
 */
const OTHERS = [
  'TinyGPT, WASM SIMD on one thread, Apple M5 Pro, timed from Node: 0.37M parameters, 191 ms a step (https://tinygpt.pages.dev/docs/performance)',
  'TinyGPT, WASM SIMD on several threads, “Apple M-series”: 0.37M parameters, width 96, context 64: 101 ms a step, 10,116 tokens/s (https://tinygpt.pages.dev/roadmap)',
];

async function printSteps(runs: Map<Device, Run[]>): Promise<void> {
  makeExact();
  const { LIVE, prepare } = await import('../lab/live.ts');
  const { RELEARNING, TUNING_ROWS } = await import('../lab/arms.ts');
  const { listShapes } = await import('../lab/model.ts');
  const { config } = prepare(LIVE).place;
  const parameters = sum(Object.values(listShapes(config)).map((shape) => shape.reduce((a, b) => a * b, 1)));
  console.log(`\ntraining alone, a step of one twin (${(parameters / 1e6).toFixed(2)}M parameters, width ${config.dModel})`);
  for (const [device, all] of runs)
    for (const [name, key, rows] of [['Tune', 'step', TUNING_ROWS], ['Relearn', 'lessonStep', RELEARNING.rows]] as const) {
      const step = middle(all.map((r) => r[key]! / 2));
      console.log(`  ${device}, ${name}: ${step.toFixed(0)} ms for ${rows} rows × ${config.seqLen} tokens, ${(((rows * config.seqLen) / step) * 1000).toFixed(0)} tokens/s`);
    }
  console.log('what others state of training in a browser’s wasm (other models and machines: an order of magnitude, no ratio)');
  for (const line of OTHERS) console.log(`  ${line}`);
  console.log('the same step in TensorFlow.js and PyTorch, on this machine: npm run bench:lab');
}

// --- all of it

const load = loadavg()[0]!; // of others; it lengthens every time below
const outDir = mkdtempSync(join(tmpdir(), 'bench-live-'));
process.on('exit', () => rmSync(outDir, { recursive: true, force: true })); // whatever ends this
const served = await serveDeck({ outDir, flags: ['--js-flags=--expose-gc'] });
try {
  const { browser, url } = served;
  console.log(`Chromium ${browser.version()}, headless, ${process.platform} ${process.arch}, ${availableParallelism()} processors (${cpus()[0]?.model.trim() ?? 'unknown'}); median of ${RUNS} runs (min–max), each in a fresh profile`);
  console.log(`load average at the start ${load.toFixed(1)}${load > BUSY ? ': BUSY, so all times are too long' : ''}`);
  const { devices, why } = await listDevices(browser, url);
  const runs = new Map<Device, Run[]>(devices.map((d) => [d, []]));
  for (const device of devices) {
    const say = progress(`${device}, runs`);
    for (let i = 0; i < RUNS; i++) {
      runs.get(device)!.push(await run(browser, `${url}?device=${device}#/${SLIDE}`, device));
      say(i + 1, RUNS);
    }
  }
  printTable(runs);
  if (why) console.log(`WebGPU: not measured, ${why}`);
  if (REPEAT) for (const device of devices) printMemory(device, await repeat(browser, `${url}?device=${device}&live=${SMALL}#/${SLIDE}`, device));
  printFiles(await listOwn(browser, `${url}?device=wasm#/${SLIDE}`, outDir));
  await printSteps(runs);
  console.log(faults.length ? `\nNOT REPRODUCED:\n${faults.map((f) => `  ${f}`).join('\n')}` : '\nevery run reproduced the recording, by the panel’s own words');
  if (faults.length) process.exitCode = 1;
} finally {
  await served.close();
}
