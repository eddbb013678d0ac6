// What a page and its worker say to each other, and what every window of a talk shows. Types only:
// neither side's code comes with them.
import type { Asked, LiveSettings, Point, Question, Replies, Stage } from '../lab/live.ts';
import type { Fact } from '../lab/world.ts';

export type { LiveSettings, Point, Question, Replies, Reply, Stage } from '../lab/live.ts';

/** Where the models are: as pretrained, after tuning, after relearning. */
export type At = 'pretrained' | Stage;

export type Device = 'wasm' | 'webgpu';

/** What the panel can know of a question: the truth, and what each twin says and reads. */
export type Told = Fact & Asked & { replies: Replies };

/** A checkpoint as it is served. */
export interface Checkpoint {
  url: string;
  sha256: string;
  /** Handed over where there is no server. */
  bytes?: Uint8Array;
}

/** One request, one answer, in the order of asking. `save` ends a worker: it hands its weights out. */
export type Request =
  | { do: 'open'; device: Device | 'any'; checkpoints: Record<'contaminated' | 'never', Checkpoint>; saved?: Saved }
  | { do: 'begin'; stage: Stage; settings: LiveSettings }
  | { do: 'next' }
  | { do: 'stop' }
  | { do: 'ask'; question: Question; settings: LiveSettings; at: At }
  | { do: 'save' };

/** Weights by stage, to begin again where a worker ended. */
export type Saved = Partial<Record<At, unknown>>;

export interface Replied {
  open: { device: Device };
  begin: null;
  /** `done`: the stage has ended, with this step. */
  next: { step: number; done: boolean; point?: Point; told?: Told };
  stop: null;
  ask: Told;
  save: Saved;
}

export type Answer = { ok: true; value: Replied[keyof Replied] } | { ok: false; reason: string } | { lost: string };
