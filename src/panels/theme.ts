// Colours, marks and type of the charts, read from the style sheet's tokens: the only place that
// reads them, so that the light, dark and print palettes need no second list.
import type { Ink } from './panel.ts';

export interface Theme {
  colour: Record<Ink | 'ink' | 'quiet' | 'rule' | 'paper', string>;
  font: string;
  size: number;
  narrow: boolean;
  /** Half a slide: no room beside the chart. */
  compact: boolean;
  width: number;
  /** Characters that fit along the upright axis. */
  upright: number;
}

const INKS: Ink[] = ['say', 'hold', 'never', 'remedy', 'base', 'plain'];

export function readTheme(host: Element): Theme {
  const css = getComputedStyle(host);
  const token = (name: string): string => css.getPropertyValue(name).trim();
  const probe = document.createElement('i');
  host.append(probe);
  const pick = <K extends string>(keys: K[]): Record<K, string> =>
    Object.fromEntries(keys.map((k) => [k, resolve(probe, `--${k}`)])) as Record<K, string>;
  const size = Number.parseFloat(token('--chart-size')) || 18;
  const theme = {
    colour: pick([...INKS, 'ink', 'quiet', 'rule', 'paper']),
    font: token('--sans'),
    size,
    narrow: host.clientWidth < 480,
    compact: host.clientWidth < 660,
    width: host.clientWidth,
    upright: Math.max(14, Math.floor((host.clientHeight - 90) / (size * 0.54))),
  };
  probe.remove();
  return theme;
}

/** A token as #rrggbb: a custom property itself still says light-dark(). */
function resolve(probe: HTMLElement, name: string): string {
  probe.style.color = `var(${name})`;
  const channels = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
  return `#${channels.slice(0, 3).map((c) => Math.round(Number(c)).toString(16).padStart(2, '0')).join('')}`;
}

/** Colour never stands alone: each role has its mark, and its dash where it is a line. */
export const MARK: Record<Ink, { point: 'circle' | 'rect' | 'triangle' | 'rectRot' | 'crossRot'; dash: number[]; open: boolean }> = {
  say: { point: 'circle', dash: [], open: false },
  hold: { point: 'rect', dash: [], open: false },
  never: { point: 'circle', dash: [7, 5], open: true },
  remedy: { point: 'triangle', dash: [], open: false },
  base: { point: 'rectRot', dash: [2, 4], open: true },
  plain: { point: 'rectRot', dash: [], open: false },
};
/** Marks for further series with the same role. */
export const POINTS = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star'] as const;

/** `share` of `a` in `b`, both #rrggbb: solid, so that its contrast is known and it prints as a vector. */
export function mix(a: string, b: string, share: number): string {
  const channel = (hex: string, i: number): number => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `#${[0, 1, 2].map((i) => Math.round(channel(a, i) * share + channel(b, i) * (1 - share)).toString(16).padStart(2, '0')).join('')}`;
}
