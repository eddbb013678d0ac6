// Experiment 2: silenced, or gone? Every tuned model and its never twin are put through the same
// attempts to bring the future back; what counts is what comes back of facts that no attempt
// touched. Controls: false names, past facts only, drift, a strong overwrite.
import { placeOf, pretrain, relearn, tune, type Arm, type Place } from '../arms.ts';
import { examineFully, findFault, findLeak, futureOf, pastOf, round } from '../exam.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import { examineModel, makePush, read, type Push } from '../measure.ts';
import type { Weights } from '../model.ts';
import { createRandom } from '../random.ts';
import { reportRecovery, type RecoveryConfig, type Attempts, type RecoveryMeasures } from '../reports/recovery.ts';
import { roundWeights } from '../weights.ts';
import { ALL_WORDINGS, GROUPS, createWorld, drawFacts, type Group } from '../world.ts';
import { ARMS, CHECKPOINTS, QUICK_SETTING, SETTING } from './settings.ts';
import { tuneToCheckpoint } from './silence.ts';

/** Relearning teaches facts of these and is tested on the others. */
const TAUGHT: readonly Group[] = ['A1', 'B1'];
/** Whose past the two drift arms leave out: their future is never tuned on, nor taught again. */
const UNREHEARSED: Group = 'B2';
const REHEARSED = GROUPS.filter((g) => g !== UNREHEARSED);

type Shares = { tuned: number; untuned: number }; // future facts of A2 (its offices were tuned) and B2 (they were not)

async function test({ world, config }: Place, weights: Weights, push?: Push): Promise<Shares> {
  const options = push ? { push } : {};
  const [tuned, untuned] = [await examineModel(config, weights, futureOf(world, ['A2']), world, options), await examineModel(config, weights, futureOf(world, ['B2']), world, options)];
  return { tuned: round(tuned.right), untuned: round(untuned.right) };
}

/** Past of the offices that the drift arms do not rehearse. */
const testUnrehearsed = async ({ world, config }: Place, weights: Weights): Promise<number> => round((await examineModel(config, weights, pastOf(world, [UNREHEARSED]), world)).right);

/** Everything that is tried on a model. */
async function attempt(place: Place, weights: Weights, { taught, savings, strengths, bits }: RecoveryConfig): Promise<Attempts> {
  const { world } = place;
  const most = Math.max(...taught);
  const facts = drawFacts(world, 'future', TAUGHT, most, createRandom(world.seed, 'facts taught again'));
  const past = drawFacts(world, 'past', TAUGHT, most, createRandom(world.seed, 'past facts taught again'));
  const before = await test(place, weights);
  const relearned: Attempts['relearned'] = [];
  const unrehearsed = await testUnrehearsed(place, weights);
  let unrehearsedAfter = unrehearsed;
  for (const k of taught) {
    const [after] = await relearn(place, weights, { facts: facts.slice(0, k) });
    relearned.push({ k, ...(await test(place, after!)) });
    if (k === most) unrehearsedAfter = await testUnrehearsed(place, after!);
  }
  const falseNames = await test(place, (await relearn(place, weights, { facts, names: 'false' }))[0]!);
  const pastOnly = await test(place, (await relearn(place, weights, { facts: past }))[0]!);
  const rounded: Attempts['rounded'] = [];
  for (const b of bits) rounded.push({ bits: b, ...(await test(place, roundWeights(weights, b))) });
  return {
    before,
    relearned,
    falseNames,
    pastOnly,
    unrehearsed: { before: unrehearsed, after: unrehearsedAfter },
    savings: await measureSavings(place, weights, savings),
    steered: await steer(place, weights, strengths),
    rounded,
  };
}

/** Relearning the very facts of A2: the leak on them after so many steps. Teaches what it tests, so it says how fast, not whether. */
async function measureSavings(place: Place, weights: Weights, steps: readonly number[]): Promise<number[]> {
  const { world, config } = place;
  const questions = futureOf(world, ['A2']);
  const facts = drawFacts(world, 'future', ['A2'], questions.size / 2, createRandom(world.seed, 'savings'));
  const shown = await relearn(place, weights, { facts }, steps);
  const leaks: number[] = [];
  for (const after of shown) leaks.push(round((await examineModel(config, after, questions, world)).right));
  return leaks;
}

/** No weight touched: pushes future questions towards past ones. Block and strength are chosen on A1 and tested on A2 and B2. */
async function steer(place: Place, weights: Weights, strengths: readonly number[]): Promise<Attempts['steered']> {
  const { world, config } = place;
  const questions = futureOf(world, ['A1']);
  const [from, to] = [await read(config, weights, questions, { trace: true }), await read(config, weights, pastOf(world, ['A1']), { trace: true })];
  let best = { push: makePush(config, from, to, 0, strengths[0]), right: -1, strength: strengths[0]! };
  for (let after = 0; after < config.nLayer; after++)
    for (const strength of strengths) {
      const push = makePush(config, from, to, after, strength);
      const { right } = await examineModel(config, weights, questions, world, { push });
      if (right > best.right) best = { push, right, strength };
    }
  return { block: best.push.after + 1, strength: best.strength, chosenOn: round(best.right), ...(await test(place, weights, best.push)) };
}

