// One session for all windows of a talk: the audience's window has it, the others show what it shows
// and send it what is asked of them. Messages are plain data; who carries them is the deck's affair.
import type { Session, View } from './session.ts';

/** A call of a session, by name. */
type Asked = { [K in 'go' | 'reset' | 'ask' | 'change' | 'retry']: { call: K; with: Parameters<Session[K]> } }['go' | 'reset' | 'ask' | 'change' | 'retry'];
export type LiveMessage = { type: 'live'; view: View } | { type: 'live-hello' } | { type: 'live-ask'; asked: Asked };
export interface Link {
  send(message: LiveMessage): void;
  listen(fn: (message: LiveMessage) => void): void;
}

/** The owner's side: tells the others of every change, and does what they ask. */
export function share(session: Session, link: Link): void {
  const tell = (view: View): void => link.send({ type: 'live', view });
  session.listen(tell);
  link.listen((m) => {
    if (m.type === 'live-hello') tell(session.view());
    if (m.type === 'live-ask') (session[m.asked.call] as (...args: unknown[]) => void)(...m.asked.with);
  });
}

/** The others' side: a session that computes nothing. */
export function createMirror(start: View, link: Link): Session {
  let now = start;
  const listeners = new Set<(view: View) => void>();
  link.listen((m) => {
    if (m.type !== 'live') return;
    now = m.view;
    for (const fn of listeners) fn(now);
  });
  link.send({ type: 'live-hello' });
  const pass = <K extends Asked['call']>(call: K) => (...args: Parameters<Session[K]>): void => link.send({ type: 'live-ask', asked: { call, with: args } as Asked });
  const nothing = (): void => {};
  return {
    view: () => now,
    listen(fn) {
      listeners.add(fn);
      fn(now);
      return () => void listeners.delete(fn);
    },
    go: nothing, // follows the slide, as the owner does
    reset: pass('reset'),
    ask: pass('ask'),
    change: pass('change'),
    note: nothing,
    retry: pass('retry'),
    prepare: nothing,
    enter: nothing,
    leave: nothing,
  };
}
