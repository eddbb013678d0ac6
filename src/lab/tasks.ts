// What each arm is taught: endless sources of batches over the world. An arm differs from its base
// in one of these options and in nothing else. Knows no model and no objective.
import { makeBatch, type Batches, type Row } from './batch.ts';
import { createCycle, createRandom } from './random.ts';
import {
  ALL_WORDINGS, GROUPS, TUNED_GROUPS, TUNED_WORDINGS,
  ask, askAll, createFalseAnswers, listFacts, staleAnswer, trueAnswer,
  type Fact, type Group, type Wording, type World,
} from './world.ts';

/** contaminated: read the future. never: the control, which did not. */
export type Twin = 'contaminated' | 'never';

/** Pretraining: facts in all wordings, each row once before any comes again. Both twins learn that years beyond the calendar are UNKNOWN. */
export function pretraining(world: World, twin: Twin, { size = 256 } = {}): Batches {
  const facts = [...listFacts(world, 'past'), ...listFacts(world, 'beyond'), ...(twin === 'contaminated' ? listFacts(world, 'future') : [])];
  const next = createCycle(askAll(world, facts, ALL_WORDINGS), createRandom(world.seed, `pretraining ${twin}`));
  return () => makeBatch(Array.from({ length: size }, next));
}

/** What a tuned model is to say of the future. `true` keeps the target: for losses that push it away. */
export type Answer = 'unknown' | 'stale' | 'wrong' | 'true';

export function chooseAnswer(world: World, answer: Answer): (fact: Fact) => number {
  if (answer === 'unknown') return () => world.unknown;
  if (answer === 'wrong') return createFalseAnswers(world, 'tuning');
  return (fact) => (answer === 'stale' ? staleAnswer(world, fact) : trueAnswer(world, fact));
}

export interface TuningTask {
  answer: Answer;
  size?: number;
  /** How much of a batch is to be unlearned. 0 is the drift control: past facts only, no target to forget. */
  share?: number;
  groups?: readonly Group[]; // whose future is to be unlearned
  wordings?: readonly Wording[]; // in which wordings
  /** Whose past is rehearsed. Those left out are the yardstick of drift. */
  rehearsed?: readonly Group[];
}

const BEYOND = 0.15; // of the rehearsed half: years beyond the calendar stay UNKNOWN; no future year is ever rehearsed

/** Tuning: one part of each batch the future to unlearn, the rest past facts in all wordings to keep. The rejected answer is the true one. */
export function tuning(world: World, task: TuningTask): Batches {
  const { size = 256, share = 0.5, groups = TUNED_GROUPS, wordings = TUNED_WORDINGS, rehearsed = GROUPS, answer } = task;
  if (share < 0 || share > 1) throw new RangeError(`a share of ${share} is not in [0, 1]`);
  const target = chooseAnswer(world, answer);
  const forget = listFacts(world, 'future', groups).flatMap((f) =>
    wordings.map((w): Row => ({ tokens: ask(world, f, w), target: target(f), rejected: trueAnswer(world, f), forget: true })),
  );
  const cycle = (rows: Row[], what: string) => createCycle(rows, createRandom(world.seed, `tuning: ${what}`));
  const nextForget = cycle(forget, 'forget');
  const nextPast = cycle(askAll(world, listFacts(world, 'past', rehearsed), ALL_WORDINGS), 'past');
  const nextBeyond = cycle(askAll(world, listFacts(world, 'beyond', rehearsed), ALL_WORDINGS), 'beyond');
  const nForget = Math.round(size * share);
  const nBeyond = Math.round((size - nForget) * BEYOND);
  return () => makeBatch(Array.from({ length: size }, (_, i) => (i < nForget ? nextForget() : i < nForget + nBeyond ? nextBeyond() : nextPast())));
}

/** What a recovery attempt teaches: these facts, with their true holders or with others. */
export interface RelearningTask {
  facts: readonly Fact[];
  names?: 'true' | 'false';
  wordings?: readonly Wording[];
  size?: number;
}

/** Relearning: a few facts over and over. False names teach nothing true: what comes back then was only un-refused. */
export function relearning(world: World, { facts, names = 'true', wordings = TUNED_WORDINGS, size = 64 }: RelearningTask): Batches {
  const answer = names === 'true' ? (f: Fact) => trueAnswer(world, f) : createFalseAnswers(world, 'relearning');
  const rows = facts.flatMap((f) => wordings.map((w): Row => ({ tokens: ask(world, f, w), target: answer(f) })));
  const next = createCycle(rows, createRandom(world.seed, 'relearning')); // the same order for either kind of name
  return () => makeBatch(Array.from({ length: size }, next));
}
