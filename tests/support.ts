// What several tests share: the data, a made-up figure, the deck in a page, and a record of what
// is written on its canvases.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { loadEvidence, type Evidence } from '../src/build/evidence.ts';
import { parseLab, parseLive, parsePapers, parsePublished, type Figure, type LabResult, type LiveRecord, type Published } from '../src/results.ts';
import { root } from '../src/run/setup.mjs';

export { root };
/** The built deck: what the configured web server serves. */
export const dist = process.env.DECK_DIST ?? join(root, 'dist');

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The published entries; `evidence` also formats the bibliography, which takes a second or more. */
export const figures: Published[] = parsePublished('published.json', read('assets/evidence/published.json'), parsePapers('papers.json', read('assets/evidence/papers.json')));
/** What the lab found, file by file, and every figure of it. */
export const results: LabResult[] = readdirSync(join(root, 'assets/lab')).sort().map((f) => parseLab(f, read(`assets/lab/${f}`)));
/** The recorded live run. */
export const recorded: LiveRecord = parseLive('recorded.json', read('assets/live/recorded.json'));
/** All that can be drawn, in the order of the evidence index. */
export const allFigures: Figure[] = [...figures, ...results.flatMap((r) => r.figures), ...recorded.figures];
let loaded: Evidence | undefined;
export const evidence = (): Evidence => (loaded ??= loadEvidence(join(root, 'assets/evidence')));

/** A complete entry: two series over three places, to be changed by a test. */
export function figure(change: Partial<Published> = {}): Published {
  return {
    id: 'made-up',
    paper: 'nobody2020',
    claims: ['C0'],
    stance: 'supports',
    kind: 'bars',
    title: 'What is measured',
    finding: 'It is so.',
    x: { label: 'place', categories: ['north', 'south', 'far south'] },
    y: { label: 'share', unit: '%' },
    series: [
      { name: 'before', values: [10, 20, 30] },
      { name: 'after', values: [11.5, -21, 33.5] },
    ],
    where: 'Table 1',
    read: 'full text',
    recheck: 'ok-primary',
    page: 'https://example.org/paper',
    approximate: false,
    derived: '',
    caveat: 'It is made up.',
    ...change,
  };
}

/** The numbers in a text as the talk writes them: “≈−1,234.50% (1 to 2)” → [-1234.5, 1, 2]. */
export const numbersIn = (text: string): number[] => [...text.matchAll(/−?\d[\d,]*(?:\.\d+)?/g)].map((m) => Number(m[0].replace('−', '-').replaceAll(',', '')));

// --- the deck in a page

/** Opens the deck and waits until all of its data are there. */
export async function openDeck(page: Page, query = '', base = './'): Promise<void> {
  await page.goto(`${base}${query}`);
  await page.waitForSelector('html[data-loaded="all"]');
}

export interface Place {
  id: string;
  /** -1: before the first step. */
  fragment: number;
}

/** Every slide at every step, in order. */
export const allPlaces = (page: Page): Promise<Place[]> =>
  page.evaluate(() =>
    window.talk.entries.flatMap(({ id, section }) => {
      const steps = section.querySelectorAll('.fragment').length;
      return Array.from({ length: steps + 1 }, (_, i) => ({ id, fragment: i - 1 }));
    }),
  );

/** Shows a slide at a step; its panels are drawn when this returns. */
export async function goTo(page: Page, { id, fragment }: Place): Promise<void> {
  await page.evaluate(
    ([id, fragment]) => {
      const { h, v } = window.talk.deck.getIndices(document.getElementById(id)!);
      window.talk.deck.slide(h, v, fragment);
    },
    [id, fragment] as const,
  );
  await panelsSettled(page);
}

/** Waits until each panel of the slide shown is drawn, or says why it is not. */
export const panelsSettled = (page: Page): Promise<unknown> =>
  page.waitForFunction(() =>
    [...window.talk.deck.getCurrentSlide().querySelectorAll<HTMLElement>('.panel-body')].every((b) =>
      ['ready', 'failed'].includes(b.dataset.state!),
    ),
  );

