// What the four experiments say of made-up records: each rule holds, holds in part and fails where
// it should, figures carry the records' own numbers, and a seed that does not count is not counted.
import { expect, test } from '@playwright/test';
import type { Report, SeedRecord } from '../../src/lab/experiment.ts';
import type { Exam } from '../../src/lab/exam.ts';
import { reportCapacity, type CapacityConfig, type CapacityMeasures } from '../../src/lab/reports/capacity.ts';
import { reportDose, type DoseConfig, type DoseMeasures } from '../../src/lab/reports/dose.ts';
import type { Point } from '../../src/lab/reports/points.ts';
import { reportRecovery, type Attempts, type RecoveryConfig, type RecoveryMeasures } from '../../src/lab/reports/recovery.ts';
import { reportSilence, type SilenceConfig, type SilenceMeasures } from '../../src/lab/reports/silence.ts';
import { reportStrata, type StrataConfig, type StrataMeasures } from '../../src/lab/reports/strata.ts';
import { predict, seriesOf } from '../../src/lab/reports/summary.ts';
import { Ours } from '../../src/results.ts';

const made = { experiment: 'made-up', claims: ['C10'], made: { code: 'x', config: {}, seeds: [1], environment: { node: 'x' }, date: '2026-01-01' } };
/** Every figure of a report keeps the contract. */
function checkFigures({ figures }: Report): void {
  expect(figures.length).toBeGreaterThan(2);
  for (const f of figures) expect(Ours.safeParse({ ...f, ...made }).error, f.id).toBeUndefined();
  expect(new Set(figures.map((f) => f.id)).size).toBe(figures.length);
}
const seeds = <M>(measures: readonly M[]): SeedRecord<M>[] => measures.map((m, i) => ({ seed: 21 + i, measures: m }));
const valueOf = (report: Report, id: string, series: string, place: string): number => {
  const f = report.figures.find((g) => g.id === id)!;
  const places = (f.x.categories ?? f.x.values)!.map(String);
  return f.series.find((s) => s.name === series)!.values[places.indexOf(place)]!;
};

// --- pieces of records

const exam = (leak: number, past: number): Exam => ({ leak: [leak, leak, leak, leak], namesOnly: [leak, leak, leak, leak], unknown: [1, 1, 1, 1], past: [past, past, past, past] });
const arm = { method: 'refusal', rate: 1 } as const;
const setting = { world: { offices: 8, years: 2, beyond: 1, names: 9, cutoff: 1 }, model: { nLayer: 2, nHead: 1, dModel: 4, dMlp: 8 }, pretraining: { steps: 1, size: 1, rate: 1 } };

function silenceOf(leak: number, past = 1): SilenceMeasures {
  const one = { checkpoint: 20, reached: true, share: 1, curve: [10, 20].map((s) => ({ exam: s === 20 ? exam(leak, past) : exam(0.5, 0.7), obeys: 1 })), never: exam(0.01, 1) };
  return { untouched: { contaminated: exam(1, 1), never: exam(0.01, 1) }, arms: { refusal: one, wrong: { ...one, curve: [{ exam: exam(0.4, 0.8), obeys: 0 }, { exam: exam(0.02, 0.99), obeys: 1 }] } } };
}
const silenceConfig: SilenceConfig = { setting, arms: { refusal: arm, wrong: { ...arm, method: 'wrong' } }, checkpoints: [10, 20] };

test('silence: the leak at the checkpoint decides, and the past', () => {
  const at = (leaks: number[], past = 1): Report => reportSilence(seeds(leaks.map((l) => silenceOf(l, past))), silenceConfig);
  const good = at([0, 0.02, 0.04]);
  checkFigures(good);
  expect(good.outcome.verdict).toBe('holds');
  expect(valueOf(good, 'lab-silence-arms', 'future, said', 'refusal')).toBe(2);
  expect(valueOf(good, 'lab-silence-curve', 'past', '10')).toBe(70);
  expect(good.figures.find((f) => f.id === 'lab-silence-seeds')!.series.map((s) => s.values[0])).toEqual([0, 2, 4]);
  expect(at([0.07, 0.07, 0.07]).outcome).toMatchObject({ verdict: 'holds in part', sentence: expect.stringContaining('still leaking were refusal, 7%') as unknown });
  expect(at([0, 0, 0], 0.9).outcome.verdict).toBe('holds in part');
});

