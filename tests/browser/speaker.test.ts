// The speaker's window: it follows the room, and the room follows it.
import { expect, test, type Page } from '@playwright/test';
import { compileDeck } from '../../src/build/compile.ts';
import { root } from '../../src/run/setup.mjs';
import { evidence, goTo, neighbour, openDeck, placeNow } from '../support.ts';

async function openSpeaker(page: Page, query = ''): Promise<Page> {
  await openDeck(page, query);
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('#where')).toContainText(' of ');
  return speaker;
}
/** The slide that a picture in the speaker view shows. */
const picture = (speaker: Page, id: 'now' | 'then'): Promise<string> =>
  speaker.evaluate((id) => {
    const talk = (document.getElementById(id) as HTMLIFrameElement).contentWindow!.talk;
    if (!talk?.deck.isReady()) return '';
    return `${talk.deck.getCurrentSlide().id}/${talk.deck.getIndices().f ?? -1}`;
  }, id);

test('S opens it with this slide’s headline, number and notes', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  const slide = compileDeck(root, evidence()).slides.find((s) => s.id === 'rounding')!;
  await expect(speaker.locator('h1')).toHaveText(slide.headline);
  await expect(speaker.locator('#notes')).toContainText(slide.notes.say!.slice(0, 80));
  await expect(speaker.locator('#notes')).toContainText(slide.notes.point!);
  for (const [q, a] of slide.notes.qa) {
    await expect(speaker.locator('#notes')).toContainText(q);
    await expect(speaker.locator('#notes')).toContainText(a);
  }
  await expect(speaker.locator('#notes')).toContainText('Caveat');
  await expect(speaker.locator('#where')).toContainText(await page.locator('#rounding .foot .no').textContent() ?? '?');
});

test('its keys and buttons drive the room, and its pictures follow', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/head-start');
  await expect.poll(() => picture(speaker, 'now')).toBe('head-start/-1');
  await expect.poll(() => picture(speaker, 'then')).toBe('head-start/0');
  await speaker.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  await expect.poll(() => picture(speaker, 'now')).toBe('head-start/0');
  await speaker.keyboard.press('ArrowRight');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 1 });
  await expect.poll(() => picture(speaker, 'then')).toBe('rounding/-1');
  await speaker.getByRole('button', { name: 'Next' }).click();
  await expect.poll(() => placeNow(page)).toMatchObject({ id: 'rounding' });
  await expect(speaker.locator('h1')).toHaveText((await neighbour(page, 'rounding', 0)).title);
  await speaker.getByRole('button', { name: 'Back' }).click();
  await speaker.keyboard.press('PageUp');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  await expect.poll(() => picture(speaker, 'now')).toBe('head-start/0');
});

test('it follows the room’s own keys, notes and all', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  const [next, afterNext] = [await neighbour(page, 'rounding', 1), await neighbour(page, 'rounding', 2)];
  const notes = compileDeck(root, evidence()).slides.find((s) => s.id === next.id)!.notes;
  await page.bringToFront();
  await page.keyboard.press('PageDown');
  await expect(speaker.locator('h1')).toHaveText(next.title);
  await expect(speaker.locator('#notes')).toContainText(notes.say!.slice(-60));
  await expect.poll(() => picture(speaker, 'now')).toBe(`${next.id}/-1`);
  await expect.poll(() => picture(speaker, 'then')).toBe(`${afterNext.id}/-1`);
});

test('its pictures draw their charts', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  for (const id of ['now', 'then'])
    await expect.poll(() => speaker.evaluate((id) => {
      const { document: d, talk } = (document.getElementById(id) as HTMLIFrameElement).contentWindow!;
      const canvas = d && talk?.deck.getCurrentSlide()?.querySelector('canvas');
      return canvas ? canvas.width * canvas.height : 0;
    }, id)).toBeGreaterThan(10_000);
});

