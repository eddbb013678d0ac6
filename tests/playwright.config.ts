import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findBrowser, findFirefox, root } from '../src/run/setup.mjs';

const { executablePath, args } = findBrowser();
const firefox = findFirefox();
const ci = Boolean(process.env.CI);
const port = process.env.TEST_PORT ?? '4301'; // two checkouts may be tested at once
const baseURL = `http://127.0.0.1:${port}/`;

export default defineConfig({
  outputDir: '../test-results',
  workers: 2,
  ...(process.env.LONG ? {} : { grepInvert: /@long/ }), // what costs minutes and seldom fails by itself
  timeout: 90_000, // for a busy or slow machine: what is tested is never a time
  expect: { timeout: 15_000 },
  retries: 0,
  forbidOnly: ci,
  failOnFlakyTests: true,
  reporter: [[ci ? 'dot' : 'list'], ['./summary-reporter.ts']],
  use: {
    baseURL,
    viewport: { width: 1280, height: 720 },
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'off',
    launchOptions: {
      executablePath,
      args: [...args, '--font-render-hinting=none', '--force-color-profile=srgb'],
    },
  },
  projects: [
    { name: 'unit', testDir: 'unit', testMatch: '*.test.ts' },
    { name: 'browser', testDir: 'browser', testMatch: '*.test.ts' },
    // The main paths once more, in the Firefox that is installed; skipped where there is none.
    {
      name: 'firefox',
      testDir: 'firefox',
      testMatch: '*.test.ts',
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        launchOptions: {
          executablePath: join(root, 'tests/firefox/launch.mjs'),
          env: { ...process.env, ...(firefox && { FIREFOX_PATH: firefox.executablePath }) } as Record<string, string>,
          firefoxUserPrefs: { 'ui.prefersReducedMotion': 1, 'layout.css.devPixelsPerPx': '1.0' },
        },
      },
    },
    // A real experiment, many times over.
    ...(process.env.LONG ? [{ name: 'long', testDir: 'long', testMatch: '*.test.ts' }] : []),
  ],
  // Serves what `vite build` left in dist; src/run/test.mjs builds it first.
  webServer: {
    command: `node node_modules/vite/bin/vite.js preview --host 127.0.0.1 --port ${port} --strictPort`,
    cwd: root,
    url: baseURL,
    reuseExistingServer: !ci,
    timeout: 30_000,
  },
});
