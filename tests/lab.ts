// What the lab's tests share: a model small enough for plain loops, and the number of live buffers.
import { numpy as np } from '@jax-js/jax';
import { makeBatch, type Batch } from '../src/lab/batch.ts';
import { initWeights, isEmbedding, type ModelConfig, type Weights } from '../src/lab/model.ts';
import { createRandom } from '../src/lab/random.ts';

export const TINY: ModelConfig = { nLayer: 2, nHead: 2, dModel: 8, dMlp: 12, seqLen: 4, vocab: 11 };

/** Weights large enough that attention and MLP matter; gains other than 1. */
export function bigWeights(config: ModelConfig = TINY, seed = 1): Weights {
  const random = createRandom(seed, 'test weights');
  const drawn = Object.entries(initWeights(config, random)).map(([name, w]) => [name, w.map((v) => (/norm/.test(name) ? 1 + 0.2 * random.gaussian() : v * (isEmbedding(name) ? 1.6 : 1)))]);
  return Object.fromEntries(drawn) as Weights;
}

/** Random questions; every second row is to be forgotten, and its rejected answer is another one. */
export function someBatch(size: number, { seqLen, vocab }: ModelConfig = TINY, seed = 1): Batch {
  const random = createRandom(seed, 'test batch');
  return makeBatch(
    Array.from({ length: size }, (_, i) => ({
      tokens: Array.from({ length: seqLen }, () => random.below(vocab)),
      target: random.below(vocab),
      rejected: random.below(vocab),
      forget: i % 2 === 0,
    })),
  );
}

/**
 * How many buffers the wasm backend of jax-js 0.1.25 holds. It tells nobody, but enters each new one
 * in a Map as {ptr, size, ref}: so one is made while Map.set is listened to, and the Map is known.
 */
export function countBuffers(): number {
  const set = Map.prototype.set;
  let buffers: Map<unknown, unknown> | undefined;
  Map.prototype.set = function (key, value) {
    if (typeof value === 'object' && value !== null && 'ptr' in value && 'ref' in value) buffers = this;
    return set.call(this, key, value);
  };
  try {
    np.array(Float32Array.of(1, 2, 4)).dispose(); // equal numbers would be kept as a formula, without a buffer
  } finally {
    Map.prototype.set = set;
  }
  if (!buffers) throw new Error('jax-js keeps its buffers otherwise now');
  return buffers.size;
}
