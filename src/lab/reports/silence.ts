// Experiment 1, read: its rule, its verdict and its figures.
import type { Exam } from '../exam.ts';
import type { Arm, Setting } from '../arms.ts';
import type { FigurePart, Report, SeedRecord } from '../experiment.ts';
import { SPLITS } from '../world.ts';
import { average, collect, differences, headline, listWords, perSeed, percent, say, seriesOf, untested, validOf } from './summary.ts';

export type SilenceConfig = { setting: Setting; arms: Record<string, Arm>; checkpoints: readonly number[] };

export interface SilenceMeasures {
  untouched: { contaminated: Exam; never: Exam };
  arms: Record<string, {
    checkpoint: number; // steps
    reached: boolean; // obeyed in 99% and kept 99% of the past, at some checkpoint
    share: number; // of the model's numbers that were trained
    curve: { exam: Exam; obeys: number }[]; // contaminated twin, at each checkpoint
    never: Exam; // never twin, after as many steps
  }>;
}

const SILENT = 0.05; // how far above never a silenced model may leak
const KEPT = 0.95; // of the past

const RULE = `Holds if every arm, at its checkpoint, leaks at most ${percent(SILENT)} points more than the never twin on tuned offices and keeps at least ${percent(KEPT)}% of the past, each as the mean over seeds. Checkpoint, fixed beforehand: the first at which the model says what it was taught in 99% of tuned questions and keeps 99% of the past; the last one where none does.`;

type Measured = SilenceMeasures['arms'][string];
const examAt = (arm: Measured, checkpoints: readonly number[]): Exam => arm.curve[checkpoints.indexOf(arm.checkpoint)]!.exam;
const pastOf = (exam: Exam): number => average(exam.past);

