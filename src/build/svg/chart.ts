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

export function chartSvg(f: Figure, o: PanelOptions, frame: Frame, id: string, measure: Measure): { svg: string; theme: Theme } {
  if (!isChart(o.view)) throw new Error(`“${o.view}” is drawn by no chart`);
  const { width, size } = frame;
  const height = heightOf(f, o, frame);
  const theme = namedTheme(width, height, size);
  const canvas = createSvgCanvas(width, height, measure);
  usePen(canvas.getContext() as CanvasRenderingContext2D);
  const config = draw(f, stepCount(f, o), o, theme);
  config.options = { ...config.options, devicePixelRatio: 1, events: [] };
  const chart = new Chart(canvas as never, config);
  const svg = `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(`${f.title}. ${f.finding}`)}">${canvas.content(id)}</svg>`;
  chart.destroy();
  return { svg, theme };
}
