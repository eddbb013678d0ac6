// The clock of a talk: it starts, it stops, it goes on. Instants are milliseconds as of Date.now,
// durations are seconds. Knows no page and never asks what time it is.

export interface Clock {
  /** Milliseconds that it had run when it last stopped or was at zero. */
  ran: number;
  /** Since when it runs; null while it stands. */
  since: number | null;
}

export const ZERO: Clock = { ran: 0, since: null };

export const isRunning = (c: Clock): boolean => c.since !== null;
/** Whether it has not run yet, or was set to zero. */
export const isFresh = (c: Clock): boolean => c.since === null && c.ran === 0;
export const elapsed = (c: Clock, now: number): number => (c.ran + (c.since === null ? 0 : Math.max(0, now - c.since))) / 1000;
export const start = (c: Clock, now: number): Clock => (c.since === null ? { ran: c.ran, since: now } : c);
export const stop = (c: Clock, now: number): Clock => ({ ran: elapsed(c, now) * 1000, since: null });

/** “3:05”, “−0:12”: minutes and seconds. */
export const minutes = (s: number): string => `${s <= -1 ? '−' : ''}${Math.floor(Math.abs(s) / 60)}:${String(Math.floor(Math.abs(s) % 60)).padStart(2, '0')}`;
