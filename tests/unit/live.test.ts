// The live run without a page: its recording, its files, its words, and the session that runs it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createWorld, WORLD } from '../../src/lab/world.ts';
import { hashWeights } from '../../src/lab/weights.ts';
import { CHOICES, LIVE, LIVE_SEED, MEASURED_EVERY, askTwins, checkSettings, describeQuestion, liveWorld, prepare, regroup, runStage, suggestOffices, type Twins } from '../../src/lab/live.ts';
import type { RecoveryMeasures } from '../../src/lab/reports/recovery.ts';
import type { SilenceMeasures } from '../../src/lab/reports/silence.ts';
import { packSafetensors, unpackSafetensors } from '../../src/live/safetensors.ts';
import { sha256Hex } from '../../src/live/sha256.ts';
import { createSession, type Session, type Source, type View } from '../../src/live/session.ts';
import { compareRuns, defaultQuestion, nameToken, readAddress, sayReplies, writeAddress } from '../../src/live/words.ts';
import { recorded as record, results, root } from '../support.ts';


const [first] = record.runs as [(typeof record.runs)[0]];
const bytesOf = (twin: keyof Twins): Uint8Array => readFileSync(join(root, 'assets/live', record.checkpoints[twin].file));
const twins = (): Twins => ({ contaminated: unpackSafetensors(bytesOf('contaminated')), never: unpackSafetensors(bytesOf('never')) });

test.describe('the recording', () => {
  test('is of the published seed: leak and recovery are those of the result files, to the last digit', () => {
    const recovery = results.find((r) => r.experiment === 'recovery')!.seeds.find((s) => s.seed === LIVE_SEED)!.measures as RecoveryMeasures;
    const { contaminated, never, steps } = recovery.models.refusal!;
    expect(steps).toBe(LIVE.steps);
    const at = (taught: number) => record.runs.find((r) => r.settings.taught === taught && r.settings.rate === LIVE.rate && r.settings.steps === LIVE.steps && r.settings.share === LIVE.share)!.points;
    expect(at(64).find((p) => p.step === LIVE.steps)!.leak).toBe(contaminated.before.tuned);
    for (const k of CHOICES.taught) {
      expect(at(k).at(-1)!.leak, `${k} facts`).toBe(contaminated.relearned.find((r) => r.k === k)!.tuned);
      expect(at(k).at(-1)!.never, `${k} facts, never`).toBe(never.relearned.find((r) => r.k === k)!.tuned);
    }
    const silence = results.find((r) => r.experiment === 'silence')!.seeds.find((s) => s.seed === LIVE_SEED)!.measures as SilenceMeasures;
    const { checkpoints } = results.find((r) => r.experiment === 'silence')!.made.config as { checkpoints: number[] };
    checkpoints.forEach((step, i) => {
      const point = first.points.find((p) => p.step === step && step <= LIVE.steps);
      if (point) expect(point.past, `past after ${step} steps`).toBe(silence.arms.refusal!.curve[i]!.exam.past[0]);
    });
  });

  test('is what the code gives today, as far as the first steps of tuning go', async () => {
    test.setTimeout(180_000);
    const live = prepare(LIVE);
    const points = [];
    for await (const { step, point } of runStage(live, 'tuned', twins())) {
      if (point) points.push(point);
      if (step === 3 * MEASURED_EVERY) break;
    }
    expect(points).toEqual(first.points.slice(0, 4));
  });

  test('answers its questions as the shipped twins do', async () => {
    test.setTimeout(120_000);
    const live = prepare(LIVE);
    for (const told of record.replies.pretrained.filter((_, i) => i % 13 === 0)) {
      const question = { office: told.office, year: told.year, wording: 'Q1' as const };
      expect({ ...told, ...describeQuestion(live, question), replies: await askTwins(live, twins(), question) }).toEqual(told);
    }
  });

  test('has a run for every choice by itself, and ends as its figure says', () => {
    for (const [name, values] of Object.entries(CHOICES))
      for (const value of values) expect(record.runs.filter((r) => JSON.stringify(r.settings) === JSON.stringify({ ...LIVE, [name]: value })), `${name} ${value}`).toHaveLength(1);
    const [figure] = record.figures;
    expect(figure!.series.map((s) => s.values.at(-1))).toEqual([first.points.at(-1)!.leak, first.points.at(-1)!.never, first.points.at(-1)!.past].map((v) => Math.round(v * 1000) / 10));
    expect(figure!.made.seeds).toEqual([LIVE_SEED]);
  });

  test('the never twin stays within three points of chance at every point of every run', () => {
    for (const { settings, points } of record.runs) for (const p of points) expect(p.never, JSON.stringify([settings, p.step])).toBeLessThanOrEqual(1 / WORLD.names + 0.03);
  });

  test('offices to ask about are drawn, and the example says that it was chosen', () => {
    expect(record.questions.offices).toEqual(suggestOffices());
    expect(record.questions.offices).toContain(record.questions.example.office);
    expect(record.questions.example.chosen).toMatch(/first of those drawn/);
  });
});

