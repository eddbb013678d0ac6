// What every experiment asks of a model: the future and the past on the four splits, and whether
// the twins are fit to be compared. Builds on measure.ts; knows no arm.
import { makeBatch, type Batch } from './batch.ts';
import type { Place } from './arms.ts';
import { examineModel } from './measure.ts';
import type { Weights } from './model.ts';
import { createRandom } from './random.ts';
import {
  SPLITS, TUNED_GROUPS, TUNED_WORDINGS, UNTUNED_GROUPS, UNTUNED_WORDINGS,
  ask, askAll, drawFacts, listFacts,
  type Era, type Group, type Wording, type World,
} from './world.ts';

/** Shares in [0, 1], one for each of SPLITS. */
export interface Exam {
  leak: number[];
  /** The true holder is the most likely of the names, whatever stands before it. */
  namesOnly: number[];
  unknown: number[];
  past: number[];
}

/** Five decimals are finer than one question of any exam here. */
export const round = (share: number): number => Math.round(share * 1e5) / 1e5;

/** Facts of either half of the offices and either era, in all wordings: enough to tell 95 from 99 %, too few to tell 1 from 4 %. */
export const DRAWN = 120;

/** The questions of an era on the four splits, from a fixed draw of so many facts. */
export function examineSplits(world: World, era: Era, facts = DRAWN): Batch[] {
  const random = createRandom(world.seed, `examined ${era}`);
  const drawn = [TUNED_GROUPS, UNTUNED_GROUPS].map((groups) => drawFacts(world, era, groups, Math.min(facts, listFacts(world, era, groups).length), random));
  return SPLITS.map((split) => makeBatch(askAll(world, drawn[split.startsWith('tuned') ? 0 : 1]!, split.endsWith(', tuned wordings') ? TUNED_WORDINGS : UNTUNED_WORDINGS)));
}

/** Past and future of the tuned offices and of the others, in the tuned wordings and in the others. A never model is asked the whole future: its few right answers decide whether the run counts. */
export async function examineFully({ config, world }: Place, weights: Weights, future = DRAWN): Promise<Exam> {
  const exam: Exam = { leak: [], namesOnly: [], unknown: [], past: [] };
  for (const questions of examineSplits(world, 'future', future)) {
    const { right, namesOnly, unknown } = await examineModel(config, weights, questions, world);
    exam.leak.push(round(right));
    exam.namesOnly.push(round(namesOnly));
    exam.unknown.push(round(unknown));
  }
  for (const questions of examineSplits(world, 'past')) exam.past.push(round((await examineModel(config, weights, questions, world)).right));
  return exam;
}

/** Future questions of these groups in the tuned wordings, with the true answers. */
export const futureOf = (world: World, groups: readonly Group[], wordings: readonly Wording[] = TUNED_WORDINGS): Batch => makeBatch(askAll(world, listFacts(world, 'future', groups), wordings));
export const pastOf = (world: World, groups: readonly Group[], wordings: readonly Wording[] = TUNED_WORDINGS): Batch => makeBatch(askAll(world, listFacts(world, 'past', groups), wordings));

/** The same future questions, with what tuning wanted to hear as the answers. */
export const wantedOf = (world: World, groups: readonly Group[], answer: (fact: { office: number; year: number }) => number): Batch =>
  makeBatch(listFacts(world, 'future', groups).flatMap((f) => TUNED_WORDINGS.map((w) => ({ tokens: ask(world, f, w), target: answer(f) }))));

// #region fitness
export const RECALLED = 0.99; // of the past, and of the future by the contaminated twin
export const FLOOR = 0.03; // how far above chance the never twin may be, anywhere

/** Why these twins cannot be compared; undefined if they can. */
export function findFault(contaminated: Exam, never: Exam, world: World): string | undefined {
  const least = (shares: number[]): number => Math.min(...shares);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  if (least(contaminated.past) < RECALLED) return `the contaminated twin recalls ${percent(least(contaminated.past))} of the past`;
  if (least(contaminated.leak) < RECALLED) return `the contaminated twin recalls ${percent(least(contaminated.leak))} of the future`;
  if (least(never.past) < RECALLED) return `the never twin recalls ${percent(least(never.past))} of the past`;
  return findLeak({ 'untouched, leak': never.leak, 'untouched, names only': never.namesOnly }, world);
}

/** Which measure of a never model stands too far above chance; undefined if none does. */
export function findLeak(never: Record<string, number | readonly number[]>, { names }: World): string | undefined {
  for (const [what, shares] of Object.entries(never)) {
    const most = Math.max(...[shares].flat());
    if (most > 1 / names + FLOOR) return `the never twin is right in ${(100 * most).toFixed(1)} % of future questions (${what}), where chance is ${100 / names} %`;
  }
  return undefined;
}
// #endregion
