// A talk on stage, as the person who gives it works it: clicks and keys, and a clock that is moved on.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { compileDeck, type Slide } from '../../src/build/compile.ts';
import { root } from '../../src/run/setup.mjs';
import { decodePicture } from '../qr.ts';
import { evidence, goTo, openDeck, placeNow, read } from '../support.ts';

test.describe.configure({ mode: 'parallel' });

let deck: Slide[];
const slides = (): Slide[] => (deck ??= compileDeck(root, evidence()).slides);
const main = (cut: 10 | 25): Slide[] => slides().filter((s) => s.cuts.includes(cut));
const plan = (cut: 10 | 25, of = main(cut)): number => of.reduce((n, s) => n + s.seconds[cut]!, 0);
const long = (): Slide[] => main(25);
const isShort = (id: string): boolean => main(10).some((s) => s.id === id);

/** “1:05” → 65. */
const inSeconds = (text: string): number => {
  const [, sign, m, s] = /^([−+]?)(\d+):(\d\d)/.exec(text.trim())!;
  return (sign === '−' ? -1 : 1) * (60 * Number(m) + Number(s));
};
const at = async (page: Page): Promise<string> => (await placeNow(page)).id;

async function openSpeaker(page: Page, query = ''): Promise<Page> {
  await openDeck(page, query);
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('#where')).toContainText(' of ');
  return speaker;
}
/** Goes on to the next slide, over its steps. */
async function nextSlide(page: Page, speaker: Page): Promise<string> {
  const from = await at(page);
  while ((await at(page)) === from) {
    const before = await placeNow(page);
    await speaker.keyboard.press('PageDown');
    await expect.poll(() => placeNow(page)).not.toEqual(before);
  }
  return at(page);
}
const clockOf = async (speaker: Page): Promise<number> => inSeconds((await speaker.locator('#elapsed').textContent())!);
/** The seconds that a test lets go by, and those that it takes to do so. */
const took = (seconds: number, wanted: number): boolean => seconds >= wanted - 1 && seconds < wanted + 60;
/** As near as rounding leaves it. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 3;
/** Accepts what the page asks next. */
const agree = (page: Page): void => void page.once('dialog', (d) => void d.accept());

