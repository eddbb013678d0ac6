// Dots: one row a category, one mark a series, with its interval where the data have one.
// Rows are slots on a linear axis, so that marks of one row can stand a little apart.
import type { Chart, ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, margin, marks, references, seriesNames, seriesStyles, styles, valueAxis } from './frame.ts';
import { wrap } from './labels.ts';
import { places, shownValues, type PanelOptions, valueText } from './panel.ts';
import type { Theme } from './theme.ts';

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const rows = o.short ?? places(f);
  const shown = shownValues(f, o, step);
  const look = seriesStyles(f, o, t);
  const byPlace = o.inkX ? styles(o.inkX, t, true) : undefined;
  const n = f.series.length;
  const few = n <= 3 && n * rows.length <= 24 && !(t.narrow && n > 1);
  const gap = few ? 0.94 / (n + 0.4) : 0.66 / n; // a few marks stand apart by a line of text, so each has its value beside it
  const row = (i: number, j: number): number => j + (i - (n - 1) / 2) * gap;
  const intervals = f.series.some((s) => s.low);
  const named = marks(f, t, 'x');
  const base = baseOptions(t);
  return {
    type: intervals ? 'scatterWithErrorBars' : 'scatter',
    data: {
      datasets: f.series.map((s, i) => {
        const at = (j: number) => byPlace?.[j] ?? look[i]!;
        return {
          label: seriesNames(f, o)[i],
          data: s.values.map((v, j) => (shown[i]![j] === null ? { x: NaN, y: row(i, j) } : { x: v, y: row(i, j), ...(s.low && { xMin: s.low[j], xMax: s.high?.[j] }) })),
          // the element with intervals has names of its own for the same things
          ...(intervals && { radius: 8, hoverRadius: 11, borderWidth: 2.5, backgroundColor: look[i]!.open ? t.colour.paper : look[i]!.colour }),
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
      layout: { padding: { top: margin(named, t).top, right: few ? 80 : 24 } },
      scales: {
        x: { ...valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit), 'x'), position: 'bottom' },
        y: {
          type: 'linear',
          reverse: true,
          min: -0.6,
          max: rows.length - 0.4,
          afterBuildTicks: (axis: { ticks: { value: number }[] }) => void (axis.ticks = rows.map((_, value) => ({ value }))),
          ticks: { color: t.colour.ink, font: { size: t.size }, autoSkip: false, padding: 16, callback: (v: number) => (rows[v] === undefined ? '' : wrap(rows[v], t.narrow ? 14 : 26)) },
          grid: { color: t.colour.rule, drawTicks: false },
          border: { display: false },
        },
      } as never,
      plugins: {
        ...base.plugins,
        annotation: { annotations: references(f, t, 'x') },
        endLabels: { marks: named },
        datalabels: {
          display: (c: { datasetIndex: number; dataIndex: number }) => few && shown[c.datasetIndex]?.[c.dataIndex] != null,
          formatter: (_: unknown, c: { datasetIndex: number; dataIndex: number }) => valueText(f, f.series[c.datasetIndex]!.values[c.dataIndex]!),
          align: 'right',
          // beside the mark, or beside the end of its interval
          offset: (c: { chart: Chart; datasetIndex: number; dataIndex: number }) => {
            const { values, high } = f.series[c.datasetIndex]!;
            const px = (v: number): number => c.chart.scales.x!.getPixelForValue(v);
            return Math.max(11, high ? px(high[c.dataIndex]!) - px(values[c.dataIndex]!) + 2 : 0);
          },
          color: t.colour.ink,
          font: { family: t.font, size: t.narrow ? t.size - 1 : 18, weight: 600 },
        },
      },
    } as never,
  };
}
