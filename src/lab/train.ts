// Training: AdamW, schedules and the loop. The only owner of arrays from one step to the next;
// plain numbers go in and come out. Knows no world; what a step wants is in tune.ts.
import { jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { checkBatch, type Batch, type Batches } from './batch.ts';
import { disposeParams, download, forward, refParams, upload, type ModelConfig, type Params, type Weights } from './model.ts';
import { imitate, type Labels, type Objective } from './tune.ts';

// #region schedules
/** Learning rate at step 0, 1, … of `steps`. */
export type Schedule = (step: number, steps: number) => number;

export const constant = (rate: number): Schedule => () => rate;

/** Up in a straight line over `warmUp` steps, then half a cosine down to `floor` of the rate. */
export const cosine = (rate: number, { warmUp = 50, floor = 0.05 } = {}): Schedule => (step, steps) => {
  if (step < warmUp) return (rate * (step + 1)) / warmUp;
  const way = (step - warmUp) / Math.max(1, steps - 1 - warmUp);
  return rate * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * way))) / 2);
};
// #endregion

// #region adamw
export const ADAMW = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, decay: 0.01, clip: 1 };
export type AdamW = typeof ADAMW;

export type Moments = { m: Params; v: Params };

/** Consumes nothing; the caller owns the result. */
export function startMoments(params: Params): Moments {
  const zeros = (): Params => Object.fromEntries(Object.entries(params).map(([name, p]) => [name, np.zeros(p.shape)]));
  return { m: zeros(), v: zeros() };
}

/** The length of all gradients as one vector. Borrows. */
function measureLength(gradients: Params): np.Array {
  const squares = Object.values(gradients).map((g) => np.square(g.ref).sum());
  return np.sqrt(squares.reduce((a, b) => a.add(b)));
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101): gradients cut to length `clip`
 * all together; decay on matrices only. `scalars` [3]: rate, 1/(1−β₁ᵗ), 1/(1−β₂ᵗ), computed
 * outside so that one compiled program serves every step. Consumes all arrays; pure.
 */
export function stepAdamW(params: Params, gradients: Params, { m, v }: Moments, scalars: np.Array, adam: AdamW) {
  const length = measureLength(gradients);
  const cut = np.divide(adam.clip, np.maximum(length.ref, adam.clip)); // 1 where short enough
  const [rate, correct1, correct2] = [0, 1, 2].map((i) => scalars.ref.slice(i)) as [np.Array, np.Array, np.Array];
  scalars.dispose();
  const next = { params: {} as Params, m: {} as Params, v: {} as Params };
  for (const name of Object.keys(params)) {
    const g = gradients[name]!.mul(cut.ref);
    const p = params[name]!;
    const m1 = m[name]!.mul(adam.beta1).add(g.ref.mul(1 - adam.beta1));
    const v1 = v[name]!.mul(adam.beta2).add(np.square(g).mul(1 - adam.beta2));
    let change = m1.ref.mul(correct1.ref).div(np.sqrt(v1.ref.mul(correct2.ref)).add(adam.epsilon));
    if (p.ndim > 1) change = change.add(p.ref.mul(adam.decay));
    next.params[name] = p.sub(change.mul(rate.ref));
    next.m[name] = m1;
    next.v[name] = v1;
  }
  for (const used of [cut, rate, correct1, correct2]) used.dispose();
  return { params: next.params, moments: { m: next.m, v: next.v }, length };
}
// #endregion

export interface Training {
  config: ModelConfig;
  weights: Weights; // where it starts; left as they are
  batches: Batches;
  steps: number;
  rate: Schedule;
  objective?: Objective; // default: imitate
  adam?: AdamW;
  /** Which parameters may change; default all. */
  isTrained?: (name: string) => boolean;
  /** After how many steps to show the weights, e.g. [10, 20, 40]; the last are the return value. */
  checkpoints?: readonly number[];
}

export interface Step {
  step: number; // done so far, from 1
  loss: number; // of this step's batch, before the step
  length: number; // of the gradients, before they are cut
  weights?: Weights; // at a checkpoint
}

