// The optimiser against numbers computed by hand, and the loop: it learns, repeats itself, and frees what it made.
import { numpy as np } from '@jax-js/jax';
import { expect, test } from '@playwright/test';
import type { Batches } from '../../src/lab/batch.ts';
import { addLora, isEmbedding, isInBlocks, isLora, type ModelConfig, type Params, type Weights } from '../../src/lab/model.ts';
import { createRandom } from '../../src/lab/random.ts';
import { ADAMW, constant, cosine, startMoments, stepAdamW, train, trainAll, type Training } from '../../src/lab/train.ts';
import { METHODS } from '../../src/lab/tune.ts';
import { hashWeights } from '../../src/lab/weights.ts';
import { TINY, bigWeights, countBuffers, someBatch } from '../lab.ts';

const weights = bigWeights();
const fixed = someBatch(8);
const base: Training = { config: TINY, weights, batches: () => fixed, steps: 5, rate: constant(1e-2) };
/** Other questions at each step, the same for each source made. */
const varied = (): Batches => {
  let i = 0;
  return () => someBatch(8, TINY, i++);
};

test('AdamW gives the numbers of its formula for three steps, decays matrices alone and cuts long gradients', () => {
  const { beta1, beta2, epsilon, decay } = ADAMW;
  const start = { matrix: [0.5, -1.5], gain: [2] };
  const gradients = [{ matrix: [0.3, -0.4], gain: [0.1] }, { matrix: [6, 8], gain: [0] }, { matrix: [-0.2, 0], gain: [0.5] }]; // the second has length 10
  const rate = 0.1;

  // By hand: scalars and nothing else.
  const flat = { p: [0.5, -1.5, 2], m: [0, 0, 0], v: [0, 0, 0] };
  gradients.forEach(({ matrix, gain }, t) => {
    const all = [...matrix, ...gain];
    const length = Math.sqrt(all.reduce((a, g) => a + g * g, 0));
    all.forEach((raw, i) => {
      const g = raw / Math.max(1, length);
      flat.m[i] = beta1 * flat.m[i]! + (1 - beta1) * g;
      flat.v[i] = beta2 * flat.v[i]! + (1 - beta2) * g * g;
      const [m, v] = [flat.m[i]! / (1 - beta1 ** (t + 1)), flat.v[i]! / (1 - beta2 ** (t + 1))];
      flat.p[i]! -= rate * (m / (Math.sqrt(v) + epsilon) + (i < 2 ? decay * flat.p[i]! : 0));
    });
  });
  // The first step of Adam is the rate times the sign: 0.5 − 0.1 − 0.1·0.01·0.5, worked out on paper.
  const arrays = ({ matrix, gain }: { matrix: number[]; gain: number[] }): Params => ({ matrix: np.array([matrix]), gain: np.array(gain) });
  let params = arrays(start);
  let moments = startMoments(params);
  gradients.forEach((g, t) => {
    const scalars = np.array([rate, 1 / (1 - beta1 ** (t + 1)), 1 / (1 - beta2 ** (t + 1))]);
    const done = stepAdamW(params, arrays(g), moments, scalars, ADAMW);
    ({ params, moments } = done);
    expect(done.length.dataSync()[0]).toBeCloseTo(Math.hypot(...g.matrix, ...g.gain), 5);
    if (t === 0) expect(params.matrix!.ref.dataSync()[0]).toBeCloseTo(0.3995, 6);
  });
  expect([...params.matrix!.dataSync(), ...params.gain!.dataSync()].map((v, i) => Math.abs(v - flat.p[i]!) < 1e-6)).toEqual([true, true, true]);
  for (const { matrix, gain } of [moments.m, moments.v] as { matrix: np.Array; gain: np.Array }[]) for (const a of [matrix, gain]) a.dispose();
});

test('schedules: warm-up in a straight line, then a cosine down to its floor; constant stays', () => {
  const rate = cosine(1, { warmUp: 4, floor: 0.1 });
  expect([0, 1, 2, 3, 4].map((i) => rate(i, 105))).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(rate(54, 105)).toBeCloseTo(0.55, 10);
  expect(rate(104, 105)).toBeCloseTo(0.1, 10);
  expect(constant(3)(7, 9)).toBe(3);
});

