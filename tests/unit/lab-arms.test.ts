// Recipes: which weights an arm may change, that a recipe names all it depends on, and when twins
// are not fit to be compared.
import { expect, test } from '@playwright/test';
import { nameArm, PARTS, placeOf, pretrain, relearn, shareOf, tune, type Setting } from '../../src/lab/arms.ts';
import { DRAWN, examineFully, examineSplits, findFault, findLeak, futureOf, pastOf, type Exam } from '../../src/lab/exam.ts';
import type { Bench, Json } from '../../src/lab/experiment.ts';
import { EXPERIMENTS } from '../../src/lab/experiments/index.ts';
import { isLora } from '../../src/lab/model.ts';
import { createWorld, listFacts } from '../../src/lab/world.ts';
import { countBuffers } from '../lab.ts';

const SETTING: Setting = {
  world: { offices: 8, years: 4, beyond: 1, names: 6, cutoff: 2 },
  model: { nLayer: 2, nHead: 2, dModel: 8, dMlp: 16 },
  pretraining: { steps: 3, size: 16, rate: 1e-2 },
};
const place = placeOf(createWorld(1, SETTING.world), SETTING);
/** Makes everything anew and remembers what was asked for. */
function createBench(): Bench & { recipes: Json[]; steps: number } {
  const bench = {
    recipes: [] as Json[],
    steps: 0,
    keep: async (recipe: Json, _: number, make: () => ReturnType<Parameters<Bench['keep']>[2]>) => (bench.recipes.push(recipe), make()),
    did: (steps: number) => void (bench.steps += steps),
  };
  return bench;
}

for (const part of PARTS)
  test(`tuning ${part} changes these weights and no others`, async () => {
    const bench = createBench();
    const before = await pretrain(place, 'contaminated', bench);
    const [after] = await tune(place, 'contaminated', { method: 'refusal', rate: 1e-2, part }, [2], bench);
    expect(Object.keys(after!).filter(isLora), 'LoRA is merged').toEqual([]);
    const changed = Object.keys(before).filter((name) => before[name]!.some((v, i) => v !== after![name]![i]));
    const want: Record<string, (name: string) => boolean> = {
      'all': () => true,
      'blocks': (n) => n.startsWith('block') || n === 'norm',
      'embeddings': (n) => ['embed', 'position'].includes(n),
      'lower half': (n) => n.startsWith('block0.'),
      'upper half': (n) => n.startsWith('block1.'),
      'MLPs': (n) => /\.(up|down)$/.test(n),
    };
    const isMatrix = (n: string): boolean => /\.(query|key|value|out|up|down)$/.test(n);
    expect(changed.sort()).toEqual(Object.keys(before).filter(want[part] ?? isMatrix).sort());
    const share = shareOf(before, place.config, part);
    expect(share).toBeGreaterThan(0);
    expect(part === 'all' ? share === 1 : true).toBe(true);
  });

test('a recipe names all that it depends on: nothing else may change what is kept', async () => {
  const bench = createBench();
  const other = placeOf(createWorld(2, SETTING.world), SETTING);
  await pretrain(place, 'never', bench);
  await pretrain(other, 'never', bench);
  await pretrain(placeOf(createWorld(1, SETTING.world), { ...SETTING, pretraining: { ...SETTING.pretraining, rate: 2e-2 } }), 'never', bench);
  await tune(place, 'contaminated', { method: 'wrong', rate: 1e-2 }, [2], bench);
  await tune(place, 'contaminated', { method: 'wrong', rate: 1e-2, rehearsed: ['A1'] }, [2], bench);
  await tune(place, 'contaminated', { method: 'wrong', rate: 1e-2 }, [1, 2], bench);
  const texts = bench.recipes.map((r) => JSON.stringify(r));
  expect(new Set(texts).size).toBe(texts.length - 2); // the contaminated twin is asked for three times
});

test('what is said to be done adds up to what the recipe is said to cost', async () => {
  const bench = createBench();
  const costs: number[] = [];
  const keep: Bench['keep'] = (recipe, steps, make) => (costs.push(steps), bench.keep(recipe, steps, make));
  await tune(place, 'contaminated', { method: 'drift', rate: 1e-3 }, [40], { ...bench, keep, did: bench.did });
  expect(costs).toHaveLength(2);
  expect(bench.steps).toBeGreaterThan(0.8 * costs[1]!);
  expect(bench.steps).toBeLessThan(1.2 * (costs[0]! + costs[1]!));
});

