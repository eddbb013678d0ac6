// The lab's own step, made by the lab's own loop. Call `makeExact` before importing this.
import { jit, numpy as np } from '@jax-js/jax';
import { train } from '../../lab/train.ts';
import { BACKEND } from '../lab/exact.ts';
import { seat, type Contestant } from './contestant.ts';
import type { Subject } from './subject.ts';

export function createOurs({ config, weights, batches, rate }: Subject, version: string): Contestant {
  let given = 0;
  const run = train({ config, weights, batches: () => batches[given++ % batches.length]!, steps: Infinity, rate });
  return seat({
    name: 'our lab',
    note: `jax-js ${version}: ${BACKEND}; the step is one compiled program`,
    async step() {
      const next = await run.next();
      if (next.done) throw new Error('training ended by itself');
      return next.value.loss;
    },
    prepare([m, k, n]) {
      const fill = (rows: number, columns: number) => np.array(new Float32Array(rows * columns).fill(1), { shape: [rows, columns] });
      const [a, b] = [fill(m, k), fill(k, n)];
      const multiply = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
      return {
        async once() {
          const product = multiply(a.ref, b.ref);
          await product.blockUntilReady();
          product.dispose();
        },
        free() {
          a.dispose();
          b.dispose();
          multiply.dispose();
        },
      };
    },
    close: async () => void (await run.return({})),
  });
}
