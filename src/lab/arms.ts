// From a recipe to weights: the twins, what tuning makes of them, and attempts to bring the future
// back. Every experiment makes its models here, so the same recipe gives the same model in each.
// Knows no measure and no verdict.
import type { Bench, Json } from './experiment.ts';
import {
  BLOCK_MATRICES, addLora, initWeights, isEmbedding, isInBlocks, isLora,
  type ModelConfig, type Weights,
} from './model.ts';
import { createRandom } from './random.ts';
import { pretraining, relearning, tuning, type RelearningTask, type TuningTask, type Twin } from './tasks.ts';
import { constant, cosine, train } from './train.ts';
import { METHODS, imitate } from './tune.ts';
import { mergeLora } from './weights.ts';
import type { Group, Wording, World, WorldConfig } from './world.ts';

// #region recipes
/** A world, a model and how it is pretrained: all that a twin depends on beside the seed. */
export type Setting = {
  world: WorldConfig;
  model: { nLayer: number; nHead: number; dModel: number; dMlp: number };
  pretraining: { steps: number; size: number; rate: number };
};

/** Which parameters tuning may change. The halves are of the blocks; embeddings belong to neither. */
export const PARTS = ['all', 'blocks', 'embeddings', 'lower half', 'upper half', 'MLPs', 'LoRA 1', 'LoRA 4', 'LoRA 16'] as const;
export type Part = (typeof PARTS)[number];

export type Arm = {
  /** drift: past facts only, as many steps and rows, nothing to forget. */
  method: keyof typeof METHODS | 'drift';
  rate: number;
  part?: Part;
  /** Whose past is rehearsed, whose future is to be unlearned, in which wordings; as in tasks.ts. */
  rehearsed?: Group[];
  groups?: Group[];
  wordings?: Wording[];
};

export const TUNING_ROWS = 256;
// #endregion

/** A seed's world and model under one setting. */
export interface Place {
  world: World;
  config: ModelConfig;
  setting: Setting;
}

export const placeOf = (world: World, setting: Setting): Place => ({ world, setting, config: { ...setting.model, seqLen: world.seqLen, vocab: world.vocab } });

const costOf = ({ setting: { model } }: Place, steps: number, rows: number): number =>
  Math.round(((steps * rows) / 256) * (model.dModel / 64) ** 1.5 * (model.nLayer / 4) * 10) / 10;

/** A twin, pretrained. Both begin with the same weights. */
export async function pretrain(place: Place, twin: Twin, bench: Bench): Promise<Weights> {
  const { world, config, setting } = place;
  const { steps, size, rate } = setting.pretraining;
  const recipe: Json = { twin, setting, seed: world.seed };
  const [weights] = await bench.keep(recipe, costOf(place, steps, size), async () => {
    const start = initWeights(config, createRandom(world.seed, 'weights'));
    const batches = pretraining(world, twin, { size });
    return [await follow(place, bench, `pretraining ${twin}`, { weights: start, batches, steps, rate: cosine(rate), size })];
  });
  return weights!;
}

/** The weights of a tuned twin after each of `checkpoints` steps; LoRA merged. */
export async function tune(place: Place, twin: Twin, arm: Arm, checkpoints: readonly number[], bench: Bench): Promise<Weights[]> {
  const { world, config, setting } = place;
  const steps = Math.max(...checkpoints);
  const recipe: Json = { twin, setting, seed: world.seed, arm, checkpoints: [...checkpoints] };
  const before = await pretrain(place, twin, bench);
  return bench.keep(recipe, costOf(place, steps, TUNING_ROWS), async () => {
    const { batches, objective } = taskOf(world, arm);
    const { weights, isTrained } = choosePart(before, config, arm.part ?? 'all', world.seed);
    const shown: Weights[] = [];
    const what = `tuning ${twin}: ${nameArm(arm)}`;
    await follow(place, bench, what, { weights, batches, steps, rate: constant(arm.rate), size: TUNING_ROWS, objective, isTrained, checkpoints }, (w) => shown.push(mergeLora(w)));
    return shown;
  });
}

export const nameArm = ({ method, part = 'all', rate }: Arm): string => `${method}${part === 'all' ? '' : `, ${part} only`}, rate ${rate}`;

function taskOf(world: World, { method, rehearsed, groups, wordings }: Arm) {
  const reach = { size: TUNING_ROWS, ...(rehearsed && { rehearsed }), ...(groups && { groups }), ...(wordings && { wordings }) };
  const task: TuningTask = method === 'drift' ? { ...reach, answer: 'unknown', share: 0 } : { ...reach, answer: METHODS[method].answer };
  return { batches: tuning(world, task), objective: method === 'drift' ? imitate : METHODS[method].objective };
}

/** The weights to begin with (LoRA adds factors) and which of them may change. */
function choosePart(weights: Weights, config: ModelConfig, part: Part, seed: number): { weights: Weights; isTrained: (name: string) => boolean } {
  const half = config.nLayer / 2;
  if (part.startsWith('LoRA')) return { weights: addLora(weights, config, Number(part.slice(5)), createRandom(seed, 'LoRA')), isTrained: isLora };
  const isTrained: Record<string, (name: string) => boolean> = {
    all: () => true,
    blocks: (name) => !isEmbedding(name),
    embeddings: isEmbedding,
    'lower half': isInBlocks(0, half),
    'upper half': isInBlocks(half, config.nLayer),
    MLPs: (name) => /\.(up|down)$/.test(name),
  };
  return { weights, isTrained: isTrained[part]! };
}

/** How much of the model a part is: trained numbers over all of the plain model's. */
export function shareOf(weights: Weights, config: ModelConfig, part: Part): number {
  const chosen = choosePart(weights, config, part, 0);
  const count = (isIn: (name: string) => boolean, of: Weights): number => Object.entries(of).reduce((n, [name, w]) => n + (isIn(name) ? w.length : 0), 0);
  return count(chosen.isTrained, chosen.weights) / count(() => true, weights);
}

type Run = Omit<Parameters<typeof train>[0], 'config'> & { size: number };

/** Trains to the end, saying every few steps how far it is. */
async function follow(place: Place, bench: Bench, what: string, { size, ...run }: Run, show?: (weights: Weights) => void): Promise<Weights> {
  const running = train({ config: place.config, ...run });
  let said = 0;
  for (;;) {
    const next = await running.next();
    if (next.done) return next.value;
    const { step, weights } = next.value;
    if (weights) show?.(weights);
    if (step - said < 10 && step < run.steps) continue;
    bench.did(costOf(place, step - said, size), what);
    said = step;
  }
}

// #region recovery
export const RELEARNING = { rate: 5e-4, steps: 20, rows: 64 };

/** The weights after so many steps on these facts, and at checkpoints before; nothing is kept. */
export async function relearn({ world, config }: Place, weights: Weights, task: RelearningTask, checkpoints: readonly number[] = [RELEARNING.steps]): Promise<Weights[]> {
  const { rate, rows } = RELEARNING;
  const shown: Weights[] = [];
  const batches = relearning(world, { ...task, size: rows });
  for await (const step of train({ config, weights, batches, steps: Math.max(...checkpoints), rate: constant(rate), checkpoints })) if (step.weights) shown.push(step.weights);
  return shown;
}
// #endregion

/** The matrices of one block, or all that is not in a block. */
export const partNames = (block: number | 'embeddings') => (name: string): boolean =>
  block === 'embeddings' ? isEmbedding(name) : BLOCK_MATRICES.some((m) => name === `block${block}.${m}`);
