// A built site as a static host with gzip would send it, from memory; and the slow connection and
// processor under which it is loaded. The same for our deck and for whatever it is measured against.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from '@playwright/test';

export const CPU = 4;
// “Fast 4G” as Chrome DevTools has it (NetworkManager.ts): 9 Mbit/s down and 1.5 up, each times 0.9,
// and 60 ms times 2.75 before a response, since it delays requests and not packets.
export const FAST_4G = { offline: false, latency: 60 * 2.75, downloadThroughput: ((9 * 1000 * 1000) / 8) * 0.9, uploadThroughput: ((1.5 * 1000 * 1000) / 8) * 0.9 };

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const PACKED = ['.png', '.webp', '.woff2']; // compressed already

interface File {
  /** As it goes over the wire. */
  body: Buffer;
  /** Bytes before that. */
  raw: number;
  headers: Record<string, string>;
}
/** Every file by its path in the address. */
export type Site = Map<string, File>;

export function readSite(folder: string): Site {
  const site: Site = new Map();
  for (const f of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!f.isFile()) continue;
    const file = join(f.parentPath, f.name);
    const plain = readFileSync(file);
    const headers = { 'content-type': TYPES[extname(f.name)] ?? 'application/octet-stream', 'cache-control': 'max-age=600' };
    const sent = PACKED.includes(extname(f.name)) ? { body: plain, headers } : { body: gzipSync(plain, { level: 9 }), headers: { ...headers, 'content-encoding': 'gzip' } };
    site.set(file.slice(folder.length).replaceAll('\\', '/'), { ...sent, raw: plain.length });
  }
  return site;
}

export const pathOf = (url: string): string => new URL(url, 'http://localhost').pathname.replace(/\/$/, '/index.html');
export const isFont = (path: string): boolean => path.endsWith('.woff2');

export async function serveSite(site: Site): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const file = site.get(pathOf(request.url ?? '/'));
    if (!file) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    response.writeHead(200, { ...file.headers, 'content-length': file.body.length }).end(file.body);
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page with nothing kept from before, on the slow processor and connection; `probe` runs in it before anything else. */
export async function openSlow<T>(browser: Browser, limit: number, probe: (given: T) => void, given?: T): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addInitScript('globalThis.__name ??= (f) => f'); // tsx names the functions it hands to a page
  await context.addInitScript(probe as (given: unknown) => void, given);
  const page = await context.newPage();
  page.setDefaultTimeout(limit);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', FAST_4G);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU });
  return { page, context };
}
