// What a PDF holds, page by page: words and their sizes, painted marks, images, links, fonts, and what
// is read aloud. Knows neither the deck nor the handout.
import { getDocument, OPS } from 'unpdf/pdfjs';

/** Page size in points. */
export interface Paper {
  width: number;
  height: number;
}

export type Doc = Awaited<ReturnType<typeof getDocument>['promise']>;
type Matrix = [number, number, number, number, number, number];
export type Box = [x0: number, y0: number, x1: number, y1: number];
export interface Word {
  text: string;
  x: number;
  y: number;
  width: number;
  size: number;
}
export interface Mark {
  colour: string;
  box: Box;
}
export interface Link {
  url?: string | undefined;
  dest?: unknown;
}
export interface Font {
  name?: string;
  missingFile?: boolean;
  isType3Font?: boolean;
}
export interface Read {
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
  /** What is read aloud, in its order: headings, pictures and heads of tables whole, other text piece by piece. */
  spoken: Spoken[];
  /** Words that are neither tagged nor marked as an artifact. */
  loose: string[];
}
export interface Spoken {
  role: string;
  text: string;
  alt?: string | undefined;
}

/** A text without white space, for what may be broken over lines. */
export const squash = (s: string): string => s.normalize('NFKC').replace(/[\s\u00ad\u200b]+/g, '');

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
export const inside = (b: Box, box: Box): boolean => {
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
  /** Of a piece of the page's own content. */
  type?: string;
  id?: string;
}
const nodes = (n: Node | null): Node[] => (n ? [n, ...(n.children ?? []).flatMap(nodes)] : []);

function spokenOf(n: Node, pieces: ReadonlyMap<string, string>): Spoken[] {
  if (n.type === 'content') return [{ role: '', text: pieces.get(n.id!) ?? '' }];
  const inner = (n.children ?? []).flatMap((c) => spokenOf(c, pieces));
  return /^(H[1-6]?|Figure|TH)$/.test(n.role ?? '') ? [{ role: n.role!, text: inner.map((s) => s.text).join('').trim(), alt: n.alt }] : inner;
}

export async function readPage(doc: Doc, number: number): Promise<Read> {
  const page = await doc.getPage(number);
  const [ops, content, annotations, tree] = await Promise.all([page.getOperatorList(), page.getTextContent({ includeMarkedContent: true }), page.getAnnotations(), page.getStructTree()]);
  const words: Word[] = [];
  const pieces = new Map<string, string>();
  const open: (string | undefined)[] = [];
  const loose: string[] = [];
  for (const i of content.items) {
    if (!('str' in i)) {
      if (i.type === 'endMarkedContent') open.pop();
      else open.push(i.id);
      continue;
    }
    const piece = open.at(-1);
    if (piece) pieces.set(piece, (pieces.get(piece) ?? '') + i.str + (i.hasEOL ? '\n' : ''));
    if (!i.str.trim()) continue;
    if (!open.length) loose.push(i.str);
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
    spoken: tree ? spokenOf(tree as Node, pieces) : [],
    loose,
  };
  page.cleanup();
  return read;
}

/** The page, from 0, to which a destination leads; -1 for none. */
export async function pageOf(doc: Doc, dest: unknown): Promise<number> {
  const to = (typeof dest === 'string' ? await doc.getDestination(dest) : dest) as unknown[] | null;
  return to?.[0] && typeof to[0] === 'object' ? doc.getPageIndex(to[0] as never).catch(() => -1) : -1;
}

/** Opens a file for as long as `use` takes. */
export async function withPdf<T>(data: Uint8Array, use: (doc: Doc) => Promise<T>): Promise<T> {
  const task = getDocument({ data: new Uint8Array(data), verbosity: 0 });
  try {
    return await use(await task.promise);
  } finally {
    await task.destroy();
  }
}

/** Words and numbers, without the punctuation that may stand apart from them. */
export const tokens = (s: string): string[] => s.normalize('NFKC').match(/[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu) ?? [];

/** Those of `wanted` that are not there as often as they are wanted. */
export function missing(wanted: string[], words: string[]): string[] {
  const stock = new Map<string, number>();
  for (const w of words.flatMap((t) => t.normalize('NFKC').split(/\s+/))) stock.set(w, (stock.get(w) ?? 0) + 1);
  return wanted.filter((w) => {
    const key = w.normalize('NFKC');
    const left = stock.get(key) ?? 0;
    stock.set(key, left - 1);
    return left < 1;
  });
}

export const few = (list: string[]): string => [...new Set(list)].slice(0, 4).map((t) => `“${t}”`).join(', ') + (new Set(list).size > 4 ? ` and ${new Set(list).size - 4} more` : '');
export const isLocal = (url: string): boolean => /^(file:|https?:\/\/(localhost|127\.|\[::1\]|0\.0\.0\.0))/.test(url);
export const flat = (items: { title: string; dest: unknown; items: unknown[] }[]): { title: string; dest: unknown }[] => items.flatMap((i) => [i, ...flat(i.items as typeof items)]);