test('blackout, theme and return work from it', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  await speaker.keyboard.press('b');
  await expect(page.locator('.reveal')).toHaveClass(/paused/);
  await expect(speaker.locator('#where')).toContainText('Black');
  await speaker.keyboard.press('.');
  await expect(page.locator('.reveal')).not.toHaveClass(/paused/);
  await speaker.keyboard.press('t');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(speaker.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.evaluate(() => void (location.hash = '#/rounding'));
  await page.bringToFront();
  await page.keyboard.press('i');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('B2');
  await page.keyboard.press('Enter');
  await expect(speaker.locator('#where')).toContainText('B2');
  await speaker.keyboard.press('r');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: 'rounding' });
});

test('a pointer moved over its picture shows at the same place in the room', async ({ page }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  await expect.poll(() => picture(speaker, 'now')).toBe('rounding/-1');
  await speaker.keyboard.press('d');
  await expect(page.locator('.pointer')).toHaveAttribute('data-mode', 'dot');
  const frame = (await speaker.locator('#now').boundingBox())!;
  await speaker.mouse.move(frame.x + frame.width * 0.25, frame.y + frame.height * 0.75);
  const share = (): Promise<number[]> => page.evaluate(() => {
    const p = document.querySelector<HTMLElement>('.pointer')!;
    const slides = document.querySelector('.slides')!.getBoundingClientRect();
    return [(Number.parseFloat(p.style.getPropertyValue('--x')) - slides.left) / slides.width, (Number.parseFloat(p.style.getPropertyValue('--y')) - slides.top) / slides.height].map((v) => Math.round(v * 20) / 20);
  });
  await expect.poll(share).toEqual([0.25, 0.75]);
  await page.bringToFront();
  await page.mouse.move(960, 180);
  await expect.poll(share).toEqual([0.75, 0.25]);
  await expect.poll(() => speaker.frameLocator('#now').locator('.pointer').evaluate((p: HTMLElement) => Math.round((Number.parseFloat(p.style.getPropertyValue('--x')) / innerWidth) * 20) / 20)).toBe(0.75);
});

test('its clock starts with the first move and says whether one is on time', async ({ page, context }) => {
  await context.clock.install();
  const speaker = await openSpeaker(page);
  await expect(speaker.locator('#elapsed')).toHaveText('0:00');
  await speaker.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'title', 1)).id });
  await context.clock.fastForward(10_000);
  await expect(speaker.locator('#elapsed')).toHaveText(/^0:1\d$/);
  await expect(speaker.locator('#plan')).toContainText('ahead');
  const [, minutes, seconds] = /ends at (\d+):(\d+)/.exec((await speaker.locator('#plan').textContent())!)!;
  const end = 60 * Number(minutes) + Number(seconds);
  await context.clock.fastForward((end - 25) * 1000);
  await expect(speaker.locator('#plan')).toContainText('on time');
  await context.clock.fastForward(90_000);
  await expect(speaker.locator('#plan')).toContainText('behind');
  await speaker.getByRole('button', { name: 'Pause clock' }).click();
  const stopped = await speaker.locator('#elapsed').textContent();
  await context.clock.fastForward(60_000);
  await expect(speaker.locator('#elapsed')).toHaveText(stopped!);
});

test('the plan of the ten-minute cut is ten minutes long', async ({ page }) => {
  const speaker = await openSpeaker(page, '?cut=10');
  await expect(speaker.locator('#plan')).toContainText(/of (9:[0-5]\d|10:00)/);
});

test('opened without a talk it says how to open it', async ({ page }) => {
  await page.goto('./speaker/');
  await expect(page.locator('h1')).toHaveText('Open this window from the slides: press S there.');
});

test('a second talk in the same browser is not disturbed', async ({ page, context }) => {
  const speaker = await openSpeaker(page, '#/rounding');
  const other = await context.newPage();
  await openDeck(other, '#/monday', test.info().project.use.baseURL);
  await speaker.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id: (await neighbour(page, 'rounding', 1)).id });
  expect(await placeNow(other)).toMatchObject({ id: 'monday' });
  await goTo(other, { id: 'title', fragment: -1 });
  expect(await placeNow(page)).toMatchObject({ id: (await neighbour(page, 'rounding', 1)).id });
});
