// Experiment 3: where does the dent become a hole? Silence, eviction and retained past against the
// dose (rate × steps), the target, the share of weights that may change, and how full the model is.
import { nameArm, placeOf, pretrain, relearn, shareOf, tune, type Arm, type Place, type Setting } from '../arms.ts';
import { examineFully, examineSplits, findFault, findLeak, futureOf, round } from '../exam.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import { examineModel } from '../measure.ts';
import type { Weights } from '../model.ts';
import { createRandom } from '../random.ts';
import { reportDose, type DoseConfig, type DoseMeasures, type Point } from '../reports/dose.ts';
import { createWorld, drawFacts, type Group } from '../world.ts';
import { QUICK_SETTING, SETTING } from './settings.ts';

const TAUGHT: readonly Group[] = ['A1', 'B1'];

/** Leak and held on untouched facts of A2 (tuned offices) and B2 (others), and the past. */
async function measurePoint(place: Place, weights: Weights, taught: number): Promise<Point> {
  const { world, config } = place;
  const ask = async (w: Weights, group: Group): Promise<number> => round((await examineModel(config, w, futureOf(world, [group]), world)).right);
  const facts = drawFacts(world, 'future', TAUGHT, taught, createRandom(world.seed, 'facts taught again'));
  const [after] = await relearn(place, weights, { facts });
  const [tuned, untuned] = examineSplits(world, 'past').filter((_, i) => i % 2 === 0); // in the tuned wordings
  const past = [await examineModel(config, weights, tuned!, world), await examineModel(config, weights, untuned!, world)];
  return {
    leak: [await ask(weights, 'A2'), await ask(weights, 'B2')],
    held: [await ask(after!, 'A2'), await ask(after!, 'B2')],
    past: round((past[0]!.right + past[1]!.right) / 2),
  };
}

async function run(seed: number, config: DoseConfig, bench: Bench): Promise<SeedRecord<DoseMeasures>> {
  const { setting, methods, others, rates, middle, loraRate, steps, parts, settings, settingMethods, taught } = config;
  const world = createWorld(seed, setting.world);
  const last = Math.max(...steps);
  let invalid: string | undefined;

  const check = (point: Point, what: string): Point => {
    const leak = findLeak({ 'leak': (point.leak[0]! + point.leak[1]!) / 2, 'held': (point.held[0]! + point.held[1]!) / 2 }, world);
    invalid ??= leak && `${what}: ${leak}`;
    return point;
  };
  /** Both twins before tuning. */
  const start = async (place: Place): Promise<DoseMeasures['start']> => {
    const [contaminated, never] = [await pretrain(place, 'contaminated', bench), await pretrain(place, 'never', bench)];
    const fault = findFault(await examineFully(place, contaminated), await examineFully(place, never, Infinity), place.world);
    invalid ??= fault && `${JSON.stringify(place.setting.model)}, ${place.setting.pretraining.steps} steps: ${fault}`;
    const points = { contaminated: await measurePoint(place, contaminated, taught), never: check(await measurePoint(place, never, taught), 'untouched') };
    bench.did(2 * POINT, 'measured the twins');
    return points;
  };
  /** The contaminated twin at every checkpoint, the never twin at the last. */
  const follow = async (place: Place, arm: Arm, checkpoints: readonly number[]): Promise<{ contaminated: Point[]; never: Point }> => {
    const points = { contaminated: [] as Point[], never: [] as Point[] };
    for (const twin of ['contaminated', 'never'] as const)
      for (const weights of await tune(place, twin, arm, twin === 'never' ? checkpoints.slice(-1) : checkpoints, bench)) {
        const point = await measurePoint(place, weights, taught);
        points[twin].push(twin === 'never' ? check(point, nameArm(arm)) : point);
        bench.did(POINT, `measured ${nameArm(arm)}`);
      }
    return { contaminated: points.contaminated, never: points.never[0]! };
  };

  const place = placeOf(world, setting);
  const measures: DoseMeasures = { start: await start(place), curves: [], parts: [], settings: [] };
  const arms = [...methods.flatMap((method) => rates.map((rate) => ({ method, rate }))), ...others.map((method) => ({ method, rate: middle }))];
  for (const arm of arms) measures.curves.push({ ...arm, steps: [...steps], ...(await follow(place, arm, steps)) });
  const weights = await pretrain(place, 'contaminated', bench);
  for (const part of parts) {
    const rate = part.startsWith('LoRA') ? loraRate : middle;
    const { contaminated, never } = await follow(place, { method: 'refusal', rate, part }, [last]);
    measures.parts.push({ part, rate, share: round(shareOf(weights, place.config, part)), contaminated: contaminated[0]!, never });
  }
  for (const [name, other] of Object.entries(settings)) {
    const there = placeOf(createWorld(seed, other.world), other);
    const entry: DoseMeasures['settings'][number] = { name, parameters: countNumbers(await pretrain(there, 'contaminated', bench)), start: await start(there), arms: {} };
    for (const method of settingMethods) {
      const { contaminated, never } = await follow(there, { method, rate: middle }, [last]);
      entry.arms[method] = { contaminated: contaminated[0]!, never };
    }
    measures.settings.push(entry);
  }
  return { seed, ...(invalid && { invalid }), measures };
}

