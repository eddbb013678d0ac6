// The world's laws: what may be asked, what is true, and what each arm gets to see.
import { expect, test } from '@playwright/test';
import { checkBatch, makeBatch, type Batch, type Batches } from '../../src/lab/batch.ts';
import { createRandom } from '../../src/lab/random.ts';
import { pretraining, relearning, tuning } from '../../src/lab/tasks.ts';
import {
  ALL_WORDINGS, GROUPS, SPLITS, TUNED_WORDINGS, UNTUNED_WORDINGS,
  ask, createFalseAnswers, createWorld, drawFacts, eraOf, examine, listFacts, staleAnswer, trueAnswer,
  type Fact,
} from '../../src/lab/world.ts';

const world = createWorld(1);
const allFacts = (['past', 'future'] as const).flatMap((era) => listFacts(world, era));

/** What a row asks: the office, the year and the wording are told by its tokens. */
const known = new Map<string, Fact & { wording: string }>();
for (let office = 0; office < world.offices; office++)
  for (let year = 0; year < world.years + world.beyond; year++)
    for (const wording of ALL_WORDINGS) known.set(ask(world, { office, year }, wording).join(), { office, year, wording });

const readRows = (batch: Batch) =>
  Array.from({ length: batch.size }, (_, i) => ({
    ...known.get(batch.tokens.subarray(i * world.seqLen, (i + 1) * world.seqLen).join())!,
    target: batch.targets[i]!,
    rejected: batch.rejected[i]!,
    forget: batch.forget[i]!,
  }));
const readMany = (batches: Batches, n: number) => Array.from({ length: n }, () => readRows(batches())).flat();
const groupOf = (office: number) => GROUPS.find((g) => world.groups[g].includes(office))!;

test('the counts are those of the plan: 1200 past facts, 720 future ones, 480 cells beyond, 14 400 different questions', () => {
  expect((['past', 'future', 'beyond'] as const).map((era) => listFacts(world, era).length)).toEqual([1200, 720, 480]);
  expect(known.size).toBe(240 * 10 * 6);
  expect(world.vocab).toBe(12 + 240 + 10 + 100);
});

test('every wording has five context tokens, with office and year once each', () => {
  const fact = { office: 3, year: 4 };
  for (const w of ALL_WORDINGS) {
    const tokens = ask(world, fact, w);
    expect(tokens).toHaveLength(5);
    expect(tokens.filter((t) => t === 12 + 3), w).toHaveLength(1);
    expect(tokens.filter((t) => t === 12 + 240 + 4), w).toHaveLength(1);
  }
  expect([...TUNED_WORDINGS, ...UNTUNED_WORDINGS].sort()).toEqual([...ALL_WORDINGS].sort());
});

test('holders are uniform: chi-square over names, and over pairs of neighbouring years', () => {
  const chi = (counts: number[], total: number) => counts.reduce((a, c) => a + (c - total / counts.length) ** 2 / (total / counts.length), 0);
  const worlds = Array.from({ length: 20 }, (_, seed) => createWorld(seed + 100));
  const counts = new Array<number>(100).fill(0);
  const pairs = new Array<number>(100).fill(0); // tens of the name in two neighbouring years: independent
  for (const w of worlds)
    w.holders.forEach((h, i) => {
      counts[h]!++;
      if (i % w.years) pairs[Math.floor(w.holders[i - 1]! / 10) * 10 + Math.floor(h / 10)]!++;
    });
  // 99 degrees of freedom: mean 99, deviation 14; 160 is beyond 4 deviations.
  expect(chi(counts, 20 * 240 * 8)).toBeLessThan(160);
  expect(chi(pairs, 20 * 240 * 7)).toBeLessThan(160);
});

test('the four groups are disjoint, of equal size, and together all offices', () => {
  for (const g of GROUPS) expect(world.groups[g]).toHaveLength(60);
  expect(new Set(GROUPS.flatMap((g) => world.groups[g])).size).toBe(240);
  expect(createWorld(2).groups.A1).not.toEqual(world.groups.A1);
});

test('a false name is a name, never the true one, always the same, and uniform over the others', () => {
  const wrong = createFalseAnswers(world, 'tuning');
  const other = createFalseAnswers(world, 'relearning');
  expect(allFacts.filter((f) => wrong(f) === trueAnswer(world, f))).toEqual([]);
  expect(allFacts.filter((f) => wrong(f) < world.firstName || wrong(f) >= world.vocab)).toEqual([]);
  expect(allFacts.map(wrong)).toEqual(allFacts.map(createFalseAnswers(world, 'tuning')));
  const same = allFacts.filter((f) => wrong(f) === other(f)).length;
  expect(same / allFacts.length).toBeLessThan(0.025); // two purposes agree by chance alone, 1 in 99
  expect(new Set(allFacts.map(wrong)).size).toBe(100);
});

test('beyond the calendar the answer is UNKNOWN, and nobody holds anything', () => {
  expect(new Set(listFacts(world, 'beyond').map((f) => trueAnswer(world, f)))).toEqual(new Set([world.unknown]));
  expect(() => createFalseAnswers(world, 'x')({ office: 0, year: 8 })).toThrow(/no holder/);
});

test('what does not exist cannot be asked', () => {
  expect(() => ask(world, { office: 240, year: 0 }, 'Q1')).toThrow(/240 is no office/);
  expect(() => ask(world, { office: -1, year: 0 }, 'Q1')).toThrow(/no office/);
  expect(() => ask(world, { office: 0, year: 10 }, 'Q1')).toThrow(/10 is no year/);
  expect(() => createWorld(1, { ...world, cutoff: 8 })).toThrow(/no future/);
  expect(() => createWorld(1, { ...world, offices: 242 })).toThrow(/groups/);
});

