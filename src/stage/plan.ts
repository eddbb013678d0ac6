// Where a talk stands against its plan, when it will end, and how it can still end in time. Times are
// seconds, taken from the slides' own plan and from what was really spent on them; nothing is guessed.
// Knows no page, no clock and no cut by name: a slide has its time here, and another if it also
// belongs to the shortest cut.

export interface Stop {
  id: string;
  /** “7”: as on screen. */
  number: string;
  title: string;
  chapter: number;
  /** Planned in the cut being given. */
  seconds: number;
  /** Planned in the shortest cut; null: not in it. */
  short: number | null;
}

export interface Standing {
  /** The slides of the cut being given, in order. */
  stops: readonly Stop[];
  /** The one shown, or the last one shown before a backup slide. */
  at: number;
  /** What the talk's clock shows. */
  elapsed: number;
  /** Clock time on each slide so far, by id; the one shown included. */
  spent: Readonly<Record<string, number>>;
  /** Slides that next and previous pass over, by id. */
  passed: ReadonlySet<string>;
}

const sum = (stops: readonly Stop[]): number => stops.reduce((n, s) => n + s.seconds, 0);
/** What is still to come after the slide at `at`. */
const after = ({ stops, passed }: Pick<Standing, 'stops' | 'passed'>, at: number): Stop[] => stops.filter((s, i) => i > at && !passed.has(s.id));

/** The plan at a slide: when it begins and how long it is, so that the talk ends with its plan, whatever is passed over. */
export function planAt(where: Pick<Standing, 'stops' | 'at' | 'passed'>): { before: number; here: number; all: number } {
  const all = sum(where.stops);
  const here = where.stops[where.at]?.seconds ?? 0;
  return { before: all - here - sum(after(where, where.at)), here, all };
}

/** Below this much of its plan a slide was paged past, not presented, and tells nothing of the pace. */
const PAGED_PAST = 0.2;
/** So much plan must have been presented before a pace can be read off it. */
const ENOUGH = 120;
const [FASTEST, SLOWEST] = [1 / 3, 3];

/** Seconds taken for each second planned, over the slides presented and left; 1 until enough were. */
export function paceOf({ stops, at, spent }: Pick<Standing, 'stops' | 'at' | 'spent'>): number {
  const done = stops.filter((s, i) => i !== at && (spent[s.id] ?? 0) >= s.seconds * PAGED_PAST);
  const planned = sum(done);
  if (planned < ENOUGH) return 1;
  return Math.min(SLOWEST, Math.max(FASTEST, done.reduce((n, s) => n + spent[s.id]!, 0) / planned));
}

/** Seconds still needed at the present pace: the rest of this slide, and the slides after it. */
function needed(s: Standing, still: readonly Stop[]): number {
  const pace = paceOf(s);
  const here = s.stops[s.at];
  return (here ? Math.max(0, here.seconds * pace - (s.spent[here.id] ?? 0)) : 0) + pace * sum(still);
}

/** What the clock will show at the end, at the present pace. */
export const endOf = (s: Standing): number => s.elapsed + needed(s, after(s, s.at));

/** Slides after `from` that are not in the shortest cut: what the exit ramp passes over. */
export const passedFrom = (stops: readonly Stop[], from: number): string[] => stops.filter((s, i) => i > from && s.short === null).map((s) => s.id);

export interface Exit {
  /** The slide after which one leaves, and how many slides on that is: 0 is the slide shown. */
  leave: Stop;
  on: number;
  /** The first slide then shown, and the last. */
  to: Stop;
  close: Stop;
  /** How many slides are then left to show, and how many are passed over. */
  left: number;
  passes: number;
  /** What the clock will show at the end, at the present pace. */
  end: number;
}

/**
 * Every way out from here, nearest first. One leaves after a slide whose follower is not in the shortest
 * cut; from there on only slides of the shortest cut are shown, with the times that they have in the cut
 * being given (the longer ones, as they were rehearsed: an exit promises no end that is too early). It
 * must reach a slide of the last chapter: a talk that stops before its close has not closed.
 */
export function exits(s: Standing): Exit[] {
  const { stops, at } = s;
  const last = stops.at(-1);
  if (!last || s.passed.size) return [];
  const found: Exit[] = [];
  for (let i = at; i < stops.length - 1; i++) {
    if (stops[i + 1]!.short !== null) continue;
    const rest = stops.filter((t, j) => j > i && t.short !== null);
    const [to, close] = [rest[0], rest.at(-1)];
    if (!to || close!.chapter !== last.chapter) break; // nothing of the close would be left
    found.push({ leave: stops[i]!, on: i - at, to, close: close!, left: rest.length, passes: stops.length - 1 - i - rest.length, end: s.elapsed + needed(s, [...stops.slice(at + 1, i + 1), ...rest]) });
  }
  return found;
}

/** Seconds of grace before an end counts as late. */
export const GRACE = 15;

export interface Ramp {
  /** The next way out. */
  next: Exit;
  /** The last that still ends with the plan; undefined: not even the next does. */
  latest: Exit | undefined;
  /** Whether the whole talk would end late, so that one of them is needed. */
  isNeeded: boolean;
}

/** The exit ramp from here; undefined where every slide left is shown anyway. */
export function rampOf(s: Standing): Ramp | undefined {
  const all = exits(s);
  const [next] = all;
  const limit = sum(s.stops) + GRACE;
  return next && { next, latest: all.findLast((e) => e.end <= limit), isNeeded: endOf(s) > limit };
}
