// The lab in a worker of a page: keeps the twins at every stage, trains them a step for each request,
// and answers questions in between. Nothing is computed that nobody asked for: not asking is pausing.
// Knows no page; what it trains and measures is src/lab/live.ts.
import { makeExact } from '../run/lab/exact.ts';
import type { Twins } from '../lab/live.ts';
import type { Answer, At, Device, Replied, Request, Saved, Told } from './protocol.ts';
import { unpackSafetensors } from './safetensors.ts';
import { sha256Hex } from './sha256.ts';

if (typeof WebAssembly !== 'undefined') makeExact(); // before jax-js is loaded: its imports are all below, and dynamic

type Lab = typeof import('../lab/live.ts');
type Run = ReturnType<Lab['runStage']>;
type Of<K extends Request['do']> = Extract<Request, { do: K }>;

/** What we use of a worker's scope; the compiler knows only a page's. */
interface Scope {
  postMessage(answer: Answer): void;
  onmessage: ((event: { data: Request }) => void) | null;
}
const scope = globalThis as unknown as Scope;

let lab: Lab;
const twins = new Map<At, Twins>();
/** The twins in the middle of a stage. */
let now: { twins: Twins; settings: Of<'begin'>['settings']; stage: Of<'begin'>['stage'] } | undefined;
let run: Run | undefined;

/** A whole module of WebAssembly: only a content security policy can refuse it. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** WebGPU where there is a real one: a software adapter is slower than wasm. */
async function chooseDevice(wanted: Device | 'any'): Promise<Device> {
  const jax = await import('@jax-js/jax');
  if (wanted !== 'wasm' && 'gpu' in navigator) {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
    const isReal = adapter && !(adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean }).isFallbackAdapter;
    if ((isReal || wanted === 'webgpu') && (await jax.init('webgpu')).includes('webgpu')) {
      jax.defaultDevice('webgpu');
      void jax.getWebGPUDevice().lost.then(({ message }) => scope.postMessage({ lost: `the graphics device was lost${message ? ` (${message})` : ''}` }));
      return 'webgpu';
    }
  }
  if (wanted === 'webgpu') throw new Error('this browser has no WebGPU');
  if (typeof WebAssembly === 'undefined') throw new Error('this browser has no WebAssembly');
  await WebAssembly.compile(EMPTY).catch(() => {
    throw new Error("this site’s policy lets no WebAssembly run (its script-src needs 'wasm-unsafe-eval' here)");
  });
  jax.defaultDevice('wasm');
  return 'wasm';
}

/** `whose`: in words, for an error. */
async function fetchTwin(whose: string, { url, sha256, bytes: given }: Of<'open'>['checkpoints']['never']): Promise<Twins['never']> {
  const response = given ? new Response(given as Uint8Array<ArrayBuffer>) : await fetch(url).catch(() => undefined);
  if (!response?.ok) throw new Error(`${whose} file could not be fetched (${response ? response.status : 'no connection'})`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (sha256Hex(bytes) !== sha256) throw new Error(`${whose} file does not match its hash`);
  return unpackSafetensors(bytes);
}

const DO: { [K in Request['do']]: (request: Of<K>) => Promise<Replied[K]> } = {
  async open({ device: wanted, checkpoints, saved }) {
    if (wanted !== 'webgpu' && typeof WebAssembly === 'undefined') throw new Error('this browser has no WebAssembly');
    const files = Promise.all([fetchTwin('the model’s', checkpoints.contaminated), fetchTwin('the twin’s', checkpoints.never)]);
    files.catch(() => {}); // heard below, perhaps after it has failed
    const device = await chooseDevice(wanted);
    const [contaminated, never] = await files;
    lab = await import('../lab/live.ts');
    twins.set('pretrained', { contaminated, never });
    for (const [at, weights] of Object.entries((saved ?? {}) as Record<At, Twins>)) twins.set(at as At, weights);
    await lab.warmUp(lab.prepare(lab.LIVE), twins.get('pretrained')!);
    return { device };
  },
  async begin({ stage, settings }) {
    await DO.stop({ do: 'stop' });
    const before = twins.get(stage === 'tuned' ? 'pretrained' : 'tuned');
    if (!before) throw new Error('there is nothing tuned to begin with');
    run = lab.runStage(lab.prepare(settings), stage, before);
    now = { twins: before, settings, stage };
    return null;
  },
  async next() {
    if (!run || !now) throw new Error('no run has been begun');
    const { value, done } = await run.next();
    if (done || !value) throw new Error('the run has ended already');
    now.twins = value.twins;
    const end = (now.stage === 'tuned' ? 0 : now.settings.steps) + lab.stepsOf(now.settings, now.stage);
    const isLast = value.step === end;
    if (isLast) {
      twins.set(now.stage, value.twins);
      await DO.stop({ do: 'stop' });
    }
    return { step: value.step, done: isLast, ...(value.point && { point: value.point }) };
  },
  async stop() {
    await run?.return(undefined);
    run = undefined;
    now = undefined;
    return null;
  },
  /** In the middle of a stage: the models as they are now. */
  async ask({ question, settings, at }) {
    const live = lab.prepare(settings);
    const asked = now?.twins ?? twins.get(at);
    if (!asked) throw new Error(`nothing is ${at} yet`);
    const { office, year } = question;
    return { office, year, ...lab.describeQuestion(live, question), replies: await lab.askTwins(live, asked, question) } satisfies Told;
  },
  async save() {
    await DO.stop({ do: 'stop' });
    const saved: Saved = { tuned: twins.get('tuned'), relearned: twins.get('relearned') };
    return Object.fromEntries(Object.entries(saved).filter(([, w]) => w));
  },
};

/** One at a time, in the order of asking. */
let last: Promise<unknown> = Promise.resolve();
scope.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      scope.postMessage({ ok: true, value: await (DO[data.do] as (r: Request) => Promise<Replied[keyof Replied]>)(data) });
    } catch (error) {
      scope.postMessage({ ok: false, reason: (error as Error).message });
    }
  });
};
