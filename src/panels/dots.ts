// Dots: one row a category, one mark a series, with its interval where the data have one.
// Rows are slots on a linear axis, so that marks of one row can stand a little apart.
import type { ChartConfiguration } from 'chart.js';
import { formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, references, seriesNames, seriesStyles, styles, valueAxis } from './frame.ts';
import { wrap } from './labels.ts';
import { places, shownValues, type PanelOptions } from './panel.ts';
import type { Theme } from './theme.ts';

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const rows = o.short ?? places(f);
  const shown = shownValues(f, o, step);
  const look = seriesStyles(f, o, t);
  const byPlace = o.inkX ? styles(o.inkX, t) : undefined;
  const n = f.series.length;
  const few = n <= 3;
  const gap = Math.min(0.24, 0.66 / n);
  const row = (i: number, j: number): number => j + (i - (n - 1) / 2) * gap;
  const intervals = f.series.some((s) => s.low);
  const base = baseOptions(t);
  return {
    type: intervals ? 'scatterWithErrorBars' : 'scatter',
    data: {
      datasets: f.series.map((s, i) => {
        const at = (j: number) => byPlace?.[j] ?? look[i]!;
        return {
          label: seriesNames(f, o)[i],
          data: s.values.map((_, j) => ({ x: shown[i]![j] ?? NaN, y: row(i, j), ...(s.low && { xMin: s.low[j], xMax: s.high?.[j] }) })),
          pointStyle: s.values.map((_, j) => at(j).point),
          pointRadius: few ? 9 : 8,
          pointHoverRadius: 11,
          pointBorderWidth: 2.5,
          pointBorderColor: s.values.map((_, j) => at(j).colour),
          pointBackgroundColor: s.values.map((_, j) => (at(j).open ? t.colour.paper : at(j).colour)),
          borderColor: look[i]!.colour,
          errorBarColor: look[i]!.colour,
          errorBarWhiskerColor: look[i]!.colour,
          errorBarLineWidth: 2,
          errorBarWhiskerSize: 8,
          clip: false,
        };
      }) as never,
    },
    options: {
      ...base,
      scales: {
        x: { ...valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit), f.y.unit !== 'year'), position: 'bottom' },
        y: {
          type: 'linear',
          reverse: true,
          min: -0.6,
          max: rows.length - 0.4,
          afterBuildTicks: (axis: { ticks: { value: number }[] }) => void (axis.ticks = rows.map((_, value) => ({ value }))),
          ticks: { color: t.colour.ink, font: { size: t.size }, autoSkip: false, padding: 10, callback: (v: number) => (rows[v] === undefined ? '' : wrap(rows[v], t.narrow ? 14 : 26)) },
          grid: { color: t.colour.rule, drawTicks: false },
          border: { display: false },
        },
      } as never,
      plugins: {
        ...base.plugins,
        annotation: { annotations: references(f, t, 'x') },
        datalabels: {
          display: (c: { datasetIndex: number; dataIndex: number }) => few && shown[c.datasetIndex]?.[c.dataIndex] != null,
          formatter: (_: unknown, c: { datasetIndex: number; dataIndex: number }) => formatValue(f.series[c.datasetIndex]!.values[c.dataIndex]!, f.y.unit, f.approximate),
          align: intervals ? 'top' : 'right',
          offset: intervals ? 2 : 8,
          color: t.colour.ink,
          font: { family: t.font, size: t.narrow ? t.size - 1 : 18, weight: 600 },
        },
      },
    } as never,
  };
}
