// The PDF export: what it writes passes its own check, and the check is not vacuous.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import type { Printed } from '../../src/deck/print.ts';
import { checkPdf } from '../../src/run/pdf-check.ts';
import { PAPERS, printDeck, typesetDeck, type PdfOptions } from '../../src/run/pdf.ts';
import { root } from '../../src/run/setup.mjs';

function runPdf(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'src/run/pdf.ts'), ...args], { cwd: root });
  let text = '';
  child.stdout.on('data', (d) => (text += d));
  child.stderr.on('data', (d) => (text += d));
  return new Promise((done) => child.on('close', (code) => done({ code, text })));
}

const wide: PdfOptions = { cut: '10', theme: 'light', page: '16:9', appendix: 'used', backup: false };
/** A typeset deck to spoil; `check` says what the check finds in its print. */
async function typeset(browser: Browser, baseURL: string, o = wide, before?: (page: Page) => Promise<void>): Promise<{ page: Page; printed: Printed; check(): Promise<string[]> }> {
  const made = await typesetDeck(browser, baseURL, o, before);
  return { ...made, check: async () => checkPdf(await printDeck(made.page, o), made.printed, PAPERS[o.page]!) };
}

test.describe('command', () => {
  test.setTimeout(180_000);
  test('cut 25, 16:9, with the numbers of its figures', async ({}, info) => {
    const out = info.outputPath('deck.pdf');
    mkdirSync(info.outputDir, { recursive: true });
    const { code, text } = await runPdf('--cut', '25', '--out', out);
    expect(text).toMatch(/: \d+ pages, [\d.]+ MB, \d+ s; checked/);
    expect(code).toBe(0);
    expect(readFileSync(out).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readFileSync(out).length).toBeLessThan(6e6);
  });

  test('bad options and places to write are refused in one line', async ({}, info) => {
    const cases: [string[], RegExp][] = [
      [['--page', 'A5'], /^--page is 16:9 or A4 or Letter, not “A5”$/m],
      [['--cut', '12'], /^--cut is /m],
      [['--appendix', 'some'], /^--appendix is /m],
      [['--out', info.project.testDir], /is a folder; name a file$/m],
      [['--out', join(info.outputDir, 'no', 'such', 'x.pdf')], /there is no folder /m],
      [['--paper', 'A4'], /^unknown option: --paper/m],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, text } = await runPdf(...args);
        expect(text).toMatch(message);
        expect(text).not.toContain('    at ');
        expect(code, args.join(' ')).not.toBe(0);
      }),
    );
    expect(existsSync(join(info.outputDir, 'no'))).toBe(false);
  });
});

test('cut 10 on A4, dark: a slide a page, centred, with its numbers', { tag: '@long' }, async ({ browser, baseURL }) => {
  test.setTimeout(180_000);
  const { printed, check } = await typeset(browser, baseURL!, { ...wide, page: 'A4', theme: 'dark', backup: true });
  expect(printed.problems).toEqual([]);
  expect(printed.sheets.map((s) => s.number).slice(0, 2)).toEqual(['1', '2']);
  expect(printed.sheets.some((s) => s.number === 'B1')).toBe(true);
  expect(printed.appendix!.items.length).toBeGreaterThan(10);
  expect(await check()).toEqual([]);
});

test('a deck without its backup has no link to it, and every chip leads to its entry', async ({ browser, baseURL }) => {
  test.setTimeout(180_000);
  const { page, printed, check } = await typeset(browser, baseURL!);
  expect(printed.problems).toEqual([]);
  expect(printed.sheets.every((s) => !s.number.startsWith('B'))).toBe(true);
  expect(await page.locator('.slides .chip').count()).toBeGreaterThan(5);
  expect(await page.locator('.slides .chip:not([href^="#entry-"], [href^="#group-"])').count()).toBe(0);
  expect(await check()).toEqual([]);
});

