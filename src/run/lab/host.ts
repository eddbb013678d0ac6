// What every command of the lab shares: where things are, who hears, and jobs run with bars and
// Ctrl+C. Knows no command line.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { readCode, type Code } from './code.ts';
import { explainWriting, sweep } from './files.ts';
import type { Task } from './job.ts';
import { runJobs } from './jobs.ts';
import { createProgress, type Screen } from './progress.ts';
import { configOf, findExperiment, nameJob, type AnyExperiment, type Job } from './registry.ts';

/** Where a lab is. Tests give one of their own. */
export interface Host {
  /** The module that lists the experiments. */
  registry: URL;
  /** Holds assets/lab and .lab. */
  root: string;
  screen?: Screen;
}

export interface Lab extends Host {
  screen: Screen;
  experiments: readonly AnyExperiment[];
  /** By experiment. */
  code: Readonly<Record<string, Code>>;
  say(line: string): void;
}

export const describeLab = (host: Host, experiments: readonly AnyExperiment[]): Lab => {
  const screen = host.screen ?? process.stdout;
  const code = Object.fromEntries(experiments.map(({ id }) => [id, readCode(host.registry, id)]));
  return { ...host, screen, experiments, code, say: (line) => void screen.write(`${line}\n`) };
};

/** `all`, or each by its name, once, in the registry's order. */
export function chooseExperiments({ experiments }: Lab, names: readonly string[]): AnyExperiment[] {
  const asked = names.filter((n) => n !== 'all').map((n) => findExperiment(experiments, n));
  return experiments.filter((e) => names.includes('all') || asked.includes(e));
}

/** A path as the user may write it. */
export const showFile = ({ root }: Host, path: string): string => {
  const short = relative(root, path);
  return short.startsWith('..') ? path : short;
};

export const recordsFolder = ({ root }: Host): string => join(root, '.lab/records');

/** Makes the folder and tries it, before hours of work find out. */
function prepareFolder(folder: string): void {
  const trial = join(folder, `.trial.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(trial, '');
    rmSync(trial);
  } catch (error) {
    throw explainWriting(folder, error);
  }
  sweep(folder);
}

export interface RunOptions {
  parallel?: number | undefined;
  /** Holds records/ and weights/; .lab if not given. */
  store?: string;
  /** Hears of each job that left a record, at once. */
  finished?(job: Job): void;
}

/** Jobs and why they failed; `stopped` by Ctrl+C. */
export interface RunOutcome {
  failures: Map<Job, string>;
  stopped: boolean;
}

export async function runInLab(lab: Lab, jobs: readonly Job[], { parallel, store = join(lab.root, '.lab'), finished }: RunOptions): Promise<RunOutcome> {
  const failures = new Map<Job, string>();
  if (!jobs.length) return { failures, stopped: false };
  const [weights, records] = [join(store, 'weights'), join(store, 'records')];
  for (const folder of [weights, records]) prepareFolder(folder);
  const stepsOf = (job: Job): number => {
    const experiment = findExperiment(lab.experiments, job.experiment);
    return experiment.steps(configOf(experiment, job.quick));
  };
  const tasks = new Map<Task, Job>(jobs.map((job) => [{ ...job, registry: lab.registry.href, code: lab.code[job.experiment]!, weights, records }, job]));
  const progress = createProgress(lab.screen, jobs.length, jobs.reduce((a, j) => a + stepsOf(j), 0));
  const run = runJobs([...tasks.keys()], Math.min(parallel ?? availableParallelism(), jobs.length), {
    started: (task) => progress.started(nameJob(task), stepsOf(task)),
    progressed: (task, at) => progress.progressed(nameJob(task), at),
    noted: (task, line) => progress.say(`${nameJob(task)}: ${line}`),
    ended(task, failure) {
      if (stopped) return;
      progress.ended(nameJob(task), failure);
      if (failure === undefined) finished?.(tasks.get(task)!);
      else failures.set(tasks.get(task)!, failure);
    },
  });
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    run.stop();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const { say } = lab;
  lab.say = progress.say;
  try {
    await run.done;
  } finally {
    lab.say = say;
    process.off('SIGINT', stop).off('SIGTERM', stop);
    run.stop(); // if what hears of a finished job threw
    progress.close();
  }
  return { failures, stopped };
}

export const STOPPED = 130;
