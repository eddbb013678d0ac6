// What everyone in the benchmark computes: one step of pretraining the flagship model, from the
// lab's own start weights, batches and rates. Call `makeExact` before importing this.
import type { Batch } from '../../lab/batch.ts';
import { SETTING } from '../../lab/experiments/settings.ts';
import { initWeights, shapesOf, type ModelConfig, type Weights } from '../../lab/model.ts';
import { createRandom } from '../../lab/random.ts';
import { pretraining } from '../../lab/tasks.ts';
import { ADAMW, cosine, type AdamW } from '../../lab/train.ts';
import { createWorld } from '../../lab/world.ts';

export interface Subject {
  config: ModelConfig;
  weights: Weights;
  shapes: Record<string, number[]>;
  /** In a batch. */
  rows: number;
  /** They repeat: making them is nobody's work here. Step s takes number s modulo their count. */
  batches: readonly Batch[];
  rate(step: number): number;
  adam: AdamW;
}

const SEED = 1; // never published
const BATCHES = 60;

export function makeSubject(): Subject {
  const { steps, size, rate } = SETTING.pretraining;
  const world = createWorld(SEED, SETTING.world);
  const config = { ...SETTING.model, seqLen: world.seqLen, vocab: world.vocab };
  const weights = initWeights(config, createRandom(SEED, 'weights'));
  const next = pretraining(world, 'contaminated', { size });
  const schedule = cosine(rate);
  return {
    config,
    weights,
    shapes: shapesOf(weights, config),
    rows: size,
    batches: Array.from({ length: BATCHES }, next),
    rate: (step) => schedule(Math.min(step, steps - 1), steps),
    adam: ADAMW,
  };
}
