// The same step for TensorFlow.js on wasm. Its core for Node brings no gradients, and its wasm no
// kernel for that of looking up embeddings (UnsortedSegmentSum); so the way back is written by hand.
// B rows, T positions, D width, H heads, K head size, V vocabulary; d… is the gradient of ….
import type { Batch } from '../../lab/batch.ts';
import { seat, type Contestant } from './contestant.ts';
import type { Subject } from './subject.ts';
import type { TensorFlow, Tensor } from './tensorflow-install.ts';

type Tensors = Record<string, Tensor>;
/** From the gradient of what a piece gave to that of what it took. */
type Back = (gradient: Tensor) => Tensor;
type Piece = [result: Tensor, back: Back];

const EPSILON = 1e-5; // in the norms, as in the lab
const MASKED = -1e9;

/**
 * In the gradients of a product: `written out` transposes a factor first, and the product is then a
 * plain one; `in the product` has matMul do it by its flags, as TensorFlow.js's own gradients do.
 */
export type Transposes = 'written out' | 'in the product';

export function createTensorFlow(tf: TensorFlow, subject: Subject, transposes: Transposes): Contestant {
  const { weights, shapes, batches, rate, adam } = subject;
  const names = Object.keys(weights);
  const pass = createPass(tf, subject, transposes);
  const zeros = (): Tensors => each(names, (n) => tf.zeros(shapes[n]!));
  let state: State | undefined;
  let [done, power1, power2] = [0, 1, 1];
  const fast = transposes === 'written out';

  return seat({
    name: fast ? 'TensorFlow.js' : 'TensorFlow.js, flags',
    note: fast
      ? `TensorFlow.js ${tf.version_core}: wasm, one thread, SIMD; the fastest form that we found: the way back by hand, factors transposed before their product, embeddings' gradient by scatterND`
      : 'flags: the same, but factors transposed by the flags of matMul, as its own gradients do; these products take a slow path there',
    async step() {
      state ??= { params: each(names, (n) => tf.tensor(weights[n]!, shapes[n]!)), m: zeros(), v: zeros() };
      power1 *= adam.beta1;
      power2 *= adam.beta2;
      const scalars = { rate: rate(done), correct1: 1 / (1 - power1), correct2: 1 / (1 - power2) };
      const before = state;
      const { loss, after } = tf.tidy(() => {
        const { loss, gradients } = pass(before.params, batches[done % batches.length]!);
        return { loss, after: stepAdamW(tf, before, gradients, scalars, adam) };
      });
      tf.dispose([before.params, before.m, before.v]);
      state = after;
      done++;
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
    prepare([m, k, n]) {
      const [a, b] = [tf.ones([m, k]), tf.ones([k, n])];
      return {
        async once() {
          tf.matMul(a, b).dispose(); // a kernel is done when its call returns
        },
        free: () => tf.dispose([a, b]),
      };
    },
    async close() {
      if (state) tf.dispose([state.params, state.m, state.v]);
    },
  });
}

const each = (names: readonly string[], make: (name: string) => Tensor): Tensors => Object.fromEntries(names.map((n) => [n, make(n)]));

/** Forward and back: the loss of a batch and the gradient of every parameter. */
function createPass(tf: TensorFlow, { config, rows: B }: Subject, transposes: Transposes) {
  const { nLayer, nHead: H, dModel: D, seqLen: T, vocab: V } = config;
  const K = D / H;
  const mask = tf.tensor(Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? MASKED : 0)), [T, T]);
  const last = (a: Tensor) => tf.reshape(tf.slice(tf.reshape(a, [B, T, D]), [0, T - 1, 0], [B, 1, D]), [B, D]);
  const unlast = (a: Tensor) => tf.reshape(tf.pad(tf.reshape(a, [B, 1, D]), [[0, 0], [T - 1, 0], [0, 0]]), [B * T, D]);
  const split = (a: Tensor, t: number) => tf.transpose(tf.reshape(a, [B, t, H, K]), [0, 2, 1, 3]);
  const join = (a: Tensor, t: number) => tf.reshape(tf.transpose(a, [0, 2, 1, 3]), [B * t, D]);

  /** x·W */
  function multiply(x: Tensor, name: string, params: Tensors, gradients: Tensors): Piece {
    const w = params[name]!;
    const back: Back = (d) => {
      const written = transposes === 'written out';
      gradients[name] = written ? tf.matMul(tf.transpose(x), d) : tf.matMul(x, d, true);
      return written ? tf.matMul(d, tf.transpose(w)) : tf.matMul(d, w, false, true);
    };
    return [tf.matMul(x, w), back];
  }

  function normalise(x: Tensor, name: string, params: Tensors, gradients: Tensors): Piece {
    const gain = params[name]!;
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), EPSILON));
    const y = tf.mul(x, scale);
    const back: Back = (d) => {
      gradients[name] = tf.sum(tf.mul(d, y), 0);
      const dy = tf.mul(d, gain);
      return tf.mul(tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))), scale);
    };
    return [tf.mul(y, gain), back];
  }

  /** Of `t` positions to all T. */
  function attend(flat: { query: Tensor; key: Tensor; value: Tensor }, t: number): [Tensor, (d: Tensor) => { query: Tensor; key: Tensor; value: Tensor }] {
    const [query, key, value] = [split(flat.query, t), split(flat.key, T), split(flat.value, T)];
    const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(K));
    const p = tf.softmax(t > 1 ? tf.add(scores, mask) : scores);
    const back = (flatGradient: Tensor) => {
      const d = split(flatGradient, t);
      const dp = tf.mul(tf.matMul(d, value, false, true), p);
      const ds = tf.mul(tf.sub(dp, tf.mul(p, tf.sum(dp, -1, true))), 1 / Math.sqrt(K));
      return { query: join(tf.matMul(ds, key), t), key: join(tf.matMul(ds, query, true), T), value: join(tf.matMul(p, d, true), T) };
    };
    return [join(tf.matMul(p, value), t), back];
  }

  /** The last block works at the last position only, as in the lab. */
  function runBlock(i: number, x: Tensor, params: Tensors, gradients: Tensors): Piece {
    const isLast = i === nLayer - 1;
    const [cut, uncut] = isLast ? [last, unlast] : [(a: Tensor) => a, (a: Tensor) => a];
    const t = isLast ? 1 : T;
    const apply = (a: Tensor, name: string) => multiply(a, `block${i}.${name}`, params, gradients);
    const norm = (a: Tensor, name: string) => normalise(a, `block${i}.${name}`, params, gradients);

    const [h, backNorm1] = norm(x, 'norm1');
    const [query, backQuery] = apply(cut(h), 'query');
    const [key, backKey] = apply(h, 'key');
    const [value, backValue] = apply(h, 'value');
    const [mixed, backMixed] = attend({ query, key, value }, t);
    const [out, backOut] = apply(mixed, 'out');
    const middle = tf.add(cut(x), out);
    const [h2, backNorm2] = norm(middle, 'norm2');
    const [up, backUp] = apply(h2, 'up');
    const positive = tf.relu(up);
    const [down, backDown] = apply(tf.square(positive), 'down');
    const back: Back = (d) => {
      const dUp = tf.mul(backDown(d), tf.mul(positive, 2));
      const dMiddle = tf.add(d, backNorm2(backUp(dUp)));
      const dFlat = backMixed(backOut(dMiddle));
      const dh = tf.add(tf.add(uncut(backQuery(dFlat.query)), backKey(dFlat.key)), backValue(dFlat.value));
      return tf.add(uncut(dMiddle), backNorm1(dh));
    };
    return [tf.add(middle, down), back];
  }

  /** −log p(target), averaged over the rows, and its gradient. */
  function judge(logits: Tensor, targets: Tensor): { loss: Tensor; gradient: Tensor } {
    const hot = tf.cast(tf.oneHot(targets, V), 'float32');
    const shifted = tf.sub(logits, tf.max(logits, -1, true));
    const powers = tf.exp(shifted);
    const total = tf.sum(powers, -1, true);
    const logp = tf.sub(tf.sum(tf.mul(shifted, hot), -1, true), tf.log(total));
    return { loss: tf.neg(tf.mean(logp)), gradient: tf.div(tf.sub(tf.div(powers, total), hot), B) };
  }

  return (params: Tensors, batch: Batch): { loss: Tensor; gradients: Tensors } => {
    const gradients: Tensors = {};
    const tokens = tf.tensor(batch.tokens, [B * T], 'int32');
    const embed = params.embed!;
    let x = tf.reshape(tf.add(tf.reshape(tf.gather(embed, tokens), [B, T, D]), params.position!), [B * T, D]);
    const backs: Back[] = [];
    for (let i = 0; i < nLayer; i++) {
      const [next, back] = runBlock(i, x, params, gradients);
      x = next;
      backs.unshift(back);
    }
    const [read, backNorm] = normalise(x, 'norm', params, gradients);
    const { loss, gradient } = judge(tf.matMul(read, tf.transpose(embed)), tf.tensor(batch.targets, [B], 'int32'));
    const dx = [backNorm, ...backs].reduce((d, back) => back(d), tf.matMul(gradient, embed));
    const looked = tf.scatterND(tf.reshape(tokens, [-1, 1]), dx, [V, D]); // adds up where a token comes twice
    gradients.embed = tf.add(tf.matMul(tf.transpose(gradient), read), looked);
    gradients.position = tf.sum(tf.reshape(dx, [B, T, D]), 0);
    return { loss, gradients };
  };
}

