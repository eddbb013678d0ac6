// Silence and eviction, at the ends of the scale, in the middle and beyond it.
import { expect, test } from '@playwright/test';
import { eviction, removed, silence } from '../../src/measures.ts';

for (const [name, measure] of [['silence', silence], ['eviction', eviction], ['the formula', removed]] as const)
  test(`${name} is 0 as before tuning, 1 as if never read, and in between in proportion`, () => {
    const [contaminated, never] = [0.9, 0.1];
    expect(measure({ contaminated, never, tuned: 0.9 })).toBeCloseTo(0, 12);
    expect(measure({ contaminated, never, tuned: 0.1 })).toBeCloseTo(1, 12);
    expect(measure({ contaminated, never, tuned: 0.5 })).toBeCloseTo(0.5, 12);
    expect(measure({ contaminated, never, tuned: 0.7 })).toBeCloseTo(0.25, 12);
  });

test('a model beyond either end lies outside the scale, and is not clipped to it', () => {
  expect(removed({ contaminated: 0.8, never: 0.4, tuned: 0.2 })).toBeCloseTo(1.5, 12);
  expect(removed({ contaminated: 0.8, never: 0.4, tuned: 1 })).toBeCloseTo(-0.5, 12);
});

test('without a gap between contaminated and control there is nothing to measure', () => {
  expect(() => removed({ contaminated: 0.5, never: 0.5, tuned: 0.5 })).toThrow(/no gap/);
  expect(() => removed({ contaminated: 0.4, never: 0.5, tuned: 0.4 })).toThrow(/no gap/);
  expect(() => removed({ contaminated: NaN, never: 0.5, tuned: 0.4 })).toThrow(/no gap/);
});
