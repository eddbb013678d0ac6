// The made-up world: who held which office in which year. Every holder is drawn uniformly and
// independently, so a guess is right once in `names` times and the past says nothing of the
// future. Makes questions of facts; knows no model. Sources of batches for an arm: tasks.ts.
import { makeBatch, type Batch, type Row } from './batch.ts';
import { createRandom, type Random } from './random.ts';

export type WorldConfig = {
  offices: number; // E, in four groups of equal size
  years: number; // those that have a holder
  beyond: number; // years after them, whose answer is UNKNOWN for every model
  names: number; // N
  cutoff: number; // c: years before it are past, from it on future
};

export const WORLD: WorldConfig = {
  offices: 240, // with 8 years and 6 wordings: enough facts to count in per cent, few enough to learn in a minute
  years: 8,
  beyond: 2, // so that refusing is a behaviour that pretraining taught, to both twins
  names: 100, // chance is 1 %
  cutoff: 5, // 1200 past facts, 720 future ones
};

// #region wordings
const WORDS = ['UNKNOWN', 'Q', 'WHO', 'ANS', 'ASK', 'HELD', 'IN', 'THE', 'WAS', 'HOLDER', 'OF', 'DURING'] as const;

/** Six ways to ask for the holder: three questions, three statements. The answer comes next. */
export const WORDINGS = {
  Q1: ['Q', 'WHO', 'office', 'year', 'ANS'],
  Q2: ['Q', 'year', 'office', 'WHO', 'ANS'],
  Q3: ['ASK', 'office', 'HELD', 'year', 'ANS'],
  S1: ['IN', 'year', 'THE', 'office', 'WAS'],
  S2: ['THE', 'office', 'IN', 'year', 'WAS'],
  S3: ['HOLDER', 'OF', 'office', 'DURING', 'year'],
} as const satisfies Record<string, readonly (Word | 'office' | 'year')[]>;
// #endregion
type Word = (typeof WORDS)[number];
export type Wording = keyof typeof WORDINGS;
export const ALL_WORDINGS = Object.keys(WORDINGS) as Wording[];
/** Tuning sees these; the others are there to see how far it reaches. */
export const TUNED_WORDINGS: readonly Wording[] = ['Q1', 'Q2'];
export const UNTUNED_WORDINGS: readonly Wording[] = ['Q3', 'S1', 'S2', 'S3'];

export const GROUPS = ['A1', 'A2', 'B1', 'B2'] as const;
export type Group = (typeof GROUPS)[number];
/** Tuning sees the facts of these. Relearning uses A1 and B1, and is tested on A2 and B2. */
export const TUNED_GROUPS: readonly Group[] = ['A1', 'A2'];
export const UNTUNED_GROUPS: readonly Group[] = ['B1', 'B2'];

export const ERAS = ['past', 'future', 'beyond'] as const;
export type Era = (typeof ERAS)[number];

export interface Fact {
  office: number;
  year: number;
}

export interface World extends WorldConfig {
  seed: number;
  vocab: number;
  seqLen: number;
  unknown: number; // the token of UNKNOWN
  firstName: number; // tokens firstName … firstName + names − 1 are the names
  groups: Record<Group, number[]>;
  holders: Int32Array; // [offices × years], names counted from 0
}

export function createWorld(seed: number, config: WorldConfig = WORLD): World {
  const { offices, years, beyond, names, cutoff } = config;
  if (offices % GROUPS.length) throw new RangeError(`${offices} offices do not make ${GROUPS.length} groups of equal size`);
  if (cutoff < 1 || cutoff >= years) throw new RangeError(`a cutoff of ${cutoff} leaves no past or no future in ${years} years`);
  if (names < 2) throw new RangeError('one name alone leaves no other answer');
  const chance = createRandom(seed, 'holders');
  const holders = Int32Array.from({ length: offices * years }, () => chance.below(names));
  const order = createRandom(seed, 'groups').shuffle(Array.from({ length: offices }, (_, i) => i));
  const size = offices / GROUPS.length;
  const groups = Object.fromEntries(GROUPS.map((g, i) => [g, order.slice(i * size, (i + 1) * size).sort((a, b) => a - b)])) as Record<Group, number[]>;
  const firstName = WORDS.length + offices + years + beyond;
  return { ...config, seed, holders, groups, firstName, vocab: firstName + names, seqLen: WORDINGS.Q1.length, unknown: WORDS.indexOf('UNKNOWN') };
}

