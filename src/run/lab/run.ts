// The command that runs experiments: what is missing is run, what is complete is reported and
// written. Knows no process and no screen.
import { chooseExperiments, recordsFolder, runInLab, showFile, STOPPED, type Lab } from './host.ts';
import { LabError } from './files.ts';
import { PUBLISHED_SEEDS, type Options } from './options.ts';
import { readRecord, type Kept } from './records.ts';
import { configOf, findExperiment, nameJob, type AnyExperiment, type Job } from './registry.ts';
import { describe, isPublishable, makeResult, placeResult, SLICE_SEED, writeResult } from './result.ts';
import { isPresentConfig, mergeShards, shardFile, takeShare, writeShard } from './shards.ts';

/** Every job of a run: seed after seed, as one seed's jobs share what is trained; the slices last. */
export function listJobs(experiments: readonly AnyExperiment[], { seeds, quick }: Pick<Options, 'seeds' | 'quick'>): Job[] {
  const of = (seed: number, quick: boolean): Job[] => experiments.map((e) => ({ experiment: e.id, seed, quick }));
  return [...seeds.flatMap((seed) => of(seed, quick)), ...(isPublishable(seeds, quick) ? of(SLICE_SEED, true) : [])];
}

export function findRecord(lab: Lab, { experiment: id, seed, quick }: Job, say: (line: string) => void = () => {}): Kept | undefined {
  const experiment = findExperiment(lab.experiments, id);
  return readRecord(recordsFolder(lab), { experiment: id, code: lab.code[id]!.records, config: configOf(experiment, quick), seed }, say);
}

const today = (): string => new Date().toISOString().slice(0, 10);
const isSliceOf = (job: Job, { quick }: Pick<Options, 'quick'>): boolean => job.quick && !quick;

/** Reports an experiment and writes its file. */
function publish(lab: Lab, experiment: AnyExperiment, records: readonly Kept[], slice: Kept | undefined, quick: boolean, out?: string): void {
  const result = makeResult(experiment, records, quick, slice, today());
  const path = placeResult(lab.root, experiment.id, result.made.seeds, quick, out);
  const written = writeResult(path, showFile(lab, path), result);
  const published = isPublishable(result.made.seeds, quick) ? '' : ` (not published: only seeds ${PUBLISHED_SEEDS.join(', ')} with the full configuration are)`;
  lab.say(`${describe(result)}\n  ${written ? 'written to' : 'unchanged:'} ${showFile(lab, path)}${published}`);
}

export async function runExperiments(lab: Lab, options: Options): Promise<number> {
  const { seeds, quick, shard, out } = options;
  const experiments = chooseExperiments(lab, options.names);
  for (const { id } of experiments) placeResult(lab.root, id, seeds, quick, out); // refuses before the run, not after
  const all = listJobs(experiments, options);
  const mine = shard ? takeShare(all, shard) : all;
  const kept = new Map<Job, Kept>();
  const look = (job: Job): boolean => {
    const record = findRecord(lab, job, lab.say);
    if (record) kept.set(job, record);
    return record !== undefined;
  };
  const missing = mine.filter((job) => !look(job));
  if (mine.length > missing.length) lab.say(`kept from before: ${mine.filter((j) => kept.has(j)).map(nameJob).join(', ')}`);

  const failed: string[] = [];
  const finish = (experiment: AnyExperiment): void => {
    const own = mine.filter((j) => j.experiment === experiment.id);
    if (!own.length || (!shard && own.some((j) => !kept.has(j)))) return;
    const records = own.filter((j) => kept.has(j) && !isSliceOf(j, options)).map((j) => kept.get(j)!);
    const sliceJob = own.find((j) => isSliceOf(j, options));
    const slice = sliceJob && kept.get(sliceJob);
    try {
      if (!shard) publish(lab, experiment, records, slice, quick, out);
      else if (records.length || slice) {
        const path = shardFile(lab.root, experiment.id, quick, shard);
        writeShard(path, { experiment: experiment.id, code: lab.code[experiment.id]!.records, config: configOf(experiment, quick), quick, seeds, records, ...(slice && { slice }) });
        lab.say(`${records.length + (slice ? 1 : 0)} of ${own.length} records of ${experiment.id} written to ${showFile(lab, path)}`);
      }
    } catch (error) {
      // The other experiments go on; the records are there for another try.
      failed.push(`${experiment.id}: ${error instanceof LabError || (error as Error).name === 'ContractError' ? (error as Error).message : (error as Error).stack}`);
      lab.say(`failed: ${failed.at(-1)}`);
    }
  };

  const isWaitingFor = (id: string): boolean => missing.some((j) => j.experiment === id && !kept.has(j));
  if (!shard) for (const e of experiments) if (!isWaitingFor(e.id)) finish(e);
  const { stopped } = await runInLab(lab, missing, {
    parallel: options.jobs,
    finished(job) {
      if (look(job) && !shard && !isWaitingFor(job.experiment)) finish(findExperiment(experiments, job.experiment));
    },
  });
  if (stopped) {
    lab.say(`stopped. ${mine.filter((j) => kept.has(j)).length} of ${mine.length} jobs are finished and kept, as are weights; give the same command to go on.`);
    return STOPPED;
  }
  if (shard) for (const e of experiments) finish(e);
  if (shard && !mine.length) lab.say(`shard ${shard.index}/${shard.of} has no job: there are only ${all.length}`);
  const lacking = mine.filter((j) => !kept.has(j));
  if (lacking.length) lab.say(`missing: ${lacking.map(nameJob).join(', ')}; what is finished is kept, give the same command to go on`);
  return lacking.length || failed.length ? 1 : 0;
}

export function mergeRuns(lab: Lab, { names, out }: Options): number {
  let code = 0;
  for (const whole of mergeShards(names)) {
    const experiment = findExperiment(lab.experiments, whole.experiment);
    const { quick, seeds, records, slice } = whole;
    if (!isPresentConfig(whole, configOf(experiment, quick))) throw new LabError(`${whole.experiment}: the shards were made with another configuration than the present one; merge them with the commit that made them`);
    const present = lab.code[experiment.id]!.records;
    if (whole.code !== present) lab.say(`note: ${whole.experiment} was made by code ${whole.code}, this is ${present}`);
    const missing = seeds.filter((s) => !records.some((k) => k.record.seed === s)).map(String);
    if (isPublishable(seeds, quick) && !slice) missing.push(`${SLICE_SEED} quick`);
    if (missing.length) {
      lab.say(`${whole.experiment}: missing ${missing.join(', ')}; nothing written`);
      code = 1;
    } else publish(lab, experiment, records, slice, quick, out);
  }
  return code;
}

/** What there is, and how much of it is kept. */
export function listExperiments(lab: Lab): number {
  for (const e of lab.experiments) {
    const jobs = listJobs([e], { seeds: [...PUBLISHED_SEEDS], quick: false });
    const done = jobs.filter((j) => findRecord(lab, j));
    lab.say(`${e.id}: ${e.question}\n  ${Math.round(e.steps(e.config))} steps a seed, ${Math.round(e.steps(e.quick))} with --quick; code ${lab.code[e.id]!.records}; kept: ${done.map((j) => `${j.seed}${j.quick ? ' quick' : ''}`).join(', ') || 'none'}`);
  }
  lab.say('records and weights are in .lab');
  return 0;
}
