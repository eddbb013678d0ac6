// The transformer against the same model written as plain loops, and the laws that it keeps.
import { grad, jit, numpy as np, tree } from '@jax-js/jax';
import { expect, test } from '@playwright/test';
import type { Batch } from '../../src/lab/batch.ts';
import {
  MODEL, addLora, disposeParams, download, forward, initWeights, isLora, listShapes, refParams, shapesOf, upload,
  type ForwardOptions, type ModelConfig, type Params, type Weights,
} from '../../src/lab/model.ts';
import { createRandom } from '../../src/lab/random.ts';
import { imitate } from '../../src/lab/tune.ts';
import { mergeLora } from '../../src/lab/weights.ts';
import { createWorld } from '../../src/lab/world.ts';
import { TINY, bigWeights, countBuffers, someBatch } from '../lab.ts';

/** The numbers of a forward pass: logits, and the stream after each block. */
function run(config: ModelConfig, weights: Weights, batch: Batch, options: ForwardOptions = {}) {
  const tokens = np.array(batch.tokens, { shape: [batch.size, config.seqLen] });
  const { logits, stream } = forward(config, upload(weights, config), tokens, options);
  return { shape: logits.shape, logits: [...(logits.dataSync() as Float32Array)], stream: stream.map((s) => [...(s.dataSync() as Float32Array)]) };
}

/** One row of tokens → logits at every position and the stream after each block [T][D]; loops and plain numbers only. */
function runNaively({ nLayer, nHead, dModel: D, dMlp: F, vocab: V }: ModelConfig, w: Weights, tokens: number[]) {
  const at = (name: string, i: number, j: number, columns: number) => w[name]![i * columns + j]!;
  const norm = (x: number[], gain: Float32Array) => {
    const scale = Math.sqrt(x.reduce((a, v) => a + v * v, 0) / D + 1e-5);
    return x.map((v, i) => (v / scale) * gain[i]!);
  };
  const times = (x: number[], name: string, columns: number) => Array.from({ length: columns }, (_, j) => x.reduce((a, v, i) => a + v * at(name, i, j, columns), 0));
  let x = tokens.map((t, p) => Array.from({ length: D }, (_, d) => at('embed', t, d, D) + at('position', p, d, D)));
  const stream: number[][][] = [];
  for (let l = 0; l < nLayer; l++) {
    const h = x.map((row) => norm(row, w[`block${l}.norm1`]!));
    const [q, k, v] = ['query', 'key', 'value'].map((m) => h.map((row) => times(row, `block${l}.${m}`, D))) as [number[][], number[][], number[][]];
    x = x.map((row, t) => {
      const mixed = new Array<number>(D).fill(0);
      for (let head = 0; head < nHead; head++) {
        const dims = Array.from({ length: D / nHead }, (_, i) => (head * D) / nHead + i);
        const scores = tokens.slice(0, t + 1).map((_, s) => dims.reduce((a, d) => a + q[t]![d]! * k[s]![d]!, 0) / Math.sqrt(D / nHead));
        const total = scores.reduce((a, s) => a + Math.exp(s), 0);
        scores.forEach((score, s) => dims.forEach((d) => (mixed[d]! += (Math.exp(score) / total) * v[s]![d]!)));
      }
      const out = times(mixed, `block${l}.out`, D);
      return row.map((value, d) => value + out[d]!);
    });
    x = x.map((row) => {
      const inner = times(norm(row, w[`block${l}.norm2`]!), `block${l}.up`, F).map((v) => Math.max(v, 0) ** 2);
      const out = times(inner, `block${l}.down`, D);
      return row.map((value, d) => value + out[d]!);
    });
    stream.push(x);
  }
  const logits = x.map((row) => norm(row, w.norm!)).map((row) => Array.from({ length: V }, (_, t) => row.reduce((a, v, d) => a + v * at('embed', t, d, D), 0)));
  return { logits, stream };
}

/** The greatest difference, relative to the greatest number. */
const apart = (a: number[], b: number[]): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!))) / Math.max(...b.map(Math.abs));
const rowsOf = ({ tokens, size }: Batch, T: number) => Array.from({ length: size }, (_, i) => [...tokens.subarray(i * T, (i + 1) * T)]);

test('the forward pass gives the numbers of the same model written as loops, and so does its trace', () => {
  const [weights, batch] = [bigWeights(), someBatch(5)];
  const naive = rowsOf(batch, 4).map((row) => runNaively(TINY, weights, row));
  const real = run(TINY, weights, batch, { trace: true });
  expect(real.shape).toEqual([5, 11]);
  expect(apart(real.logits, naive.flatMap((n) => n.logits[3]!))).toBeLessThan(1e-5);
  expect(apart(real.stream[0]!, naive.flatMap((n) => n.stream[0]!.flat()))).toBeLessThan(1e-5);
  expect(apart(real.stream[1]!, naive.flatMap((n) => n.stream[1]![3]!))).toBeLessThan(1e-5);
  const everywhere = run(TINY, weights, batch, { everywhere: true, trace: true });
  expect(everywhere.shape).toEqual([5, 4, 11]);
  expect(apart(everywhere.logits, naive.flatMap((n) => n.logits.flat()))).toBeLessThan(1e-5);
  expect(apart(everywhere.stream[1]!, naive.flatMap((n) => n.stream[1]!.flat()))).toBeLessThan(1e-5);
});

