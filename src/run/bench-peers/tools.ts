// The decks of the benchmark: ours and those made with other tools. How each is installed on demand,
// built, opened at a slide, and made a PDF; every step as its user would take it on the command line.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser } from '@playwright/test';
import { printDeck, typesetDeck, type PdfOptions } from '../pdf.ts';
import { root } from '../serve.ts';
import { findBrowser, SetupError } from '../setup.mjs';
import { indexHtml } from './reveal.ts';
import { slidesMd } from './slidev.ts';
import { TEN, type Ten } from './slides.ts';

export interface Tool {
  name: string;
  label: string;
  slides: number;
  /** Its own word for a slide in the address. */
  address(id: string, index: number): string;
  /** Keys from a slide to the next. */
  keys(index: number): number;
  /** Makes ready what it needs; throws a SetupError with the reason in a line. */
  prepare(): Promise<void>;
  /** Where its site is once it is built. */
  site: string;
  /** Builds its site with nothing kept from before; none where there is nothing to build. */
  build?(): Promise<void>;
  /** Writes the PDF by its own command, with all that this does. */
  exportPdf?(file: string): Promise<void>;
  /** Prints the built site that is served at `url`. */
  printPdf?(browser: Browser, url: string): Promise<Uint8Array>;
}

const BENCH = join(root, '.bench');
const KEPT = join(root, 'tests/bench');
const PATIENCE = 15 * 60_000;

/** Runs a command quietly; its last words are the error. */
function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' && command === 'npm', timeout: PATIENCE });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${[command, ...args].join(' ')}: ${code === null ? 'it took too long' : `exit code ${code}`}\n${output.trimEnd().slice(-1500)}`))));
  });
}

const versions = (folder: string): Record<string, string> => (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }).dependencies;

/** The packages of tests/bench/<name>, into .bench/<name>: nobody else has to load them. */
async function install(name: string): Promise<string> {
  const folder = join(BENCH, name);
  const wanted = versions(join(KEPT, name));
  const installed = (pack: string): string | undefined => {
    const file = join(folder, 'node_modules', pack, 'package.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
  };
  mkdirSync(folder, { recursive: true });
  cpSync(join(KEPT, name), folder, { recursive: true });
  if (Object.entries(wanted).every(([pack, version]) => installed(pack) === version)) return folder;
  console.error(`${name}: installing ${Object.entries(wanted).map(([pack, version]) => `${pack} ${version}`).join(', ')} into .bench/${name}, once`);
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1'], folder, { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' });
  } catch (e) {
    const why = /npm (?:error|ERR!) code (\S+)/.exec((e as Error).message)?.[1] ?? (e as Error).message.split('\n')[0];
    throw new SetupError(`${name}: npm could not install it (${why}); is there a network?`);
  }
  return folder;
}

