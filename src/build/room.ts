// About how high a part of the article will be: the room that is kept for it until it is near and laid
// out. Too little, and what follows would lie over its end; so rather too much.
import type { Part } from './directives.ts';
import { FRAMES } from './still.ts';
import { heightOf } from './svg/chart.ts';
import { isChart } from '../panels/draw.ts';
import { places } from '../panels/panel.ts';

/** A column's measures: characters in a line of text, of a headline and of small print; heights of a line in px. */
const COLUMNS = {
  wide: { text: 68, line: 31, head: 40, small: 74, row: 46, cells: 90 },
  narrow: { text: 41, line: 28.5, head: 28, small: 44, row: 62, cells: 34 },
} as const;
export type Column = keyof typeof COLUMNS;

const plain = (html: string): string => html.replace(/<[^>]+>/g, '').replace(/&#?\w+;/g, '’');
const lines = (html: string, perLine: number): number => Math.ceil(plain(html).length / perLine);
const count = (html: string, what: RegExp): number => (html.match(what) ?? []).length;

function roomOnStage({ html, isProjected, panel }: Part, name: Column): number {
  if (isProjected) return 0;
  const c = COLUMNS[name];
  if (panel) {
    const { figure, options, caption } = panel;
    if (options.view === 'live') return name === 'wide' ? 1100 : 1900;
    const head = 30 + lines(caption ?? figure.title, c.small) * 24;
    if (isChart(options.view)) return head + heightOf(figure, options, FRAMES.find((f) => f.name === name)!) + (figure.series.length > 1 ? Math.ceil(figure.series.length / (name === 'wide' ? 4 : 2)) * 30 : 0);
    if (options.view === 'text') return head + (figure.quantities?.length ? 120 : 0) * (name === 'wide' ? 1 : 2) + lines(figure.finding, c.text) * c.line;
    return head + (1 + Math.max(places(figure).length, figure.series.length)) * c.row * (figure.series.length > 3 && figure.series[0]!.low ? 2.2 : 1);
  }
  if (html.includes('<svg')) return name === 'wide' ? 430 : 330;
  if (html.includes('<pre')) return 90 + count(html, /\n/g) * 21;
  return 40 + Math.max(lines(html, c.cells) * 30, count(html, /<tr|<li|<dt/g) * c.row);
}

/** In px. `prose` may be HTML; `sources` are how many stand under the part. */
export function roomOf(part: { headline: string; prose: string; so: string; but: string; stage: readonly Part[]; sources: number }, name: Column): number {
  const c = COLUMNS[name];
  const stage = part.stage.reduce((sum, p) => sum + roomOnStage(p, name) + 22, 0);
  const text = (lines(part.prose, c.text) + 2) * c.line;
  const small = lines(part.so, c.small - 8) * 28 + lines(part.but, c.small) * 25 + Math.ceil(part.sources / (name === 'wide' ? 2 : 1)) * 34;
  return Math.ceil((54 + lines(part.headline, c.head) * 36 + text + 48 + stage + small + 120) / 50) * 50;
}
