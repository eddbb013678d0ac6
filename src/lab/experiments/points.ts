// What `dose` and `capacity` measure alike: leak, held and retained past of a twin, before tuning
// and along it; and whether the run counts.
import { nameArm, pretrain, relearn, tune, type Arm, type Place } from '../arms.ts';
import { examineFully, examineSplits, findFault, findLeak, futureOf, round } from '../exam.ts';
import type { Bench } from '../experiment.ts';
import { examineModel } from '../measure.ts';
import type { Weights } from '../model.ts';
import { createRandom } from '../random.ts';
import type { Both, Point } from '../reports/points.ts';
import { drawFacts, type Group } from '../world.ts';

const TAUGHT: readonly Group[] = ['A1', 'B1'];
export const POINT = 14; // what a point costs, in steps

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

const mean = (pair: readonly number[]): number => (pair[0]! + pair[1]!) / 2;

/** Measures arms of one seed; remembers the first reason why the run does not count. */
export function createSurvey(bench: Bench, taught: number) {
  let fault: string | undefined;
  const check = (place: Place, point: Point, what: string): Point => {
    const leak = findLeak({ leak: mean(point.leak), held: mean(point.held) }, place.world);
    fault ??= leak && `${what}: ${leak}`;
    return point;
  };

  /** Both twins before tuning. */
  async function start(place: Place): Promise<Both> {
    const [contaminated, never] = [await pretrain(place, 'contaminated', bench), await pretrain(place, 'never', bench)];
    const unfit = findFault(await examineFully(place, contaminated), await examineFully(place, never, Infinity), place.world);
    const { model, pretraining } = place.setting;
    fault ??= unfit && `width ${model.dModel}, ${pretraining.steps} steps: ${unfit}`;
    const points = { contaminated: await measurePoint(place, contaminated, taught), never: check(place, await measurePoint(place, never, taught), 'untouched') };
    bench.did(2 * POINT, 'measured the twins');
    return points;
  }

  /** The contaminated twin at every checkpoint, the never twin at the last. */
  async function follow(place: Place, arm: Arm, checkpoints: readonly number[]): Promise<{ contaminated: Point[]; never: Point }> {
    const measureAll = async (twin: 'contaminated' | 'never', at: readonly number[]): Promise<Point[]> => {
      const points: Point[] = [];
      for (const weights of await tune(place, twin, arm, at, bench)) {
        points.push(await measurePoint(place, weights, taught));
        bench.did(POINT, `measured ${nameArm(arm)}`);
      }
      return points;
    };
    const contaminated = await measureAll('contaminated', checkpoints);
    const [never] = await measureAll('never', checkpoints.slice(-1));
    return { contaminated, never: check(place, never!, nameArm(arm)) };
  }

  return { start, follow, fault: () => fault };
}
