// Reopens a PDF of the deck and says what is wrong with it, page by page. What must stand there is
// worked out from the data of each figure, not from the code that draws it.
import { getDocument, OPS } from 'unpdf/pdfjs';
import type { Drawn, Printed } from '../deck/print.ts';
import { places, valueText } from '../panels/panel.ts';

/** Page size in points. */
export interface Paper {
  width: number;
  height: number;
}

/** Nothing in the file is smaller, in points. */
export const SMALLEST = 9;

type Doc = Awaited<ReturnType<typeof getDocument>['promise']>;
type Matrix = [number, number, number, number, number, number];
type Box = [x0: number, y0: number, x1: number, y1: number];
interface Word {
  text: string;
  x: number;
  y: number;
  width: number;
  size: number;
}
interface Mark {
  colour: string;
  box: Box;
}
interface Link {
  url?: string | undefined;
  dest?: unknown;
}
interface Font {
  name?: string;
  missingFile?: boolean;
  isType3Font?: boolean;
}
interface Read {
  words: Word[];
  /** All its text without white space, for what may be broken over lines. */
  text: string;
  marks: Mark[];
  images: Box[];
  links: Link[];
  fonts: Font[];
  size: Paper;
  headings: number;
  /** What stands in for the pictures when read aloud. */
  alts: string[];
}

const squash = (s: string): string => s.normalize('NFKC').replace(/[\s\u00ad\u200b]+/g, '');

