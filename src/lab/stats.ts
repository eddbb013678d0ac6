// Statistics over seeds: the mean with its interval, and rank correlation. Knows no experiment.
import { createRandom } from './random.ts';

export const mean = (values: readonly number[]): number => {
  if (!values.length) throw new RangeError('the mean of nothing');
  return values.reduce((a, b) => a + b, 0) / values.length;
};

/** The value below which a share `q` of sorted values lies, in a straight line between neighbours (R's type 7). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - below);
}

export interface Interval {
  mean: number;
  low: number;
  high: number;
  n: number;
}

/**
 * Percentile bootstrap of the mean (Efron 1979, doi 10.1214/aos/1176344552): values drawn anew with
 * replacement, `draws` times. With five seeds it is too narrow rather than too wide: show the
 * values too. For a difference between arms give the differences, seed by seed.
 */
export function bootstrapMean(values: readonly number[], { level = 0.95, draws = 10_000, seed = 1 } = {}): Interval {
  const chance = createRandom(seed, 'bootstrap');
  const centre = mean(values);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[chance.below(values.length)]!;
    return sum / values.length;
  }).sort();
  return { mean: centre, low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2), n: values.length };
}

/** Ranks from 1; equal values share the mean of the ranks that they span. */
export function rank(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let i = 0, j = 0; i < order.length; i = j) {
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++;
    for (let k = i; k < j; k++) ranks[order[k]!] = (i + j + 1) / 2;
  }
  return ranks;
}

/** Spearman's rank correlation, in [−1, 1]; throws where one side has no rank at all. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length || x.length < 2) throw new RangeError(`${x.length} and ${y.length} values to correlate`);
  if ([...x, ...y].some(Number.isNaN)) throw new RangeError('NaN has no rank');
  const [rx, ry] = [rank(x), rank(y)];
  const middle = (x.length + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [rx[i]! - middle, ry[i]! - middle];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  if (!xx || !yy) throw new RangeError('all values are equal: no rank correlation');
  return xy / Math.sqrt(xx * yy);
}
