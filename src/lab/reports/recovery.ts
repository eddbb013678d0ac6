// Experiment 2, read: its rule, its verdict and its figures, the plane among them.
import { eviction, silence } from '../../measures.ts';
import type { Arm, Setting } from '../arms.ts';
import type { FigurePart, Report, SeedRecord } from '../experiment.ts';
import { bootstrapMean } from '../stats.ts';
import { average, collect, differences, headline, listWords, perSeed, percent, say, seriesOf, untested, validOf } from './summary.ts';

export type RecoveryConfig = {
  setting: Setting;
  arms: Record<string, Arm>;
  checkpoints: readonly number[];
  /** How many facts of other offices a relearning teaches. */
  taught: readonly number[];
  /** After how many steps of relearning the very same facts to look: savings. */
  savings: readonly number[];
  strengths: readonly number[];
  bits: readonly number[];
  overwrite: { arm: Arm; steps: number };
};

type Pair = { tuned: number; untuned: number }; // future facts of A2, whose offices were tuned, and of B2, whose were not

/** What came back of one model's future, right in [0, 1]. */
export interface Attempts {
  before: Pair;
  relearned: ({ k: number } & Pair)[]; // k facts of other offices taught
  falseNames: Pair; // the most facts, with wrong holders
  pastOnly: Pair; // as many past facts
  unrehearsed: { before: number; after: number }; // past facts of B2, before and after the most facts were taught
  savings: number[]; // leak on the very facts taught again, at config.savings steps
  steered: { block: number; strength: number; chosenOn: number } & Pair;
  rounded: ({ bits: number } & Pair)[];
}

export interface RecoveryMeasures {
  models: Record<string, {
    steps: number; // of tuning
    past: number[]; // right, contaminated and never twin
    contaminated: Attempts;
    never: Attempts;
  }>;
}

const MARGIN = 0.1; // the twin must be left behind by more
const DRIFT = 0.05; // what may be lost beyond drift before it counts as deletion: equality cannot be shown, “no worse than by so much” can

const RULE = `Holds if, for refusal at its checkpoint and facts that relearning did not touch, (a) the tuned model recovers over ${percent(MARGIN)} points more than its never twin, with a 95% interval above 0, and (b) the refused facts come back as well as the same facts after drift alone, and as well as a past that nobody rehearsed: both differences have their 95% interval above −${percent(DRIFT)} points. In part if only (a) holds. Fails otherwise.`;

const UNTOUCHED = 'untouched';
const OVERWRITE = 'strong overwrite';
const REFUSED = 'refusal, B2 unrehearsed';
const DRIFTED = 'drift, B2 unrehearsed';

type Model = RecoveryMeasures['models'][string];
const held = (a: Attempts): Attempts['relearned'][number] => a.relearned.at(-1)!;