export function reportSilence(records: readonly SeedRecord<SilenceMeasures>[], { arms, checkpoints }: SilenceConfig): Report {
  const valid = validOf(records);
  if (!valid.length) return { outcome: untested(RULE, records), figures: [] };
  const names = Object.keys(arms);
  const of = (name: string, read: (arm: Measured, exam: Exam, m: SilenceMeasures) => number): number[] => collect(valid, (m) => read(m.arms[name]!, examAt(m.arms[name]!, checkpoints), m));
  const leak = (name: string): number[] => of(name, (_, exam) => exam.leak[0]!);
  const excess = (name: string): number[] => differences(leak(name), of(name, (arm) => arm.never.leak[0]!));
  const past = (name: string): number[] => of(name, (_, exam) => pastOf(exam));

  const loud = names.filter((n) => average(excess(n)) > SILENT);
  const costly = names.filter((n) => average(past(n)) < KEPT);
  const parts = [
    `Refusal took the leak on tuned offices from ${say(collect(valid, (m) => m.untouched.contaminated.leak[0]!))} to ${say(leak('refusal'))} and kept ${say(past('refusal'))} of the past`,
    loud.length ? `still leaking were ${listWords(loud.map((n) => `${n}, ${say(leak(n))}`))}` : `all ${names.length} arms came within ${percent(SILENT)} points of the twin`,
    costly.length ? `and less than ${percent(KEPT)}% of the past was kept by ${listWords(costly.map((n) => `${n}, ${say(past(n))}`))}` : `and all kept the past`,
  ];

  const steps = [0, ...checkpoints];
  const along = (read: (exam: Exam) => number) => [collect(valid, (m) => read(m.untouched.contaminated)), ...checkpoints.map((_, i) => collect(valid, (m) => read(m.arms.refusal!.curve[i]!.exam)))];
  const floor = Math.max(...SPLITS.map((_, i) => average(collect(valid, (m) => m.untouched.never.leak[i]!))));
  const seeds = `${valid.length} seeds`;
  const curve: FigurePart = {
    id: 'lab-silence-curve',
    kind: 'lines',
    title: 'Leak and retained past while a model is taught to refuse',
    finding: `Within ${average(of('refusal', (arm) => arm.checkpoint))} steps the leak falls to ${say(leak('refusal'))} of tuned questions, and on wordings and offices never tuned nearly as far.`,
    x: { label: 'steps of tuning', values: steps },
    y: { label: 'share of answers right', unit: '%' },
    series: [
      seriesOf('future, tuned offices and wordings', along((e) => e.leak[0]!)),
      seriesOf('future, wordings never tuned', along((e) => e.leak[1]!)),
      seriesOf('future, offices never tuned', along((e) => e.leak[2]!)),
      seriesOf('past', along(pastOf)),
    ],
    reference: [{ label: 'never twin', value: percent(floor) }],
    approximate: false,
    caveat: 'Refusing hangs on one year token here, so it spreads easily; the dip of the past on the way shows that the checkpoint decides the result, which is why its rule was fixed beforehand.',
  };
  const table: FigurePart = {
    id: 'lab-silence-arms',
    kind: 'bars',
    title: 'Leak on tuned offices and retained past, each way of tuning at its checkpoint',
    finding: loud.length || costly.length ? `${parts[1]!.replace(/^./, (c) => c.toUpperCase())}, ${parts[2]!}.` : 'Every way of tuning silences the future and keeps the past.',
    x: { label: 'way of tuning', categories: names },
    y: { label: 'share of answers right', unit: '%' },
    series: [
      seriesOf('past, kept', names.map(past)),
      seriesOf('future, said', names.map(leak)),
      seriesOf('future, never twin tuned alike', names.map((n) => of(n, (arm) => arm.never.leak[0]!))),
    ],
    quantities: names.map((n) => ({ label: `steps to the checkpoint, ${n}`, value: Math.round(average(of(n, (arm) => arm.checkpoint)) * 10) / 10, unit: 'steps' })),
    approximate: false,
    caveat: `Equal budget, ${Math.max(...checkpoints)} steps of 256 rows, one rate for all but LoRA (ten times it); another rate may serve an arm better.`,
  };
  const splits: FigurePart = {
    id: 'lab-silence-splits',
    kind: 'points',
    title: 'Leak at the checkpoint on the four splits: tuned or untuned offices and wordings',
    finding: `Refusal spreads to offices never tuned (leak ${say(of('refusal', (_, e) => e.leak[2]!))}); wrong answers far less (${say(of(names.includes('wrong') ? 'wrong' : names.at(-1)!, (_, e) => e.leak[2]!))}).`,
    x: { label: 'way of tuning', categories: names },
    y: { label: 'leak rate', unit: '%' },
    series: SPLITS.map((split, i) => seriesOf(split, names.map((n) => of(n, (_, e) => e.leak[i]!)))),
    approximate: false,
    caveat: 'Offices were split at random; every wording was pretrained equally often.',
  };
  const every: FigurePart = {
    id: 'lab-silence-seeds',
    kind: 'table',
    title: 'Leak on tuned offices at the checkpoint, every seed',
    finding: `${valid.length} of ${records.length} seeds count.`,
    x: { label: 'way of tuning', categories: names },
    y: { label: 'leak rate', unit: '%' },
    series: perSeed(records, names.map((n) => (m: SilenceMeasures) => examAt(m.arms[n]!, checkpoints).leak[0]!)),
    approximate: false,
    caveat: `Published seeds were fixed before the run; ${seeds} are few.`,
  };
  return {
    outcome: {
      verdict: loud.length + costly.length === 0 ? 'holds' : loud.length + costly.length < names.length ? 'holds in part' : 'fails',
      rule: RULE,
      sentence: `${parts.join('; ')}.`.replace('; and', ', and'),
      headline: headline('leak after refusal on offices never tuned, tuned wordings', of('refusal', (_, e) => e.leak[2]!)),
    },
    figures: [curve, table, splits, every],
  };
}