test('one batch can be learned by heart', async () => {
  const { losses } = await trainAll({ ...base, steps: 60, rate: constant(2e-2) });
  expect(losses[0]).toBeGreaterThan(1);
  expect(losses.at(-1)).toBeLessThan(0.02);
});

test('the same seed twice gives the same numbers to the bit; another order of questions gives others', async () => {
  const [one, two] = [await trainAll({ ...base, batches: varied() }), await trainAll({ ...base, batches: varied() })];
  expect(one.losses).toEqual(two.losses);
  expect(hashWeights(one.weights)).toBe(hashWeights(two.weights));
  expect(hashWeights((await trainAll(base)).weights)).not.toBe(hashWeights(one.weights));
});

test('training leaves the weights that it is given as they are', async () => {
  const before = hashWeights(weights);
  const { weights: after } = await trainAll(base);
  expect(hashWeights(weights)).toBe(before);
  expect(hashWeights(after)).not.toBe(before);
  expect(Object.keys(after)).toEqual(Object.keys(weights));
});

test('what is frozen stays to the bit, and all the rest moves', async () => {
  const changed = async (isTrained: (name: string) => boolean, from: Weights = weights) => {
    const { weights: after } = await trainAll({ ...base, weights: from, isTrained });
    return Object.keys(from).filter((n) => from[n]!.some((v, i) => v !== after[n]![i]));
  };
  expect(await changed((n) => !isEmbedding(n))).toEqual(Object.keys(weights).filter((n) => !isEmbedding(n)));
  expect(await changed(isInBlocks(1, 2))).toEqual(Object.keys(weights).filter((n) => n.startsWith('block1.')));
  const lora = addLora(weights, TINY, 2, createRandom(1, 'lora'));
  expect(await changed(isLora, lora)).toEqual(Object.keys(lora).filter(isLora));
  await expect(trainAll({ ...base, isTrained: () => false })).rejects.toThrow(/nothing/);
});

test('checkpoints show the weights as they are then; the same run stopped there returns the same', async () => {
  const seen = new Map<number, string>();
  for await (const { step, weights: shown } of train({ ...base, steps: 6, checkpoints: [2, 4] })) if (shown) seen.set(step, hashWeights(shown));
  expect([...seen.keys()]).toEqual([2, 4]);
  expect(seen.get(4)).toBe(hashWeights((await trainAll({ ...base, steps: 4 })).weights));
});

test('a question outside the vocabulary stops the run with its number, and nothing is left behind', async () => {
  await trainAll(base); // so that the program exists
  const before = countBuffers();
  let calls = 0;
  const batches: Batches = () => (++calls < 3 ? fixed : { ...fixed, tokens: fixed.tokens.map(() => 11) });
  await expect(trainAll({ ...base, batches })).rejects.toThrow(/11 is not one of the 11 tokens/);
  expect(countBuffers()).toBe(before);
});

/** LAB_LEAK_STEPS=1000 for the long run. */
const STEPS = Number(process.env.LAB_LEAK_STEPS ?? 100);
for (const method of ['refusal', 'npo'] as const)
  test(`no buffer is left after ${STEPS} steps of ${method}, nor added by any step, nor left by stopping half-way`, async () => {
    test.setTimeout(30_000 + STEPS * 100);
    const training: Training = { ...base, objective: METHODS[method].objective, isTrained: (n) => !isEmbedding(n), checkpoints: [50], steps: STEPS };
    await trainAll({ ...training, steps: 2 });
    const before = countBuffers();
    const during = new Set<number>();
    for await (const { step } of train(training)) if (step > 2) during.add(countBuffers());
    expect(during.size).toBe(1);
    expect(countBuffers()).toBe(before);
    for await (const { step } of train(training)) if (step === 3) break;
    expect(countBuffers()).toBe(before);
  });

test('a model of eight blocks trains, though its parameters are more than the 64 arguments of a wasm kernel', async () => {
  const config: ModelConfig = { ...TINY, nLayer: 8 };
  const deep = bigWeights(config);
  expect(Object.keys(deep).length).toBeGreaterThan(64);
  const { losses } = await trainAll({ ...base, config, weights: deep, steps: 3, rate: constant(1e-3) });
  expect(losses[2]).toBeLessThan(losses[0]!);
});
