// How much memory the page's process holds. Chromium puts a page and its workers into one renderer.
import { existsSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

/** Its resident set, in bytes; NaN where there is no /proc to read. */
export type Resident = () => number;

/**
 * Of several renderers (spare ones wait for pages to come) the page's is the one that has computed
 * most, once its panel is ready.
 */
export async function findResident(browser: Browser): Promise<Resident> {
  if (!existsSync('/proc/self/status')) return () => NaN;
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const [own] = processInfo.filter((p) => p.type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime);
  return () => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${own!.id}/status`, 'utf8'))![1]) * 1024;
    } catch {
      return 0; // it has crashed: whoever waits for the page is told
    }
  };
}

const EVERY = 100; // ms

/** The most that it holds while `fn` goes on. */
export async function findPeak(resident: Resident, fn: () => Promise<void>): Promise<number> {
  let most = resident();
  const timer = setInterval(() => (most = Math.max(most, resident())), EVERY);
  try {
    await fn();
    return Math.max(most, resident());
  } finally {
    clearInterval(timer);
  }
}
