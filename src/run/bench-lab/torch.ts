// PyTorch on the processor, if Python here has it: a process that torch_step.py serves.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Contestant, Timed } from './contestant.ts';
import type { Subject } from './subject.ts';

const SCRIPT = fileURLToPath(new URL('torch_step.py', import.meta.url));

/** Throws with a short reason where there is none. */
export async function createTorch(subject: Subject): Promise<Contestant> {
  const python = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<never>((_, reject) => {
    python.once('error', () => reject(new Error('not installed')));
    python.once('close', (code) => reject(new Error(`its process ended with exit code ${code}`)));
  });
  ended.catch(() => {}); // heard only while something is asked
  python.stdin.on('error', () => {}); // `ended` says it
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(question: unknown): Promise<T> => {
    python.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await Promise.race([lines.next(), ended]);
    return line.done ? ended : (JSON.parse(line.value) as T);
  };
  const { missing, version } = await ask<{ missing?: boolean; version?: string }>(describe(subject));
  if (missing) throw new Error('not installed');
  return {
    name: 'PyTorch',
    note: `PyTorch ${version}: native code, one thread, its own gradients, not compiled`,
    multiply: (product, milliseconds) => ask<number>({ multiply: product, milliseconds }),
    run: (atLeast, milliseconds) => ask<Timed[]>({ run: { atLeast, milliseconds } }),
    async close() {
      python.stdin.end();
      await ended.catch(() => {});
    },
  };
}

/** The subject as one line of JSON can carry it. */
function describe({ config, weights, shapes, batches, rate, adam }: Subject): unknown {
  const pack = (a: Float32Array | Int32Array): string => Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString('base64');
  return {
    config,
    shapes,
    adam,
    weights: Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, pack(w)])),
    batches: batches.map(({ tokens, targets }) => ({ tokens: pack(tokens), targets: pack(targets) })),
    rates: Array.from({ length: 10_000 }, (_, step) => rate(step)), // it stays the same from the last step of pretraining on
  };
}
