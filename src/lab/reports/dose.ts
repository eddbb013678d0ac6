// Experiment 3, read: its rule, its verdict and its figures.
import type { Arm, Part, Setting } from '../arms.ts';
import type { FigurePart, Report, SeedRecord } from '../experiment.ts';
import { bootstrapMean, spearman } from '../stats.ts';
import { evicted, silenced, type Both, type Point, type Read } from './points.ts';
import { average, collect, differences, headline, listWords, percent, perSeed, say, seriesOf, untested, validOf } from './summary.ts';

export type DoseConfig = {
  setting: Setting;
  methods: readonly Arm['method'][];
  /** Taught at the middle rate only. */
  others: readonly Arm['method'][];
  rates: readonly number[];
  /** One of them: where parts and settings are compared. */
  middle: number;
  loraRate: number;
  steps: readonly number[];
  /** Refusal with these parts alone, at the middle rate (LoRA at its own) and the last step. */
  parts: readonly Part[];
  taught: number;
};

export interface DoseMeasures {
  start: Both;
  curves: { method: string; rate: number; steps: number[]; contaminated: Point[]; never: Point }[];
  parts: ({ part: string; rate: number; share: number } & Both)[];
}

const MARGIN = 0.1;

const RULE = `Holds if, at the last step, wrong answers evict over ${percent(MARGIN)} points more than refusal at the middle rate and at every higher one but the highest, with 95% intervals above 0, and refusal evicts over ${percent(MARGIN)} points more at the highest rate than at the lowest, its interval above 0: what is lost depends on the target and on the dose. In part if one of the two holds.`;

type Curve = DoseMeasures['curves'][number];

