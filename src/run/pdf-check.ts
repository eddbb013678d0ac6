// Reopens a PDF of the deck and says what is wrong with it, page by page. What must stand there is
// worked out from the data of each figure, not from the code that draws it.
import type { Drawn, Printed } from '../deck/print.ts';
import { places, valueText } from '../panels/panel.ts';
import { few, flat, inside, isLocal, missing, pageOf, readPage, squash, tokens, withPdf, type Box, type Doc, type Link, type Paper, type Read } from './pdf-read.ts';

/** Nothing in the file is smaller, in points. */
export const SMALLEST = 9;

/** What a reader must find in a chart: words that may be broken over lines, and printed values. */
function expected({ figure: f, options: o }: Drawn): { labels: string[]; values: string[]; marks: number } {
  const names = o.short ?? places(f);
  const series = o.shortSeries ?? f.series.map((s) => s.name);
  const text = (v: number): string => valueText(f, v);
  const all = f.series.flatMap((s) => s.values);
  const drawn = (o.view === 'bars' || o.view === 'hbars' ? all.filter((v) => v !== 0) : all).length;
  const axis = o.view === 'grid' || !f.y.label ? [] : [f.y.label];
  if (o.view === 'lines' || o.view === 'live') return { labels: axis, values: [], marks: drawn };
  if (o.view === 'plane') return { labels: [...axis, ...names, ...series], values: [], marks: names.length };
  if (o.view === 'range') return { labels: [...axis, ...names], values: f.series.slice(0, 2).flatMap((s) => s.values).map(text), marks: names.length };
  if (o.view === 'grid') return { labels: [...names, ...series], values: all.map(text), marks: drawn };
  if (o.view === 'dots') return { labels: [...axis, ...names], values: f.series.length <= 3 && all.length <= 24 ? all.map(text) : [], marks: drawn };
  const values = all.map(text);
  // lines that start together share the value at their start
  return { labels: [...axis, ...names], values: o.view === 'slope' ? [...new Set(values)] : values, marks: drawn };
}

/** What is wrong with a file as a whole. */
export async function documentProblems(doc: Doc, wanted: { title: string; lang: string }): Promise<string[]> {
  const problems: string[] = [];
  const info = (await doc.getMetadata()).info as { Title?: string; Language?: string };
  if (info.Title !== wanted.title) problems.push(`the title is “${info.Title ?? ''}”, not “${wanted.title}”`);
  if (info.Language !== wanted.lang) problems.push(`the language is “${info.Language ?? ''}”, not “${wanted.lang}”`);
  if (!(await doc.getMarkInfo())?.Marked) problems.push('the file is not tagged');
  const preferences = (await doc.getViewerPreferences()) as { DisplayDocTitle?: boolean } | null;
  if (!preferences?.DisplayDocTitle) problems.push('the window would show the file name, not the title');
  return problems;
}

/** What is wrong with a page, whatever stands on it. */
export function pageProblems(p: Read, paper: Paper): string[] {
  const problems: string[] = [];
  if (Math.abs(p.size.width - paper.width) > 1 || Math.abs(p.size.height - paper.height) > 1) problems.push(`it measures ${p.size.width.toFixed(1)} × ${p.size.height.toFixed(1)} pt, not ${paper.width.toFixed(1)} × ${paper.height.toFixed(1)}`);
  if (!p.text) problems.push('it is blank');
  for (const f of p.fonts) if (f.missingFile && !f.isType3Font) problems.push(`the font ${f.name ?? ''} is not embedded`);
  if (p.images.length) problems.push(`${p.images.length === 1 ? 'an image' : `${p.images.length} images`} where everything should be vectors`);
  for (const l of p.links) if (l.url && isLocal(l.url)) problems.push(`a link to this machine: ${l.url}`);
  return problems;
}

