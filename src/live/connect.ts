// What the live panel needs of the page it stands on, which says so before any panel is mounted.
// Without a word a page has one session of its own, no slides and no address.
import type { Link } from './mirror.ts';
import type { At } from './protocol.ts';

export interface Surroundings {
  /** Carries messages between the windows of a talk. */
  link?: Link;
  /** This window shows what another computes. */
  isMirror: boolean;
  /** Shows a panel's slide at a step; without slides the panel does so itself. */
  go?(figure: HTMLElement, step: number): void;
  /** The part of the address that is the live run's: read once, written at every change. */
  readAddress(): string;
  writeAddress(text: string, at: At): void;
  /** “wasm” or “webgpu” from the address; the best there is without it. */
  device: string | null;
}

export const surroundings: Surroundings = { isMirror: false, readAddress: () => '', writeAddress: () => {}, device: null };
