// Who takes part in the benchmark, whatever it is written in: it makes steps of the subject and
// times them itself.
import type { Product } from './products.ts';

/** One step as it went; times in milliseconds. */
export interface Timed {
  loss: number;
  /** By the clock. */
  wall: number;
  /** Of all processors together: longer than `wall` with threads, shorter where others took turns. */
  processor: number;
}

export interface Contestant {
  name: string;
  /** What one has to know to judge its row. */
  note?: string;
  /** Makes this product again and again for so long; the shortest time that it took, in milliseconds. */
  multiply(product: Product, milliseconds: number): Promise<number>;
  /** Makes steps until there are at least so many and that much time is over. */
  run(atLeast: number, milliseconds: number): Promise<Timed[]>;
  close(): Promise<void>;
}

/** A product to be timed: `once` ends when it is there. */
export interface Prepared {
  once(): Promise<void>;
  free(): void;
}

/** One that lives in this process: `step` gives the loss. */
export interface Local {
  name: string;
  note?: string;
  step(): Promise<number>;
  prepare(product: Product): Prepared;
  close(): Promise<void>;
}

const PRODUCT_RUNS = 3; // at least

export function seat(local: Local): Contestant {
  const products = new Map<Product, Prepared>(); // kept: V8 needs a while to compile wasm well
  async function prepare(product: Product): Promise<Prepared> {
    const prepared = local.prepare(product);
    products.set(product, prepared);
    await prepared.once(); // compiles
    return prepared;
  }
  return {
    ...local,
    async multiply(product, milliseconds) {
      const { once } = products.get(product) ?? (await prepare(product));
      let shortest = Infinity;
      const end = performance.now() + milliseconds;
      for (let run = 0; run < PRODUCT_RUNS || performance.now() < end; run++) {
        const start = performance.now();
        await once();
        shortest = Math.min(shortest, performance.now() - start);
      }
      return shortest;
    },
    async close() {
      for (const { free } of products.values()) free();
      await local.close();
    },
    async run(atLeast, milliseconds) {
      const steps: Timed[] = [];
      const end = performance.now() + milliseconds;
      while (steps.length < atLeast || performance.now() < end) {
        const [start, used] = [performance.now(), process.cpuUsage()];
        const loss = await local.step();
        const wall = performance.now() - start;
        const { user, system } = process.cpuUsage(used);
        steps.push({ loss, wall, processor: (user + system) / 1000 });
      }
      return steps;
    },
  };
}
