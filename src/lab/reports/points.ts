// What `dose` and `capacity` measure alike, and the two measures of the plane made of it.
import { eviction, silence } from '../../measures.ts';

/** Shares in [0, 1]; pairs are facts of A2, whose offices were tuned, and of B2, whose were not. */
export interface Point {
  leak: number[];
  held: number[];
  past: number;
}
export type Both = { contaminated: Point; never: Point };

/** Before tuning, the tuned model, and the never twin tuned alike: one measure of tuned offices. */
export type Read = (start: Both, tuned: Point, never: Point) => number;

export const evicted: Read = (start, tuned, never) => eviction({ contaminated: start.contaminated.held[0]!, tuned: tuned.held[0]!, never: never.held[0]! });
export const silenced: Read = (start, tuned, never) => silence({ contaminated: start.contaminated.leak[0]!, tuned: tuned.leak[0]!, never: never.leak[0]! });
