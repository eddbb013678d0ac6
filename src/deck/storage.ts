// What the browser remembers for us; where it may not, we do without.

const kept = (where: 'localStorage' | 'sessionStorage'): Storage | undefined => {
  try {
    return window[where];
  } catch {
    return undefined; // forbidden by the browser's settings or a sandbox
  }
};

export function recall(where: 'localStorage' | 'sessionStorage', key: string): string | null {
  try {
    return kept(where)?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

export function remember(where: 'localStorage' | 'sessionStorage', key: string, value: string): void {
  try {
    kept(where)?.setItem(key, value);
  } catch {
    // full or forbidden: the setting lasts until the page closes
  }
}

/** For what must not be lost: says why it could not be kept, or nothing. */
export function keep(where: 'localStorage' | 'sessionStorage', key: string, value: string): string {
  const storage = kept(where);
  if (!storage) return 'this browser forbids the page to store anything.';
  try {
    storage.setItem(key, value);
    return '';
  } catch (e) {
    return (e as Error).name === 'QuotaExceededError' ? 'the browser’s storage for this page is full.' : 'this browser forbids the page to store anything.';
  }
}