test('a seed that does not count is listed, named and left out of every mean', () => {
  const records: SeedRecord<SilenceMeasures>[] = [...seeds([silenceOf(0), silenceOf(0.02)]), { seed: 23, invalid: 'the never twin leaks', measures: silenceOf(1) }];
  const report = reportSilence(records, silenceConfig);
  expect(valueOf(report, 'lab-silence-arms', 'future, said', 'refusal')).toBe(1);
  expect(report.figures.find((f) => f.id === 'lab-silence-seeds')!.series.map((s) => s.name)).toEqual(['seed 21', 'seed 22', 'seed 23 (invalid)']);
  const none = reportSilence([records[2]!], silenceConfig);
  expect(none).toMatchObject({ outcome: { verdict: 'not tested', sentence: expect.stringContaining('seed 23, the never twin leaks') as unknown }, figures: [] });
});

const both = (v: number) => ({ tuned: v, untuned: v });
const attempts = (asked: number, held: number, unrehearsed = 1): Attempts => ({
  before: both(asked), relearned: [{ k: 4, ...both(held / 2) }, { k: 64, ...both(held) }], falseNames: both(held / 3), pastOnly: both(held / 4),
  unrehearsed: { before: unrehearsed, after: unrehearsed }, savings: [held / 2, held], steered: { block: 1, strength: 1, chosenOn: held, ...both(held / 2) }, rounded: [{ bits: 4, ...both(0) }],
});
function recoveryOf({ tuned = 0.9, never = 0.01, drift = 0.9, refused = 0.9, unrehearsed = 0.9 }): RecoveryMeasures {
  const model = (contaminated: Attempts, twin = attempts(0, never)) => ({ steps: 20, past: [1, 1], contaminated, never: twin });
  return {
    models: {
      'untouched': model(attempts(1, 1)), 'refusal': model(attempts(0, tuned)), 'wrong': model(attempts(0, 0.3)),
      'refusal, B2 unrehearsed': model(attempts(0, refused, unrehearsed)), 'drift, B2 unrehearsed': model(attempts(1, drift, 0.95)), 'strong overwrite': model(attempts(0, 0.05)),
    },
  };
}
const recoveryConfig: RecoveryConfig = { setting, arms: { refusal: arm, wrong: arm }, checkpoints: [10], taught: [4, 64], savings: [5, 10], strengths: [1], bits: [4], overwrite: { arm, steps: 1 } };
const recoveryAt = (change: Parameters<typeof recoveryOf>[0], jitter = 0.01): Report =>
  reportRecovery(seeds([-1, 0, 1].map((d) => recoveryOf(Object.fromEntries(Object.entries({ tuned: 0.9, refused: 0.9, ...change }).map(([k, v]) => [k, v! + d * jitter]))))), recoveryConfig);

test('recovery: ahead of the twin and level with drift holds; behind drift, in part; level with the twin, fails', () => {
  const good = recoveryAt({});
  checkFigures(good);
  expect(good.outcome.verdict).toBe('holds');
  expect(valueOf(good, 'lab-recovery-twins', 'contaminated + refusal', '64 other future facts taught')).toBe(90);
  expect(valueOf(good, 'lab-recovery-twins', 'never + refusal', '64 other future facts taught')).toBe(1);
  expect(recoveryAt({ drift: 0.98 }).outcome.verdict, '8 points behind drift').toBe('holds in part');
  expect(recoveryAt({ unrehearsed: 0.99 }).outcome.verdict, '9 points behind the unrehearsed past').toBe('holds in part');
  expect(recoveryAt({ drift: 0.92 }).outcome.verdict, '2 points behind drift is within the margin').toBe('holds');
  expect(recoveryAt({ never: 0.85 }).outcome.verdict).toBe('fails');
  expect(recoveryAt({ tuned: 0.15 }, 0.15).outcome.verdict, 'an interval that reaches below 0').toBe('fails');
});

test('recovery: silence and eviction stand on the plane as the formula gives them', () => {
  const report = recoveryAt({ tuned: 0.505 }, 0);
  expect(valueOf(report, 'lab-plane', 'eviction, at most', 'refusal')).toBe(50); // (1 − 0.505) / (1 − 0.01)
  expect(valueOf(report, 'lab-plane', 'silence', 'refusal')).toBe(100);
});

const point = (held: number, leak = 0): Point => ({ leak: [leak, leak], held: [held, held], past: 1 });
function doseOf(refusal: number[], wrong: number[]): DoseMeasures {
  const start = { contaminated: point(1, 1), never: point(0) };
  const curve = (method: string, held: number[]) => [0.1, 0.2, 0.3].map((rate, i) => ({ method, rate, steps: [10], contaminated: [point(held[i]!)], never: point(0) }));
  return { start, curves: [...curve('refusal', refusal), ...curve('wrong', wrong)], parts: [{ part: 'LoRA 4', rate: 1, share: 0.1, contaminated: point(0.9), never: point(0) }] };
}
const doseConfig: DoseConfig = { setting, methods: ['refusal', 'wrong'], others: [], rates: [0.1, 0.2, 0.3], middle: 0.2, loraRate: 1, steps: [10], parts: ['LoRA 4'], taught: 64 };

