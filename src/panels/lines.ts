// Lines over an ordered x axis, each named at its end.
import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { formatNumber, formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { axisTitle, baseOptions, nameAxis, references, seriesNames, seriesStyles, valueAxis } from './frame.ts';
import { widest, wrap, type EndLabel } from './labels.ts';
import { places, shownValues, type PanelOptions } from './panel.ts';
import { mix, type Theme } from './theme.ts';

/** Evenly spaced x values get a linear axis; others (0, 30, 300, 3000) stand side by side. */
export const isEven = (x: number[]): boolean => x.length > 2 && x.every((v, i) => i < 2 || Math.abs(v - x[i - 1]! - (x[1]! - x[0]!)) < 1e-9);

/** What an axis of such values owes its reader: how far its distances can be trusted. */
export function scaleName(x: number[]): string {
  if (x.length < 3 || isEven(x)) return '';
  const ratios = x.slice(1).map((v, i) => v / x[i]!);
  return x[0]! > 0 && Math.max(...ratios) / Math.min(...ratios) < 1.2 ? ' (log scale)' : ' (not to scale)';
}

interface Band {
  low?: number[] | undefined;
  high?: number[] | undefined;
  colour: string;
}

/** The interval round each line, as far as the line is shown. */
export const bands: Plugin<'line', { bands?: Band[] }> = {
  id: 'bands',
  beforeDatasetsDraw(chart: Chart, _, { bands = [] }) {
    const { ctx, scales } = chart;
    bands.forEach(({ low, high, colour }, i) => {
      const points = chart.getDatasetMeta(i).data.flatMap((p, j) => (chart.data.datasets[i]!.data[j] == null ? [] : [{ x: p.x, j }]));
      if (!low || !high || points.length < 2) return;
      const y = (v: number): number => scales.y!.getPixelForValue(v);
      ctx.save();
      ctx.fillStyle = colour;
      ctx.globalAlpha = 0.75;
      ctx.beginPath();
      for (const { x, j } of points) ctx.lineTo(x, y(high[j]!));
      for (const { x, j } of points.toReversed()) ctx.lineTo(x, y(low[j]!));
      ctx.fill();
      ctx.restore();
    });
  },
};

export function toChart(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const shown = shownValues(f, o, step);
  const look = seriesStyles(f, o, t);
  const names = seriesNames(f, o);
  const even = f.x.values !== undefined && isEven(f.x.values);
  const x = o.short ?? (f.x.values ? f.x.values.map((v) => formatNumber(v, v > 1900 && v < 2100 ? 'year' : '')) : places(f));
  const crossing = t.compact ? [] : (f.reference ?? []).map((r) => ({ value: r.value, text: `${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}` }));
  const space = t.narrow ? 0 : Math.min(430, widest([...names, ...crossing.map((c) => c.text)], t.size, t.font) + 24);
  const isFaint = (i: number): boolean => i >= f.series.length - (o.faint ?? 0);
  /** Of a line that grows over a faint one, the faint one has the name, at its end in the margin, until the other is as long. */
  const isWhole = (i: number): boolean => f.series[i]!.values.length === x.length;
  const isNamed = (i: number): boolean => shown[i]!.some((v) => v !== null) && (!o.faint || (isFaint(i) ? !isWhole(i - o.faint) : isWhole(i)));
  const labels: EndLabel[] = t.narrow ? [] : f.series.flatMap((s, i) => (isNamed(i) ? [{ dataset: i, index: s.values.length - 1, text: names[i]!, colour: look[i]!.colour, side: 'right' as const }] : []));
  labels.push(...crossing.map(({ value, text }) => ({ dataset: -1, index: -1, value, text, colour: t.colour.quiet, side: 'right' as const })));
  const base = baseOptions(t);
  return {
    type: 'line',
    data: {
      labels: even || f.x.values ? x : x.map((n) => wrap(n, 14)),
      datasets: f.series.map((_, i) => ({
        label: names[i],
        data: shown[i]!,
        borderColor: isFaint(i) ? mix(look[i]!.colour, t.colour.paper, 0.4) : look[i]!.colour,
        order: isFaint(i) ? 1 : 0, // behind
        backgroundColor: look[i]!.fill,
        borderWidth: isFaint(i) ? 2 : 3.5,
        borderDash: look[i]!.dash,
        pointStyle: look[i]!.point,
        pointRadius: isFaint(i) ? 0 : x.length > 14 ? 4 : 7,
        pointHoverRadius: 10,
        pointBorderWidth: 2.5,
        pointBackgroundColor: look[i]!.open ? t.colour.paper : look[i]!.colour,
        pointHitRadius: 12,
        tension: 0,
        clip: false,
      })) as never,
    },
    options: {
      ...base,
      layout: { padding: { top: 10, right: space + 8, bottom: 0, left: 0 } },
      scales: {
        x: { ...nameAxis(t, `${f.x.label}${scaleName(f.x.values ?? [])}`), offset: x.length <= 8, ticks: { color: t.colour.quiet, font: { size: t.size }, maxRotation: 0, autoSkip: x.length > 8, maxTicksLimit: 9, padding: 8 } },
        y: valueAxis(f, o, t, axisTitle(f.y.label, f.y.unit)),
      } as never,
      plugins: { ...base.plugins, annotation: { annotations: { ...references(f, t, 'y'), ...(o.rule !== undefined && { rule: { type: 'line', xMin: o.rule, xMax: o.rule, borderColor: t.colour.quiet, borderWidth: 1.5, drawTime: 'beforeDatasetsDraw' } }) } }, datalabels: { display: false }, endLabels: { labels }, bands: { bands: f.series.map((s, i) => ({ low: s.low, high: s.high, colour: mix(look[i]!.colour, t.colour.paper, 0.28) })) } },
    } as never,
  };
}
