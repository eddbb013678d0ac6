// The handout: what it writes passes its own check, shows what a reader needs, and the check is not vacuous.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { checkHandout } from '../../src/run/handout-check.ts';
import { printHandout, SHEETS, typesetHandout, type HandoutOptions } from '../../src/run/handout.ts';
import { readPage, squash, withPdf } from '../../src/run/pdf-read.ts';
import { root } from '../../src/run/setup.mjs';

function run(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'src/run/handout.ts'), ...args], { cwd: root });
  let text = '';
  child.stdout.on('data', (d) => (text += d));
  child.stderr.on('data', (d) => (text += d));
  return new Promise((done) => child.on('close', (code) => done({ code, text })));
}

const small: HandoutOptions = { cut: '10', page: 'A4', text: 'read', backup: false };

test('the command writes a checked file, here with the speaker’s notes on Letter', async ({}, info) => {
  test.setTimeout(180_000);
  const out = info.outputPath('handout.pdf');
  mkdirSync(info.outputDir, { recursive: true });
  const { code, text } = await run('--cut', '10', '--no-backup', '--text', 'notes', '--page', 'Letter', '--out', out);
  expect(text).toMatch(/: \d+ pages, [\d.]+ MB, \d+ s; checked/);
  expect(code).toBe(0);
  const spoken = await withPdf(readFileSync(out), async (doc) => (await Promise.all([2, 3].map((page) => readPage(doc, page)))).flatMap((p) => p.spoken.map((s) => s.text.trim())));
  expect(spoken).toEqual(expect.arrayContaining(['Say', 'Point', 'Q', 'A', 'But']));
});

test('bad options and places to write are refused in one line', async ({}, info) => {
  const cases: [string[], RegExp][] = [
    [['--page', '16:9'], /^--page is A4 or Letter, not “16:9”$/m],
    [['--cut', '12'], /^--cut is /m],
    [['--text', 'all'], /^--text is read or notes, not “all”$/m],
    [['--out', info.project.testDir], /is a folder; name a file$/m],
    [['--out', join(info.outputDir, 'no', 'such', 'x.pdf')], /there is no folder /m],
    [['--theme', 'dark'], /^unknown option: --theme/m],
  ];
  await Promise.all(
    cases.map(async ([args, message]) => {
      const { code, text } = await run(...args);
      expect(text).toMatch(message);
      expect(text).not.toContain('    at ');
      expect(code, args.join(' ')).not.toBe(0);
    }),
  );
  expect(existsSync(join(info.outputDir, 'no'))).toBe(false);
});

