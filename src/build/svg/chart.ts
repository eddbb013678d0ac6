// A figure as a picture that needs no script: the panel's own chart code, drawn into SVG at build.
import { Chart, draw, isChart } from '../../panels/draw.ts';
import { isLying } from '../../panels/bars.ts';
import { isTurned } from '../../panels/grid.ts';
import { usePen } from '../../panels/labels.ts';
import { places, stepCount, type PanelOptions } from '../../panels/panel.ts';
import { namedTheme, type Theme } from '../../panels/theme.ts';
import type { Figure } from '../../results.ts';
import { escapeHtml } from '../html.ts';
import { createSvgCanvas } from './context.ts';
import { HALO } from './marks.ts';
import type { Measure } from './metrics.ts';

/** In CSS px: what the figure is drawn for, and where it is shown as large as drawn. */
export interface Frame {
  width: number;
  size: number; // of its text
}

/** As high as what lies or stands in it needs. */
export function heightOf(f: Figure, o: PanelOptions, { width, size }: Frame): number {
  const rows = places(f).length;
  const isNarrow = width < 480;
  if (['bars', 'hbars'].includes(o.view) && isLying(f, o, namedTheme(width, 0, size))) return Math.round(90 + rows * Math.max(40, 14 + f.series.length * 26));
  if (o.view === 'dots' || o.view === 'range') return Math.round(110 + rows * (isNarrow ? 58 : 46));
  if (o.view === 'grid') return Math.round((isNarrow ? 110 : 90) + (isTurned(f, namedTheme(width, 0, size)) ? rows : f.series.length) * size * (isNarrow ? 3.4 : 2.6));
  if (o.view === 'plane') return Math.min(width, 520);
  return isNarrow ? 320 : 400;
}

/** A drawn figure, in px of its frame. Its colours are the style sheet's tokens. */
export interface Picture {
  width: number;
  height: number;
  size: number; // of its text
  alt: string;
  content: string;
  theme: Theme;
}

/** `id` makes the names inside the picture its own on a page. */
export function drawPicture(f: Figure, o: PanelOptions, frame: Frame, id: string, measure: Measure): Picture {
  if (!isChart(o.view)) throw new Error(`“${o.view}” is drawn by no chart`);
  const { width, size } = frame;
  const height = heightOf(f, o, frame);
  const theme = namedTheme(width, height, size);
  const canvas = createSvgCanvas(width, height, size, measure);
  usePen(canvas.getContext() as CanvasRenderingContext2D);
  const config = draw(f, stepCount(f, o), o, theme);
  config.options = { ...config.options, devicePixelRatio: 1, events: [] };
  const chart = new Chart(canvas as never, config);
  const content = canvas.content(id);
  chart.destroy();
  return { width, height, size, alt: `${f.title}. ${f.finding}`, content, theme };
}

/** As a part of its page. */
export const asElement = (p: Picture): string => `<svg viewBox="0 0 ${p.width} ${p.height}" width="${p.width}" height="${p.height}" font-size="${p.size}" role="img" aria-label="${escapeHtml(p.alt)}">${p.content}</svg>`;

/** Room at its sides: a file shows nothing beyond its edges, and its font may be wider than the one it was drawn for. */
const EDGE = { left: 4, right: 16 } as const;

/** As a file of its own: on its own ground, for it may be shown on another; in a font of the reader's, for it can load none. */
export function asFile(p: Picture, tokens: string): { svg: string; width: number; height: number } {
  const width = p.width + EDGE.left + EDGE.right;
  const style = `:root{color-scheme:light dark;${tokens}}text{font-family:Inter,Roboto,Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums}.${HALO}{stroke:var(--paper);stroke-width:5px;stroke-linejoin:round;paint-order:stroke}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-EDGE.left} 0 ${width} ${p.height}" width="${width}" height="${p.height}" font-size="${p.size}"><style>${style}</style><rect x="${-EDGE.left}" width="${width}" height="${p.height}" fill="var(--paper)"/>${p.content}</svg>`;
  return { svg, width, height: p.height };
}
