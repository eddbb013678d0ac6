// Mounts a chart view: one pure function of (figure, step, options, theme) handed to Chart.js,
// plus what Chart.js leaves open: size and sharpness under the deck's scale, the keyboard, the
// table twin, the key. Registers only the pieces that the views use.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip, type ChartConfiguration } from 'chart.js';
import { BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController } from 'chartjs-chart-error-bars';
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix';
import annotation from 'chartjs-plugin-annotation';
import datalabels from 'chartjs-plugin-datalabels';
import { formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import * as bars from './bars.ts';
import * as dots from './dots.ts';
import { seriesNames, seriesStyles } from './frame.ts';
import * as grid from './grid.ts';
import { endLabels } from './labels.ts';
import * as lines from './lines.ts';
import { places, shownValues, stepCount, valueText, type Panel, type PanelOptions, type View } from './panel.ts';
import * as plane from './plane.ts';
import * as range from './range.ts';
import * as slope from './slope.ts';
import { tableElement, toTable } from './table.ts';
import { readTheme, type Theme } from './theme.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip);
Chart.register(BarWithErrorBar, BarWithErrorBarsController, PointWithErrorBar, ScatterWithErrorBarsController, MatrixController, MatrixElement);
Chart.register(annotation, datalabels, endLabels);
declare module 'chart.js' {
  interface PluginOptionsByType<TType extends keyof import('chart.js').ChartTypeRegistry> {
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

/** Pixels of canvas for a CSS pixel: the screen's, times how much the deck is scaled. */
const sharpness = (host: Element): number => {
  const box = host.getBoundingClientRect();
  const scale = host.clientWidth && box.width ? box.width / host.clientWidth : 1;
  return Math.min(4, (window.devicePixelRatio || 1) * scale);
};

/** What each canvas draws, for its tooltips. */
const FIGURES = new WeakMap<HTMLCanvasElement, { f: Figure; o: PanelOptions }>();

/**
 * Charts on screen, drawn anew for every print: a canvas that is drawn in beforeprint and was never
 * cleared prints as vectors on the slide's own paper. (clearRect prints as a white hole through it.)
 */
const live = new Set<() => void>();
addEventListener('beforeprint', () => {
  for (const draw of live) draw();
});

export function mount(host: HTMLElement, f: Figure, o: PanelOptions): Panel {
  const draw = DRAW[o.view];
  if (!draw) throw new Error(`no chart view “${o.view}”`);
  const last = stepCount(f, o);
  let step = last;
  let chart: Chart | undefined;

  const box = document.createElement('div');
  box.className = 'chart';
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', `Chart: ${f.title}. Arrow keys read its values.`);
  box.dataset.keys = '';
  let canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${f.title}. ${f.finding}`);
  const said = document.createElement('p');
  said.className = 'sr';
  said.setAttribute('aria-live', 'polite');
  box.append(canvas, said);
  const twin = document.createElement('div');
  twin.className = 'sr twin';
  twin.append(tableElement(toTable(f)));
  const key = document.createElement('p');
  key.className = 'key';
  host.replaceChildren(key, box, twin);
  FIGURES.set(canvas, { f, o });

  function render(forPrint = false): void {
    const t = readTheme(host);
    writeKey(key, f, o, t);
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (!width || !height) return;
    chart?.destroy();
    if (forPrint) {
      const fresh = canvas.cloneNode() as HTMLCanvasElement;
      canvas.replaceWith(fresh);
      canvas = fresh;
      FIGURES.set(canvas, { f, o });
      canvas.getContext('2d')!.clearRect = () => {};
    }
    canvas.width = width;
    canvas.height = height;
    const config = draw!(f, step, o, t);
    config.options = { ...config.options, devicePixelRatio: sharpness(box) };
    chart = new Chart(canvas, config);
    chart.resize(width, height);
    Reflect.deleteProperty(chart.ctx, 'clearRect');
    live.add(print);
  }
  const print = (): void => render(true);
  render();

  // The keyboard walks through the points in reading order, series by series.
  let at = -1;
  const points = (): { datasetIndex: number; index: number }[] =>
    (chart?.data.datasets ?? []).flatMap((d, datasetIndex) => (d.data as unknown[]).flatMap((v, index) => (isDrawn(v) ? [{ datasetIndex, index }] : [])));
  function focusPoint(i: number): void {
    const all = points();
    const p = all[(at = (i + all.length) % all.length)];
    if (!chart || !p) return;
    const { x, y } = chart.getDatasetMeta(p.datasetIndex).data[p.index]!.getProps(['x', 'y'], true);
    chart.setActiveElements([p]);
    chart.tooltip?.setActiveElements([p], { x, y });
    chart.update('none');
    said.textContent = [chart.tooltip?.title, chart.tooltip?.body.map((b) => b.lines)].flat(3).filter(Boolean).join(', ');
  }
  box.addEventListener('keydown', (e) => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (move === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    focusPoint(at < 0 && move < 0 ? -1 : at + move);
  });
  box.addEventListener('blur', () => {
    at = -1;
    said.textContent = '';
    chart?.setActiveElements([]);
    chart?.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart?.update('none');
  });

  const observer = new ResizeObserver(() => {
    if (box.clientWidth && (box.clientWidth !== chart?.width || box.clientHeight !== chart.height)) render();
  });
  observer.observe(box);

  return {
    step(n) {
      const to = Math.max(0, Math.min(last, n));
      if (to === step && chart) return;
      step = to;
      render();
    },
    resize() {
      if (!chart || chart.width !== box.clientWidth || chart.height !== box.clientHeight || chart.currentDevicePixelRatio !== sharpness(box)) render();
    },
    final() {
      step = last;
      render();
    },
    redraw: () => render(),
    table: () => toTable(f),
    provenance: () => f,
    drawn: () => Object.fromEntries(shownValues(f, o, step).map((v, i) => [f.series[i]!.name, v])),
    destroy() {
      observer.disconnect();
      live.delete(print);
      chart?.destroy();
      host.replaceChildren();
    },
  };
}

const isDrawn = (v: unknown): boolean => v !== null && !(typeof v === 'object' && Number.isNaN((v as { x?: number }).x ?? (v as { y?: number }).y));

/** Names the series above the chart where they cannot be named at their own ends. */
function writeKey(key: HTMLElement, f: Figure, o: PanelOptions, t: Theme): void {
  const ends = o.view === 'lines' || o.view === 'slope';
  const upright = o.view === 'bars' || o.view === 'lines' || o.view === 'slope';
  const lines = upright && t.compact ? (f.reference ?? []) : [];
  const needed = lines.length > 0 || f.series.length > 1 && (o.view === 'bars' || o.view === 'hbars' || o.view === 'dots' || (ends && t.narrow));
  key.hidden = !needed;
  if (!needed) return key.replaceChildren();
  const look = seriesStyles(f, o, t);
  const named = f.series.length > 1 && (!ends || t.narrow) ? seriesNames(f, o) : [];
  key.replaceChildren(
    ...named.map((name: string, i) => {
      const s = look[i]!;
      const item = document.createElement('span');
      const mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      mark.setAttribute('viewBox', '0 0 20 20');
      mark.setAttribute('aria-hidden', 'true');
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', o.view === 'dots' || ends ? (SHAPE[s.point] ?? '') : 'M2 2H18V18H2Z');
      path.setAttribute('fill', o.view !== 'dots' && !ends ? s.fill : s.open ? t.colour.paper : s.colour);
      path.setAttribute('stroke', s.colour);
      path.setAttribute('stroke-width', '2.5');
      mark.append(path);
      item.append(mark, name ?? '');
      return item;
    }),
    ...lines.map((r) => {
      const item = document.createElement('span');
      item.className = 'reference';
      item.textContent = `${r.label}: ${formatValue(r.value, f.y.unit, f.approximate)}`;
      return item;
    }),
  );
}

const SHAPE: Record<string, string> = {
  circle: 'M10 3a7 7 0 1 0 .01 0Z',
  rect: 'M4 4H16V16H4Z',
  triangle: 'M10 3L17 16H3Z',
  rectRot: 'M10 2L18 10L10 18L2 10Z',
  crossRot: 'M4 4L16 16M16 4L4 16',
  star: 'M10 2V18M2 10H18M4 4L16 16M16 4L4 16',
};

/** Spoken and hovered form of a value; the views share it. */
Chart.defaults.plugins.tooltip.callbacks.label = function label(item) {
  const figure = FIGURES.get(item.chart.canvas);
  return figure ? tooltipText(figure.f, figure.o, item.datasetIndex, item.dataIndex) : '';
};
Chart.defaults.plugins.tooltip.callbacks.title = () => '';

function tooltipText(f: Figure, o: PanelOptions, dataset: number, index: number): string {
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
