// State is (slide, step) and nothing else: whichever way one came.
import { expect, test, type Page } from '@playwright/test';
import { allPlaces, goTo, openDeck, panelsSettled, placeNow, recordCanvasText, type Place } from '../support.ts';

/** All that can be seen of the slide shown: the numbers and words on its charts, its steps, its place. */
const state = (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    const slide = window.talk.deck.getCurrentSlide();
    return {
      id: slide.id,
      fragment: window.talk.deck.getIndices().f ?? -1,
      visible: [...slide.querySelectorAll('.fragment')].map((f) => f.classList.contains('visible')),
      panels: [...slide.querySelectorAll<HTMLElement>('figure.panel')].map((p) => ({
        state: p.querySelector<HTMLElement>('.panel-body')!.dataset.state,
        drawn: window.talk.panelOf(p)?.drawn(),
        words: [...p.querySelectorAll('canvas')].flatMap((c) => window.written(c).map((w) => `${w.text} ${Math.round(w.left)} ${Math.round(w.top)}`)),
      })),
      number: slide.querySelector('.foot .no')!.textContent,
      title: document.title,
    };
  });

async function press(page: Page, key: string, from: Place): Promise<void> {
  await page.keyboard.press(key);
  await page.waitForFunction(([id, f]) => window.talk.deck.getCurrentSlide().id !== id || (window.talk.deck.getIndices().f ?? -1) !== f, [from.id, from.fragment] as const);
  await panelsSettled(page);
}

test('forward through the whole deck and back, each step shows the same', async ({ page }) => {
  test.setTimeout(180_000);
  await recordCanvasText(page);
  await openDeck(page);
  const places = await allPlaces(page);
  const forward = [await state(page)];
  for (const from of places.slice(0, -1)) {
    await press(page, 'PageDown', from);
    forward.push(await state(page));
  }
  expect(forward.map((s) => [(s as Place).id, (s as Place).fragment])).toEqual(places.map((p) => [p.id, p.fragment]));
  const back = [await state(page)];
  for (const from of [...places].reverse().slice(0, -1)) {
    await press(page, 'PageUp', from);
    back.unshift(await state(page));
  }
  expect(back).toEqual(forward);
});

test('an address opens its slide at its step, showing what paging there shows', async ({ page }) => {
  test.setTimeout(180_000);
  await recordCanvasText(page);
  await openDeck(page);
  const places = await allPlaces(page);
  const stepped = new Set(places.filter((p) => p.fragment >= 0).map((p) => p.id));
  expect(stepped.size).toBeGreaterThanOrEqual(2);
  const some = places.filter((p, i) => stepped.has(p.id) || i % 24 === 3);
  for (const place of some) {
    await goTo(page, place);
    const here = await state(page);
    await page.goto('about:blank');
    await page.goto(`./#/${place.id}${place.fragment >= 0 ? `/${place.fragment}` : ''}`);
    await page.waitForSelector('html[data-ready]');
    await panelsSettled(page);
    expect(await state(page), `${place.id}/${place.fragment}`).toEqual(here);
    await page.waitForSelector('html[data-loaded="all"]');
  }
});

test('changing the address goes to that slide and step, and the back button returns', async ({ page }) => {
  await openDeck(page);
  for (const place of (await allPlaces(page)).filter((p, i) => p.fragment >= 0 || i % 5 === 0)) {
    await page.evaluate((hash) => void (location.hash = hash), `#/${place.id}${place.fragment >= 0 ? `/${place.fragment}` : ''}`);
    await expect.poll(() => placeNow(page)).toEqual(place);
  }
});

test('the address follows the slide and the step', async ({ page }) => {
  await openDeck(page);
  await goTo(page, { id: 'head-start', fragment: 1 });
  await expect.poll(() => new URL(page.url()).hash).toBe('#/head-start/1');
  await page.reload();
  await page.waitForSelector('html[data-ready]');
  expect(await placeNow(page)).toEqual({ id: 'head-start', fragment: 1 });
});

test('what a step has yet to show is neither drawn nor read out, and the table has it all', async ({ page }) => {
  await recordCanvasText(page);
  await openDeck(page);
  await goTo(page, { id: 'head-start', fragment: -1 });
  const look = (): Promise<{ drawn: (number | null)[][]; words: string[]; cells: number }> =>
    page.evaluate(() => {
      const figure = window.talk.deck.getCurrentSlide().querySelector<HTMLElement>('figure.panel')!;
      return { drawn: Object.values(window.talk.panelOf(figure)!.drawn()), words: window.written(figure.querySelector('canvas')!).map((w) => w.text), cells: figure.querySelectorAll('.twin td').length };
    });
  const first = await look();
  expect(first.drawn.map((s) => s.some((v) => v !== null))).toEqual([true, false, false]);
  expect(first.words.join('|')).not.toContain('control');
  expect(first.cells).toBeGreaterThanOrEqual(12);
  await goTo(page, { id: 'head-start', fragment: 1 });
  const last = await look();
  expect(last.drawn.flat()).not.toContain(null);
  expect(last.words.join('|')).toContain('control');
});

test('an address that names no slide opens the first one and says so', async ({ page }) => {
  await page.goto('./#/no-such-slide');
  await page.waitForSelector('html[data-ready]');
  expect((await placeNow(page)).id).toBe('title');
  await expect(page.locator('.notice')).toContainText('no-such-slide');
});
