// The main paths once more in Firefox: another engine lays out, draws, compiles and prints.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { getDocument } from 'unpdf/pdfjs';
import { findFirefox } from '../../src/run/setup.mjs';
import { allFigures, neighbour, openDeck, placeNow, root } from '../support.ts';

const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ context }, use) => {
      const said: string[] = [];
      context.on('console', (m) => {
        if (['error', 'warning'].includes(m.type())) said.push(`${m.type()}: ${m.text()}`);
      });
      context.on('weberror', (e) => said.push(`uncaught: ${e.error().message}`));
      await use();
      expect(said, 'the console is clean').toEqual([]);
    },
    { auto: true },
  ],
});
test.skip(!findFirefox(), 'no Firefox on this machine that can be driven: install one, or set FIREFOX_PATH');
const LONG = { timeout: 120_000 };

test('the deck turns by keys, and every chart draws the numbers of its figure, whole and sharp', async ({ page }) => {
  test.setTimeout(180_000);
  await openDeck(page);
  for (const [key, by] of [['PageDown', 1], ['PageUp', -1], ['ArrowRight', 1], ['ArrowLeft', -1]] as const) {
    const before = await placeNow(page);
    await page.keyboard.press(key);
    await expect.poll(() => placeNow(page), key).toMatchObject({ id: (await neighbour(page, before.id, by)).id });
  }
  const found = await page.evaluate(async () => {
    const out: { slide: string; id: string; drawn: Record<string, unknown> | undefined; faults: string[] }[] = [];
    for (const { section, id } of window.talk.entries) {
      const { h, v } = window.talk.deck.getIndices(section);
      window.talk.deck.slide(h, v, 99);
      while ([...section.querySelectorAll<HTMLElement>('.panel-body')].some((b) => !['ready', 'failed'].includes(b.dataset.state!))) await new Promise(requestAnimationFrame);
      const faults: string[] = [];
      if (section.scrollHeight > section.clientHeight + 1 || section.scrollWidth > section.clientWidth + 1) faults.push('hides some of itself');
      for (const e of section.querySelectorAll<HTMLElement>('.stage *, .so, .but')) if (!e.closest('.sr, svg, .live-settings') && e.clientHeight && getComputedStyle(e).overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1) faults.push(`${e.className || e.tagName} hides ${e.scrollHeight - e.clientHeight} px`);
      for (const f of section.querySelectorAll<HTMLElement>('figure.panel:not(.view-live)')) {
        const canvas = f.querySelector('canvas');
        const box = canvas?.getBoundingClientRect();
        const ink = canvas && [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data].filter((x, i) => i % 4 === 3 && x > 0).length;
        if (canvas && (!ink || ink < 500)) faults.push(`${f.dataset.figure} is blank`);
        if (canvas && Math.abs(canvas.width / box!.width - devicePixelRatio) > 0.05) faults.push(`${f.dataset.figure} is not sharp`);
        out.push({ slide: id, id: f.dataset.figure!, drawn: window.talk.panelOf(f)?.drawn(), faults: [] });
      }
      if (faults.length) out.push({ slide: id, id: '', drawn: undefined, faults });
    }
    return out;
  });
  expect(found.flatMap((f) => f.faults.map((x) => `${f.slide}: ${x}`))).toEqual([]);
  const drawn = found.filter((f) => f.id);
  expect(drawn.length).toBeGreaterThan(35);
  for (const d of drawn) expect(d.drawn, `${d.slide}: ${d.id}`).toEqual(Object.fromEntries(allFigures.find((f) => f.id === d.id)!.series.map((s) => [s.name, s.values])));
});

test('an address opens a slide at a step, a cut and a theme; steps go forth and back', async ({ page }) => {
  await openDeck(page, '?cut=10&theme=dark#/head-start/0');
  expect(await placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  await page.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 1 });
  await expect(page).toHaveURL(/#\/head-start\/1$/);
  await page.keyboard.press('PageUp');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  await page.locator('#head-start .chart').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#head-start .chart [aria-live]')).toContainText(/\d/);
});

test('S opens the speaker view: it shows the slide, its notes and the next, and drives the room', async ({ page }) => {
  await openDeck(page, '#/rounding');
  const next = await neighbour(page, 'rounding', 1);
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('h1')).toHaveText((await neighbour(page, 'rounding', 0)).title);
  await expect(speaker.locator('#notes')).toContainText('Say');
  const shown = (id: string): Promise<string> => speaker.evaluate((id) => {
    const talk = (document.getElementById(id) as HTMLIFrameElement).contentWindow!.talk;
    return talk?.deck.isReady() ? talk.deck.getCurrentSlide().id : '';
  }, id);
  await expect.poll(() => shown('now')).toBe('rounding');
  await expect.poll(() => shown('then')).toBe(next.id);
  await speaker.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: next.id });
  await expect.poll(() => shown('now')).toBe(next.id);
  await expect(speaker.locator('h1')).toHaveText(next.title);
});

