// Slopes: two states joined by a line. Two categories: a line a series; two series: a line a
// category. Both ends carry their value.
import type { ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, marks, references, seriesNames, seriesStyles, styles, valueAxis } from './frame.ts';
import { widest, wrap, type EndLabel } from './labels.ts';
import { places, shownValues, type PanelOptions, valueText } from './panel.ts';
import type { Theme } from './theme.ts';

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const shown = shownValues(f, o, step);
  const across = places(f).length !== 2 && f.series.length === 2; // lines run between the two series
  const ends = across ? seriesNames(f, o) : (o.short ?? places(f));
  const names = across ? (o.short ?? places(f)) : seriesNames(f, o);
  const look = across ? styles(o.inkX ?? names.map(() => 'plain' as const), t) : seriesStyles(f, o, t);
  const lines = names.map((_, i) => (across ? [shown[0]![i]!, shown[1]![i]!] : [shown[i]![0]!, shown[i]![1]!]));
  const text = (v: number | null): string => (v === null ? '' : valueText(f, v));
  const labels: EndLabel[] = lines.flatMap(([from, to], i) => [
    ...(from != null && lines.findIndex((l) => l[0] === from) === i ? [{ dataset: i, index: 0, text: text(from), colour: lines.filter((l) => l[0] === from).length > 1 ? t.colour.ink : look[i]!.colour, side: 'left' as const }] : []),
    ...(to != null ? [{ dataset: i, index: 1, text: names.length > 1 && !t.narrow ? `${text(to)}  ${names[i]}` : text(to), colour: look[i]!.colour, side: 'right' as const }] : []),
  ]);
  const named = marks(f, t, 'y');
  const right = widest(labels.filter((l) => l.side === 'right').map((l) => l.text), t.size, t.font);
  const base = baseOptions(t);
  return {
    type: 'line',
    data: {
      labels: ends.map((n) => wrap(n, t.narrow ? 10 : t.width < 1000 ? 15 : 40)),
      datasets: lines.map((data, i) => ({
        label: names[i],
        data,
        borderColor: look[i]!.colour,
        borderWidth: 3.5,
        borderDash: look[i]!.dash,
        pointStyle: look[i]!.point,
        pointRadius: 8,
        pointHoverRadius: 11,
        pointBorderWidth: 2.5,
        pointBackgroundColor: look[i]!.open ? t.colour.paper : look[i]!.colour,
        clip: false,
      })),
    },
    options: {
      ...base,
      layout: { padding: { top: 12, right: Math.min(right + 30, t.narrow ? 170 : 460), left: 8 } },
      scales: {
        x: { offset: false, grid: { color: t.colour.rule }, border: { display: false }, ticks: { color: t.colour.ink, font: { size: t.size }, maxRotation: 0, autoSkip: false, padding: 8, align: 'inner' } },
        y: { ...valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit)), afterFit: (axis: { width: number }) => void (axis.width += widest(labels.filter((l) => l.side === 'left').map((l) => l.text), t.size, t.font) + 18) },
      } as never,
      plugins: { ...base.plugins, annotation: { annotations: references(f, t, 'y') }, datalabels: { display: false }, endLabels: { labels, marks: named } },
    } as never,
  };
}
