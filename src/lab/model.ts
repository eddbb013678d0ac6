// The transformer: a small pre-norm decoder that answers with one token after the last position.
// Config, weights, forward pass. Knows no world, no loss and no optimiser.
// Shapes: B batch, T time, D model, H heads, K head size, F inner size, V vocabulary, R rank.
//
// Two forms of the same parameters: Weights are plain numbers, which anyone may keep, change and
// compare; Params are jax arrays, which have an owner. Only train.ts and measure.ts own Params.
import { nn, numpy as np } from '@jax-js/jax';
import type { Random } from './random.ts';

export interface ModelConfig {
  nLayer: number;
  nHead: number;
  dModel: number;
  dMlp: number;
  seqLen: number;
  vocab: number;
}

/** The miniature of the talk, for a world's questions. */
export const MODEL: Omit<ModelConfig, 'seqLen' | 'vocab'> = { nLayer: 4, nHead: 4, dModel: 64, dMlp: 256 };

export type Weights = Readonly<Record<string, Float32Array>>;
export type Params = Record<string, np.Array>;

const EPSILON = 1e-5; // in the norms
const MASKED = -1e9; // a score that the softmax rounds to 0; infinity would make NaN of 0 × ∞

// #region parameters
export const BLOCK_MATRICES = ['query', 'key', 'value', 'out', 'up', 'down'] as const;

/** Every parameter and its shape, in the order in which they are drawn and listed. Blocks count from 0. */
export function listShapes({ nLayer, dModel: D, dMlp: F, seqLen: T, vocab: V }: ModelConfig): Record<string, number[]> {
  const shapes: Record<string, number[]> = { embed: [V, D], position: [T, D] };
  for (let i = 0; i < nLayer; i++) {
    const block = { norm1: [D], query: [D, D], key: [D, D], value: [D, D], out: [D, D], norm2: [D], up: [D, F], down: [F, D] };
    for (const [name, shape] of Object.entries(block)) shapes[`block${i}.${name}`] = shape;
  }
  return { ...shapes, norm: [D] };
}

/** The shapes of weights that may carry LoRA factors `<matrix>.a` [in, R] and `<matrix>.b` [R, out]. */
export function shapesOf(weights: Weights, config: ModelConfig): Record<string, number[]> {
  const shapes = listShapes(config);
  for (const name of Object.keys(weights)) {
    if (name in shapes) continue;
    const [, matrix, factor] = /^(.*)\.([ab])$/.exec(name) ?? [];
    const [rows, columns] = shapes[matrix ?? ''] ?? [];
    if (!rows || !columns) throw new RangeError(`${name} is no parameter of this model`);
    const size = weights[name]!.length;
    shapes[name] = factor === 'a' ? [rows, size / rows] : [size / columns, columns];
  }
  for (const [name, shape] of Object.entries(shapes)) {
    const [have, want] = [weights[name]?.length, shape.reduce((a, b) => a * b, 1)];
    if (have !== want) throw new RangeError(`${name} has ${have} numbers instead of ${want}`);
  }
  return shapes;
}

/**
 * Gaussian. Matrices by 1/√(inputs), so that a block passes on what it gets at its size (GPT-2's
 * 0.02 is for wider models: at width 64 the facts are then learned many times more slowly); less
 * for what adds to the residual stream, by the number of additions. Embeddings 0.25: at 0.05 the
 * facts take half as many steps again. Norms 1.
 */
export function initWeights(config: ModelConfig, random: Random): Weights {
  if (config.dModel % config.nHead) throw new RangeError(`${config.dModel} does not divide into ${config.nHead} heads`);
  const draw = (name: string, shape: number[]): Float32Array => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (/norm/.test(name)) return new Float32Array(size).fill(1);
    const residual = /\.(out|down)$/.test(name) ? Math.sqrt(2 * config.nLayer) : 1;
    const scale = isEmbedding(name) ? 0.25 : 1 / Math.sqrt(shape[0]!) / residual;
    return Float32Array.from({ length: size }, () => scale * random.gaussian());
  };
  return Object.fromEntries(Object.entries(listShapes(config)).map(([name, shape]) => [name, draw(name, shape)]));
}

/**
 * The same weights with a low-rank change beside each block matrix, W + A·B, B = 0, so nothing has
 * changed yet (Hu et al. 2021, arXiv 2106.09685, with its scale α/r = 1). Train only these: `isLora`.
 */
export function addLora(weights: Weights, config: ModelConfig, rank: number, random: Random): Weights {
  const added: Record<string, Float32Array> = { ...weights };
  for (const [name, [rows = 0, columns = 0]] of Object.entries(listShapes(config))) {
    if (!BLOCK_MATRICES.some((m) => name.endsWith(`.${m}`))) continue;
    added[`${name}.a`] = Float32Array.from({ length: rows * rank }, () => random.gaussian() / Math.sqrt(rows));
    added[`${name}.b`] = new Float32Array(rank * columns);
  }
  return added;
}

export const isLora = (name: string): boolean => /\.[ab]$/.test(name);
export const isEmbedding = (name: string): boolean => name === 'embed' || name === 'position';
/** Parameters of the blocks from `from` up to, not including, `to`. */
export const isInBlocks = (from: number, to: number) => (name: string): boolean => {
  const i = Number(/^block(\d+)\./.exec(name)?.[1] ?? NaN);
  return i >= from && i < to;
};
// #endregion

// #region arrays
/** The caller owns the result: consume it or `disposeParams`. */
export function upload(weights: Weights, config: ModelConfig): Params {
  const shapes = shapesOf(weights, config);
  return Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, np.array(data, { shape: shapes[name]! })]));
}

