// The ledger's rule: on small made-up evidence, and against a second computation of the real one.
import { expect, test } from '@playwright/test';
import { CLAIMS, type Published, type Stance } from '../../src/results.ts';
import type { LabResult } from '../../src/results.ts';
import { ledger, oursOn, tally, type Verdict } from '../../src/verdict.ts';
import { figure, figures } from '../support.ts';

/** Entries for C0 as “paper:stance”, with “2nd” behind one known at second hand only. */
const from = (...entries: string[]): Published[] =>
  entries.map((e, i) => {
    const [paper = '', stance, second] = e.split(':');
    return figure({ id: `e${i}`, paper, stance: stance as Stance, read: second ? 'secondary page' : 'full text' });
  });
const verdict = (...entries: string[]): Verdict => tally('C0', from(...entries)).verdict;

test('two thirds for and none against is supported', () => {
  expect(verdict('a:supports')).toBe('supported');
  expect(verdict('a:supports', 'b:supports', 'c:complicates')).toBe('supported');
  expect(verdict('a:supports', 'b:complicates')).toBe('mixed');
});

test('one contradicting entry keeps a claim from being supported', () => {
  expect(verdict('a:supports', 'b:supports', 'c:supports', 'd:contradicts')).toBe('mixed');
  expect(verdict('a:supports', 'b:supports', 'c:supports', 'c:contradicts')).toBe('mixed');
});

test('more papers against than for is contradicted; as many is mixed', () => {
  expect(verdict('a:contradicts', 'b:contradicts', 'c:supports')).toBe('contradicted');
  expect(verdict('a:contradicts', 'c:supports')).toBe('mixed');
  expect(verdict('a:contradicts')).toBe('contradicted');
});

test('doubts alone, or nothing at all, leave a claim not tested', () => {
  expect(verdict('a:complicates', 'b:complicates')).toBe('not tested');
  expect(verdict()).toBe('not tested');
});

test('papers count, not figures', () => {
  const t = tally('C0', from('a:supports', 'a:supports', 'a:supports', 'b:contradicts', 'c:contradicts'));
  expect(t.papers).toEqual({ for: 1, mixed: 0, doubts: 0, against: 2 });
  expect(t.entries).toBe(5);
  expect(t.verdict).toBe('contradicted');
});

test('a paper that both supports and does not is mixed', () => {
  expect(tally('C0', from('a:supports', 'a:complicates')).papers).toEqual({ for: 0, mixed: 1, doubts: 0, against: 0 });
  expect(tally('C0', from('a:supports', 'a:contradicts')).papers.mixed).toBe(1);
  expect(tally('C0', from('a:complicates', 'a:contradicts')).papers.against).toBe(1);
});

test('what is known at second hand is listed and never counted', () => {
  const t = tally('C0', from('a:supports', 'b:contradicts:2nd', 'c:contradicts:2nd', 'c:supports:2nd'));
  expect(t.papers).toEqual({ for: 1, mixed: 0, doubts: 0, against: 0 });
  expect(t.secondHand).toBe(2);
  expect(t.verdict).toBe('supported');
});

test('a second-hand entry of a paper also read first-hand changes nothing', () => {
  const t = tally('C0', from('a:supports', 'a:contradicts:2nd'));
  expect(t).toMatchObject({ verdict: 'supported', secondHand: 0, papers: { for: 1, mixed: 0 } });
});

test('an entry counts for each claim that it names and for no other', () => {
  const both = [figure({ claims: ['C1', 'C2'] })];
  expect(CLAIMS.filter((c) => tally(c, both).entries)).toEqual(['C1', 'C2']);
});

test('the real ledger equals a second, naive computation from the rule’s words', () => {
  const naive = CLAIMS.map((claim) => {
    const words: Record<string, string> = {};
    let against = false;
    for (const f of figures) {
      if (f.claims.indexOf(claim) < 0 || f.read === 'secondary page') continue;
      words[f.paper] = `${words[f.paper] ?? ''} ${f.stance}`;
      if (f.stance === 'contradicts') against = true;
    }
    let [yes, no, doubts, mixed] = [0, 0, 0, 0];
    for (const said of Object.values(words)) {
      const supports = said.includes('supports');
      const other = said.includes('contradicts') || said.includes('complicates');
      if (supports && other) mixed++;
      else if (supports) yes++;
      else if (said.includes('contradicts')) no++;
      else doubts++;
    }
    const all = yes + no + doubts + mixed;
    if (yes + no + mixed === 0) return [claim, 'not tested', yes, mixed, doubts, no];
    if (no > yes) return [claim, 'contradicted', yes, mixed, doubts, no];
    return [claim, 3 * yes >= 2 * all && !against ? 'supported' : 'mixed', yes, mixed, doubts, no];
  });
  const got = ledger(figures).map((t) => [t.claim, t.verdict, t.papers.for, t.papers.mixed, t.papers.doubts, t.papers.against]);
  expect(got).toEqual(naive);
});

test('the real ledger is not all in our favour', () => {
  const verdicts = new Set(ledger(figures).map((t) => t.verdict));
  expect(verdicts.size).toBeGreaterThan(1);
});

test('what our lab says of a claim is the verdict of the one experiment that decides it, in the ledger’s words', () => {
  const result = (experiment: string, verdict: string): LabResult => ({ experiment, outcome: { verdict } }) as unknown as LabResult;
  expect(oursOn('C10', [result('recovery', 'holds'), result('silence', 'fails')])).toEqual({ experiment: 'recovery', verdict: 'supported' });
  expect(oursOn('C10', [result('recovery', 'holds in part')])?.verdict).toBe('mixed');
  expect(oursOn('C9', [result('strata', 'fails')])?.verdict).toBe('contradicted');
  expect(oursOn('C9', [result('strata', 'not tested')])?.verdict).toBe('not tested');
  expect(oursOn('C10', [result('silence', 'holds')])).toBeUndefined();
  expect(oursOn('C3', [result('recovery', 'holds')])).toBeUndefined();
});
