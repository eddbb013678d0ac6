// From seed records to what a figure shows: per cent, the mean over seeds and its interval. Knows
// no experiment and no array library.
import type { Interval } from '../stats.ts';
import { bootstrapMean, mean } from '../stats.ts';
import type { FigurePart, Outcome, SeedRecord } from '../experiment.ts';

export type Cell = readonly number[]; // one share for each seed that counts

/** Per cent with one decimal: as fine as the smallest exam is worth. */
export const percent = (share: number): number => Math.round(share * 1000) / 10;

export const average = mean;

/** A series: one cell a place on x, its mean and the bootstrap interval of the mean over seeds. */
export function seriesOf(name: string, cells: readonly Cell[], scale: (share: number) => number = percent): FigurePart['series'][number] {
  const spread = cells.map((cell) => bootstrapMean(cell));
  const seeds = Math.min(...cells.map((c) => c.length));
  const values = spread.map((s) => scale(s.mean));
  if (seeds < 2) return { name, values };
  return { name, values, low: spread.map((s) => scale(s.low)), high: spread.map((s) => scale(s.high)), interval: `95% bootstrap of the mean, ${seeds} seeds` };
}

/** The seeds that count. */
export const validOf = <M>(records: readonly SeedRecord<M>[]): readonly SeedRecord<M>[] => records.filter((r) => r.invalid === undefined);

export const collect = <M>(records: readonly SeedRecord<M>[], read: (measures: M) => number): number[] => records.map((r) => read(r.measures));

/** Two-sided 97.5 % quantiles of Student's t for 1 … 14 degrees of freedom (standard table). */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145];

/** Where one new seed is expected, 95 %: mean ± t·s·√(1 + 1/n), as if seeds were normal. */
export function predict(values: readonly number[]): { low: number; high: number } {
  const n = values.length;
  const centre = mean(values);
  if (n < 2) return { low: centre, high: centre };
  const s = Math.sqrt(values.reduce((a, v) => a + (v - centre) ** 2, 0) / (n - 1));
  const reach = STUDENT[Math.min(n - 2, STUDENT.length - 1)]! * s * Math.sqrt(1 + 1 / n);
  return { low: centre - reach, high: centre + reach };
}

export const headline = (what: string, values: readonly number[]): Outcome['headline'] => {
  const { low, high } = predict(values);
  return { what, value: percent(mean(values)), low: percent(low), high: percent(high) };
};

/** “93.1 % (91.0 to 95.2)”. */
export function say(values: readonly number[], unit = '%'): string {
  const i: Interval = bootstrapMean(values);
  const text = (v: number): string => String(percent(v)).replace('-', '−');
  return values.length < 2 ? `${text(i.mean)}${unit}` : `${text(i.mean)}${unit} (${text(i.low)} to ${text(i.high)})`;
}

export const differences = (a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => v - b[i]!);

/** Every seed's value, one series a seed, for the page that shows them all. */
export const perSeed = <M>(records: readonly SeedRecord<M>[], read: ((measures: M) => number)[]): FigurePart['series'] =>
  records.map((r) => ({ name: `seed ${r.seed}${r.invalid ? ' (invalid)' : ''}`, values: read.map((f) => percent(f(r.measures))) }));

/** When no seed counts. */
export const untested = (rule: string, records: readonly SeedRecord<unknown>[]): Outcome => ({
  verdict: 'not tested',
  rule,
  sentence: `No seed counts: ${records.map((r) => `seed ${r.seed}, ${r.invalid ?? 'valid'}`).join('; ')}.`,
  headline: { what: 'none', value: 0, low: 0, high: 0 },
});

/** Names joined as in a sentence. */
export const listWords = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