/** Borrows params. */
export async function download(params: Params): Promise<Weights> {
  const read: Record<string, Float32Array> = {};
  for (const [name, array] of Object.entries(params)) read[name] = (await array.ref.data()) as Float32Array;
  return read;
}

/** One more reference to each: for a call that consumes what the caller wants to keep. */
export const refParams = (params: Params): Params => Object.fromEntries(Object.entries(params).map(([name, array]) => [name, array.ref]));

/** Not for tracers. Skips what is dead already: after an error half-way some may have been consumed. */
export function disposeParams(params: Params): void {
  for (const array of Object.values(params)) if (array.refCount > 0) array.dispose();
}
// #endregion

// #region forward
export interface ForwardOptions {
  /** Also gives the residual stream after each block. */
  trace?: boolean;
  /** Logits at every position, [B, T, V], at the price of the whole last block. */
  everywhere?: boolean;
  /** Adds a vector to the residual stream after block `after`: [T, D] for all rows, or [B, T, D]. Consumed. */
  edit?: { after: number; add: np.Array };
}

export interface Forward {
  logits: np.Array; // [B, V]
  /** After each block; of the last one only the last position, unless computed everywhere. */
  stream: np.Array[]; // [B, T or 1, D]
}

/**
 * Tokens [B, T] to the logits of the next token after each row. The last block is computed at the
 * last position only, as nothing reads the others. Consumes params, tokens and the edit; the
 * caller owns the result. Inside jit, tokens have to be an argument (jax-js 0.1.25 refuses indices
 * that are constants of the traced function).
 */
export function forward(config: ModelConfig, params: Params, tokens: np.Array, options: ForwardOptions = {}): Forward {
  const { nLayer, seqLen: T } = config;
  const stream: np.Array[] = [];
  let x = np.take(params.embed!.ref, tokens, 0).add(params.position!); // [B, T, D]
  for (let i = 0; i < nLayer; i++) {
    const answerOnly = i === nLayer - 1 && !options.everywhere;
    x = runBlock(config, params, i, x, answerOnly);
    if (options.edit?.after === i) {
      const { add } = options.edit;
      const rows = answerOnly ? [T - 1, T] as [number, number] : [] as [];
      x = x.add(add.ndim === 3 ? add.slice([], rows) : add.slice(rows)); // [B, T or 1, D]
    }
    if (options.trace) stream.push(x.ref);
  }
  x = normalise(x, params.norm!);
  if (!options.everywhere) x = x.slice([], -1); // [B, D]
  return { logits: np.matmul(x, params.embed!.transpose()), stream }; // tied: the embedding reads the answer out
}

/** One block. Consumes its own params and x [B, T, D]; gives [B, T, D], or [B, 1, D] for the answer only. */
function runBlock({ nHead: H, dModel: D, seqLen: T }: ModelConfig, params: Params, i: number, x: np.Array, answerOnly: boolean): np.Array {
  const B = x.shape[0]!;
  const own = (name: string) => params[`block${i}.${name}`]!;
  const apply = (input: np.Array, name: string) => multiply(input, params, `block${i}.${name}`);
  const split = (a: np.Array) => a.reshape([B, a.shape[1]!, H, D / H]).transpose([0, 2, 1, 3]); // [B, H, T, K]
  const answer = (a: np.Array) => (answerOnly ? a.slice([], [T - 1, T]) : a); // [B, T or 1, D]

  const h = normalise(x.ref, own('norm1'));
  const key = split(apply(h.ref, 'key'));
  const value = split(apply(h.ref, 'value'));
  const query = split(apply(answer(h), 'query'));
  let score = np.matmul(query, key.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(D / H)); // [B, H, T or 1, T]
  if (!answerOnly) score = np.where(np.tri(T, T, 0, { dtype: np.bool }), score, MASKED); // row t sees 0 … t
  const mixed = np.matmul(nn.softmax(score), value); // [B, H, T or 1, K]
  const joined = mixed.transpose([0, 2, 1, 3]).reshape([B, answerOnly ? 1 : T, D]);
  x = answer(x).add(apply(joined, 'out'));

  // Squared ReLU (So et al. 2021, arXiv 2109.08668): no exponential, and a smooth gradient.
  const inner = np.square(nn.relu(apply(normalise(x.ref, own('norm2')), 'up'))); // [B, T or 1, F]
  return x.add(apply(inner, 'down'));
}

/**
 * x·W, and x·W + x·A·B where there are LoRA factors; [B, T, in] → [B, T, out], flat in between, as
 * jax-js 0.1.25 multiplies two tables faster than a stack by a table. Consumes x and those params.
 */
function multiply(x: np.Array, params: Params, name: string): np.Array {
  const [w, a, b] = [params[name]!, params[`${name}.a`], params[`${name}.b`]];
  const [B, T, D] = x.shape as [number, number, number];
  x = x.reshape([B * T, D]);
  const y = a && b ? np.matmul(x.ref, w).add(np.matmul(np.matmul(x, a), b)) : np.matmul(x, w);
  return y.reshape([B, T, y.shape[1]!]);
}

/** RMSNorm over the last axis (Zhang and Sennrich 2019, arXiv 1910.07467). Consumes x and gain [D]. */
export function normalise(x: np.Array, gain: np.Array): np.Array {
  const scale = np.sqrt(np.square(x.ref).mean(-1, { keepdims: true }).add(EPSILON));
  return x.div(scale).mul(gain);
}

/** Reads a stream [B, D] as the last one would be read: the logit lens. Consumes all. */
export const readOut = (x: np.Array, norm: np.Array, embed: np.Array): np.Array => np.matmul(normalise(x, norm), embed.transpose());
// #endregion
