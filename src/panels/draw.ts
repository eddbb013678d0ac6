// Chart.js with the pieces that the views use, and the views: pure functions of (figure, step,
// options, theme). Used by the browser, and by the build for figures that need no script.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip, type ChartConfiguration } from 'chart.js';
import { BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController } from 'chartjs-chart-error-bars';
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix';
import annotation from 'chartjs-plugin-annotation';
// by its file: Node would take the other build of it, which brings a second Chart.js
import datalabels from 'chartjs-plugin-datalabels/dist/chartjs-plugin-datalabels.esm.js';
import type { Figure } from '../results.ts';
import * as bars from './bars.ts';
import * as dots from './dots.ts';
import * as grid from './grid.ts';
import { endLabels } from './labels.ts';
import * as lines from './lines.ts';
import type { PanelOptions, View } from './panel.ts';
import * as plane from './plane.ts';
import * as range from './range.ts';
import * as slope from './slope.ts';
import type { Theme } from './theme.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip);
Chart.register(BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController, MatrixController, MatrixElement);
Chart.register(annotation, datalabels, endLabels, lines.bands);
declare module 'chart.js' {
  interface PluginOptionsByType<TType extends keyof import('chart.js').ChartTypeRegistry> {
    bands?: Parameters<NonNullable<typeof lines.bands.beforeDatasetsDraw>>[2];
    endLabels?: { labels?: import('./labels.ts').EndLabel[]; marks?: import('./labels.ts').Mark[]; for?: TType };
  }
}

type Draw = (f: Figure, step: number, o: PanelOptions, t: Theme) => ChartConfiguration;
const DRAW: Partial<Record<View, Draw>> = {
  bars: bars.toChart,
  hbars: bars.toChart,
  lines: lines.toChart,
  dots: dots.toChart,
  slope: slope.toChart,
  plane: plane.toChart,
  grid: grid.toChart,
  range: range.toChart,
};

export const isChart = (view: View): boolean => view in DRAW;

/** Throws where the view is none of a chart. */
export function draw(f: Figure, step: number, o: PanelOptions, t: Theme): ChartConfiguration {
  const view = DRAW[o.view];
  if (!view) throw new Error(`no chart view “${o.view}”`);
  return view(f, step, o, t);
}

export { Chart };
