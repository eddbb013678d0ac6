// What all chart views share: axes, reference lines, keys, colours of a series. Pure.
import type { ChartOptions, ScaleOptionsByType } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { formatNumber, formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { wrap } from './labels.ts';
import type { Ink, PanelOptions } from './panel.ts';
import { MARK, POINTS, type Theme } from './theme.ts';

export interface Style {
  ink: Ink;
  colour: string;
  fill: string;
  open: boolean;
  dash: number[];
  point: (typeof POINTS)[number];
}

/** How each of `roles` looks; a role's second series is lighter and has another mark. */
export function styles(roles: Ink[], t: Theme): Style[] {
  const seen = new Map<Ink, number>();
  return roles.map((ink, i) => {
    const nth = seen.get(ink) ?? 0;
    seen.set(ink, nth + 1);
    const { point, dash, open } = MARK[ink];
    const repeated = roles.filter((r) => r === ink).length > 1;
    return {
      ink,
      colour: t.colour[ink],
      fill: open ? t.colour.paper : nth % 2 ? t.tint[ink] : t.colour[ink],
      open: open || nth % 2 === 1,
      dash: nth === 0 ? dash : [[10, 4], [3, 3], [12, 4, 3, 4]][(nth - 1) % 3]!,
      point: repeated ? POINTS[i % POINTS.length]! : point,
    };
  });
}

export const seriesStyles = (f: Figure, o: PanelOptions, t: Theme): Style[] =>
  styles(o.ink ?? (f.series.length === 1 ? ['say'] : f.series.map((_, i) => (['say', 'hold', 'plain', 'remedy', 'base', 'never'] as const)[i % 6]!)), t);

export const seriesNames = (f: Figure, o: PanelOptions): string[] => o.shortSeries ?? f.series.map((s) => s.name);

/** Axis title: what is measured, its unit in brackets unless the label says it. */
export function axisTitle(label: string, unit: string): string {
  const u = unit.replace(/ \(.*\)$/, '');
  const plain = !u || u === 'year' || label.toLowerCase().includes(u.toLowerCase());
  return plain ? label : `${label} (${u})`;
}

type Linear = ScaleOptionsByType<'linear'>;

export function valueAxis(f: Figure, o: PanelOptions, t: Theme, title: string, zero = true): Partial<Linear> {
  const all = f.series.flatMap((s) => [...s.values, ...(s.high ?? []), ...(s.low ?? [])]).concat((f.reference ?? []).map((r) => r.value));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const whole = f.y.unit.startsWith('%') && least >= 0 && most <= 100 && most > 60;
  const years = f.y.unit === 'year';
  return {
    type: 'linear',
    beginAtZero: zero && !years,
    ...(o.min !== undefined ? { min: o.min } : years ? { min: least - 1 } : {}),
    ...(o.max !== undefined ? { max: o.max } : whole ? { max: 100 } : years ? { max: most + 1 } : { suggestedMax: most > 0 ? most * 1.08 : 0, suggestedMin: least < 0 ? least * 1.12 : 0 }),
    title: { display: true, text: wrap(title, t.narrow ? 42 : 80), color: t.colour.quiet, font: { size: t.size, weight: 'normal' }, padding: 4 },
    grid: { color: (c: { tick?: { value: number } }) => (c.tick?.value === 0 ? t.colour.quiet : t.colour.rule), lineWidth: 1, drawTicks: false },
    border: { display: false },
    ticks: { color: t.colour.quiet, font: { size: t.size }, padding: 6, maxTicksLimit: 6, precision: years ? 0 : undefined, callback: (v: string | number) => formatNumber(Number(v), f.y.unit) },
  } as unknown as Partial<Linear>;
}

/** An axis of names. `width`: characters a line. */
export function nameAxis(t: Theme, title = ''): object {
  return {
    title: { display: Boolean(title), text: wrap(title, 80), color: t.colour.quiet, font: { size: t.size, weight: 'normal' }, padding: 2 },
    grid: { display: false },
    border: { color: t.colour.quiet },
    ticks: { color: t.colour.ink, font: { size: t.size }, autoSkip: false, maxRotation: 0, padding: 6 },
  };
}

/** Reference lines (chance, base model, no effect) with their names. */
export function references(f: Figure, t: Theme, axis: 'x' | 'y'): Record<string, AnnotationOptions> {
  return Object.fromEntries(
    (f.reference ?? []).map((r, i) => [
      `reference${i}`,
      {
        type: 'line',
        [`${axis}Min`]: r.value,
        [`${axis}Max`]: r.value,
        borderColor: t.colour.quiet,
        borderWidth: 1.5,
        borderDash: [2, 4],
        drawTime: 'beforeDatasetsDraw',
        label: {
          display: true,
          drawTime: 'afterDatasetsDraw',
          content: `${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}`,
          position: axis === 'y' ? 'end' : i % 2 ? 'end' : 'start',
          backgroundColor: t.colour.paper,
          color: t.colour.quiet,
          font: { size: t.size - (t.narrow ? 1 : 0), weight: 'normal' },
          padding: { x: 4, y: 1 },
          yAdjust: axis === 'y' ? (i % 2 ? 13 : -13) : 0,
        },
      } as AnnotationOptions,
    ]),
  );
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
