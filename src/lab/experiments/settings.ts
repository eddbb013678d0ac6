// The configurations that the experiments share. Fixed before the published seeds were run, on
// seeds 1 to 3, which are never published.
import type { Arm, Setting } from '../arms.ts';
import { MODEL } from '../model.ts';
import { WORLD } from '../world.ts';

export const SETTING: Setting = {
  world: WORLD,
  model: MODEL,
  pretraining: { steps: 600, size: 256, rate: 6e-3 }, // 53 exposures a fact, in all wordings together; with 450 one twin in two recalls less than 99 %
};

/** A third of the world in fewer steps, for a look in two minutes. */
export const QUICK_SETTING: Setting = {
  world: { ...WORLD, offices: 80, names: 50 },
  model: { ...MODEL, nLayer: 4, dModel: 48, dMlp: 192 },
  pretraining: { steps: 250, size: 192, rate: 6e-3 },
};

const RATE = 3e-4;

/** Each differs from refusal in one thing. */
export const ARMS = {
  refusal: { method: 'refusal', rate: RATE },
  stale: { method: 'stale', rate: RATE },
  wrong: { method: 'wrong', rate: RATE },
  ascent: { method: 'ascent', rate: RATE },
  NPO: { method: 'npo', rate: RATE },
  DPO: { method: 'dpo', rate: RATE },
  'refusal, LoRA': { method: 'refusal', rate: 3e-3, part: 'LoRA 4' },
  'refusal, blocks only': { method: 'refusal', rate: RATE, part: 'blocks' },
  'refusal, lower half': { method: 'refusal', rate: RATE, part: 'lower half' },
  'refusal, upper half': { method: 'refusal', rate: RATE, part: 'upper half' },
} satisfies Record<string, Arm>;

export const CHECKPOINTS = [5, 10, 20, 30, 40, 60, 80, 120];