test('the drift arm leaves the past of others alone and never sees a future year', async () => {
  expect(nameArm({ method: 'drift', rate: 1e-3, part: 'LoRA 4' })).toBe('drift, LoRA 4 only, rate 0.001');
  const bench = createBench();
  const [a] = await tune(place, 'contaminated', { method: 'drift', rate: 1e-2 }, [2], bench);
  const [b] = await tune(place, 'contaminated', { method: 'refusal', rate: 1e-2 }, [2], bench);
  expect(a!.embed).not.toEqual(b!.embed);
});

test('checkpoints are the weights of one run, and a shorter run ends where they stand', async () => {
  const bench = createBench();
  const arm = { method: 'stale', rate: 1e-2 } as const;
  const [two, four] = await tune(place, 'never', arm, [2, 4], bench);
  const [alone] = await tune(place, 'never', arm, [2], bench);
  expect(two).toEqual(alone);
  expect(four).not.toEqual(two);
});

test('relearning leaves the weights that it was given, and no array behind', async () => {
  const weights = await pretrain(place, 'contaminated', createBench());
  const copy = structuredClone(weights);
  const facts = listFacts(place.world, 'future', ['A1']);
  await relearn(place, weights, { facts }, [2]);
  const buffers = countBuffers();
  const [early, late] = await relearn(place, weights, { facts }, [1, 2]);
  expect(countBuffers()).toBe(buffers);
  expect(weights).toEqual(copy);
  expect(early).not.toEqual(late);
});

test('an exam asks what its split says: offices and wordings apart, past and future apart, all of them if asked for', () => {
  const splits = examineSplits(place.world, 'future', Infinity);
  expect(splits.map((b) => b.size)).toEqual([4 * 2 * 2, 4 * 2 * 4, 4 * 2 * 2, 4 * 2 * 4]); // offices × future years × wordings
  expect(futureOf(place.world, ['A2']).size).toBe(2 * 2 * 2);
  expect(pastOf(place.world, ['A1', 'A2']).size).toBe(4 * 2 * 2);
  const big = createWorld(1);
  expect(examineSplits(big, 'past').map((b) => b.size)).toEqual([DRAWN * 2, DRAWN * 4, DRAWN * 2, DRAWN * 4]);
  expect([...examineSplits(big, 'past')[0]!.tokens]).toEqual([...examineSplits(big, 'past')[0]!.tokens]);
});

test('twins are fit only if both recall what they read and the never twin stays near chance', async () => {
  const good = (leak: number): Exam => ({ leak: [leak, leak, leak, leak], namesOnly: [leak, leak, leak, leak], unknown: [0, 0, 0, 0], past: [1, 1, 1, 1] });
  const world = createWorld(1); // 100 names: chance is 1 %
  expect(findFault(good(1), good(0.01), world)).toBeUndefined();
  expect(findFault({ ...good(1), past: [1, 0.98, 1, 1] }, good(0.01), world)).toBe('the contaminated twin recalls 98.0 % of the past');
  expect(findFault({ ...good(1), leak: [1, 1, 1, 0.9] }, good(0.01), world)).toBe('the contaminated twin recalls 90.0 % of the future');
  expect(findFault(good(1), { ...good(0.01), past: [0.5, 1, 1, 1] }, world)).toBe('the never twin recalls 50.0 % of the past');
  expect(findFault(good(1), good(0.05), world)).toMatch(/the never twin is right in 5\.0 % of future questions \(untouched, leak\), where chance is 1 %/);
  expect(findLeak({ a: 0.04, b: [0.01, 0.039] }, world)).toBeUndefined();
  expect(findLeak({ a: 0.01, 'steered': [0.01, 0.041] }, world)).toMatch(/steered/);
  const measured = await examineFully(place, await pretrain(place, 'never', createBench()));
  expect(measured.past).toHaveLength(4);
});

test('every experiment says what it asks, how much work it is, and how far it carries', () => {
  expect(EXPERIMENTS.map((e) => e.id)).toEqual(['silence', 'recovery', 'dose', 'strata', 'capacity']);
  for (const e of EXPERIMENTS) {
    expect(e.question).toMatch(/\?$/);
    expect(e.limits.length).toBeGreaterThan(80);
    expect(e.steps(e.quick), e.id).toBeLessThan(e.steps(e.config) / 2);
  }
});