type State = { params: Tensors; m: Tensors; v: Tensors };

/** The lab's AdamW: gradients cut all together, decay on matrices only. */
function stepAdamW(tf: TensorFlow, { params, m, v }: State, gradients: Tensors, { rate, correct1, correct2 }: { rate: number; correct1: number; correct2: number }, adam: Subject['adam']): State {
  const names = Object.keys(params);
  const length = tf.sqrt(tf.addN(names.map((n) => tf.sum(tf.square(gradients[n]!)))));
  const cut = tf.div(adam.clip, tf.maximum(length, adam.clip));
  const after: State = { params: {}, m: {}, v: {} };
  for (const name of names) {
    const p = params[name]!;
    const g = tf.mul(gradients[name]!, cut);
    const m1 = tf.add(tf.mul(m[name]!, adam.beta1), tf.mul(g, 1 - adam.beta1));
    const v1 = tf.add(tf.mul(v[name]!, adam.beta2), tf.mul(tf.square(g), 1 - adam.beta2));
    let change = tf.div(tf.mul(m1, correct1), tf.add(tf.sqrt(tf.mul(v1, correct2)), adam.epsilon));
    if (p.shape.length > 1) change = tf.add(change, tf.mul(p, adam.decay));
    after.params[name] = tf.sub(p, tf.mul(change, rate));
    after.m[name] = m1;
    after.v[name] = v1;
  }
  return after;
}
