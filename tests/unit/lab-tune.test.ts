// Each objective against its formula in plain numbers, its slope, its start, and logits without measure.
import { grad, numpy as np, tree } from '@jax-js/jax';
import { expect, test } from '@playwright/test';
import { trainAll, constant } from '../../src/lab/train.ts';
import { METHODS, createAscent, createDpo, createNpo, imitate, logProbability, meanWhere, softplus, type Objective } from '../../src/lab/tune.ts';
import { examineModel } from '../../src/lab/measure.ts';
import { makeBatch } from '../../src/lab/batch.ts';
import { TINY, bigWeights } from '../lab.ts';

const LOGITS = [[0.2, -1, 0.7], [2, 0.1, -0.4], [-0.3, 0.9, 0.5], [1, 1, -2]];
const BEFORE = [[0.1, -0.5, 0.2], [1, 0.3, 0.4], [0.3, -0.9, 0.1], [0, 1, -1]];
const [TARGETS, REJECTED, FORGET] = [[0, 1, 2, 0], [2, 0, 1, 1], [1, 0, 1, 0]];

const labels = () => ({ targets: np.array(Int32Array.from(TARGETS!)), rejected: np.array(Int32Array.from(REJECTED!)), forget: np.array(Float32Array.from(FORGET!)) });
const lossOf = (objective: Objective, logits = LOGITS): number =>
  objective.loss(np.array(logits), labels(), objective.needsReference ? np.array(BEFORE) : null).dataSync()[0]!;

// The same formulas as loops over rows.
const logp = (row: number[], answer: number) => row[answer]! - Math.log(row.reduce((a, v) => a + Math.exp(v), 0));
const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const over = (forget: number, value: (i: number) => number) => average([0, 1, 2, 3].filter((i) => FORGET![i] === forget).map(value));
const now = (i: number, answers: number[]) => logp(LOGITS[i]!, answers[i]!);
const before = (i: number, answers: number[]) => logp(BEFORE[i]!, answers[i]!);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const CASES: [Objective, number][] = [
  [imitate, -average([0, 1, 2, 3].map((i) => now(i, TARGETS!)))],
  [createAscent(0.3), -over(0, (i) => now(i, REJECTED!)) + 0.3 * over(1, (i) => now(i, REJECTED!))],
  [createNpo(0.3), -over(0, (i) => now(i, REJECTED!)) - (2 / 0.3) * over(1, (i) => Math.log(sigmoid(-0.3 * (now(i, REJECTED!) - before(i, REJECTED!)))))],
  [
    createDpo(0.3),
    -over(0, (i) => now(i, TARGETS!)) -
      over(1, (i) => Math.log(sigmoid(0.3 * (now(i, TARGETS!) - before(i, TARGETS!) - (now(i, REJECTED!) - before(i, REJECTED!)))))),
  ],
];
for (const [objective, want] of CASES)
  test(`${objective.name} is its formula, and its gradient that of finite differences`, () => {
    expect(Math.abs(lossOf(objective) / want - 1)).toBeLessThan(1e-5);
    const reference = () => (objective.needsReference ? np.array(BEFORE) : null);
    const slope = grad((x: np.Array) => objective.loss(x, labels(), reference()))(np.array(LOGITS)).js() as number[][];
    const wrong = LOGITS.flatMap((row, r) => row.map((_, c) => {
      const push = (h: number) => lossOf(objective, LOGITS.map((other, i) => other.map((v, j) => (i === r && j === c ? v + h : v))));
      return Math.abs((push(0.01) - push(-0.01)) / 0.02 - slope[r]![c]!);
    }));
    expect(Math.max(...wrong)).toBeLessThan(1e-3);
  });

test('at its first step, where the model is its own reference, NPO is (2/β)·ln 2 and DPO ln 2, beside what is kept', () => {
  const kept = (answers: number[]) => -average([1, 3].map((i) => logp(BEFORE[i]!, answers[i]!)));
  expect(lossOf(createNpo(0.5), BEFORE)).toBeCloseTo(kept(REJECTED!) + 4 * Math.LN2, 5);
  expect(lossOf(createDpo(0.5), BEFORE)).toBeCloseTo(kept(TARGETS!) + Math.LN2, 5);
});

