// The key above a chart: names series and lines that have no room to be named where they are.
import { formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { isLying } from './bars.ts';
import { seriesNames, seriesStyles } from './frame.ts';
import type { PanelOptions } from './panel.ts';
import type { Theme } from './theme.ts';

export interface KeyItem {
  name: string;
  /** A mark in a box of 20 × 20; none: a dotted line, for a reference. */
  mark?: { d: string; fill: string; stroke: string };
}

/** Nothing where the chart names its series and reference lines itself. */
export function keyItems(f: Figure, o: PanelOptions, t: Theme): KeyItem[] {
  const ends = o.view === 'lines' || o.view === 'slope';
  const upright = ends || (o.view === 'bars' && !isLying(f, o, t));
  const lines = upright && t.compact ? (f.reference ?? []) : [];
  const keyed = o.view === 'bars' || o.view === 'hbars' || o.view === 'dots' || (ends && t.narrow);
  const named = f.series.length > 1 && keyed ? seriesNames(f, o) : [];
  const look = seriesStyles(f, o, t);
  return [
    ...named.flatMap((name, i): KeyItem[] => {
      if (i >= f.series.length - (o.faint ?? 0)) return []; // drawn behind another that has the name
      const s = look[i]!;
      const isMark = o.view === 'dots' || ends;
      const fill = !isMark ? s.fill : s.open ? t.colour.paper : s.colour;
      return [{ name, mark: { d: isMark ? (SHAPE[s.point] ?? '') : 'M2 2H18V18H2Z', fill, stroke: s.colour } }];
    }),
    ...lines.map((r): KeyItem => ({ name: `${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}` })),
  ];
}

const NS = 'http://www.w3.org/2000/svg';
/** Fills `key`, and hides it where there is nothing to say. */
export function writeKey(key: HTMLElement, f: Figure, o: PanelOptions, t: Theme): void {
  const items = keyItems(f, o, t);
  key.hidden = !items.length;
  key.replaceChildren(
    ...items.map(({ name, mark }) => {
      const item = document.createElement('span');
      if (!mark) {
        item.className = 'reference';
        item.textContent = name;
        return item;
      }
      const svg = document.createElementNS(NS, 'svg');
      svg.setAttribute('viewBox', '0 0 20 20');
      svg.setAttribute('aria-hidden', 'true');
      const path = document.createElementNS(NS, 'path');
      for (const [k, v] of Object.entries(mark)) path.setAttribute(k, v);
      path.setAttribute('stroke-width', '2.5');
      svg.append(path);
      item.append(svg, name);
      return item;
    }),
  );
}

const SHAPE: Record<string, string> = {
  circle: 'M10 3a7 7 0 1 0 .01 0Z',
  rect: 'M4 4H16V16H4Z',
  triangle: 'M10 3L17 16H3Z',
  rectRot: 'M10 2L18 10L10 18L2 10Z',
  crossRot: 'M4 4L16 16M16 4L4 16',
  star: 'M10 2V18M2 10H18M4 4L16 16M16 4L4 16',
};
