// The grid: series down, categories across, each cell shaded by its value and printing it.
import type { ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { baseOptions, seriesNames } from './frame.ts';
import { wrap } from './labels.ts';
import { places, shownValues, type PanelOptions, valueText } from './panel.ts';
import { mix, type Theme } from './theme.ts';

/** Too many places for the width: they go down instead, and the series across. */
export const isTurned = (f: Figure, t: Theme): boolean => places(f).length > (t.narrow ? 4 : t.width < 1000 ? 7 : Infinity);

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const isDown = isTurned(f, t);
  const [x, series] = [o.short ?? places(f), seriesNames(f, o)];
  const [columns, rows] = isDown ? [series, x] : [x, series];
  const shown = shownValues(f, o, step);
  const all = f.series.flatMap((s) => s.values);
  const [least, most] = [Math.min(0, ...all), Math.max(...all)];
  const cells = series.flatMap((_, i) => x.map((_, j) => ({ x: isDown ? i : j, y: isDown ? j : i, v: shown[i]![j] ?? null })));
  const share = (v: number | null): number => (v === null ? 0 : (v - least) / (most - least || 1));
  // light enough that every number reads in ink
  const shades = cells.map((c) => mix(t.colour[o.ink?.[0] ?? 'plain'], t.colour.paper, 0.04 + 0.38 * share(c.v)));
  const base = baseOptions(t);
  const names = (labels: string[], width: number, position: string): object => ({
    type: 'linear',
    position,
    min: -0.5,
    max: labels.length - 0.5,
    offset: false,
    reverse: position === 'left',
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => void (axis.ticks = labels.map((_, value) => ({ value }))),
    ticks: { color: t.colour.ink, font: { size: t.size }, autoSkip: false, maxRotation: 60, minRotation: position === 'top' && t.narrow && labels.length > 3 ? 60 : 0, padding: 8, callback: (v: number) => (labels[v] === undefined ? '' : wrap(labels[v], width)) },
    grid: { display: false },
    border: { display: false },
  });
  return {
    type: 'matrix',
    data: {
      datasets: [
        {
          label: f.y.label,
          data: cells,
          backgroundColor: shades,
          hoverBackgroundColor: shades,
          width: ({ chart }: { chart: { chartArea?: { width: number } } }) => (chart.chartArea?.width ?? 0) / columns.length - 4,
          height: ({ chart }: { chart: { chartArea?: { height: number } } }) => (chart.chartArea?.height ?? 0) / rows.length - 4,
        },
      ],
    } as never,
    options: {
      ...base,
      scales: { x: names(columns, Math.max(7, Math.floor((t.width - (t.narrow ? 100 : 150)) / columns.length / (t.size * 0.62))), 'top'), y: names(rows, t.narrow ? 12 : 26, 'left') } as never,
      plugins: {
        ...base.plugins,
        annotation: {},
        datalabels: { display: true, formatter: (c: { v: number | null }) => (c.v === null ? '' : valueText(f, c.v)), color: () => t.colour.ink, font: { family: t.font, size: t.size, weight: 600 } },
      },
    } as never,
  } as ChartConfiguration;
}