test('later tokens never change earlier logits', () => {
  const [weights, batch] = [bigWeights(), someBatch(1)];
  const changed = { ...batch, tokens: batch.tokens.map((t, i) => (i === 2 ? (t + 1) % 11 : t)) };
  const [before, after] = [batch, changed].map((b) => run(TINY, weights, b, { everywhere: true }).logits);
  expect(after!.slice(0, 2 * 11)).toEqual(before!.slice(0, 2 * 11));
  expect(after!.slice(2 * 11, 3 * 11)).not.toEqual(before!.slice(2 * 11, 3 * 11));
  expect(after!.slice(3 * 11)).not.toEqual(before!.slice(3 * 11));
});

test('the answer is the same whether the last block is computed at the last position or everywhere', () => {
  const [weights, batch] = [bigWeights(), someBatch(6)];
  const everywhere = run(TINY, weights, batch, { everywhere: true }).logits.filter((_, i) => Math.floor(i / 11) % 4 === 3);
  expect(apart(run(TINY, weights, batch).logits, everywhere)).toBeLessThan(1e-6);
});

test('an edit of nothing changes nothing; an edit is what is added to the stream after its block', () => {
  const [weights, batch] = [bigWeights(), someBatch(3)];
  const plain = run(TINY, weights, batch, { trace: true });
  const push = Float32Array.from({ length: 4 * 8 }, (_, i) => i / 10);
  for (const after of [0, 1]) {
    expect(run(TINY, weights, batch, { edit: { after, add: np.zeros([4, 8]) } }).logits).toEqual(plain.logits);
    const pushed = run(TINY, weights, batch, { trace: true, edit: { after, add: np.array(push, { shape: [4, 8] }) } });
    const want = plain.stream[after]!.map((v, i) => v + push[after === 0 ? i % 32 : 24 + (i % 8)]!); // the last block: last position alone
    expect(apart(pushed.stream[after]!, want)).toBeLessThan(1e-6);
    expect(pushed.logits).not.toEqual(plain.logits);
    const each = np.array(Float32Array.from({ length: 3 * 32 }, (_, i) => push[i % 32]!), { shape: [3, 4, 8] });
    expect(run(TINY, weights, batch, { edit: { after, add: each } }).logits).toEqual(pushed.logits);
  }
});

test('the initial loss is that of Gaussian logits, ln(vocab) + variance / 2, for the model of the talk', () => {
  const world = createWorld(1);
  const config = { ...MODEL, seqLen: world.seqLen, vocab: world.vocab };
  const weights = initWeights(config, createRandom(1, 'init'));
  expect(Object.values(weights).reduce((n, w) => n + w.length, 0)).toBe(220_672);
  expect(Math.abs(lossOf(config, weights, someBatch(512, config)) - Math.log(world.vocab) - 2)).toBeLessThan(0.4); // embeddings of 0.25 and a normed stream of length 8 spread the logits by 2
});

test('initial weights: the same seed, the same numbers; each kind of parameter has its spread', () => {
  const config = { ...MODEL, seqLen: 5, vocab: 362 };
  const weights = initWeights(config, createRandom(1, 'init'));
  expect(weights).toEqual(initWeights(config, createRandom(1, 'init')));
  expect(weights).not.toEqual(initWeights(config, createRandom(2, 'init')));
  const spread = (name: string) => Math.sqrt(weights[name]!.reduce((a, v) => a + v * v, 0) / weights[name]!.length);
  const want = { embed: 0.25, 'block0.query': 1 / 8, 'block3.up': 1 / 8, 'block0.out': 1 / 8 / Math.sqrt(8), 'block3.down': 1 / 16 / Math.sqrt(8) };
  for (const [name, size] of Object.entries(want)) expect(spread(name) / size, name).toBeCloseTo(1, 1);
  expect(new Set(weights['block2.norm1'])).toEqual(new Set([1]));
});

// --- gradients

const measureLoss = (config: ModelConfig, batch: Batch) => (params: Params): np.Array => {
  const tokens = np.array(batch.tokens, { shape: [batch.size, config.seqLen] });
  const labels = { targets: np.array(batch.targets), rejected: np.array(batch.rejected), forget: np.array(batch.forget) };
  return imitate.loss(forward(config, params, tokens).logits, labels, null);
};
const lossOf = (config: ModelConfig, weights: Weights, batch: Batch): number => measureLoss(config, batch)(upload(weights, config)).dataSync()[0]!;

