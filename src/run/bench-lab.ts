// How fast the lab trains: its step of pretraining beside the same step in TensorFlow.js and, if it
// is there, PyTorch. Everyone first shows that it computes the same losses. Figures are printed and never judged.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Contestant, Timed } from './bench-lab/contestant.ts';
import { countProduct, countStep, listProducts, type Product } from './bench-lab/products.ts';
import { loadTensorFlow } from './bench-lab/tensorflow-install.ts';
import { createTensorFlow } from './bench-lab/tensorflow.ts';
import { createTorch } from './bench-lab/torch.ts';
import { makeExact } from './lab/exact.ts';
import { readOptions, root } from './serve.ts';

const HELP = `npm run bench:lab -- [--seconds 20] [--without-tensorflow]
Times the flagship model's step of pretraining, here, in TensorFlow.js (installed into .lab/bench when first needed)
and in PyTorch if python3 has it, in turns; prints a table. --seconds is the time of all turns together.`;
const o = readOptions({ seconds: '20', 'without-tensorflow': false }, HELP);
const SECONDS = Number(o.seconds);
if (!(SECONDS > 0 && SECONDS < Infinity)) {
  console.error(`--seconds: ${o.seconds} is not a time\n${HELP}`);
  process.exit(2);
}

const ROUNDS = 8; // turns of each, short ones: what else the machine does then meets them all
const CHECKED = 10; // steps whose losses are compared; the first is timed by itself, the others warm up
const PRODUCT_TIME = 20; // ms a round for each shape
const TOLERANCE = 1e-4;
const BUSY = 0.5;

makeExact(); // before jax-js is loaded, so before the next two
const { makeSubject } = await import('./bench-lab/subject.ts');
const { createOurs } = await import('./bench-lab/ours.ts');

interface Result {
  contestant: Contestant;
  first: Timed;
  /** Largest difference of a checked loss from ours. */
  difference: number;
  /** Best rate of a single product, in GFLOP/s, and which. */
  best: { rate: number; product?: Product };
  rounds: Timed[][];
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);

/** Who takes part, and why the others do not. */
async function gather(): Promise<{ contestants: Contestant[]; absent: string[] }> {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const contestants = [createOurs(subject, dependencies['@jax-js/jax']!)];
  const absent: string[] = [];
  const invite = async (name: string, come: () => Promise<Contestant[]>): Promise<void> => {
    try {
      contestants.push(...(await come()));
    } catch (error) {
      absent.push(`${name}: ${explain(error)}`);
    }
  };
  if (o['without-tensorflow']) absent.push('TensorFlow.js: left out');
  else
    await invite('TensorFlow.js: not available', async () => {
      const tf = await loadTensorFlow(root, console.log);
      return [createTensorFlow(tf, subject, 'written out'), createTensorFlow(tf, subject, 'in the product')];
    });
  await invite('PyTorch', async () => [await createTorch(subject)]);
  return { contestants, absent };
}

/** The first steps beside ours, if these are not ours. */
async function check(contestant: Contestant, ours: readonly Timed[] | undefined): Promise<{ result: Result; steps: Timed[] }> {
  const steps = await contestant.run(CHECKED, 0);
  const differences = steps.map(({ loss }, i) => Math.abs(loss - (ours ?? steps)[i]!.loss));
  const difference = differences.some(Number.isNaN) ? Infinity : Math.max(...differences);
  return { result: { contestant, first: steps[0]!, difference, best: { rate: 0 }, rounds: [] }, steps };
}

/** Single products, to know what the machine gives; the best of all rounds stays. */
async function timeProducts({ contestant, best }: Result): Promise<void> {
  for (const product of products) {
    const rate = countProduct(product) / (await contestant.multiply(product, PRODUCT_TIME)) / 1e6;
    if (rate > best.rate) Object.assign(best, { rate, product });
  }
}

/** Ours first. Who fails in the first steps joins the absent. */
async function compare(contestants: readonly Contestant[], absent: string[]): Promise<Result[]> {
  const results: Result[] = [];
  let ours: Timed[] | undefined;
  for (const contestant of contestants)
    try {
      const { result, steps } = await check(contestant, ours);
      ours ??= steps;
      results.push(result);
    } catch (error) {
      if (!ours) throw error;
      absent.push(`${contestant.name}: ${explain(error)}`);
    }
  const turn = (SECONDS * 1000) / ROUNDS / results.length;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { contestant, rounds } of results) rounds.push(await contestant.run(1, turn));
    for (const result of results) await timeProducts(result);
  }
  return results;
}