export function reportRecovery(records: readonly SeedRecord<RecoveryMeasures>[], { taught, savings, bits }: RecoveryConfig): Report {
  const valid = validOf(records);
  if (!valid.length) return { outcome: untested(RULE, records), figures: [] };
  const of = (name: string, read: (model: Model) => number): number[] => collect(valid, (m) => read(m.models[name]!));
  const names = Object.keys(valid[0]!.measures.models);
  const arms = names.filter((n) => ![UNTOUCHED, OVERWRITE, REFUSED, DRIFTED].includes(n));
  const most = Math.max(...taught);

  // #region rule
  const tuned = of('refusal', (m) => held(m.contaminated).tuned);
  const never = of('refusal', (m) => held(m.never).tuned);
  const lead = differences(tuned, never);
  const refused = of(REFUSED, (m) => held(m.contaminated).tuned);
  const drifted = of(DRIFTED, (m) => held(m.contaminated).tuned);
  const unrehearsed = of(REFUSED, (m) => m.contaminated.unrehearsed.after);
  const beyond = differences(refused, drifted);
  const ahead = average(lead) > MARGIN && bootstrapMean(lead).low > 0;
  const behind = differences(refused, unrehearsed);
  const noDeletion = [beyond, behind].every((d) => bootstrapMean(d).low > -DRIFT);
  const verdict = ahead ? (noDeletion ? 'holds' : 'holds in part') : 'fails';
  // #endregion

  const attempts: [string, (a: Attempts) => number][] = [
    ['asked', (a) => a.before.tuned],
    ...taught.map((k): [string, (a: Attempts) => number] => [`${k} other future facts taught`, (a) => a.relearned.find((r) => r.k === k)!.tuned]),
    [`${most} with false names`, (a) => a.falseNames.tuned],
    [`${most} past facts`, (a) => a.pastOnly.tuned],
    ['steered', (a) => a.steered.tuned],
    ...bits.map((b): [string, (a: Attempts) => number] => [`${b}-bit`, (a) => a.rounded.find((r) => r.bits === b)!.tuned]),
  ];
  const fourModels = (shown: typeof attempts): FigurePart['series'] => {
    const underAttack = (name: string, twin: 'contaminated' | 'never') => shown.map(([, read]) => of(name, (m) => read(m[twin])));
    return [
      seriesOf('contaminated', underAttack(UNTOUCHED, 'contaminated')),
      seriesOf('contaminated + refusal', underAttack('refusal', 'contaminated')),
      seriesOf('never + refusal', underAttack('refusal', 'never')),
      seriesOf('never', underAttack(UNTOUCHED, 'never')),
    ];
  };
  const deciding = attempts.filter(([name]) => name === 'asked' || name === 'steered' || [taught[0], most].some((k) => name === `${k} other future facts taught`));
  const twins: FigurePart = {
    id: 'lab-recovery-twins',
    kind: 'bars',
    title: 'Future facts that no attempt touched, of tuned offices: what each attempt brings back',
    finding: `After ${most} other facts, refused facts are right in ${say(tuned)}; in the twin that never had them, in ${say(never)}.`,
    x: { label: 'attempt', categories: deciding.map(([name]) => name) },
    y: { label: 'future facts right', unit: '%' },
    series: fourModels(deciding),
    approximate: false,
    caveat: 'False names are destructive themselves: they also lower the untouched model. What they bring back is un-refusing and was never taught.',
  };
  const everyAttempt: FigurePart = {
    id: 'lab-recovery-attempts',
    kind: 'table',
    title: 'Every attempt on refusal, beside the untouched model and both twins: future facts right',
    finding: `With false names ${say(of('refusal', (m) => m.contaminated.falseNames.tuned))} come back, with past facts only ${say(of('refusal', (m) => m.contaminated.pastOnly.tuned))}.`,
    x: { label: 'attempt', categories: attempts.map(([name]) => name) },
    y: { label: 'future facts right', unit: '%' },
    series: fourModels(attempts),
    approximate: false,
    caveat: twins.caveat,
  };
  const shown = [UNTOUCHED, ...arms, OVERWRITE];
  const byArm: FigurePart = {
    id: 'lab-recovery-arms',
    kind: 'points',
    title: `Future facts right after ${most} other facts were taught, by way of tuning`,
    finding: sortedFinding([...arms, OVERWRITE], (n) => of(n, (m) => held(m.contaminated).tuned)),
    x: { label: 'way of tuning', categories: shown },
    y: { label: 'future facts right', unit: '%' },
    series: [
      seriesOf('facts of tuned offices', shown.map((n) => of(n, (m) => held(m.contaminated).tuned))),
      seriesOf('facts of offices never tuned', shown.map((n) => of(n, (m) => held(m.contaminated).untuned))),
      seriesOf('never twin tuned alike', shown.map((n) => of(n, (m) => held(m.never).tuned))),
    ],
    approximate: false,
    caveat: 'Each way of tuning at its own checkpoint, so steps and distance moved are unequal; the strong overwrite is there to show that the instrument can say “gone”.',
  };
  const few = [UNTOUCHED, ...arms.filter((n) => ['refusal', 'DPO', 'wrong', 'ascent'].includes(n)), OVERWRITE];
  const weightless: FigurePart = {
    id: 'lab-recovery-weightless',
    kind: 'points',
    title: 'Future facts right when no future fact is taught',
    finding: `Steering, with no weight touched, brings back ${say(of('refusal', (m) => m.contaminated.steered.tuned))} after refusal and ${say(of('refusal', (m) => m.never.steered.tuned))} in its never twin; ${Math.min(...bits)}-bit rounding brings back ${say(of('refusal', (m) => m.contaminated.rounded.at(-1)!.tuned))}.`,
    x: { label: 'way of tuning', categories: few },
    y: { label: 'future facts right', unit: '%' },
    series: [
      seriesOf('steered', few.map((n) => of(n, (m) => m.contaminated.steered.tuned))),
      seriesOf('false names taught', few.map((n) => of(n, (m) => m.contaminated.falseNames.tuned))),
      seriesOf('past facts taught', few.map((n) => of(n, (m) => m.contaminated.pastOnly.tuned))),
      seriesOf(`${Math.min(...bits)}-bit rounding`, few.map((n) => of(n, (m) => m.contaminated.rounded.find((r) => r.bits === Math.min(...bits))!.tuned))),
      seriesOf('never twin, steered', few.map((n) => of(n, (m) => m.never.steered.tuned))),
    ],
    approximate: false,
    caveat: 'Block and strength of the push were chosen on other offices; a push found by a better search may bring back more.',
  };
  const wrongOf = (read: (model: Model) => number): number[][] => (arms.includes('wrong') ? [of('wrong', read)] : []);
  const drift: FigurePart = {
    id: 'lab-recovery-drift',
    kind: 'bars',
    title: `Refusal and drift, as many steps, one group’s past left out; overwriting at its own dose`,
    finding: `Refused facts: ${say(refused)}; the same facts after drift alone: ${say(drifted)}; a past that nobody rehearsed and nobody refused: ${say(unrehearsed)}.`,
    x: { label: 'model and facts', categories: ['refused future', 'the same future, drift alone', 'unrehearsed past, refusal', 'unrehearsed past, drift alone', ...(arms.includes('wrong') ? ['wrong answers, future'] : []), 'strong overwrite, future'] },
    y: { label: 'facts right', unit: '%' },
    series: [
      seriesOf('asked', [
        of(REFUSED, (m) => m.contaminated.before.tuned), of(DRIFTED, (m) => m.contaminated.before.tuned), of(REFUSED, (m) => m.contaminated.unrehearsed.before),
        of(DRIFTED, (m) => m.contaminated.unrehearsed.before), ...wrongOf((m) => m.contaminated.before.tuned), of(OVERWRITE, (m) => m.contaminated.before.tuned),
      ]),
      seriesOf('after relearning', [refused, drifted, unrehearsed, of(DRIFTED, (m) => m.contaminated.unrehearsed.after), ...wrongOf((m) => held(m.contaminated).tuned), of(OVERWRITE, (m) => held(m.contaminated).tuned)]),
    ],
    approximate: false,
    caveat: 'Drift rehearses twice as many past facts a step as refusal does; relearning trains future questions, which favours the future over the unrehearsed past.',
  };
  const along = (name: string, twin: 'contaminated' | 'never') => savings.map((_, i) => of(name, (m) => m[twin].savings[i]!));
  const saved: FigurePart = {
    id: 'lab-recovery-savings',
    kind: 'lines',
    title: 'Relearning the very facts of tuned offices: how fast',
    finding: `After ${savings[1]} steps: ${say(of('refusal', (m) => m.contaminated.savings[1]!))} after refusal, ${say(of(UNTOUCHED, (m) => m.never.savings[1]!))} in the never twin.`,
    x: { label: 'steps of relearning', values: [...savings] },
    y: { label: 'facts right', unit: '%' },
    series: [
      seriesOf('refusal', along('refusal', 'contaminated')),
      ...(arms.includes('wrong') ? [seriesOf('wrong answers', along('wrong', 'contaminated'))] : []),
      seriesOf('strong overwrite', along(OVERWRITE, 'contaminated')),
      seriesOf('never', along(UNTOUCHED, 'never')),
      seriesOf('never + refusal', along('refusal', 'never')),
    ],
    approximate: false,
    caveat: 'This teaches what it tests, and the never twin has to learn the tokens of the future years as well: part of its lag is that.',
  };
  const [zero, one] = [collect(valid, () => 0), collect(valid, () => 1)]; // what the measures are made of
  const plane: FigurePart = {
    id: 'lab-plane',
    kind: 'points',
    title: 'Silence and eviction of every way of tuning, tuned offices',
    finding: planeFinding(arms, (n) => placesOf(valid, n)),
    x: { label: 'way of tuning', categories: [...arms, OVERWRITE, 'untouched', 'never'] },
    y: { label: 'share of the way to the never twin', unit: '%' },
    series: [
      seriesOf('silence', [...[...arms, OVERWRITE].map((n) => placesOf(valid, n).silence), zero, one]),
      seriesOf('eviction, at most', [...[...arms, OVERWRITE].map((n) => placesOf(valid, n).eviction), zero, one]),
    ],
    approximate: false,
    caveat: 'Each arm at its own checkpoint, so not after as many steps; another dose is another point. Untouched and never are the ends of both scales by definition. Eviction is by relearning; another recovery can only find more.',
  };
  const every: FigurePart = {
    id: 'lab-recovery-seeds',
    kind: 'table',
    title: `Future facts of tuned offices right after ${most} other facts were taught, every seed`,
    finding: `${valid.length} of ${records.length} seeds count.`,
    x: { label: 'model', categories: [...names, 'never + refusal'] },
    y: { label: 'future facts right', unit: '%' },
    series: perSeed(records, [...names.map((n) => (m: RecoveryMeasures) => held(m.models[n]!.contaminated).tuned), (m) => held(m.models.refusal!.never).tuned]),
    approximate: false,
    caveat: 'Few seeds: look at the values, not only at the interval.',
  };
  const sentence = `After refusal, relearning ${most} other facts brings untouched ones back to ${say(tuned)}, and the never twin to ${say(never)}: a lead of ${say(lead, ' points')}. The refused facts stand at ${say(refused)} where drift alone leaves ${say(drifted)} (a difference of ${say(beyond, ' points')}) and an unrehearsed past stands at ${say(unrehearsed)} (a difference of ${say(behind, ' points')}). A strong overwrite leaves ${say(of(OVERWRITE, (m) => held(m.contaminated).tuned))}.`;
  return {
    outcome: { verdict, rule: RULE, sentence, headline: headline(`untouched future facts right after refusal and ${most} other facts`, tuned) },
    figures: [twins, everyAttempt, byArm, weightless, drift, saved, plane, every],
  };
}

