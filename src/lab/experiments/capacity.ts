// Experiment 3b: the same dose in fuller and emptier models: three widths, and half the facts.
import { placeOf, pretrain, type Setting } from '../arms.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import type { Weights } from '../model.ts';
import { reportCapacity, type CapacityConfig, type CapacityMeasures } from '../reports/capacity.ts';
import { createWorld } from '../world.ts';
import { createSurvey, POINT } from './points.ts';
import { QUICK_SETTING, SETTING } from './settings.ts';

async function run(seed: number, { settings, methods, rate, steps, taught }: CapacityConfig, bench: Bench): Promise<SeedRecord<CapacityMeasures>> {
  const survey = createSurvey(bench, taught);
  const measures: CapacityMeasures = { settings: [] };
  for (const [name, setting] of Object.entries(settings)) {
    const place = placeOf(createWorld(seed, setting.world), setting);
    const entry: CapacityMeasures['settings'][number] = { name, parameters: countNumbers(await pretrain(place, 'contaminated', bench)), start: await survey.start(place), arms: {} };
    for (const method of methods) {
      const { contaminated, never } = await survey.follow(place, { method, rate }, [steps]);
      entry.arms[method] = { contaminated: contaminated[0]!, never };
    }
    measures.settings.push(entry);
  }
  const invalid = survey.fault();
  return { seed, ...(invalid && { invalid }), measures };
}

const countNumbers = (weights: Weights): number => Object.values(weights).reduce((n, w) => n + w.length, 0);
/** A narrower model needs more steps to recall as much. */
const ofWidth = (dModel: number, steps: number): Setting => ({ ...SETTING, model: { ...SETTING.model, dModel, dMlp: 4 * dModel }, pretraining: { ...SETTING.pretraining, steps } });
const costOf = ({ model }: Setting): number => (model.dModel / 64) ** 1.5;

export const capacity: Experiment<CapacityConfig, CapacityMeasures> = {
  id: 'capacity',
  claims: ['C10', 'C11'],
  question: 'Does the same dose evict more from a model that has less room for each fact?',
  limits:
    'Widths from 32 to 64 only, and a narrower model needs more steps of pretraining to recall as much, so exposures differ with width. Large models have far more room for each fact than any of these.',
  config: {
    settings: {
      'width 32': ofWidth(32, 1100),
      'width 48': ofWidth(48, 700),
      'width 64': SETTING,
      'width 64, half the facts': { ...SETTING, world: { ...SETTING.world, offices: SETTING.world.offices / 2 }, pretraining: { ...SETTING.pretraining, steps: 350 } },
    },
    methods: ['refusal', 'wrong'],
    rate: 3e-4,
    steps: 80,
    taught: 64,
  },
  quick: {
    settings: { 'width 32': { ...QUICK_SETTING, model: { ...QUICK_SETTING.model, dModel: 32, dMlp: 128 } }, 'width 48': QUICK_SETTING },
    methods: ['refusal'],
    rate: 3e-4,
    steps: 40,
    taught: 64,
  },
  steps: ({ settings, methods, steps }) => Object.values(settings).reduce((n, s) => n + costOf(s) * 2 * (s.pretraining.steps + methods.length * steps) + 2 * POINT * (1 + methods.length), 0),
  run,
  report: reportCapacity,
};
