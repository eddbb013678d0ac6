// Intervals and rank correlation against known statistics and an independent library.
import { expect, test } from '@playwright/test';
import { quantileSorted, sampleRankCorrelation } from 'simple-statistics';
import { createRandom } from '../../src/lab/random.ts';
import { bootstrapMean, mean, quantile, rank, spearman } from '../../src/lab/stats.ts';

test('the bootstrap interval of many values is that of the normal law, mean ± 1.96 s/√n', () => {
  const random = createRandom(1, 'normal values');
  const values = Array.from({ length: 400 }, () => 5 + 2 * random.gaussian());
  const s = Math.sqrt(values.reduce((a, v) => a + (v - mean(values)) ** 2, 0) / values.length);
  const { low, high, mean: centre, n } = bootstrapMean(values);
  expect(n).toBe(400);
  expect(centre).toBe(mean(values));
  expect(low).toBeCloseTo(centre - (1.96 * s) / 20, 1);
  expect(high).toBeCloseTo(centre + (1.96 * s) / 20, 1);
});

test('the bootstrap of two values is the binomial law: half of the means in the middle, a quarter at each end', () => {
  const interval = (level: number) => bootstrapMean([0, 1], { level });
  expect(interval(0.95)).toMatchObject({ low: 0, high: 1 });
  expect(interval(0.4)).toMatchObject({ low: 0.5, high: 0.5 });
});

test('the interval covers the true mean about as often as it says', () => {
  const random = createRandom(2, 'coverage');
  const covered = Array.from({ length: 200 }, (_, seed) => {
    const { low, high } = bootstrapMean(Array.from({ length: 30 }, random.gaussian), { draws: 500, seed });
    return low <= 0 && 0 <= high;
  }).filter(Boolean).length;
  expect(covered / 200).toBeGreaterThan(0.88);
  expect(covered / 200).toBeLessThan(0.99);
});

test('equal values have no interval, the same seed gives the same one, and nothing has no mean', () => {
  expect(bootstrapMean([3, 3, 3])).toEqual({ mean: 3, low: 3, high: 3, n: 3 });
  const values = [1, 5, 2, 8, 3];
  expect(bootstrapMean(values)).toEqual(bootstrapMean(values));
  expect(() => bootstrapMean([])).toThrow(/nothing/);
});

test('quantiles are those of simple statistics by interpolation, on known values', () => {
  const sorted = [1, 2, 3, 4];
  expect([0, 0.25, 0.5, 1].map((q) => quantile(sorted, q))).toEqual([1, 1.75, 2.5, 4]);
  expect(quantile([1, 2, 3], 0.5)).toBe(quantileSorted([1, 2, 3], 0.5));
});

test('equal values share their ranks', () => {
  expect(rank([30, 10, 20])).toEqual([3, 1, 2]);
  expect(rank([5, 1, 5, 5, 2])).toEqual([4, 1, 4, 4, 2]);
});

test('Spearman is 1 for any rising law, −1 for any falling one, and the textbook value in between', () => {
  expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBe(1);
  expect(spearman([1, 2, 3, 4], [9, 5, 1, 0])).toBe(-1);
  // Hours of television against IQ, ten people: 1 − 6·194/(10·99) = −29/165.
  const [iq, hours] = [[106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]];
  expect(spearman(iq!, hours!)).toBeCloseTo(-29 / 165, 12);
});

test('Spearman agrees with simple-statistics, with and without ties', () => {
  const random = createRandom(1, 'spearman');
  for (const levels of [1000, 8, 3]) {
    const draw = () => Array.from({ length: 40 }, () => random.below(levels));
    const [x, y] = [draw(), draw()];
    expect(spearman(x, y)).toBeCloseTo(sampleRankCorrelation(x, y), 12);
  }
});

test('where one side is constant, or there is no pair, there is no rank correlation', () => {
  expect(() => spearman([1, 1, 1], [1, 2, 3])).toThrow(/equal/);
  expect(() => spearman([1, 2], [1, 2, 3])).toThrow(/2 and 3/);
  expect(() => spearman([1, NaN], [1, 2])).toThrow(/NaN/);
});