// --- the table

/** The value that a share of them is below, between two of them in a straight line. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}
const median = (steps: readonly Timed[], of: 'wall' | 'processor' = 'wall'): number => quantile(steps.map((s) => s[of]), 0.5);

const COLUMNS = ['', 'first', 'median', '10th–90th', 'processor', 'rows/s', 'tokens/s', 'GFLOP/s', 'best product', 'share', 'steps'];
const UNITS = ['', 'ms', 'ms', 'ms', 'ms', '', '', '', 'GFLOP/s', '', ''];
const whole = (n: number): string => n.toFixed(0);

function listCells({ contestant, first, best, rounds }: Result): string[] {
  const steps = rounds.flat();
  const walls = steps.map((s) => s.wall);
  const middle = median(steps);
  const rate = operations.all / middle / 1e6;
  const rows = (subject.rows / middle) * 1000;
  return [
    contestant.name,
    whole(first.wall),
    middle.toFixed(1),
    `${quantile(walls, 0.1).toFixed(1)}–${quantile(walls, 0.9).toFixed(1)}`,
    median(steps, 'processor').toFixed(1),
    whole(rows),
    whole(rows * subject.config.seqLen),
    rate.toFixed(2),
    `${best.rate.toFixed(1)} at ${best.product?.join('·')}`,
    `${whole((rate / best.rate) * 100)} %`,
    String(steps.length),
  ];
}

function printTable(lines: string[][]): void {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) console.log(line.map((cell, column) => (column ? cell.padStart(widths[column]!) : cell.padEnd(widths[0]!))).join('  ').trimEnd());
}

/** Their time over ours, of turns that followed each other; only of those that compute the same. */
function describeRatio({ contestant, difference, rounds }: Result, ours: Result): string {
  const apart = `losses of the first ${CHECKED} steps within ${difference.toExponential(1)} of ours`;
  if (difference > TOLERANCE) return `${contestant.name}: ${apart}, more than ${TOLERANCE}: NOT THE SAME STEP, so no ratio`;
  const ratios = (of: 'wall' | 'processor'): number[] => rounds.map((steps, i) => median(steps, of) / median(ours.rounds[i]!, of));
  const [wall, processor] = [ratios('wall'), ratios('processor')];
  const range = `${Math.min(...wall).toFixed(2)}–${Math.max(...wall).toFixed(2)}`;
  return `${contestant.name}: takes ${quantile(wall, 0.5).toFixed(2)} × our time (median of ${ROUNDS} rounds, ${range}; of processor time ${quantile(processor, 0.5).toFixed(2)} ×); ${apart}`;
}

const subject = makeSubject();
const { config, rows } = subject;
const operations = countStep(config, rows);
const products = listProducts(config, rows);
const million = (n: number): string => (n / 1e6).toFixed(0);
const parameters = Object.values(subject.weights).reduce((sum, w) => sum + w.length, 0);
const load = loadavg()[0]!; // of others

console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} processors (${cpus()[0]?.model.trim() ?? 'unknown'})`);
console.log(`load average at the start ${load.toFixed(1)}${load > BUSY ? ': BUSY, so all times are too long; read the ratios' : ''}`);
console.log(`${config.nLayer} blocks, width ${config.dModel}, ${config.nHead} heads, inner size ${config.dMlp}, ${config.vocab} tokens: ${parameters} parameters; ${rows} rows × ${config.seqLen} tokens`);
console.log(`a step: forward, loss, backward, AdamW with clipping; its matrix products are ${million(operations.all)} MFLOP (forward ${million(operations.forward)}, backward ${million(operations.backward)}); elementwise work is not counted`);

const { contestants, absent } = await gather();
try {
  const results = await compare(contestants, absent);
  console.log('');
  printTable([COLUMNS, UNITS, ...results.map(listCells)]);
  for (const line of absent) console.log(line);
  console.log('');
  for (const result of results.slice(1)) console.log(describeRatio(result, results[0]!));
  for (const { contestant } of results) if (contestant.note) console.log(contestant.note);
  console.log(`first: with uploading the weights and compiling. 10th–90th: percentiles. processor: its time, whatever the clock says. GFLOP/s: of the products, over the median. best product: the fastest of single products of the model's shapes and 512³; share: of that.`);
} finally {
  for (const contestant of contestants) await contestant.close();
}
