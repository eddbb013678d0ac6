// The arithmetic of a talk on stage: pace, projected end, exit ramp, rehearsals. What must come out is
// worked out here by hand, or by walking the talk slide by slide.
import { expect, test } from '@playwright/test';
import { decodeQR } from '../qr.ts';
import { compileDeck } from '../../src/build/compile.ts';
import { codesJson, publicSite, qrHtml } from '../../src/build/qr.ts';
import { elapsed, isFresh, isRunning, minutes, start, stop, ZERO } from '../../src/stage/clock.ts';
import { endOf, exits, paceOf, passedFrom, planAt, rampOf, type Standing, type Stop } from '../../src/stage/plan.ts';
import { against, median, parseRun, type Run } from '../../src/stage/runs.ts';
import { root } from '../../src/run/setup.mjs';
import { evidence } from '../support.ts';

// a b c | D e F g | H : capitals are in the shortest cut too; the last chapter is H
const stop60 = (id: string, chapter: number, short: number | null): Stop => ({ id, number: id, title: id, chapter, seconds: 60, short });
const TALK: Stop[] = [stop60('A', 0, 50), stop60('b', 0, null), stop60('c', 0, null), stop60('D', 1, 40), stop60('e', 1, null), stop60('F', 1, 40), stop60('g', 1, null), stop60('H', 2, 50)];
const standing = (change: Partial<Standing>): Standing => ({ stops: TALK, at: 0, elapsed: 0, spent: {}, passed: new Set(), ...change });
/** So many seconds on each slide so far. */
const spentOn = (ids: string, each: number): Record<string, number> => Object.fromEntries([...ids].map((id) => [id, each]));

test.describe('the clock', () => {
  test('runs, stands and goes on', () => {
    let c = start(ZERO, 1000);
    expect([elapsed(c, 4000), isRunning(c), isFresh(c)]).toEqual([3, true, false]);
    c = stop(c, 4000);
    expect([elapsed(c, 99_000), isRunning(c), isFresh(c)]).toEqual([3, false, false]);
    c = start(c, 10_000);
    expect(elapsed(c, 12_500)).toBe(5.5);
    expect(start(c, 20_000), 'a running clock is not started again').toEqual(c);
    expect(isFresh(ZERO)).toBe(true);
  });
  test('is written as minutes and seconds', () => {
    expect([0, 9.9, 65, 600, -12, -0.4].map(minutes)).toEqual(['0:00', '0:09', '1:05', '10:00', '−0:12', '0:00']);
  });
});

test.describe('the plan', () => {
  test('of a slide: when it begins, how long it is, how long all is', () => {
    expect(planAt(standing({ at: 3 }))).toEqual({ before: 180, here: 60, all: 480 });
    expect(planAt(standing({ at: 7 }))).toEqual({ before: 420, here: 60, all: 480 });
  });
  test('with slides passed over it ends when it ended before', () => {
    // from D on F and H are left: 60 + 60 + 60 of 480
    expect(planAt(standing({ at: 3, passed: new Set(['e', 'g']) }))).toEqual({ before: 300, here: 60, all: 480 });
  });
});

test.describe('the projected end', () => {
  test('is now and what is left, as long as too little was presented to tell a pace', () => {
    expect(endOf(standing({}))).toBe(480);
    // a minute and a half on A: 60 planned is too little to go by, and nothing of A is left
    expect(endOf(standing({ elapsed: 90, spent: { A: 90 } }))).toBe(90 + 7 * 60);
    expect(endOf(standing({ elapsed: 20, spent: { A: 20 } }))).toBe(480);
  });
  test('follows the pace of the slides presented', () => {
    // A, b, c took 90 each, half as long again; on D 30 of its 90 are gone
    const s = standing({ at: 3, elapsed: 300, spent: { ...spentOn('Abc', 90), D: 30 } });
    expect(paceOf(s)).toBe(1.5);
    expect(endOf(s)).toBe(300 + 60 + 4 * 90);
  });
  test('takes no pace from slides that were paged past', () => {
    const s = standing({ at: 6, elapsed: 244, spent: { ...spentOn('AbF', 80), ...spentOn('cDe', 1), g: 1 } });
    expect(paceOf(s)).toBeCloseTo(240 / 180, 9);
  });
  test('is told within bounds, however odd the beginning', () => {
    expect(paceOf(standing({ at: 3, spent: spentOn('Abc', 6000) }))).toBe(3);
    expect(paceOf(standing({ at: 3, spent: spentOn('Abc', 13) }))).toBeCloseTo(1 / 3, 9);
  });
});

