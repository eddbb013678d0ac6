// The deck as a PDF for people who will not run it: every slide final, every number and source in
// an appendix. Prints, reopens what it wrote, and fails when something is missing.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { CUTS } from '../deck/cut.ts';
import type { Printed } from '../deck/print.ts';
import { checkPdf, SMALLEST } from './pdf-check.ts';
import { useStaticFonts } from './pdf-fonts.ts';
import type { Paper } from './pdf-read.ts';
import { progress, readOptions, root, serveDeck, type Served } from './serve.ts';

/** Paper in points, landscape. A4 and Letter take the slide in their middle. */
export const PAPERS: Record<string, Paper> = {
  '16:9': { width: 960, height: 540 },
  A4: { width: (297 / 25.4) * 72, height: (210 / 25.4) * 72 },
  Letter: { width: 792, height: 612 },
};
const APPENDICES = ['used', 'all', 'none'] as const;

export interface PdfOptions {
  cut: string;
  theme: string;
  page: string;
  appendix: (typeof APPENDICES)[number];
  backup: boolean;
}

/** A problem that is said in one line. */
export class PdfError extends Error {}

/** Opens the deck at `url` and lays out its pages. `before` sees the page while it is still empty. */
export async function typesetDeck(browser: Browser, url: string, o: PdfOptions, before?: (page: Page) => Promise<void>): Promise<{ page: Page; printed: Printed }> {
  const paper = PAPERS[o.page]!;
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce', colorScheme: o.theme as 'light' | 'dark' });
  await before?.(page);
  await page.goto(`${url}?${new URLSearchParams({ cut: o.cut, theme: o.theme })}`);
  await page.waitForSelector('html[data-ready]');
  await useStaticFonts(page);
  const px = paper.width / 1280; // points of a CSS pixel on this page
  const printed = await page.evaluate((options) => window.talk.print(options), {
    appendix: o.appendix,
    backup: o.backup,
    height: paper.height / px,
    textSize: Math.max(13, (SMALLEST + 0.2) / px),
  });
  return { page, printed };
}

/** Prints the pages as they were laid out. */
export function printDeck(page: Page, o: Pick<PdfOptions, 'page'>): Promise<Uint8Array> {
  const { width, height } = PAPERS[o.page]!;
  return page.pdf({ width: `${width / 72}in`, height: `${height / 72}in`, printBackground: true, tagged: true, outline: true });
}

const HELP = `npm run pdf -- [--cut ${CUTS.toReversed().join('|')}] [--theme light|dark] [--page ${Object.keys(PAPERS).join('|')}] [--appendix ${APPENDICES.join('|')}] [--no-backup] [--out dented-not-erased.pdf]
Writes the slides and their numbers and sources as a PDF, then checks it.
--appendix used: the numbers and sources of the figures in these slides; all: the whole evidence index, with charts`;

export function oneOf(name: string, value: string, from: readonly string[]): void {
  if (!from.includes(value)) throw new PdfError(`--${name} is ${from.join(' or ')}, not “${value}”`);
}

/** Where --out leads, looked at before anything is made. */
export function placeFor(out: string): string {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), out);
  if (existsSync(path) && statSync(path).isDirectory()) throw new PdfError(`--out ${out} is a folder; name a file`);
  if (!existsSync(dirname(path)) || !statSync(dirname(path)).isDirectory()) throw new PdfError(`--out ${out}: there is no folder ${dirname(path)}`);
  return path;
}

/** Builds the deck into a folder of its own, lets `make` print it, writes the file, and says in one line what it is or what is wrong with it. */
export async function exportPdf(out: string, make: (served: Served) => Promise<{ pdf: Uint8Array; check(onPage: (page: number, of: number) => void): Promise<string[]> }>): Promise<void> {
  const path = placeFor(out);
  const named = relative(process.cwd(), path);
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'deck-pdf-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  console.error('building the deck');
  const served = await serveDeck({ port: 4500, outDir: folder });
  try {
    console.error('laying out the pages');
    const { pdf, check } = await make(served);
    try {
      writeFileSync(path, pdf);
    } catch (e) {
      throw new PdfError(`--out ${out} cannot be written (${(e as NodeJS.ErrnoException).code ?? String(e)})`);
    }
    let pages = 0;
    const count = progress('checking page');
    const problems = await check((i, of) => count(i, (pages = of)));
    if (problems.length) throw new PdfError(`${named} is not right:\n${problems.slice(0, 40).join('\n')}${problems.length > 40 ? `\nand ${problems.length - 40} more` : ''}`);
    console.log(`${named}: ${pages} pages, ${(pdf.length / 1e6).toFixed(1)} MB, ${Math.round((Date.now() - start) / 1000)} s; checked`);
  } finally {
    await served.close();
  }
}

/** Runs a command; its own errors are said in a line each. */
export async function command(main: () => Promise<void>): Promise<void> {
  process.chdir(root);
  try {
    await main();
  } catch (e) {
    if (!(e instanceof PdfError)) throw e;
    console.error(e.message);
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const o = readOptions({ cut: '25', theme: 'light', page: '16:9', appendix: 'used', 'no-backup': false, out: 'dented-not-erased.pdf' }, HELP);
  oneOf('cut', o.cut, CUTS);
  oneOf('theme', o.theme, ['light', 'dark']);
  oneOf('page', o.page, Object.keys(PAPERS));
  oneOf('appendix', o.appendix, APPENDICES);
  const options: PdfOptions = { cut: o.cut, theme: o.theme, page: o.page, appendix: o.appendix as PdfOptions['appendix'], backup: !o['no-backup'] };
  await exportPdf(o.out, async ({ browser, url }) => {
    const { page, printed } = await typesetDeck(browser, url, options);
    if (printed.problems.length) throw new PdfError(printed.problems.join('\n'));
    console.error(`printing ${printed.sheets.length} slides${printed.appendix ? ` and ${printed.appendix.items.length} entries` : ''}`);
    const pdf = await printDeck(page, options);
    return { pdf, check: (onPage) => checkPdf(pdf, printed, PAPERS[o.page]!, onPage) };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await command(main);
