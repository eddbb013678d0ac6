// Hostile rooms: no network, a strict policy, another address, broken data. A fault shows where it
// is, by name, and nowhere else.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, relative } from 'node:path';
import { expect, test, type Page, type Route } from '@playwright/test';
import { allPlaces, dist, figures, goTo, neighbour, openDeck, placeNow } from '../support.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** Serves the built deck under `base`, as a plain static host would; files that are not there are 404. */
async function serve(base: string, headers: Record<string, string> = {}): Promise<{ url: string; missed: string[]; server: Server }> {
  const missed: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname);
    let file = path.startsWith(base) ? join(dist, normalize(path.slice(base.length))) : '';
    if (file && existsSync(file) && statSync(file).isDirectory()) file = path.endsWith('/') ? join(file, 'index.html') : '';
    if (!file || !existsSync(file)) {
      missed.push(path);
      response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404</title>not here');
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`, missed, server };
}

/** Everything that a page complains about, and every request that leaves its origin. */
function watch(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type())) said.push(`${m.type()}: ${m.text()}`);
  });
  page.on('pageerror', (e) => said.push(`uncaught: ${e.message}`));
  page.on('requestfailed', (r) => {
    if (r.failure()?.errorText !== 'net::ERR_ABORTED') said.push(`failed: ${r.url()}`); // aborted: the page was left
  });
  page.on('response', (r) => {
    if (r.status() >= 400) said.push(`${r.status()}: ${r.url()}`);
  });
  page.on('request', (r) => {
    if (!/^(data|blob):/.test(r.url()) && page.url() !== 'about:blank' && new URL(r.url()).host !== new URL(page.url()).host) said.push(`left the origin: ${r.url()}`);
  });
  return said;
}

/** Shows every slide at every step (or every nth); says which do not draw. */
async function walk(page: Page, every = 1): Promise<string[]> {
  const bad: string[] = [];
  for (const place of (await allPlaces(page)).filter((_, i) => i % every === 0)) {
    await goTo(page, place);
    bad.push(...(await page.evaluate(() => {
      const slide = window.talk.deck.getCurrentSlide();
      const out = [...slide.querySelectorAll<HTMLElement>('.panel-body')].filter((b) => b.dataset.state !== 'ready').map((b) => `${slide.id}: ${b.textContent}`);
      for (const c of slide.querySelectorAll('canvas')) {
        const small = new OffscreenCanvas(80, 40).getContext('2d', { willReadFrequently: true })!;
        small.drawImage(c, 0, 0, 80, 40);
        if (!small.getImageData(0, 0, 80, 40).data.some((v, i) => i % 4 === 3 && v > 0)) out.push(`${slide.id}: an empty chart`);
      }
      return out;
    })));
  }
  return bad;
}

test('paging through the whole deck, nothing is complained of and no request leaves the origin', async ({ page }) => {
  test.setTimeout(240_000);
  const said = watch(page);
  await openDeck(page);
  expect(await walk(page)).toEqual([]);
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('./evidence/');
  await page.waitForSelector('html[data-loaded="all"]');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.goto('./speaker/');
  expect(said).toEqual([]);
});

test('the built site works under a sub-path of a plain static host', async ({ page }) => {
  test.setTimeout(240_000);
  const { url, missed, server } = await serve('/a/b/');
  try {
    const said = watch(page);
    await openDeck(page, '', url);
    expect(await walk(page, 5)).toEqual([]);
    const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
    expect(speaker.url()).toContain('/a/b/speaker/');
    await expect(speaker.locator('#where')).toContainText(' of ');
    await speaker.close();
    await goTo(page, { id: 'ledger', fragment: -1 });
    await page.locator('#ledger td a').first().click();
    await expect(page).toHaveURL(`${url}evidence/?claim=C0`);
    await page.waitForSelector('html[data-loaded="all"]');
    await expect(page.locator('article:visible canvas').first()).toBeVisible();
    await page.locator('header a').first().click();
    await expect(page).toHaveURL((u) => u.href.startsWith(url) && !u.pathname.includes('evidence'));
    await page.waitForSelector('html[data-loaded="all"]');
    expect(said).toEqual([]);
    expect(missed).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('under a strict content security policy everything works and nothing is blocked', async ({ page }) => {
  test.setTimeout(240_000);
  const { url, server } = await serve('/', { 'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'" });
  try {
    const said = watch(page);
    await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`blocked ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)));
    await openDeck(page, '', url);
    expect(await walk(page)).toEqual([]);
    for (const key of ['c', 'i', 'Shift+Slash', 'd', 't', 'b', 'b']) {
      await page.keyboard.press(key);
      if (['c', 'i', 'Shift+Slash'].includes(key)) await page.keyboard.press('Escape');
    }
    await goTo(page, { id: 'head-start', fragment: 1 });
    await page.locator('#head-start .chart').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('#head-start .chart').blur();
    const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
    said.push(...(await (async () => {
      const more = watch(speaker);
      await expect(speaker.locator('#where')).toContainText(' of ');
      await speaker.keyboard.press('PageDown');
      await expect.poll(() => placeNow(page)).toMatchObject({ id: 'rounding' });
      return more;
    })()));
    await speaker.close();
    await page.goto(`${url}evidence/`);
    await page.waitForSelector('html[data-loaded="all"]');
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(said).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('once all is loaded the network may go: every slide, dialog and note is still there', async ({ page, context }) => {
  test.setTimeout(240_000);
  await openDeck(page);
  await context.setOffline(true);
  expect(await walk(page)).toEqual([]);
  await goTo(page, { id: 'rounding', fragment: -1 });
  await page.keyboard.press('c');
  await expect(page.getByRole('dialog')).toContainText('Caveat');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('g');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  expect(await page.evaluate(() => [...document.fonts].filter((f) => f.status === 'error' && !f.family.includes('Fallback')).map((f) => f.family))).toEqual([]);
});

