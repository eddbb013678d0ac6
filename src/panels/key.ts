// The key above a chart: names series and lines that have no room to be named where they are.
import { formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { isLying } from './bars.ts';
import { seriesNames, seriesStyles } from './frame.ts';
import type { PanelOptions } from './panel.ts';
import type { Theme } from './theme.ts';

/** Fills `key`, and hides it where the chart names its series and reference lines itself. */
export function writeKey(key: HTMLElement, f: Figure, o: PanelOptions, t: Theme): void {
  const ends = o.view === 'lines' || o.view === 'slope';
  const upright = ends || (o.view === 'bars' && !isLying(f, o, t));
  const lines = upright && t.compact ? (f.reference ?? []) : [];
  const keyed = o.view === 'bars' || o.view === 'hbars' || o.view === 'dots' || (ends && t.narrow);
  const named = f.series.length > 1 && keyed ? seriesNames(f, o) : [];
  key.hidden = !named.length && !lines.length;
  const look = seriesStyles(f, o, t);
  key.replaceChildren(
    ...named.flatMap((name, i) => {
      if (!name) return []; // drawn behind another that has the name
      const s = look[i]!;
      const item = document.createElement('span');
      const mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      mark.setAttribute('viewBox', '0 0 20 20');
      mark.setAttribute('aria-hidden', 'true');
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', o.view === 'dots' || ends ? (SHAPE[s.point] ?? '') : 'M2 2H18V18H2Z');
      path.setAttribute('fill', o.view !== 'dots' && !ends ? s.fill : s.open ? t.colour.paper : s.colour);
      path.setAttribute('stroke', s.colour);
      path.setAttribute('stroke-width', '2.5');
      mark.append(path);
      item.append(mark, name);
      return item;
    }),
    ...lines.map((r) => {
      const item = document.createElement('span');
      item.className = 'reference';
      item.textContent = `${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}`;
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