test('the check finds what is spoilt', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  const { page, printed, check } = await typeset(browser, baseURL!);
  const charted = printed.sheets.flatMap((s, i) => (s.charts.length ? [{ ...s, page: i + 1, chart: s.charts[0]!.figure.id }] : []));
  const [blank, raster, retitled] = [charted[0]!, charted[1]!, printed.sheets[3]!];
  await page.evaluate(
    ([blank, raster, retitled]) => {
      // one chart goes blank and one becomes a picture, both at their last moment before print
      const canvas = (id: string): HTMLCanvasElement => document.querySelector<HTMLCanvasElement>(`#${id} canvas`)!;
      addEventListener('beforeprint', () => {
        canvas(blank!).replaceWith(document.createElement('canvas'));
        const image = new Image();
        image.src = canvas(raster!).toDataURL();
        canvas(raster!).replaceWith(image);
      });
      document.querySelector(`#${retitled!} :is(h1, h2)`)!.textContent = 'Another title';
      document.querySelector('.slides section:nth-child(3) .no')!.textContent = '99';
      document.querySelector<HTMLAnchorElement>('.slides .chip')!.href = '#nowhere';
      document.querySelector('.slides section:nth-child(2) h2')!.insertAdjacentHTML('beforeend', `<a href="${location.origin}/x">here</a>`);
      document.querySelector('.appendix .entry table td')!.textContent = '–';
      document.querySelector<HTMLElement>('.slides section:nth-child(2) .but, .slides section:nth-child(2) .so')!.style.fontSize = '8px';
      document.documentElement.lang = 'de';
      document.title = 'x';
    },
    [blank.id, raster.id, retitled.id],
  );
  const found = (await check()).join('\n');
  expect(found).toMatch(new RegExp(`page ${blank.page} .*“${blank.chart}” (lacks|does not print)`));
  expect(found).toMatch(new RegExp(`page ${blank.page} .*“${blank.chart}” shows 0 marks`));
  expect(found).toMatch(new RegExp(`page ${blank.page} .*“${blank.chart}” has no words in its place`));
  expect(found).toMatch(new RegExp(`page ${raster.page} .*an image where everything should be vectors`));
  expect(found).toMatch(/page 4 .*its title is missing/);
  expect(found).toMatch(/outline entry 4 is “Another title”/);
  expect(found).toMatch(/page 3 .*its number is missing: 3/);
  expect(found).toMatch(/page \d+ .*lost links: “#entry-/);
  expect(found).toMatch(/page 2 .*a link to this machine/);
  expect(found).toMatch(/page \d+: the table of “N1 .* lacks/);
  expect(found).toMatch(/page 2 .*text of 6\.0 pt, under 9/);
  expect(found).toMatch(/the language is “de”/);
  expect(found).toMatch(/the title is “x”/);

  // another size, no tags, no outline, a page too many
  const plain = await page.pdf({ format: 'A4', landscape: true });
  const also = (await checkPdf(plain, { ...printed, sheets: printed.sheets.slice(1), appendix: null }, PAPERS['16:9']!)).join('\n');
  expect(also).toMatch(/it measures 84\d\.\d × 59\d\.\d pt/);
  expect(also).toMatch(/the file has \d+ pages/);
  expect(also).toMatch(/the outline has 0 entries/);
});

test('a figure that does not load stops the export by name', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  let broken = '';
  const { printed } = await typeset(browser, baseURL!, { ...wide, appendix: 'none' }, async (page) => {
    await page.route('**/data/*.json', (route) => {
      broken ||= /data\/([\w-]+)\./.exec(route.request().url())![1]!;
      return route.request().url().includes(`/${broken}.`) ? route.abort() : route.continue();
    });
  });
  expect(printed.problems.join('\n')).toMatch(new RegExp(`^slide \\w+: the figure “${broken}” cannot be shown: .*could not be fetched`));
});

test('the browser’s own print command prints every slide, then gives the talk back', async ({ browser, baseURL }) => {
  test.setTimeout(240_000);
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'dark' });
  await page.goto(`${baseURL}?cut=10`);
  await page.waitForSelector('html[data-loaded="all"]');
  const entries = await page.evaluate(() => window.talk.entries.map((e) => ({ id: e.id, number: e.number, title: e.title })));
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true });
  // by hand: what Ctrl+P prints has no appendix and no list of what it must hold
  const printed: Printed = { title: await page.evaluate(() => document.title), lang: 'en', sheets: entries.map((e) => ({ ...e, text: '', links: [], charts: [] })), appendix: null, neutral: [], problems: [] };
  const problems = await checkPdf(pdf, printed, PAPERS['16:9']!);
  expect(problems.filter((p) => !/^the outline has|^the title is|a link to this machine: .*\/(evidence|read)\//.test(p))).toEqual([]);
  await expect(page.locator('html.printing')).toHaveCount(0);
  await expect(page.locator('.slides > section.present canvas, .slides > section.present .stage')).not.toHaveCount(0);
  await page.keyboard.press('PageDown');
  expect(page.url()).toContain('#/');
});
