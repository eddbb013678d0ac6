// Reads a model and changes nothing: its answers, its residual stream, and its answers while the
// stream is pushed. Plain numbers in and out; arrays live only inside `read`. Knows no world:
// what it must know of the vocabulary is in Answers.
import { jit, numpy as np } from '@jax-js/jax';
import { checkBatch, type Batch } from './batch.ts';
import { disposeParams, forward, readOut, refParams, upload, type ModelConfig, type Params, type Weights } from './model.ts';
import { fitProbe, type Table } from './probe.ts';

const CHUNK = 256; // rows at a time, unless the caller knows better; a size is a compiled program

/** A push: this much [T × D] is added to the residual stream after a block, for every question. */
export interface Push {
  after: number;
  add: Float32Array;
}

export interface Reading {
  rows: number;
  logits: Float32Array; // [rows × V]
  /** After each block, of the last one the answer position alone. Empty unless asked for. */
  stream: Float32Array[]; // [rows × T × D] or [rows × D]
  /** What each block's stream at the answer position would say, read out as the last is. */
  lens: Float32Array[]; // [rows × V]
}

export interface ReadOptions {
  trace?: boolean;
  push?: Push;
  chunk?: number;
}

/** Compiled once for a config, with or without the stream, and for each block that may be pushed. */
type Program = (params: Params, tokens: np.Array, add: np.Array) => np.Array[];
const programs = new Map<string, Program>();

function compileRead(config: ModelConfig, trace: boolean, after: number | undefined): Program {
  const key = JSON.stringify([config, trace, after]);
  const known = programs.get(key);
  if (known) return known;
  const program: Program = jit((params: Params, tokens: np.Array, add: np.Array) => {
    const [norm, embed] = [params.norm!.ref, params.embed!.ref];
    if (after === undefined) add.dispose();
    const { logits, stream } = forward(config, params, tokens, { trace, ...(after === undefined ? {} : { edit: { after, add } }) });
    const lens = stream.map((s) => readOut(s.ref.slice([], -1), norm.ref, embed.ref));
    norm.dispose();
    embed.dispose();
    return [logits, ...stream, ...lens];
  });
  programs.set(key, program);
  return program;
}

/** Asks the model every question of a batch, `chunk` at a time: the last chunk is filled up, and costs as much as a full one. */
export async function read(config: ModelConfig, weights: Weights, questions: Batch, { trace = false, push, chunk: size = CHUNK }: ReadOptions = {}): Promise<Reading> {
  checkBatch(questions, config);
  const { seqLen: T, dModel: D, nLayer } = config;
  if (push && (push.add.length !== T * D || !(push.after >= 0 && push.after < nLayer))) throw new RangeError('the push does not fit the model');
  const program = compileRead(config, trace, push?.after);
  const parts: Float32Array[][] = [];
  const params = upload(weights, config);
  const add = np.array(push?.add ?? new Float32Array(T * D), { shape: [T, D] });
  try {
    for (let from = 0; from < questions.size; from += size) {
      const rows = Math.min(size, questions.size - from);
      const tokens = new Int32Array(size * T); // the rest asks token 0, and is cut off below
      tokens.set(questions.tokens.subarray(from * T, (from + rows) * T));
      const out = program(refParams(params), np.array(tokens, { shape: [size, T] }), add.ref);
      const chunk: Float32Array[] = [];
      for (const array of out) {
        const data = (await array.data()) as Float32Array;
        chunk.push(data.subarray(0, (data.length / size) * rows));
      }
      parts.push(chunk);
    }
  } finally {
    disposeParams(params);
    add.dispose();
  }
  const joined = parts[0]!.map((_, i) => join(parts.map((chunk) => chunk[i]!)));
  const n = trace ? nLayer : 0;
  return { rows: questions.size, logits: joined[0]!, stream: joined.slice(1, 1 + n), lens: joined.slice(1 + n) };
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((n, p) => n + p.length, 0));
  parts.reduce((at, p) => (whole.set(p, at), at + p.length), 0);
  return whole;
}

