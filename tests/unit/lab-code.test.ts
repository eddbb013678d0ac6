// The version under which results are kept: changed by all that an experiment runs through, and by
// nothing else.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { EXPERIMENTS } from '../../src/lab/experiments/index.ts';
import { hashModule, readCode } from '../../src/run/lab/code.ts';
import { readImports } from '../../src/run/lab/imports.ts';
import { read, root } from '../support.ts';

const IDS = EXPERIMENTS.map((e) => e.id);

let folder: string; // a copy of the lab, to be changed
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-code-'));
  for (const part of ['src/lab', 'src/results.ts', 'src/measures.ts']) cpSync(join(root, part), join(folder, part), { recursive: true });
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const url = (file: string): URL => pathToFileURL(join(folder, 'src', file));
const add = (file: string, text: string): void => writeFileSync(url(file), text, { flag: 'a' });
const versions = (): Record<string, string> => ({
  ...Object.fromEntries(IDS.map((id) => [id, readCode(url('lab/experiments/index.ts'), id).records])),
  weights: hashModule(url('lab/arms.ts')),
});
/** Whose version a change gives a new value. */
function changedBy(change: () => void): string[] {
  const before = versions();
  change();
  const after = versions();
  return Object.keys(before).filter((name) => before[name] !== after[name]).sort();
}
const ALL = [...IDS, 'weights'].sort();

test('a copy of the lab elsewhere, with other line ends, is the same code; no two experiments are', () => {
  const here = new URL('../../src/lab/experiments/index.ts', import.meta.url);
  for (const id of IDS) expect(readCode(here, id)).toEqual({ records: versions()[id], weights: versions().weights });
  expect(new Set(Object.values(versions())).size).toBe(ALL.length);
  for (const f of ['lab/arms.ts', 'lab/model.ts']) writeFileSync(url(f), readFileSync(url(f), 'utf8').replaceAll('\n', '\r\n'));
  for (const id of IDS) expect(readCode(here, id).records).toBe(versions()[id]);
});

test('a file that an experiment does not run through changes nothing: a new one, the registry, a report, the contract', () => {
  expect(changedBy(() => writeFileSync(url('lab/new.ts'), "import { MODEL } from './model.ts';\nexport const NEW = MODEL;\n"))).toEqual([]);
  expect(changedBy(() => writeFileSync(url('lab/experiments/new.ts'), "import { NEW } from '../new.ts';\nexport const other = NEW;\n"))).toEqual([]);
  expect(changedBy(() => add('lab/experiments/index.ts', "export { other } from './new.ts';\n"))).toEqual([]);
  for (const file of readdirSync(url('lab/reports'))) expect(changedBy(() => add(`lab/reports/${file}`, '// other words\n')), file).toEqual([]);
  for (const file of ['results.ts', 'measures.ts', 'lab/stats.ts']) expect(changedBy(() => add(file, '// changed\n')), file).toEqual([]); // only reports use them
  expect(changedBy(() => add('lab/experiment.ts', '// changed\n'))).toEqual([]); // types alone
});

test('a file that an experiment runs through changes it, and those alone that run through it too', () => {
  const change = (file: string): string[] => changedBy(() => add(`lab/${file}`, '// changed\n'));
  for (const file of ['model.ts', 'world.ts', 'random.ts', 'train.ts', 'tune.ts', 'tasks.ts', 'batch.ts', 'weights.ts', 'arms.ts']) expect(change(file), file).toEqual(ALL);
  for (const file of ['measure.ts', 'probe.ts', 'exam.ts', 'experiments/settings.ts']) expect(change(file), file).toEqual(ALL.filter((name) => name !== 'weights'));
  expect(change('experiments/silence.ts')).toEqual(['recovery', 'silence', 'strata']); // they tune to its checkpoint
  expect(change('experiments/points.ts')).toEqual(['capacity', 'dose']);
  expect(change('experiments/dose.ts')).toEqual(['dose']);
});

test('an experiment without a file of its own has the version of its registry', () => {
  const registry = new URL('../lab-tiny/index.ts', import.meta.url);
  expect(readCode(registry, 'tiny').records).toBe(hashModule(registry));
});

test('types are not followed; every other import is, however it is laid out', () => {
  const source = `
// import { no } from './comment.ts';
/** import { no } from './comment.ts'; */
import { a } from './a.ts';
import type { No } from './type.ts';
import type * as No2 from './type.ts';
import {
  b, c,
  type D,
} from './b.ts';
import e, * as f from './e.ts';
import './alone.ts';
import * as z from 'zod';
export type { No3 } from './type.ts';
export { g } from './g.ts';
export * from './h.ts';
export type NoSemicolon = number
export { j } from './j.ts';
export const i = Array.from('from here');
const important = 'imports';
`;
  expect(readImports(source, 'it')).toEqual(['./a.ts', './b.ts', './e.ts', './alone.ts', 'zod', './g.ts', './h.ts', './j.ts']);
});

test('what cannot be followed is refused by name, never passed over', () => {
  const refuse = (line: string, message: string | RegExp): void => {
    const file = url('lab/exam.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n${line}\n`);
    expect(() => readCode(url('lab/experiments/index.ts'), 'recovery'), line).toThrow(message);
    writeFileSync(file, text);
  };
  for (const line of [
    "const late = await import('./model.ts');",
    "  import { MODEL } from './model.ts';",
    "const x = 1; import { MODEL } from './model.ts';",
    "import {\n  MODEL, // it's here\n} from './model.ts';",
    "/* first */ export { MODEL } from './model.ts'; export * from './model.ts';",
    "const model = require('./model.ts');",
    "type Late = import('./model.ts').Weights;",
    "const text = '/*';\nconst late = import('./model.ts'); // */",
  ])
    refuse(line, /exam\.ts: not every import in it can be followed/);
  refuse("import { nothing } from './nowhere.ts';", /exam\.ts: imports .*nowhere\.ts, and there is no such file/);
  refuse("import { folder } from './reports';", /exam\.ts: imports .*reports, and there is no such file/);
  refuse("import { mean } from 'simple-statistics';", 'recovery.ts: imports simple-statistics; the lab computes with no package but @jax-js/jax');
  refuse("import { readFileSync } from 'node:fs';", 'recovery.ts: imports node:fs;');
});

test('what is left out bears on no record: an experiment takes from its report the report alone, and weights are kept by what trains', () => {
  const files = (part: string): string[] => readdirSync(join(root, part)).filter((f) => f.endsWith('.ts')).map((f) => `${part}/${f}`);
  for (const file of [...files('src/lab/experiments'), ...files('src/lab')]) {
    const values = [...read(file).matchAll(/^import (?!type)([^;]*?) from '[./]*\/reports\/\w+\.ts'/gm)].flatMap(([, names]) => names!.match(/(?<!type )\b[a-z]\w+/g)!.filter((n) => n !== 'type'));
    expect(values.filter((n) => !/^report[A-Z]/.test(n)), file).toEqual([]);
  }
  expect([...files('src/lab/experiments'), ...files('src/lab')].filter((f) => /\.keep\(/.test(read(f)))).toEqual(['src/lab/arms.ts']);
});