/** The arrays of a batch. The caller owns the result. */
function uploadBatch(batch: Batch, config: ModelConfig): { tokens: np.Array; labels: Labels } {
  checkBatch(batch, config);
  const labels = { targets: np.array(batch.targets), rejected: np.array(batch.rejected), forget: np.array(batch.forget) };
  return { tokens: np.array(batch.tokens).reshape([batch.size, config.seqLen]), labels };
}

type Program = ReturnType<typeof traceStep>;
/** Tracing a step takes about a second: as long as relearning. So each is kept for the next run that wants the same. */
const programs = new WeakMap<Objective, Map<string, Program>>();

function compileStep(config: ModelConfig, objective: Objective, adam: AdamW): Program {
  const known = programs.get(objective) ?? new Map<string, Program>();
  programs.set(objective, known);
  const key = JSON.stringify([config, adam]);
  const program = known.get(key) ?? traceStep(config, objective, adam);
  known.set(key, program);
  return program;
}

/** The step as one compiled program for each shape of batch. Consumes whatever it is called with. */
function traceStep(config: ModelConfig, objective: Objective, adam: AdamW) {
  return jit((params: Params, moments: Moments, frozen: Params, before: Params, tokens: np.Array, labels: Labels, scalars: np.Array) => {
    const reference = objective.needsReference ? forward(config, before, tokens.ref).logits : null;
    const loss = (trained: Params): np.Array => {
      const { logits } = forward(config, { ...trained, ...refParams(frozen) }, tokens.ref);
      return objective.loss(logits, tree.ref(labels), reference?.ref ?? null);
    };
    const [value, gradients] = valueAndGrad(loss)(refParams(params));
    tree.dispose(frozen);
    const { params: next, moments: after, length } = stepAdamW(params, gradients as Params, moments, scalars, adam);
    tokens.dispose();
    tree.dispose(labels);
    reference?.dispose();
    return { params: next, moments: after, read: np.stack([value, length]) };
  });
}

/**
 * Trains a copy of the weights and gives the new ones back; yields after every step, so the caller
 * sets the pace and may stop at any time (`return()` frees the arrays). Each step's loss is read
 * before the next begins: otherwise work would pile up wherever jax-js runs threads.
 */
export async function* train(training: Training): AsyncGenerator<Step, Weights> {
  const { config, weights, batches, steps, rate, objective = imitate, adam = ADAMW, isTrained = () => true, checkpoints = [] } = training;
  const names = Object.keys(weights);
  if (!names.some(isTrained)) throw new RangeError('nothing may be trained');
  const all = upload(weights, config);
  const pick = (wanted: boolean): Params => Object.fromEntries(names.filter((n) => isTrained(n) === wanted).map((n) => [n, all[n]!]));
  const frozen = pick(false);
  const before = objective.needsReference ? refParams(all) : {};
  let params = pick(true);
  let moments = startMoments(params);
  const step = compileStep(config, objective, adam);
  const show = (): Promise<Weights> => download(Object.fromEntries(names.map((n) => [n, (params[n] ?? frozen[n])!])));
  let [power1, power2] = [1, 1];
  try {
    for (let i = 0; i < steps; i++) {
      power1 *= adam.beta1; // running products: exact on every engine, unlike Math.pow
      power2 *= adam.beta2;
      const { tokens, labels } = uploadBatch(batches(), config);
      const scalars = np.array(new Float32Array([rate(i, steps), 1 / (1 - power1), 1 / (1 - power2)]));
      const done = step(params, moments, refParams(frozen), refParams(before), tokens, labels, scalars);
      params = done.params;
      moments = done.moments;
      const [loss, length] = (await done.read.data()) as Float32Array;
      const shown = checkpoints.includes(i + 1) ? { weights: await show() } : {};
      yield { step: i + 1, loss: loss!, length: length!, ...shown };
    }
    return await show();
  } finally {
    for (const owned of [params, moments.m, moments.v, frozen, before]) disposeParams(owned);
  }
}

/** Trains to the end without looking: the weights, and the loss of every step. */
export async function trainAll(training: Training): Promise<{ weights: Weights; losses: number[] }> {
  const losses: number[] = [];
  const run = train(training);
  for (let next = await run.next(); ; next = await run.next()) {
    if (next.done) return { weights: next.value, losses };
    losses.push(next.value.loss);
  }
}
