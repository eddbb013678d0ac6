// The site after one visit: it is kept, works with the network cut, and a new version waits until it is
// asked for. Browsers allow this on a safe host alone, and the site does not do it on this machine's own
// server, so that no other test meets it: here the browser takes a made-up host for safe.
import { createReadStream, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { expect, test as base, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { keep } from '../../src/build/offline.ts';
import { allFigures, dist, goTo, neighbour, openDeck, placeNow } from '../support.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json' };

interface Host {
  url: string;
  /** What it serves; another folder is a deployment. */
  folder: string;
  /** When true, requests are taken and not answered. */
  isStuck: boolean;
  asked: string[];
  /** Takes it off the network. */
  cut(): Promise<void>;
}

async function startHost(base: string): Promise<Host> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname);
    host.asked.push(path);
    if (host.isStuck) return;
    let file = path.startsWith(base) ? join(host.folder, normalize(path.slice(base.length))) : '';
    if (file && existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!file || !existsSync(file)) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404</title>not here');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'max-age=600' }); // as GitHub Pages has it
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host: Host = {
    url: `http://talk.test:${(server.address() as AddressInfo).port}${base}`,
    folder: dist,
    isStuck: false,
    asked: [],
    async cut() {
      server.closeAllConnections();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
  return host;
}

/** A browser that takes the host for safe. */
async function trust({ host, said, launch }: { host: Host; said: string[]; launch(args: string[]): Promise<Browser> }): Promise<BrowserContext> {
  const browser = await launch(['--host-resolver-rules=MAP talk.test 127.0.0.1', `--unsafely-treat-insecure-origin-as-secure=${new URL(host.url).origin}`]);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  context.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()) && m.text() !== 'No available adapters.' /* of WebGPU: the browser’s own word */) said.push(`${m.type()}: ${m.text()}`);
  });
  context.on('weberror', (e) => said.push(`uncaught: ${e.error().message}`));
  return context;
}

const test = base.extend<{ host: Host; fresh: BrowserContext; visit: BrowserContext; said: string[] }>({
  host: async ({}, use, info) => {
    const host = await startHost(info.tags.includes('@sub') ? '/a/b/' : '/');
    await use(host);
    await host.cut();
  },
  fresh: async ({ playwright, host, said }, use, info) => {
    const { launchOptions } = info.project.use;
    const context = await trust({ host, said, launch: (args) => playwright.chromium.launch({ ...launchOptions, args: [...launchOptions!.args!, ...args] }) });
    await use(context);
    await context.browser()!.close();
  },
  /** After one visit to the deck, which is closed. */
  visit: async ({ fresh, host }, use) => {
    const page = await fresh.newPage();
    await openDeck(page, '', host.url);
    await isKept(page);
    await page.close();
    await use(fresh);
  },
  said: async ({}, use) => use([]),
});
test.setTimeout(180_000);

const isKept = (page: Page): Promise<void> => expect(page.locator('html')).toHaveAttribute('data-offline', 'kept', { timeout: 60_000 });
/** Every page of the site, by its folder. */
const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((f) => /(^|[\\/])index\.html$/.test(f)).map((f) => f.replaceAll('\\', '/').replace('index.html', ''));
const update = (page: Page) => page.locator('.update');

/** A later build: the deck has another title and another style sheet, and the old one's is gone. */
function deploy(host: Host): { gone: string; fresh: string } {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  cpSync(dist, folder, { recursive: true });
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const gone = /assets\/index-[\w-]{8}\.css/.exec(page)![0];
  const fresh = gone.replace(/-[\w-]{8}\.css/, '-00000002.css');
  renameSync(join(folder, gone), join(folder, fresh));
  writeFileSync(join(folder, fresh), `${readFileSync(join(folder, fresh), 'utf8')}\n:root{--version:second}`);
  const changed = page.replace(gone, fresh).replace('<title>', '<title>Second version. ');
  writeFileSync(join(folder, 'index.html'), changed);
  const [before, after] = [keep('index.html', page), keep('index.html', changed)];
  const worker = readFileSync(join(dist, 'sw.js'), 'utf8');
  const next = worker.replace(before.revision!, after.revision!).replace(before.integrity!, after.integrity!).replace(gone, fresh);
  expect(next).not.toBe(worker);
  writeFileSync(join(folder, 'sw.js'), next);
  host.folder = folder;
  return { gone, fresh };
}

