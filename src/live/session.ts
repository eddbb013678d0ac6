// The live run as a state and what can be asked of it: one for a page, whatever slides show it. It
// pulls steps from a source, the worker or the recording, and tells its listeners what to show.
// Knows no element; what it shows is plain data, so that other windows can show it too.
//
//   opening → live ⇄ paused        live → recorded, with the reason, whenever the worker cannot
import type { LiveRecord } from '../results.ts';
import type { At, Device, LiveSettings, Point, Question, Stage, Told } from './protocol.ts';
import { compareRuns, findRun, sayEnd, sameSettings } from './words.ts';

/** Everything that a window needs to draw the panel. */
export interface View {
  source: 'opening' | 'live' | 'recorded';
  device?: Device;
  /** Why it is the recording. */
  reason?: string;
  settings: LiveSettings;
  question: Question;
  /** Which models are shown and asked; while `running`, those in the middle of that stage. */
  at: At;
  running?: Stage;
  paused: boolean;
  /** Another window computes; this one goes on when that has ended or paused. */
  isWaiting: boolean;
  points: Point[];
  told?: Told;
  /** Why the question has no answer. */
  untold?: string;
  /** In words: how the stage that is shown ended, and whether that is what was recorded. */
  ended?: string;
}

/** What can be asked of the run, here or from another window. */
export interface Session {
  view(): View;
  /** Calls back at every change, and once now; gives the way to stop it. */
  listen(fn: (view: View) => void): () => void;
  /** Shows the models at a stage; computes what is not computed yet. */
  go(at: At): void;
  /** Forgets all that was computed. */
  reset(): void;
  ask(question: Question): void;
  change(settings: LiveSettings): void;
  /** Says something in the place of the next answer. */
  note(text: string): void;
  /** After a failure: tries the worker again. */
  retry(): void;
  /** The panel will soon be seen: makes ready what a run needs. */
  prepare(): void;
  /** The panel is seen, or no longer. */
  enter(): void;
  leave(): void;
}

/** Where steps and answers come from: the worker, or the recording. Every call may reject. */
export interface Source {
  device?: Device;
  begin(stage: Stage, settings: LiveSettings): Promise<unknown>;
  next(): Promise<{ step: number; done: boolean; point?: Point }>;
  stop(): Promise<unknown>;
  ask(question: Question, settings: LiveSettings, at: At): Promise<Told>;
  /** Whether it can answer in the middle of a stage. */
  asksWhileRunning: boolean;
  /** Gives back what it holds; the next one begins with it. */
  close(): Promise<unknown>;
}

export interface Sources {
  openLive(saved: unknown): Promise<Source>;
  openRecorded(): Source;
}

const ORDER: readonly At[] = ['pretrained', 'tuned', 'relearned'];
const isBefore = (a: At, b: At): boolean => ORDER.indexOf(a) < ORDER.indexOf(b);

/** One run at a time in all windows of this browser; where there are no locks, in this one. */
async function exclusively(waiting: (isWaiting: boolean) => void, fn: () => Promise<void>): Promise<void> {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks; // only where a page is served safely
  if (!locks) return fn();
  const late = setTimeout(() => waiting(true), 150);
  await locks.request('dented-not-erased: live run', async () => {
    clearTimeout(late);
    waiting(false);
    await fn();
  });
}

