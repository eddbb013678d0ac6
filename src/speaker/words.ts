// How the speaker's window says where the talk stands. Knows no page.
import type { Awake } from '../deck/wake.ts';
import { minutes } from '../stage/clock.ts';
import { GRACE, type Exit, type Ramp, type Standing } from '../stage/plan.ts';

export const AWAKE: Record<Awake, string> = {
  'not asked': 'The screen is kept awake from the first key on.',
  awake: 'The screen is kept awake.',
  hidden: 'The slides are hidden: the screen may sleep.',
  refused: 'The browser refused to keep the screen awake: set the computer not to sleep.',
  none: 'This browser cannot keep the screen awake: set the computer not to sleep.',
};

/** The time of day at which the talk's clock will show `end`. */
export const atClock = (now: number, elapsed: number, end: number): string => new Date(now + (end - elapsed) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

const against = (end: number, all: number): string => (end > all + GRACE ? `${minutes(end - all)} over` : end < all - GRACE ? `${minutes(all - end)} to spare` : 'as planned');

/** “Ends at 14:32, 1:10 over, 8 % slower than planned” */
export function endText(now: number, elapsed: number, end: number, all: number, pace: number): string {
  const percent = Math.round(Math.abs(pace - 1) * 100);
  const rate = percent ? ` · you are ${percent} % ${pace > 1 ? 'slower' : 'faster'} than planned` : '';
  return `Ends at ${atClock(now, elapsed, end)}, ${against(end, all)}${rate}`;
}

const named = (s: { number: string; title: string }): string => `${s.number} ‘${s.title.length > 48 ? `${s.title.slice(0, 46).replace(/\s+\S*$/, '')} …` : s.title}’`;
const away = (on: number): string => (on === 0 ? 'this slide' : on === 1 ? 'next slide' : `${on} slides on`);
const from = (e: Exit): string => (e.on === 0 ? 'from this slide' : `from ${named(e.leave)} (${away(e.on)})`);
const total = (s: Standing): number => s.stops.reduce((n, t) => n + t.seconds, 0);

export function exitText({ next, isNeeded }: Ramp, where: Standing, now: number): string {
  const head = isNeeded ? 'Exit ramp' : 'In time. Exit ramp if needed';
  const rest = next.left === 1 ? 'the last slide' : `${next.left} slides to the close`;
  return `${head}: ${from(next)} go to ${named(next.to)}, ${rest}: ends at ${atClock(now, where.elapsed, next.end)}, ${against(next.end, total(where))}.`;
}

/** The last way out that is still in time, where it is another. */
export function latestText({ next, latest, isNeeded }: Ramp, where: Standing, now: number): string {
  if (!isNeeded) return '';
  if (!latest) return 'Even so it ends late: say less on what is left.';
  return latest === next ? 'It is the last that ends in time.' : `The last that ends in time: from ${named(latest.leave)} (${away(latest.on)}), ends at ${atClock(now, where.elapsed, latest.end)}.`;
}