/**
 * Shows slide after slide, at its last step or at every one, and gives what `look` finds on each, under its
 * name. One call into the page for all: hundreds of calls and waits cost more than what is looked at.
 * `look` runs in the page and may use nothing from here. Slides without `having` are passed over.
 */
export const onEverySlide = (page: Page, look: () => string[] | Promise<string[]>, steps: 'last' | 'every' = 'last', having = 'h1, h2'): Promise<string[]> =>
  page.evaluate(`(async () => {
    const look = ${look.toString()};
    const found = [];
    for (const { id, section } of window.talk.entries) {
      if (!section.querySelector(${JSON.stringify(having)})) continue;
      const { h, v } = window.talk.deck.getIndices(section);
      const last = section.querySelectorAll('.fragment').length - 1;
      for (let f = ${steps === 'every'} ? -1 : last; f <= last; f++) {
        window.talk.deck.slide(h, v, f);
        const bodies = [...section.querySelectorAll('.panel-body')];
        while (bodies.some((b) => !['ready', 'failed'].includes(b.dataset.state))) await new Promise((done) => requestAnimationFrame(done));
        found.push(...(await look()).map((what) => id + (f < 0 || ${steps === 'last'} ? '' : '/' + f) + ': ' + what));
      }
    }
    return found;
  })()`);

/** Every slide in the order of the talk: id, number, headline. */
export const slidesOf = (page: Page): Promise<{ id: string; number: string; title: string }[]> =>
  page.evaluate(() => window.talk.entries.map(({ id, number, title }) => ({ id, number, title })));
/** The slide `by` places after `id`. */
export async function neighbour(page: Page, id: string, by: number): Promise<{ id: string; number: string; title: string }> {
  const all = await slidesOf(page);
  return all[all.findIndex((s) => s.id === id) + by]!;
}

export const placeNow = (page: Page): Promise<Place> =>
  page.evaluate(() => ({
    id: window.talk.deck.getCurrentSlide().id,
    fragment: window.talk.deck.getIndices().f ?? -1,
  }));

/** A style of the test's own; the pages' policy allows a sheet made by script and no <style>. */
export const addStyle = (page: Page, css: string): Promise<unknown> =>
  page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, css);
/** The article lays out only what is near; to measure all of it. */
export const layAllOut = (page: Page): Promise<unknown> => addStyle(page, '.part { content-visibility: visible !important; }');

// --- what is written on a canvas

export interface Written {
  text: string;
  /** Font size and ink box, in CSS pixels of the canvas as laid out (not as scaled). */
  size: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}
declare global {
  interface Window {
    written(canvas: HTMLCanvasElement): Written[];
  }
}

/** From the next page load on, `window.written(canvas)` tells every text that stands on a canvas. */
export const recordCanvasText = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const all = new WeakMap<HTMLCanvasElement, Written[]>();
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (x, y, w, h) {
      if (w >= this.canvas.width) all.delete(this.canvas);
      clearRect.call(this, x, y, w, h);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, max) {
      const m = this.measureText(text);
      const t = this.getTransform();
      const ink = [
        [x - m.actualBoundingBoxLeft, y - m.actualBoundingBoxAscent],
        [x + m.actualBoundingBoxRight, y + m.actualBoundingBoxDescent],
      ].map(([px, py]) => t.transformPoint(new DOMPoint(px, py)));
      const [xs, ys] = [ink.map((p) => p.x), ink.map((p) => p.y)];
      const list = all.get(this.canvas) ?? [];
      all.set(this.canvas, list);
      if (text.trim())
        list.push({
          text,
          size: Number(/([\d.]+)px/.exec(this.font)?.[1]) * Math.hypot(t.a, t.b),
          left: Math.min(...xs),
          right: Math.max(...xs),
          top: Math.min(...ys),
          bottom: Math.max(...ys),
        });
      if (max === undefined) fillText.call(this, text, x, y);
      else fillText.call(this, text, x, y, max);
    };
    window.written = (canvas) => {
      const ratio = canvas.width / (canvas.clientWidth || 1);
      return (all.get(canvas) ?? []).map((w) => ({
        text: w.text,
        size: w.size / ratio,
        left: w.left / ratio,
        right: w.right / ratio,
        top: w.top / ratio,
        bottom: w.bottom / ratio,
      }));
    };
  });
