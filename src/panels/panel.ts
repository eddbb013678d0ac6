// What a panel is. One contract for every picture: stored or live, on a slide, in the evidence
// index or in print. Knows no chart library, no slide and no experiment.
import { decimalsOf, formatValue } from '../format.ts';
import type { Figure } from '../results.ts';

export const VIEWS = ['bars', 'hbars', 'lines', 'dots', 'slope', 'plane', 'grid', 'range', 'table', 'text', 'live'] as const;
export type View = (typeof VIEWS)[number];
export type Ink = 'say' | 'hold' | 'never' | 'remedy' | 'base' | 'plain';

/** How a slide wants its figure drawn. Changes no value. */
export interface PanelOptions {
  view: View;
  /** What a click reveals; nothing: all at once. */
  steps?: 'series' | 'x' | undefined;
  /** Role of each series, or of each place on x. */
  ink?: Ink[];
  inkX?: Ink[];
  /** Shorter labels for the axis and for the series; the table keeps the full ones. */
  short?: string[];
  shortSeries?: string[];
  min?: number;
  max?: number;
  /** So many of the last series are drawn faintly, behind the others: a recording behind the live run. */
  faint?: number;
  /** A hairline at this place on x: where one phase ends and the next begins. */
  rule?: number;
  /** View “live”: what each step of its slide shows, whether with the curve, and where its files are. */
  stages?: ('pretrained' | 'tuned' | 'relearned')[];
  brief?: boolean;
  /** With five prompts that make the point, for who is alone with it. */
  guide?: boolean;
  live?: { record: string; checkpoints: Record<'contaminated' | 'never', { url: string; sha256: string }> };
}

export interface Table {
  caption: string;
  head: string[];
  rows: { name: string; cells: string[] }[];
}

/**
 * mount → step* → destroy. `step(n)` is absolute, so that forward and backward give one state;
 * `final()` is the last step, without animation. A panel owns nothing after destroy().
 */
export interface Panel {
  step(n: number): void;
  resize(): void;
  final(): void;
  redraw(): void;
  /** Shows another state of the same figure, with as many series and places: one that is still growing. */
  update?(figure: Figure): void;
  /** Its slide is the one on screen, or no longer: for panels that do something meanwhile. */
  shown?(isShown: boolean): void;
  table(): Table;
  provenance(): Figure;
  /** The numbers as they are drawn now: series name → values, null where not yet revealed. */
  drawn(): Record<string, (number | null)[]>;
  destroy(): void;
}

export type Mount = (host: HTMLElement, figure: Figure, options: PanelOptions) => Panel;

export const places = (f: Figure): string[] => (f.x.categories ?? f.x.values ?? []).map(String);

/** A value of this figure as it stands on charts, in tables and in tooltips. */
export function valueText(f: Figure, value: number): string {
  return formatValue(value, f.y.unit, f.approximate, f.y.unit === 'year' ? 0 : decimalsOf(f.series.flatMap((s) => s.values)));
}

/** Steps a figure takes: 0 when it shows at once. */
export function stepCount(f: Figure, o: Pick<PanelOptions, 'steps' | 'stages'>): number {
  if (o.stages) return o.stages.length - 1;
  if (o.steps === 'series') return Math.max(0, f.series.length - 1);
  if (o.steps === 'x') return Math.max(0, places(f).length - 1);
  return 0;
}

/** Whether series `s` at place `x` is on screen at `step`. */
export const isShown = (o: Pick<PanelOptions, 'steps'>, step: number, s: number, x: number): boolean =>
  o.steps === 'series' ? s <= step : o.steps === 'x' ? x <= step : true;

/** The values drawn at `step`, null where they are still to come; a growing series has fewer values than places. */
export const shownValues = (f: Figure, o: PanelOptions, step: number): (number | null)[][] =>
  f.series.map((s, i) => places(f).map((_, j) => (j < s.values.length && isShown(o, step, i, j) ? s.values[j]! : null)));

/** What hovering or the keyboard says of a point: series, place, value, interval. */
export function pointText(f: Figure, o: PanelOptions, dataset: number, index: number): string {
  const x = places(f);
  const cell = (s: number, j: number): string => valueText(f, f.series[s]!.values[j]!);
  if (o.view === 'plane') return `${x[index]}: ${cell(0, index)}, ${cell(1, index)}`;
  if (o.view === 'range') return `${x[index]}: ${cell(0, index)} to ${cell(1, index)}`;
  if (o.view === 'grid') {
    const [s, j] = [Math.floor(index / x.length), index % x.length];
    return `${f.series[s]!.name}, ${x[j]}: ${cell(s, j)}`;
  }
  const across = o.view === 'slope' && x.length !== 2;
  const [s, j] = across ? [index, dataset] : [dataset, index];
  const { low, high } = f.series[s]!;
  const spread = low && high ? ` (${low[j]} to ${high[j]})` : '';
  return `${f.series.length > 1 ? `${f.series[s]!.name}, ` : ''}${x[j]}: ${cell(s, j)}${spread}`;
}
