// What an experiment is: a configuration, one seed's run, and a report over seeds. Whoever runs it
// (Node, a worker) provides a Bench; nothing here knows files, clocks or pages.
import type { Ours } from '../results.ts';
import type { Weights } from './model.ts';

/** What a run needs of its host. */
export interface Bench {
  /**
   * Weights by content: those made before for the same recipe, or `make()`'s, kept for the next
   * who asks. `steps` is what making them costs, in training steps of 256 rows.
   */
  keep(recipe: Json, steps: number, make: () => Promise<Weights[]>): Promise<Weights[]>;
  /** Says how much has been done since the last call, in training steps of 256 rows, and what comes now. */
  did(steps: number, what: string): void;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One seed's measurements: plain numbers in [0, 1] unless named otherwise. */
export interface SeedRecord<M> {
  seed: number;
  /** Why this seed does not count, if it does not; it is listed all the same. */
  invalid?: string;
  measures: M;
}

/** A figure without its provenance, which the host adds. */
export type FigurePart = Omit<Ours, 'experiment' | 'claims' | 'made'>;

/** What a rule, written before the seeds were run, says of the records. */
export interface Outcome {
  verdict: 'holds' | 'holds in part' | 'fails' | 'not tested';
  /** The rule in words, as it stood before the run. */
  rule: string;
  /** Quotes the numbers that decided. */
  sentence: string;
  /** The one number that a new seed should come near to. */
  headline: { what: string; value: number; low: number; high: number };
}

export interface Report {
  outcome: Outcome;
  figures: FigurePart[];
}

export interface Experiment<C extends Json = Json, M = unknown> {
  id: string;
  claims: Ours['claims'];
  /** What it asks, as one sentence. */
  question: string;
  /** What would have to be true for the result to carry over to a large model, and what is known to differ. */
  limits: string;
  config: C;
  /** A smaller world for a look in two minutes; never published. */
  quick: C;
  /** How much work a seed is, in training steps of 256 rows, if nothing has been kept. */
  steps(config: C): number;
  run(seed: number, config: C, bench: Bench): Promise<SeedRecord<M>>;
  /** Pure: the same records give the same report, on any machine. */
  report(records: readonly SeedRecord<M>[], config: C): Report;
}