export function reportDose(records: readonly SeedRecord<DoseMeasures>[], { methods, others, rates, middle, steps, parts, taught }: DoseConfig): Report {
  const valid = validOf(records);
  if (!valid.length) return { outcome: untested(RULE, records), figures: [] };
  const last = steps.length - 1;
  const curve = (m: DoseMeasures, method: string, rate: number): Curve => m.curves.find((c) => c.method === method && c.rate === rate)!;
  const at = (method: string, rate: number, i: number, read: Read): number[] =>
    collect(valid, (m) => {
      const c = curve(m, method, rate);
      return read(m.start, c.contaminated[i]!, c.never);
    });
  const E = (method: string, rate: number, i = last): number[] => at(method, rate, i, evicted);
  const target = methods.includes('wrong') ? 'wrong' : methods[1]!;

  const gaps = rates.map((rate) => differences(E(target, rate), E('refusal', rate)));
  const compared = rates.flatMap((rate, i) => (rate >= middle && (rate < rates.at(-1)! || rate === middle) ? [gaps[i]!] : []));
  const byTarget = compared.every((g) => average(g) > MARGIN && bootstrapMean(g).low > 0);
  const climb = differences(E('refusal', rates.at(-1)!), E('refusal', rates[0]!));
  const byDose = average(climb) > MARGIN && bootstrapMean(climb).low > 0;
  const doses = methods.flatMap((method) => rates.flatMap((rate) => steps.map((s, i) => ({ method, dose: rate * s, evicted: average(E(method, rate, i)) }))));
  const rho = (method: string): number => {
    const own = doses.filter((d) => d.method === method);
    return Math.round(spearman(own.map((d) => d.dose), own.map((d) => d.evicted)) * 100) / 100;
  };
  const rate = (r: number): string => `${r}`;
  const caveat = 'Rate times steps is only an order of doses: Adam moves each weight by about the rate at each step, and the loss decides where to. Never twins were measured at the last step.';

  const byRate: FigurePart = {
    id: 'lab-dose-eviction',
    kind: 'lines',
    title: `Eviction, at most, after ${steps[last]} steps, by learning rate and by what is taught instead`,
    finding: `Refusal evicts ${listWords(rates.map((r) => `${say(E('refusal', r))} at ${rate(r)}`))}; ${target} answers ${listWords(rates.map((r) => say(E(target, r))))}.`,
    x: { label: 'learning rate', categories: rates.map(rate) },
    y: { label: 'eviction, at most', unit: '%' },
    series: methods.map((m) => seriesOf(m, rates.map((r) => E(m, r)))),
    approximate: false,
    caveat,
  };
  const bySteps: FigurePart = {
    id: 'lab-dose-steps',
    kind: 'lines',
    title: `Eviction by steps of tuning, at rate ${middle}`,
    finding: `From ${steps[0]} to ${steps[last]} steps, refusal goes from ${say(E('refusal', middle, 0))} to ${say(E('refusal', middle))}, ${target} answers from ${say(E(target, middle, 0))} to ${say(E(target, middle))}.`,
    x: { label: 'steps of tuning', values: [...steps] },
    y: { label: 'eviction, at most', unit: '%' },
    series: [...methods, ...others].map((m) => seriesOf(m, steps.map((_, i) => E(m, middle, i)))),
    approximate: false,
    caveat,
  };
  const places = [...methods.flatMap((m) => rates.map((r) => [m, r] as const)), ...others.map((m) => [m, middle] as const)];
  const cost: FigurePart = {
    id: 'lab-dose-cost',
    kind: 'points',
    title: `Silence, eviction and retained past after ${steps[last]} steps, every dose`,
    finding: `Rank correlation of dose and eviction: ${listWords(methods.map((m) => `${m} ${rho(m)}`))}. The past kept is at least ${say(minimum(places.map(([m, r]) => at(m, r, last, (_, tuned) => tuned.past))))}.`,
    x: { label: 'target and learning rate', categories: places.map(([m, r]) => `${m}, ${rate(r)}`) },
    y: { label: 'share', unit: '%' },
    series: [
      seriesOf('silence', places.map(([m, r]) => at(m, r, last, silenced))),
      seriesOf('eviction', places.map(([m, r]) => E(m, r))),
      seriesOf('past, kept', places.map(([m, r]) => at(m, r, last, (_, tuned) => tuned.past))),
    ],
    quantities: methods.map((m) => ({ label: `rank correlation of dose and eviction, ${m}`, value: rho(m), unit: '' })),
    approximate: false,
    caveat,
  };
  const byPart: FigurePart = {
    id: 'lab-dose-parts',
    kind: 'points',
    title: `Refusal with part of the weights, ${steps[last]} steps`,
    finding: `Eviction: ${listWords(parts.map((p) => `${p} ${say(collect(valid, (m) => partOf(m, p, evicted)))}`))}; all weights ${say(E('refusal', middle))}.`,
    x: { label: 'what may change', categories: ['all', ...parts] },
    y: { label: 'share', unit: '%' },
    series: [
      seriesOf('silence', [at('refusal', middle, last, silenced), ...parts.map((p) => collect(valid, (m) => partOf(m, p, silenced)))]),
      seriesOf('eviction', [E('refusal', middle), ...parts.map((p) => collect(valid, (m) => partOf(m, p, evicted)))]),
      seriesOf('weights that may change, of all', [collect(valid, () => 1), ...parts.map((p) => collect(valid, (m) => m.parts.find((q) => q.part === p)!.share))]),
    ],
    approximate: false,
    caveat: 'LoRA at ten times the rate of the others, as is usual; rates were not tuned for each part.',
  };
  const every: FigurePart = {
    id: 'lab-dose-seeds',
    kind: 'table',
    title: `Eviction after ${steps[last]} steps, every seed`,
    finding: `${valid.length} of ${records.length} seeds count.`,
    x: { label: 'target and learning rate', categories: places.map(([m, r]) => `${m}, ${rate(r)}`) },
    y: { label: 'eviction, at most', unit: '%' },
    series: perSeed(records, places.map(([method, r]) => (m: DoseMeasures) => {
      const c = curve(m, method, r);
      return evicted(m.start, c.contaminated[last]!, c.never);
    })),
    approximate: false,
    caveat,
  };
  const gapText = rates.map((r, i) => `${say(gaps[i]!, ' points')} at rate ${r}`);
  const drift = methods.includes('drift') ? ` Drift alone, with no target, accounts for ${listWords(rates.map((r) => say(E('drift', r))))}.` : '';
  return {
    outcome: {
      verdict: byTarget && byDose ? 'holds' : byTarget || byDose ? 'holds in part' : 'fails',
      rule: RULE,
      sentence: `After ${steps[last]} steps refusal evicts ${listWords(rates.map((r) => `${say(E('refusal', r))} at rate ${r}`))}; ${target} answers evict more by ${listWords(gapText)}.${drift}`,
      headline: headline(`eviction by refusal at rate ${middle} after ${steps[last]} steps, held by relearning ${taught} other facts`, E('refusal', middle)),
    },
    figures: [byRate, bySteps, cost, byPart, every],
  };
}

function partOf(m: DoseMeasures, part: string, read: Read): number {
  const { contaminated, never } = m.parts.find((p) => p.part === part)!;
  return read(m.start, contaminated, never);
}

/** The cell with the least mean. */
const minimum = (cells: number[][]): number[] => cells.reduce((a, b) => (average(b) < average(a) ? b : a));
