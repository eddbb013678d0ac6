// {{…}}: how a number gets from the data into a sentence, and how no other number does.
import { expect, test } from '@playwright/test';
import { resolveRef, typedNumbers } from '../../src/build/refs.ts';
import type { LabResult, Ours } from '../../src/results.ts';
import { figure } from '../support.ts';

const figures = [
  figure(),
  figure({
    id: 'one-series',
    paper: 'second2021',
    claims: ['C0', 'C10'],
    stance: 'contradicts',
    control: true,
    approximate: true,
    x: { label: 'step', values: [0, 30, 300] },
    y: { label: 'accuracy', unit: 'share' },
    series: [{ name: 'only', values: [0.123, 0.5, 12345.625] }],
    reference: [{ label: 'chance', value: 0.25 }],
    quantities: [
      { label: 'models', value: 9, unit: 'models' },
      { label: 'models, large', value: 3, unit: 'models' },
      { label: 'fall', value: -7.5, unit: '% of the gap' },
    ],
  }),
  figure({ id: 'words', paper: 'second2021', kind: 'statement', x: { label: '' }, series: [], read: 'secondary page', claims: ['C10'] }),
];
const of = (inner: string): string => resolveRef(inner, figures);
const why = (inner: string): string => {
  try {
    return `no error: ${of(inner)}`;
  } catch (e) {
    return (e as Error).message;
  }
};

test('a value is named by its series and its place, in either order', () => {
  expect(of('made-up: before / north')).toBe('10.0%');
  expect(of('made-up: north / before')).toBe('10.0%');
  expect(of('made-up: after / north')).toBe('11.5%');
});

test('a single series or a single place need not be named', () => {
  expect(of('one-series: 30 | spoken')).toBe('0.500');
  expect(resolveRef('made-up: before', [figure({ x: { label: '', categories: ['here'] }, series: [{ name: 'before', values: [4] }, { name: 'after', values: [5] }] })])).toBe('4%');
});

test('the exact name wins over a longer one that contains it', () => {
  expect(of('made-up: before / south')).toBe('20.0%');
  expect(of('one-series: 30 | spoken')).toBe('0.500');
  expect(of('one-series: #models | spoken')).toBe('9');
});

test('part of a name is enough when only one name has it, whatever its case', () => {
  expect(of('made-up: bef / FAR')).toBe('30.0%');
  expect(of('one-series: #large | spoken')).toBe('3');
});

test('an ambiguous name is an error that lists the candidates', () => {
  expect(why('made-up: before / out')).toBe('“out” could be any of: south | far south');
  expect(why('one-series: #model')).toBe('“model” could be any of: models | models, large');
});

test('an unknown name is an error that lists what there is', () => {
  expect(why('made-up: before / east')).toBe('made-up has no “east”; series: before | after; x: north | south | far south');
  expect(why('one-series: #teams')).toBe('one-series has no quantity “teams”; it has: models | models, large | fall | chance');
  expect(why('nothing: a')).toBe('no entry “nothing” in the evidence');
  expect(why('made-up: north')).toMatch(/say which series: before \| after/);
  expect(why('made-up: before')).toMatch(/say which place: north \| south \| far south/);
});

test('a difference of percentages is in points', () => {
  expect(of('made-up: after / far south minus before / far south')).toBe('3.5 points');
  expect(of('made-up: before / far south minus after / north')).toBe('18.5 points');
  expect(of('made-up: after / south minus before / south')).toBe('−41.0 points');
  expect(of('made-up: after / south minus before / south | abs')).toBe('41.0 points');
});

test('a difference does not show the noise of binary fractions', () => {
  const f = figure({ y: { label: '', unit: 'F1' }, series: [{ name: 'before', values: [0.3, 0.7, 1] }, { name: 'after', values: [0.1, 0.2, 1] }] });
  expect(resolveRef('made-up: before / north minus after / north', [f])).toBe('0.2');
});

test('a share can be told as a percentage, and a unit left out', () => {
  expect(of('one-series: 0 | percent | spoken')).toBe('12.3%');
  expect(of('made-up: before / north | bare')).toBe('10.0');
});

test('an approximate value carries ≈, unless the sentence says “about”', () => {
  expect(of('one-series: 30')).toBe('≈0.500');
  expect(of('one-series: 30 | spoken')).toBe('0.500');
  expect(of('one-series: #fall')).toBe('≈−7.5%');
  expect(of('one-series: #chance')).toBe('≈0.25');
});

test('the numbers of a figure show as many decimals as its most precise one', () => {
  expect(of('one-series: 0 | spoken')).toBe('0.123');
  expect(of('one-series: 30 | spoken')).toBe('0.500');
});

