// Writing slides: a saved file is on screen at once, at the same place; a mistake says where it is.
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect as soon, test } from '@playwright/test';
import { placeNow, root } from '../support.ts';

const expect = soon.configure({ timeout: 20_000 }); // the server transforms each module when it is first asked for
let folder: string;
let server: ChildProcess;
let url: string;

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

// a copy of the project, so that nobody's slides change under them
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deck-dev-'));
  for (const name of ['src', 'slides', 'assets', 'package.json', 'tsconfig.json', 'vite.config.ts']) cpSync(join(root, name), join(folder, name), { recursive: true });
  // packages are linked one by one, so that Vite’s cache is the copy’s own
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((n) => !n.startsWith('.'))) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  const port = await freePort();
  url = `http://127.0.0.1:${port}/`;
  server = spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), '--host', '127.0.0.1', '--port', String(port), '--strictPort'], { cwd: folder, stdio: 'pipe', env: { ...process.env, NODE_ENV: 'development' } });
  let output = '';
  server.stdout!.on('data', (d) => (output += d));
  server.stderr!.on('data', (d) => (output += d));
  await expect.poll(() => fetch(url).then((r) => r.status, () => output), { timeout: 30_000 }).toBe(200);
});
test.afterAll(async () => {
  if (server?.exitCode === null) {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill();
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});
const slides = (): string => join(folder, 'slides/30-silenced.md');

test('a saved slide is on screen at once, and the slide and step stay', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(`${url}#/head-start/0`);
  await expect(page.locator('#head-start canvas')).toBeVisible();
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  const before = readFileSync(slides(), 'utf8');
  const headline = /^# (.+)\nid: head-start$/m.exec(before)![1]!;
  writeFileSync(slides(), before.replace(`# ${headline}`, '# A headline that has just been written'));
  await expect(page.locator('#head-start h2')).toHaveText('A headline that has just been written');
  await expect(page.locator('#head-start canvas')).toBeVisible();
  expect(await placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  writeFileSync(slides(), before);
  await expect(page.locator('#head-start h2')).toHaveText(headline);
});

test('a mistake in a slide says its file, line and reason in the browser, and goes when it is mended', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(`${url}#/rounding`);
  await expect(page.locator('#rounding canvas')).toBeVisible();
  const before = readFileSync(slides(), 'utf8');
  const line = before.split('\n').length + 2;
  appendFileSync(slides(), '\n\n# A scratch slide that rose by 77 points\nid: scratch\n');
  const overlay = page.locator('vite-error-overlay');
  await expect(overlay).toContainText(`slides/30-silenced.md:${line}: number typed by hand: “77”`);
  writeFileSync(slides(), before);
  await expect(overlay).toHaveCount(0);
  await expect(page.locator('#rounding canvas')).toBeVisible();
  expect((await placeNow(page)).id).toBe('rounding');
});

test('a changed number in the evidence is on the slide and in its chart', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(`${url}#/rounding`);
  await expect(page.locator('#rounding canvas')).toBeVisible();
  const file = join(folder, 'assets/evidence/published.json');
  const before = readFileSync(file, 'utf8');
  const data = JSON.parse(before) as { figures: { id: string; series: { values: number[] }[] }[] };
  data.figures.find((f) => f.id === 'quantization-restores')!.series[0]!.values[1] = 82.7;
  writeFileSync(file, JSON.stringify(data, null, 1));
  await expect.poll(() => page.evaluate(() => window.talk?.panelOf?.(document.querySelector<HTMLElement>('#rounding figure.panel')!)?.drawn()).catch(() => undefined)).toMatchObject({ 'utility-constrained methods': [expect.any(Number), 82.7] });
  writeFileSync(file, before.slice(0, 5000));
  await expect(page.locator('vite-error-overlay')).toContainText('published.json: is not whole JSON');
  writeFileSync(file, before);
  await expect(page.locator('vite-error-overlay')).toHaveCount(0);
});
