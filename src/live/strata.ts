// The model as layers, drawn from one reply: how much of the true name each block reads among the
// names (what it holds), and among all words (what it would say). Knows no session; the picture is
// plain data, so that the build can write it too.
import type { LiveRecord } from '../results.ts';
import type { Told } from './protocol.ts';
import { nameToken } from './words.ts';

const [WIDTH, LEFT, ROW, TOP] = [304, 74, 58, 52];
const FULL = WIDTH - LEFT - 12;

export interface Shape {
  name: 'text' | 'rect' | 'path';
  attributes: Record<string, string | number>;
  text: string;
}

/** Block 1 at the bottom. `told` is undefined while nothing is known. */
export function pictureOf(told: Told | undefined, vocabulary: LiveRecord['vocabulary'], blocks: number): { viewBox: string; label: string; shapes: Shape[] } {
  const bottom = TOP + blocks * ROW;
  const shapes: Shape[] = [];
  const put = (name: Shape['name'], attributes: Shape['attributes'], text = ''): void => void shapes.push({ name, attributes, text });
  const own = told?.replies.contaminated.layers;
  const twin = told?.replies.never.layers;
  const px = (p: number): number => LEFT + Math.round(p * FULL * 10) / 10;
  const y = (i: number): number => TOP + (blocks - 1 - i) * ROW;
  const outline = (values: number[]): string => values.map((v, i) => `${i ? 'L' : 'M'}${px(v)} ${y(i) + ROW}L${px(v)} ${y(i)}`).join('');
  for (let i = 0; i < blocks; i++) {
    put('text', { class: 'year', x: LEFT - 10, y: y(i) + ROW / 2 + 6 }, `block ${i + 1}`);
    put('rect', { class: 'ghost', x: LEFT, y: y(i), width: FULL, height: ROW - 2 });
    const layer = own?.[i];
    if (!layer || !told) continue;
    const isName = told.era !== 'beyond';
    if (isName) put('rect', { class: 'layer', x: LEFT, y: y(i), width: px(layer.truthAmongNames) - LEFT, height: ROW - 2 });
  }
  if (own && twin && told.era !== 'beyond') {
    put('path', { class: 'control', d: outline(twin.map((l) => l.truthAmongNames)) });
    put('path', { class: 'surface', d: outline(own.map((l) => l.truth)) });
  }
  own?.forEach((layer, i) => {
    const name = (token: number): string => `${nameToken(vocabulary, token)}${token === told!.truth ? ' ✓' : ''}`;
    const lines = [`says ${name(layer.token)}`, `best: ${name(layer.name)}`];
    lines.forEach((line, n) => put('text', { class: `reads ${n ? 'hold' : 'say'}`, x: LEFT + 12, y: y(i) + 24 + n * 22 }, line));
  });
  put('path', { class: 'axis', d: `M${LEFT} ${bottom + 2}H${WIDTH - 12}` });
  for (const share of [0, 0.5, 1]) put('text', { class: 'tick', x: px(share), y: bottom + 22, 'text-anchor': share === 1 ? 'end' : 'middle' }, String(share * 100));
  put('text', { class: 'tick', x: (LEFT + WIDTH - 12) / 2, y: bottom + 43, 'text-anchor': 'middle' }, 'true name’s probability (%)');
  put('text', { class: 'tag hold', x: 0, y: 19 }, 'area: if it must give a name');
  put('text', { class: 'tag say', x: 0, y: 42 }, 'line: as it stands');
  put('text', { class: 'tag never', x: WIDTH, y: 42, 'text-anchor': 'end' }, 'dashed: its twin');
  const label = own ? `What each block reads of this question. ${own.map((l, i) => `Block ${i + 1}: says ${nameToken(vocabulary, l.token)}; among the names the true one has ${Math.round(l.truthAmongNames * 100)}%.`).join(' ')}` : 'What each block reads: not known yet.';
  return { viewBox: `0 0 ${WIDTH} ${bottom + 50}`, label, shapes };
}

export function drawStrata(told: Told | undefined, vocabulary: LiveRecord['vocabulary'], blocks: number): SVGSVGElement {
  const { viewBox, label, shapes } = pictureOf(told, vocabulary, blocks);
  const make = (name: string, attributes: Record<string, string | number>, text = ''): SVGElement => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, String(v));
    e.textContent = text;
    return e;
  };
  const svg = make('svg', { viewBox, role: 'img', 'aria-label': label }) as SVGSVGElement;
  svg.append(...shapes.map((s) => make(s.name, s.attributes, s.text)));
  return svg;
}
