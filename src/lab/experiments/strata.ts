// Experiment 4: does tuning change the upper layers and leave the facts below alone? Layer by
// layer: what a probe and the logit lens read, how far the weights moved, and which pretrained
// parts, put back, undo the change.
import { partNames, placeOf, pretrain, tune, type Place } from '../arms.ts';
import { examineFully, findFault, findLeak, futureOf, pastOf, round } from '../exam.ts';
import type { Bench, Experiment, SeedRecord } from '../experiment.ts';
import { examineModel, probeNames, read, score } from '../measure.ts';
import type { Weights } from '../model.ts';
import { reportStrata, type StrataConfig, type Layers, type StrataMeasures } from '../reports/strata.ts';
import { compareWeights, graft } from '../weights.ts';
import { ALL_WORDINGS, GROUPS, createWorld } from '../world.ts';
import { ARMS, CHECKPOINTS, QUICK_SETTING, SETTING } from './settings.ts';
import { tuneToCheckpoint } from './silence.ts';

/** What each layer's stream at the answer gives away of the future of A2: the lens, and a probe fitted on past facts. Both bound from below. */
async function readLayers({ world, config }: Place, weights: Weights): Promise<Layers> {
  const questions = futureOf(world, ['A2']);
  const past = pastOf(world, GROUPS);
  const [fit, test] = [await read(config, weights, past, { trace: true }), await read(config, weights, questions, { trace: true })];
  const blocks = Array.from({ length: config.nLayer }, (_, i) => i);
  return {
    lens: blocks.map((i) => round(score(test.lens[i]!, questions.targets, world).namesOnly)),
    says: blocks.map((i) => round(score(test.lens[i]!, questions.targets, world).right)),
    probe: blocks.map((i) => round(probeNames(fit, past.targets, test, questions.targets, i, config.dModel, world))),
  };
}

/** Pretrained embeddings and blocks to put back, each as a name and which parameters it takes. */
function listGrafts(nLayer: number): Record<string, (name: string) => boolean> {
  const blocks = (from: number, to: number) => (name: string): boolean => {
    const i = Number(/^block(\d+)\./.exec(name)?.[1] ?? NaN);
    return i >= from && i < to;
  };
  const embeddings = partNames('embeddings');
  const half = nLayer / 2;
  const grafts: Record<string, (name: string) => boolean> = {
    'embeddings': embeddings,
    'lower half': blocks(0, half),
    'upper half': blocks(half, nLayer),
    'embeddings and lower half': (n) => embeddings(n) || blocks(0, half)(n),
    'embeddings and upper half': (n) => embeddings(n) || blocks(half, nLayer)(n),
    'all blocks': blocks(0, nLayer),
  };
  for (let k = 1; k <= nLayer; k++) grafts[`block ${k}`] = blocks(k - 1, k);
  for (let k = 1; k < nLayer; k++) {
    grafts[`embeddings and blocks up to ${k}`] = (n) => embeddings(n) || blocks(0, k)(n);
  }
  return grafts;
}

async function tryGrafts({ world, config }: Place, from: Weights, into: Weights): Promise<StrataMeasures['models'][string]['grafts']> {
  const questions = futureOf(world, ['A1', 'A2']);
  const ask = async (weights: Weights): Promise<{ leak: number; unknown: number; namesOnly: number }> => {
    const { right, unknown, namesOnly } = await examineModel(config, weights, questions, world);
    return { leak: round(right), unknown: round(unknown), namesOnly: round(namesOnly) };
  };
  const grafts: StrataMeasures['models'][string]['grafts'] = {};
  for (const [name, isTaken] of Object.entries(listGrafts(config.nLayer)))
    grafts[name] = { restored: await ask(graft(from, into, isTaken)), reverse: await ask(graft(into, from, isTaken)) };
  return grafts;
}

/** ‖ΔW‖/‖W‖ of the embeddings and of each block's matrices, root mean square over them. */
function measureChange({ config }: Place, before: Weights, after: Weights): number[] {
  const changes = Object.entries(compareWeights(before, after));
  const places = ['embeddings', ...Array.from({ length: config.nLayer }, (_, i) => i)] as ('embeddings' | number)[];
  return places.map((p) => {
    const own = changes.filter(([name]) => partNames(p)(name)).map(([, change]) => change);
    return round(Math.sqrt(own.reduce((a, c) => a + c * c, 0) / own.length));
  });
}

async function run(seed: number, config: StrataConfig, bench: Bench): Promise<SeedRecord<StrataMeasures>> {
  const { setting, arms, checkpoints, overwrite } = config;
  const place = placeOf(createWorld(seed, setting.world), setting);
  const twins = { contaminated: await pretrain(place, 'contaminated', bench), never: await pretrain(place, 'never', bench) };
  let invalid = findFault(await examineFully(place, twins.contaminated), await examineFully(place, twins.never, Infinity), place.world);
  const measures: StrataMeasures = { untouched: { contaminated: await readLayers(place, twins.contaminated), never: await readLayers(place, twins.never) }, models: {} };

  const measure = async (name: string, tuned: Weights, never: Weights, steps: number): Promise<void> => {
    const [own, twin] = [await readLayers(place, tuned), await readLayers(place, never)];
    const leak = findLeak({ 'lens': twin.lens, 'says': twin.says, 'probe': twin.probe }, place.world);
    invalid ??= leak && `${name}: ${leak}`;
    const { right } = await examineModel(place.config, tuned, futureOf(place.world, ['A1', 'A2']), place.world);
    measures.models[name] = {
      steps,
      leak: round(right),
      layers: own,
      never: twin,
      change: measureChange(place, twins.contaminated, tuned),
      grafts: await tryGrafts(place, twins.contaminated, tuned),
    };
    bench.did(MODEL, `measured ${name}`);
  };
  for (const [name, arm] of Object.entries(arms)) {
    const tuned = await tuneToCheckpoint(place, arm, checkpoints, bench);
    await measure(name, tuned.weights, tuned.never, tuned.steps);
  }
  const strong = [(await tune(place, 'contaminated', overwrite.arm, [overwrite.steps], bench))[0]!, (await tune(place, 'never', overwrite.arm, [overwrite.steps], bench))[0]!] as const;
  await measure('strong overwrite', ...strong, overwrite.steps);
  return { seed, ...(invalid && { invalid }), measures };
}

const MODEL = 40; // what a model's measurements cost, in steps

export const strata: Experiment<StrataConfig, StrataMeasures> = {
  id: 'strata',
  claims: ['C9'],
  question: 'Does tuning act in the upper layers and leave what the lower ones hold?',
  limits:
    'Four blocks. A graft of pretrained weights brings knowledge back by itself: it places the change and proves no retention. Probe and lens bound what is held from below.',
  config: {
    setting: SETTING,
    arms: ARMS,
    checkpoints: CHECKPOINTS,
    overwrite: { arm: { method: 'wrong', rate: 2e-3, groups: [...GROUPS], wordings: ALL_WORDINGS }, steps: 400 },
  },
  quick: {
    setting: QUICK_SETTING,
    arms: { refusal: ARMS.refusal, stale: ARMS.stale },
    checkpoints: [20, 40, 80],
    overwrite: { arm: { method: 'wrong', rate: 2e-3, groups: [...GROUPS], wordings: ALL_WORDINGS }, steps: 80 },
  },
  steps: ({ setting, arms, checkpoints, overwrite }) => {
    const n = Object.keys(arms).length;
    return 2 * setting.pretraining.steps + n * Math.max(...checkpoints) * 1.5 + 2 * overwrite.steps + (n + 1) * MODEL;
  },
  run,
  report: reportStrata,
};
