// One deck loaded on a slow processor and connection: when its first slide and its first chart are
// seen, when it obeys a key, and what it asked for until then and in all. Knows the deck only by its
// headlines, whatever made it; all times are the page's own clock.
import type { Browser, Page } from '@playwright/test';
import { isFont, openSlow, pathOf, type Site } from '../site.ts';

export interface Talk {
  url: string;
  site: Site;
  headlines: readonly string[];
  /** Keys from slide `index` to the next. */
  keys(index: number): number;
  /** The address of the first slide with a chart, and which one it is. */
  chart: { address: string; index: number };
  /** Keys are pressed this far and no farther. */
  last: number;
}

interface Watch {
  /** Whether the slide of this headline is what one sees. */
  shows(index: number): boolean;
  chartsDrawn(): boolean;
  first: number;
  chart: number;
  turned: number;
  lcp: number;
}
declare global {
  interface Window {
    watch: Watch;
  }
}
interface Task {
  headlines: readonly string[];
  first: number;
  /** Press → as soon as the first slide is there. */
  hurry: boolean;
}

function probe({ headlines, first, hurry }: Task): void {
  performance.setResourceTimingBufferSize(2000);
  const words = (e: Element): string => (e.textContent ?? '').replace(/\s+/g, ' ').trim();
  const isSeen = (e: Element): boolean => {
    const b = e.getBoundingClientRect();
    return b.width > 0 && b.height > 0 && b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth && e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const hasInk = (c: HTMLCanvasElement): boolean => c.width > 0 && c.height > 0 && new Uint32Array(c.getContext('2d')!.getImageData(0, 0, c.width, c.height).data.buffer).some((pixel) => pixel !== 0);
  const watch: Watch = (window.watch = {
    first: 0,
    chart: 0,
    turned: 0,
    lcp: 0,
    shows: (i) => [...document.querySelectorAll('h1, h2')].some((e) => words(e) === headlines[i] && isSeen(e)),
    chartsDrawn: () => {
      const seen = [...document.querySelectorAll('canvas')].filter(isSeen);
      return seen.length > 0 && seen.every(hasInk);
    },
  });
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) watch.lcp = e.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  /** The time right after the frame is painted in which `test` holds. */
  const when = (test: () => boolean): Promise<number> =>
    new Promise((done) => {
      const look = (): void => {
        if (!test()) return void requestAnimationFrame(look);
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => done(performance.now());
          port2.postMessage(0);
        });
      };
      requestAnimationFrame(look);
    });
  void when(() => watch.shows(first)).then(async (t) => {
    watch.first = t;
    if (!hurry) return void when(() => watch.shows(first) && watch.chartsDrawn()).then((t) => (watch.chart = t));
    const key = { key: 'ArrowRight', code: 'ArrowRight', keyCode: 39, which: 39, bubbles: true, cancelable: true };
    const pressing = setInterval(() => {
      const on = document.activeElement ?? document.body;
      on.dispatchEvent(new KeyboardEvent('keydown', key));
      on.dispatchEvent(new KeyboardEvent('keyup', key));
    }, 50);
    watch.turned = await when(() => {
      const turned = headlines.some((_, i) => i !== first && watch.shows(i));
      if (turned) clearInterval(pressing);
      return turned;
    });
  });
}

/** By the keys of the table's rows. */
export type Numbers = Record<string, number>;

const LIMIT = 120_000;
const QUIET = 1500; // ms without a request: all is there

async function open(browser: Browser, talk: Talk, address: string, task: Task, until: 'first' | 'chart' | 'turned'): Promise<{ page: Page; foreign: () => number }> {
  const { page } = await openSlow(browser, LIMIT, probe, task);
  const others = new Set<string>();
  await page.route((url) => url.origin !== new URL(talk.url).origin, (route) => (others.add(route.request().url()), route.abort()));
  await page.goto(`${talk.url}${address}`, { waitUntil: 'commit' });
  await page.waitForFunction((mark) => window.watch[mark] > 0, until, { polling: 100 });
  return { page, foreign: () => others.size };
}

/** What the page asked for, or did before `time`: each path once. */
async function requested(page: Page, talk: Talk, time = Infinity): Promise<string[]> {
  const names = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((e) => [e.name, e.startTime] as const));
  return [...new Set(names.filter(([name, start]) => start <= time && name.startsWith(talk.url)).map(([name]) => pathOf(name)))].filter((p) => talk.site.has(p));
}

async function walk(page: Page, talk: Talk): Promise<void> {
  for (let i = 1; i <= talk.last; i++) {
    for (let key = talk.keys(i - 1); key > 0; key--) {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(150);
    }
    await page.waitForFunction((n) => window.watch.shows(n), i, { polling: 100 }).catch(() => {
      throw new Error(`the slide “${talk.headlines[i]!}” does not come after “${talk.headlines[i - 1]!}”`);
    });
  }
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    await page.waitForTimeout(QUIET);
    now = await page.evaluate(() => performance.getEntriesByType('resource').length);
  }
}

export async function measureLoad(browser: Browser, talk: Talk): Promise<Numbers> {
  const sum = (paths: readonly string[], of: (f: { body: Buffer; raw: number }) => number): number => paths.reduce((n, p) => n + of(talk.site.get(p)!), 0);
  const task: Task = { headlines: talk.headlines, first: 0, hurry: false };

  const title = await open(browser, talk, '', task, 'first');
  await title.page.waitForTimeout(QUIET);
  const seen = await title.page.evaluate(() => ({ first: window.watch.first, lcp: window.watch.lcp, fcp: performance.getEntriesByName('first-contentful-paint')[0]!.startTime }));
  const first = await requested(title.page, talk, seen.first);
  await walk(title.page, talk);
  const all = await requested(title.page, talk);
  const foreign = title.foreign();
  await title.page.context().close();

  const chart = await open(browser, talk, talk.chart.address, { ...task, first: talk.chart.index }, 'chart');
  const drawn = await chart.page.evaluate(() => window.watch.chart);
  await chart.page.context().close();

  const hasty = await open(browser, talk, '', { ...task, hurry: true }, 'turned');
  const turned = await hasty.page.evaluate(() => window.watch.turned);
  await hasty.page.context().close();

  return {
    fcp: seen.fcp,
    lcp: seen.lcp,
    first: seen.first,
    turned,
    chart: drawn,
    firstGzip: sum(first, (f) => f.body.length),
    firstRaw: sum(first, (f) => f.raw),
    firstFonts: sum(first.filter(isFont), (f) => f.body.length),
    firstRequests: first.length,
    allGzip: sum(all, (f) => f.body.length),
    allRaw: sum(all, (f) => f.raw),
    allRequests: all.length,
    foreign,
  };
}
