// The pure half of every panel: what a figure, a step and its options turn into.
import { expect, test } from '@playwright/test';
import * as bars from '../../src/panels/bars.ts';
import * as dots from '../../src/panels/dots.ts';
import * as grid from '../../src/panels/grid.ts';
import { spread, wrap } from '../../src/panels/labels.ts';
import * as lines from '../../src/panels/lines.ts';
import { shownValues, stepCount, type PanelOptions, type View } from '../../src/panels/panel.ts';
import * as plane from '../../src/panels/plane.ts';
import * as range from '../../src/panels/range.ts';
import * as slope from '../../src/panels/slope.ts';
import { toCsv, toTable } from '../../src/panels/table.ts';
import type { Theme } from '../../src/panels/theme.ts';
import type { Figure } from '../../src/results.ts';
import { PALETTES } from '../colour.ts';
import { figure, figures } from '../support.ts';

// labels.ts measures text on a canvas where there is one; here there is none
Object.assign(globalThis, { document: { createElement: () => ({ getContext: () => null }) } });

const c = PALETTES.light;
const theme: Theme = { colour: c as Theme['colour'], font: 'sans-serif', size: 18, narrow: false, compact: false, width: 1160, upright: 40 };

interface Drawn {
  data: { labels?: unknown[]; datasets: { label: string; data: unknown[] }[] };
  options: { plugins: { endLabels?: { labels: { text: string; dataset: number; value?: number }[]; marks: { axis: string; value: number; lines: string[] }[] }; annotation: { annotations?: Record<string, Record<string, unknown>> } } };
}
const draw = (view: View, f: Figure, step = 99, o: Partial<PanelOptions> = {}): Drawn => {
  const make = { bars, hbars: bars, lines, dots, slope, plane, grid, range }[view as 'bars'];
  return make.toChart(f, step, { view, ...o }, theme) as unknown as Drawn;
};
/** The numbers of a dataset's points: null where a point is not drawn. */
const numbers = (data: unknown[], axis: 'x' | 'y' | 'v'): (number | null)[] =>
  data.map((p) => {
    const v = typeof p === 'object' && p !== null ? (p as Record<string, number | null>)[axis] : (p as number | null);
    return v == null || Number.isNaN(v) ? null : v;
  });

const f = figure({ series: [{ name: 'before', values: [10, 20, 30] }, { name: 'after', values: [11.5, -21, 33.5] }] });
const withIntervals = figure({ series: [{ name: 'before', values: [10, 20, 30], low: [9, 18, 27], high: [11, 22, 33], interval: '95%' }] });
const values = f.series.map((s) => s.values);
/** Values as each view draws them, series by series. */
const drawnBy: Record<'bars' | 'hbars' | 'lines' | 'dots' | 'plane' | 'grid', (d: Drawn) => (number | null)[][]> = {
  bars: (d) => d.data.datasets.map((s) => numbers(s.data, 'y')),
  hbars: (d) => d.data.datasets.map((s) => numbers(s.data, 'x')),
  lines: (d) => d.data.datasets.map((s) => numbers(s.data, 'y')),
  dots: (d) => d.data.datasets.map((s) => numbers(s.data, 'x')),
  plane: (d) => [numbers(d.data.datasets[0]!.data, 'x'), numbers(d.data.datasets[0]!.data, 'y')],
  grid: (d) => [0, 1].map((row) => numbers(d.data.datasets[0]!.data, 'v').slice(row * 3, row * 3 + 3)),
};

for (const view of Object.keys(drawnBy) as (keyof typeof drawnBy)[]) {
  test(`${view} draws the figure’s own values`, () => {
    expect(drawnBy[view](draw(view, f))).toEqual(values);
  });
  test(`${view} hides the series that are still to come`, () => {
    expect(drawnBy[view](draw(view, f, 0, { steps: 'series' }))[0]).toEqual(view === 'plane' ? expect.anything() : values[0]);
    expect(drawnBy[view](draw(view, f, 0, { steps: 'series' }))[1]).toEqual([null, null, null]);
    expect(drawnBy[view](draw(view, f, 1, { steps: 'series' }))).toEqual(values);
  });
  test(`${view} hides the places that are still to come`, () => {
    expect(drawnBy[view](draw(view, f, 1, { steps: 'x' }))).toEqual(values.map((v) => [v[0], v[1], null]));
  });
}

