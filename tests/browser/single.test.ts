// The talk in one file, opened from disk with no network and no server: every page, the live run, the
// speaker's window and print do what the site does, and nobody complains.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { getDocument } from 'unpdf/pdfjs';
import { allFigures, goTo, neighbour, openDeck, placeNow, recorded, root } from '../support.ts';

/** No network in any window of the test, and nothing said on any console. */
const test = base.extend<{ quiet: void }>({
  quiet: [
    async ({ context }, use) => {
      const said: string[] = [];
      context.on('console', (m) => {
        if (['error', 'warning'].includes(m.type()) && m.text() !== 'No available adapters.' /* of WebGPU: the browser’s own word */) said.push(`${m.type()}: ${m.text()}`);
      });
      context.on('weberror', (e) => said.push(`uncaught: ${e.error().message}`));
      context.on('request', (r) => {
        if (!/^(file|data|blob):/.test(r.url())) said.push(`asked for ${r.url()}`);
      });
      await context.setOffline(true);
      await use();
      expect(said).toEqual([]);
    },
    { auto: true },
  ],
});

let folder = '';
let path = '';
let file = '';
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'single '));
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--mode', 'single', '--logLevel', 'error', '--outDir', folder], { cwd: root });
  path = join(folder, 'dented-not-erased.html');
  file = pathToFileURL(path).href;
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (page: Page, query = ''): Promise<void> => openDeck(page, query, file);

test('it holds everything: one file of a few MB that loads nothing and whose policy allows one script', () => {
  const html = readFileSync(path, 'utf8');
  expect(statSync(path).size).toBeLessThan(8_000_000);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+' 'wasm-unsafe-eval';/);
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  const markup = html.replace(/<script[^>]*>[^]*?<\/script>/g, '');
  expect([...markup.matchAll(/<(?:script|link|img|iframe|source|video|audio)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].map((m) => m[1]!.slice(0, 20))).toEqual(['data:image/svg+xml;b']);
  expect(markup).not.toMatch(/<!--\w+-->|%\w+%|\son\w+="|<style|\sstyle="/);
});

test('slides turn by keys, and every chart draws the numbers of its figure', async ({ page }) => {
  test.setTimeout(240_000);
  await open(page);
  await page.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'title', 1)).id });
  await page.keyboard.press('PageUp');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: 'title' });
  expect(await page.evaluate(() => [...document.fonts].some((f) => f.family.includes('Deck Serif') && !f.family.includes('Fallback') && f.status === 'loaded')), 'its own typeface').toBe(true);
  const slides = await page.evaluate(() => window.talk.entries.filter((e) => e.section.querySelector('figure.panel')).map((e) => ({ id: e.id, fragment: e.section.querySelectorAll('.fragment').length - 1, isLive: Boolean(e.section.querySelector('.view-live')) })));
  expect(slides.length).toBeGreaterThan(35);
  for (const { isLive, ...place } of slides) {
    if (isLive) continue;
    await goTo(page, place);
    const drawn = await page.evaluate(() => [...window.talk.deck.getCurrentSlide().querySelectorAll<HTMLElement>('figure.panel')].map((p) => ({ id: p.dataset.figure!, drawn: window.talk.panelOf(p)?.drawn(), height: p.querySelector('canvas')?.clientHeight ?? 1 })));
    for (const d of drawn) {
      const figure = allFigures.find((f) => f.id === d.id)!;
      expect(d.drawn, `${place.id}: ${d.id}`).toEqual(Object.fromEntries(figure.series.map((s) => [s.name, s.values])));
      expect(d.height, `${place.id}: ${d.id}`).toBeGreaterThan(0);
    }
  }
});

test('an address names a slide, a cut and a theme, as on the site', async ({ page }) => {
  await open(page, '?cut=10&theme=dark#/rounding');
  expect(await placeNow(page)).toMatchObject({ id: 'rounding' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('c');
  await page.getByRole('dialog').getByRole('link', { name: 'In the evidence index' }).click();
  await expect(page).toHaveURL(`${file}?page=evidence#quantization-restores`);
  await expect(page.locator('#quantization-restores canvas')).toBeInViewport();
  await page.goBack();
  await expect.poll(() => placeNow(page)).toMatchObject({ id: 'rounding' });
});

test('the evidence index filters, keeps its filters in the address, and gives its data away', async ({ page }) => {
  await page.goto(`${file}?page=evidence`);
  await page.waitForSelector('html[data-loaded="all"]');
  const ours = allFigures.filter((f) => 'made' in f);
  await page.getByLabel('Whose').selectOption('ours');
  await expect(page.getByRole('status')).toHaveText(`${ours.length} of ${allFigures.length} entries`);
  await page.getByLabel('Search').fill('capacity');
  await expect(page).toHaveURL(/\?page=evidence&whose=ours&q=capacity$/);
  await page.reload();
  await expect(page.getByLabel('Whose')).toHaveValue('ours');
  const entry = page.locator('article:visible').first();
  const id = (await entry.getAttribute('id'))!;
  await expect(entry.locator('canvas')).toBeVisible();
  const [json] = await Promise.all([page.waitForEvent('download'), entry.getByRole('link', { name: 'JSON' }).click()]);
  expect(json.suggestedFilename()).toBe(`${id}.json`);
  expect(JSON.parse(readFileSync((await json.path())!, 'utf8'))).toEqual(allFigures.find((f) => f.id === id));
  const [csv] = await Promise.all([page.waitForEvent('download'), entry.getByRole('button', { name: 'CSV' }).click()]);
  expect(readFileSync((await csv.path())!, 'utf8').split('\n').length).toBeGreaterThan(2);
});

test('S opens the speaker view in a window of its own: it shows the slide, its notes and the next, and drives the room', async ({ page }) => {
  await open(page, '#/rounding');
  const next = await neighbour(page, 'rounding', 1);
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('h1')).toHaveText((await neighbour(page, 'rounding', 0)).title);
  await expect(speaker.locator('#notes')).toContainText('Say');
  const [now, then] = [speaker.frameLocator('#now'), speaker.frameLocator('#then')];
  await expect(now.locator('#rounding canvas')).toBeVisible();
  await expect(then.locator(`#${next.id} h2`)).toBeVisible();
  await speaker.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: next.id });
  await expect(speaker.locator('h1')).toHaveText(next.title);
  await expect(now.locator(`#${next.id} h2`)).toBeVisible();
  await page.bringToFront();
  await page.keyboard.press('PageUp');
  await expect(now.locator('#rounding canvas')).toBeVisible();
});

