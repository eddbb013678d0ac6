// Bars: grouped, diverging from zero, upright or lying; intervals where the data have them.
import type { Chart, ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, margin, marks, nameAxis, references, seriesNames, seriesStyles, styles, valueAxis } from './frame.ts';
import { wrap } from './labels.ts';
import { places, shownValues, type PanelOptions, valueText } from './panel.ts';
import type { Theme } from './theme.ts';

/** Bars too many for their room, or with names too long for it, lie down, so that each keeps its number. */
export function isLying(f: Figure, o: PanelOptions, t: Theme): boolean {
  const names = o.short ?? places(f);
  const bars = f.series.length * names.length;
  const longest = Math.max(...names.flatMap((n) => n.split(' ')).map((word) => word.length)) * t.size * 0.56;
  return o.view === 'hbars' || (t.narrow ? bars > 6 || longest > (t.width - 50) / names.length : t.width < 1000 && !t.compact && (t.width - 110) / bars < 4.4 * t.size);
}

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const lying = isLying(f, o, t);
  const names = o.short ?? places(f);
  const shown = shownValues(f, o, step);
  const look = seriesStyles(f, o, t);
  const byPlace = o.inkX ? styles(o.inkX, t, true) : undefined;
  const room = Math.max(7, Math.floor((t.width - 110) / names.length / (t.size * 0.56)));
  const value = valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit), lying ? 'x' : 'y');
  const named = marks(f, t, lying ? 'x' : 'y');
  const space = margin(named, t);
  const name = nameAxis(t, f.x.label);
  const intervals = f.series.some((s) => s.low);
  return {
    type: intervals ? 'barWithErrorBars' : 'bar',
    data: {
      labels: names.map((n) => wrap(n, lying ? (t.narrow ? 14 : t.compact ? 17 : 28) : room)),
      datasets: f.series.map((s, i) => {
        const at = (j: number) => byPlace?.[j] ?? look[i]!;
        return {
          label: seriesNames(f, o)[i],
          data: intervals ? s.values.map((v, j) => (shown[i]![j] === null ? { [lying ? 'x' : 'y']: NaN } : { [lying ? 'x' : 'y']: v, ...(s.low && { [lying ? 'xMin' : 'yMin']: s.low[j], [lying ? 'xMax' : 'yMax']: s.high?.[j] }) })) : shown[i]!,
          backgroundColor: s.values.map((_, j) => at(j).fill),
          borderColor: s.values.map((_, j) => at(j).colour),
          borderWidth: s.values.map((_, j) => (at(j).fill === at(j).colour ? 0 : 2.5)),
          errorBarColor: t.colour.ink,
          errorBarWhiskerColor: t.colour.ink,
          categoryPercentage: f.series.length > 3 ? 0.94 : 0.76,
          barPercentage: 0.9,
          maxBarThickness: lying ? 44 : 110,
        };
      }) as never,
    },
    options: {
      ...baseOptions(t),
      layout: { padding: lying ? { top: space.top, right: 64 } : { top: 28, right: space.right } },
      indexAxis: lying ? 'y' : 'x',
      scales: (lying ? { x: value, y: name } : { x: name, y: value }) as never,
      plugins: {
        ...baseOptions(t).plugins,
        annotation: { annotations: references(f, t, lying ? 'x' : 'y') },
        endLabels: { marks: named },
        datalabels: {
          display: (c: { datasetIndex: number; dataIndex: number }) => shown[c.datasetIndex]?.[c.dataIndex] != null,
          formatter: (_: unknown, c: { datasetIndex: number; dataIndex: number }) => valueText(f, f.series[c.datasetIndex]!.values[c.dataIndex]!),
          anchor: (c: { datasetIndex: number; dataIndex: number }) => (f.series[c.datasetIndex]!.values[c.dataIndex]! < 0 ? 'start' : 'end'),
          align: (c: { datasetIndex: number; dataIndex: number }) => (f.series[c.datasetIndex]!.values[c.dataIndex]! < 0 ? 'start' : 'end'),
          // clear of the interval, where there is one
          offset: (c: { chart: Chart; datasetIndex: number; dataIndex: number }) => {
            const { values, high } = f.series[c.datasetIndex]!;
            const px = (v: number): number => c.chart.scales[lying ? 'x' : 'y']!.getPixelForValue(v);
            return high ? Math.abs(px(high[c.dataIndex]!) - px(values[c.dataIndex]!)) + 4 : 2;
          },
          color: t.colour.ink,
          // a line behind a number is broken, not the number
          backgroundColor: t.colour.paper,
          padding: { top: 0, bottom: 0, left: 2, right: 2 },
          font: { family: t.font, size: labelSize(f, t, lying), weight: 600 },
        },
      },
    } as never,
  };
}

/** Value labels shrink a little, never under 15 px, when many bars stand side by side. */
function labelSize(f: Figure, t: Theme, lying: boolean): number {
  const bars = f.series.length * places(f).length;
  return lying || bars <= 12 ? t.size : Math.max(t.narrow ? 11 : 18, t.size - 2);
}
