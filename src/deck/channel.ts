// How the windows of one talk talk: audience, speaker view and its two previews. A session is one
// audience window; everything stays in this browser.

import type { LiveMessage } from '../live/mirror.ts';
import type { Stop } from '../stage/plan.ts';
import type { Told } from './stage.ts';
import { recall, remember } from './storage.ts';
import type { Awake } from './wake.ts';

export interface State {
  type: 'state';
  id: string;
  fragment: number;
  number: string;
  total: number;
  title: string;
  chapter: string;
  notes: string;
  /** Address of what the next click shows, and its headline. */
  next: { id: string; fragment: number; title: string } | null;
  isBackup: boolean;
  cut: string;
  /** The slides of the cut in order, with their plan; and the clock, what was spent on them, what is going on. */
  stops: Stop[];
  /** The headlines of the slides behind the talk, with their numbers, by id. */
  backup: Record<string, string>;
  stage: Told;
  awake: Awake;
  paused: boolean;
  theme: string;
}
export type Command = { type: 'command'; do: 'next' | 'prev' | 'pause' | 'pointer' | 'theme' | 'return' | 'clock' | 'reset' | 'questions' | 'ramp' | 'rehearse' } | { type: 'goto'; id: string; fragment: number };
export type Pointer = { type: 'pointer'; mode: 'off' | 'dot' | 'spot'; x: number; y: number };
export type Message = State | Command | Pointer | LiveMessage | Presence | { type: 'note'; text: string };
/** A window asks for the state; the speaker's says which it is, also when a reloaded room asks who is there. */
type Presence = { type: 'hello'; from?: 'speaker' } | { type: 'bye' } | { type: 'who' };

export interface Channel {
  send(m: Message): void;
  listen(fn: (m: Message) => void): void;
}

export function openChannel(session: string): Channel {
  const channel = new BroadcastChannel(`dented-not-erased:${session}`);
  return {
    send: (m) => channel.postMessage(m),
    listen: (fn) => channel.addEventListener('message', (e) => fn(e.data as Message)),
  };
}

/** This audience window's own session, kept over a reload. */
export function ownSession(): string {
  const kept = recall('sessionStorage', 'session');
  if (kept) return kept;
  const made = crypto.getRandomValues(new Uint32Array(2)).join('-');
  remember('sessionStorage', 'session', made);
  return made;
}
