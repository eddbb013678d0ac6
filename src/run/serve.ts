// The built deck, served for a script: build if asked, a free port, and a browser to look at it.
import { fileURLToPath } from 'node:url';
import type { Browser } from '@playwright/test';
import { findBrowser } from './setup.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Served {
  url: string;
  browser: Browser;
  close(): Promise<void>;
}

/** Builds (quietly) into `outDir` and serves it, and starts the browser; `flags` are further ones of its command line. */
export async function serveDeck({ port = 4400, outDir = `${root}/dist`, flags = [] as string[] } = {}): Promise<Served> {
  const [{ build, preview }, { chromium }] = await Promise.all([import('vite'), import('@playwright/test')]); // not for a wrong option
  const common = { root: `${root}/src`, configFile: `${root}/vite.config.ts`, logLevel: 'error' as const, build: { outDir } };
  await build(common);
  const server = await preview({ ...common, preview: { port, host: '127.0.0.1' } });
  const found = await findBrowser();
  if (!found) throw new Error('no browser: run `npm run setup`');
  const browser = await chromium.launch({ executablePath: found.executablePath, args: [...found.args, '--font-render-hinting=none', '--force-color-profile=srgb', ...flags] });
  return {
    url: server.resolvedUrls!.local[0]!,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** One changing line on a terminal; every tenth line elsewhere. */
export function progress(label: string): (done: number, all: number) => void {
  return (done, all) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${label} ${done}/${all}${done === all ? '\n' : ''}`);
    else if (done === all || done % 10 === 0) process.stderr.write(`${label} ${done}/${all}\n`);
  };
}

/** Command-line options as `--name value`; a bare `--name` is true. Unknown names are refused. */
export function readOptions<T extends Record<string, string | boolean>>(defaults: T, help: string): T {
  const out: Record<string, string | boolean> = { ...defaults };
  const args = process.argv.slice(2);
  const fail = (why: string): never => {
    console.error(`${why}\n${help}`);
    process.exit(2);
  };
  for (let i = 0; i < args.length; i++) {
    const [name = '', inline] = args[i]!.replace(/^--/, '').split('=');
    if (args[i] === '--help' || args[i] === '-h') {
      console.log(help);
      process.exit(0);
    }
    if (!args[i]!.startsWith('--') || !(name in defaults)) fail(`unknown option: ${args[i]!}`);
    if (typeof defaults[name] === 'boolean') out[name] = inline !== 'false';
    else out[name] = inline ?? args[++i] ?? fail(`--${name} needs a value`);
  }
  return out as T;
}