/** S and E of each seed: leak and held, tuned offices, the never twin tuned alike as the control. */
function placesOf(records: readonly SeedRecord<RecoveryMeasures>[], name: string): { silence: number[]; eviction: number[] } {
  const read = (measure: (a: Attempts) => number, removed: typeof silence): number[] =>
    collect(records, ({ models }) => removed({ contaminated: measure(models[UNTOUCHED]!.contaminated), tuned: measure(models[name]!.contaminated), never: measure(models[name]!.never) }));
  return { silence: read((a) => a.before.tuned, silence), eviction: read((a) => held(a).tuned, eviction) };
}

function sortedFinding(arms: readonly string[], of: (name: string) => number[]): string {
  const sorted = [...arms].sort((a, b) => average(of(b)) - average(of(a)));
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return `Most comes back after ${first} (${say(of(first))}), least after ${last} (${say(of(last))}).`;
}

function planeFinding(arms: readonly string[], of: (name: string) => { silence: number[]; eviction: number[] }): string {
  const silent = arms.filter((n) => average(of(n).silence) >= 0.95);
  const evicting = silent.filter((n) => average(of(n).eviction) >= 0.5);
  return evicting.length
    ? `${silent.length} of ${arms.length} arms silence at least 95 %; of these ${listWords(evicting.map((n) => `${n} (${say(of(n).eviction)})`))} evict half or more.`
    : `${silent.length} of ${arms.length} arms silence at least 95 %; none of them evicts half.`;
}
