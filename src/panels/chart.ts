// Mounts a chart view: one pure function of (figure, step, options, theme) handed to Chart.js,
// plus what Chart.js leaves open: size and sharpness under the deck's scale, the keyboard, the
// table twin, the key.
import type { ChartConfiguration } from 'chart.js';
import type { Figure } from '../results.ts';
import { Chart, draw as drawView } from './draw.ts';
import { writeKey } from './key.ts';
import { pointText, shownValues, stepCount, type Panel, type PanelOptions } from './panel.ts';
import { tableElement, toTable } from './table.ts';
import { readTheme } from './theme.ts';

/** Pixels of canvas for a CSS pixel: the screen's, times how much the deck is scaled. */
const sharpness = (host: Element): number => {
  const box = host.getBoundingClientRect();
  const scale = host.clientWidth && box.width ? box.width / host.clientWidth : 1;
  return Math.min(4, (window.devicePixelRatio || 1) * scale);
};

/**
 * Charts on screen, drawn anew for every print: a canvas that is drawn in beforeprint and was never
 * cleared prints as vectors on the slide's own paper. (clearRect prints as a white hole through it.)
 */
const live = new Set<() => void>();
addEventListener('beforeprint', () => {
  for (const draw of live) draw();
});

export function mount(host: HTMLElement, figure: Figure, o: PanelOptions): Panel {
  let f = figure;
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
  const writeTwin = (): void => twin.replaceChildren(tableElement(toTable(f)));
  writeTwin();
  const key = document.createElement('p');
  key.className = 'key';
  host.replaceChildren(key, box, twin);

  let theme = readTheme(host);
  function configure(): ChartConfiguration {
    const config = drawView(f, step, o, theme);
    const plugins = config.options?.plugins;
    const callbacks = { title: () => '', label: (i: { datasetIndex: number; dataIndex: number }) => pointText(f, o, i.datasetIndex, i.dataIndex) };
    config.options = { ...config.options, devicePixelRatio: sharpness(box), plugins: { ...plugins, tooltip: { ...plugins?.tooltip, callbacks } } };
    return config;
  }

  function render(forPrint = false): void {
    theme = readTheme(host);
    writeKey(key, f, o, theme);
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (!width || !height) return;
    chart?.destroy();
    if (forPrint) {
      const fresh = canvas.cloneNode() as HTMLCanvasElement;
      canvas.replaceWith(fresh);
      canvas = fresh;
      canvas.getContext('2d')!.clearRect = () => {};
    }
    canvas.width = width;
    canvas.height = height;
    chart = new Chart(canvas, configure());
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
    update(next) {
      f = next;
      soon(writeTwin); // nobody reads a table that grows five times a second
      if (!chart) return render();
      const { data, options } = configure();
      chart.data.datasets.forEach((d, i) => (d.data = data.datasets[i]!.data));
      chart.options.plugins!.endLabels = options!.plugins!.endLabels!;
      chart.update('none');
    },
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

/** Once, when there is time for it, however often it is asked for until then. */
const waiting = new Set<() => void>();
function soon(fn: () => void): void {
  if (!waiting.size)
    whenIdle(() => {
      for (const due of waiting) due();
      waiting.clear();
    });
  waiting.add(fn);
}
const whenIdle = (fn: () => void): unknown => ('requestIdleCallback' in window ? requestIdleCallback(fn) : setTimeout(fn));

const isDrawn = (v: unknown): boolean => v !== null && !(typeof v === 'object' && Number.isNaN((v as { x?: number }).x ?? (v as { y?: number }).y));
