// Experiments that cost nothing and know no model, for tests of what runs them. Imports only types,
// so that a test may copy this file elsewhere and change it.
import type { Bench, Experiment, Json, SeedRecord } from '../../src/lab/experiment.ts';

type Config = { rounds: number; scale: number };
type Measures = { share: number; series: number[] };

/** Numbers that look random and are the same everywhere. */
function churn(seed: number, rounds: number): number {
  let h = seed | 0;
  for (let i = 0; i < rounds * 1000; i++) h = Math.imul(h ^ (h >>> 13) ^ i, 0x5bd1e995);
  return (h >>> 8) / 2 ** 24;
}

async function run(seed: number, { rounds, scale }: Config, bench: Bench): Promise<SeedRecord<Measures>> {
  const trained = await bench.keep({ twin: 'fake', seed, rounds }, rounds, async () => {
    const values = new Float32Array(rounds);
    for (let i = 0; i < rounds; i++) {
      values[i] = churn(seed + i, 200);
      bench.did(1, 'training');
    }
    return [{ values, once: Float32Array.of(seed) }];
  });
  const series: number[] = [];
  for (let i = 0; i < rounds; i++) {
    series.push(Math.round(1e4 * scale * (churn(seed * 31 + i, 200) + trained[0]!.values![i]!)) / 2e4);
    bench.did(1, 'measuring');
  }
  return { seed, measures: { share: series.reduce((a, b) => a + b, 0) / rounds, series } };
}

function make(id: string, change: Partial<Experiment<Config, Measures>> = {}): Experiment<Config, Measures> {
  return {
    id,
    claims: ['C0'],
    question: `What does ${id} ask?`,
    limits: 'It is made up.',
    config: { rounds: 60, scale: 1 },
    quick: { rounds: 6, scale: 1 },
    steps: ({ rounds }) => 2 * rounds,
    run,
    report(records) {
      const shares = records.map((r) => r.measures.share);
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      const figure = {
        id: `${id}-shares`,
        kind: 'lines' as const,
        title: 'Shares',
        finding: 'They are shares.',
        x: { label: 'seed', values: records.map((r) => r.seed) },
        y: { label: 'share', unit: '' },
        series: [{ name: id, values: shares }],
        approximate: false,
        caveat: 'Made up.',
      };
      return {
        outcome: {
          verdict: mean > 0.5 ? 'holds' : 'fails',
          rule: 'The mean is above 0.5.',
          sentence: `The mean is ${mean}.`,
          headline: { what: 'mean share', value: mean, low: Math.min(...shares), high: Math.max(...shares) },
        },
        figures: [figure],
      };
    },
    ...change,
  };
}

const crash = async (): Promise<never> => {
  throw new Error('the seed of all trouble');
};
/** Trains for ever and lets no event through; its lock tells its process. */
const spin = async (seed: number, _: Config, bench: Bench): Promise<never> => {
  await bench.keep({ twin: 'spinning', seed }, 1, async () => {
    for (;;);
  });
  throw new Error('it has spun off');
};
const measure = (measures: unknown) => async (seed: number) => ({ seed, measures: measures as Measures });

export const EXPERIMENTS = [
  make('first'),
  make('second', { config: { rounds: 40, scale: 0.9 } }),
  make('crashing', { run: crash }),
  make('dying', { run: async () => process.abort() }),
  make('spinning', { run: spin }),
  make('broken', { run: measure({ share: Number.NaN, series: [] }) }),
  make('endless', { run: measure({ share: 0.5, series: Array.from({ length: 30_000 }, (_, i) => i / 7) }) }),
] as unknown as readonly Experiment<Json>[];
