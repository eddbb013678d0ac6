// Rehearsals: what one run of a talk leaves behind, how it is read back, and several of them against
// the plan. Knows no page and no storage.
import * as z from 'zod/mini';
import type { Stop } from './plan.ts';

z.config({ jitless: true }); // compiled validators need `eval`, which a strict CSP forbids

const seconds = z.number().check(z.refine((n) => Number.isFinite(n) && n >= 0, 'is no time in seconds'));
const times = z.record(z.string(), seconds);
const schema = z.object({
  version: z.literal(1),
  id: z.string(),
  /** When it began, as an ISO instant. */
  began: z.iso.datetime(),
  cut: z.string(),
  /** Whether it was ended, not broken off. */
  ended: z.boolean(),
  /** What the clock showed at the end; the questions' time is not in it. */
  elapsed: seconds,
  /** The plan as it was, seconds on each slide of the cut, and on slides behind the talk. */
  plan: times,
  slides: times,
  backup: times,
  /** One entry each time: what the clock showed, and what was shown for how long, in order. */
  questions: z.array(z.object({ at: seconds, shown: z.array(z.object({ id: z.string(), seconds })) })),
});
export type Run = z.infer<typeof schema>;
export type Questions = Run['questions'][number];

/** Throws an Error that says what is wrong with a record. */
export function parseRun(text: string): Run {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not whole JSON');
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${issue!.path.length ? `“${issue!.path.join('.')}”` : 'it'}: ${issue!.message}`);
}

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (!sorted.length) return null;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}

/** More than this share of its plan is over. */
export const OVER = 1.2;

export interface Row {
  id: string;
  number: string;
  title: string;
  plan: number;
  /** One for each run; null: not shown in it. */
  times: (number | null)[];
  median: number | null;
  /** Median less plan. */
  difference: number | null;
  isOver: boolean;
}

/** Each slide of the cut against its plan, in order; `runs` as they are to stand in the table. */
export function against(stops: readonly Stop[], runs: readonly Run[]): Row[] {
  return stops.map(({ id, number, title, seconds: plan }) => {
    const times = runs.map((r) => r.slides[id] ?? null);
    const middle = median(times.filter((t) => t !== null));
    return { id, number, title, plan, times, median: middle, difference: middle === null ? null : middle - plan, isOver: middle !== null && middle > plan * OVER };
  });
}