test.describe('the exit ramp', () => {
  test('leaves after the first slide whose follower is not in the shortest cut', () => {
    const { next, latest, isNeeded } = rampOf(standing({}))!;
    expect([next.leave.id, next.on, next.to.id, next.close.id, next.left, next.passes]).toEqual(['A', 0, 'D', 'H', 3, 4]);
    expect(next.end).toBe(60 + 3 * 60);
    expect(latest!.leave.id, 'on time, the last is the last there is').toBe('F');
    expect(isNeeded).toBe(false);
  });
  test('late, the last exit that still ends in time is found, and the next one is nearest', () => {
    // on b, 160 late: 340 gone, all of b's minute still to come. What was presented is too little for a pace.
    const s = standing({ at: 1, elapsed: 220, spent: { A: 220, b: 0 } });
    // each exit walked: rest of b, then slides up to the exit, then capitals
    const walked = { b: 220 + 60 + 180, D: 220 + 60 + 120 + 120, F: 220 + 60 + 240 + 60 };
    expect(Object.fromEntries(exits(s).map((e) => [e.leave.id, e.end]))).toEqual({ b: walked.b, D: walked.D, F: walked.F });
    const { next, latest, isNeeded } = rampOf(s)!;
    expect([next.leave.id, next.on, next.end]).toEqual(['b', 0, 460]);
    expect(latest!.leave.id).toBe('b');
    expect(isNeeded).toBe(true);
  });
  test('may be needed and still not be enough', () => {
    const ramp = rampOf(standing({ at: 3, elapsed: 400, spent: { ...spentOn('Abc', 100), D: 0 } }))!;
    expect([ramp.isNeeded, ramp.latest]).toEqual([true, undefined]);
  });
  test('is none where all that is left is shown anyway, nor once it is taken', () => {
    expect(rampOf(standing({ at: 6 })), 'g is not in the cut, but H, which is, follows it').toBe(undefined);
    expect(rampOf(standing({ at: 7 }))).toBe(undefined);
    expect(rampOf(standing({ passed: new Set(['e']) }))).toBe(undefined);
    expect(rampOf(standing({ stops: TALK.filter((s) => s.short !== null) }))).toBe(undefined);
  });
  test('never leaves the close out', () => {
    const cutOff = [...TALK.slice(0, 7), { ...TALK[7]!, short: null }];
    expect(exits(standing({ stops: cutOff }))).toEqual([]);
  });
  test('passes over what is ahead alone', () => {
    expect(passedFrom(TALK, 1)).toEqual(['c', 'e', 'g']);
  });
  test('of the real talk ends each time where walking it ends, and passes over what is not in the short cut', () => {
    const { slides } = compileDeck(root, evidence());
    const stops: Stop[] = slides.filter((s) => s.cuts.includes(25)).map((s, i) => ({ id: s.id, number: String(i + 1), title: s.headline, chapter: s.chapter, seconds: s.seconds[25]!, short: s.seconds[10] ?? null }));
    let seen = 0;
    for (let at = 0; at < stops.length; at++)
      for (const e of exits({ stops, at, elapsed: 100, spent: {}, passed: new Set() })) {
        seen++;
        let clock = 100;
        const shown: string[] = [];
        let hasLeft = false;
        for (const s of stops.slice(at)) {
          if (hasLeft && !slides.find((t) => t.id === s.id)!.cuts.includes(10)) continue;
          shown.push(s.id);
          clock += s.seconds;
          hasLeft ||= s.id === e.leave.id;
        }
        expect(e.end, `${stops[at]!.id}, leaving after ${e.leave.id}`).toBe(clock);
        expect(shown.at(-1)).toBe(slides.findLast((s) => s.cuts.includes(10))!.id);
        expect([shown[e.on], shown[e.on + 1]]).toEqual([e.leave.id, e.to.id]);
      }
    expect(seen).toBeGreaterThan(50);
  });
});