const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(read('node_modules/axe-core/axe.min.js'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}`));
  });
};

for (const cut of [10, 25] as const)
  test(`the plan of the ${cut}-minute cut is the sum of its slides’ times, and the end is told by it`, async ({ page }) => {
    const speaker = await openSpeaker(page, `?cut=${cut}`);
    const all = plan(cut);
    await expect(speaker.locator('#plan')).toContainText(`of ${Math.floor(all / 60)}:${String(all % 60).padStart(2, '0')}`);
    await expect(speaker.locator('#plan')).toContainText('the clock starts with the first move');
    const told = await speaker.evaluate((all) => {
      const text = document.getElementById('end')!.textContent;
      const near = [-1, 0, 1].map((s) => new Date(Date.now() + (all + s) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
      return near.some((t) => text.startsWith(`Ends at ${t}, as planned`)) ? '' : text;
    }, all);
    expect(told).toBe('');
    if (cut === 10) await expect(speaker.locator('#ramp')).toHaveText('No exit ramp: this is the shortest cut.');
  });

test('the clock stands with the slides: the speaker’s window may close, and either may reload', async ({ page, context }) => {
  await context.clock.install();
  const speaker = await openSpeaker(page);
  await nextSlide(page, speaker);
  await context.clock.fastForward(40_000);
  await expect.poll(() => clockOf(speaker)).toBeGreaterThanOrEqual(40);
  await page.reload();
  await page.waitForSelector('html[data-loaded="all"]');
  await speaker.reload();
  await expect(speaker.locator('#where')).toContainText(' of ');
  await expect.poll(() => clockOf(speaker)).toBeGreaterThanOrEqual(40);
  agree(speaker);
  await speaker.getByRole('button', { name: 'Reset clock' }).click();
  await expect(speaker.locator('#elapsed')).toHaveText('0:00');
  await speaker.getByRole('button', { name: 'Start clock' }).click();
  await expect(speaker.getByRole('button', { name: 'Pause clock' })).toBeVisible();
});

test.describe('the exit ramp', () => {
  /** On the slide of that place in the long cut, so many seconds after the first move. */
  async function late(page: Page, context: BrowserContext, index: number, seconds: number): Promise<Page> {
    await context.clock.install();
    const speaker = await openSpeaker(page);
    await goTo(page, { id: long()[index]!.id, fragment: -1 });
    await context.clock.fastForward(seconds * 1000);
    await expect.poll(() => clockOf(speaker)).toBeGreaterThanOrEqual(seconds);
    return speaker;
  }
  const INDEX = 5; // far from the end, and outside the short cut
  /** All that a talk from there shows on the ramp. */
  const onRamp = (index: number): string[] => [long()[index]!.id, ...long().slice(index + 1).filter((s) => isShort(s.id)).map((s) => s.id)];

  test('in time it is offered, late it is needed: where to leave, where to, and when that ends', async ({ page, context }) => {
    const speaker = await late(page, context, INDEX, 60);
    await expect(speaker.locator('#ramp')).toContainText('In time. Exit ramp if needed:');
    await context.clock.fastForward(900_000);
    const ramp = speaker.locator('#ramp');
    await expect(ramp).toContainText(/^Exit ramp: from/);
    const leave = long().findIndex((_, i) => i >= INDEX && !isShort(long()[i + 1]!.id));
    await expect(ramp).toContainText(leave === INDEX ? 'from this slide' : `from ${leave + 1} ‘${long()[leave]!.headline.slice(0, 25)}`);
    const to = long().findIndex((s, i) => i > leave && isShort(s.id));
    await expect(ramp).toContainText(`go to ${to + 1} ‘${long()[to]!.headline.slice(0, 25)}`);
    // nothing of this slide's time is left; the pace is not known from one slide
    const left = plan(25, [...long().slice(INDEX + 1, leave + 1), ...long().slice(leave + 1).filter((s) => isShort(s.id))]);
    const [clock, text] = await speaker.evaluate(() => ['elapsed', 'ramp'].map((id) => document.getElementById(id)!.textContent) as [string, string]);
    const spare = plan(25) - inSeconds(clock) - left;
    const told = /ends at [^,]+, (\d+:\d\d) (to spare|over)/.exec(text)!;
    expect(near(inSeconds(told[1]!) * (told[2] === 'over' ? -1 : 1), spare), `${told[0]}, and by hand ${spare}`).toBe(true);
    await expect(speaker.locator('#end')).toHaveAttribute('data-pace', 'late');
  });

  test('taken by its button, next goes on by the short cut to the close, and the room sees slides alone', async ({ page, context }) => {
    test.setTimeout(180_000);
    const speaker = await late(page, context, INDEX, 900);
    const before = await page.evaluate(() => document.body.innerText.length);
    await speaker.getByRole('button', { name: 'Take the exit ramp' }).click();
    await expect(speaker.locator('#ramp')).toContainText('On the exit ramp');
    expect(await page.evaluate(() => document.body.innerText.length), 'nothing is written on the slide').toBe(before);
    await expect(page.locator('.notice')).toHaveCount(0);
    // the plan is another: the talk ends in time again
    const left = plan(25, long().slice(INDEX + 1).filter((s) => isShort(s.id)));
    const end = new RegExp(`of ${Math.floor(plan(25) / 60)}:.* this slide ends at ${Math.floor((plan(25) - left) / 60)}:${String((plan(25) - left) % 60).padStart(2, '0')}`);
    await expect(speaker.locator('#plan')).toContainText(end);
    const shown = [await at(page)];
    for (const _ of onRamp(INDEX).slice(1)) shown.push(await nextSlide(page, speaker));
    expect(shown).toEqual(onRamp(INDEX));
    await expect(speaker.locator('#where')).toContainText('Close');
    await expect(speaker.locator('#plan')).toContainText(/this slide ends at 2[45]:/);
  });

  test('what the picture of the next slide shows is what comes', async ({ page, context }) => {
    const speaker = await late(page, context, INDEX, 900);
    await speaker.keyboard.press('e');
    const [, to] = onRamp(INDEX);
    const there = slides().find((s) => s.id === to)!;
    await expect(speaker.locator('#coming')).toContainText(there.headline);
    await expect.poll(() => speaker.evaluate(() => (document.getElementById('then') as HTMLIFrameElement).contentWindow!.talk?.deck.getCurrentSlide()?.id)).toBe(to);
  });

  test('back pages over them too, to the slide where it was taken; E again gives the whole talk back', async ({ page }) => {
    await openDeck(page, `#/${long()[INDEX]!.id}`);
    await page.keyboard.press('e');
    const way = onRamp(INDEX).slice(0, 4);
    for (const id of way.slice(1)) {
      while ((await at(page)) !== id) await page.keyboard.press('PageDown');
      expect(way).toContain(await at(page));
    }
    const back: string[] = [];
    for (let i = 0; i < 40 && back[0] !== way[0]; i++) {
      await page.keyboard.press('PageUp');
      const id = await at(page);
      if (back[0] !== id && way.at(-1) !== id) back.unshift(id);
    }
    expect(back).toEqual(way.slice(0, -1));
    await page.keyboard.press('e');
    await goTo(page, { id: way[0]!, fragment: 99 });
    await page.keyboard.press('PageDown');
    await expect.poll(() => at(page)).toBe(long()[INDEX + 1]!.id);
  });

  test('a slide passed over is still there: by its address, and in the list of backup, from where R returns', async ({ page }) => {
    await openDeck(page, `#/${long()[INDEX]!.id}`);
    await page.keyboard.press('e');
    const passed = long().find((s, i) => i > INDEX && !isShort(s.id))!;
    await page.evaluate((id) => void (location.hash = `#/${id}`), passed.id);
    await expect.poll(() => at(page)).toBe(passed.id);
    await page.evaluate((id) => void (location.hash = `#/${id}`), long()[INDEX]!.id);
    await expect.poll(() => at(page)).toBe(long()[INDEX]!.id);
    await page.keyboard.press('i');
    await expect(page.getByRole('dialog').locator('li').first()).toContainText(passed.headline);
    await page.getByRole('searchbox').fill(passed.headline.slice(0, 30));
    await page.keyboard.press('Enter');
    await expect.poll(() => at(page)).toBe(passed.id);
    await page.keyboard.press('r');
    await expect.poll(() => at(page)).toBe(long()[INDEX]!.id);
  });

  test('a reload keeps it', async ({ page }) => {
    await openDeck(page, `#/${long()[INDEX]!.id}`);
    await page.keyboard.press('e');
    await page.reload();
    await page.waitForSelector('html[data-loaded="all"]');
    await goTo(page, { id: long()[INDEX]!.id, fragment: 99 });
    await page.keyboard.press('PageDown');
    await expect.poll(() => at(page)).toBe(onRamp(INDEX)[1]);
  });

  test('where there is none, E says so and changes nothing', async ({ page }) => {
    await openDeck(page, '?cut=10');
    await page.keyboard.press('e');
    await expect(page.locator('.notice')).toHaveText('No exit ramp: this is the shortest cut.');
    await openDeck(page, '#/monday');
    await page.keyboard.press('e');
    await expect(page.locator('.notice')).toHaveText('No exit ramp: every slide left is in the shortest cut too.');
  });
});