/** What a chart lacks that stands in this box of a page. */
export function chartProblems(c: Drawn, p: Read, box: Box, neutral: readonly string[]): string[] {
  const problems: string[] = [];
  const { id } = c.figure;
  const words = p.words.filter((w) => inside([w.x, w.y, w.x, w.y], box)).map((w) => w.text);
  const text = squash(words.join(''));
  const { labels, values, marks } = expected(c);
  const noLabel = labels.filter((l) => !text.includes(squash(l)));
  if (noLabel.length) problems.push(`the chart “${id}” lacks ${few(noLabel)}`);
  const noValue = missing(values, words);
  if (noValue.length) problems.push(`the chart “${id}” does not print ${few(noValue)}`);
  const count = p.marks.filter((m) => !neutral.includes(m.colour) && inside(m.box, box)).length;
  if (count < marks) problems.push(`the chart “${id}” shows ${count} marks for ${marks} values`);
  return problems;
}

/** What a PDF is, whoever made it; `words` are looked for in its text. */
export interface Inspected {
  pages: number;
  isTagged: boolean;
  /** Pages with a heading in their tags. */
  headings: number;
  outline: number;
  /** Pages with pixels on them. */
  rasterPages: number;
  found: number;
  links: number;
}

export const inspectPdf = (data: Uint8Array, words: readonly string[]): Promise<Inspected> =>
  withPdf(data, async (doc) => {
    const pages: Read[] = [];
    for (let i = 1; i <= doc.numPages; i++) pages.push(await readPage(doc, i)); // together they would wait for each other's fonts
    const text = pages.map((p) => p.text).join('');
    return {
      pages: pages.length,
      isTagged: Boolean((await doc.getMarkInfo())?.Marked),
      headings: pages.filter((p) => p.headings).length,
      outline: flat(((await doc.getOutline()) ?? []) as never).length,
      rasterPages: pages.filter((p) => p.images.length).length,
      found: words.filter((w) => text.includes(squash(w))).length,
      links: pages.reduce((n, p) => n + p.links.length, 0),
    };
  });

