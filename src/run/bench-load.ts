// What the first load costs on a slow processor and a mobile network. Sizes are judged against the
// budget, for they are the same everywhere; times are printed and never judged.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { build } from 'vite';
import { progress, readOptions, root } from './serve.ts';
import { findBrowser } from './setup.mjs';
import { CPU, FAST_4G, isFont, openSlow, pathOf, readSite, serveSite, type Site } from './site.ts';

const HELP = `npm run bench:load -- [--runs 5] [--json]
Builds the deck and loads it under 4× CPU and Fast 4G; prints medians, and judges the sizes: exit code 1 over the budget.
--json prints one line of JSON in place of the table.`;
const o = readOptions({ runs: '5', json: false }, HELP);
const RUNS = Number(o.runs);
if (!Number.isInteger(RUNS) || RUNS < 1) {
  console.error(`--runs: ${o.runs} is not a number of runs\n${HELP}`);
  process.exit(2);
}

const BUDGET = { initial: 100_000, fonts: 120_000 };
const SLIDES = 10;
const THINK = 300;
const LIMIT = 60_000;

// --- the site: built into a temporary folder, served from memory as a static host with gzip would

/** A fresh build as it goes over the wire. */
async function buildSite(): Promise<Site> {
  const outDir = mkdtempSync(join(tmpdir(), 'bench-load-'));
  try {
    await build({ root: join(root, 'src'), configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir } });
    return readSite(outDir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

// --- in the page: every time is taken there, by the page's own clock

interface Press {
  slide: string;
  /** From the key until all panels of its slide are drawn; 0 when they were before it. */
  wait: number;
  /** From the key until the frame that shows its slide with all panels. */
  picture: number;
}
interface Bench {
  ready: number;
  firstSlide: number;
  loaded: number;
  charts: number;
  lcp: number;
  longTasks: { start: number; duration: number }[];
  presses: Press[];
  failed: string[];
}
declare global {
  interface Window {
    bench: Bench;
  }
}

function probe(): void {
  const bench: Bench = (window.bench = { ready: 0, firstSlide: 0, loaded: 0, charts: 0, lcp: 0, longTasks: [], presses: [], failed: [] });
  performance.setResourceTimingBufferSize(2000);
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) bench.lcp = e.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) bench.longTasks.push({ start: e.startTime, duration: e.duration });
  }).observe({ type: 'longtask', buffered: true });

  const until = new Set<() => boolean>();
  const when = (test: () => boolean): Promise<number> =>
    new Promise((done) => {
      const check = (): boolean => test() && (done(performance.now()), true);
      if (!check()) until.add(check);
    });
  new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target instanceof HTMLElement && target.dataset.state === 'failed') bench.failed.push(`#/${target.closest('section')?.id}: ${target.querySelector('.panel-error p')?.textContent}`);
    for (const check of until) if (check()) until.delete(check);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-ready', 'data-loaded', 'data-state'] });
  /** The time right after the next frame is painted. */
  const painted = (): Promise<number> =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now());
        port2.postMessage(0);
      }),
    );

  const html = (): DOMStringMap => document.documentElement?.dataset ?? {};
  const drawnIn = (bodies: HTMLElement[]): boolean => bodies.every((b) => b.dataset.state === 'ready');
  const bodiesIn = (slide: Element): HTMLElement[] => [...slide.querySelectorAll<HTMLElement>('.panel-body')];
  const hasInk = (c: HTMLCanvasElement): boolean => c.width > 0 && c.height > 0 && new Uint32Array(c.getContext('2d')!.getImageData(0, 0, c.width, c.height).data.buffer).some((pixel) => pixel !== 0);
  const asked = location.hash.slice(2); // before reveal writes its own

  void when(() => html().loaded === 'all').then((t) => (bench.loaded = t));
  void when(() => html().ready === 'deck').then(async (t) => {
    bench.ready = t;
    const shown = (): boolean => {
      const title = document.querySelector('.reveal.ready section.present :is(h1, h2)');
      const box = title?.getBoundingClientRect();
      return Boolean(box?.height && title!.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box.top >= 0 && box.bottom <= innerHeight);
    };
    let time = await painted();
    while (!shown()) time = await painted();
    bench.firstSlide = time;
    const slide = asked && document.getElementById(asked);
    if (!slide) return;
    await when(() => drawnIn(bodiesIn(slide)));
    time = await painted();
    while (![...slide.querySelectorAll('canvas')].every(hasInk)) time = await painted();
    bench.charts = time;
  });

  let missing = new Set<Element>();
  addEventListener('keydown', () => (missing = new Set(document.querySelectorAll('.panel-body:not([data-state="ready"])'))), true);
  // reveal listens on the document, so it has turned the page by now
  addEventListener('keydown', async (e) => {
    const slide = window.talk.deck.getCurrentSlide();
    const late = bodiesIn(slide).filter((b) => missing.has(b));
    const wait = late.length ? (await when(() => drawnIn(late))) - e.timeStamp : 0;
    bench.presses.push({ slide: slide.id, wait, picture: (await painted()) - e.timeStamp });
  });
}