test.describe('questions', () => {
  test('Q stops the clock; Q again returns to the slide and the step, and the clock goes on', async ({ page, context }) => {
    await context.clock.install();
    const speaker = await openSpeaker(page, '#/head-start');
    await speaker.keyboard.press('PageDown');
    await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
    await context.clock.fastForward(30_000);
    await speaker.keyboard.press('q');
    await expect(speaker.locator('#mode')).toContainText('Questions: the clock waits');
    await expect(speaker.getByRole('button', { name: 'Questions' })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.locator('.notice'), 'the room is told nothing').toHaveCount(0);
    const stopped = await speaker.locator('#elapsed').textContent();
    await page.evaluate(() => void (location.hash = '#/b-rmu'));
    await expect.poll(() => at(page)).toBe('b-rmu');
    await context.clock.fastForward(120_000);
    await expect(speaker.locator('#elapsed')).toHaveText(stopped!);
    await page.bringToFront();
    await page.keyboard.press('q');
    await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
    await expect(speaker.locator('#mode')).not.toContainText('Questions');
    await context.clock.fastForward(10_000);
    await expect.poll(() => clockOf(speaker)).toBeGreaterThanOrEqual(inSeconds(stopped!) + 10);
    expect(await clockOf(speaker)).toBeLessThan(inSeconds(stopped!) + 60);
  });

  test('without a speaker view the slides say so', async ({ page }) => {
    await openDeck(page, '#/rounding');
    await page.keyboard.press('q');
    await expect(page.locator('.notice')).toContainText('Questions: the clock waits.');
    await page.keyboard.press('End');
    await page.keyboard.press('q');
    await expect.poll(() => at(page)).toBe('rounding');
  });

  test('a clock that was paused stays so, and one that never ran is not started by the way back', async ({ page, context }) => {
    await context.clock.install();
    const speaker = await openSpeaker(page, '#/rounding');
    await speaker.keyboard.press('q');
    await expect(speaker.locator('#mode')).toContainText('Questions');
    await page.evaluate(() => void (location.hash = '#/b-rmu'));
    await expect.poll(() => at(page)).toBe('b-rmu');
    await speaker.keyboard.press('q');
    await expect.poll(() => at(page)).toBe('rounding');
    await expect(speaker.locator('#mode')).toBeEmpty();
    await context.clock.fastForward(20_000);
    await expect(speaker.locator('#elapsed')).toHaveText('0:00');
  });
});