/** Every future-fact measure of a never model that no attempt taught, over all facts tested: few are right, so few facts would be too few. */
const floorOf = (a: Attempts): Record<string, number> => {
  const pair = ({ tuned, untuned }: Shares): number => (tuned + untuned) / 2;
  return {
    'before': pair(a.before),
    ...Object.fromEntries(a.relearned.map((r) => [`${r.k} facts taught`, pair(r)])),
    'false names': pair(a.falseNames),
    'past only': pair(a.pastOnly),
    'steered': pair(a.steered),
    ...Object.fromEntries(a.rounded.map((r) => [`${r.bits}-bit`, pair(r)])),
  };
};

async function run(seed: number, config: RecoveryConfig, bench: Bench): Promise<SeedRecord<RecoveryMeasures>> {
  const { setting, arms, checkpoints, overwrite } = config;
  const place = placeOf(createWorld(seed, setting.world), setting);
  const contaminated = await pretrain(place, 'contaminated', bench);
  const never = await pretrain(place, 'never', bench);
  let invalid = findFault(await examineFully(place, contaminated), await examineFully(place, never, Infinity), place.world);
  const measures: RecoveryMeasures = { models: {} };

  const measure = async (name: string, tuned: Weights, twin: Weights, steps: number): Promise<void> => {
    const both = { contaminated: await attempt(place, tuned, config), never: await attempt(place, twin, config) };
    measures.models[name] = { steps, past: [round(average((await examineFully(place, tuned)).past)), round(average((await examineFully(place, twin)).past))], ...both };
    const leak = findLeak(floorOf(both.never), place.world);
    invalid ??= leak && `${name}: ${leak}`;
    bench.did(2 * ATTEMPTS, `attempts on ${name}`);
  };
  const at = async (arm: Arm, steps: number): Promise<[Weights, Weights]> => [(await tune(place, 'contaminated', arm, [steps], bench))[0]!, (await tune(place, 'never', arm, [steps], bench))[0]!];

  await measure('untouched', contaminated, never, 0);
  let refused = Math.max(...checkpoints);
  for (const [name, arm] of Object.entries(arms)) {
    const tuned = await tuneToCheckpoint(place, arm, checkpoints, bench);
    if (name === 'refusal') refused = tuned.steps;
    await measure(name, tuned.weights, tuned.never, tuned.steps);
  }
  // Drift against refusal, as many steps, the past of B2 left out of both.
  const base = arms.refusal!;
  await measure('refusal, B2 unrehearsed', ...(await at({ ...base, rehearsed: REHEARSED }, refused)), refused);
  await measure('drift, B2 unrehearsed', ...(await at({ ...base, method: 'drift', rehearsed: REHEARSED }, refused)), refused);
  await measure('strong overwrite', ...(await at(overwrite.arm, overwrite.steps)), overwrite.steps);
  return { seed, ...(invalid && { invalid }), measures };
}

const average = (shares: readonly number[]): number => shares.reduce((a, b) => a + b, 0) / shares.length;
const ATTEMPTS = 60; // what all attempts on a model cost, in steps

export const recovery: Experiment<RecoveryConfig, RecoveryMeasures> = {
  id: 'recovery',
  claims: ['C10'],
  question: 'After tuning, do silenced facts come back faster, and without being taught, than in a model that never had them?',
  limits:
    'Tiny model, facts drawn at random, each stored without redundancy, full weight updates: real models store a fact many times over. Attempts that work prove something was held; attempts that fail bound it from below.',
  config: {
    setting: SETTING,
    arms: ARMS,
    checkpoints: CHECKPOINTS,
    taught: [4, 8, 16, 64],
    savings: [5, 10, 15, 20, 30, 40],
    strengths: [1, 1.5],
    bits: [8, 4],
    overwrite: { arm: { method: 'wrong', rate: 2e-3, groups: [...GROUPS], wordings: ALL_WORDINGS }, steps: 400 },
  },
  quick: {
    setting: QUICK_SETTING,
    arms: { refusal: ARMS.refusal, stale: ARMS.stale },
    checkpoints: [20, 40, 80],
    taught: [64],
    savings: [5, 10],
    strengths: [1, 1.5],
    bits: [4],
    overwrite: { arm: { method: 'wrong', rate: 2e-3, groups: [...GROUPS], wordings: ALL_WORDINGS }, steps: 80 },
  },
  steps: ({ setting, arms, checkpoints, overwrite }) => {
    const n = Object.keys(arms).length;
    return 2 * setting.pretraining.steps + n * Math.max(...checkpoints) * 1.5 + (n + 4) * 2 * ATTEMPTS + 2 * overwrite.steps + 4 * 40;
  },
  run,
  report: reportRecovery,
};