// --- a run

const site = await buildSite();
const size = (paths: string[]): number => paths.reduce((n, p) => n + site.get(p)!.body.length, 0);
const isCode = (path: string): boolean => /\.(html|js|css)$/.test(path); // the icon comes when it likes

/** Loads `url` with nothing kept from before; waits until `mark` is reached. */
async function open(browser: Browser, url: string, mark: 'firstSlide' | 'loaded' | 'charts'): Promise<{ page: Page; context: BrowserContext }> {
  const { page, context } = await openSlow(browser, LIMIT, probe);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction((m) => window.bench[m] > 0 || window.bench.failed.length > 0, mark, { polling: 100 });
  await noneFailed(page);
  return { page, context };
}

async function noneFailed(page: Page): Promise<void> {
  const failed = await page.evaluate(() => window.bench.failed);
  if (failed.length) throw new Error(`a panel failed: ${[...new Set(failed)].join('; ')}`);
}

/** What a page asked for before `time`: each path once. Another host or a missing file ends the bench. */
async function requested(page: Page, url: string, time: number): Promise<string[]> {
  const asked = await page.evaluate((t) => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((e) => e.startTime <= t).map((e) => e.name), time);
  const paths = new Set<string>();
  for (const name of asked) {
    if (!name.startsWith(url)) throw new Error(`the deck asks another host: ${name}`);
    if (!site.has(pathOf(name))) throw new Error(`the deck asks for a file that is not there: ${name}`);
    paths.add(pathOf(name));
  }
  return [...paths];
}

/** Presses PageDown through the first slides and waits for nothing but a moment between the keys. */
async function turnPages(page: Page): Promise<Press[]> {
  const { keys, last } = await page.evaluate((n) => {
    const turned = window.talk.entries.slice(0, n - 1);
    return { keys: turned.reduce((sum, e) => sum + 1 + e.section.querySelectorAll('.fragment').length, 0), last: window.talk.entries[n - 1]!.id };
  }, SLIDES);
  for (let i = 0; i < keys; i++) {
    await page.waitForTimeout(THINK);
    await page.keyboard.press('PageDown');
  }
  await page.waitForFunction((n) => window.bench.presses.length === n || window.bench.failed.length > 0, keys, { polling: 100 });
  await noneFailed(page);
  const presses = await page.evaluate(() => window.bench.presses);
  if (presses.at(-1)!.slide !== last) throw new Error(`${keys} keys led to ${presses.at(-1)!.slide}, not to ${last}`);
  return presses;
}
const longest = (presses: Press[], of: 'wait' | 'picture'): number => Math.max(...presses.map((p) => p[of]));

interface Run {
  chartSlide: string;
  numbers: Record<string, number>;
}

async function run(browser: Browser, url: string): Promise<Run> {
  const title = await open(browser, url, 'loaded');
  const { fcp, chartSlide, ...seen } = await title.page.evaluate(() => ({
    ...window.bench,
    fcp: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
    chartSlide: window.talk.entries.find((e) => e.section.querySelector('.panel:not(.view-text, .view-table)'))!.id,
  }));
  const first = await requested(title.page, url, seen.ready);
  const all = await requested(title.page, url, seen.loaded);
  const calm = await turnPages(title.page);
  await title.context.close();

  const chart = await open(browser, `${url}#/${chartSlide}`, 'charts');
  const charts = await chart.page.evaluate(() => window.bench.charts);
  await chart.context.close();

  const hasty = await open(browser, url, 'firstSlide');
  const hurried = await turnPages(hasty.page);
  await hasty.context.close();

  return {
    chartSlide,
    numbers: {
      fcp,
      lcp: seen.lcp,
      firstSlide: seen.firstSlide,
      blocking: seen.longTasks.filter((t) => t.start < seen.ready).reduce((sum, t) => sum + Math.max(0, t.duration - 50), 0),
      initialBytes: size(first.filter(isCode)),
      fontBytes: size(first.filter(isFont)),
      requests: first.length,
      loaded: seen.loaded,
      loadedBytes: size(all),
      loadedRequests: all.length,
      charts,
      hurriedWait: longest(hurried, 'wait'),
      hurriedPicture: longest(hurried, 'picture'),
      calmWait: longest(calm, 'wait'),
      calmPicture: longest(calm, 'picture'),
    },
  };
}

