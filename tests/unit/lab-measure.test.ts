// What is read off a model: scores by hand, probes on made-up tables, weights compared, exchanged and rounded.
import { expect, test } from '@playwright/test';
import { makeBatch } from '../../src/lab/batch.ts';
import { examineModel, makePush, probeNames, read, score, takeAnswerStream } from '../../src/lab/measure.ts';
import { isEmbedding, isInBlocks } from '../../src/lab/model.ts';
import { decompose, fitProbe, solve } from '../../src/lab/probe.ts';
import { createRandom } from '../../src/lab/random.ts';
import { compareWeights, graft, hashWeights, roundWeights } from '../../src/lab/weights.ts';
import { TINY, bigWeights, countBuffers, someBatch } from '../lab.ts';

const weights = bigWeights();
const ANSWERS = { vocab: 11, firstName: 3, names: 8, unknown: 0 };

test('a score is what can be counted by hand', () => {
  const answers = { vocab: 5, firstName: 2, names: 3, unknown: 0 };
  const logits = Float32Array.of(
    ...[0, 0, 3, 1, 2], // says 2
    ...[9, 0, 1, 3, 2], // says UNKNOWN; of the names, 3
    ...[0, 0, 1, 1, 1], // three names alike: the first
    ...[0, 5, 1, 2, 0], // says a word; of the names, 3
  );
  const s = score(logits, Int32Array.of(2, 3, 4, 4), answers);
  expect([s.right, s.namesOnly, s.unknown, s.rank]).toEqual([1 / 4, 2 / 4, 1 / 4, (1 + 1 + 1 + 3) / 4]);
  const logp = (row: number[], i: number) => row[i]! - Math.log(row.reduce((a, v) => a + Math.exp(v), 0));
  expect(s.logp).toBeCloseTo((logp([0, 0, 3, 1, 2], 2) + logp([9, 0, 1, 3, 2], 3) + logp([0, 0, 1, 1, 1], 4) + logp([0, 5, 1, 2, 0], 4)) / 4, 6);
  expect(() => score(logits, Int32Array.of(2), answers)).toThrow(/20 logits for 1 rows/);
});

test('reading in chunks gives each question the same answer as reading it alone, and leaves no buffer behind', async () => {
  const many = someBatch(300);
  const all = await read(TINY, weights, many, { trace: true });
  const before = countBuffers();
  const one = await read(TINY, weights, { ...many, size: 1, tokens: many.tokens.slice(-4), targets: many.targets.slice(-1), rejected: many.rejected.slice(-1), forget: many.forget.slice(-1) }, { trace: true });
  expect(countBuffers()).toBe(before);
  expect([all.rows, all.logits.length, all.stream.length, all.lens.length]).toEqual([300, 300 * 11, 2, 2]);
  expect([...one.logits]).toEqual([...all.logits.slice(-11)]);
  expect([...one.stream[0]!]).toEqual([...all.stream[0]!.slice(-32)]);
  expect([...one.stream[1]!]).toEqual([...all.stream[1]!.slice(-8)]);
  const sevens = await read(TINY, weights, many, { trace: true, chunk: 7 });
  const compiled = countBuffers(); // a program keeps its constants
  await read(TINY, weights, many, { trace: true, chunk: 7 });
  expect(countBuffers()).toBe(compiled);
  for (const [few, whole] of [[sevens.logits, all.logits], [sevens.lens[0]!, all.lens[0]!]] as const) {
    expect(few.length).toBe(whole.length);
    expect(Math.max(...few.map((v, i) => Math.abs(v - whole[i]!)))).toBeLessThan(1e-5); // another size is another program, which may round otherwise
  }
  await expect(read(TINY, weights, { ...many, tokens: many.tokens.map(() => 99) })).rejects.toThrow(/99 is not/);
});

test('the lens of the last block is the answer itself; that of the first is not', async () => {
  const { logits, lens } = await read(TINY, weights, someBatch(20), { trace: true });
  expect(Math.max(...logits.map((v, i) => Math.abs(v - lens[1]![i]!)))).toBeLessThan(1e-5);
  expect(Math.max(...logits.map((v, i) => Math.abs(v - lens[0]![i]!)))).toBeGreaterThan(0.1);
});