const run = (change: Partial<Run>): Run => ({ version: 1, id: 'x', began: '2026-01-02T03:04:05.000Z', cut: '25', ended: true, elapsed: 480, plan: {}, slides: {}, backup: {}, questions: [], ...change });

test.describe('rehearsals', () => {
  test('the median is the middle one, or between the two in the middle', () => {
    expect([median([]), median([7]), median([9, 1, 5]), median([8, 1, 4, 100])]).toEqual([null, 7, 5, 6]);
  });
  test('against the plan: times, median, difference, and over at more than 20 % above', () => {
    const rows = against(TALK.slice(0, 3), [run({ slides: { A: 70, b: 72 } }), run({ slides: { A: 75, b: 72 } }), run({ slides: { A: 90 } })]);
    expect(rows.map((r) => [r.id, r.times, r.median, r.difference, r.isOver])).toEqual([
      ['A', [70, 75, 90], 75, 15, true],
      ['b', [72, 72, null], 72, 12, false], // exactly 20 % is not more
      ['c', [null, null, null], null, null, false],
    ]);
  });
  test('a record comes back as it was written', () => {
    const one = run({ slides: { A: 61.5 }, questions: [{ at: 30, shown: [{ id: 'A', seconds: 4 }] }] });
    expect(parseRun(JSON.stringify(one))).toEqual(one);
  });
  for (const [what, text, why] of [
    ['cut short', '{"version":1,', /not whole JSON/],
    ['of another kind', '[]', /it: /],
    ['of another version', JSON.stringify({ ...run({}), version: 2 }), /“version”/],
    ['with a time that is none', JSON.stringify(run({ slides: { A: -3 } })), /“slides\.A”.*no time in seconds/],
    ['without its beginning', JSON.stringify({ ...run({}), began: 'yesterday' }), /“began”/],
  ] as const)
    test(`a record ${what} is refused with its reason`, () => {
      expect(() => parseRun(text)).toThrow(why);
    });
});

test.describe('codes to scan', () => {
  test('each is read back, by another library, as the reading page at its slide', () => {
    const ids = ['monday', 'b-questions', 'a'.repeat(60)];
    const { site, codes } = JSON.parse(codesJson('https://example.org/a-talk', ids)) as { site: string; codes: Record<string, { size: number; bits: string }> };
    expect(site).toBe('https://example.org/a-talk');
    for (const id of ids) {
      const { size, bits } = codes[id]!;
      const bytes = Buffer.from(bits, 'base64');
      expect(decodeQR(size, (i) => Boolean((bytes[i >> 3]! >> (7 - (i & 7))) & 1))).toBe(`https://example.org/a-talk/read/#${id}`);
    }
  });
  test('without an address there is none, and a slide that asks for one is as before', () => {
    expect(publicSite(undefined)).toBe(undefined);
    expect(publicSite('  ')).toBe(undefined);
    expect(qrHtml(undefined, 'monday')).toBe('');
    expect(compileDeck(root, evidence()).slides.filter((s) => s.html.includes('class="qr"'))).toEqual([]);
  });
  test('with one the closing slide carries it', () => {
    const slide = compileDeck(root, evidence(), 'https://example.org').slides.findLast((s) => !s.backup)!;
    expect(slide.html).toContain(`href="https://example.org/read/#${slide.id}"`);
  });
  test('the address is taken with or without a slash; what is no address stops the build', () => {
    expect(publicSite('https://example.org/a/')).toBe('https://example.org/a');
    for (const bad of ['example.org', 'ftp://example.org', 'https://example.org/?a=1', 'https://example.org/#x']) expect(() => publicSite(bad), bad).toThrow(/SITE_URL is/);
  });
});