// --- all runs, and the table

const served = await serveSite(site);
const found = findBrowser();
const load = loadavg()[0]!; // of others; it lengthens every time below
const browser = await chromium.launch({ executablePath: found.executablePath, args: found.args });
const runs: Run[] = [];
try {
  const say = progress('load');
  for (let i = 0; i < RUNS; i++) {
    runs.push(await run(browser, served.url));
    say(i + 1, RUNS);
  }
} finally {
  await browser.close();
  served.close();
}

const ROWS: [string, string, 'ms' | 'kB' | ''][] = [
  ['title slide', '', ''],
  ['fcp', 'first contentful paint', 'ms'],
  ['lcp', 'largest contentful paint', 'ms'],
  ['firstSlide', 'first slide', 'ms'],
  ['blocking', 'blocking until ready', 'ms'],
  ['initialBytes', 'HTML, JS and CSS until ready', 'kB'],
  ['fontBytes', 'fonts until ready', 'kB'],
  ['requests', 'requests until ready', ''],
  ['everything, in the background', '', ''],
  ['loaded', 'all loaded', 'ms'],
  ['loadedBytes', 'bytes, with fonts', 'kB'],
  ['loadedRequests', 'requests', ''],
  [`opened at #/${runs[0]!.chartSlide}`, '', ''],
  ['charts', 'charts drawn', 'ms'],
  [`${SLIDES} slides, a key every ${THINK} ms from the first slide on`, '', ''],
  ['hurriedWait', 'longest wait for panels', 'ms'],
  ['hurriedPicture', 'longest key to picture', 'ms'],
  ['the same once all is loaded', '', ''],
  ['calmWait', 'longest wait for panels', 'ms'],
  ['calmPicture', 'longest key to picture', 'ms'],
];
const summary = (key: string): { median: number; min: number; max: number } => {
  const sorted = runs.map((r) => r.numbers[key]!).sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return { median: (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2, min: sorted[0]!, max: sorted.at(-1)! };
};
const kB = (bytes: number): string => (bytes / 1000).toFixed(1);

const initial = summary('initialBytes').max;
const fonts = size([...site.keys()].filter(isFont)); // every font there is, asked for or not
const over = initial > BUDGET.initial || fonts > BUDGET.fonts;
if (o.json) {
  const rows = Object.fromEntries(ROWS.filter(([, label]) => label).map(([key]) => [key, summary(key)]));
  console.log(JSON.stringify({ browser: found.version, load, processors: availableParallelism(), cpu: CPU, network: FAST_4G, chartSlide: runs[0]!.chartSlide, rows, runs: runs.map((r) => r.numbers), budget: { initial, fonts, of: BUDGET, over } }));
} else {
  console.log(`${found.version}, ${CPU}× CPU, Fast 4G (165 ms, 8.1 Mbit/s), HTTP/1.1 with gzip, cold cache; median of ${RUNS} (min–max)`);
  console.log(`load average at the start ${load.toFixed(1)}, ${availableParallelism()} processors${load > availableParallelism() / 2 ? ': BUSY, so the times are too long' : ''}`);
  for (const [key, label, unit] of ROWS) {
    if (!label) {
      console.log(`\n${key}`);
      continue;
    }
    const { median, min, max } = summary(key);
    const show = unit === 'kB' ? kB : (n: number): string => n.toFixed(0);
    console.log(`  ${label.padEnd(30)}${show(median).padStart(7)} ${unit.padEnd(3)} (${min === max ? 'always' : `${show(min)}–${show(max)}`})`);
  }
  console.log('');
  console.log(`initial load ${kB(initial)} kB gzip (budget ${BUDGET.initial / 1000}), fonts ${kB(fonts)} kB (budget ${BUDGET.fonts / 1000})${over ? ': OVER BUDGET' : ''}`);
}
if (over) process.exitCode = 1;