test('a push of strength 1 moves the mean stream of one set of questions onto that of the other; of strength 0, nothing', async () => {
  const [from, to] = [someBatch(40, TINY, 1), someBatch(40, TINY, 2)];
  const [a, b] = [await read(TINY, weights, from, { trace: true }), await read(TINY, weights, to, { trace: true })];
  const mean = (values: Float32Array, width: number) => Array.from({ length: width }, (_, d) => values.reduce((sum, v, i) => sum + (i % width === d ? v : 0), 0) / (values.length / width));
  for (const [after, width] of [[0, 32], [1, 8]] as const) {
    const pushed = await read(TINY, weights, from, { trace: true, push: makePush(TINY, a, b, after) });
    const [got, want] = [mean(pushed.stream[after]!, width), mean(b.stream[after]!, width)];
    expect(Math.max(...got.map((v, i) => Math.abs(v - want[i]!)))).toBeLessThan(1e-4);
    expect([...(await read(TINY, weights, from, { push: makePush(TINY, a, b, after, 0) })).logits]).toEqual([...a.logits]);
  }
  await expect(read(TINY, weights, from, { push: { after: 2, add: new Float32Array(32) } })).rejects.toThrow(/push/);
  await expect(read(TINY, weights, from, { push: { after: 0, add: new Float32Array(31) } })).rejects.toThrow(/push/);
});

// --- probe

test('Cholesky: L·Lᵀ is the matrix, and the solution solves; a matrix that is not positive definite is refused', () => {
  expect([...decompose([4, 12, -16, 12, 37, -43, -16, -43, 98], 3)]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]); // the textbook example
  const [n, m, random] = [20, 3, createRandom(1, 'cholesky')];
  const g = Array.from({ length: n * n }, random.gaussian);
  const a = Float64Array.from({ length: n * n }, (_, i) => {
    let sum = i % (n + 1) === 0 ? 0.1 : 0;
    for (let k = 0; k < n; k++) sum += g[Math.floor(i / n) * n + k]! * g[(i % n) * n + k]!;
    return sum;
  });
  const x = Array.from({ length: n * m }, random.gaussian);
  const b = Float64Array.from({ length: n * m }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[Math.floor(i / m) * n + k]! * x[k * m + (i % m)]!;
    return sum;
  });
  const solved = solve(decompose(a, n), b, n, m);
  expect(Math.max(...x.map((v, i) => Math.abs(v - solved[i]!)))).toBeLessThan(1e-8);
  expect(() => decompose([1, 2, 2, 1], 2)).toThrow(/positive definite/);
});

/** Rows around one centre for each class, on lines that a matrix can tell apart. */
function makeTable(rows: number, classes: number, columns: number, noise: number, seed: number) {
  const centres = createRandom(1, 'centres');
  const c = Array.from({ length: classes * columns }, () => 3 * centres.gaussian());
  const random = createRandom(seed, 'rows');
  const labels = Array.from({ length: rows }, () => random.below(classes));
  const values = labels.flatMap((l) => Array.from({ length: columns }, (_, i) => 50 + c[l * columns + i]! + noise * random.gaussian()));
  return { table: { rows, columns, values }, labels };
}

test('the probe reads separable classes off new rows without a mistake, and noise at chance', () => {
  const [fit, fresh] = [makeTable(400, 5, 8, 0.3, 1), makeTable(200, 5, 8, 0.3, 2)];
  expect([...fitProbe(fit.table, fit.labels, 5)(fresh.table)]).toEqual(fresh.labels);
  const chance = createRandom(1, 'features');
  const noise = { rows: 200, columns: 8, values: Array.from({ length: 1600 }, chance.gaussian) };
  const said = fitProbe(noise, fresh.labels, 5)({ ...noise, values: noise.values.map(chance.gaussian) });
  expect(fresh.labels.filter((l, i) => l === said[i]).length / 200).toBeLessThan(0.32); // a guess: 0.2 ± 0.03
  expect(() => fitProbe(fit.table, fit.labels.map(() => 7), 5)).toThrow(/7 is not one of 5/);
});

test('ridge on one feature is the regression line drawn by hand', () => {
  // x = −1, −1, 1, 1 and labels 0, 0, 1, 1: w = ½·1/(1 + λ), the border at 0.
  const probe = fitProbe({ rows: 4, columns: 1, values: [9, 9, 11, 11] }, [0, 0, 1, 1], 2, 0.5);
  expect([...probe({ rows: 4, columns: 1, values: [0, 9.99, 10.01, 20] })]).toEqual([0, 0, 1, 1]);
});

