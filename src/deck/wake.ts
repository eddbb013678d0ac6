// Keeps the screen awake while somebody presents. The browser takes the lock away when the page is
// hidden; it is asked for again when the page is back. Where there is none, that is said, and no more.

export type Awake = 'not asked' | 'awake' | 'hidden' | 'refused' | 'none';

export interface Wake {
  /** From the first sign that somebody presents; again and again does no harm. */
  start(): void;
  state(): Awake;
}

export function createWake(changed: () => void): Wake {
  let state: Awake = 'wakeLock' in navigator ? 'not asked' : 'none';
  let lock: WakeLockSentinel | undefined;
  let isAsking = false;
  const become = (to: Awake): void => {
    if (state === to) return;
    state = to;
    changed();
  };
  async function ask(): Promise<void> {
    if (state === 'none' || isAsking || (lock && !lock.released)) return;
    if (document.visibilityState !== 'visible') return become('hidden');
    isAsking = true;
    try {
      lock = await navigator.wakeLock.request('screen');
      lock.addEventListener('release', () => become(document.visibilityState === 'visible' ? 'refused' : 'hidden'));
      become('awake');
    } catch {
      become('refused'); // a low battery, or a setting
    } finally {
      isAsking = false;
    }
  }
  const isStarted = (): boolean => state !== 'not asked' && state !== 'none';
  document.addEventListener('visibilitychange', () => isStarted() && document.visibilityState === 'visible' && void ask());
  addEventListener('pagehide', () => void lock?.release().catch(() => {}));
  addEventListener('pageshow', (e) => e.persisted && isStarted() && void ask());
  return { start: () => void (state !== 'awake' && ask()), state: () => state };
}