test('a verdict is told from the evidence, by claim or by kind', () => {
  expect(of('verdict: C10')).toBe('contradicted');
  expect(of('verdict: C10 against')).toBe('1');
  expect(of('verdict: C10 for')).toBe('0');
  expect(of('verdict: contradicted')).toBe('1');
  expect(why('verdict: C10 nearly')).toBe('a verdict counts: for, mixed, doubts, against');
});

test('thousands are parted', () => {
  expect(of('one-series: 300 | spoken')).toBe('12,345.625');
});

test('a finding, a caveat and a title are quoted whole', () => {
  expect(of('finding: made-up')).toBe('It is so.');
  expect(of('caveat: made-up')).toBe('It is made up.');
  expect(of('title: made-up')).toBe('What is measured');
});

test('entries, drawn figures and papers are counted, by claim, stance, control and reading', () => {
  expect(of('count: entries')).toBe('3');
  expect(of('count: drawn')).toBe('2');
  expect(of('count: papers')).toBe('2');
  expect(of('count: papers C0')).toBe('2');
  expect(of('count: entries C10')).toBe('2');
  expect(of('count: entries C10 contradicts')).toBe('1');
  expect(of('count: entries control')).toBe('1');
  expect(of('count: entries second-hand')).toBe('1');
  expect(why('count: papers tall')).toBe('cannot count by “tall”');
  expect(why('count: lines')).toMatch(/cannot count “lines”/);
});

test('an unknown option is an error', () => {
  expect(why('made-up: before / north | rounded')).toBe('unknown option “rounded”');
});

test('a number typed by hand is caught', () => {
  expect(typedNumbers('It rose to 52% in 2022.', [])).toHaveLength(2);
  expect(typedNumbers('by 0.3 points', [])).toHaveLength(1);
  expect(typedNumbers('a 10x gain', [])).toHaveLength(1);
  expect(typedNumbers('three of them', [])).toEqual([]);
});

test('a listed name with a digit is no typed number, and lets no other number through', () => {
  expect(typedNumbers('LLaMA-2 70B and GPT-2, in 2022.', ['LLaMA-2', '70B', 'GPT-2', '2022'])).toEqual([]);
  expect(typedNumbers('Llama 3.1 grew', ['Llama 3.1'])).toEqual([]);
  expect(typedNumbers('a 170B model', ['70B'])).toHaveLength(1);
  expect(typedNumbers('GPT-25', ['GPT-2'])).toHaveLength(1);
  expect(typedNumbers('GPT-2.5', ['GPT-2'])).toHaveLength(1);
  expect(typedNumbers('20220 items', ['2022'])).toHaveLength(1);
});

test.describe('results of our own', () => {
  const { paper, stance, where, read, recheck, page, derived, ...shared } = figure({
    id: 'lab-one',
    series: [{ name: 'held', values: [90.5, 20, 30], low: [88, 19, 29], high: [92.25, 21, 31], interval: '95 % bootstrap' }],
  });
  const made = { code: 'x', config: {}, seeds: [21, 22], environment: {}, date: '2026-01-01' };
  const ours: Ours = { ...shared, experiment: 'one', made };
  const result = {
    experiment: 'one', question: 'Is it so?', limits: 'It is small.', made, figures: [ours],
    outcome: { verdict: 'holds', rule: 'Holds if so.', sentence: 'It is 90.5 %.', headline: { what: 'x', value: 1, low: 0, high: 2 } },
    seeds: [{ seed: 21, measures: {} }, { seed: 22, invalid: 'it leaks', measures: {} }],
  } as unknown as LabResult;
  const say = (inner: string): string => resolveRef(inner, [...figures, ours], new Map([['one', result]]));
  const refuse = (inner: string, reason: RegExp): void => void expect(() => say(inner)).toThrow(reason);

  test('a value of ours is quoted like any other, with its interval if asked for', () => {
    expect(say('lab-one: north')).toBe('90.5%');
    expect(say('lab-one: north | interval')).toBe('90.5% (88.0 to 92.25)');
    refuse('made-up: before / north | interval', /has no interval/);
    refuse('lab-one: north minus south | interval', /has no interval/);
  });

  test('the words of a result are the file’s; an unknown experiment or word is an error', () => {
    expect(['verdict', 'sentence', 'rule', 'seeds', 'n', 'limits', 'question'].map((w) => say(`lab: one ${w}`))).toEqual(['holds', 'It is 90.5 %.', 'Holds if so.', '21, 22', '1', 'It is small.', 'Is it so?']);
    refuse('lab: two verdict', /no result of an experiment “two”; there are: one/);
    refuse('lab: one mood', /a result has: verdict/);
  });

  test('what we measured is no published entry: no count and no verdict changes by it', () => {
    for (const inner of ['count: entries', 'count: papers C0', 'verdict: C0', 'verdict: C0 for']) expect(say(inner)).toBe(of(inner));
  });
});