for (const [width, height] of [[1280, 720], [1920, 1080], [1024, 768], [390, 844]] as const)
  test(`at ${width} × ${height} the first slide stands before its script has come, alone and where it will stand`, async ({ page }) => {
    let release = (): void => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route('**/assets/index-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.setViewportSize({ width, height });
    await page.goto('./', { waitUntil: 'commit' });
    const title = page.locator('#title h1');
    await expect(title).toBeVisible();
    await page.waitForFunction(() => document.fonts.status === 'loaded' && [...document.fonts].some((f) => f.status === 'loaded'));
    expect(await page.locator('.slides > section:visible').evaluateAll((all) => all.map((s) => s.id))).toEqual(['title']);
    const before = (await Promise.all([title, page.locator('#title .strata svg')].map((l) => l.boundingBox()))).flatMap((b) => [b!.x, b!.y, b!.width, b!.height]);
    release();
    await page.waitForSelector('html[data-ready="deck"]');
    const after = (await Promise.all([title, page.locator('#title .strata svg')].map((l) => l.boundingBox()))).flatMap((b) => [b!.x, b!.y, b!.width, b!.height]);
    for (const [i, v] of after.entries()) expect(Math.abs(v - before[i]!), `${before.join(' ')} → ${after.join(' ')}`).toBeLessThan(2);
  });

test('an address that no browser can decode opens the first slide', async ({ page }) => {
  await page.goto('./#/%E0%A4%A');
  await page.waitForSelector('html[data-ready="deck"]');
  await expect(page.locator('#title h1')).toBeVisible();
});

test('a slow network shows the slide at once and its figure when it has come', async ({ page }) => {
  let release = (): void => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route('**/data/quantization-restores*.json', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./#/rounding');
  await expect(page.locator('#rounding h2')).toBeVisible();
  await expect(page.locator('#rounding .panel-body')).toHaveAttribute('data-state', 'loading');
  await page.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'rounding', 1)).id });
  release();
  await page.keyboard.press('PageUp');
  await expect(page.locator('#rounding canvas')).toBeVisible();
});