const keptFiles = (page: Page): Promise<string[]> => page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)))).flat());

for (const [where, tag] of [['at the top of a host', ['@top', '@long']], ['under a sub-path', ['@sub']]] as const)
  test(`with the network cut every page opens from a fresh tab, ${where}`, { tag: [...tag] }, async ({ visit, host, said }) => {
    await host.cut();
    await visit.setOffline(true);
    expect(pages.length).toBeGreaterThanOrEqual(4);
    for (const name of pages) {
      const page = await visit.newPage();
      await page.goto(host.url + name);
      await expect(page.locator('h1').first(), name).toBeVisible();
      await expect(page.locator('.panel-error'), name).toHaveCount(0);
      await page.close();
    }
    const page = await visit.newPage();
    await openDeck(page, '?cut=10&theme=dark#/rounding', host.url);
    await expect(page.locator('#rounding canvas')).toBeVisible();
    const figure = allFigures.find((f) => f.id === 'quantization-restores')!;
    expect(await page.evaluate(() => window.talk.panelOf(document.querySelector('#rounding figure.panel')!)!.drawn())).toEqual(Object.fromEntries(figure.series.map((s) => [s.name, s.values])));
    const [speaker] = await Promise.all([visit.waitForEvent('page'), page.keyboard.press('s')]);
    await expect(speaker.locator('#notes')).toContainText('Say');
    await expect(speaker.frameLocator('#now').locator('#rounding canvas')).toBeVisible();
    await speaker.close();
    await page.goto(`${host.url}evidence/?whose=ours`);
    await page.waitForSelector('html[data-loaded="all"]');
    await expect(page.locator('article:visible canvas').first()).toBeVisible();
    expect(said).toEqual([]);
  });

test('with the network cut the live run computes, and equals the recording', { tag: '@long' }, async ({ visit, host, said }) => {
  await host.cut();
  const LONG = { timeout: 120_000 };
  const page = await visit.newPage();
  await page.goto(`${host.url}read/?device=wasm#ask-it`);
  const live = page.locator('#ask-it .live');
  await expect(live).toHaveAttribute('data-source', 'live', LONG);
  await live.getByRole('button', { name: 'Tune', exact: true }).click();
  await expect(live).toHaveAttribute('data-at', 'tuned', LONG);
  await expect(live.getByRole('status')).toContainText('equal the recording to the last digit');
  expect(said).toEqual([]);
});

test('a visit to another page is enough', async ({ fresh, host }) => {
  const page = await fresh.newPage();
  await page.goto(`${host.url}read/`);
  await isKept(page);
  await host.cut();
  await openDeck(page, '#/rounding', host.url);
  await expect(page.locator('#rounding canvas')).toBeVisible();
});

test('a network that is there but does not answer holds nothing up', async ({ visit, host }) => {
  host.isStuck = true;
  const page = await visit.newPage();
  await openDeck(page, '#/rounding', host.url);
  await expect(page.locator('#rounding canvas')).toBeVisible();
});

