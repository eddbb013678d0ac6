// What the published evidence says of each claim, and what our lab says, computed and kept apart.
// Knows no slide and no panel.
import { CLAIMS, isFirstHand, type Claim, type LabResult, type Published, type Stance } from './results.ts';

export type Verdict = 'supported' | 'mixed' | 'contradicted' | 'not tested';

export interface Tally {
  claim: Claim;
  verdict: Verdict;
  /** First-hand papers by what their entries say of the claim. */
  papers: { for: number; mixed: number; doubts: number; against: number };
  /** Papers known to us at second hand only: listed, never counted. */
  secondHand: number;
  entries: number;
}

/** The sentence that stands under the ledger. */
export const RULE =
  'Papers count, not figures; second-hand readings do not, abstracts do. Supported: two thirds are for, and no entry of any paper contradicts. Contradicted: more against than for. Not tested: none for, mixed or against. Else mixed.';

// #region rule
type Word = keyof Tally['papers'];

/** One paper's word on a claim: mixed if it both supports it and does not. */
function wordOf(stances: Set<Stance>): Word {
  if (stances.has('supports')) return stances.size === 1 ? 'for' : 'mixed';
  return stances.has('contradicts') ? 'against' : 'doubts';
}

function judge(n: Tally['papers'], contradicted: boolean): Verdict {
  if (n.for + n.mixed + n.against === 0) return 'not tested';
  if (n.against > n.for) return 'contradicted';
  const share = n.for / (n.for + n.mixed + n.doubts + n.against);
  return share >= 2 / 3 && !contradicted ? 'supported' : 'mixed';
}

// #endregion

/** Counts papers, not figures, and only those read first-hand. */
export function tally(claim: Claim, evidence: readonly Published[]): Tally {
  const entries = evidence.filter((e) => e.claims.includes(claim));
  const firstHand = entries.filter(isFirstHand);
  const known = new Set(firstHand.map((e) => e.paper));
  const papers = { for: 0, mixed: 0, doubts: 0, against: 0 };
  for (const paper of known)
    papers[wordOf(new Set(firstHand.filter((e) => e.paper === paper).map((e) => e.stance)))]++;
  const contradicted = firstHand.some((e) => e.stance === 'contradicts');
  const secondHand = new Set(entries.map((e) => e.paper).filter((p) => !known.has(p))).size;
  return { claim, verdict: judge(papers, contradicted), papers, secondHand, entries: entries.length };
}

/** The ledger: one tally a claim, in order. */
export const ledger = (evidence: readonly Published[]): Tally[] => CLAIMS.map((c) => tally(c, evidence));

/** Which of our experiments decides a claim; the others only bear on it. */
const DECIDES: Partial<Record<Claim, string>> = { C9: 'strata', C10: 'recovery' };

export const OURS_RULE = 'Ours: one experiment decides, by a rule set before its seeds were run; C10 for refusal alone.';

/** What our lab says of a claim; undefined where no experiment of ours decides it. */
export function oursOn(claim: Claim, results: readonly LabResult[]): { experiment: string; verdict: Verdict } | undefined {
  const result = results.find((r) => r.experiment === DECIDES[claim]);
  if (!result) return undefined;
  const verdict = ({ holds: 'supported', 'holds in part': 'mixed', fails: 'contradicted', 'not tested': 'not tested' } as const)[result.outcome.verdict];
  return { experiment: result.experiment, verdict };
}
