// What a step of training wants: losses over the answer's log-probabilities. Pretraining, tuning
// and relearning differ in these and in their batches. Knows no model and no world.
// Every function here consumes the arrays it is given and works inside jit and grad.
import { lax, nn, numpy as np } from '@jax-js/jax';
import type { Answer } from './tasks.ts';

/** The numbers of a batch as arrays: targets and rejected [B] int32, forget [B] of 0 and 1. */
export type Labels = { targets: np.Array; rejected: np.Array; forget: np.Array }; // a type, as jax-js takes no interface for a tree

export interface Objective {
  /** Names formula and settings, for provenance and for the cache of compiled steps. */
  name: string;
  /** Does it compare with the model as it was before the first step? */
  needsReference: boolean;
  /** Logits [B, V], and those of the reference model, to one number. Consumes all arrays. */
  loss(logits: np.Array, labels: Labels, reference: np.Array | null): np.Array;
}

// #region pieces
/**
 * log p of one answer a row: [B, V], [B] → [B]. Finite for any finite logits. Consumes both. Masks
 * instead of taking: the gradient of `np.takeAlongAxis` does not compile in jit (jax-js 0.1.25:
 * "routine primitive scatter input is not imm").
 */
export function logProbability(logits: np.Array, answers: np.Array): np.Array {
  const V = logits.shape[1]!;
  return np.where(nn.oneHot(answers, V).astype(np.bool), nn.logSoftmax(logits, -1), 0).sum(1);
}

/** The mean over the rows where mask [B] is 1, and 0 where there is none. Consumes both. */
export function meanWhere(values: np.Array, mask: np.Array): np.Array {
  return values.mul(mask.ref).sum().div(np.maximum(mask.sum(), 1));
}

/** log(1 + eˣ). Not `nn.softplus`: in jax-js 0.1.25 that overflows from x = 89 on. Consumes x. */
export function softplus(x: np.Array): np.Array {
  const top = lax.stopGradient(np.maximum(x.ref, 0));
  return np.log(np.exp(x.sub(top.ref)).add(np.exp(top.ref.neg()))).add(top);
}

/** −log p, averaged over the rows to keep. Consumes all. */
const keep = (logp: np.Array, forget: np.Array): np.Array => meanWhere(logp, np.subtract(1, forget)).neg();
// #endregion

// #region objectives
/** −log p(target), averaged over the batch. What the answer is depends on the batch alone. */
export const imitate: Objective = {
  name: 'cross-entropy',
  needsReference: false,
  loss(logits, { targets, rejected, forget }) {
    for (const unused of [rejected, forget]) unused.dispose();
    return logProbability(logits, targets).mean().neg();
  },
};

/** Gradient ascent with retain: keep + w · log p(true), averaged over the rows to forget ("gradient difference": Maini et al. 2024, arXiv 2401.06121). Not bounded below. */
export const createAscent = (w = 0.3): Objective => ({
  name: `ascent, w ${w}`,
  needsReference: false,
  loss(logits, { targets, rejected, forget }) {
    targets.dispose();
    const logp = logProbability(logits, rejected);
    return keep(logp.ref, forget.ref).add(meanWhere(logp, forget).mul(w));
  },
});

/** NPO: keep + (2/β) · log(1 + (p/p₀)^β), p of the true answer, p₀ before tuning (Zhang et al. 2024, arXiv 2404.05868). */
export const createNpo = (beta = 0.3): Objective => ({
  name: `NPO, β ${beta}`,
  needsReference: true,
  loss(logits, { targets, rejected, forget }, reference) {
    targets.dispose();
    const logp = logProbability(logits, rejected.ref);
    const ratio = logp.ref.sub(logProbability(reference!, rejected)).mul(beta);
    return keep(logp, forget.ref).add(meanWhere(softplus(ratio), forget).mul(2 / beta));
  },
});

/** DPO on refusal: keep − log σ(β·[log p/p₀ of the target − log p/p₀ of the true answer]) (Rafailov et al. 2023, arXiv 2305.18290). */
export const createDpo = (beta = 0.3): Objective => ({
  name: `DPO, β ${beta}`,
  needsReference: true,
  loss(logits, { targets, rejected, forget }, reference) {
    const chosen = logProbability(logits.ref, targets.ref);
    const margin = chosen.ref.sub(logProbability(logits, rejected.ref));
    const before = logProbability(reference!.ref, targets).sub(logProbability(reference!, rejected));
    return keep(chosen, forget.ref).add(meanWhere(softplus(margin.sub(before).mul(-beta)), forget));
  },
});
// #endregion

/** The ways to silence a fact: what the batch is to say of the future, and the loss. */
export interface Method {
  answer: Answer;
  objective: Objective;
}
export const METHODS = {
  refusal: { answer: 'unknown', objective: imitate },
  stale: { answer: 'stale', objective: imitate },
  wrong: { answer: 'wrong', objective: imitate },
  ascent: { answer: 'true', objective: createAscent() },
  npo: { answer: 'true', objective: createNpo() },
  dpo: { answer: 'unknown', objective: createDpo() },
} as const satisfies Record<string, Method>;
