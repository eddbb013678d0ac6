// The site's own policy as hosts can set it: in the page, where the build puts it, or as a header with
// every file. A worker knows only the header of its own file.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { dist } from '../support.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json' };
const POLICY = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(join(dist, 'index.html'), 'utf8'))![1]!;
const WITH_WASM = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'");

/** Opens the live panel's page on a host that sends this policy with every file; gives what was blocked in the page. */
async function openUnder(page: Page, policy: string, use: (blocked: () => Promise<string[]>) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    let file = join(dist, normalize(new URL(request.url!, 'http://x').pathname));
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await page.addInitScript(() => {
      Object.assign(window, { blocked: [] });
      addEventListener('securitypolicyviolation', (e) => (window as unknown as { blocked: string[] }).blocked.push(`${e.violatedDirective} ${e.blockedURI}`));
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/read/?device=wasm#ask-it`);
    await use(() => page.evaluate(() => (window as unknown as { blocked: string[] }).blocked));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('as a header with every file, the policy leaves the live panel its recording: a worker may not compile WebAssembly', async ({ page }) => {
  await openUnder(page, POLICY, async (blocked) => {
    await expect(page.locator('.live')).toHaveAttribute('data-source', 'recorded', { timeout: 60_000 });
    await expect(page.locator('.live-source')).toContainText('Recorded: this site’s policy lets no WebAssembly run');
    expect(await blocked()).toEqual([]);
  });
});

test("with 'wasm-unsafe-eval' beside it, the live panel computes", async ({ page }) => {
  expect(WITH_WASM).not.toBe(POLICY);
  await openUnder(page, WITH_WASM, async (blocked) => {
    await expect(page.locator('.live')).toHaveAttribute('data-source', 'live', { timeout: 60_000 });
    expect(await blocked()).toEqual([]);
  });
});
