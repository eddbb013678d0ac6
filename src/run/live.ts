// Records the live run: the twins' checkpoints, the run step by step with the settings as they are
// and with each changed by itself, and the answers to the questions that the panel suggests.
// `npm run lab:live`; writes assets/live, which nobody edits.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, FigurePart } from '../lab/experiment.ts';
import type { LiveSettings, Point, Question, Stage, Twins } from '../lab/live.ts';
import { packSafetensors, unpackSafetensors } from '../live/safetensors.ts';
import { sha256Hex } from '../live/sha256.ts';
import { parseLive, type LiveRecord } from '../results.ts';
import { describeEnvironment, hashModule } from './lab/code.ts';
import { makeExact } from './lab/exact.ts';
import { print } from './lab/json.ts';
import { readOptions, root } from './serve.ts';

const { twins: source } = readOptions({ twins: 'new' }, `npm run lab:live [-- --twins kept]
Records the live run into assets/live: about five minutes. --twins kept: with the checkpoints that lie there.`);

makeExact();
const { CHOICES, LIVE, LIVE_SEED, RELEARNING_STEPS, askTwins, describeQuestion, liveWorld, prepare, runStage, suggestOffices } = await import('../lab/live.ts');
const { placeOf, pretrain } = await import('../lab/arms.ts');
const { examineFully, findFault } = await import('../lab/exam.ts');
const { SETTING } = await import('../lab/experiments/settings.ts');
const { listShapes } = await import('../lab/model.ts');
const { percent } = await import('../lab/reports/summary.ts');

const folder = join(root, 'assets/live');
const start = Date.now();
const say = (line: string): void => console.log(`${Math.round((Date.now() - start) / 1000)} s: ${line}`);
const world = liveWorld();
const place = placeOf(world, SETTING);

// --- the twins, as every experiment pretrains them
const bench: Bench = { did: () => {}, keep: (_, __, make) => make() };
const fileOf = (twin: string): string => join(folder, `${twin}.safetensors`);
async function takeTwin(twin: 'contaminated' | 'never'): Promise<Twins['never']> {
  if (source === 'kept') return unpackSafetensors(readFileSync(fileOf(twin)));
  const weights = await pretrain(place, twin, bench);
  say(`pretrained ${twin}`);
  return weights;
}
const pretrained: Twins = { contaminated: await takeTwin('contaminated'), never: await takeTwin('never') };
const fault = findFault(await examineFully(place, pretrained.contaminated), await examineFully(place, pretrained.never, Infinity), world);
if (fault) throw new Error(fault);

// --- the runs
async function follow(settings: LiveSettings): Promise<{ points: Point[]; stages: Record<Stage, Twins> }> {
  const live = prepare(settings);
  const points: Point[] = [];
  const through = async (stage: Stage, before: Twins): Promise<Twins> => {
    let twins = before;
    for await (const step of runStage(live, stage, before)) {
      twins = step.twins;
      if (step.point) points.push(step.point);
    }
    return twins;
  };
  const tuned = await through('tuned', pretrained);
  const relearned = await through('relearned', tuned);
  const last = points.at(-1)!;
  say(`ran ${JSON.stringify(settings)}: leak ${last.leak}, never ${last.never}, past ${last.past}`);
  return { points, stages: { tuned, relearned } };
}
const others = (Object.keys(CHOICES) as (keyof typeof CHOICES)[]).flatMap((name) => CHOICES[name].filter((v) => v !== LIVE[name]).map((v) => ({ ...LIVE, [name]: v })));
const first = await follow(LIVE);
const runs = [{ settings: LIVE, points: first.points }];
for (const settings of others) runs.push({ settings, points: (await follow(settings)).points });