test('on a backup slide the plan waits for the return, and R returns', async ({ page, context }) => {
  await context.clock.install();
  const speaker = await openSpeaker(page, `#/${long()[3]!.id}`);
  await nextSlide(page, speaker);
  const from = await at(page);
  await page.bringToFront();
  await page.keyboard.press('i');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('B4');
  await page.keyboard.press('Enter');
  await expect(speaker.locator('#where')).toContainText('B4');
  await expect(speaker.locator('#plan')).toContainText('backup, unplanned');
  await expect(speaker.locator('#end')).toContainText('Ends at');
  await speaker.keyboard.press('r');
  await expect.poll(() => at(page)).toBe(from);
  await expect(speaker.locator('#plan')).toContainText('this slide ends at');
});

test.describe('a rehearsal', () => {
  const [one, two, three] = ['title', 'taught', 'practical-question'];
  /** Forty seconds on the second slide, a reload in between, ten on the third. */
  async function rehearse(page: Page, context: BrowserContext): Promise<Page> {
    await context.clock.install();
    const speaker = await openSpeaker(page, '?rehearse');
    await expect(speaker.locator('#mode')).toContainText('Rehearsal: the time on each slide is being recorded');
    expect(await at(page)).toBe(one);
    expect(await nextSlide(page, speaker)).toBe(two);
    await context.clock.fastForward(60_000);
    await page.reload();
    await page.waitForSelector('html[data-loaded="all"]');
    await expect(speaker.locator('#mode')).toContainText('Rehearsal');
    await context.clock.fastForward(20_000);
    expect(await nextSlide(page, speaker)).toBe(three);
    await context.clock.fastForward(12_000);
    return speaker;
  }
  const rowOf = (speaker: Page, id: string) => speaker.getByRole('dialog').getByRole('row', { name: slides().find((s) => s.id === id)!.headline });
  const cells = (speaker: Page, id: string): Promise<string[]> => rowOf(speaker, id).getByRole('cell').allTextContents();
  const openRuns = (speaker: Page): Promise<void> => speaker.getByRole('button', { name: 'Past runs' }).click();

  test('records the time on each slide, over a reload, and shows it against the plan with what is over', async ({ page, context }) => {
    test.setTimeout(180_000);
    const speaker = await rehearse(page, context);
    // a question, off the clock, on a backup slide; then one without the question's mode
    await speaker.keyboard.press('q');
    await page.evaluate(() => void (location.hash = '#/b-rmu'));
    await expect.poll(() => at(page)).toBe('b-rmu');
    await context.clock.fastForward(33_000);
    await speaker.keyboard.press('q');
    await expect.poll(() => at(page)).toBe(three);
    await page.evaluate(() => void (location.hash = '#/b-alpha'));
    await expect.poll(() => at(page)).toBe('b-alpha');
    await context.clock.fastForward(21_000);
    await speaker.getByRole('button', { name: 'End rehearsal' }).click();
    await expect(speaker.getByRole('button', { name: 'Rehearse', exact: true })).toBeVisible();
    expect(page.url(), 'a reload does not begin another').not.toContain('rehearse');
    await openRuns(speaker);
    const [planned, time, median, difference] = await cells(speaker, two);
    const wanted = (id: string): number => slides().find((s) => s.id === id)!.seconds[25]!;
    expect(inSeconds(planned!)).toBe(wanted(two));
    expect(took(inSeconds(time!), 80), time).toBe(true);
    expect(median).toBe(time);
    expect(inSeconds(difference!)).toBe(inSeconds(time!) - wanted(two));
    expect(difference).toContain('over');
    const [, short, , less] = await cells(speaker, three);
    expect(took(inSeconds(short!), 12), short).toBe(true);
    expect(less!.includes('over')).toBe(inSeconds(short!) > 1.2 * wanted(three));
    expect((await cells(speaker, 'limits'))[1], 'a slide that was not shown').toBe('–');
    const words = (await speaker.getByRole('dialog').innerText()).replace(/\s+/g, ' ');
    const named = (id: string): string => slides().find((s) => s.id === id)!.headline;
    const backup = words.slice(words.indexOf('Backup, on the clock'), words.indexOf('Questions at'));
    const questions = words.slice(words.indexOf('Questions at'));
    expect(backup).toMatch(/0:2\d · B\d+ /);
    expect(backup).toContain(named('b-alpha'));
    expect(questions).toMatch(/0:3\d · B\d+ /);
    expect(questions).toContain(named('b-rmu'));
    const column = await speaker.locator('.runs tbody td:nth-child(3)').allTextContents();
    const shown = column.filter((t) => t !== '–').reduce((n, t) => n + inSeconds(t), 0) + inSeconds(/(\d+:\d\d) · B/.exec(backup)![1]!);
    const total = speaker.getByRole('dialog').getByRole('row', { name: 'In all' }).getByRole('cell').nth(1);
    expect(near(inSeconds((await total.textContent())!), shown), `${await total.textContent()} and ${shown} s: the questions are not in it`).toBe(true);
  });

  test('can be taken away as JSON and deleted, one run or all', async ({ page, context }) => {
    const speaker = await rehearse(page, context);
    agree(speaker);
    await speaker.getByRole('button', { name: 'Reset clock' }).click();
    await expect(speaker.locator('#elapsed')).toHaveText('0:00');
    await nextSlide(page, speaker);
    await context.clock.fastForward(30_000);
    await nextSlide(page, speaker);
    await openRuns(speaker);
    await expect(speaker.locator('.kept li')).toHaveCount(2);
    const [file] = await Promise.all([speaker.waitForEvent('download'), speaker.getByRole('button', { name: 'Export JSON' }).click()]);
    const { runs } = JSON.parse(readFileSync(await file.path(), 'utf8')) as { runs: { cut: string; slides: Record<string, number>; ended: boolean }[] };
    expect(runs.map((r) => [r.cut, r.ended])).toEqual([['25', false], ['25', true]]);
    expect(took(runs[1]!.slides[two]!, 80)).toBe(true);
    agree(speaker);
    await speaker.locator('.kept li').last().getByRole('button', { name: /^Delete the run/ }).click();
    await expect(speaker.getByRole('dialog').getByText('The run is deleted.')).toBeVisible();
    await expect(speaker.locator('.kept li')).toHaveCount(1);
    agree(speaker);
    await speaker.getByRole('button', { name: 'Delete all runs' }).click();
    await expect(speaker.getByRole('dialog')).toContainText('No run of this cut is kept');
  });

  test('begins and ends by its button, and asks before it sets a running clock to zero', async ({ page, context }) => {
    await context.clock.install();
    const speaker = await openSpeaker(page);
    await nextSlide(page, speaker);
    await context.clock.fastForward(20_000);
    speaker.once('dialog', (d) => void d.dismiss());
    await speaker.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await expect(speaker.locator('#mode')).toBeEmpty();
    await expect.poll(() => clockOf(speaker)).toBeGreaterThanOrEqual(20);
    agree(speaker);
    await speaker.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await expect(speaker.locator('#mode')).toContainText('Rehearsal');
    await expect(speaker.locator('#elapsed')).toHaveText('0:00');
  });

  test('a record that is spoilt is named with its reason, and the others are there', async ({ page, context }) => {
    const speaker = await rehearse(page, context);
    await page.evaluate(() => localStorage.setItem('rehearsal:spoilt', '{"version":1,"id":'));
    await openRuns(speaker);
    await expect(speaker.locator('.problem')).toContainText('The record “rehearsal:spoilt” cannot be read: it is not whole JSON. It is left as it is.');
    await expect(speaker.locator('.kept li')).toHaveCount(1);
    agree(speaker);
    await speaker.getByRole('button', { name: 'Delete the record rehearsal:spoilt' }).click();
    await expect(speaker.locator('.problem')).toHaveCount(0);
    await expect(speaker.locator('.kept li')).toHaveCount(1);
  });

  for (const [how, name, words] of [['full', 'QuotaExceededError', 'the browser’s storage for this page is full.'], ['forbidden', 'SecurityError', 'this browser forbids the page to store anything.']] as const)
    test(`with storage that is ${how} the speaker is told, and the talk goes on`, async ({ page, context }) => {
      await context.addInitScript((name) => {
        Storage.prototype.setItem = () => {
          throw new DOMException('no', name);
        };
      }, name);
      await context.clock.install();
      const errors: string[] = [];
      page.on('pageerror', (e) => errors.push(e.message));
      const speaker = await openSpeaker(page, '?rehearse');
      await nextSlide(page, speaker);
      await context.clock.fastForward(15_000);
      await expect(speaker.locator('#mode')).toContainText(`This rehearsal is not being kept: ${words}`);
      await nextSlide(page, speaker);
      await expect(speaker.locator('#mode')).toContainText(words);
      expect(errors).toEqual([]);
    });
});

