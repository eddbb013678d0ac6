// Makes jax-js compute the same bits everywhere: no relaxed SIMD, whose results depend on the
// processor, and no threads. To be called before jax-js is imported, in Node as in a browser's worker.
// Knows how jax-js 0.1.25 asks for the two, and nothing else of it.

const RELAXED_SIMD_MADD = [0xfd, 0x85, 0x02];
const PROBE = 64; // bytes: jax-js asks with 37, its real programs are longer

/** Whether this is a module made only to ask for relaxed SIMD. */
function isProbe(bytes: BufferSource): boolean {
  if (bytes.byteLength > PROBE) return false;
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  return view.some((_, i) => RELAXED_SIMD_MADD.every((byte, j) => view[i + j] === byte));
}

/** Hides both from whoever asks in this scope; never call it in a page, only in a scope of the lab's own. */
export function makeExact(): void {
  const validate = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (bytes) => !isProbe(bytes) && validate(bytes);
  // jax-js starts threads where it finds a Worker; Node has none of that name.
  if ('Worker' in globalThis) Object.defineProperty(globalThis, 'Worker', { value: undefined, configurable: true });
}

/** What it comes to, in a result's provenance. */
export const BACKEND = 'wasm, one thread, no relaxed SIMD';
