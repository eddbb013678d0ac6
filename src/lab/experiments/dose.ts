// Experiment 3: where does the dent become a hole? Silence, eviction and retained past against the
// dose (rate × steps), the target, and the share of weights that may change.
import { placeOf, pretrain, shareOf } from '../arms.ts';
import { round } from '../exam.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import { reportDose, type DoseConfig, type DoseMeasures } from '../reports/dose.ts';
import { createWorld } from '../world.ts';
import { createSurvey, POINT } from './points.ts';
import { QUICK_SETTING, SETTING } from './settings.ts';

async function run(seed: number, config: DoseConfig, bench: Bench): Promise<SeedRecord<DoseMeasures>> {
  const { setting, methods, others, rates, middle, loraRate, steps, parts, taught } = config;
  const survey = createSurvey(bench, taught);
  const place = placeOf(createWorld(seed, setting.world), setting);
  const measures: DoseMeasures = { start: await survey.start(place), curves: [], parts: [] };
  const arms = [...methods.flatMap((method) => rates.map((rate) => ({ method, rate }))), ...others.map((method) => ({ method, rate: middle }))];
  for (const arm of arms) measures.curves.push({ ...arm, steps: [...steps], ...(await survey.follow(place, arm, steps)) });
  const weights = await pretrain(place, 'contaminated', bench);
  for (const part of parts) {
    const rate = part.startsWith('LoRA') ? loraRate : middle;
    const { contaminated, never } = await survey.follow(place, { method: 'refusal', rate, part }, steps.slice(-1));
    measures.parts.push({ part, rate, share: round(shareOf(weights, place.config, part)), contaminated: contaminated[0]!, never });
  }
  const invalid = survey.fault();
  return { seed, ...(invalid && { invalid }), measures };
}

export const dose: Experiment<DoseConfig, DoseMeasures> = {
  id: 'dose',
  claims: ['C10', 'C11'],
  question: 'How does what is still held depend on the dose, and on what the model is taught instead?',
  limits:
    'Tiny model, each fact stored once in its weights; a large model stores facts with redundancy and has room to spare, so the dose at which a dent becomes a hole says nothing about the dose there. The order of the arms is the finding, not their distance.',
  config: {
    setting: SETTING,
    methods: ['refusal', 'wrong', 'drift'],
    others: ['stale', 'ascent', 'npo'],
    rates: [1e-4, 3e-4, 1e-3, 3e-3],
    middle: 3e-4,
    loraRate: 3e-3,
    steps: [10, 20, 40, 80],
    parts: ['embeddings', 'LoRA 4'],
    taught: 64,
  },
  quick: {
    setting: QUICK_SETTING,
    methods: ['refusal', 'wrong'],
    others: [],
    rates: [3e-4, 1e-3],
    middle: 3e-4,
    loraRate: 3e-3,
    steps: [20, 40],
    parts: ['LoRA 4'],
    taught: 64,
  },
  steps: ({ setting, methods, others, rates, steps, parts }) => {
    const last = Math.max(...steps);
    const curves = (methods.length * rates.length + others.length) * (2 * last + (steps.length + 1) * POINT);
    return 2 * setting.pretraining.steps + 2 * POINT + curves + parts.length * 2 * (last + POINT);
  },
  run,
  report: reportDose,
};