for (const [view, axis] of [['bars', 'y'], ['hbars', 'x']] as const)
  test(`${view} with intervals draws each value with its own low and high`, () => {
    const [s] = draw(view, withIntervals).data.datasets;
    expect(s!.data).toEqual([10, 20, 30].map((v, j) => ({ [axis]: v, [`${axis}Min`]: [9, 18, 27][j], [`${axis}Max`]: [11, 22, 33][j] })));
  });

test('bars with intervals do not draw an interval before its value', () => {
  const [s] = draw('bars', withIntervals, 0, { steps: 'x' }).data.datasets;
  const hidden = s!.data[2] as Record<string, unknown>;
  expect(hidden.y).toBeNaN();
  expect([hidden.yMin ?? NaN, hidden.yMax ?? NaN], 'whiskers of a value that is still to come').toEqual([NaN, NaN]);
});

test('lines draw the interval of each series as a band', () => {
  const { bands } = (draw('lines', withIntervals).options.plugins as unknown as { bands: { bands: { low?: number[]; high?: number[] }[] } }).bands;
  expect(bands[0]).toMatchObject({ low: [9, 18, 27], high: [11, 22, 33] });
});

test('the plane names every point beside it, and crosses it with both intervals', () => {
  const two = figure({ series: [{ name: 'across', values: [10, 20, 90], low: [9, 18, 85], high: [11, 22, 95], interval: 'x' }, { name: 'up', values: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4], interval: 'x' }] });
  const { data, options } = draw('plane', two);
  expect(data.datasets[0]!.data[2]).toEqual({ x: 90, y: 3, xMin: 85, xMax: 95, yMin: 2, yMax: 4 });
  expect(options.plugins.endLabels!.labels.map((l) => l.text)).toEqual(['north', 'south', 'far south']);
});

test('dots with intervals do not draw an interval before its value', () => {
  const [s] = draw('dots', withIntervals, 0, { steps: 'x' }).data.datasets;
  const hidden = s!.data[2] as Record<string, unknown>;
  expect(hidden.x).toBeNaN();
  expect([hidden.xMin ?? NaN, hidden.xMax ?? NaN], 'whiskers of a value that is still to come').toEqual([NaN, NaN]);
});

test('a range runs from its first series to its second', () => {
  const r = figure({ kind: 'range', x: { label: '', categories: ['a', 'b'] }, series: [{ name: 'from', values: [1, 2] }, { name: 'to', values: [3, 5] }] });
  expect(draw('range', r).data.datasets[0]!.data).toEqual([[1, 3], [2, 5]]);
});

test('a slope over two places draws a line a series; over two series, a line a place', () => {
  const two = figure({ x: { label: '', categories: ['then', 'now'] }, series: [{ name: 'a', values: [1, 2] }, { name: 'b', values: [3, 4] }, { name: 'c', values: [5, 6] }] });
  expect(draw('slope', two).data.datasets.map((s) => s.data)).toEqual([[1, 2], [3, 4], [5, 6]]);
  expect(draw('slope', f).data.datasets.map((s) => s.data)).toEqual([[10, 11.5], [20, -21], [30, 33.5]]);
});

test('a slope names no end that is still to come', () => {
  const { labels } = draw('slope', f, 0, { steps: 'series' }).options.plugins.endLabels!;
  expect(labels.map((l) => l.text)).toEqual(['10.0%', '20.0%', '30.0%']);
});

test('lines name each series that has begun, and none that has not', () => {
  expect(draw('lines', f, 0, { steps: 'series' }).options.plugins.endLabels!.labels.map((l) => l.text)).toEqual(['before']);
  expect(draw('lines', f, 1, { steps: 'series' }).options.plugins.endLabels!.labels.map((l) => l.text)).toEqual(['before', 'after']);
});

test('every reference line stands at its value, and its name beside it', () => {
  const withChance = figure({ reference: [{ label: 'chance', value: 25 }, { label: 'base', value: -3 }] });
  for (const [view, axis] of [['bars', 'y'], ['hbars', 'x'], ['dots', 'x'], ['lines', 'y'], ['slope', 'y']] as const) {
    const { annotation, endLabels } = draw(view, withChance).options.plugins;
    expect(Object.values(annotation.annotations!).map((l) => [l[`${axis}Min`], l[`${axis}Max`]]), view).toEqual([[25, 25], [-3, -3]]);
    // the names of lines and of what crosses them share a margin, and move apart in it
    const named = view === 'lines' ? endLabels!.labels.filter((l) => l.value !== undefined).map((l) => [axis, l.value, l.text]) : endLabels!.marks.map((m) => [m.axis, m.value, m.lines.join(' ')]);
    expect(named, view).toEqual([[axis, 25, 'chance: 25%'], [axis, -3, 'base: −3%']]);
  }
});