test('the evidence index filters and keeps its filters in the address', async ({ page }) => {
  await page.goto('./evidence/');
  await page.waitForSelector('html[data-loaded="all"]');
  const ours = allFigures.filter((f) => 'made' in f);
  await page.getByLabel('Whose').selectOption('ours');
  await expect(page.getByRole('status')).toHaveText(`${ours.length} of ${allFigures.length} entries`);
  await page.getByLabel('Search').fill('capacity');
  await expect(page).toHaveURL(/\?whose=ours&q=capacity$/);
  await expect(page.locator('article:visible canvas').first()).toBeVisible();
});

test('the article: charts, steps, previews, contents, light and dark', async ({ page }) => {
  await page.goto('./read/#rounding');
  await page.waitForSelector('html[data-ready]');
  await expect(page.locator('#rounding h3')).toBeInViewport();
  await expect(page.locator('#rounding canvas')).toBeVisible();
  await expect(page.locator('.contents a[href="#rounding"]')).toHaveAttribute('aria-current', 'true');
  const preview = page.locator('.preview');
  await page.locator('#rounding a.cite').first().hover();
  await expect(preview).toContainText('arxiv.org');
  await page.keyboard.press('Escape');
  await expect(preview).toBeHidden();
  const box = page.locator('.stepper').first();
  await box.scrollIntoViewIfNeeded();
  const before = await box.getByRole('status').textContent();
  await box.getByRole('button', { name: 'Step back' }).click();
  await expect(box.getByRole('status')).not.toHaveText(before!);
  await expect(page).toHaveURL(/#[\w-]+\/\d+$/);
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const was = await ground();
  await page.getByRole('button', { name: /^(Light|Dark)$/ }).click();
  expect(await ground()).not.toBe(was);
});

test('in the article the models are tuned here, and say UNKNOWN; the run equals the recording', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('./read/?device=wasm#ask-it');
  const live = page.locator('#ask-it .live');
  await expect(live).toHaveAttribute('data-source', 'live', LONG);
  await live.getByRole('button', { name: 'Tune', exact: true }).click();
  await expect(live).toHaveAttribute('data-at', 'tuned', LONG);
  await expect(live).toHaveAttribute('data-running', '', LONG);
  await expect(live.locator('.live-answer.say .live-big')).toHaveText('UNKNOWN');
  await expect(live.getByRole('status')).toContainText('equal the recording to the last digit');
});

test('Ctrl+P prints every slide as a page in the layout of a slide, and gives the talk back', async ({ page }) => {
  test.setTimeout(240_000);
  await openDeck(page, '?cut=10');
  const slides = await page.evaluate(() => window.talk.entries.map(({ id, section }) => ({ id, place: section.querySelector('.place')!.textContent, but: section.querySelector('.but')?.firstChild?.textContent ?? '' })));
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const doc = await getDocument({ data: new Uint8Array(pdf) }).promise;
  expect(doc.numPages).toBe(slides.length);
  // Firefox writes ligatures, hyphens and bold instances of a variable font as shapes without letters
  const squash = (s: string): string => s.normalize('NFKC').replace(/[^\p{L}\p{N}]|[fil]/gu, '');
  for (const [i, { id, place, but }] of slides.entries()) {
    const sheet = await doc.getPage(i + 1);
    expect(sheet.view, id).toEqual([0, 0, 960, 540]);
    const { items } = await sheet.getTextContent();
    const texts = items.flatMap((t) => ('str' in t ? [{ text: squash(t.str), x: t.transform[4] as number }] : []));
    expect(texts.some((t) => t.text && squash(place).startsWith(t.text) && Math.abs(t.x - 45) < 2), `${id}: “${place}” at the slide’s own margin`).toBe(true);
    expect(texts.map((t) => t.text).join(''), id).toContain(squash(but));
  }
  await expect(page.locator('html.printing')).toHaveCount(0);
});

test.describe('in one file, from disk', () => {
  let folder = '';
  let file = '';
  test.beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'single '));
    execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--mode', 'single', '--logLevel', 'error', '--outDir', folder], { cwd: root });
    file = pathToFileURL(join(folder, 'dented-not-erased.html')).href;
  });
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const open = (page: Page, query = ''): Promise<void> => openDeck(page, query, file);

  test('the deck turns, draws and opens its other pages; the models answer in a worker of the file', async ({ page }) => {
    test.setTimeout(240_000);
    await open(page, '#/rounding');
    await expect(page.locator('#rounding canvas')).toBeVisible();
    await page.keyboard.press('PageDown');
    await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'rounding', 1)).id });
    await page.goto(`${file}?page=evidence#quantization-restores`);
    await expect(page.locator('#quantization-restores canvas')).toBeInViewport();
    await page.goto(`${file}?page=read&device=wasm#ask-it`);
    const live = page.locator('#ask-it .live');
    await expect(live).toHaveAttribute('data-source', 'live', LONG);
    await live.getByLabel('in year').selectOption('2');
    await expect(live.locator('.live-about')).toContainText('Before the cutoff');
    await expect(live.locator('.live-answer.say .live-big')).toContainText('✓');
  });
});