test('it can be installed: a manifest with icons, and nothing that the browser finds missing', async ({ visit, host }) => {
  const page = await visit.newPage();
  await page.goto(`${host.url}evidence/`);
  const devtools = await visit.newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data!) as { start_url: string; scope: string; icons: { src: string; sizes: string; type: string }[] };
  expect(new URL(manifest.start_url, host.url).href).toBe(host.url);
  for (const { src, sizes, type } of manifest.icons) {
    const shown = await page.evaluate(async (to) => {
      const image = new Image();
      image.src = to;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, new URL(src, host.url).pathname);
    if (type === 'image/png') expect(shown, src).toBe(sizes);
  }
  expect((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors.filter((e) => e.errorId !== 'in-incognito')).toEqual([]);
});

test('a new version waits: the old one stays whole, says so, and gives way when one presses “Reload”', async ({ visit, host, said }) => {
  const [talk, other] = [await visit.newPage(), await visit.newPage()];
  await openDeck(other, '#/monday', host.url);
  const { gone, fresh } = deploy(host);
  await openDeck(talk, '#/rounding', host.url);
  await expect(update(talk)).toContainText('A new version is ready.');
  // the old one still, with its own style sheet, which the host no longer has
  expect(await talk.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="stylesheet"][href*="assets/index-"]')!.href)).toContain(gone);
  await talk.reload();
  await talk.waitForSelector('html[data-loaded="all"]');
  await expect(update(talk)).toBeVisible();
  expect(await talk.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version'))).toBe('');
  await talk.keyboard.press('PageDown');
  const { id } = await neighbour(talk, 'rounding', 1);
  await expect.poll(() => placeNow(talk), 'keys are the talk’s').toMatchObject({ id });
  await expect(talk.locator(`#${id} canvas`)).toBeVisible();
  // in a full screen nobody in the room sees it
  const covers = await update(talk).evaluate((box) => [...document.styleSheets].flatMap((s) => [...s.cssRules]).some((r) => r instanceof CSSMediaRule && r.conditionText.includes('fullscreen') && [...r.cssRules].some((inner) => box.matches((inner as CSSStyleRule).selectorText) && (inner as CSSStyleRule).style.display === 'none')));
  expect(covers).toBe(true);

  await other.evaluate(() => Object.assign(window, { isSame: true }));
  await update(talk).getByRole('button', { name: 'Reload' }).click();
  await expect.poll(() => talk.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version')).catch(() => '')).toBe('second');
  await talk.waitForSelector('html[data-loaded="all"]');
  expect(await placeNow(talk), 'where one was').toMatchObject({ id });
  await expect(update(talk)).toHaveCount(0);
  const kept = await keptFiles(talk);
  expect(kept.filter((f) => f.endsWith(gone))).toEqual([]);
  expect(kept.filter((f) => f.endsWith(fresh))).toHaveLength(1);
  expect(kept.filter((f) => f === '/index.html'), 'one deck').toHaveLength(1);

  // another window was not reloaded under its reader’s hands; it says the same
  expect(await other.evaluate(() => 'isSame' in window)).toBe(true);
  await expect(update(other)).toBeVisible();
  await goTo(other, { id: 'rounding', fragment: -1 });
  await expect(other.locator('#rounding canvas')).toBeVisible();
  await update(other).getByRole('button', { name: 'Reload' }).press('Enter');
  await expect.poll(() => other.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version')).catch(() => '')).toBe('second');
  expect(said).toEqual([]);
  await host.cut();
  const late = await visit.newPage();
  await openDeck(late, '', host.url);
  await expect(late.locator('h1').first()).toBeVisible();
  rmSync(host.folder, { recursive: true, force: true });
});

test('“Later” takes the notice away, and the next visit has the new version', async ({ visit, host }) => {
  const page = await visit.newPage();
  deploy(host);
  await openDeck(page, '', host.url);
  await update(page).getByRole('button', { name: 'Later' }).click();
  await expect(update(page)).toHaveCount(0);
  await page.close();
  const next = await visit.newPage();
  await expect.poll(async () => {
    await openDeck(next, '', host.url);
    const second = await next.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version'));
    if (!second) await next.goto('about:blank');
    return second;
  }).toBe('second');
  rmSync(host.folder, { recursive: true, force: true });
});

test('a deployment that is not whole changes nothing', { tag: '@long' }, async ({ visit, host }) => {
  const page = await visit.newPage();
  const { fresh } = deploy(host);
  rmSync(join(host.folder, fresh));
  await openDeck(page, '', host.url);
  await expect.poll(() => host.asked.filter((f) => f.endsWith(fresh)).length, 'it was tried').toBeGreaterThan(0);
  await page.reload();
  await page.waitForSelector('html[data-loaded="all"]');
  await expect(update(page)).toHaveCount(0);
  expect((await keptFiles(page)).length).toBeGreaterThan(100);
  await host.cut();
  const late = await visit.newPage();
  await openDeck(late, '#/rounding', host.url);
  await expect(late.locator('#rounding canvas')).toBeVisible();
  rmSync(host.folder, { recursive: true, force: true });
});

test('on this machine’s own server nothing is kept', async ({ page }) => {
  await openDeck(page);
  await page.goto('./evidence/');
  await page.waitForSelector('html[data-loaded="all"]');
  await expect(page.locator('html')).not.toHaveAttribute('data-offline', /./);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
