// Direct labels: a name at the end of each line, moved apart where two would touch. Chart.js
// plugins hide a label that collides; a name must never be hidden.
import type { Chart, Plugin } from 'chart.js';

export interface EndLabel {
  /** Dataset and point that the label belongs to; or a height, for a line right across. */
  dataset: number;
  index: number;
  value?: number;
  /** Where the label's space begins on x, if the point is wider than its mark. */
  from?: number;
  text: string;
  colour: string;
  /** What it covers, where lines run behind it. */
  ground?: string;
  side: 'left' | 'right';
}

/** The name of a reference line, in the margin where it covers nothing. */
export interface Mark {
  axis: 'x' | 'y';
  value: number;
  lines: string[];
  colour: string;
}

/** Moves positions apart to at least `gap`, in order, within [low, high]; stays near where they were. */
export function spread(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const out = [...wanted];
  let floor = low;
  for (const i of order) floor = (out[i] = Math.max(out[i]!, floor)) + gap;
  let ceiling = high;
  for (const i of order.reverse()) ceiling = (out[i] = Math.min(out[i]!, ceiling)) - gap;
  return out;
}

export const endLabels: Plugin<'line' | 'scatter', { labels?: EndLabel[]; marks?: Mark[] }> = {
  id: 'endLabels',
  afterDatasetsDraw(chart: Chart, _, { labels = [], marks = [] }) {
    const { ctx, chartArea } = chart;
    const size = Number(chart.options.font?.size ?? 18);
    drawMarks(chart, marks, size);
    const gap = size * 1.16;
    let floor = chartArea.bottom - 4;
    for (const side of ['right', 'left'] as const) {
      const own = labels.flatMap((l) => {
        if (l.value !== undefined) return l.side === side ? [{ l, x: chartArea.right - 4, y: chart.scales.y!.getPixelForValue(l.value) }] : [];
        const p = chart.getDatasetMeta(l.dataset).data[l.index];
        const value = chart.data.datasets[l.dataset]?.data[l.index];
        return l.side === side && p && value !== null && !Number.isNaN(p.y) ? [{ l, x: l.from === undefined ? p.x : chart.scales.x!.getPixelForValue(l.from), y: p.y }] : [];
      });
      const ys = spread(own.map((o) => o.y), gap, chartArea.top + 4, floor);
      ctx.save();
      ctx.font = `600 ${size}px ${String(chart.options.font?.family)}`;
      ctx.textBaseline = 'middle';
      ctx.textAlign = side === 'right' ? 'left' : 'right';
      own.forEach(({ l, x, y }, i) => {
        const at = side === 'right' ? x + 14 : x - 14;
        ctx.fillStyle = ctx.strokeStyle = l.colour;
        if (Math.abs(ys[i]! - y) > size * 0.6) {
          ctx.lineWidth = 1;
          ctx.beginPath();
          ctx.moveTo(side === 'right' ? x + 6 : x - 6, y);
          ctx.lineTo(side === 'right' ? at - 3 : at + 3, ys[i]!);
          ctx.stroke();
        }
        if (l.ground) {
          const width = ctx.measureText(l.text).width + 8;
          ctx.fillStyle = l.ground;
          ctx.fillRect(side === 'right' ? at - 4 : at + 4 - width, ys[i]! - gap / 2, width, gap);
          ctx.fillStyle = l.colour;
        }
        ctx.fillText(l.text, at, ys[i]!);
      });
      // a crowd of names on the other side stays above one that reaches into it
      const others = labels.filter((l) => l.side !== side && l.from !== undefined);
      const edge = Math.min(...others.map((l) => chart.scales.x!.getPixelForValue(l.from!) - 14 - ctx.measureText(l.text).width));
      own.forEach(({ l, x }, i) => {
        if (x + 14 + ctx.measureText(l.text).width > edge && ys[i]! > (chartArea.top + chartArea.bottom) / 2) floor = Math.min(floor, ys[i]! - gap);
      });
      ctx.restore();
    }
  },
};

function drawMarks(chart: Chart, marks: Mark[], size: number): void {
  const { ctx, chartArea } = chart;
  const step = size * 1.16;
  ctx.save();
  ctx.font = `400 ${size}px ${String(chart.options.font?.family)}`;
  ctx.textBaseline = 'middle';
  const up = marks.filter((m) => m.axis === 'y');
  const tall = Math.max(1, ...up.map((m) => m.lines.length));
  const ys = spread(up.map((m) => chart.scales.y!.getPixelForValue(m.value)), step * tall + 4, chartArea.top, chartArea.bottom);
  up.forEach((m, i) => {
    ctx.fillStyle = m.colour;
    ctx.textAlign = 'left';
    m.lines.forEach((line, j) => ctx.fillText(line, chartArea.right + 10, ys[i]! + (j - (m.lines.length - 1) / 2) * step));
  });
  marks.filter((m) => m.axis === 'x').forEach((m, i) => {
    const text = m.lines.join(' ');
    const half = ctx.measureText(text).width / 2;
    const x = Math.min(chart.width - half - 2, Math.max(half + 2, chart.scales.x!.getPixelForValue(m.value)));
    ctx.fillStyle = m.colour;
    ctx.textAlign = 'center';
    ctx.fillText(text, x, chartArea.top - step * (i + 0.6));
  });
  ctx.restore();
}

type Pen = Pick<CanvasRenderingContext2D, 'font' | 'measureText'>;
let pen: Pen | null | undefined;
/** Where there is no document: what measures text instead. */
export const usePen = (other: Pen): void => void (pen = other);

/** Width in px of the widest of `texts`, at the label weight. */
export function widest(texts: string[], size: number, family: string): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return 0;
  pen.font = `600 ${size}px ${family}`;
  return Math.max(0, ...texts.map((t) => pen!.measureText(t).width));
}

/** Breaks a label into lines of at most `width` characters or so. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