// --- the answers
const offices = suggestOffices();
const years = [world.cutoff - 1, ...Array.from({ length: world.years - world.cutoff + 1 }, (_, i) => world.cutoff + i)]; // the last of the past, the future, the first beyond
const live = prepare(LIVE);
const askAll = async (twins: Twins): Promise<LiveRecord['replies']['tuned']> => {
  const told: LiveRecord['replies']['tuned'] = [];
  for (const office of offices)
    for (const year of years) {
      const question: Question = { office, year, wording: 'Q1' };
      told.push({ office, year, ...describeQuestion(live, question), replies: await askTwins(live, twins, question) });
    }
  return told;
};
const replies = { pretrained: await askAll(pretrained), tuned: await askAll(first.stages.tuned), relearned: await askAll(first.stages.relearned) };

/** Not typical: for the first look, a fact that the lens does read. The panel says that it was chosen. */
const isExample = ({ isTuned, isTaught, era, truth, replies: { contaminated } }: LiveRecord['replies']['tuned'][number]): boolean => era === 'future' && isTuned && !isTaught && contaminated.top[0]!.token === world.unknown && contaminated.layers.every((l) => l.name === truth);
const example = replies.tuned.find(isExample) ?? replies.tuned.find((t) => t.era === 'future')!;
const chosen = isExample(example) ? 'the first of those drawn that every block still reads after tuning' : 'the first of those drawn';

// --- the figure
const at = (step: number): Point => first.points.find((p) => p.step === step)!;
const [silent, back] = [at(LIVE.steps), first.points.at(-1)!];
const figure: FigurePart = {
  id: 'live-run',
  kind: 'lines',
  title: 'The run that can be repeated live: right answers to future questions that are tuned away and never taught',
  finding: `After ${LIVE.steps} steps of tuning the model gives ${percent(silent.leak)}% of these answers; after ${RELEARNING_STEPS} steps on ${LIVE.taught} other facts, ${percent(back.leak)}%. Its never twin, tuned and taught alike, gives ${percent(back.never)}%.`,
  x: { label: `steps: ${LIVE.steps} of tuning, then ${RELEARNING_STEPS} of relearning`, values: first.points.map((p) => p.step) },
  y: { label: 'right answers', unit: '%' },
  series: [
    { name: 'future, tuned away', values: first.points.map((p) => percent(p.leak)) },
    { name: 'never twin', values: first.points.map((p) => percent(p.never)) },
    { name: 'past', values: first.points.map((p) => percent(p.past)) },
  ],
  reference: [{ label: 'chance', value: 100 / world.names }],
  approximate: false,
  caveat: 'One seed of five, the first of those published: see `recovery` for all of them with their spread. Future questions of the offices whose future is tuned away and which no lesson mentions, in the tuned wordings; the past is that of the tuned offices, and rehearsed.',
};

// --- the files
mkdirSync(folder, { recursive: true });
const shapes = listShapes(place.config);
const checkpoints = Object.fromEntries(
  Object.entries(pretrained).map(([twin, weights]) => {
    const bytes = packSafetensors(weights, shapes);
    if (source !== 'kept') writeFileSync(fileOf(twin), bytes);
    return [twin, { file: `${twin}.safetensors`, bytes: bytes.length, sha256: sha256Hex(bytes) }];
  }),
) as LiveRecord['checkpoints'];
const environment = describeEnvironment();
const record: LiveRecord = {
  schema: 'live/1',
  figures: [{ ...figure, experiment: 'live', claims: ['C10'], made: { code: hashModule(new URL('../lab/live.ts', import.meta.url)), config: { ...LIVE, setting: SETTING }, seeds: [LIVE_SEED], environment, date: new Date().toISOString().slice(0, 10) } }],
  checkpoints,
  vocabulary: { offices: world.offices, years: world.years, beyond: world.beyond, cutoff: world.cutoff, firstName: world.firstName, names: world.names, unknown: world.unknown },
  questions: { wording: 'Q1', example: { office: example.office, year: example.year, chosen }, offices, years },
  runs,
  replies,
};
const text = `${print(record)}\n`;
parseLive('recorded.json', text);
writeFileSync(join(folder, 'recorded.json'), text);
say(`wrote assets/live: ${text.length} bytes and two checkpoints`);
