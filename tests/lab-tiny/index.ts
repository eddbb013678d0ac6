// One experiment that really trains, in a second: to compare machines and browsers to the bit.
import type { Batches } from '../../src/lab/batch.ts';
import type { Bench, Experiment, Json, SeedRecord } from '../../src/lab/experiment.ts';
import { addLora, isLora } from '../../src/lab/model.ts';
import { createRandom } from '../../src/lab/random.ts';
import { constant, cosine, trainAll } from '../../src/lab/train.ts';
import { METHODS } from '../../src/lab/tune.ts';
import { hashWeights, mergeLora } from '../../src/lab/weights.ts';
import { TINY, bigWeights, someBatch } from '../lab.ts';

type Config = { steps: number };

async function run(seed: number, { steps }: Config, bench: Bench): Promise<SeedRecord<unknown>> {
  const losses: number[] = [];
  const source = (): Batches => {
    let i = seed * 1000;
    return () => someBatch(64, TINY, i++);
  };
  const [trained] = await bench.keep({ seed, steps }, steps, async () => {
    const { weights } = await trainAll({ config: TINY, weights: bigWeights(TINY, seed), batches: source(), steps, rate: cosine(1e-2, { warmUp: 3 }) });
    return [weights];
  });
  const hashes: Record<string, string> = { trained: hashWeights(trained!) };
  for (const [name, { objective }] of Object.entries(METHODS)) {
    const weights = addLora(trained!, TINY, 2, createRandom(seed, name));
    const tuned = await trainAll({ config: TINY, weights, batches: source(), steps, rate: constant(1e-3), objective, isTrained: isLora });
    losses.push(...tuned.losses);
    hashes[name] = hashWeights(mergeLora(tuned.weights));
    bench.did(steps, name);
  }
  return { seed, measures: { losses, hashes } };
}

const tiny: Experiment<Config> = {
  id: 'tiny',
  claims: ['C0'],
  question: 'Do all machines agree?',
  limits: 'None.',
  config: { steps: 12 },
  quick: { steps: 6 },
  steps: ({ steps }) => (1 + Object.keys(METHODS).length) * steps,
  run,
  report: (records) => ({
    outcome: { verdict: 'not tested', rule: 'None.', sentence: 'None.', headline: { what: 'seeds', value: records.length, low: 0, high: records.length } },
    figures: [],
  }),
};

export const EXPERIMENTS = [tiny] as unknown as readonly Experiment<Json>[];