test('a short handout is right, and the check finds what is then spoilt', async ({ browser, baseURL }) => {
  test.setTimeout(180_000);
  const { page, handout } = await typesetHandout(browser, baseURL!, small);
  expect(handout.problems).toEqual([]);
  const pdf = await printHandout(page, handout, small);
  expect(await checkHandout(pdf, handout, SHEETS.A4!)).toEqual([]);

  // what a reader sees: the slides of the cut in the talk's order, chapters above them, lists at the end
  const slides = handout.blocks.filter((b) => b.picture);
  expect(slides.map((b) => b.title.split(' ')[0])).toEqual(slides.map((_, i) => String(i + 1)));
  expect(slides.length).toBeGreaterThan(12);
  expect(handout.blocks.filter((b) => b.level === 1)).toHaveLength(1);
  expect(handout.blocks.slice(-3).map((b) => b.title)).toEqual(['Glossary', 'How our results were made', 'References']);
  for (const b of slides) expect(b.text.length, b.title).toBeGreaterThan(200);
  expect(slides.filter((b) => b.rows.length).length).toBeGreaterThan(5);
  const all = handout.blocks.map((b) => b.text).join(' ');
  for (const word of ['Caveat', 'Read in', 'Page read', 'Where']) expect(all).toContain(word);
  // a link to a slide that is not in the file is no link
  expect(await page.locator('.handout a[href^="#"]').evaluateAll((links) => links.filter((a) => !document.getElementById(a.getAttribute('href')!.slice(1))).length)).toBe(0);
  // a table that goes on shows its head again, and is read aloud once
  const pages = await withPdf(pdf, async (doc) => Promise.all(Array.from({ length: doc.numPages }, (_, i) => readPage(doc, i + 1))));
  const long = await page.locator('.entry table.long thead').evaluateAll((heads) => heads.map((h) => [...h.querySelectorAll('th')].map((c) => c.textContent).join('')));
  const repeated = long.filter((head) => pages.filter((p) => p.text.includes(squash(head))).length > 1);
  expect(repeated).not.toEqual([]);

  const charted = slides.filter((b) => b.picture!.charts.length);
  const [blank, raster, retitled, swapped] = [charted[0]!, charted[1]!, slides[2]!, slides[6]!];
  await page.evaluate(
    ([blank, raster, retitled, swapped]) => {
      // a chart goes blank and another becomes a picture, both at their last moment before print
      const canvas = (id: string): HTMLCanvasElement => document.getElementById(id)!.querySelector('canvas')!;
      addEventListener('beforeprint', () => {
        canvas(blank!).replaceWith(document.createElement('canvas'));
        const image = new Image();
        image.src = canvas(raster!).toDataURL();
        canvas(raster!).replaceWith(image);
      });
      const part = (id: string): HTMLElement => document.getElementById(id)!;
      part(retitled!).querySelector('h3')!.append(' altered');
      part(swapped!).after(part(swapped!).previousElementSibling!);
      const one = document.querySelector<HTMLElement>('.part')!;
      one.querySelector('.picture')!.removeAttribute('aria-label');
      one.querySelector('.reveal')!.removeAttribute('aria-hidden');
      one.querySelector('.entry table td')!.textContent = '–';
      one.querySelector('.source .own')!.remove();
      one.querySelector('.prose p')!.remove();
      one.querySelector<HTMLElement>('.objection')!.style.fontSize = '10px';
      one.querySelector<HTMLAnchorElement>('.source a[href^="http"]')!.href = `${location.origin}/x`;
      const line = document.querySelectorAll<HTMLElement>('.contents .page');
      line[3]!.textContent = '999';
      document.querySelector<HTMLAnchorElement>('.contents li li a')!.href = '#nowhere';
      [...document.querySelectorAll('.reference-list li')].find((li) => document.querySelector(`a[href="#${li.id}"]`))!.remove(); // others are cited in pictures alone
      document.documentElement.lang = 'de';
      document.title = 'x';
    },
    [blank.id, raster.id, retitled.id, swapped.id],
  );
  const sheet = SHEETS.A4!;
  const spoilt = await page.pdf({ width: `${sheet.width / 72}in`, height: `${sheet.height / 72}in`, printBackground: true, tagged: true, outline: true });
  const found = (await checkHandout(spoilt, handout, sheet)).join('\n');
  const chart = (b: typeof blank): string => b.picture!.charts[0]!.figure.id;
  const wanted: RegExp[] = [
    /the title is “x”/,
    /the language is “de”/,
    new RegExp(`the chart “${chart(blank)}” (lacks|does not print)`),
    new RegExp(`the chart “${chart(blank)}” shows 0 marks`),
    /an image where everything should be vectors/,
    /the outline has \d+ entries for \d+ headings; entry \d+ is “/,
    /the heading “3 .*” is not read aloud in its place/,
    /the heading “7 .*” is not (where the outline leads|read aloud in its place)/,
    /the picture of “1 .*” has no words in its place/,
    /the tables of “1 .*” lack /,
    /“1 .*” lacks, on its pages: /,
    /“1 .*” lacks, when read aloud: /,
    /text of [\d.]+ pt, under 9/,
    /a link to this machine/,
    /text that is neither tagged nor marked as an artifact/,
    /“1 .*” lost links/,
    /“Contents” lost links: “#title”/,
    /does not say page \d+/,
    /a link to “#ref-[\w-]+” leads nowhere/,
    /“References” lacks, on its pages/,
  ];
  expect(wanted.filter((w) => !w.test(found)).map(String), found).toEqual([]);

  // no tags, no outline, other paper
  const plain = (await checkHandout(await page.pdf({ format: 'A5' }), handout, sheet)).join('\n');
  expect(plain).toMatch(/it measures [\d.]+ × [\d.]+ pt, not 595\.\d × 841\.\d/);
  expect(plain).toMatch(/the outline has 0 entries/);
});
