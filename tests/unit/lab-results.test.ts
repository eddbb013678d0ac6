// The committed results: each is what its records give, enough seeds count, the never twin stays at
// chance everywhere, and a short slice of each, run again here, gives the same numbers.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { EXPERIMENTS } from '../../src/lab/experiments/index.ts';
import type { Attempts, RecoveryMeasures } from '../../src/lab/reports/recovery.ts';
import type { SilenceMeasures } from '../../src/lab/reports/silence.ts';
import type { StrataMeasures } from '../../src/lab/reports/strata.ts';
import type { CapacityMeasures } from '../../src/lab/reports/capacity.ts';
import type { DoseMeasures } from '../../src/lab/reports/dose.ts';
import { results, root } from '../support.ts';

test('each of the four flagship experiments has a result, of at least five seeds that count, in less than 200 kB', () => {
  expect(results.map((r) => r.experiment)).toEqual(expect.arrayContaining(['silence', 'recovery', 'dose', 'strata']));
  for (const r of results) {
    expect(r.seeds.filter((s) => s.invalid === undefined).length, r.experiment).toBeGreaterThanOrEqual(5);
    expect(r.seeds.filter((s) => [1, 2, 3].includes(s.seed)), 'no seed of development').toEqual([]);
    expect(statSync(join(root, `assets/lab/${r.experiment}.json`)).size).toBeLessThan(200_000);
  }
});

for (const result of results)
  test(`${result.experiment}: verdict and figures are those of its records`, () => {
    const experiment = EXPERIMENTS.find((e) => e.id === result.experiment)!;
    expect(result.made.config).toEqual(experiment.config);
    const { outcome, figures } = experiment.report(result.seeds as never, result.made.config as never);
    expect(result.outcome).toEqual(outcome);
    expect(result.figures.map(({ experiment: _, claims: __, made: ___, ...part }) => part)).toEqual(figures);
  });

/** Every share of future facts that a never model got right, with what it was. */
function neverShares(id: string, measures: unknown): [string, number][] {
  const pair = ({ tuned, untuned }: { tuned: number; untuned: number }): number => (tuned + untuned) / 2;
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  if (id === 'silence') {
    const { untouched, arms } = measures as SilenceMeasures;
    return [['untouched', untouched.never] as const, ...Object.entries(arms).map(([n, a]) => [n, a.never] as const)].flatMap(([n, e]) => [...e.leak, ...e.namesOnly].map((v): [string, number] => [n, v]));
  }
  if (id === 'recovery')
    return Object.entries((measures as RecoveryMeasures).models).flatMap(([n, m]) => {
      const a: Attempts = m.never;
      return [a.before, ...a.relearned, a.falseNames, a.pastOnly, a.steered, ...a.rounded].map((p): [string, number] => [n, pair(p)]);
    });
  if (id === 'strata') return Object.entries((measures as StrataMeasures).models).flatMap(([n, m]) => [...m.never.lens, ...m.never.says, ...m.never.probe].map((v): [string, number] => [n, v]));
  const ofDose = ({ start, curves, parts }: DoseMeasures) => [start.never, ...curves.map((c) => c.never), ...parts.map((p) => p.never)];
  const ofCapacity = ({ settings }: CapacityMeasures) => settings.flatMap((s) => [s.start.never, ...Object.values(s.arms).map((a) => a.never)]);
  const points = id === 'dose' ? ofDose(measures as DoseMeasures) : ofCapacity(measures as CapacityMeasures);
  return points.flatMap((p): [string, number][] => [['leak', mean(p.leak)], ['held', mean(p.held)]]);
}

for (const result of results)
  test(`${result.experiment}: in every seed that counts, the never twin is within 3 points of chance on all it was asked`, () => {
    let asked = 0;
    for (const { seed, invalid, measures } of result.seeds) {
      if (invalid !== undefined) continue;
      for (const [what, share] of neverShares(result.experiment, measures)) {
        asked++;
        expect(share, `seed ${seed}, ${what}`).toBeLessThanOrEqual(0.01 + 0.03);
      }
    }
    expect(asked).toBeGreaterThan(50);
  });

/** Every push runs the slice of the experiment that the talk rests on; all slices take minutes. */
for (const [what, args, tag] of [
  ['digests, verdicts and figures of every experiment', ['--no-run'], []],
  ['a slice of recovery run again', ['recovery'], []],
  ['a slice of each experiment run again', [], ['@long']],
] as const)
test(`npm run lab -- verify finds nothing: ${what}`, { tag: [...tag] }, async () => {
  test.setTimeout(900_000);
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/run/lab/cli.ts', 'verify', ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise((done) => child.once('exit', done));
  expect(output).not.toMatch(/differs|failed/i);
  expect(code, output).toBe(0);
});
