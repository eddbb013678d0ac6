// TensorFlow.js for the benchmark alone: installed when first asked for, into .lab/bench, so that
// nobody else has to load its 66 MB. Its types are those few calls that we make.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface Tensor {
  shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

type Value = Tensor | number;
type Unary = (x: Tensor) => Tensor;
type Binary = (a: Value, b: Value) => Tensor;
type Reduce = (x: Tensor, axis?: number, keepDims?: boolean) => Tensor;

export interface TensorFlow {
  version_core: string;
  setBackend(name: string): Promise<boolean>;
  env(): { getAsync(flag: string): Promise<unknown> };
  tidy<T>(work: () => T): T;
  dispose(what: unknown): void;
  tensor(values: Float32Array | Int32Array, shape: number[], type?: string): Tensor;
  zeros(shape: number[]): Tensor;
  ones(shape: number[]): Tensor;
  reshape(x: Tensor, shape: number[]): Tensor;
  transpose(x: Tensor, order?: number[]): Tensor;
  slice(x: Tensor, begin: number[], size: number[]): Tensor;
  pad(x: Tensor, widths: number[][]): Tensor;
  gather(x: Tensor, indices: Tensor): Tensor;
  scatterND(indices: Tensor, updates: Tensor, shape: number[]): Tensor;
  oneHot(indices: Tensor, depth: number): Tensor;
  cast(x: Tensor, type: string): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  addN(all: Tensor[]): Tensor;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  maximum: Binary;
  sum: Reduce;
  mean: Reduce;
  max: Reduce;
  neg: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  rsqrt: Unary;
  square: Unary;
  relu: Unary;
  softmax: Unary;
}

const VERSION = '4.22.0';
const CORE = '@tensorflow/tfjs-core';
const WASM = '@tensorflow/tfjs-backend-wasm';
const PATIENCE = 5 * 60_000;

/** Ready to compute on wasm, in one thread with SIMD; throws with a short reason. */
export async function loadTensorFlow(root: string, say: (line: string) => void): Promise<TensorFlow> {
  const folder = join(root, '.lab/bench');
  if (![CORE, WASM].every((name) => installedVersion(folder, name) === VERSION)) {
    say(`installing TensorFlow.js ${VERSION} into .lab/bench (66 MB, for this benchmark only, once)`);
    await install(folder);
  }
  const load = createRequire(join(folder, 'package.json'));
  const dropNewListeners = rememberListeners();
  const tf = load(CORE) as TensorFlow;
  const wasm = load(WASM) as { setThreadsCount?(count: number): void };
  wasm.setThreadsCount?.(1);
  const started = await tf.setBackend('wasm');
  dropNewListeners();
  if (!started) throw new Error('its wasm backend does not start');
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('it finds no SIMD here, so it would be no fair match');
  return tf;
}

function installedVersion(folder: string, name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
}

function install(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', `${CORE}@${VERSION}`, `${WASM}@${VERSION}`];
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32', timeout: PATIENCE });
    let errors = '';
    npm.stderr.on('data', (data) => (errors += data));
    npm.once('error', reject);
    npm.once('close', (code) => {
      const codes = [...errors.matchAll(/npm (?:error|ERR!) code (\S+)/g)].map((found) => found[1]);
      if (code === 0) resolve();
      else reject(new Error(`npm could not install it (${codes[0] ?? (code === null ? 'it took too long' : `exit code ${code}`)})`));
    });
  });
}

/** Its loader listens to this process's errors, and would print pages of its own source for each; the result ends that. */
function rememberListeners(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  return () => events.forEach((event, i) => process.rawListeners(event).filter((l) => !before[i]!.includes(l)).forEach((l) => process.off(event, l as () => void)));
}
