// What the live panel alone makes a browser load: all that the deck loads with it, less all that it
// loads without.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';

export interface Loaded {
  path: string;
  /** As it lies on disk, as the server sent it, as a host that packs with gzip -9 would. */
  bytes: number;
  sent: number;
  packed: number;
}

/** Before the deck's own code, which is deferred, sees the slides. */
function removePanels(): void {
  document.addEventListener('readystatechange', () => {
    for (const panel of document.querySelectorAll('figure.view-live')) panel.remove();
  });
}
function widenBuffer(): void {
  performance.setResourceTimingBufferSize(2000);
}
/** Path → bytes of the body on the wire, of whatever this scope has loaded; a worker lists what it has loaded itself. */
const listLoaded = (): [string, number][] => (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).map((e) => [new URL(e.name).pathname.slice(1), e.encodedBodySize]);

async function listFiles(browser: Browser, address: string, panels: 'with' | 'without'): Promise<Map<string, number>> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    await context.addInitScript('globalThis.__name ??= (f) => f'); // tsx names the functions it hands to a page
    await context.addInitScript(widenBuffer);
    if (panels === 'without') await context.addInitScript(removePanels);
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForSelector('html[data-loaded="all"]');
    if (panels === 'with') await page.waitForSelector('.live[data-source="live"]', { timeout: 60_000 });
    const scopes = await Promise.all([page.evaluate(listLoaded), ...page.workers().map((w) => w.evaluate(listLoaded))]);
    const files = new Map<string, number>();
    // what is asked for again comes from the cache, and counts nothing
    for (const [path, sent] of scopes.flat()) files.set(path, Math.max(sent, files.get(path) ?? 0));
    return files;
  } finally {
    await context.close();
  }
}

/** Largest first. `folder` is what is served. */
export async function listOwn(browser: Browser, address: string, folder: string): Promise<Loaded[]> {
  const [all, others] = [await listFiles(browser, address, 'with'), await listFiles(browser, address, 'without')];
  const own = [...all].filter(([path]) => !others.has(path));
  return own
    .map(([path, sent]) => {
      const content = readFileSync(join(folder, path));
      return { path, sent, bytes: content.length, packed: gzipSync(content, { level: 9 }).length };
    })
    .sort((a, b) => b.packed - a.packed);
}