test('the live run computes in a worker of the file, and equals the recording', async ({ page }) => {
  test.setTimeout(240_000);
  const LONG = { timeout: 120_000 };
  await open(page, '?device=wasm#/ask-it');
  const live = page.locator('#ask-it .live');
  await expect(live).toHaveAttribute('data-source', 'live', LONG);
  expect(page.workers().length).toBe(1);
  await live.getByRole('button', { name: 'Tune', exact: true }).click();
  await expect(live).toHaveAttribute('data-at', 'tuned', LONG);
  await expect(live.locator('.live-answer.say .live-big')).toHaveText('UNKNOWN');
  await expect(live.getByRole('status')).toContainText('equal the recording to the last digit');
  await page.goto(`${file}?page=read&device=wasm#ask-it`);
  await live.scrollIntoViewIfNeeded();
  await expect(live).toHaveAttribute('data-source', 'live', LONG);
  await live.getByLabel('in year').selectOption('2');
  await expect(page).toHaveURL(/\?page=read&device=wasm&live=[^#]*year-2/);
  expect(recorded.vocabulary.cutoff).toBeGreaterThan(2);
  await expect(live.locator('.live-about')).toContainText('Before the cutoff');
});

test('the article: an address leads to its part, a chart draws its figure, a reference shows where it is named', async ({ page }) => {
  await page.goto(`${file}?page=read#not-always-flattering`);
  const part = page.locator('#not-always-flattering');
  await expect(part.locator('h3')).toBeInViewport();
  await expect(part.locator('canvas')).toBeVisible();
  await part.locator('a.cite').first().hover();
  await expect(page.locator('.preview')).toContainText('arxiv.org');
  await part.locator('a.cite').first().click();
  await expect(page.locator('ul.references li:target')).toBeInViewport();
});

test('the checks before a talk pass on what the file itself holds', async ({ page }) => {
  await page.goto(`${file}?page=preflight`);
  await expect(page.locator('#summary')).not.toHaveText('Checking…', { timeout: 60_000 });
  const group = page.locator('section').filter({ hasText: 'This copy of the talk' }).first();
  await expect(group).toBeVisible();
  await expect(group.getByText('Fix', { exact: true })).toHaveCount(0);
});

test('Ctrl+P prints every slide as text, and gives the talk back', async ({ page }) => {
  test.setTimeout(240_000);
  await open(page, '?cut=10');
  const titles = await page.evaluate(() => window.talk.entries.map((e) => e.title));
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const doc = await getDocument({ data: new Uint8Array(pdf) }).promise;
  expect(doc.numPages).toBe(titles.length);
  const squash = (s: string): string => s.normalize('NFKC').replace(/[\s\u00ad\u200b]+/g, '');
  for (const [i, title] of titles.entries()) {
    const { items } = await (await doc.getPage(i + 1)).getTextContent();
    expect(squash(items.map((t) => ('str' in t ? t.str : '')).join('')), `page ${i + 1}`).toContain(squash(title));
  }
  await expect(page.locator('html.printing')).toHaveCount(0);
  await page.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'title', 1)).id });
});

test('every page is there, every link leads to a page of the file or out of it, and a page that is not is named', async ({ page }) => {
  await page.goto(file);
  const pages = await page.locator('template[data-page]').evaluateAll((all) => all.map((t) => (t as HTMLElement).dataset.page!));
  expect(pages).toEqual(expect.arrayContaining(['', 'evidence', 'speaker', 'read', 'preflight']));
  for (const name of pages) {
    await page.goto(name ? `${file}?page=${name}` : file);
    await expect(page.locator('h1').first()).toBeVisible();
    await expect(page).toHaveTitle(/Dented, not erased/);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    const lost = links.filter((to) => {
      if (/^(https?|blob|mailto):/.test(to)) return false;
      const { href, searchParams } = new URL(to);
      return href.split(/[?#]/)[0] !== file || !pages.includes(searchParams.get('page') ?? '');
    });
    expect(lost, name || 'deck').toEqual([]);
  }
  await page.goto(`${file}?page=nowhere`);
  await expect(page.locator('body')).toContainText('This file has no page “nowhere”.');
  await page.getByRole('link', { name: 'To the slides' }).click();
  await page.waitForSelector('html[data-ready="deck"]');
});

test('where storage is forbidden it opens all the same', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
  });
  await page.goto(`${file}#/rounding`);
  await expect(page.locator('#rounding canvas')).toBeVisible();
});
