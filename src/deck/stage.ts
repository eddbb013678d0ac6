// What a talk has behind it: its clock, the time on each slide, the questions in between, the exit ramp
// taken or not, and the rehearsal that is being recorded. Held by the audience's window, so that every
// other window may close; kept over a reload. Knows slides by id and neither reveal nor any markup.
import { elapsed, isFresh, isRunning, start, stop, ZERO, type Clock } from '../stage/clock.ts';
import { passedFrom, type Stop } from '../stage/plan.ts';
import type { Questions, Run } from '../stage/runs.ts';
import { keep, recall, remember } from './storage.ts';

export interface Place {
  id: string;
  /** -1: before the first step. */
  fragment: number;
}

interface Kept {
  cut: string;
  clock: Clock;
  /** Up to when time has been added to what is shown. */
  mark: number;
  shown: { id: string; isBackup: boolean };
  /** The last slide shown that belongs to the talk. */
  last: string;
  slides: Record<string, number>;
  backup: Record<string, number>;
  questions: Questions[];
  /** While questions are taken: where to return to, and whether the clock goes on then. */
  asking: { back: Place; ran: boolean } | null;
  /** The slide at which the exit ramp was taken. */
  left: string | null;
  /** Whether runs are recorded, and the record of this one, from its first move on. */
  rehearsing: boolean;
  run: { id: string; began: string } | null;
}

/** What the other windows are told of it. */
export interface Told {
  clock: Clock;
  mark: number;
  last: string;
  slides: Record<string, number>;
  asking: boolean;
  passed: string[];
  rehearsing: boolean;
  /** Why the rehearsal is not being kept; empty: it is. */
  problem: string;
}

export interface Stage {
  told(): Told;
  /** The slide and step on screen; a talk under way begins its clock with the first change. */
  shows(place: Place, isBackup: boolean): void;
  /** From now on the first move starts the clock: somebody presents. */
  expect(): void;
  toggleClock(): void;
  reset(): void;
  /** Begins questions; or ends them and says where to return to. */
  toggleQuestions(now: Place): Place | undefined;
  isAsking(): boolean;
  /** Takes the exit ramp, or returns to the whole talk. False: it would pass nothing over. */
  toggleRamp(): boolean;
  /** Whether next and previous pass over it. */
  passes(id: string): boolean;
  rehearse(on: boolean): void;
}

const KEY = 'stage';
/** Each run is a record of its own: one that is spoilt spoils no other, and two windows do not overwrite each other's. */
export const RUNS = 'rehearsal:';
/** A page closed for longer than this, in milliseconds, is another talk when it opens again. */
const ANOTHER_TALK = 15 * 60_000;
const BEAT = 5000;
/** A run of fewer seconds is a slip of the finger; so is half a second on a slide. */
const [WORTH_A_RUN, WORTH_A_LINE] = [10, 0.5];

