// Operations on a model's weights as plain numbers: how far they moved, whose they are, how finely
// they are written. No array library, no training; nothing here changes what it is given.
import { isLora, type Weights } from './model.ts';

const mapWeights = (weights: Weights, change: (values: Float32Array, name: string) => Float32Array): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, change(values, name)]));

/** ‖W′ − W‖ / ‖W‖ of each parameter, in float64. Merge LoRA first: the two need the same names. */
export function compareWeights(before: Weights, after: Weights): Record<string, number> {
  return Object.fromEntries(
    Object.entries(before).map(([name, w]) => {
      const other = after[name];
      if (other?.length !== w.length) throw new RangeError(`${name} is not the same parameter in both`);
      let [moved, whole] = [0, 0];
      w.forEach((v, i) => {
        moved += (other[i]! - v) ** 2;
        whole += v ** 2;
      });
      return [name, Math.sqrt(moved / whole)];
    }),
  );
}

/**
 * `into`, with the parameters that `isTaken` names replaced by those of `from`. It places a change;
 * it proves no retention, since it brings back what `from` knew.
 */
export const graft = (from: Weights, into: Weights, isTaken: (name: string) => boolean): Weights =>
  mapWeights(into, (values, name) => {
    const source = isTaken(name) ? from[name] : values;
    if (source?.length !== values.length) throw new RangeError(`${name} is not the same parameter in both`);
    return source;
  });

/**
 * Every matrix written with b bits: 2ᵇ − 1 evenly spaced levels around 0 up to its greatest value,
 * each weight to the nearest; gains of norms stay. One bit: ± the mean size (Rastegari et al. 2016,
 * arXiv 1603.05279). 32 bits: as it is.
 */
export function roundWeights(weights: Weights, bits: number): Weights {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32) throw new RangeError(`cannot write a weight with ${bits} bits`);
  return mapWeights(weights, (values, name) => {
    if (bits === 32 || /norm/.test(name)) return values.slice();
    const size = values.reduce((a, v) => a + Math.abs(v), 0) / values.length;
    if (bits === 1) return values.map((v) => (v < 0 ? -size : size));
    const top = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    const step = top / (2 ** (bits - 1) - 1);
    return top === 0 ? values.slice() : values.map((v) => Math.sign(v) * Math.round(Math.abs(v) / step) * step);
  });
}

/** W + A·B in place of W, A and B: the same function with ordinary weights. */
export function mergeLora(weights: Weights): Weights {
  const plain = Object.entries(weights).filter(([name]) => !isLora(name));
  return Object.fromEntries(
    plain.map(([name, w]) => {
      const [a, b] = [weights[`${name}.a`], weights[`${name}.b`]];
      if (!a || !b) return [name, w];
      const rank = Math.sqrt((a.length * b.length) / w.length); // A is rows × R, B is R × columns
      const columns = b.length / rank;
      const merged = w.map((v, i) => {
        const [r, c] = [Math.floor(i / columns), i % columns];
        let sum = v;
        for (let k = 0; k < rank; k++) sum += a[r * rank + k]! * b[k * columns + c]!;
        return sum;
      });
      return [name, merged];
    }),
  );
}

/** FNV-1a over the bytes of every parameter: two runs gave the same weights to the bit, or not. */
export function hashWeights(weights: Weights): string {
  let h = 0x811c9dc5;
  for (const name of Object.keys(weights).sort()) {
    const { buffer, byteOffset, byteLength } = weights[name]!;
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) h = Math.imul(h ^ byte, 0x01000193);
  }
  return (h >>> 0).toString(16).padStart(8, '0');
}
