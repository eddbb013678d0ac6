// The lab in a browser: one experiment with one seed inside a Web Worker, asked for and answered
// by messages. Keeps weights in memory, for as long as the worker lives. Knows no page and no file.
import type { Bench, Json } from '../../lab/experiment.ts';
import type { Weights } from '../../lab/model.ts';
import { makeExact } from './exact.ts';
import { canonical, checkJson } from './json.ts';
import type { AnyExperiment, AnyRecord, Job } from './registry.ts';

/** What a page posts is a Job; what it hears. One job at a time: a second waits for the first. */
export type Answer =
  | { kind: 'progress'; done: number; computed: number; steps: number; what: string }
  | { kind: 'record'; record: AnyRecord }
  | { kind: 'failed'; message: string };

/** What we use of a worker's scope; the compiler knows only a page's. */
interface Scope {
  postMessage(answer: Answer): void;
  onmessage: ((event: { data: Job }) => void) | null;
}

/** Call it once, first in a module worker. `load` is called after jax-js has been made exact. */
export function serveLab(load: () => Promise<{ EXPERIMENTS: readonly unknown[] }>): void {
  makeExact();
  const scope = globalThis as unknown as Scope;
  const weights = new Map<string, Weights[]>();
  let last: Promise<void> = Promise.resolve();
  const run = async (job: Job): Promise<AnyRecord> => {
    const experiments = (await load()).EXPERIMENTS as readonly AnyExperiment[];
    const experiment = experiments.find((e) => e.id === job.experiment);
    if (!experiment) throw new Error(`there is no experiment “${job.experiment}”`);
    const config = job.quick ? experiment.quick : experiment.config;
    const steps = experiment.steps(config);
    const record = await experiment.run(job.seed, config, createBench(weights, (at) => scope.postMessage({ kind: 'progress', steps, ...at })));
    checkJson(record, `the record of ${job.experiment} ${job.seed}`);
    return JSON.parse(JSON.stringify(record)) as AnyRecord;
  };
  scope.onmessage = ({ data }) => {
    last = last
      .then(() => run(data))
      .then((record) => scope.postMessage({ kind: 'record', record }))
      .catch((error: unknown) => scope.postMessage({ kind: 'failed', message: (error as Error).message }));
  };
}

/** As the one of job.ts, on a Map. */
function createBench(known: Map<string, Weights[]>, tell: (at: { done: number; computed: number; what: string }) => void): Bench {
  let [done, computed] = [0, 0];
  const counted = new Set<string>();
  const count = (steps: number, kept: boolean, what: string): void => {
    done += steps;
    if (!kept) computed += steps;
    tell({ done, computed, what });
  };
  return {
    did: (steps, what) => count(steps, false, what),
    async keep(recipe: Json, steps: number, make: () => Promise<Weights[]>) {
      const key = canonical(recipe);
      const kept = known.get(key);
      const before = computed;
      const models = kept ?? (await make());
      if (!counted.has(key)) count(kept ? steps : Math.max(0, steps - (computed - before)), kept !== undefined, kept ? 'kept weights' : 'weights made');
      counted.add(key);
      known.set(key, models);
      return copy(models); // as from a file: nobody changes what is kept
    },
  };
}

const copy = (models: readonly Weights[]): Weights[] => models.map((m) => Object.fromEntries(Object.entries(m).map(([name, w]) => [name, w.slice()])));
