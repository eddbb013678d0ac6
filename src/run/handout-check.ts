// Reopens a handout and says what is wrong with it: what one sees on its pages, what is read aloud,
// and where its links, outline and page numbers lead.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Block, Handout } from '../deck/handout.ts';
import { chartProblems, documentProblems, pageProblems, SMALLEST } from './pdf-check.ts';
import { few, inside, pageOf, readPage, squash, tokens, withPdf, type Box, type Doc, type Paper, type Read, type Spoken } from './pdf-read.ts';

/** Points: the text is as wide as a slide's picture; the side margins are what the paper leaves. */
export const COLUMN = 470;
export const MARGIN = { top: 66, bottom: 58 };

/** In a slide's picture nothing is smaller, in points. */
export const SMALLEST_IN_PICTURE = 6;

interface Item {
  title: string;
  dest: unknown;
  items: Item[];
}
interface Spot {
  page: number;
  /** Points from the page's foot. */
  y: number;
}
async function spotOf(doc: Doc, dest: unknown): Promise<Spot> {
  const to = (typeof dest === 'string' ? await doc.getDestination(dest) : dest) as unknown[] | null;
  return { page: await pageOf(doc, dest), y: Number(to?.[3] ?? 0) };
}
const levels = (items: readonly Item[], level = 1): (Item & { level: number })[] => items.flatMap((i) => [{ ...i, level }, ...levels(i.items, level + 1)]);

/** Where slides' pictures stand on a page, from its top: papers as wide as the column. */
function picturesOn(p: Read, paper: string): Box[] {
  const height = (COLUMN * 9) / 16;
  const found = p.marks.filter(({ colour, box: [x0, y0, x1, y1] }) => colour === paper && Math.abs(x1 - x0 - COLUMN) < 2 && Math.abs(y1 - y0 - height) < 2).map((m) => m.box);
  return found.filter((b, i) => found.findIndex((c) => Math.abs(c[1] - b[1]) < 2) === i).sort((a, b) => b[3] - a[3]);
}