function writeAll(folder: string, files: Iterable<readonly [string, string]>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

// --- ours

const PRINT: PdfOptions = { cut: '25', theme: 'light', page: '16:9', appendix: 'none', backup: true };

/** Our deck with these slides, or the whole of it. */
export function ours(slides: readonly { keys: number }[], only?: readonly string[]): Tool {
  const name = only ? 'ours' : 'whole';
  const site = join(BENCH, name);
  const env = { DECK_ONLY: only?.join(',') ?? '' };
  return {
    name,
    label: only ? 'ours' : 'ours, whole',
    slides: slides.length,
    site,
    address: (id) => `#/${id}`,
    keys: (i) => slides[i]!.keys,
    prepare: async () => void mkdirSync(BENCH, { recursive: true }),
    build: () => run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error', '--outDir', site], root, env),
    exportPdf: (file) => run(process.execPath, ['--import', 'tsx', 'src/run/pdf.ts', '--appendix', 'none', '--out', file], root, env),
    async printPdf(browser, url) {
      const { page } = await typesetDeck(browser, url, PRINT);
      return printDeck(page, PRINT);
    },
  };
}

// --- Slidev

function slidev(ten: Ten): Tool {
  const folder = join(BENCH, 'slidev');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // it asks for a newer Node than we do, so one comes with its packages
  const node = major > 22 || (major === 22 && minor >= 12) ? process.execPath : join(folder, 'node_modules/node/bin/node');
  const cli = (...args: string[]): Promise<void> => run(node, ['node_modules/@slidev/cli/bin/slidev.mjs', ...args], folder);
  return {
    name: 'slidev',
    label: `Slidev ${versions(join(KEPT, 'slidev'))['@slidev/cli']}`,
    slides: ten.slides.length,
    site: join(folder, 'dist'),
    address: (_, i) => `#/${i + 1}`,
    keys: () => 1,
    async prepare() {
      await install('slidev');
      cpSync(join(root, 'assets/icon.svg'), join(folder, 'public/icon.svg'));
      cpSync(join(KEPT, 'chart.js'), join(folder, 'chart.js'));
      const style = ['slides.css', 'slidev/style.css'].map((f) => readFileSync(join(KEPT, f), 'utf8'));
      writeAll(folder, [['slides.md', slidesMd(ten)], ['style.css', [ten.css, ...style].join('\n')]]);
      writeAll(join(folder, 'public'), ten.files);
    },
    async build() {
      rmSync(join(folder, 'dist'), { recursive: true, force: true });
      await cli('build');
    },
    exportPdf: (file) => cli('export', '--output', file, '--with-toc', '--timeout', '180000', '--executable-path', findBrowser().executablePath),
  };
}

// --- reveal.js

function reveal(ten: Ten, name: string, theme: string, note: string): Tool {
  const from = join(BENCH, 'reveal');
  const site = join(BENCH, `${name}-site`);
  return {
    name,
    label: `reveal.js ${versions(join(KEPT, 'reveal'))['reveal.js']}, ${note}`,
    slides: ten.slides.length,
    site,
    address: (id) => `#/${id}`,
    keys: () => 1,
    async prepare() {
      await install('reveal');
      rmSync(site, { recursive: true, force: true });
      const dist = join(from, 'node_modules/reveal.js/dist');
      const files = ['reset.css', 'reveal.css', 'reveal.js', `theme/${theme}.css`, 'plugin/highlight/monokai.css', 'plugin/highlight.js', 'plugin/notes.js'];
      for (const f of files) cpSync(join(dist, f), join(site, 'dist', f));
      cpSync(join(from, 'node_modules/chart.js/dist/chart.umd.min.js'), join(site, 'chart.umd.min.js'));
      cpSync(join(KEPT, 'chart.js'), join(site, 'chart.js'));
      cpSync(join(KEPT, 'reveal/deck.js'), join(site, 'deck.js'));
      cpSync(join(root, 'assets/icon.svg'), join(site, 'icon.svg'));
      const style = ['slides.css', 'reveal/reveal.css'].map((f) => readFileSync(join(KEPT, f), 'utf8'));
      writeAll(site, [['index.html', indexHtml(ten, readFileSync(join(KEPT, 'reveal/index.html'), 'utf8'), theme)], ['slides.css', [ten.css, ...style].join('\n')], ...ten.files]);
    },
    async printPdf(browser, url) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      await page.addInitScript('globalThis.__name ??= (f) => f'); // tsx names the functions it hands to a page
      await page.goto(`${url}?print-pdf`);
      await page.waitForFunction(() => {
        const all = [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-file]')];
        const hasInk = (c: HTMLCanvasElement): boolean => c.width > 0 && new Uint32Array(c.getContext('2d')!.getImageData(0, 0, c.width, c.height).data.buffer).some((p) => p !== 0);
        return document.querySelector('.pdf-page') && all.every(hasInk);
      });
      return page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true }); // the best that the browser offers
    },
  };
}

export const NAMES = ['ours', 'whole', 'slidev', 'reveal', 'reveal-serif'] as const;

/** All of them, by name, in the order of the table. */
export function tools(ten: Ten, whole: readonly { keys: number }[]): Record<(typeof NAMES)[number], Tool> {
  return {
    ours: ours(ten.slides, TEN),
    whole: ours(whole),
    slidev: slidev(ten),
    reveal: reveal(ten, 'reveal', 'white', 'white'),
    'reveal-serif': reveal(ten, 'reveal-serif', 'serif', 'serif'),
  };
}
