// What a picture is made of, and how it is written: equal neighbours drawn as one, what many have in
// common said once. A page of a hundred pictures is read by a phone.
import { escapeHtml } from '../html.ts';

export type Attributes = Record<string, string>;
interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** `place` is its own: geometry. `style` it may share with its neighbours. */
export interface Mark {
  tag: 'path' | 'text';
  place: Attributes;
  style: Attributes;
  text?: string;
  /** A path that is one rectangle; where a text begins. In the picture. */
  box?: Box;
  at?: [number, number];
}

/** The class of a text that is legible on lines: its halo covers them. */
export const HALO = 'halo';
const PAPER = 'var(--paper)';

const write = (a: Attributes): string => Object.entries(a).map(([k, v]) => ` ${k}="${escapeHtml(v)}"`).join('');
const isSame = (a: Attributes, b: Attributes): boolean => write(a) === write(b);
const isLine = ({ tag, style }: Mark): boolean => tag === 'path' && style.fill === 'none' && !style.opacity && !style['stroke-dasharray'];
const holds = ({ x, y, w, h }: Box, [px, py]: [number, number]): boolean => px >= x && px <= x + w && py >= y && py <= y + h;

/** A rectangle of paper under a text becomes the text's halo. */
function haloed(marks: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  for (let i = 0; i < marks.length; i++) {
    const { box, style } = marks[i]!;
    const isPlate = box && style.fill === PAPER && !style.stroke;
    let end = i + 1;
    while (isPlate && marks[end]?.at && holds(box, marks[end]!.at!)) end++;
    if (end === i + 1) out.push(marks[i]!);
    else out.push(...marks.slice(i + 1, end).map((m) => ({ ...m, style: { class: HALO, ...m.style } })));
    i = end - 1;
  }
  return out;
}

/** Lines of one look, drawn one after the other, are one path. */
function joined(marks: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  for (const m of marks) {
    const last = out.at(-1);
    if (last && isLine(m) && isLine(last) && isSame(last.style, m.style)) out[out.length - 1] = { ...last, place: { d: `${last.place.d!}${m.place.d!}` } };
    else out.push(m);
  }
  return out;
}

/** Runs of `marks` that agree in `of`. */
function runs(marks: readonly Mark[], of: (m: Mark) => string): Mark[][] {
  const out: Mark[][] = [];
  for (const m of marks) {
    if (out.length && of(out.at(-1)![0]!) === of(m)) out.at(-1)!.push(m);
    else out.push([m]);
  }
  return out;
}

const one = ({ tag, place, text }: Mark, style: Attributes): string => `<${tag}${write({ ...place, ...style })}${text === undefined ? '/>' : `>${escapeHtml(text)}</${tag}>`}`;

/** The marks in their order. */
export function writeMarks(marks: readonly Mark[]): string {
  return runs(joined(haloed(marks)), (m) => m.style['clip-path'] ?? '')
    .map((run) => {
      const clip = run[0]!.style['clip-path'];
      const inner = runs(run, (m) => write(m.style))
        .map((alike) => {
          const { 'clip-path': _, ...style } = alike[0]!.style;
          return alike.length > 1 && Object.keys(style).length ? `<g${write(style)}>${alike.map((m) => one(m, {})).join('')}</g>` : alike.map((m) => one(m, style)).join('');
        })
        .join('');
      return clip ? `<g clip-path="${clip}">${inner}</g>` : inner;
    })
    .join('');
}