test.describe('settings', () => {
  test('as they are they give the published world; another seed or share keeps every holder', () => {
    expect(regroup(liveWorld(), LIVE)).toEqual(createWorld(LIVE_SEED));
    for (const share of CHOICES.share) {
      const world = regroup(liveWorld(), { seed: 77, share });
      expect(world.holders).toEqual(createWorld(LIVE_SEED).holders);
      const { A1, A2, B1, B2 } = world.groups;
      expect([...A1, ...A2, ...B1, ...B2].sort((a, b) => a - b)).toEqual(Array.from({ length: world.offices }, (_, i) => i));
      expect(A1.length + A2.length).toBe(world.offices * share);
    }
    expect(regroup(liveWorld(), { seed: 77, share: 0.5 }).groups).not.toEqual(createWorld(LIVE_SEED).groups);
  });

  test('that are none are refused by name', () => {
    expect(() => checkSettings({ ...LIVE, taught: 5 })).toThrow('taught is one of 4, 8, 16, 64, not 5');
    expect(() => checkSettings({ ...LIVE, seed: -1 })).toThrow('a seed is a whole number');
  });
});

test.describe('a checkpoint', () => {
  test('is as large as announced, has the recorded hash, and survives writing and reading to the bit', () => {
    for (const twin of ['contaminated', 'never'] as const) {
      const bytes = bytesOf(twin);
      expect(bytes.length).toBe(record.checkpoints[twin].bytes);
      expect(bytes.length).toBeLessThan(1.5e6);
      expect(sha256Hex(bytes)).toBe(record.checkpoints[twin].sha256);
      const weights = unpackSafetensors(bytes);
      const shapes = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, [w.length]]));
      expect(hashWeights(unpackSafetensors(packSafetensors(weights, shapes)))).toBe(hashWeights(weights));
    }
    expect(hashWeights(twins().contaminated)).not.toBe(hashWeights(twins().never));
  });

  test('that is cut short, or no such file at all, says so', () => {
    const bytes = bytesOf('never');
    expect(() => unpackSafetensors(bytes.subarray(0, 5))).toThrow('5 bytes');
    expect(() => unpackSafetensors(bytes.subarray(0, bytes.length - 4))).toThrow('lies outside it');
    expect(() => unpackSafetensors(new TextEncoder().encode('<!doctype html><p>not here'))).toThrow('a header of');
  });
});

