// Questions as numbers: what a model is asked and what it should answer. Knows no world, no model
// and no array library; everything that trains or measures takes one of these.

/** One question: its context tokens and the answer wanted. */
export interface Row {
  tokens: readonly number[]; // [T]
  target: number;
  /** The answer to move away from, if any; the target where there is none. */
  rejected?: number;
  /** Something to unlearn, as against something to keep. */
  forget?: boolean;
}

export interface Batch {
  size: number; // B
  tokens: Int32Array; // [B × T], row after row
  targets: Int32Array; // [B]
  rejected: Int32Array; // [B]
  forget: Float32Array; // [B], 1 for a row to unlearn, 0 for one to keep
}

/** Where batches come from: the next one at each call, without end. */
export type Batches = () => Batch;

export function makeBatch(rows: readonly Row[]): Batch {
  return {
    size: rows.length,
    tokens: Int32Array.from(rows.flatMap((r) => r.tokens)),
    targets: Int32Array.from(rows, (r) => r.target),
    rejected: Int32Array.from(rows, (r) => r.rejected ?? r.target),
    forget: Float32Array.from(rows, (r) => (r.forget ? 1 : 0)),
  };
}

/**
 * Throws unless every token is one of the vocabulary and the lengths agree. Needed: `np.take` of
 * jax-js 0.1.25 takes an index out of range in silence and answers with another row.
 */
export function checkBatch(batch: Batch, { seqLen, vocab }: { seqLen: number; vocab: number }): void {
  const { size, tokens, targets, rejected, forget } = batch;
  if (!size) throw new RangeError('the batch is empty');
  if (tokens.length !== size * seqLen) throw new RangeError(`${tokens.length} tokens for ${size} rows of ${seqLen}`);
  for (const [name, values] of Object.entries({ targets, rejected, forget }))
    if (values.length !== size) throw new RangeError(`${values.length} ${name} for ${size} rows`);
  for (const [name, values] of Object.entries({ tokens, targets, rejected })) {
    const wrong = values.find((v) => v < 0 || v >= vocab);
    if (wrong !== undefined) throw new RangeError(`${name}: ${wrong} is not one of the ${vocab} tokens`);
  }
}
