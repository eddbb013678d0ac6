// The matrix products of a step: how many floating-point operations they are, and their shapes.
import type { ModelConfig } from '../../lab/model.ts';

/** [m, k] × [k, n]. */
export type Product = readonly [m: number, k: number, n: number];

/** Each of its m·n numbers takes k multiplications and k additions. */
export const countProduct = ([m, k, n]: Product): number => 2 * m * k * n;

/**
 * For B rows of T positions, N = B·T, width D, inner size F, vocabulary V and L blocks, forward:
 *   each of the first L − 1 blocks   8·N·D²  query, key, value, out
 *                                    4·N·D·F  up, down
 *                                    4·N·T·D  scores, and the values they mix, in all heads together
 *   the last block                   4·N·D² + 4·B·D²  key and value; query and out at the last position only
 *                                    4·B·D·F + 4·B·T·D  likewise
 *   reading the answer out           2·B·D·V
 * Backward is twice forward: each product hands a gradient to both its factors, each by a product of
 * the same size. The scores that the mask hides are counted, as everyone computes them. Not counted
 * is all elementwise work (norms, softmax, loss, AdamW), and the looking up of embeddings.
 */
export function countStep({ nLayer: L, dModel: D, dMlp: F, seqLen: T, vocab: V }: ModelConfig, B: number): { forward: number; backward: number; all: number } {
  const N = B * T;
  const block = 8 * N * D * D + 4 * N * D * F + 4 * N * T * D;
  const last = 4 * N * D * D + 4 * B * D * D + 4 * B * D * F + 4 * B * T * D;
  const forward = (L - 1) * block + last + 2 * B * D * V;
  return { forward, backward: 2 * forward, all: 3 * forward };
}

/** The large products of a step, forward and backward, and one that suits any library. */
export function listProducts({ dModel: D, dMlp: F, seqLen: T, vocab: V }: ModelConfig, B: number): Product[] {
  const N = B * T;
  return [[N, D, D], [N, D, F], [N, F, D], [D, N, D], [D, N, F], [B, D, V], [512, 512, 512]];
}
