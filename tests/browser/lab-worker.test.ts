// The lab in a browser's worker gives the numbers of the lab in Node, to the bit.
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import type { Job } from '../../src/run/lab/registry.ts';
import { root } from '../support.ts';
import { runLab } from '../lab-process.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const QUICK: Job = { experiment: 'tiny', seed: 3, quick: true };

let folder: string;
let servers: Server[] = [];
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-worker-'));
  await build({ configFile: false, root: join(root, 'tests/lab-tiny'), base: './', logLevel: 'error', worker: { format: 'es' }, build: { outDir: join(folder, 'site'), emptyOutDir: true, target: 'es2022' } });
});
test.afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(headers: Record<string, string>): Promise<string> {
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://x').pathname;
    const file = join(folder, 'site', path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers });
    createReadStream(file).pipe(response);
  });
  servers = [...servers, server];
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The record that a job in Node leaves, as text. */
async function runInNode(): Promise<string> {
  const { code, output } = await runLab(pathToFileURL(join(root, 'tests/lab-tiny/index.ts')), folder, 'tiny', '--quick', '--seeds', '3');
  expect(code, output).toBe(0);
  const records = join(folder, '.lab/records/tiny');
  const file = join(records, readdirSync(records)[0]!, '3.json');
  return JSON.stringify((JSON.parse(readFileSync(file, 'utf8')) as { record: unknown }).record);
}

test('Node and a browser’s worker give the same record to the bit, with threads on offer or not', async ({ page }) => {
  const expected = await runInNode();
  expect(JSON.parse(expected)).toMatchObject({ seed: 3, measures: { hashes: { trained: expect.stringMatching(/^[0-9a-f]{8}$/) as unknown } } });
  for (const headers of [{}, ISOLATED]) {
    await page.goto(await serve(headers));
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(headers === ISOLATED);
    await page.waitForFunction(() => 'ask' in window);
    const said = await page.evaluate((job) => window.ask(job), QUICK);
    const last = said.at(-1)!;
    expect(last.kind, JSON.stringify(last)).toBe('record');
    expect(JSON.stringify((last as { record: unknown }).record)).toBe(expected);
    const progress = said.filter((a) => a.kind === 'progress');
    expect(progress.length).toBeGreaterThan(3);
    expect(progress.at(-1)).toMatchObject({ done: progress[0]!.steps, steps: progress[0]!.steps });
    // asked again, it takes the weights from memory
    const again = await page.evaluate((job) => window.ask(job), QUICK);
    expect(again[0]).toMatchObject({ what: 'kept weights', computed: 0 });
    expect(JSON.stringify((again.at(-1) as { record: unknown }).record)).toBe(expected);
  }
});

test('the talk’s own worker is built without anything of Node', async () => {
  const built = await build({ configFile: false, root, logLevel: 'error', build: { write: false, target: 'es2022', modulePreload: false, rollupOptions: { input: join(root, 'src/run/lab/worker.ts') } } });
  const chunks = [built].flat().flatMap((b) => ('output' in b ? b.output : [])).filter((c) => c.type === 'chunk');
  expect(chunks.length).toBeGreaterThan(1); // the lab is loaded after jax-js has been made exact
  expect(chunks.flatMap((c) => [...c.imports, ...c.dynamicImports]).filter((i) => i.startsWith('node:') || i.includes('__vite-browser-external'))).toEqual([]);
  const entry = chunks.find((c) => c.isEntry)!;
  expect(entry.imports.filter((i) => /jax|experiments|backend/.test(i))).toEqual([]);
  expect(entry.dynamicImports).toHaveLength(1);
});

test('a worker says what it cannot do', async ({ page }) => {
  await page.goto(await serve({}));
  await page.waitForFunction(() => 'ask' in window);
  expect(await page.evaluate((job) => window.ask(job), { ...QUICK, experiment: 'nothing' })).toEqual([{ kind: 'failed', message: 'there is no experiment “nothing”' }]);
});