test('short labels change names and no value', () => {
  const d = draw('bars', f, 99, { short: ['N', 'S', 'F'], shortSeries: ['b', 'a'] });
  expect(d.data.labels).toEqual([['N'], ['S'], ['F']]);
  expect(d.data.datasets.map((s) => s.label)).toEqual(['b', 'a']);
  expect(drawnBy.bars(d)).toEqual(values);
});

test('every published figure draws its own values in the view that a slide would choose', () => {
  for (const g of figures) {
    if (g.kind === 'bars') expect(draw('bars', g).data.datasets.map((s) => numbers(s.data, 'y')), g.id).toEqual(g.series.map((s) => s.values));
    if (g.kind === 'lines') expect(draw('lines', g).data.datasets.map((s) => numbers(s.data, 'y')), g.id).toEqual(g.series.map((s) => s.values));
    if (g.kind === 'points') expect(draw('dots', g).data.datasets.map((s) => numbers(s.data, 'x')), g.id).toEqual(g.series.map((s) => s.values));
  }
});

test('a figure without steps shows all at once; one with steps ends on everything', () => {
  expect(stepCount(f, {})).toBe(0);
  expect(stepCount(f, { steps: 'series' })).toBe(1);
  expect(stepCount(f, { steps: 'x' })).toBe(2);
  for (const steps of ['series', 'x', undefined] as const) expect(shownValues(f, { view: 'bars', steps }, stepCount(f, { steps }))).toEqual(values);
  expect(shownValues(f, { view: 'bars', steps: 'x' }, 0)).toEqual([[10, null, null], [11.5, null, null]]);
});

test('a table holds every number of its figure: values, intervals, references, quantities', () => {
  const t = toTable({ ...withIntervals, reference: [{ label: 'chance', value: 25 }], quantities: [{ label: 'runs', value: 3, unit: 'seeds' }] });
  expect(t.head).toEqual(['place', 'before']);
  expect(t.rows).toEqual([
    { name: 'north', cells: ['10% (9 to 11)'] },
    { name: 'south', cells: ['20% (18 to 22)'] },
    { name: 'far south', cells: ['30% (27 to 33)'] },
    { name: 'chance', cells: ['25%'] },
    { name: 'runs', cells: ['3 seeds'] },
  ]);
  expect(t.caption).toContain('95% in brackets');
});

test('CSV holds bare numbers, their unit in the head, and quotes what needs quoting', () => {
  const f = figure({ x: { label: 'a, b', categories: ['say "x"', 'y', 'z'] }, series: [{ name: 'n', values: [1, -2.5, 12345], low: [0, -3, 1], high: [2, -2, 20000], interval: '95%' }], approximate: true });
  expect(toCsv(f)).toBe('"a, b",n (%),"n, low","n, high"\r\n"say ""x""",1,0,2\r\ny,-2.5,-3,-2\r\nz,12345,1,20000\r\n');
});

test.describe('labels moved apart', () => {
  const gap = 20;
  for (const wanted of [[10, 12, 14], [100, 10, 50], [5, 5, 5, 5], [199, 200, 198], [0, 200], [50]])
    test(`${wanted.join(', ')} keep their order and their gap, and stay inside`, () => {
      const out = spread(wanted, gap, 0, 200);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
      order.slice(1).forEach((i, k) => expect(out[i]! - out[order[k]!]!).toBeGreaterThanOrEqual(gap - 1e-9));
      for (const y of out) expect(y).toBeGreaterThanOrEqual(0);
      for (const y of out) expect(y).toBeLessThanOrEqual(200);
    });
  test('labels that do not touch stay where they were', () => {
    expect(spread([10, 60, 150], gap, 0, 200)).toEqual([10, 60, 150]);
  });
});

test('a long label breaks between words and loses none', () => {
  const text = 'a rather long label that must be broken';
  expect(wrap(text, 14).join(' ')).toBe(text);
  for (const line of wrap(text, 14)) expect(line.length).toBeLessThanOrEqual(14);
});

test('an axis whose steps are not even says so', () => {
  expect([[0, 20, 40, 60], [10, 20, 40, 80], [0, 30, 300, 3000], [1, 2]].map(lines.scaleName)).toEqual(['', ' (log scale)', ' (not to scale)', '']);
});