test.describe('bad data at run time is named in its own box, the rest works, and “Try again” mends it:', () => {
  const ID = 'dpo-toxicity-gpt2';
  const sound = figures.find((f) => f.id === ID)!;
  const json = (change: object): string => JSON.stringify({ ...sound, ...change });
  const body = (text: string, type = 'application/json') => (r: Route): Promise<void> => r.fulfill({ body: text, contentType: type });
  const CASES: [string, (r: Route) => Promise<void>, RegExp][] = [
    ['missing', (r) => r.fulfill({ status: 404, body: 'not found' }), /is missing on the server \(404\)/],
    ['a page in its place', body('<!doctype html><title>Deck</title>', 'text/html'), /is missing on the server/],
    ['a page in its place, called JSON', body('<!doctype html><title>Deck</title>'), /is not whole JSON/],
    ['no connection', (r) => r.abort(), /could not be fetched/],
    ['empty', body(''), /the file is empty/],
    ['cut short', body(JSON.stringify(sound).slice(0, 300)), /is not whole JSON \(cut short/],
    ['text for numbers', body(json({ series: [{ name: 'toxicity', values: ['a', 'b', 'c'] }] })), /series\[0\]\.values\[0\] must be a finite number/],
    ['NaN', body(JSON.stringify(sound).replace(/"values":\[[\d.]+/, '"values":[NaN')), /is not whole JSON/],
    ['null', body(json({ series: [{ name: 'toxicity', values: [null, 1, 2] }] })), /series\[0\]\.values\[0\] must be a finite number/],
    ['lengths that differ', body(json({ series: [{ name: 'toxicity', values: [1, 2] }] })), /has 2 values for 3 places/],
    ['HTML in a name', body(json({ title: '<img src=x onerror="window.broken=1">' })), /title holds HTML/],
    ['an unknown field', body(json({ extra: 1 })), /has unknown fields: extra/],
    ['another figure', body(json({ id: 'another-one' })), /holds “another-one”, not “dpo-toxicity-gpt2”/],
  ];
  for (const [name, answer, reason] of CASES)
    test(name, async ({ page }) => {
      await page.route(`**/data/${ID}.*.json`, answer);
      await openDeck(page, '#/seven-vectors');
      const box = page.locator('#seven-vectors .panel-error');
      await expect(box).toContainText(reason);
      await expect(box).toContainText(ID);
      await expect(box).toHaveRole('alert');
      expect(await page.locator('.panel-error').count(), 'no other figure fails').toBe(1);
      expect(await page.evaluate(() => 'broken' in window), 'no script ran').toBe(false);
      const fits = await box.evaluate((e) => {
        const [b, s] = [e.getBoundingClientRect(), e.closest('section')!.getBoundingClientRect()];
        return b.top >= s.top && b.bottom <= s.bottom && b.left >= s.left && b.right <= s.right;
      });
      expect(fits, 'the message is on the slide').toBe(true);
      await goTo(page, { id: 'rounding', fragment: -1 });
      await expect(page.locator('#rounding canvas')).toBeVisible();
      await goTo(page, { id: 'seven-vectors', fragment: -1 });
      await page.keyboard.press('c');
      await expect(page.locator('.notice'), 'C says why there is nothing to show').toContainText('did not load');
      await page.unroute(`**/data/${ID}.*.json`);
      await box.getByRole('button', { name: 'Try again' }).press('Enter');
      await expect(page.locator('#seven-vectors canvas')).toBeVisible();
      await expect(box).toHaveCount(0);
    });

  test('on the evidence index too', async ({ page }) => {
    await page.route(`**/data/${ID}.*.json`, (r) => r.abort());
    await page.goto(`./evidence/#${ID}`);
    await expect(page.locator(`#${ID} .panel-error`)).toContainText('could not be fetched');
    await page.unroute(`**/data/${ID}.*.json`);
    await page.locator(`#${ID}`).getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator(`#${ID} canvas`)).toBeVisible();
  });

  test('the code for charts, when it cannot be loaded', async ({ page }) => {
    await page.route('**/assets/chart-*.js', (r) => r.abort());
    await page.goto('./#/rounding');
    await expect(page.locator('#rounding .panel-error')).toBeVisible();
    await page.unroute('**/assets/chart-*.js');
    await page.locator('#rounding').getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('#rounding canvas')).toBeVisible();
  });

  test('the speaker’s notes, when they do not come, cost nothing but the notes', async ({ page }) => {
    await page.route('**/data/notes.*.json', (r) => r.abort());
    await openDeck(page, '#/rounding');
    await page.keyboard.press('PageDown');
    const { id } = await neighbour(page, 'rounding', 1);
    await expect.poll(() => placeNow(page)).toMatchObject({ id });
    await expect(page.locator(`#${id} canvas`)).toBeVisible();
  });
});

test('a deck whose storage is forbidden still opens', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
  });
  await page.goto('./#/rounding');
  await expect(page.locator('#rounding canvas')).toBeVisible();
});

test('what the site ships holds no address to load from another host, no source map and no leftover', () => {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((f) => /\.(map|ts|md)$/.test(f))).toEqual([]);
  for (const page of files.filter((f) => f.endsWith('index.html')).map((f) => relative(dist, f))) {
    const html = readFileSync(join(dist, page), 'utf8');
    const loads = [...html.matchAll(/<(?:script|link|img|iframe|source|video|audio)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].map((m) => m[1]!);
    expect(loads.filter((u) => /^(https?:)?\/\//.test(u)), page).toEqual([]);
    expect(html, `${page}: nothing left to fill in`).not.toMatch(/<!--\w+-->|%\w+%|localhost|127\.0\.0\.1/);
    expect(html, `${page}: no inline script or style`).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+="|<style|\sstyle="/);
  }
});