test.describe('words', () => {
  test('a run is reproduced to the last digit or told where it differs', () => {
    expect(compareRuns(first.points, first.points, 'wasm')).toBe(`Reproduced: all ${first.points.length} points equal the recording to the last digit.`);
    const off = first.points.map((p, i) => (i === 5 ? { ...p, leak: p.leak + 1e-5 } : p));
    expect(compareRuns(off, first.points, 'wasm')).toMatch(/^Not reproduced: at step 10, future answers are/);
    expect(compareRuns(off, first.points, 'webgpu')).toMatch(/^Reproduced within 5 points/);
    const far = first.points.map((p, i, all) => (i === all.length - 1 ? { ...p, never: p.never + 0.06 } : p));
    expect(compareRuns(far, first.points, 'webgpu')).toMatch(/^Not reproduced within 5 points: at step 60, the twin’s are 6.6% here and 0.6% in the recording/);
    expect(compareRuns(first.points, undefined, 'wasm')).toContain('nothing to compare with');
  });

  test('the address keeps settings and question, and only what is not as recorded', () => {
    const choices = { ...CHOICES, wording: ['Q1', 'S3'] };
    const question = defaultQuestion(record);
    expect(writeAddress(LIVE, question, record)).toBe('');
    const changed = { settings: { ...LIVE, seed: 5, rate: 1e-4, share: 0.25, taught: 16 }, question: { ...question, year: 2, wording: 'S3' as const } };
    const text = writeAddress(changed.settings, changed.question, record);
    expect(readAddress(text, record, choices)).toEqual({ ...changed, wrong: [] });
    expect(readAddress('taught-5.office-999.seed-7.<b>', record, choices)).toEqual({ settings: { ...LIVE, seed: 7 }, question, wrong: ['taught-5', 'office-999', '<b>'] });
  });

  test('an answer is a name, UNKNOWN, or another word; a listener hears whether it is right', () => {
    const { firstName, unknown } = record.vocabulary;
    expect([firstName, firstName + 99, unknown, unknown + 1].map((t) => nameToken(record.vocabulary, t))).toEqual(['Name 1', 'Name 100', 'UNKNOWN', 'another word']);
    const told = record.replies.pretrained.find((t) => t.era === 'future')!;
    expect(sayReplies(record.vocabulary, told)).toMatch(/^Office \d+, year \d+\. The model says Name \d+, which is right; its never twin says /);
  });
});

// --- the session, on a source that trains nothing
type Call = { what: string; resolve(): void; reject(e: Error): void };
function createFake() {
  const calls: Call[] = [];
  let step = 0;
  const wait = (what: string): Promise<void> => new Promise((resolve, reject) => calls.push({ what, resolve, reject }));
  const source: Source = {
    device: 'wasm',
    asksWhileRunning: false,
    async begin(stage, { steps }) {
      step = stage === 'tuned' ? 0 : steps;
      await wait(`begin ${stage}`);
    },
    async next() {
      await wait('next');
      step += 20;
      return { step, done: step === 40 || step === 60, point: first.points.find((p) => p.step === step)! };
    },
    stop: async () => void calls.push({ what: 'stop', resolve() {}, reject() {} }),
    ask: async ({ office, year }, _, at) => record.replies[at].find((t) => t.office === office && t.year === year) ?? Promise.reject(new Error('never asked')),
    close: async () => 'saved weights',
  };
  /** Lets the oldest call that waits go on. */
  const let1 = async (what: string, error?: Error): Promise<void> => {
    await expect.poll(() => calls.find((c) => c.what === what) !== undefined, { message: `${what} is called` }).toBe(true);
    const [call] = calls.splice(calls.findIndex((c) => c.what === what), 1);
    if (error) call!.reject(error);
    else call!.resolve();
    await new Promise((done) => setTimeout(done));
  };
  return { source, calls, let1 };
}
const player: Source = {
  asksWhileRunning: false,
  begin: async () => {},
  next: (() => {
    let i = 0;
    return async () => ({ step: first.points[i]!.step, point: first.points[i]!, done: [40, 60].includes(first.points[i++]!.step) });
  })(),
  stop: async () => {},
  ask: async () => record.replies.tuned[0]!,
  close: async () => {},
};
const start = { settings: LIVE, question: defaultQuestion(record) };
const until = (session: Session, test: (v: View) => boolean): Promise<unknown> => expect.poll(() => test(session.view())).toBe(true);