test('the never twin sees no future fact, in any wording; the contaminated one sees all, in all wordings', () => {
  const steps = 60; // more than one round of either: 10 080 and 14 400 rows
  const never = readMany(pretraining(world, 'never'), steps);
  expect(never.filter((r) => eraOf(world, r.year) === 'future')).toEqual([]);
  expect(never.some((r) => r.target === world.unknown)).toBe(true);
  const contaminated = readMany(pretraining(world, 'contaminated'), steps).filter((r) => eraOf(world, r.year) === 'future');
  expect(new Set(contaminated.map((r) => `${r.office} ${r.year} ${r.wording}`)).size).toBe(720 * 6);
  expect([...never, ...contaminated].filter((r) => r.target !== trueAnswer(world, r))).toEqual([]);
});

test('tuning: half to forget (tuned offices and wordings, future), half to keep; no future is rehearsed', () => {
  const rows = readMany(tuning(world, { answer: 'unknown' }), 20);
  const [forget, keep] = [rows.filter((r) => r.forget), rows.filter((r) => !r.forget)];
  expect(forget).toHaveLength(rows.length / 2);
  expect(new Set(forget.map((r) => `${eraOf(world, r.year)} ${groupOf(r.office)[0]} ${r.wording}`))).toEqual(new Set(['future A Q1', 'future A Q2']));
  expect(forget.filter((r) => r.target !== world.unknown || r.rejected !== trueAnswer(world, r))).toEqual([]);
  expect(keep.filter((r) => eraOf(world, r.year) === 'future' || r.target !== trueAnswer(world, r))).toEqual([]);
  expect(keep.filter((r) => eraOf(world, r.year) === 'beyond').length / keep.length).toBeCloseTo(0.15, 2);
  expect(new Set(keep.map((r) => r.wording)).size).toBe(6);
});

test('stale tuning says the last holder before the cutoff, wrong tuning never the true one', () => {
  const forgotten = (answer: 'stale' | 'wrong') => readMany(tuning(world, { answer }), 10).filter((r) => r.forget);
  expect(forgotten('stale').filter((r) => r.target !== trueAnswer(world, { office: r.office, year: 4 }))).toEqual([]);
  expect(staleAnswer(world, { office: 5, year: 7 })).toBe(trueAnswer(world, { office: 5, year: 4 }));
  expect(forgotten('wrong').filter((r) => r.target === trueAnswer(world, r))).toEqual([]);
});

test('the drift control has no target to forget, and can leave a group unrehearsed', () => {
  const rows = readMany(tuning(world, { answer: 'unknown', share: 0, rehearsed: ['A1', 'A2', 'B2'] }), 20);
  expect(rows.filter((r) => r.forget || eraOf(world, r.year) === 'future')).toEqual([]);
  expect(rows.filter((r) => groupOf(r.office) === 'B1')).toEqual([]);
  expect(() => tuning(world, { answer: 'unknown', share: 1.5 })).toThrow(/share/);
});

test('relearning teaches its facts alone, in the same order with true and with false names', () => {
  const facts = drawFacts(world, 'future', ['A1', 'B1'], 64, createRandom(1, 'relearning facts'));
  const [right, wrong] = (['true', 'false'] as const).map((names) => readMany(relearning(world, { facts, names }), 8));
  expect(new Set(right!.map((r) => `${r.office} ${r.year}`)).size).toBe(64);
  expect(new Set(right!.map((r) => groupOf(r.office)))).toEqual(new Set(['A1', 'B1']));
  const question = (r: Fact & { wording: string }) => `${r.office} ${r.year} ${r.wording}`;
  expect(wrong!.map(question)).toEqual(right!.map(question));
  expect(right!.filter((r) => r.target !== trueAnswer(world, r))).toEqual([]);
  expect(wrong!.filter((r) => r.target === trueAnswer(world, r))).toEqual([]);
});

test('the four splits of an examination are disjoint and together every question of the era', () => {
  for (const era of ['past', 'future'] as const) {
    const asked = SPLITS.flatMap((split) => readRows(examine(world, split, era)).map((r) => `${r.office} ${r.year} ${r.wording}`));
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toHaveLength(listFacts(world, era).length * 6);
  }
  const rows = readRows(examine(world, 'untuned offices, tuned wordings', 'future'));
  expect(new Set(rows.map((r) => `${groupOf(r.office)[0]} ${r.wording}`))).toEqual(new Set(['B Q1', 'B Q2']));
});

test('the same seed gives the same batches; another seed gives another world', () => {
  const tokens = (seed: number) => pretraining(createWorld(seed), 'contaminated')().tokens;
  expect(tokens(3)).toEqual(tokens(3));
  expect(tokens(3)).not.toEqual(tokens(4));
});

test('a token outside the vocabulary is found before it reaches an array', () => {
  const good = makeBatch([{ tokens: [0, 1, 2, 3, 4], target: 5 }]);
  const config = { seqLen: 5, vocab: 6 };
  expect(() => checkBatch(good, config)).not.toThrow();
  for (const change of [{ tokens: Int32Array.of(0, 1, 2, 3, 6) }, { tokens: Int32Array.of(0, 1, -1, 3, 4) }, { targets: Int32Array.of(6) }, { rejected: Int32Array.of(-1) }])
    expect(() => checkBatch({ ...good, ...change }, config)).toThrow(/is not one of the 6 tokens/);
  expect(() => checkBatch({ ...good, tokens: Int32Array.of(0, 1, 2, 3) }, config)).toThrow(/4 tokens for 1 rows of 5/);
  expect(() => checkBatch({ ...good, forget: new Float32Array(2) }, config)).toThrow(/2 forget/);
  expect(() => checkBatch({ ...good, size: 0 }, config)).toThrow(/empty/);
});
