// Who in the lab may know the array library; the rest is plain numbers, and is compiled without page and Node.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { read, root } from '../support.ts';

const files = readdirSync(join(root, 'src/lab')).filter((f) => f.endsWith('.ts'));

test('arrays are known to model, train, tune and measure alone', () => {
  expect(files.filter((f) => read(`src/lab/${f}`).includes("from '@jax-js/jax'"))).toEqual(['measure.ts', 'model.ts', 'train.ts', 'tune.ts']);
});

test('what generates data uses no function that engines may compute differently', () => {
  const data = ['batch.ts', 'random.ts', 'tasks.ts', 'world.ts'];
  for (const f of data) expect(read(`src/lab/${f}`).replace(/\/\*[^]*?\*\/|\/\/.*/g, ''), f).not.toMatch(/Math\.(?!imul|floor|round)|Intl|toLocale/);
});

test('the compiler refuses page and Node in the lab', () => {
  const { compilerOptions } = JSON.parse(read('src/lab/tsconfig.json')) as { compilerOptions: { lib: string[]; types: string[] } };
  expect(compilerOptions).toEqual({ lib: ['ES2023'], types: [] });
});