/** Everything wrong with the file, each with its page; an empty list is a good file. */
export async function checkPdf(data: Uint8Array, printed: Printed, paper: Paper, onPage: (page: number, of: number) => void = () => {}): Promise<string[]> {
  return withPdf(data, async (doc) => {
    const problems: string[] = [];
    const { sheets, appendix } = printed;
    const at = (i: number, why: string): void => void problems.push(`page ${i + 1}${sheets[i] ? ` (slide ${sheets[i].number})` : ''}: ${why}`);

    // the document
    const n = sheets.length;
    if (appendix ? doc.numPages <= n : doc.numPages !== n) problems.push(`the file has ${doc.numPages} pages; ${appendix ? `${n} slides and an appendix` : `${n} slides`} were printed`);
    problems.push(...(await documentProblems(doc, printed)));

    // where things lead
    const titles = [...sheets.map((s) => s.title), ...(appendix ? [appendix.title, ...appendix.items.map((i) => i.title)] : [])];
    const outline = flat(((await doc.getOutline()) ?? []) as never);
    const starts = await Promise.all(outline.map((o) => pageOf(doc, o.dest)));
    if (outline.length !== titles.length) problems.push(`the outline has ${outline.length} entries for ${titles.length} headings`);
    titles.forEach((t, i) => {
      if (!outline[i]) return;
      if (outline[i].title !== t) problems.push(`outline entry ${i + 1} is “${outline[i].title}”, not “${t}”`);
      if (starts[i] === -1 || (i < n && starts[i] !== i)) problems.push(`outline entry ${i + 1}, “${t}”, leads to ${starts[i] === -1 ? 'no page' : `page ${starts[i]! + 1}`}`);
    });
    const target = new Map<string, string>([...sheets.map((s) => [s.id, s.title] as const), ...(appendix?.items.map((i) => [i.id, i.title] as const) ?? [])]);

    const pages: Read[] = [];
    for (let i = 1; i <= doc.numPages; i++) {
      pages.push(await readPage(doc, i));
      onPage(i, doc.numPages);
    }
    const destinations = new Map<string, number>();
    for (const [i, p] of pages.entries()) {
      for (const why of pageProblems(p, paper)) at(i, why);
      const small = p.words.filter((w) => w.size < SMALLEST - 0.01);
      if (small.length) at(i, `text of ${Math.min(...small.map((w) => w.size)).toFixed(1)} pt, under ${SMALLEST}: ${few(small.map((w) => w.text))}`);
      for (const l of p.links) {
        if (l.url || !l.dest) continue;
        const name = JSON.stringify(l.dest);
        if (!destinations.has(name)) destinations.set(name, await pageOf(doc, l.dest));
        const to = destinations.get(name)!;
        const title = typeof l.dest === 'string' ? target.get(l.dest) : undefined;
        if (to < 0) at(i, `a link to ${name} leads nowhere`);
        else if (title && !pages[to]?.text.includes(squash(title))) at(i, `a link to ${name} leads to page ${to + 1}, where “${title}” does not stand`);
      }
    }
    const links = (i: number, wanted: string[], have: Link[]): void => {
      const [urls, dests] = [new Set(have.map((l) => l.url && new URL(l.url).href)), new Set(have.map((l) => l.dest))];
      const lost = wanted.filter((h) => (h.startsWith('#') ? !dests.has(h.slice(1)) : !urls.has(h)));
      if (lost.length) at(i, `lost links: ${few(lost)}`);
    };

    // the slides
    const k = paper.width / 1280;
    const top = paper.height - (paper.height - 720 * k) / 2;
    for (const [i, s] of sheets.entries()) {
      const p = pages[i];
      if (!p) continue;
      if (!p.text.includes(squash(s.title))) at(i, `its title is missing: “${s.title}”`);
      const number = p.words.find((w) => w.text.trim() === s.number && w.y < top - 640 * k && w.x > 1100 * k);
      if (!number) at(i, `its number is missing: ${s.number}`);
      else if (Math.abs(number.x + number.width - 1220 * k) > 2) at(i, `the slide does not fill the page: its number ends at ${(number.x + number.width).toFixed(1)} pt, not at ${(1220 * k).toFixed(1)}`);
      if (!p.headings) at(i, 'its title is not tagged as a heading');
      const lost = tokens(s.text).filter((w) => !p.text.includes(w));
      if (lost.length) at(i, `text is missing: ${few(lost)}`);
      links(i, s.links, p.links);
      const boxOf = (b: Drawn['box']): Box => [(b.x - 4) * k, top - (b.y + b.height + 4) * k, (b.x + b.width + 4) * k, top - (b.y - 4) * k];
      for (const c of s.charts) {
        for (const why of chartProblems(c, p, boxOf(c.box), printed.neutral)) at(i, why);
        if (!p.alts.some((a) => a.startsWith(c.figure.title))) at(i, `the chart “${c.figure.id}” has no words in its place`);
      }
    }

    // the appendix
    for (const [i, p] of pages.entries()) if (i >= n && !p.text.includes(`page${i + 1}of${doc.numPages}`)) at(i, 'its page number is missing or wrong');
    let [wantedMarks, marks] = [0, 0];
    for (const [j, item] of appendix?.items.entries() ?? []) {
      const from = starts[n + 1 + j] ?? -1;
      if (from < n) continue; // said above
      const own = pages.slice(from, from + 3);
      const text = own.map((p) => p.text).join('');
      if (!own[0]?.text.includes(squash(item.title))) at(from, `the entry's title is missing: “${item.title}”`);
      const lost = tokens(item.text).filter((w) => !text.includes(w));
      if (lost.length) at(from, `the entry “${item.title}” lacks ${few(lost)}`);
      const torn = item.rows.filter((r) => !text.includes(squash(r)));
      if (torn.length) at(from, `the table of “${item.title}” lacks ${few(torn)}`);
      links(from, item.links, own.flatMap((p) => p.links));
      for (const c of item.charts) {
        const e = expected(c);
        wantedMarks += e.marks;
        // once in the chart, once in its table
        const noValue = missing([...e.values, ...e.values], own.flatMap((p) => p.words.map((w) => w.text)));
        if (noValue.length) at(from, `the chart “${c.figure.id}” does not print ${few(noValue)}`);
        if (!own.some((p) => p.alts.some((a) => a.startsWith(c.figure.title)))) at(from, `the chart “${c.figure.id}” has no words in its place`);
      }
    }
    for (const p of pages.slice(n)) marks += p.marks.filter((m) => !printed.neutral.includes(m.colour)).length;
    if (marks < wantedMarks) problems.push(`the appendix shows ${marks} marks for ${wantedMarks} values`);
    return problems;
  });
}
