// The talk's measures, as functions of plain numbers. Definitions: leak rate is the share of
// future questions whose greedy answer is the true holder; held is what a fixed recovery budget
// brings back on facts it did not touch. Both in [0, 1]. Knows no model and no figure.

// #region plane
/** The three twins under one measurement, each in [0, 1]. */
export interface Twins {
  contaminated: number; // read the future, untouched
  tuned: number; // read the future, then tuned to act as of the cutoff
  never: number; // the control: pretrained alike, without the future
}

/** 0: as before tuning. 1: as if the future had never been read. */
export function removed({ contaminated, tuned, never }: Twins): number {
  const span = contaminated - never;
  if (!(span > 0)) throw new RangeError('no gap to close: the contaminated model must beat the control');
  return 1 - (tuned - never) / span;
}

/** Silence S: how far what the model says has moved to the control. */
export const silence = (leak: Twins): number => removed(leak);

/** Eviction E: how far what it holds has, each twin under the same recovery. */
export const eviction = (held: Twins): number => removed(held);
// #endregion