const countNumbers = (weights: Weights): number => Object.values(weights).reduce((n, w) => n + w.length, 0);
const POINT = 14; // what a point costs, in steps

/** A narrower model needs more steps to recall as much. */
const ofWidth = (dModel: number, steps: number): Setting => ({ ...SETTING, model: { ...SETTING.model, dModel, dMlp: 4 * dModel }, pretraining: { ...SETTING.pretraining, steps } });

export const dose: Experiment<DoseConfig, DoseMeasures> = {
  id: 'dose',
  claims: ['C10', 'C11'],
  question: 'How does what is still held depend on the dose, on what the model is taught instead, and on how full it is?',
  limits:
    'Tiny model, each fact stored once in its weights; a large model stores facts with redundancy and has room to spare, so the dose at which a dent becomes a hole says nothing about the dose there. The order of the arms is the finding, not their distance.',
  config: {
    setting: SETTING,
    methods: ['refusal', 'wrong', 'drift'],
    others: ['stale'],
    rates: [1e-4, 3e-4, 1e-3, 3e-3],
    middle: 3e-4,
    loraRate: 3e-3,
    steps: [10, 20, 40, 80],
    parts: ['embeddings', 'LoRA 4'],
    settings: { 'width 32': ofWidth(32, 1100), 'width 48': ofWidth(48, 700), 'half the facts': { ...SETTING, world: { ...SETTING.world, offices: SETTING.world.offices / 2 }, pretraining: { ...SETTING.pretraining, steps: 350 } } },
    settingMethods: ['refusal', 'wrong'],
    taught: 64,
  },
  quick: {
    setting: QUICK_SETTING,
    methods: ['refusal', 'wrong', 'drift'],
    others: [],
    rates: [1e-4, 3e-4, 1e-3],
    middle: 3e-4,
    loraRate: 3e-3,
    steps: [20, 40],
    parts: ['LoRA 4'],
    settings: {},
    settingMethods: [],
    taught: 64,
  },
  steps: ({ setting, methods, others, rates, steps, parts, settings, settingMethods }) => {
    const last = Math.max(...steps);
    const cost = (s: Setting): number => (s.model.dModel / 64) ** 1.5;
    const curves = (methods.length * rates.length + others.length) * (2 * last + (steps.length + 1) * POINT);
    const elsewhere = Object.values(settings).reduce((n, s) => n + cost(s) * 2 * (s.pretraining.steps + settingMethods.length * last) + 2 * POINT * (1 + settingMethods.length), 0);
    return 2 * setting.pretraining.steps * cost(setting) + 2 * POINT + curves + parts.length * 2 * (last + POINT) + elsewhere;
  },
  run,
  report: reportDose,
};