test.describe('the screen', () => {
  test('is kept awake from the first key on, and asked for again when the page is back', async ({ page }) => {
    await page.addInitScript(() => {
      const asked: EventTarget[] = [];
      Object.assign(window, { asked });
      Object.defineProperty(navigator, 'wakeLock', { value: { request: () => {
        const lock = Object.assign(new EventTarget(), { released: false, release: () => Promise.resolve() });
        asked.push(lock);
        return Promise.resolve(lock);
      } } });
    });
    const count = (): Promise<number> => page.evaluate(() => (window as unknown as { asked: unknown[] }).asked.length);
    await openDeck(page);
    expect(await count()).toBe(0);
    await page.keyboard.press('PageDown');
    await expect.poll(count).toBe(1);
    await page.keyboard.press('PageDown');
    const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
    await expect(speaker.locator('#awake')).toHaveText('The screen is kept awake.');
    expect(await count()).toBe(1);
    const seen = (state: string): Promise<void> => page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      const last = (window as unknown as { asked: (EventTarget & { released: boolean })[] }).asked.at(-1)!;
      if (state === 'hidden') {
        last.released = true; // as the browser does
        last.dispatchEvent(new Event('release'));
      }
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    await seen('hidden');
    await expect(speaker.locator('#awake')).toHaveText('The slides are hidden: the screen may sleep.');
    await seen('visible');
    await expect.poll(count).toBe(2);
    await expect(speaker.locator('#awake')).toHaveText('The screen is kept awake.');
  });

  test('where the browser cannot, that is said and nothing else happens', async ({ page, context }) => {
    await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'wakeLock'));
    const errors: string[] = [];
    page.on('pageerror', (e) => errors.push(e.message));
    const speaker = await openSpeaker(page);
    await expect(speaker.locator('#awake')).toHaveText('This browser cannot keep the screen awake: set the computer not to sleep.');
    expect(errors).toEqual([]);
  });
});