/** qpdf's opinion of the file, where it is installed. */
function qpdfProblems(data: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'handout-'));
  try {
    writeFileSync(join(folder, 'handout.pdf'), data);
    const { status, error, stderr, stdout } = spawnSync('qpdf', ['--check', 'handout.pdf'], { cwd: folder, encoding: 'utf8' });
    return error || status === 0 ? [] : [`qpdf --check: ${`${stderr}${stdout}`.trim().split('\n').at(-1) ?? `exit code ${status}`}`];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Everything wrong with the file, each with its page; an empty list is a good file. */
export async function checkHandout(data: Uint8Array, handout: Handout, paper: Paper, onPage: (page: number, of: number) => void = () => {}): Promise<string[]> {
  return withPdf(data, async (doc) => {
    const { blocks } = handout;
    const problems: string[] = [];
    const at = (page: number, why: string): void => void problems.push(page < 0 ? why : `page ${page + 1}: ${why}`);
    problems.push(...(await documentProblems(doc, handout)), ...qpdfProblems(data));

    const pages: Read[] = [];
    for (let i = 1; i <= doc.numPages; i++) {
      pages.push(await readPage(doc, i));
      onPage(i, doc.numPages);
    }

    // the outline: the same headings, on the same levels, in the same order
    const outline = levels(((await doc.getOutline()) ?? []) as never);
    const line = (level: number, title: string): string => `${'#'.repeat(level)} ${title}`;
    const [have, want] = [outline.map((o) => line(o.level, o.title)), blocks.map((b) => line(b.level, b.title))];
    const differs = want.findIndex((w, i) => have[i] !== w);
    if (differs >= 0 || have.length !== want.length) problems.push(`the outline has ${have.length} entries for ${want.length} headings; entry ${differs + 1} is “${have[differs] ?? ''}”, not “${want[differs] ?? ''}”`);
    const spots = await Promise.all(outline.map((o) => spotOf(doc, o.dest)));
    const start = (i: number): Spot => spots[i] ?? { page: -1, y: 0 };
    blocks.forEach((b, i) => {
      const [own, next] = [start(i), spots[i + 1]];
      if (own.page < 0) return void problems.push(`the outline’s “${b.title}” leads to no page`);
      if (!pages[own.page]!.text.includes(squash(b.title))) at(own.page, `the heading “${b.title}” is not where the outline leads`);
      if (next && (next.page < own.page || (next.page === own.page && next.y >= own.y))) problems.push(`“${b.title}” stands after “${blocks[i + 1]?.title ?? ''}”`);
      if (next && b.level < (blocks[i + 1]?.level ?? 0) && b.level > 1 && next.page !== own.page) at(own.page, `the heading “${b.title}” stands alone at the page’s foot`);
    });

    // every page: its head, its number, sizes, margins
    const pictures = pages.map((p) => picturesOn(p, handout.paper));
    const inPicture = (page: number, w: { x: number; y: number }): boolean => pictures[page]!.some((b) => inside([w.x, w.y, w.x, w.y], b));
    const headOf = (page: number): string => handout.heads.findLast(([id]) => start(blocks.findIndex((b) => b.id === id)).page <= page)?.[1] ?? '';
    const first = start(blocks.findIndex((b) => b.id === handout.heads[0]?.[0])).page;
    const side = (paper.width - COLUMN) / 2;
    for (const [i, p] of pages.entries()) {
      for (const why of pageProblems(p, paper)) at(i, why);
      if (p.loose.length) at(i, `text that is neither tagged nor marked as an artifact: ${few(p.loose)}`);
      const text = (test: (y: number) => boolean): string => p.words.filter((w) => test(w.y)).map((w) => w.text).join('');
      const [head, foot] = [text((y) => y > paper.height - MARGIN.top), text((y) => y < MARGIN.bottom)];
      if (squash(foot) !== `${i + 1}of${doc.numPages}`) at(i, `at its foot stands “${foot}”, not “${i + 1} of ${doc.numPages}”`);
      if (squash(head) !== (i < first ? '' : squash(headOf(i)))) at(i, `at its head stands “${head}”, not “${i < first ? '' : headOf(i)}”`);
      const small = p.words.filter((w) => w.size < (inPicture(i, w) ? SMALLEST_IN_PICTURE : SMALLEST) - 0.01);
      if (small.length) at(i, `text of ${Math.min(...small.map((w) => w.size)).toFixed(1)} pt, under ${SMALLEST} (${SMALLEST_IN_PICTURE} in a slide): ${few(small.map((w) => w.text))}`);
      const outside = p.words.filter((w) => w.x < side - 1 || w.x + w.width > paper.width - side + 1);
      if (outside.length) at(i, `text outside the column: ${few(outside.map((w) => w.text))}`);
    }

    // where links lead
    const begins = new Map(handout.targets);
    const places = new Map<string, Spot>();
    for (const [id, begin] of begins) {
      const spot = await spotOf(doc, id);
      places.set(id, spot);
      if (spot.page < 0) problems.push(`a link to “#${id}” leads nowhere`);
      else if (![0, 1].some((more) => pages[spot.page + more]?.text.includes(squash(begin)))) at(spot.page, `a link to “#${id}” leads here, where “${begin}” does not stand`);
    }

    // what is read aloud, cut at the headings
    const spoken = pages.flatMap((p, page) => p.spoken.map((s) => ({ ...s, page })));
    const said = new Map<Block, (Spoken & { page: number })[]>();
    let from = 0;
    for (const [i, b] of blocks.entries()) {
      const heading = spoken.findIndex((s, k) => k >= from && s.role === `H${b.level}` && squash(s.text) === squash(b.title));
      if (heading < 0) {
        at(start(i).page, `the heading “${b.title}” is not read aloud in its place`);
        continue;
      }
      const next = spoken.findIndex((s, k) => k > heading && /^H\d/.test(s.role));
      said.set(b, spoken.slice(heading + 1, next < 0 ? undefined : next));
      from = heading + 1;
    }
    const extra = spoken.filter((s) => /^H\d/.test(s.role)).length - blocks.length;
    if (extra > 0) problems.push(`${extra} headings too many are read aloud`);
    const heads = spoken.filter((s) => s.role === 'TH').length;
    const wantedHeads = blocks.reduce((n, b) => n + b.heads, 0);
    if (heads < wantedHeads) problems.push(`${heads} cells of tables are tagged as heads, not ${wantedHeads}`);

    // each block: on its pages and aloud
    for (const [i, b] of blocks.entries()) {
      const { page } = start(i);
      if (page < 0) continue; // said above
      const last = Math.max(page, spots[i + 1]?.page ?? pages.length - 1);
      const own = pages.slice(page, last + 1);
      const seen = own.map((p, k) => squash(p.words.filter((w) => !inPicture(page + k, w)).map((w) => w.text).join(''))).join('');
      const heard = squash((said.get(b) ?? []).filter((s) => s.role !== 'Figure').map((s) => s.text).join(''));
      for (const [text, how] of [[seen, 'on its pages'], [heard, 'when read aloud']] as const) {
        const lost = tokens(b.text).filter((w) => !text.includes(w));
        if (lost.length) at(page, `“${b.title}” lacks, ${how}: ${few(lost)}`);
      }
      const torn = b.rows.filter((r) => !heard.includes(squash(r)));
      if (torn.length) at(page, `the tables of “${b.title}” lack ${few(torn)}`);
      const links = own.flatMap((p) => p.links);
      const [urls, dests] = [new Set(links.map((l) => l.url && new URL(l.url).href)), new Set(links.map((l) => l.dest))];
      const lost = b.links.filter((h) => (h.startsWith('#') ? !dests.has(h.slice(1)) : !urls.has(h)));
      if (lost.length) at(page, `“${b.title}” lost links: ${few(lost)}`);
      for (const r of handout.paged.filter((p) => p.block === b.id)) {
        const to = (places.get(r.to)?.page ?? -1) + 1;
        if (!heard.includes(squash(`${r.before}${to}`))) at(page, `“${r.before}” does not say page ${to}`);
      }
      if (!b.picture) continue;
      const { alt, charts } = b.picture;
      if (!said.get(b)?.some((s) => s.role === 'Figure' && s.alt === alt)) at(page, `the picture of “${b.title}” has no words in its place`);
      const aloud = said.get(b)?.find((s) => s.role === 'Figure' && s.text);
      if (aloud) at(page, `the words in the picture of “${b.title}” are read aloud: ${few([aloud.text])}`);
      const box = pictures[page]!.find((p) => p[3] < start(i).y);
      if (!box) {
        at(page, `the picture of “${b.title}” is not under its heading`);
        continue;
      }
      const k = COLUMN / 1280;
      const within = pages[page]!.words.filter((w) => inside([w.x, w.y, w.x, w.y], box)).map((w) => w.text).join('');
      if (!squash(within).includes(squash(b.title.replace(/^\S+ /, '')))) at(page, `the slide in the picture of “${b.title}” is another`);
      for (const c of charts) {
        const chart: Box = [box[0] + (c.box.x - 4) * k, box[3] - (c.box.y + c.box.height + 4) * k, box[0] + (c.box.x + c.box.width + 4) * k, box[3] - (c.box.y - 4) * k];
        for (const why of chartProblems(c, pages[page]!, chart, handout.neutral)) at(page, why);
      }
    }
    return problems;
  });
}
