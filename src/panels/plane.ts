// The plane: each category a point, the first series across, the second up, and the diagonal on
// which the two are equal.
import type { ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, seriesNames, styles, valueAxis } from './frame.ts';
import type { EndLabel } from './labels.ts';
import { places, shownValues, type PanelOptions } from './panel.ts';
import type { Theme } from './theme.ts';

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const shown = shownValues(f, o, step);
  const names = o.short ?? places(f);
  const [across, up] = seriesNames(f, o);
  const look = styles(o.inkX ?? names.map(() => 'hold' as const), t, true);
  const all = f.series.flatMap((s) => s.values);
  const [least, most] = [o.min ?? Math.min(0, ...all), o.max ?? Math.max(...all)];
  const measure = axisTitle(f.y.label, f.y.unit);
  const path = f.x.values !== undefined; // ordered places, a dial turned up: joined, and no diagonal
  const base = baseOptions(t);
  const axis = (name: string | undefined, along: 'x' | 'y'): object => valueAxis(f, o, t, `${name ?? ''}: ${measure}`, along);
  const [xs, ys] = [f.series[0]!, f.series[1]!];
  const intervals = xs.low !== undefined && ys.low !== undefined;
  const isRight = (j: number): boolean => xs.values[j]! > least + (most - least) * 0.6;
  const column = Math.min(...xs.values.flatMap((v, j) => (isRight(j) ? [xs.low?.[j] ?? v] : []))); // names of a crowd stand in line
  // points that crowd keep their names: moved apart, each led to its point
  const labels: EndLabel[] = names.map((text, index) => ({ dataset: 0, index, text, colour: t.colour.ink, ground: t.colour.paper, side: isRight(index) ? 'left' : 'right', ...(intervals && { from: isRight(index) ? column : xs.high![index]! }) }));
  return {
    type: intervals ? 'scatterWithErrorBars' : 'scatter',
    data: {
      datasets: [
        {
          label: measure,
          data: names.map((_, j) => ({ x: shown[0]![j] ?? NaN, y: shown[1]![j] ?? NaN, ...(intervals && shown[0]![j] != null && { xMin: xs.low![j], xMax: xs.high![j], yMin: ys.low![j], yMax: ys.high![j] }) })),
          // the element with intervals has names of its own for the same things
          ...(intervals && { radius: 9, hoverRadius: 11, borderWidth: 2.5, borderColor: look.map((l) => l.colour), backgroundColor: look.map((l) => (l.open ? t.colour.paper : l.colour)), errorBarColor: t.colour.quiet, errorBarWhiskerColor: t.colour.quiet, errorBarLineWidth: 1.5, errorBarWhiskerSize: 7 }),
          showLine: path,
          ...(!intervals && { borderColor: t.colour.quiet }),
          borderWidth: 2,
          pointRadius: 9,
          pointHoverRadius: 11,
          pointStyle: look.map((l) => l.point),
          pointBorderWidth: 2.5,
          pointBorderColor: look.map((l) => l.colour),
          pointBackgroundColor: look.map((l) => (l.open ? t.colour.paper : l.colour)),
          clip: false,
        } as never,
      ],
    },
    options: {
      ...base,
      scales: { x: axis(across, 'x'), y: axis(up, 'y') } as never,
      plugins: {
        ...base.plugins,
        annotation: {
          annotations: path ? {} : {
            diagonal: { type: 'line', xMin: least, yMin: least, xMax: most, yMax: most, borderColor: t.colour.quiet, borderWidth: 1.5, borderDash: [2, 4], drawTime: 'beforeDatasetsDraw', label: { display: true, content: 'equal', position: '40%', backgroundColor: t.colour.paper, color: t.colour.quiet, font: { size: t.size, weight: 'normal' } } },
          },
        },
        endLabels: path ? {} : { labels },
        datalabels: { display: path, formatter: (_: unknown, c: { dataIndex: number }) => names[c.dataIndex], align: 'top', offset: 4, color: t.colour.ink, font: { family: t.font, size: t.size, weight: 600 } },
      },
    } as never,
  };
}
