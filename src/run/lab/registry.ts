// The list of experiments, loaded by its address: so that tests, jobs and verification can each
// have their own. Knows the contract of an experiment, and none by name.
import type { Experiment, Json, SeedRecord } from '../../lab/experiment.ts';
import { LabError } from './files.ts';

/** An experiment whose configuration and measures only it understands. */
export type AnyExperiment = Experiment<Json, unknown>;
export type AnyRecord = SeedRecord<unknown>;

export interface Job {
  experiment: string;
  seed: number;
  quick: boolean;
}

export const nameJob = ({ experiment, seed, quick }: Job): string => `${experiment} ${seed}${quick ? ' quick' : ''}`;

/** Call `makeExact` first: this imports jax-js. */
export async function loadExperiments(registry: URL): Promise<readonly AnyExperiment[]> {
  const load = import(registry.href) as Promise<{ EXPERIMENTS?: readonly AnyExperiment[] }>;
  const { EXPERIMENTS } = await load.catch((error: unknown): never => {
    throw new LabError(`the experiments cannot be loaded: ${(error as Error).stack}`);
  });
  if (!EXPERIMENTS?.length) throw new LabError(`${registry.pathname} exports no EXPERIMENTS`);
  return EXPERIMENTS;
}

export function findExperiment(all: readonly AnyExperiment[], id: string): AnyExperiment {
  const found = all.find((e) => e.id === id);
  if (!found) throw new LabError(`there is no experiment “${id}”; there are: ${all.map((e) => e.id).join(', ')}, or all`);
  return found;
}

export const configOf = (experiment: AnyExperiment, quick: boolean): Json => (quick ? experiment.quick : experiment.config);
