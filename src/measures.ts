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
  if (!(contaminated > never)) throw new RangeError('no gap to the control');
  return 1 - (tuned - never) / (contaminated - never);
}

export const silence = (leak: Twins): number => removed(leak); // what it says
export const eviction = (held: Twins): number => removed(held); // what it holds
// #endregion
