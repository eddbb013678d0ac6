// The flagship as one watches it: two pretrained twins, tuned to refuse and then taught other facts,
// step by step and in step with each other; measured every few steps, and asked at any time. With the
// settings as they are it is seed 21 of `recovery`, to the last digit. Knows no page and no file.
import { placeOf, RELEARNING, TUNING_ROWS, type Place } from './arms.ts';
import { makeBatch, type Batch } from './batch.ts';
import { examineSplits, futureOf, round } from './exam.ts';
import { SETTING } from './experiments/settings.ts';
import { examineModel, read, type Reading } from './measure.ts';
import type { Weights } from './model.ts';
import { createRandom } from './random.ts';
import { relearning, tuning, type RelearningTask, type Twin } from './tasks.ts';
import { constant, train, type Step, type Training } from './train.ts';
import { METHODS } from './tune.ts';
import { ask, createWorld, drawFacts, eraOf, trueAnswer, type Fact, type Group, type Wording, type World } from './world.ts';

export type Twins = Record<Twin, Weights>;
const TWINS = ['contaminated', 'never'] as const satisfies readonly Twin[];

// #region settings
/** The published seed whose twins are shipped: the first one. */
export const LIVE_SEED = 21;

/** What the reader may change. Every value of a run that is no setting is that of `recovery`. */
export type LiveSettings = {
  /** Draws which offices are tuned, which facts are taught, and the order of all batches. The world and the twins stay. */
  seed: number;
  share: number; // of the offices, whose future is to be unlearned
  rate: number; // of tuning; with `steps` the dose
  steps: number; // of tuning
  taught: number; // future facts in the lesson
};

export const LIVE: LiveSettings = { seed: LIVE_SEED, share: 0.5, rate: 3e-4, steps: 40, taught: 64 };

export const CHOICES = {
  share: [0.25, 0.5, 0.75],
  rate: [1e-4, 3e-4, 1e-3],
  steps: [20, 40, 80],
  taught: [4, 8, 16, 64],
} as const satisfies Partial<Record<keyof LiveSettings, readonly number[]>>;

/** Throws a RangeError that names what is wrong. */
export function checkSettings(settings: LiveSettings): void {
  for (const [name, values] of Object.entries(CHOICES) as [keyof typeof CHOICES, readonly number[]][])
    if (!values.includes(settings[name])) throw new RangeError(`${name} is one of ${values.join(', ')}, not ${settings[name]}`);
  createRandom(settings.seed, 'checked'); // refuses what is no seed
}
// #endregion

/** The world of the shipped twins. */
export const liveWorld = (): World => createWorld(LIVE_SEED, SETTING.world);

/** The same holders, with the offices drawn into groups by another seed or in other shares. */
export function regroup(world: World, { seed, share }: Pick<LiveSettings, 'seed' | 'share'>): World {
  const order = createRandom(seed, 'groups').shuffle(Array.from({ length: world.offices }, (_, i) => i));
  const tuned = Math.round((world.offices * share) / 2) * 2;
  const ends = [tuned / 2, tuned, (tuned + world.offices) / 2, world.offices].map(Math.floor);
  const take = (i: number): number[] => order.slice(ends[i - 1] ?? 0, ends[i]).sort((a, b) => a - b);
  return { ...world, seed, groups: { A1: take(0), A2: take(1), B1: take(2), B2: take(3) } };
}

/** Relearning teaches facts of these; those of A2 were tuned away and are never taught. */
const TAUGHT: readonly Group[] = ['A1', 'B1'];
const MOST = Math.max(...CHOICES.taught);

export const MEASURED_EVERY = 2; // steps
export const RELEARNING_STEPS = RELEARNING.steps;

/** Shares in [0, 1], after so many steps of tuning and relearning together. */
export interface Point {
  step: number;
  leak: number; // future of A2, tuned wordings, the contaminated twin
  never: number; // the same of the never twin, tuned and taught alike
  past: number; // past of the tuned offices, the contaminated twin
}

export interface Live {
  place: Place;
  settings: LiveSettings;
  /** The future facts of the lesson. */
  lesson: Fact[];
  /** Questions behind a point. */
  future: Batch;
  past: Batch;
}

export function prepare(settings: LiveSettings): Live {
  checkSettings(settings);
  const world = regroup(liveWorld(), settings);
  const facts = drawFacts(world, 'future', TAUGHT, MOST, createRandom(world.seed, 'facts taught again'));
  return {
    place: placeOf(world, SETTING),
    settings,
    lesson: facts.slice(0, settings.taught),
    future: futureOf(world, ['A2']),
    past: examineSplits(world, 'past')[0]!,
  };
}

const CHUNK = 120; // rows: three times this is the future of the tuned offices at the usual share, twice the past of theirs

export async function measureTwins({ place: { config, world }, future, past }: Live, twins: Twins, step: number): Promise<Point> {
  const right = async (twin: Twin, questions: Batch): Promise<number> => round((await examineModel(config, twins[twin], questions, world, { chunk: CHUNK })).right);
  return { step, leak: await right('contaminated', future), never: await right('never', future), past: await right('contaminated', past) };
}

// #region run
export type Stage = 'tuned' | 'relearned';

export interface LiveStep {
  step: number; // of tuning and relearning together
  twins: Twins;
  point?: Point;
}

const trainingOf = ({ place: { config, world }, settings, lesson }: Live, stage: Stage, weights: Weights, steps: number): Training =>
  stage === 'tuned'
    ? { config, weights, steps, rate: constant(settings.rate), batches: tuning(world, { answer: METHODS.refusal.answer, size: TUNING_ROWS }), objective: METHODS.refusal.objective }
    : { config, weights, steps, rate: constant(RELEARNING.rate), batches: relearning(world, { facts: lesson, size: RELEARNING.rows } satisfies RelearningTask) };

