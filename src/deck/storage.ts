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
