// Bad evidence never gets as far as a chart: it stops at the contract, by file, path and reason.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { loadEvidence } from '../../src/build/evidence.ts';
import { CLAIMS, ContractError, isPublished, parseFigure, parsePapers, parsePublished } from '../../src/results.ts';
import { evidence, figure, figures } from '../support.ts';

const paper = {
  id: 'nobody2020',
  type: 'article',
  title: 'A paper',
  author: [{ family: 'Nobody' }],
  issued: { 'date-parts': [[2020]] },
  URL: 'https://example.org',
};
const papers = [paper];
const file = (...figures: unknown[]): string => JSON.stringify({ schema: 'published/1', figures });

/** The message of the ContractError that `fn` throws. */
function refusal(fn: () => unknown): string {
  try {
    fn();
  } catch (e) {
    expect(e).toBeInstanceOf(ContractError);
    return (e as Error).message;
  }
  throw new Error('it was accepted');
}
const refused = (source: string): string => refusal(() => parsePublished('bad.json', source, papers));

test('a sound entry passes and comes back unchanged', () => {
  const f = figure({ control: true, teaches: 'nothing', quantities: [{ label: 'n', value: 3, unit: 'runs' }] });
  expect(parsePublished('good.json', file(f), papers)).toEqual([f]);
});

test.describe('a bad file is refused by name, path and reason:', () => {
  const part = (change: object): string => file({ ...figure(), ...change });
  const values = (...v: unknown[]): string =>
    part({ series: [{ name: 'a', values: v }, { name: 'b', values: [1, 2, 3] }] });
  const CASES: [string, string, RegExp][] = [
    ['an empty file', '', /^bad\.json: the file is empty$/],
    ['a file of blanks', ' \n ', /^bad\.json: the file is empty$/],
    ['a file cut short', file(figure()).slice(0, 200), /^bad\.json: is not whole JSON/],
    ['a web page in place of data', '<!doctype html><title>404</title>', /^bad\.json: is not whole JSON/],
    ['NaN where a number belongs', file(figure()).replace('[10,', '[NaN,'), /^bad\.json: is not whole JSON/],
    ['null in place of the file', 'null', /^bad\.json: the file /],
    ['an array in place of the file', '[]', /^bad\.json: the file /],
    ['another schema', file().replace('published/1', 'published/9'), /^bad\.json: schema /],
    ['no figures', '{"schema":"published/1"}', /^bad\.json: figures /],
    ['null in place of an entry', file(figure(), null), /^bad\.json: figures\[1\] /],
    ['text in place of a number', values('10', 20, 30), /figures\[0\]\.series\[0\]\.values\[0\] must be a finite number/],
    ['null in place of a number', values(10, null, 30), /figures\[0\]\.series\[0\]\.values\[1\] must be a finite number/],
    ['an infinite number', file(figure()).replace('[10,', '[1e999,'), /figures\[0\]\.series\[0\]\.values\[0\] must be a finite number/],
    ['a number in place of text', part({ title: 7 }), /figures\[0\]\.title /],
    ['text in place of a list', part({ claims: 'C0' }), /figures\[0\]\.claims /],
    ['a missing field', part({ caveat: undefined }), /figures\[0\]\.caveat /],
    ['an empty caveat', part({ caveat: '' }), /figures\[0\]\.caveat is empty/],
    ['a paper that is not in papers.json', part({ paper: 'other2021' }), /figures\[0\]\.paper “other2021” is not in papers\.json/],
    ['fewer values than places', values(1, 2), /figures\[0\]\.series\[0\]\.values has 2 values for 3 places/],
    ['more values than places', values(1, 2, 3, 4), /figures\[0\]\.series\[0\]\.values has 4 values for 3 places/],
    ['HTML in a title', part({ title: 'a <b>bold</b> claim' }), /figures\[0\]\.title holds HTML; plain text only/],
    ['a script in a finding', part({ finding: '<script>alert(1)</script>' }), /figures\[0\]\.finding holds HTML/],
    ['an event handler in a series name', part({ series: [{ name: '<img src=x onerror=alert(1)>', values: [1, 2, 3] }] }), /figures\[0\]\.series\[0\]\.name holds HTML/],
    ['HTML in a category', part({ x: { label: '', categories: ['a', '</td>', 'c'] } }), /figures\[0\]\.x\.categories\[1\] holds HTML/],
    ['the same id twice', file(figure(), figure()), /figures\[1\]\.id “made-up” stands twice/],
    ['the same series name twice', part({ series: [{ name: 'a', values: [1, 2, 3] }, { name: 'a', values: [1, 2, 3] }] }), /figures\[0\]\.series\[1\]\.name the name “a” stands twice/],
    ['an unknown field', part({ colour: 'red' }), /figures\[0\] has unknown fields: colour/],
    ['an unknown field deep inside', part({ y: { label: '', unit: '', scale: 'log' } }), /figures\[0\]\.y has unknown fields: scale/],
    ['a value above its interval', part({ series: [{ name: 'a', values: [1, 2, 9], low: [0, 0, 0], high: [3, 3, 3], interval: '95%' }] }), /figures\[0\]\.series\[0\]\.values\[2\] lies outside its interval/],
    ['a value below its interval', part({ series: [{ name: 'a', values: [-1, 2, 2], low: [0, 0, 0], high: [3, 3, 3], interval: '95%' }] }), /figures\[0\]\.series\[0\]\.values\[0\] lies outside its interval/],
    ['an interval without its name', part({ series: [{ name: 'a', values: [1, 2, 3], low: [0, 0, 0], high: [3, 3, 3] }] }), /series\[0\] low, high and interval come together/],
    ['half an interval', part({ series: [{ name: 'a', values: [1, 2, 3], low: [0, 0, 0], interval: '95%' }] }), /series\[0\] low, high and interval come together/],
    ['an interval of another length', part({ series: [{ name: 'a', values: [1, 2, 3], low: [0, 0], high: [3, 3, 3], interval: '95%' }] }), /series\[0\]\.low has 2 values for 3 places/],
    ['a chart without series', part({ series: [] }), /figures\[0\]\.series is empty/],
    ['a chart without places', part({ x: { label: '' } }), /figures\[0\]\.x has neither categories nor values/],
    ['both kinds of places', part({ x: { label: '', categories: ['a', 'b', 'c'], values: [1, 2, 3] } }), /figures\[0\]\.x has both categories and values/],
    ['a statement with a chart', part({ kind: 'statement' }), /figures\[0\]\.series a statement has nothing to chart/],
    ['a range of one series', part({ kind: 'range', series: [{ name: 'a', values: [1, 2, 3] }] }), /figures\[0\]\.series a range has two series/],
    ['an unknown kind', part({ kind: 'pie' }), /figures\[0\]\.kind /],
    ['an unknown claim', part({ claims: ['C99'] }), /figures\[0\]\.claims\[0\] /],
    ['an unknown stance', part({ stance: 'proves' }), /figures\[0\]\.stance /],
    ['an unknown way of reading', part({ read: 'somewhere' }), /figures\[0\]\.read /],
    ['an address that runs a script', part({ page: 'javascript:alert(1)' }), /figures\[0\]\.page must be an http\(s\) address/],
    ['an id that is not kebab-case', part({ id: 'Made Up' }), /figures\[0\]\.id must be kebab-case/],
  ];
  for (const [name, source, reason] of CASES)
    test(name, () => {
      const message = refused(source);
      expect(message).toMatch(/^bad\.json: /);
      expect(message).toMatch(reason);
    });
});