/** How many steps a stage takes. */
export const stepsOf = ({ steps }: LiveSettings, stage: Stage): number => (stage === 'tuned' ? steps : RELEARNING_STEPS);

/**
 * Both twins through one stage, a step each at a time; before the first step a point as they are.
 * The caller sets the pace by pulling; `return()` frees the arrays.
 */
export async function* runStage(live: Live, stage: Stage, before: Twins): AsyncGenerator<LiveStep> {
  const steps = stepsOf(live.settings, stage);
  const from = stage === 'tuned' ? 0 : live.settings.steps;
  if (stage === 'tuned') yield { step: from, twins: before, point: await measureTwins(live, before, from) };
  const every = Array.from({ length: steps }, (_, i) => i + 1);
  const runs = TWINS.map((twin) => train({ ...trainingOf(live, stage, before[twin], steps), checkpoints: every }));
  try {
    for (const step of every) {
      const [contaminated, never] = [await pull(runs[0]!), await pull(runs[1]!)];
      const twins: Twins = { contaminated, never };
      const at = from + step;
      const due = step % MEASURED_EVERY === 0 || step === steps;
      yield { step: at, twins, ...(due && { point: await measureTwins(live, twins, at) }) };
    }
  } finally {
    for (const run of runs) await run.return(before.contaminated);
  }
}

async function pull(run: AsyncGenerator<Step, Weights>): Promise<Weights> {
  const next = await run.next();
  if (next.done || !next.value.weights) throw new Error('training ended before its time');
  return next.value.weights;
}

/** Compiles all that a run needs, by a throw-away step of each kind: about two seconds that nobody then waits for. */
export async function warmUp(live: Live, twins: Twins): Promise<void> {
  for (const stage of ['tuned', 'relearned'] as const) for await (const _ of train(trainingOf(live, stage, twins.contaminated, 1)));
  await measureTwins(live, twins, 0);
  const [fact] = live.lesson;
  await askTwins(live, twins, { ...fact!, wording: 'Q1' });
}
// #endregion

// #region ask
export type Question = Fact & { wording: Wording };

/** A model's reply to one question. Probabilities with four decimals. */
export interface Reply {
  /** The likeliest answers, likeliest first. */
  top: { token: number; p: number }[];
  /** What each block's stream says, read out as the last is (the logit lens): a lower bound of what is there. */
  layers: {
    token: number; // the likeliest answer of all
    name: number; // the likeliest of the names
    /** Of the true answer: among all tokens, and among the names alone. */
    truth: number;
    truthAmongNames: number;
  }[];
}

export type Replies = Record<Twin, Reply>;

const TOP = 5;
const round4 = (p: number): number => Math.round(p * 1e4) / 1e4;

/** Softmax over the tokens [from, to), in float64. */
function probabilities(logits: Float32Array, from = 0, to = logits.length): number[] {
  const own = [...logits.subarray(from, to)];
  const top = Math.max(...own);
  const exp = own.map((v) => Math.exp(v - top));
  const sum = exp.reduce((a, b) => a + b, 0);
  return exp.map((v) => v / sum);
}

const likeliest = (p: readonly number[]): number => p.indexOf(Math.max(...p));

function reply(world: World, { logits, lens }: Reading, truth: number): Reply {
  const all = probabilities(logits);
  const order = all.map((_, i) => i).sort((a, b) => all[b]! - all[a]! || a - b);
  const { firstName, names } = world;
  const isName = truth >= firstName;
  return {
    top: order.slice(0, TOP).map((token) => ({ token, p: round4(all[token]!) })),
    layers: lens.map((layer) => {
      const [every, named] = [probabilities(layer), probabilities(layer, firstName, firstName + names)];
      return { token: likeliest(every), name: firstName + likeliest(named), truth: round4(every[truth]!), truthAmongNames: isName ? round4(named[truth - firstName]!) : 0 };
    }),
  };
}

/** Asks both twins. Throws a RangeError for an office or a year that the world lacks. */
export async function askTwins({ place: { config, world } }: Live, twins: Twins, { office, year, wording }: Question): Promise<Replies> {
  const truth = trueAnswer(world, { office, year });
  const question = makeBatch([{ tokens: ask(world, { office, year }, wording), target: truth }]);
  const answer = async (twin: Twin): Promise<Reply> => reply(world, await read(config, twins[twin], question, { trace: true, chunk: 1 }), truth);
  return { contaminated: await answer('contaminated'), never: await answer('never') };
}

/** What is known of a question without asking a model. */
export interface Asked {
  era: 'past' | 'future' | 'beyond';
  truth: number; // a token
  isTuned: boolean; // its office's future was to be unlearned
  isTaught: boolean; // it is in the lesson
}

export const describeQuestion = ({ place: { world }, lesson }: Live, { office, year }: Question): Asked => ({
  era: eraOf(world, year),
  truth: trueAnswer(world, { office, year }),
  isTuned: world.groups.A1.includes(office) || world.groups.A2.includes(office),
  isTaught: lesson.some((f) => f.office === office && f.year === year),
});

/**
 * Offices to ask about, and that the recording answers for: two of each group, drawn, so that
 * nobody picked them for their answers.
 */
export function suggestOffices(settings: LiveSettings = LIVE): number[] {
  const world = regroup(liveWorld(), settings);
  const random = createRandom(LIVE_SEED, 'offices to ask about');
  return (['A2', 'B2', 'A1', 'B1'] as const).flatMap((group) => random.draw(world.groups[group], 2));
}
// #endregion