test('the gradient is that of finite differences, for every parameter, LoRA included', async () => {
  const batch = someBatch(6);
  const random = createRandom(3, 'finite differences');
  const lora = addLora(bigWeights(), TINY, 2, random);
  const weights: Weights = Object.fromEntries(Object.entries(lora).map(([n, w]) => [n, n.endsWith('.b') ? w.map(() => 0.1 * random.gaussian()) : w]));
  const params = upload(weights, TINY);
  const gradients = grad(measureLoss(TINY, batch))(params) as unknown as Params;
  const numbers = await download(gradients);
  disposeParams(gradients);
  const tokens = np.array(batch.tokens, { shape: [batch.size, TINY.seqLen] });
  const labels = { targets: np.array(batch.targets), rejected: np.array(batch.rejected), forget: np.array(batch.forget) };
  const measure = jit((p: Params, t: np.Array, l: typeof labels) => imitate.loss(forward(TINY, p, t).logits, l, null)); // compiled, as it is in training
  const lossAt = (w: Weights): number => measure(upload(w, TINY), tokens.ref, tree.ref(labels)).dataSync()[0]!;
  // Along a random direction for each parameter: the sum of many small errors of float32 is small against the slope.
  const wrong: string[] = [];
  for (const [name, w] of Object.entries(weights)) {
    const direction = w.map(() => (random.below(2) ? 1 : -1) / Math.sqrt(w.length));
    const slope = numbers[name]!.reduce((a, g, i) => a + g * direction[i]!, 0);
    const h = 0.01;
    const [up, down] = [h, -h].map((s) => lossAt({ ...weights, [name]: w.map((v, i) => v + s * direction[i]!) }));
    const measured = (up! - down!) / (2 * h);
    if (Math.abs(slope - measured) > 2e-3 * Math.max(1, Math.abs(measured) * 10)) wrong.push(`${name}: ${slope} instead of ${measured}`);
  }
  expect(wrong).toEqual([]);
  expect(Object.values(numbers).filter((g) => g.every((v) => v === 0))).toEqual([]);
});

test('a token that comes twice adds both gradients to its embedding', async () => {
  const batch = { ...someBatch(1), tokens: Int32Array.of(3, 3, 3, 3), targets: Int32Array.of(5) };
  const weights = bigWeights();
  const gradients = grad(measureLoss(TINY, batch))(upload(weights, TINY)) as unknown as Params;
  const { embed } = await download(gradients);
  disposeParams(gradients);
  const push = (s: number): Weights => ({ ...weights, embed: weights.embed!.map((v, i) => (i === 3 * 8 + 2 ? v + s : v)) });
  expect(embed![3 * 8 + 2]).toBeCloseTo((lossOf(TINY, push(0.01), batch) - lossOf(TINY, push(-0.01), batch)) / 0.02, 2);
});

// --- LoRA

test('LoRA factors change nothing at first, and merged weights are the same function as the factors', () => {
  const [weights, batch, random] = [bigWeights(), someBatch(5), createRandom(1, 'lora')];
  const plain = run(TINY, weights, batch).logits;
  const added = addLora(weights, TINY, 3, random);
  expect(Object.keys(added).filter(isLora)).toHaveLength(2 * 6 * TINY.nLayer);
  expect(run(TINY, added, batch).logits).toEqual(plain);
  const moved: Weights = Object.fromEntries(Object.entries(added).map(([n, w]) => [n, n.endsWith('.b') ? w.map(() => 0.2 * random.gaussian()) : w]));
  const merged = mergeLora(moved);
  expect(Object.keys(merged)).toEqual(Object.keys(weights));
  expect(apart(run(TINY, moved, batch).logits, plain)).toBeGreaterThan(0.01);
  expect(apart(run(TINY, merged, batch).logits, run(TINY, moved, batch).logits)).toBeLessThan(1e-5);
});

test('weights of another model, or with a parameter that the model has not, are refused', () => {
  const weights = bigWeights();
  expect(() => shapesOf({ ...weights, 'block0.extra': new Float32Array(3) }, TINY)).toThrow(/no parameter/);
  expect(() => shapesOf({ ...weights, embed: new Float32Array(3) }, TINY)).toThrow(/embed has 3/);
  expect(() => shapesOf(weights, { ...TINY, nLayer: 3 })).toThrow(/block2.norm1 has undefined/);
  expect(Object.keys(weights)).toEqual(Object.keys(listShapes(TINY)));
  expect(() => initWeights({ ...TINY, nHead: 3 }, createRandom(1, 'x'))).toThrow(/heads/);
});

// --- ownership

test('forward consumes what it is given: params, tokens and edit cannot be used after it', () => {
  const before = countBuffers();
  const [params, tokens, add] = [upload(bigWeights(), TINY), np.array(someBatch(2).tokens, { shape: [2, 4] }), np.zeros([4, 8])];
  const kept = refParams(params);
  const { logits } = forward(TINY, params, tokens, { edit: { after: 0, add } });
  logits.dispose();
  for (const used of [tokens, add]) expect(() => used.ref).toThrow(/freed|disposed|reference/i);
  expect(kept.embed!.refCount).toBe(1); // the reference taken is the only one left
  disposeParams(kept);
  expect(() => kept.embed!.ref).toThrow(/freed|disposed|reference/i);
  expect(countBuffers()).toBe(before);
});