test('the stream at the answer position is the last of its positions, and a probe reads the last token off the first block', async () => {
  const batch = someBatch(400);
  const reading = await read(TINY, weights, batch, { trace: true });
  const table = takeAnswerStream(reading, 0, 8);
  expect([...(table.values as Float32Array).slice(8, 16)]).toEqual([...reading.stream[0]!.slice(32 + 24, 64)]);
  expect([...(takeAnswerStream(reading, 1, 8).values as Float32Array)]).toEqual([...reading.stream[1]!]);
  const last = Int32Array.from({ length: 400 }, (_, i) => batch.tokens[i * 4 + 3]!);
  const names = { vocab: 11, firstName: 0, names: 11, unknown: 0 };
  expect(probeNames(reading, last, reading, last, 0, 8, names)).toBeGreaterThan(0.5); // 11 classes: a guess is right in 0.09
  expect(() => takeAnswerStream(reading, 2, 8)).toThrow(/no stream/);
});

// --- weights

test('the change of weights is 0 for the same, and the ratio of lengths for others', () => {
  expect(new Set(Object.values(compareWeights(weights, weights)))).toEqual(new Set([0]));
  const scaled = Object.fromEntries(Object.entries(weights).map(([n, w]) => [n, w.map((v) => v * 1.25)]));
  for (const change of Object.values(compareWeights(weights, scaled))) expect(change).toBeCloseTo(0.25, 6);
  expect(() => compareWeights(weights, {})).toThrow(/not the same parameter/);
});

test('a graft takes what is named and leaves the rest; all of it is the donor, nothing of it the host', () => {
  const donor = bigWeights(TINY, 2);
  expect(hashWeights(graft(donor, weights, () => true))).toBe(hashWeights(donor));
  expect(hashWeights(graft(donor, weights, () => false))).toBe(hashWeights(weights));
  const mixed = graft(donor, weights, (n) => isEmbedding(n) || isInBlocks(0, 1)(n));
  const taken = Object.keys(mixed).filter((n) => mixed[n] === donor[n]);
  expect(taken).toEqual(Object.keys(weights).filter((n) => n === 'embed' || n === 'position' || n.startsWith('block0.')));
});

test('rounding: 32 bits change nothing, one bit leaves two levels, b bits at most 2ᵇ − 1, and gains stay', () => {
  expect(hashWeights(roundWeights(weights, 32))).toBe(hashWeights(weights));
  const levels = (bits: number) => Object.entries(roundWeights(weights, bits)).filter(([n]) => !/norm/.test(n)).map(([, w]) => new Set(w).size);
  expect(new Set(levels(1))).toEqual(new Set([2]));
  expect(Math.max(...levels(2))).toBeLessThanOrEqual(3);
  expect(Math.max(...levels(3))).toBeLessThanOrEqual(7);
  expect(roundWeights(weights, 2).norm).toEqual(weights.norm);
  expect([...roundWeights({ w: Float32Array.of(-1, -0.4, 0.1, 0.25, 0.9) }, 3).w!].map((v) => Math.round(v * 3))).toEqual([-3, -1, 0, 1, 3]);
  for (const bits of [0, 33, 1.5]) expect(() => roundWeights(weights, bits)).toThrow(/bits/);
});

test('rounding is never farther than half a step, and sixteen bits hardly move an answer', async () => {
  for (const [name, w] of Object.entries(roundWeights(weights, 8))) {
    const top = Math.max(...weights[name]!.map(Math.abs));
    expect(Math.max(...w.map((v, i) => Math.abs(v - weights[name]![i]!))), name).toBeLessThanOrEqual(top / 127 / 2 + 1e-6);
  }
  const questions = someBatch(50);
  const [full, rounded] = [await read(TINY, weights, questions), await read(TINY, roundWeights(weights, 16), questions)];
  expect(Math.max(...full.logits.map((v, i) => Math.abs(v - rounded.logits[i]!)))).toBeLessThan(0.01);
});

test('an examination asks and scores, with a push or without', async () => {
  const batch = someBatch(30);
  const { logits } = await read(TINY, weights, batch);
  expect(await examineModel(TINY, weights, batch, ANSWERS)).toEqual(score(logits, batch.targets, ANSWERS));
  const own = makeBatch(Array.from({ length: 30 }, (_, i) => ({ tokens: [...batch.tokens.slice(i * 4, i * 4 + 4)], target: argmax(logits.subarray(i * 11, (i + 1) * 11)) })));
  expect((await examineModel(TINY, weights, own, ANSWERS)).right).toBe(1);
});
const argmax = (values: Float32Array): number => values.indexOf(Math.max(...values));
