// What all chart views share: axes, reference lines, keys, colours of a series. Pure.
import type { ChartOptions, ScaleOptionsByType } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { formatNumber, formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { widest, wrap, type Mark } from './labels.ts';
import type { Ink, PanelOptions } from './panel.ts';
import { MARK, mix, POINTS, type Theme } from './theme.ts';

export interface Style {
  ink: Ink;
  colour: string;
  fill: string;
  open: boolean;
  dash: number[];
  point: (typeof POINTS)[number];
}

/**
 * How each of `roles` looks. Series that share a role get lighter one by one, each with a mark and a
 * dash of its own; places that share a role look `alike`.
 */
export function styles(roles: Ink[], t: Theme, alike = false): Style[] {
  return roles.map((ink, i) => {
    const same = alike ? [i] : roles.flatMap((r, j) => (r === ink ? [j] : []));
    const nth = same.indexOf(i);
    const { point, dash, open } = MARK[ink];
    const colour = t.colour[ink];
    const shade = same.length > 1 ? 1 - (0.8 * nth) / (same.length - 1) : ink === 'never' ? 0.3 : 1;
    return {
      ink,
      colour,
      fill: open && ink !== 'never' ? t.colour.paper : mix(colour, t.colour.paper, shade),
      open: open || nth % 2 === 1,
      dash: nth === 0 ? dash : [[10, 4], [3, 3], [12, 4, 3, 4]][(nth - 1) % 3]!,
      point: same.length > 1 ? POINTS[nth % POINTS.length]! : point,
    };
  });
}

/** Without an author's word on roles, series are plain. */
export const seriesStyles = (f: Figure, o: PanelOptions, t: Theme): Style[] => styles(o.ink ?? f.series.map(() => 'plain' as const), t);

export const seriesNames = (f: Figure, o: PanelOptions): string[] => o.shortSeries ?? f.series.map((s) => s.name);

/** Axis title: what is measured, its unit in brackets unless the label says it. */
export function axisTitle(label: string, unit: string): string {
  const u = unit.replace(/ \(.*\)$/, '');
  const plain = !u || u === 'year' || label.toLowerCase().includes(u.toLowerCase());
  return plain ? label : `${label} (${u})`;
}

type Linear = ScaleOptionsByType<'linear'>;

export function valueAxis(f: Figure, o: PanelOptions, t: Theme, title: string, along: 'x' | 'y' = 'y'): Partial<Linear> {
  const all = f.series.flatMap((s) => [...s.values, ...(s.high ?? []), ...(s.low ?? [])]).concat((f.reference ?? []).map((r) => r.value));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const whole = f.y.unit.startsWith('%') && least >= 0 && most <= 100 && most > 60;
  const years = f.y.unit === 'year';
  const share = /^(R²|fraction|accuracy|solve rate|Spearman)$/.test(f.y.unit) && least >= 0 && most <= 1 && most > 0.8;
  return {
    type: 'linear',
    beginAtZero: !years,
    ...(o.min !== undefined ? { min: o.min } : years ? { min: least - 1 } : {}),
    ...(o.max !== undefined ? { max: o.max } : whole ? { max: 100 } : share ? { max: 1 } : years ? { max: most + 1 } : { suggestedMax: Math.max(0, most), suggestedMin: Math.min(0, least) }),
    title: { display: true, text: wrap(title, along === 'y' ? t.upright : t.narrow ? 36 : 80), color: t.colour.quiet, font: { size: t.size, weight: 'normal' }, padding: 4 },
    grid: { color: (c: { tick?: { value: number } }) => (c.tick?.value === 0 ? t.colour.quiet : t.colour.rule), lineWidth: 1, drawTicks: false },
    border: { display: false },
    ticks: { color: t.colour.quiet, font: { size: t.size }, padding: 6, includeBounds: (o.min ?? 0) >= 0, ...(years ? { stepSize: 1 } : { maxTicksLimit: 6 }), callback: (v: string | number) => formatNumber(Number(v), f.y.unit) },
  } as unknown as Partial<Linear>;
}

/** An axis of names. Its title shows unless it is one word (“model”, “method”), which the names say themselves. */
export function nameAxis(t: Theme, title = ''): object {
  return {
    title: { display: title.includes(' '), text: wrap(title, 80), color: t.colour.quiet, font: { size: t.size, weight: 'normal' }, padding: 2 },
    grid: { display: false },
    border: { color: t.colour.quiet },
    ticks: { color: t.colour.ink, font: { size: t.size }, autoSkip: false, maxRotation: 0, padding: 6 },
  };
}

/** Reference lines (chance, base model, no effect); their names stand in the margin. */
export function references(f: Figure, t: Theme, axis: 'x' | 'y'): Record<string, AnnotationOptions> {
  return Object.fromEntries(
    (f.reference ?? []).map((r, i) => [
      `reference${i}`,
      { type: 'line', [`${axis}Min`]: r.value, [`${axis}Max`]: r.value, borderColor: t.colour.quiet, borderWidth: 1.5, borderDash: [2, 4], drawTime: 'beforeDatasetsDraw' } as AnnotationOptions,
    ]),
  );
}

/** In a narrow chart an upright axis has no margin: the key names its lines instead. */
export const marks = (f: Figure, t: Theme, axis: 'x' | 'y'): Mark[] =>
  axis === 'y' && t.compact ? [] : (f.reference ?? []).map((r) => ({ axis, value: r.value, colour: t.colour.quiet, lines: wrap(`${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}`, t.narrow ? 12 : 17) }));

/** Room for the names of reference lines: right of the chart, or above it. */
export function margin(list: Mark[], t: Theme): { top: number; right: number } {
  const right = list.filter((m) => m.axis === 'y');
  const above = list.filter((m) => m.axis === 'x');
  return { top: 12 + above.length * t.size * 1.16, right: right.length ? widest(right.flatMap((m) => m.lines), t.size, t.font) + 14 : 8 };
}

export function baseOptions(t: Theme): ChartOptions {
  return {
    responsive: false,
    animation: false,
    font: { family: t.font, size: t.size },
    layout: { padding: { top: 8, right: 8, bottom: 0, left: 0 } },
    interaction: { mode: 'nearest', intersect: true },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: t.colour.ink,
        titleColor: t.colour.paper,
        bodyColor: t.colour.paper,
        titleFont: { family: t.font, size: t.size - 2 },
        bodyFont: { family: t.font, size: t.size - 2 },
        padding: 10,
        displayColors: false,
      },
    },
  } as ChartOptions;
}