export function createSession(record: LiveRecord, sources: Sources, start: Pick<View, 'settings' | 'question'>): Session {
  const listeners = new Set<(view: View) => void>();
  let source: Source | undefined;
  let opening: Promise<void> | undefined;
  let saved: Promise<unknown> = Promise.resolve(); // what the last worker left

  let wanted: At = 'pretrained';
  let reached: At = 'pretrained';
  let begun: Stage | undefined; // the stage that the source is in the middle of
  let plan = 0; // counts what makes work under way pointless
  let isWorking = false;
  let isSeen = false;
  let isOver = false; // left when all was done: nothing is made ready again before somebody comes back
  let curves: Partial<Record<Stage, Point[]>> = {};
  let ends: Partial<Record<At, string>> = {};
  let asked = 0;
  const state: Omit<View, 'at' | 'points' | 'running' | 'ended'> = { source: 'opening', settings: start.settings, question: start.question, paused: false, isWaiting: false };

  const shown = (): At => (begun || isBefore(reached, wanted) ? reached : wanted);
  const isBehind = (): boolean => isBefore(reached, wanted);
  function view(): View {
    const running = isBehind() && source ? (begun ?? (reached === 'pretrained' ? 'tuned' : 'relearned')) : undefined;
    const upTo = running ?? shown();
    const points = [...(upTo === 'pretrained' ? [] : (curves.tuned ?? [])), ...(upTo === 'relearned' ? (curves.relearned ?? []) : [])];
    const ended = running ? undefined : ends[shown()];
    return { ...state, at: shown(), ...(running && { running }), ...(ended && { ended }), points };
  }
  const changed = (): void => {
    const now = view();
    for (const fn of listeners) fn(now);
  };

  // --- the source
  function take(from: Source, kind: 'live' | 'recorded', reason?: string): void {
    source = from;
    state.source = kind;
    delete state.device;
    delete state.reason;
    if (from.device) state.device = from.device;
    if (reason) state.reason = reason;
  }
  function fallBack(error: unknown): void {
    plan++;
    begun = undefined;
    void source?.close().catch(() => {});
    saved = Promise.resolve();
    forget();
    take(sources.openRecorded(), 'recorded', (error as Error).message);
    if (!findRun(record, state.settings)) {
      state.settings = { ...record.runs[0]!.settings };
      state.reason += '; with the recorded settings';
    }
    changed();
  }
  function open(): Promise<void> {
    opening ??= (async () => {
      state.source = 'opening';
      changed();
      try {
        take(await sources.openLive(await saved), 'live');
      } catch (error) {
        fallBack(error);
      }
      opening = undefined;
      changed();
      void refresh();
    })();
    return opening;
  }

  // --- asking
  async function refresh(): Promise<void> {
    const [own, from] = [++asked, source];
    if (!from) return;
    try {
      const told = await from.ask(state.question, state.settings, shown());
      if (own !== asked) return;
      state.told = told;
      delete state.untold;
    } catch (error) {
      if (own !== asked) return;
      if (from === source && state.source === 'live') return fallBackAndGoOn(error);
      delete state.told;
      state.untold = (error as Error).message;
    }
    changed();
  }
  function fallBackAndGoOn(error: unknown): void {
    fallBack(error);
    void refresh();
    void work();
  }

  // --- running
  function forget(): void {
    plan++;
    curves = {};
    ends = {};
    reached = 'pretrained';
  }

  /** Until the stage ends, or somebody wants something else. */
  async function stretch(): Promise<void> {
    const [from, own] = [source!, plan];
    const isOff = (): boolean => own !== plan || state.paused || !isBehind();
    if (isOff()) return;
    const stage: Stage = reached === 'pretrained' ? 'tuned' : 'relearned';
    if (begun !== stage) {
      await from.begin(stage, state.settings);
      if (own !== plan) return;
      begun = stage;
      curves[stage] = [];
      changed();
    }
    while (!isOff()) {
      const { done, point } = await from.next();
      if (own !== plan) return;
      if (point) curves[stage]!.push(point);
      if (done) {
        begun = undefined;
        reached = stage;
        const points = [...(curves.tuned ?? []), ...(stage === 'relearned' ? curves.relearned! : [])];
        const compared = from.device && compareRuns(points, findRun(record, state.settings)?.points, from.device);
        ends[stage] = [sayEnd(stage, points.at(-1)!), compared].filter(Boolean).join(' ');
      }
      if (point || done) {
        changed();
        // asking costs half of what a point does: at every second one it still looks alive
        if (done || (from.asksWhileRunning && curves[stage]!.length % 2)) await refresh();
      }
      if (done) return;
    }
  }

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    try {
      while (isBehind() && !state.paused) {
        if (!source) await open();
        const from = source!;
        try {
          await exclusively((isWaiting) => {
            if (state.isWaiting === isWaiting) return;
            state.isWaiting = isWaiting;
            changed();
          }, stretch);
        } catch (error) {
          if (from !== source) continue; // it has been given up already
          if (state.source === 'live') fallBack(error);
          else {
            wanted = reached; // the recording itself fails: no second fall
            state.untold = (error as Error).message;
          }
        }
      }
    } finally {
      isWorking = false;
    }
    changed();
  }

  /** What is under way is not wanted any more. */
  function drop(): void {
    plan++;
    if (begun) void source?.stop().catch(() => {});
    begun = undefined;
  }

  function restart(): void {
    drop();
    forget();
    wanted = 'pretrained';
    changed();
    void refresh();
  }

  return {
    view,
    listen(fn) {
      listeners.add(fn);
      fn(view());
      return () => void listeners.delete(fn);
    },
    go(at) {
      if (at === wanted) return;
      wanted = at;
      if (begun && !isBefore(reached, at)) drop();
      changed();
      if (isBehind()) void work();
      else void refresh();
    },
    reset: restart,
    ask(question) {
      state.question = question;
      delete state.told;
      delete state.untold;
      changed();
      void refresh();
    },
    change(settings) {
      if (sameSettings(settings, state.settings)) return;
      if (state.source === 'recorded' && !findRun(record, settings)) {
        state.untold = 'Nothing was recorded with these settings, and this is the recording.';
        return changed();
      }
      state.settings = settings;
      restart();
    },
    note(text) {
      state.untold = text;
      changed();
    },
    retry() {
      if (state.source !== 'recorded') return;
      drop();
      forget();
      source = undefined;
      void open().then(work);
    },
    prepare() {
      if (!source && !isOver) void open();
    },
    enter() {
      isSeen = true;
      isOver = false;
      state.paused = false;
      if (!source) void open();
      if (isBehind()) void work();
      changed();
    },
    leave() {
      if (!isSeen) return;
      isSeen = false;
      state.paused = isBehind();
      // done: the worker's memory goes back; its weights are kept for who returns
      if (state.source === 'live' && reached === 'relearned' && !isBehind()) {
        const from = source;
        isOver = true;
        source = undefined;
        state.source = 'opening';
        saved = from!.close().catch(() => undefined);
      }
      changed();
    },
  };
}