test('a missing file is named', () => {
  const message = refusal(() => loadEvidence('/nowhere'));
  expect(message).toMatch(/papers\.json: the file is missing/);
});

test('a missing file beside a sound one is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    writeFileSync(join(folder, 'papers.json'), JSON.stringify(papers));
    expect(refusal(() => loadEvidence(folder))).toMatch(/published\.json: the file is missing/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('bad papers are refused by name, path and reason', () => {
  const of = (...list: unknown[]): string => refusal(() => parsePapers('papers.json', JSON.stringify(list)));
  expect(of(paper, paper)).toBe('papers.json: the id “nobody2020” stands twice');
  expect(of({ ...paper, URL: 'ftp://x' })).toMatch(/^papers\.json: \[0\]\.URL must be an http\(s\) address/);
  expect(of({ ...paper, author: [] })).toMatch(/^papers\.json: \[0\]\.author is empty/);
  expect(of({ ...paper, title: undefined })).toMatch(/^papers\.json: \[0\]\.title /);
});

test('one figure in a file of its own meets the same contract', () => {
  expect(parseFigure('one.json', figure()).id).toBe('made-up');
  expect(refusal(() => parseFigure('one.json', ''))).toBe('one.json: the file is empty');
  expect(refusal(() => parseFigure('one.json', { ...figure(), stance: 1 }))).toMatch(/^one\.json: stance /);
  expect(refusal(() => parseFigure('one.json', { ...figure(), series: [{ name: 'a', values: [NaN, 1, 2] }] }))).toMatch(/^one\.json: series\[0\]\.values\[0\] must be a finite number/);
});

test('a result of our own must say what repeats it', () => {
  const { paper: _p, stance: _s, where: _w, read: _r, recheck: _c, page: _g, derived: _d, ...shared } = figure();
  const made = { code: 'abc123', config: { steps: 10 }, seeds: [1, 2, 3], environment: { node: '20' }, date: '2026-11-01' };
  const ours = { ...shared, experiment: 'two-inks', made };
  const parsed = parseFigure('ours.json', ours);
  expect(isPublished(parsed)).toBe(false);
  expect(refusal(() => parseFigure('ours.json', { ...ours, made: { ...made, seeds: [] } }))).toMatch(/made\.seeds is empty/);
  expect(refusal(() => parseFigure('ours.json', { ...ours, made: { ...made, date: 'today' } }))).toMatch(/made\.date /);
  expect(refusal(() => parsePublished('bad.json', file(ours), papers))).toMatch(/figures\[0\] is a result of our own/);
});

test('the committed evidence passes: 113 entries, 66 with numbers to draw', () => {
  expect(figures).toHaveLength(113);
  expect(figures.filter((f) => f.series.length)).toHaveLength(66);
  expect(figures.filter((f) => f.kind === 'statement')).toHaveLength(47);
});

test('every claim has published evidence, and every entry a paper with a formatted reference', () => {
  const { references } = evidence();
  for (const c of CLAIMS) expect(figures.filter((f) => f.claims.includes(c)), c).not.toEqual([]);
  for (const f of figures) expect(references.get(f.paper), f.paper).toBeTruthy();
});