const times = (a: Matrix, b: Matrix): Matrix => [
  a[0] * b[0] + a[2] * b[1],
  a[1] * b[0] + a[3] * b[1],
  a[0] * b[2] + a[2] * b[3],
  a[1] * b[2] + a[3] * b[3],
  a[0] * b[4] + a[2] * b[5] + a[4],
  a[1] * b[4] + a[3] * b[5] + a[5],
];
function placed([x0, y0, x1, y1]: Box, m: Matrix): Box {
  const corners = [[x0, y0], [x1, y0], [x0, y1], [x1, y1]].map(([x, y]) => [m[0] * x! + m[2] * y! + m[4], m[1] * x! + m[3] * y! + m[5]] as const);
  const [xs, ys] = [corners.map((c) => c[0]), corners.map((c) => c[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
/** Whether the middle of `b` is in `box`. */
const inside = (b: Box, box: Box): boolean => {
  const [x, y] = [(b[0] + b[2]) / 2, (b[1] + b[3]) / 2];
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
};

const IMAGES = new Set<number>([OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintInlineImageXObjectGroup, OPS.paintImageXObjectRepeat, OPS.paintImageMaskXObject, OPS.paintImageMaskXObjectGroup, OPS.paintImageMaskXObjectRepeat, OPS.paintSolidColorImageMask]);
const FILLS = new Set<number>([OPS.fill, OPS.eoFill]);

/** Every painted path and image of a page, where it stands and in which colour. */
function painted(fn: number[], args: unknown[][]): { marks: Mark[]; images: Box[]; fonts: Set<string> } {
  const marks: Mark[] = [];
  const images: Box[] = [];
  const fonts = new Set<string>();
  let now = { m: [1, 0, 0, 1, 0, 0] as Matrix, fill: '#000000', stroke: '#000000' };
  const stack: (typeof now)[] = [];
  fn.forEach((op, i) => {
    const a = args[i] ?? [];
    if (op === OPS.save) stack.push({ ...now });
    else if (op === OPS.restore || op === OPS.paintFormXObjectEnd) now = stack.pop() ?? now;
    else if (op === OPS.transform) now.m = times(now.m, a as never);
    else if (op === OPS.paintFormXObjectBegin) {
      stack.push({ ...now });
      if (a[0]) now.m = times(now.m, [...(a[0] as Float32Array)] as Matrix);
    } else if (op === OPS.setFillRGBColor) now.fill = String(a[0]);
    else if (op === OPS.setStrokeRGBColor) now.stroke = String(a[0]);
    else if (op === OPS.setFont) fonts.add(String(a[0]));
    else if (op === OPS.constructPath && a[0] !== OPS.endPath && a[2]) marks.push({ colour: FILLS.has(a[0] as number) ? now.fill : now.stroke, box: placed([...(a[2] as Float32Array)] as Box, now.m) });
    else if (IMAGES.has(op)) images.push(placed([0, 0, 1, 1], now.m));
  });
  return { marks, images, fonts };
}

interface Node {
  role?: string;
  alt?: string;
  children?: Node[];
}
const nodes = (n: Node | null): Node[] => (n ? [n, ...(n.children ?? []).flatMap(nodes)] : []);

async function readPage(doc: Doc, number: number): Promise<Read> {
  const page = await doc.getPage(number);
  const [ops, content, annotations, tree] = await Promise.all([page.getOperatorList(), page.getTextContent(), page.getAnnotations(), page.getStructTree()]);
  const words: Word[] = [];
  for (const i of content.items) {
    if (!('str' in i) || !i.str.trim()) continue;
    const [, , c, d, x, y] = i.transform as Matrix;
    const last = words.at(-1);
    // a sign from another font file stands apart
    if (last && Math.abs(last.y - y) < 0.5 && Math.abs(last.x + last.width - x) < 1) {
      last.text += i.str;
      last.width += i.width;
    } else words.push({ text: i.str, x, y, width: i.width, size: Math.hypot(c, d) });
  }
  const { marks, images, fonts } = painted(ops.fnArray, ops.argsArray as unknown[][]);
  const tags = nodes(tree as Node | null);
  const [x0, y0, x1, y1] = page.view as Box;
  const read = {
    words,
    text: squash(words.map((w) => w.text).join('')),
    marks,
    images,
    links: annotations.filter((a) => a.subtype === 'Link').map((a): Link => ({ url: a.unsafeUrl ?? a.url, dest: a.dest })),
    fonts: await Promise.all([...fonts].map((id) => new Promise<Font>((done) => page.commonObjs.get(id, done)))),
    size: { width: x1 - x0, height: y1 - y0 },
    headings: tags.filter((t) => /^H[1-6]?$/.test(t.role ?? '')).length,
    alts: tags.flatMap((t) => (t.role === 'Figure' && t.alt ? [t.alt] : [])),
  };
  page.cleanup();
  return read;
}

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

/** Words and numbers, without the punctuation that may stand apart from them. */
const tokens = (s: string): string[] => s.normalize('NFKC').match(/[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu) ?? [];

/** Those of `wanted` that are not there as often as they are wanted. */
function missing(wanted: string[], words: string[]): string[] {
  const stock = new Map<string, number>();
  for (const w of words.flatMap((t) => t.normalize('NFKC').split(/\s+/))) stock.set(w, (stock.get(w) ?? 0) + 1);
  return wanted.filter((w) => {
    const key = w.normalize('NFKC');
    const left = stock.get(key) ?? 0;
    stock.set(key, left - 1);
    return left < 1;
  });
}

const few = (list: string[]): string => [...new Set(list)].slice(0, 4).map((t) => `“${t}”`).join(', ') + (new Set(list).size > 4 ? ` and ${new Set(list).size - 4} more` : '');
const isLocal = (url: string): boolean => /^(file:|https?:\/\/(localhost|127\.|\[::1\]|0\.0\.0\.0))/.test(url);
const flat = (items: { title: string; dest: unknown; items: unknown[] }[]): { title: string; dest: unknown }[] => items.flatMap((i) => [i, ...flat(i.items as typeof items)]);

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

export async function inspectPdf(data: Uint8Array, words: readonly string[]): Promise<Inspected> {
  const task = getDocument({ data: new Uint8Array(data), verbosity: 0 });
  const doc = await task.promise;
  try {
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
  } finally {
    await task.destroy();
  }
}

/** Everything wrong with the file, each with its page; an empty list is a good file. */
export async function checkPdf(data: Uint8Array, printed: Printed, paper: Paper, onPage: (page: number, of: number) => void = () => {}): Promise<string[]> {
  const problems: string[] = [];
  const task = getDocument({ data: new Uint8Array(data), verbosity: 0 });
  const doc = await task.promise;
  try {
    const { sheets, appendix } = printed;
    const at = (i: number, why: string): void => void problems.push(`page ${i + 1}${sheets[i] ? ` (slide ${sheets[i].number})` : ''}: ${why}`);

    // the document
    const n = sheets.length;
    if (appendix ? doc.numPages <= n : doc.numPages !== n) problems.push(`the file has ${doc.numPages} pages; ${appendix ? `${n} slides and an appendix` : `${n} slides`} were printed`);
    const info = (await doc.getMetadata()).info as { Title?: string; Language?: string };
    if (info.Title !== printed.title) problems.push(`the title is “${info.Title ?? ''}”, not “${printed.title}”`);
    if (info.Language !== printed.lang) problems.push(`the language is “${info.Language ?? ''}”, not “${printed.lang}”`);
    if (!(await doc.getMarkInfo())?.Marked) problems.push('the file is not tagged');
    const preferences = (await doc.getViewerPreferences()) as { DisplayDocTitle?: boolean } | null;
    if (!preferences?.DisplayDocTitle) problems.push('the window would show the file name, not the title');

    // where things lead
    const pageOf = async (dest: unknown): Promise<number> => {
      const to = (typeof dest === 'string' ? await doc.getDestination(dest) : dest) as unknown[] | null;
      return to?.[0] && typeof to[0] === 'object' ? doc.getPageIndex(to[0] as never).catch(() => -1) : -1;
    };
    const titles = [...sheets.map((s) => s.title), ...(appendix ? [appendix.title, ...appendix.items.map((i) => i.title)] : [])];
    const outline = flat(((await doc.getOutline()) ?? []) as never);
    const starts = await Promise.all(outline.map((o) => pageOf(o.dest)));
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
      if (Math.abs(p.size.width - paper.width) > 1 || Math.abs(p.size.height - paper.height) > 1) at(i, `it measures ${p.size.width.toFixed(1)} × ${p.size.height.toFixed(1)} pt, not ${paper.width.toFixed(1)} × ${paper.height.toFixed(1)}`);
      if (!p.text) at(i, 'it is blank');
      for (const f of p.fonts) if (f.missingFile && !f.isType3Font) at(i, `the font ${f.name ?? ''} is not embedded`);
      if (p.images.length) at(i, `${p.images.length === 1 ? 'an image' : `${p.images.length} images`} where everything should be vectors`);
      const small = p.words.filter((w) => w.size < SMALLEST - 0.01);
      if (small.length) at(i, `text of ${Math.min(...small.map((w) => w.size)).toFixed(1)} pt, under ${SMALLEST}: ${few(small.map((w) => w.text))}`);
      for (const l of p.links) {
        if (l.url && isLocal(l.url)) at(i, `a link to this machine: ${l.url}`);
        if (l.url || !l.dest) continue;
        const name = JSON.stringify(l.dest);
        if (!destinations.has(name)) destinations.set(name, await pageOf(l.dest));
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
      for (const c of s.charts) {
        const { id, title } = c.figure;
        const box: Box = [(c.box.x - 4) * k, top - (c.box.y + c.box.height + 4) * k, (c.box.x + c.box.width + 4) * k, top - (c.box.y - 4) * k];
        const words = p.words.filter((w) => inside([w.x, w.y, w.x, w.y], box)).map((w) => w.text);
        const text = squash(words.join(''));
        const { labels, values, marks } = expected(c);
        const noLabel = labels.filter((l) => !text.includes(squash(l)));
        if (noLabel.length) at(i, `the chart “${id}” lacks ${few(noLabel)}`);
        const noValue = missing(values, words);
        if (noValue.length) at(i, `the chart “${id}” does not print ${few(noValue)}`);
        const count = p.marks.filter((m) => !printed.neutral.includes(m.colour) && inside(m.box, box)).length;
        if (count < marks) at(i, `the chart “${id}” shows ${count} marks for ${marks} values`);
        if (!p.alts.some((a) => a.startsWith(title))) at(i, `the chart “${id}” has no words in its place`);
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
  } finally {
    await task.destroy();
  }
  return problems;
}
