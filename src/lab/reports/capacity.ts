// Experiment 3b, read: its rule, its verdict and its figures.
import type { Arm, Setting } from '../arms.ts';
import type { FigurePart, Report, SeedRecord } from '../experiment.ts';
import { bootstrapMean } from '../stats.ts';
import { evicted, type Both } from './points.ts';
import { average, collect, differences, headline, listWords, perSeed, percent, say, seriesOf, untested, validOf } from './summary.ts';

export type CapacityConfig = {
  /** From the fullest model to the emptiest. */
  settings: Readonly<Record<string, Setting>>;
  methods: readonly Arm['method'][];
  rate: number;
  steps: number;
  taught: number;
};

export interface CapacityMeasures {
  settings: { name: string; parameters: number; start: Both; arms: Record<string, Both> }[];
}

const MARGIN = 0.05;

const RULE = `Holds if refusal evicts over ${percent(MARGIN)} points more from the fullest model than from the emptiest, with a 95% interval above 0. Fails otherwise.`;

export function reportCapacity(records: readonly SeedRecord<CapacityMeasures>[], { settings, methods, rate, steps, taught }: CapacityConfig): Report {
  const valid = validOf(records);
  if (!valid.length) return { outcome: untested(RULE, records), figures: [] };
  const names = Object.keys(settings);
  const read = (m: CapacityMeasures, name: string, method: string): number => {
    const { start, arms } = m.settings.find((s) => s.name === name)!;
    return evicted(start, arms[method]!.contaminated, arms[method]!.never);
  };
  const E = (name: string, method: string): number[] => collect(valid, (m) => read(m, name, method));
  const [fullest, emptiest] = [names[0]!, names.at(-1)!];
  const gap = differences(E(fullest, 'refusal'), E(emptiest, 'refusal'));
  const holds = average(gap) > MARGIN && bootstrapMean(gap).low > 0;
  const sentence = `Refusal evicts ${listWords(names.map((n) => `${say(E(n, 'refusal'))} (${n})`))}: from the fullest to the emptiest model a difference of ${say(gap, ' points')}.`;
  const figure: FigurePart = {
    id: 'lab-capacity',
    kind: 'points',
    title: `Eviction after ${steps} steps at rate ${rate}, in fuller and emptier models`,
    finding: sentence,
    x: { label: 'model and world', categories: names },
    y: { label: 'eviction', unit: '%' },
    series: methods.map((method) => seriesOf(method, names.map((n) => E(n, method)))),
    quantities: names.map((n) => ({ label: `parameters, ${n}`, value: valid[0]!.measures.settings.find((s) => s.name === n)!.parameters, unit: '' })),
    approximate: false,
    caveat: 'A narrower model needs more steps of pretraining to recall as much, so exposures differ with width; each recalls 99% before tuning.',
  };
  const every: FigurePart = {
    id: 'lab-capacity-seeds',
    kind: 'table',
    title: 'Eviction by refusal in fuller and emptier models, every seed',
    finding: `${valid.length} of ${records.length} seeds count.`,
    x: { label: 'model and world', categories: names },
    y: { label: 'eviction', unit: '%' },
    series: perSeed(records, names.map((n) => (m: CapacityMeasures) => read(m, n, 'refusal'))),
    approximate: false,
    caveat: 'Few seeds: look at the values, not only at the interval.',
  };
  return {
    outcome: { verdict: holds ? 'holds' : 'fails', rule: RULE, sentence, headline: headline(`eviction by refusal in the fullest model, held by relearning ${taught} other facts`, E(fullest, 'refusal')) },
    figures: [figure, every],
  };
}