test.describe('the checks before a talk', () => {
  const check = (page: Page, id: string) => page.locator(`#check-${id}`);
  async function openChecks(page: Page): Promise<void> {
    await page.goto('./preflight/');
    await page.waitForSelector('html[data-ready="preflight"]', { timeout: 60_000 });
  }

  test('pass for this copy, in words, with nothing to mend', async ({ page }) => {
    await openChecks(page);
    for (const id of ['data', 'checkpoints', 'pages', 'fonts', 'size', 'wasm', 'storage']) await expect(check(page, id).locator('.status'), id).toHaveText('Pass');
    await expect(page.locator('#summary')).toContainText('Nothing to mend.');
    await expect(page.locator('#summary')).toHaveRole('status');
    const served = await page.evaluate(() => document.getElementById('checks')!.dataset.files!.split(' '));
    await expect(check(page, 'data')).toContainText(`All ${served.filter((f) => f.includes('.json')).length} data files`);
    await page.getByRole('button', { name: 'Try full screen' }).click();
    await expect(check(page, 'fullscreen').locator('.status')).toHaveText('Pass');
    await page.getByRole('button', { name: 'Try a second window' }).click();
    await expect(check(page, 'popup').locator('.status')).toHaveText('Pass');
  });

  test('find a changed data file, a missing model and fonts that do not load, by name, and say what to do; mended, they pass', async ({ page }) => {
    await page.route('**/data/quantization-restores.*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('1', '2') });
    });
    await page.route('**/data/never.*', (route) => route.fulfill({ status: 404 }));
    await page.route('**/mono-latin*.woff2', (route) => route.abort());
    await openChecks(page);
    await expect(check(page, 'data').locator('.status')).toHaveText('Fix');
    await expect(check(page, 'data')).toContainText(/data\/quantization-restores\.\w+\.json is not what its name says\. *Copy or publish/);
    await expect(check(page, 'checkpoints')).toContainText(/data\/never\.\w+\.safetensors could not be fetched \(404\)/);
    await expect(check(page, 'checkpoints')).toContainText('play their recording');
    await expect(check(page, 'fonts')).toContainText('Not loaded: Deck Mono (code).');
    await expect(page.locator('#summary')).toContainText('3 things to mend: Data files, Live models, Fonts.');
    await page.unroute('**/data/quantization-restores.*');
    await page.unroute('**/data/never.*');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(check(page, 'data').locator('.status')).toHaveText('Pass');
    await expect(check(page, 'checkpoints').locator('.status')).toHaveText('Pass');
  });

  test('say what a browser lacks', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(document, 'fullscreenEnabled', { value: false });
      Reflect.deleteProperty(Navigator.prototype, 'wakeLock');
      Reflect.deleteProperty(Navigator.prototype, 'gpu');
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      Storage.prototype.setItem = () => {
        throw new DOMException('no', 'SecurityError');
      };
    });
    await openChecks(page);
    await expect(check(page, 'fullscreen')).toContainText('Full screen is not allowed here.');
    await expect(check(page, 'wake')).toContainText('Set the computer not to sleep');
    await expect(check(page, 'gpu')).toContainText('the live run will use WebAssembly');
    await expect(check(page, 'wasm')).toContainText('This browser has no WebAssembly.');
    await expect(check(page, 'storage')).toContainText('this browser forbids the page to store anything');
    await expect(page.locator('#summary')).toContainText('3 things to mend: Full screen, WebAssembly, Storage.');
  });

  test('are found from the list of keys and from the speaker view', async ({ page }) => {
    const speaker = await openSpeaker(page);
    await expect(speaker.getByRole('link', { name: 'Check before the talk' })).toHaveAttribute('href', '../preflight/');
    await page.bringToFront();
    await page.keyboard.press('Shift+Slash');
    await page.getByRole('link', { name: 'Check this browser, screen and room' }).click();
    await expect(page.getByRole('heading', { name: 'Before the talk' })).toBeVisible();
  });

  for (const [width, height] of [[390, 844], [1280, 720]] as const)
    test(`fit a screen of ${width} × ${height}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await openChecks(page);
      expect(await page.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll('main *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map((e) => e.outerHTML.slice(0, 80))])).toEqual([width]);
    });
});

test.describe('a code to scan', () => {
  test('needs an address: without one U says how to give it', async ({ page }) => {
    await openDeck(page, '#/rounding');
    await page.keyboard.press('u');
    await expect(page.getByRole('dialog', { name: 'No code to scan' })).toContainText('SITE_URL=');
    await expect(page.locator('.qr')).toHaveCount(0);
  });

  test.describe('with an address', () => {
    test.describe.configure({ mode: 'serial' });
    const SITE = 'https://talks.example.org/dented';
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    let folder: string;
    let server: ChildProcess;
    let url: string;

    test.beforeAll(async () => {
      test.setTimeout(180_000);
      folder = mkdtempSync(join(tmpdir(), 'deck-code-'));
      const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error', '--outDir', folder], { cwd: root, env: { ...process.env, SITE_URL: `${SITE}/` }, encoding: 'utf8' });
      expect(built.status, built.stderr).toBe(0);
      const port = await new Promise<number>((done) => {
        const probe = createServer().listen(0, '127.0.0.1', () => {
          const { port } = probe.address() as { port: number };
          probe.close(() => done(port));
        });
      });
      url = `http://127.0.0.1:${port}/`;
      server = spawn(process.execPath, [vite, 'preview', '--outDir', folder, '--host', '127.0.0.1', '--port', String(port), '--strictPort'], { cwd: root, stdio: 'ignore' });
      await expect.poll(() => fetch(url).then((r) => r.status, () => 0), { timeout: 30_000 }).toBe(200);
    });
    test.afterAll(() => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    /** What a camera reads off the screen as it is. */
    async function scan(page: Page): Promise<string> {
      const png = (await page.screenshot()).toString('base64');
      const blank = await page.context().newPage();
      const { width, height, data } = await blank.evaluate(async (png) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))]));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        canvas.drawImage(bitmap, 0, 0);
        const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
        let bytes = '';
        for (let i = 0; i < data.length; i += 4) bytes += String.fromCharCode(data[i]!); // black and white: one channel tells all
        return { width: bitmap.width, height: bitmap.height, data: btoa(bytes) };
      }, png);
      await blank.close();
      const grey = Buffer.from(data, 'base64');
      const rgba = new Uint8ClampedArray(grey.length * 4).fill(255);
      grey.forEach((v, i) => rgba.fill(v, 4 * i, 4 * i + 3));
      return decodePicture({ width, height, data: rgba });
    }

    for (const theme of ['light', 'dark'])
      test(`U shows it for this slide, ${theme}, large, with the address in words`, async ({ page }) => {
        for (const id of ['rounding', 'b-questions']) {
          await openDeck(page, `?theme=${theme}#/${id}`, url);
          await page.keyboard.press('u');
          const dialog = page.getByRole('dialog');
          await expect(dialog.getByRole('link')).toHaveText(`${SITE.slice(8)}/read/#${id}`);
          expect((await dialog.getByRole('img').boundingBox())!.height).toBeGreaterThan(400);
          expect(await scan(page)).toBe(`${SITE}/read/#${id}`);
          expect(await violations(page)).toEqual([]);
          await page.keyboard.press('Escape');
          await expect(dialog).toHaveCount(0);
        }
      });

    test('the closing slide carries its own, and nothing on it is in the way', async ({ page }) => {
      const close = main(25).at(-1)!.id;
      await openDeck(page, `?theme=dark#/${close}`, url);
      expect(await scan(page)).toBe(`${SITE}/read/#${close}`);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => {
        const code = document.querySelector('.present .qr')!.getBoundingClientRect();
        return [...document.querySelectorAll('.present :is(h1, h2, .text, .so, .but, .foot)')].filter((e) => {
          const range = document.createRange();
          range.selectNodeContents(e);
          const r = range.getBoundingClientRect();
          return r.right > code.left && r.left < code.right && r.bottom > code.top && r.top < code.bottom;
        }).map((e) => e.className || e.tagName);
      })).toEqual([]);
    });

    test('once all is loaded it needs no network', async ({ page, context }) => {
      await openDeck(page, '#/rounding', url);
      await context.setOffline(true);
      await page.keyboard.press('u');
      await expect(page.getByRole('dialog').getByRole('img')).toBeVisible();
    });
  });
});

