// The lab's one source of chance: whole numbers from a seed, the same on every machine. Knows
// no task and no model. No transcendental function anywhere, so nothing depends on the engine.

export interface Random {
  /** 32 random bits, as a whole number in [0, 2³²). */
  bits(): number;
  /** A whole number in [0, n), each equally likely. */
  below(n: number): number;
  /** In [0, 1), in steps of 2⁻³². */
  uniform(): number;
  /** Mean 0, variance 1, within ±6: a sum of twelve uniforms, so never a logarithm or a cosine. */
  gaussian(): number;
  /** Fisher–Yates, in place; gives the same array back. */
  shuffle<T>(items: T[]): T[];
  /** `k` different items, in random order. */
  draw<T>(items: readonly T[], k: number): T[];
}

/** FNV-1a of a name, 32 bits: every purpose has a stream of its own. */
function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * sfc32, the small fast counting generator of PractRand pre0.95 (public domain; its `raw32`, with
 * shifts 9, 3 and 21), seeded with three words as there: counter 1, fifteen rounds thrown away.
 */
export function createBits(a: number, b: number, c: number): () => number {
  let counter = 1;
  function bits(): number {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  }
  for (let i = 0; i < 15; i++) bits();
  return bits;
}

/** Streams of one seed with different names are independent, so two arms may share one draw (the initial weights) and differ in another. */
export function createRandom(seed: number, stream: string): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new RangeError(`a seed is a whole number in [0, 2³²), not ${seed}`);
  const bits = createBits(0, seed | 0, hashName(stream) | 0);

  function below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`cannot draw below ${n}`);
    const even = 2 ** 32 - (2 ** 32 % n); // what lies above would favour the small numbers
    let x = bits();
    while (x >= even) x = bits();
    return x % n;
  }
  const uniform = (): number => bits() / 2 ** 32;
  function gaussian(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  }
  function shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
  function draw<T>(items: readonly T[], k: number): T[] {
    if (k > items.length) throw new RangeError(`cannot draw ${k} of ${items.length}`);
    return shuffle([...items]).slice(0, k);
  }
  return { bits, below, uniform, gaussian, shuffle, draw };
}

/** Gives the items in random order, each once, then all of them again in a new order, without end. */
export function createCycle<T>(items: readonly T[], random: Random): () => T {
  if (!items.length) throw new RangeError('nothing to cycle through');
  const order = [...items];
  let next = order.length;
  return () => {
    if (next === order.length) {
      random.shuffle(order);
      next = 0;
    }
    return order[next++]!;
  };
}
