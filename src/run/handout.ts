// The talk on paper, to be read: upright pages with each slide's picture, its text, its numbers and
// sources. Prints twice, since only a print knows the page numbers, reads back what it wrote, and
// fails when something is missing.
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import type { TextKind } from '../build/handout.ts';
import { CUTS } from '../deck/cut.ts';
import type { Handout } from '../deck/handout.ts';
import { checkHandout, COLUMN, MARGIN } from './handout-check.ts';
import { command, exportPdf, oneOf, PAPERS, PdfError } from './pdf.ts';
import { withArtifacts } from './pdf-artifacts.ts';
import { pageOf, withPdf, type Paper } from './pdf-read.ts';
import { readOptions } from './serve.ts';

const upright = ({ width, height }: Paper): Paper => ({ width: height, height: width });
export const SHEETS: Record<string, Paper> = { A4: upright(PAPERS.A4!), Letter: upright(PAPERS.Letter!) };

const TEXTS: readonly TextKind[] = ['read', 'notes'];

export interface HandoutOptions {
  cut: string;
  page: string;
  text: TextKind;
  backup: boolean;
}

/** Opens the deck at `url` and lays out the handout; its page numbers are still empty. */
export async function typesetHandout(browser: Browser, url: string, o: HandoutOptions): Promise<{ page: Page; handout: Handout }> {
  const [{ compileHandout }, { loadContent }] = await Promise.all([import('../build/handout.ts'), import('../build/plugin.ts')]); // not for a wrong option
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce', colorScheme: 'light' });
  await page.goto(`${url}?${new URLSearchParams({ cut: o.cut, theme: 'light' })}`);
  await page.waitForSelector('html[data-ready]');
  const places = await page.evaluate(() => window.talk.entries.map(({ id, number, backup }) => ({ id, number, backup })));
  const c = loadContent();
  const { title, html, heads } = compileHandout(c.deck, c.evidence, c.terms, places.filter((p) => o.backup || !p.backup), o.text);
  const handout = await page.evaluate((options) => window.talk.handout(options), { html, heads, title: `${title}: handout of the ${o.cut}-minute talk`, paper: SHEETS[o.page]!, margin: MARGIN, column: COLUMN });
  return { page, handout };
}

const print = (page: Page, o: HandoutOptions): Promise<Uint8Array> => page.pdf({ width: `${SHEETS[o.page]!.width / 72}in`, height: `${SHEETS[o.page]!.height / 72}in`, printBackground: true, tagged: true, outline: true });

/** On which page each of `ids` stands, from 1. */
const pagesOf = (pdf: Uint8Array, ids: readonly string[]): Promise<Record<string, number>> => withPdf(pdf, async (doc) => Object.fromEntries(await Promise.all(ids.map(async (id) => [id, (await pageOf(doc, id)) + 1] as const))));

/** Prints, writes the page numbers where they are asked for, prints again; until they are right. */
export async function printHandout(page: Page, handout: Handout, o: HandoutOptions): Promise<Uint8Array> {
  const ids = [...new Set(handout.paged.map((p) => p.to))];
  let pdf = await print(page, o);
  let known = await pagesOf(pdf, ids);
  for (let tries = 0; tries < 3; tries++) {
    await page.evaluate((pages) => {
      for (const e of document.querySelectorAll<HTMLElement>('.page')) e.textContent = String(pages[e.dataset.page!]);
    }, known);
    pdf = await print(page, o);
    const before = JSON.stringify(known);
    known = await pagesOf(pdf, ids);
    if (JSON.stringify(known) === before) break;
  }
  return withArtifacts(pdf); // the check says which numbers are wrong, if any
}

const HELP = `npm run handout -- [--cut ${CUTS.toReversed().join('|')}] [--text ${TEXTS.join('|')}] [--page ${Object.keys(SHEETS).join('|')}] [--no-backup] [--out dented-not-erased-handout.pdf]
Writes the talk as pages to be read: each slide's picture, its text, its numbers and sources; then checks it.
--text read: the article's text; notes: what is said on stage, with questions and answers`;

async function main(): Promise<void> {
  const o = readOptions({ cut: '25', text: 'read', page: 'A4', 'no-backup': false, out: 'dented-not-erased-handout.pdf' }, HELP);
  oneOf('cut', o.cut, CUTS);
  oneOf('text', o.text, TEXTS);
  oneOf('page', o.page, Object.keys(SHEETS));
  const options: HandoutOptions = { cut: o.cut, page: o.page, text: o.text as TextKind, backup: !o['no-backup'] };
  await exportPdf(o.out, async ({ browser, url }) => {
    const { page, handout } = await typesetHandout(browser, url, options);
    if (handout.problems.length) throw new PdfError(handout.problems.join('\n'));
    console.error(`printing ${handout.blocks.filter((b) => b.picture).length} slides`);
    const pdf = await printHandout(page, handout, options);
    return { pdf, check: (onPage) => checkHandout(pdf, handout, SHEETS[o.page]!, onPage) };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await command(main);