test.describe('axe finds nothing', () => {
  for (const theme of ['light', 'dark']) {
    test(`in the checks before a talk, ${theme}`, async ({ page }) => {
      await page.goto(`./preflight/?theme=${theme}`);
      await page.waitForSelector('html[data-ready="preflight"]', { timeout: 60_000 });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => [document.querySelectorAll('h1').length, document.querySelectorAll('main').length, document.documentElement.lang])).toEqual([1, 1, 'en']);
    });
    test(`in the speaker view when late, in questions, in a rehearsal, and in its past runs, ${theme}`, async ({ page, context }) => {
      await context.clock.install();
      const speaker = await openSpeaker(page, `?rehearse&theme=${theme}`);
      await nextSlide(page, speaker);
      await context.clock.fastForward(1_500_000);
      await expect(speaker.locator('#ramp')).toHaveAttribute('data-need', 'true');
      await speaker.keyboard.press('q');
      await expect(speaker.locator('#mode')).toContainText('Questions');
      await context.clock.resume();
      expect(await violations(speaker)).toEqual([]);
      await speaker.evaluate(() => localStorage.setItem('rehearsal:spoilt', ''));
      await speaker.getByRole('button', { name: 'Past runs' }).click();
      await expect(speaker.locator('.runs .over')).not.toHaveCount(0);
      expect(await violations(speaker)).toEqual([]);
    });
    test(`where there is no code to scan, ${theme}`, async ({ page }) => {
      await openDeck(page, `?theme=${theme}#/rounding`);
      await page.keyboard.press('u');
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  }
});