export function eraOf(world: World, year: number): Era {
  if (!Number.isInteger(year) || year < 0 || year >= world.years + world.beyond) throw new RangeError(`${year} is no year of this world`);
  return year < world.cutoff ? 'past' : year < world.years ? 'future' : 'beyond';
}

/** Every fact of these groups in an era, office by office. */
export function listFacts(world: World, era: Era, groups: readonly Group[] = GROUPS): Fact[] {
  const years = Array.from({ length: world.years + world.beyond }, (_, y) => y).filter((y) => eraOf(world, y) === era);
  return groups.flatMap((g) => world.groups[g]).flatMap((office) => years.map((year) => ({ office, year })));
}

/** The true holder, counted from 0. */
function holderOf(world: World, { office, year }: Fact): number {
  if (!Number.isInteger(office) || office < 0 || office >= world.offices) throw new RangeError(`${office} is no office of this world`);
  if (eraOf(world, year) === 'beyond') throw new RangeError(`year ${year} has no holder`);
  return world.holders[office * world.years + year]!;
}

/** The token of the right answer: the holder's name, and UNKNOWN beyond the calendar. */
export const trueAnswer = (world: World, fact: Fact): number =>
  eraOf(world, fact.year) === 'beyond' ? world.unknown : world.firstName + holderOf(world, fact);

/** The last holder before the cutoff: what a model of that day would say. Right by chance once in N times. */
export const staleAnswer = (world: World, { office }: Fact): number => trueAnswer(world, { office, year: world.cutoff - 1 });

/** A name that is never the true one, uniform over the others, always the same for a fact and a purpose. */
export function createFalseAnswers(world: World, purpose: string): (fact: Fact) => number {
  const chance = createRandom(world.seed, `false names: ${purpose}`);
  const shift = Int32Array.from(world.holders, () => 1 + chance.below(world.names - 1));
  return (fact) => world.firstName + ((holderOf(world, fact) + shift[fact.office * world.years + fact.year]!) % world.names);
}

/** The context tokens of a question. */
export function ask(world: World, { office, year }: Fact, wording: Wording): number[] {
  eraOf(world, year); // throws for a year outside
  if (!Number.isInteger(office) || office < 0 || office >= world.offices) throw new RangeError(`${office} is no office of this world`);
  return WORDINGS[wording].map((w) =>
    w === 'office' ? WORDS.length + office : w === 'year' ? WORDS.length + world.offices + year : WORDS.indexOf(w),
  );
}

/** Each fact in each wording with its true answer. */
export const askAll = (world: World, facts: readonly Fact[], wordings: readonly Wording[]): Row[] =>
  facts.flatMap((f) => wordings.map((w) => ({ tokens: ask(world, f, w), target: trueAnswer(world, f) })));

/** `k` facts of these groups, in random order. */
export const drawFacts = (world: World, era: Era, groups: readonly Group[], k: number, random: Random): Fact[] =>
  random.draw(listFacts(world, era, groups), k);

// #region splits
/** Every measurement splits four ways: tuned or untuned offices × tuned or untuned wordings. */
export const SPLITS = ['tuned offices, tuned wordings', 'tuned offices, untuned wordings', 'untuned offices, tuned wordings', 'untuned offices, untuned wordings'] as const;
export type Split = (typeof SPLITS)[number];

/** The questions of one split and era, with the true answers. */
export function examine(world: World, split: Split, era: Era): Batch {
  const groups = split.startsWith('tuned') ? TUNED_GROUPS : UNTUNED_GROUPS;
  const wordings = split.endsWith(', tuned wordings') ? TUNED_WORDINGS : UNTUNED_WORDINGS;
  return makeBatch(askAll(world, listFacts(world, era, groups), wordings));
}
// #endregion