export function createStage(cut: string, stops: readonly Stop[], options: { rehearse: boolean; changed: () => void; say: (text: string) => void }): Stage {
  const fresh = (): Kept => ({ cut, clock: ZERO, mark: Date.now(), shown: { id: '', isBackup: false }, last: stops[0]?.id ?? '', slides: {}, backup: {}, questions: [], asking: null, left: null, rehearsing: false, run: null });
  const restored = restore();
  let k = restored ?? fresh();
  let place: string | undefined; // slide and step; undefined until the first is shown
  let isExpected = isRunning(k.clock) || k.clock.ran > 0;
  let problem = '';
  let passed = new Set<string>();
  pass();

  function restore(): Kept | undefined {
    try {
      const found = JSON.parse(recall('sessionStorage', KEY) ?? 'null') as Kept | null;
      return found && found.cut === cut && Date.now() - found.mark < ANOTHER_TALK ? { ...fresh(), ...found } : undefined;
    } catch {
      return undefined; // not ours
    }
  }
  function pass(): void {
    const from = stops.findIndex((s) => s.id === k.left);
    passed = new Set(from < 0 ? [] : passedFrom(stops, from));
  }

  /** Adds the time since it was last called to what was on screen. */
  function add(): void {
    const now = Date.now();
    const spent = Math.max(0, now - k.mark) / 1000;
    k.mark = now;
    const { id, isBackup } = k.shown;
    if (!id) return;
    if (k.asking) {
      const shown = k.questions.at(-1)!.shown;
      if (shown.at(-1)?.id !== id) shown.push({ id, seconds: 0 });
      shown.at(-1)!.seconds += spent;
    } else if (isRunning(k.clock)) {
      const times = isBackup ? k.backup : k.slides;
      times[id] = (times[id] ?? 0) + spent;
    }
  }

  const round = (times: Record<string, number>): Record<string, number> => Object.fromEntries(Object.entries(times).filter(([, s]) => s >= WORTH_A_LINE).map(([id, s]) => [id, Math.round(s * 10) / 10]));
  function save(ended = false): void {
    remember('sessionStorage', KEY, JSON.stringify(k));
    if (!k.run || elapsed(k.clock, k.mark) < WORTH_A_RUN) return;
    const run: Run = {
      version: 1,
      ...k.run,
      cut,
      ended,
      elapsed: Math.round(elapsed(k.clock, k.mark) * 10) / 10,
      plan: Object.fromEntries(stops.map((s) => [s.id, s.seconds])),
      slides: round(k.slides),
      backup: round(k.backup),
      questions: k.questions.map((q) => ({ at: Math.round(q.at), shown: q.shown.map((s) => ({ id: s.id, seconds: Math.round(s.seconds * 10) / 10 })) })),
    };
    const before = problem;
    problem = keep('localStorage', `${RUNS}${k.run.id}`, JSON.stringify(run));
    if (problem && !before) options.say(`This rehearsal is not being kept: ${problem}`);
  }
  function change(): void {
    save();
    options.changed();
  }
  function begin(): void {
    k.clock = start(k.clock, Date.now());
    if (k.rehearsing && !k.run) k.run = { id: `${Date.now()}-${crypto.getRandomValues(new Uint16Array(1))[0]!}`, began: new Date().toISOString() };
  }
  /** At zero, at the slide that is shown; the run so far stays as it is. */
  function again(change: Partial<Kept>): void {
    add();
    save(true);
    const { shown, last, rehearsing } = k;
    k = { ...fresh(), shown, last, rehearsing, ...change };
    pass();
  }

  setInterval(() => {
    if (!isRunning(k.clock) && !k.asking) return void (k.mark = Date.now());
    const before = problem;
    add();
    save();
    if (problem !== before) options.changed();
  }, BEAT);
  addEventListener('pagehide', () => {
    add();
    save();
  });
  if (options.rehearse && !k.rehearsing) again({ rehearsing: true });
  if (k.rehearsing) isExpected = true;

  return {
    told: () => ({ clock: k.clock, mark: k.mark, last: k.last, slides: k.slides, asking: Boolean(k.asking), passed: [...passed], rehearsing: k.rehearsing, problem }),
    shows({ id, fragment }, isBackup) {
      add();
      const here = `${id}/${fragment}`;
      const hasMoved = place !== undefined && place !== here;
      place = here;
      k.shown = { id, isBackup };
      if (!isBackup && !k.asking) k.last = id;
      if (hasMoved && isExpected && isFresh(k.clock) && !k.asking) begin();
      if (k.asking) add(); // it is in the record from its first moment
      save();
    },
    expect() {
      isExpected = true;
    },
    toggleClock() {
      add();
      if (isRunning(k.clock)) k.clock = stop(k.clock, k.mark);
      else if (!k.asking) begin();
      change();
    },
    reset() {
      again({});
      change();
    },
    toggleQuestions(now) {
      add();
      if (!k.asking) {
        k.asking = { back: now, ran: isRunning(k.clock) };
        k.clock = stop(k.clock, k.mark);
        k.questions.push({ at: elapsed(k.clock, k.mark), shown: [{ id: now.id, seconds: 0 }] });
        change();
        return undefined;
      }
      const { back, ran } = k.asking;
      k.asking = null;
      place = `${back.id}/${back.fragment}`; // the way back is no first move
      if (ran) k.clock = start(k.clock, k.mark);
      change();
      return back;
    },
    isAsking: () => Boolean(k.asking),
    toggleRamp() {
      if (k.left === null && !passedFrom(stops, stops.findIndex((s) => s.id === k.last)).length) return false;
      k.left = k.left === null ? k.last : null;
      pass();
      change();
      return true;
    },
    passes: (id) => passed.has(id),
    rehearse(on) {
      again({ rehearsing: on });
      isExpected = true;
      change();
    },
  };
}