// #region answers
/** Where the names are among the tokens, and which token refuses. A World is one. */
export interface Answers {
  vocab: number;
  firstName: number;
  names: number;
  unknown: number;
}

export interface Score {
  /** The greedy answer is the target. On future questions with their true holders: the leak rate. */
  right: number;
  /** The target is the most likely of the names, whatever else the model would say first. */
  namesOnly: number;
  /** The greedy answer is UNKNOWN. */
  unknown: number;
  /** Mean place of the target among the names, from 1. Chance is (N + 1) / 2. */
  rank: number;
  /** Mean log-probability of the target. */
  logp: number;
}

/** The first greatest of values[from … to). */
function findGreatest(values: Float32Array, from: number, to: number): number {
  let best = from;
  for (let i = from + 1; i < to; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Shares of the rows, each in [0, 1]. Logits [rows × V] of a reading or of its lens. */
export function score(logits: Float32Array, targets: Int32Array, { vocab: V, firstName, names, unknown }: Answers): Score {
  if (logits.length !== targets.length * V || !targets.length) throw new RangeError(`${logits.length} logits for ${targets.length} rows of ${V}`);
  const sum: Score = { right: 0, namesOnly: 0, unknown: 0, rank: 0, logp: 0 };
  targets.forEach((target, row) => {
    const own = logits.subarray(row * V, (row + 1) * V);
    const answer = findGreatest(own, 0, V);
    sum.right += Number(answer === target);
    sum.unknown += Number(answer === unknown);
    sum.namesOnly += Number(findGreatest(own, firstName, firstName + names) === target);
    sum.rank += 1;
    for (let i = firstName; i < firstName + names; i++) sum.rank += Number(own[i]! > own[target]!);
    let total = 0;
    for (const v of own) total += Math.exp(v - own[answer]!);
    sum.logp += own[target]! - own[answer]! - Math.log(total);
  });
  for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] /= targets.length;
  return sum;
}

/** Asks and scores. */
export const examineModel = async (config: ModelConfig, weights: Weights, questions: Batch, answers: Answers, options: Omit<ReadOptions, 'trace'> = {}): Promise<Score> =>
  score((await read(config, weights, questions, options)).logits, questions.targets, answers);
// #endregion

// #region stream
/** The stream after a block at the answer position, as a table for a probe. */
export function takeAnswerStream({ rows, stream }: Reading, block: number, D: number): Table {
  const values = stream[block];
  if (!values) throw new RangeError(`no stream after block ${block}: read with trace`);
  const width = values.length / rows; // T × D or D
  return { rows, columns: D, values: Float32Array.from({ length: rows * D }, (_, i) => values[Math.floor(i / D) * width + width - D + (i % D)]!) };
}

/** Share of names right when a linear probe fitted on one reading reads another, after a block. Labels are target tokens. */
export function probeNames(fit: Reading, fitTargets: Int32Array, test: Reading, testTargets: Int32Array, block: number, D: number, { firstName, names }: Answers): number {
  const probe = fitProbe(takeAnswerStream(fit, block, D), fitTargets.map((t) => t - firstName), names);
  const said = probe(takeAnswerStream(test, block, D));
  return said.reduce((n, s, i) => n + Number(s === testTargets[i]! - firstName), 0) / said.length;
}

/** Mean stream of `to` minus that of `from`, position by position, times the strength: pushes `from` questions towards `to`. */
export function makePush({ seqLen: T, dModel: D }: ModelConfig, from: Reading, to: Reading, after: number, strength = 1): Push {
  const average = ({ rows, stream }: Reading): Float64Array => {
    const values = stream[after];
    if (!values) throw new RangeError(`no stream after block ${after}: read with trace`);
    const width = values.length / rows;
    const sum = new Float64Array(T * D); // of the last block only the last position is known; the rest stays 0
    values.forEach((v, i) => (sum[T * D - width + (i % width)]! += v / rows));
    return sum;
  };
  const [a, b] = [average(from), average(to)];
  return { after, add: Float32Array.from(b, (v, i) => strength * (v - a[i]!)) };
}
// #endregion
