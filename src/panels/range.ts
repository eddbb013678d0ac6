// A range: one lying bar from the first series to the second, both ends named.
import type { ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, margin, marks, nameAxis, references, styles, valueAxis } from './frame.ts';
import { widest, wrap } from './labels.ts';
import { places, type PanelOptions, valueText } from './panel.ts';
import type { Theme } from './theme.ts';

export function toChart(f: Figure, _step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const names = o.short ?? places(f);
  const [from, to] = f.series;
  const [look] = styles([o.inkX?.[0] ?? o.ink?.[0] ?? 'remedy'], t);
  const base = baseOptions(t);
  const named = marks(f, t, 'x');
  const text = (v: number): string => valueText(f, v);
  return {
    type: 'bar',
    data: {
      labels: names.map((n) => wrap(n, t.narrow ? 12 : 22)),
      datasets: [{ label: f.y.label, data: names.map((_, i) => [from!.values[i]!, to!.values[i]!]) as never, backgroundColor: look!.colour, maxBarThickness: 76 }],
    },
    options: {
      ...base,
      layout: { padding: { top: margin(named, t).top, right: widest(to!.values.map(text), t.size + 2, t.font) + 8 } },
      indexAxis: 'y',
      scales: { x: valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit), 'x'), y: nameAxis(t) } as never,
      plugins: {
        ...base.plugins,
        annotation: { annotations: references(f, t, 'x') },
        endLabels: { marks: named },
        datalabels: {
          labels: {
            from: { anchor: 'start', align: 'start', formatter: (_: unknown, c: { dataIndex: number }) => text(from!.values[c.dataIndex]!) },
            to: { anchor: 'end', align: 'end', formatter: (_: unknown, c: { dataIndex: number }) => text(to!.values[c.dataIndex]!) },
          },
          color: t.colour.ink,
          offset: 4,
          font: { family: t.font, size: t.size + 2, weight: 600 },
        },
      },
    } as never,
  };
}