test('dose: target and dose both decide', () => {
  const at = (refusal: number[], wrong: number[]): Report => reportDose(seeds([0, 0.01, 0.02].map((d) => doseOf(refusal.map((v) => v - d), wrong.map((v) => v - d)))), doseConfig);
  const good = at([1, 0.9, 0.5], [0.9, 0.4, 0.1]);
  checkFigures(good);
  expect(good.outcome.verdict).toBe('holds');
  expect(valueOf(good, 'lab-dose-eviction', 'refusal', '0.2')).toBe(11); // 1 − 0.89
  expect(at([1, 0.9, 0.95], [0.9, 0.4, 0.1]).outcome.verdict, 'no more at the highest rate').toBe('holds in part');
  expect(at([1, 0.9, 0.95], [0.9, 0.85, 0.8]).outcome.verdict).toBe('fails');
});

test('capacity: the fullest model must lose more than the emptiest', () => {
  const config: CapacityConfig = { settings: { full: setting, empty: setting }, methods: ['refusal'], rate: 1, steps: 1, taught: 64 };
  const of = (full: number, empty: number): CapacityMeasures => {
    const one = (name: string, held: number) => ({ name, parameters: 100, start: { contaminated: point(1, 1), never: point(0) }, arms: { refusal: { contaminated: point(held), never: point(0) } } });
    return { settings: [one('full', full), one('empty', empty)] };
  };
  const at = (full: number, empty: number): Report => reportCapacity(seeds([0, 0.01, 0.02].map((d) => of(full - d, empty - d / 2))), config);
  expect(at(0.5, 0.9).outcome.verdict).toBe('holds');
  expect(at(0.9, 0.9).outcome.verdict).toBe('fails');
  expect(valueOf(at(0.5, 0.9), 'lab-capacity', 'refusal', 'full')).toBe(51);
  for (const f of at(0.5, 0.9).figures) expect(Ours.safeParse({ ...f, ...made }).error, f.id).toBeUndefined();
});

function strataOf(upper: number, lower: number): StrataMeasures {
  const layers = { lens: [0.4, 0.2], says: [0.3, 0], probe: [0.2, 0.1] };
  const asked = (leak: number) => ({ restored: { leak, unknown: 0, namesOnly: leak }, reverse: { leak: 1 - leak, unknown: 0, namesOnly: 1 - leak } });
  const names = ['embeddings', 'lower half', 'upper half', 'embeddings and lower half', 'embeddings and upper half', 'all blocks', 'block 1', 'block 2', 'embeddings and blocks up to 1', 'embeddings and blocks up to 2'];
  const model = { steps: 1, leak: 0, layers, never: layers, change: [0.01, 0.03, 0.03], grafts: Object.fromEntries(names.map((n) => [n, asked(n === 'upper half' ? upper : n === 'lower half' ? lower : 0.5)])) };
  return { untouched: { contaminated: layers, never: layers }, models: { refusal: model } };
}
const strataConfig: StrataConfig = { setting, arms: { refusal: arm }, checkpoints: [10], overwrite: { arm, steps: 1 } };

test('strata: the story needs the upper half to restore most and the lower little', () => {
  const at = (upper: number, lower: number): Report => reportStrata(seeds([strataOf(upper, lower), strataOf(upper, lower)]), strataConfig);
  checkFigures(at(0.3, 0.9));
  expect(at(0.9, 0.1).outcome.verdict).toBe('holds');
  expect(at(0.9, 0.3).outcome.verdict).toBe('fails');
  expect(at(0.3, 0.9).outcome.verdict).toBe('fails');
  expect(valueOf(at(0.3, 0.9), 'lab-strata-grafts', 'leak restored', 'upper half')).toBe(30);
});

test('the interval for a new seed is that of Student, and grows with few seeds', () => {
  // by hand: mean 0.92, s = √0.00065, t(4) = 2.776, reach = 2.776 · 0.025495 · √1.2 = 0.07753
  const five = predict([0.9, 0.94, 0.92, 0.95, 0.89]);
  expect([five.low, five.high].map((v) => v.toFixed(4))).toEqual(['0.8425', '0.9975']);
  const two = predict([0.9, 0.94]);
  expect(two.high - two.low).toBeGreaterThan(five.high - five.low);
});

test('one seed gives no interval, several the bootstrap of their mean', () => {
  expect(seriesOf('x', [[0.5]])).toEqual({ name: 'x', values: [50] });
  const s = seriesOf('x', [[0.1, 0.2, 0.3]]);
  expect(s).toMatchObject({ values: [20], interval: '95% bootstrap of the mean, 3 seeds' });
  expect(s.low![0]).toBeLessThan(20);
});
