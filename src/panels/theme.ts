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
  probe.style.forcedColorAdjust = 'none'; // a picture keeps its own colours, or its labels are black on black
  host.append(probe);
  const pick = <K extends string>(keys: K[]): Record<K, string> =>
    Object.fromEntries(keys.map((k) => [k, resolve(probe, `--${k}`)])) as Record<K, string>;
  const size = Number.parseFloat(token('--chart-size')) || 18;
  const theme = {
    colour: pick([...INKS, 'ink', 'quiet', 'rule', 'paper']),
    font: token('--sans'),
    size,
    ...room(host.clientWidth, host.clientHeight, size),
  };
  probe.remove();
  return theme;
}

const room = (width: number, height: number, size: number): Pick<Theme, 'narrow' | 'compact' | 'width' | 'upright'> => ({
  narrow: width < 480,
  compact: width < 660,
  width,
  upright: Math.max(14, Math.floor((height - 90) / (size * 0.54))),
});

/** The tokens by name instead of by colour: for a figure that the page's style sheet colours, whatever its theme. */
export function namedTheme(width: number, height: number, size: number): Theme {
  const colour = Object.fromEntries([...INKS, 'ink', 'quiet', 'rule', 'paper'].map((k) => [k, `var(--${k})`])) as Theme['colour'];
  return { colour, font: 'var(--sans)', size, ...room(width, height, size) };
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

/** `share` of `a` in `b`: solid, so that its contrast is known and it prints as a vector. Of #rrggbb such a one, of tokens the style sheet's own mixture. */
export function mix(a: string, b: string, share: number): string {
  if (a === b || share >= 1) return a;
  if (!a.startsWith('#') || !b.startsWith('#')) return `color-mix(in srgb, ${a} ${Math.round(share * 1000) / 10}%, ${b})`;
  const channel = (hex: string, i: number): number => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `#${[0, 1, 2].map((i) => Math.round(channel(a, i) * share + channel(b, i) * (1 - share)).toString(16).padStart(2, '0')).join('')}`;
}