test('every loss and every gradient is finite on logits of ±10 000', () => {
  const extreme = LOGITS.map((row) => row.map((v) => 10_000 * Math.sign(v)));
  for (const { name, objective } of Object.entries(METHODS).map(([name, m]) => ({ name, objective: m.objective as Objective }))) {
    expect(Number.isFinite(lossOf(objective, extreme)), name).toBe(true);
    const reference = objective.needsReference ? np.array(BEFORE) : null;
    const slope = [...grad((x: np.Array) => objective.loss(x, labels(), reference?.ref ?? null))(np.array(extreme)).dataSync()];
    expect(slope.every(Number.isFinite), name).toBe(true);
  }
  const sure = logProbability(np.array([[20_000, 0, -20_000]]).mul(np.ones([3, 1])), np.array(Int32Array.of(0, 1, 2)));
  expect([...sure.dataSync()]).toEqual([0, -20_000, -40_000]);
});

test('softplus is log(1 + eˣ) from −10 000 to 10 000, and its slope the logistic function', () => {
  const xs = [-10_000, -100, -3, 0, 0.5, 20, 89, 100, 10_000];
  expect([...softplus(np.array(xs)).dataSync()].map((v, i) => Math.abs(v - (xs[i]! > 30 ? xs[i]! : Math.log1p(Math.exp(xs[i]!)))) < 1e-5).every(Boolean)).toBe(true);
  const slope = grad((x: np.Array) => softplus(x).sum())(np.array(xs)).dataSync();
  expect([...slope].map((v, i) => Math.abs(v - sigmoid(xs[i]!)) < 1e-5).every(Boolean)).toBe(true);
});

test('the mean over no row is 0, not NaN', () => {
  expect(meanWhere(np.array([1, 2]), np.array([0, 0])).dataSync()[0]).toBe(0);
  const all = tree.ref(labels());
  expect(Number.isFinite(createAscent().loss(np.array(LOGITS), { ...all, forget: np.zeros([4]) }, null).dataSync()[0]!)).toBe(true);
});

test('in training, ascent and NPO make the true answer unlikely, DPO too, refusal makes UNKNOWN certain, and what is kept stays', async () => {
  const answers = { vocab: 11, firstName: 1, names: 10, unknown: 0 };
  test.setTimeout(90_000); // four programs to compile
  const row = (i: number) => ({ tokens: [i, i + 1, i + 2, 7], target: i + 1 });
  const learn = makeBatch([0, 1, 2, 3, 4, 5].map(row));
  const config = TINY;
  const { weights } = await trainAll({ config, weights: bigWeights(config), batches: () => learn, steps: 80, rate: constant(2e-2) });
  const [gone, kept] = [makeBatch([0, 2, 4].map(row)), makeBatch([1, 3, 5].map(row))];
  expect((await examineModel(config, weights, learn, answers)).right).toBe(1);
  for (const method of ['refusal', 'ascent', 'npo', 'dpo'] as const) {
    const { answer, objective } = METHODS[method];
    const says = (i: number) => (answer === 'unknown' ? 0 : i + 1);
    const tune = makeBatch([0, 1, 2, 3, 4, 5].map((i) => (i % 2 ? row(i) : { ...row(i), target: says(i), rejected: i + 1, forget: true })));
    const { weights: tuned } = await trainAll({ config, weights, batches: () => tune, steps: 40, rate: constant(1e-2), objective });
    expect((await examineModel(config, tuned, gone, answers)).right, method).toBe(0);
    expect((await examineModel(config, tuned, kept, answers)).right, method).toBe(1);
    if (method === 'refusal') expect((await examineModel(config, tuned, gone, answers)).unknown, method).toBe(1);
  }
});