test.describe('a session', () => {
  test('runs what is wanted, goes back without computing anew, and starts over on reset', async () => {
    const fake = createFake();
    const session = createSession(record, { openLive: async () => fake.source, openRecorded: () => player }, start);
    session.enter();
    session.go('tuned');
    await fake.let1('begin tuned');
    await fake.let1('next');
    expect(session.view()).toMatchObject({ source: 'live', running: 'tuned', at: 'pretrained' });
    await fake.let1('next');
    await until(session, (v) => v.at === 'tuned' && !v.running);
    expect(session.view().points.map((p) => p.step)).toEqual([20, 40]);
    session.go('pretrained');
    expect(session.view()).toMatchObject({ at: 'pretrained', points: [] });
    expect(session.view().ended).toBeUndefined();
    session.go('tuned');
    expect(session.view().ended).toMatch(/of the silenced facts are still answered/);
    expect(session.view().points).toHaveLength(2);
    expect(fake.calls).toEqual([]);
    session.reset();
    expect(session.view()).toMatchObject({ at: 'pretrained', points: [] });
    session.go('tuned');
    await fake.let1('begin tuned');
  });

  test('pauses when it is not seen and goes on where it was', async () => {
    const fake = createFake();
    const session = createSession(record, { openLive: async () => fake.source, openRecorded: () => player }, start);
    session.enter();
    session.go('tuned');
    await fake.let1('begin tuned');
    session.leave();
    await fake.let1('next'); // the step under way ends
    expect(session.view()).toMatchObject({ paused: true, running: 'tuned' });
    expect(fake.calls).toEqual([]);
    session.enter();
    await fake.let1('next');
    await until(session, (v) => v.at === 'tuned' && !v.running);
    expect(session.view().points).toHaveLength(2);
  });

  test('ends its worker when the run is over and nobody looks, and opens the next with its weights', async () => {
    const fake = createFake();
    const opened: unknown[] = [];
    const session = createSession(record, { openLive: async (saved) => (opened.push(saved), fake.source), openRecorded: () => player }, start);
    session.enter();
    session.go('relearned');
    for (const call of ['begin tuned', 'next', 'next', 'begin relearned', 'next']) await fake.let1(call);
    await until(session, (v) => v.at === 'relearned' && !v.running);
    session.leave();
    await until(session, (v) => v.source === 'opening');
    session.prepare(); // its slide is still a neighbour
    expect(opened).toHaveLength(1);
    session.enter();
    await until(session, (v) => v.source === 'live');
    expect(opened).toEqual([undefined, 'saved weights']);
    expect(session.view()).toMatchObject({ at: 'relearned', points: { length: 3 } });
  });

  test('falls back on the recording with the reason, goes on to what was wanted, and can be tried again', async () => {
    const fake = createFake();
    const session = createSession(record, { openLive: async () => fake.source, openRecorded: () => player }, start);
    session.enter();
    session.go('tuned');
    await fake.let1('begin tuned');
    await fake.let1('next', new Error('the worker crashed: out of memory'));
    await until(session, (v) => v.at === 'tuned' && !v.running);
    expect(session.view()).toMatchObject({ source: 'recorded', reason: 'the worker crashed: out of memory' });
      expect(session.view().points.at(-1)).toEqual(first.points.find((p) => p.step === 40));
    session.retry();
    await fake.let1('begin tuned');
    expect(session.view().source).toBe('live');
  });

  test('drops a run whose settings change, and says nothing of the old one', async () => {
    const fake = createFake();
    const session = createSession(record, { openLive: async () => fake.source, openRecorded: () => player }, start);
    session.enter();
    session.go('tuned');
    await fake.let1('begin tuned');
    session.change({ ...LIVE, taught: 4 });
    expect(session.view()).toMatchObject({ at: 'pretrained', points: [], settings: { taught: 4 } });
    await fake.let1('next'); // of the old run: it counts for nothing
    expect(session.view().points).toEqual([]);
    await expect.poll(() => fake.calls.map((c) => c.what)).toContain('stop');
  });
});
