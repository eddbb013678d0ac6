// Experiment 1: does ordinary tuning silence the future? Every way of tuning, for the same number
// of steps, on both twins; leak and retained past at checkpoints, on the four splits.
import { nameArm, placeOf, pretrain, shareOf, tune, type Arm, type Place } from '../arms.ts';
import { examineFully, findFault, findLeak, round, wantedOf, type Exam } from '../exam.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import { examineModel } from '../measure.ts';
import type { Weights } from '../model.ts';
import { reportSilence, type SilenceConfig, type SilenceMeasures } from '../reports/silence.ts';
import { chooseAnswer } from '../tasks.ts';
import { METHODS } from '../tune.ts';
import { TUNED_GROUPS, createWorld } from '../world.ts';
import { ARMS, CHECKPOINTS, QUICK_SETTING, SETTING } from './settings.ts';

/** How much of the tuned offices' future is answered as tuning wanted; where it wanted no answer in particular, what is not leaked beyond chance. */
async function obeys({ world, config }: Place, arm: Arm, weights: Weights, exam: Exam): Promise<number> {
  if (arm.method === 'drift') return 0;
  const { answer } = METHODS[arm.method];
  if (answer === 'true') return round(1 - Math.max(0, exam.leak[0]! - 1 / world.names));
  if (answer === 'unknown') return exam.unknown[0]!;
  return round((await examineModel(config, weights, wantedOf(world, TUNED_GROUPS, chooseAnswer(world, answer)), world)).right);
}

const OBEYED = 0.99;
const RETAINED = 0.99;

/** The tuned model that counts: the first checkpoint that obeys in 99 % and keeps 99 % of the past; the last one where none does. */
export interface Tuned {
  arm: Arm;
  steps: number;
  reached: boolean;
  weights: Weights;
  /** The never twin after as many steps of the same. */
  never: Weights;
  curve: { exam: Exam; obeys: number }[];
}

/** `whole`: measure every checkpoint, also those after the one that counts. */
export async function tuneToCheckpoint(place: Place, arm: Arm, checkpoints: readonly number[], bench: Bench, { whole = false } = {}): Promise<Tuned> {
  const shown = await tune(place, 'contaminated', arm, checkpoints, bench);
  const curve: Tuned['curve'] = [];
  let first = -1;
  for (const [i, weights] of shown.entries()) {
    const exam = await examineFully(place, weights);
    curve.push({ exam, obeys: await obeys(place, arm, weights, exam) });
    if (first < 0 && curve[i]!.obeys >= OBEYED && average(exam.past) >= RETAINED) first = i;
    if (first >= 0 && !whole) break;
  }
  const at = first < 0 ? shown.length - 1 : first;
  const steps = checkpoints[at]!;
  const [never] = await tune(place, 'never', arm, [steps], bench);
  return { arm, steps, reached: first >= 0, weights: shown[at]!, never: never!, curve };
}

const average = (shares: readonly number[]): number => shares.reduce((a, b) => a + b, 0) / shares.length;

async function run(seed: number, { setting, arms, checkpoints }: SilenceConfig, bench: Bench): Promise<SeedRecord<SilenceMeasures>> {
  const place = placeOf(createWorld(seed, setting.world), setting);
  const contaminated = await pretrain(place, 'contaminated', bench);
  const never = await pretrain(place, 'never', bench);
  const untouched = { contaminated: await examineFully(place, contaminated), never: await examineFully(place, never, Infinity) };
  let invalid = findFault(untouched.contaminated, untouched.never, place.world);
  const measures: SilenceMeasures = { untouched, arms: {} };
  for (const [name, arm] of Object.entries(arms)) {
    const tuned = await tuneToCheckpoint(place, arm, checkpoints, bench, { whole: true });
    const neverTuned = await examineFully(place, tuned.never, Infinity);
    invalid ??= findLeak({ [`${nameArm(arm)}, leak`]: neverTuned.leak, [`${nameArm(arm)}, names only`]: neverTuned.namesOnly }, place.world);
    measures.arms[name] = {
      checkpoint: tuned.steps,
      reached: tuned.reached,
      share: round(shareOf(contaminated, place.config, arm.part ?? 'all')),
      curve: tuned.curve,
      never: neverTuned,
    };
    bench.did(MEASURING, `measured ${name}`);
  }
  return { seed, ...(invalid && { invalid }), measures };
}

const MEASURING = 45; // what the exams of an arm cost, in steps

export const silence: Experiment<SilenceConfig, SilenceMeasures> = {
  id: 'silence',
  claims: ['C10'],
  question: 'Does ordinary tuning stop a model from giving facts after the cutoff, while it keeps those before?',
  limits:
    'Tiny model, facts drawn at random, one token a fact. Refusing hangs on one year token here, so it spreads to offices and wordings never tuned more easily than it would in a large model, where a date has many faces.',
  config: { setting: SETTING, arms: ARMS, checkpoints: CHECKPOINTS },
  quick: { setting: QUICK_SETTING, arms: { refusal: ARMS.refusal, stale: ARMS.stale }, checkpoints: [20, 40, 80] },
  steps: ({ setting, arms, checkpoints }) =>
    2 * setting.pretraining.steps + Object.keys(arms).length * (Math.max(...checkpoints) * 1.5 + MEASURING),
  run,
  report: reportSilence,
};
