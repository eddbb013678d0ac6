// Everything from the keyboard, and nothing taken from a control that has the focus.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { allPlaces, allFigures, evidence, figures, goTo, neighbour, numbersIn, openDeck, placeNow, slidesOf } from '../support.ts';
import { compileDeck } from '../../src/build/compile.ts';
import { root } from '../../src/run/setup.mjs';

const at = async (page: Page): Promise<string> => (await placeNow(page)).id;
const dialog = (page: Page): Locator => page.getByRole('dialog');
/** Opens the index and types into it. */
async function search(page: Page, key: 'i' | 'g', text: string): Promise<void> {
  await page.keyboard.press(key);
  await expect(dialog(page).getByRole('searchbox')).toBeFocused();
  await page.keyboard.type(text);
}

test('a clicker’s keys, the arrows, Space and N and P page by exactly one step', async ({ page }) => {
  await openDeck(page);
  const places = await allPlaces(page);
  let i = 0;
  for (const [key, by] of [['PageDown', 1], ['ArrowRight', 1], ['Space', 1], ['n', 1], ['PageUp', -1], ['ArrowLeft', -1], ['p', -1]] as const) {
    await page.keyboard.press(key);
    i += by;
    await expect.poll(() => placeNow(page), key).toEqual(places[i]);
  }
  await page.keyboard.press('End');
  await expect.poll(() => at(page)).toBe(places.at(-1)!.id);
  await page.keyboard.press('Home');
  await expect.poll(() => at(page)).toBe('title');
});

test('Space and Enter on a source chip open its source, and the arrows do not page', async ({ page }) => {
  await openDeck(page, '#/rounding');
  for (const key of ['Enter', 'Space']) {
    await page.locator('#rounding .chip').focus();
    await page.keyboard.press(key);
    await expect(dialog(page), key).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(page.locator('#rounding .chip'), 'the focus comes back').toBeFocused();
    expect(await at(page)).toBe('rounding');
  }
  for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) {
    await page.keyboard.press(key);
    expect(await at(page), key).toBe('rounding');
  }
});

test('a chart keeps Space, Enter and the arrows, and a clicker still pages', async ({ page }) => {
  await openDeck(page, '#/rounding');
  await page.locator('#rounding .chart').focus();
  for (const key of ['Space', 'Enter', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) {
    await page.keyboard.press(key);
    expect(await at(page), key).toBe('rounding');
  }
  await page.keyboard.press('PageDown');
  await expect.poll(() => at(page)).toBe((await neighbour(page, 'rounding', 1)).id);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => at(page), 'the chart left behind has let go of the keys').toBe((await neighbour(page, 'rounding', 2)).id);
});

test('Enter on a link inside the deck goes there, and Space and the arrows stay', async ({ page }) => {
  await openDeck(page, '#/b-questions');
  const link = page.locator('#b-questions a[href="#/rounding"]');
  await link.focus();
  for (const key of ['Space', 'ArrowRight', 'ArrowLeft']) {
    await page.keyboard.press(key);
    expect(await at(page), key).toBe('b-questions');
  }
  await page.keyboard.press('Enter');
  await expect.poll(() => at(page)).toBe('rounding');
});

test('a chapter in the progress bar goes to its first slide', async ({ page }) => {
  await openDeck(page);
  const links = page.locator('nav.progress a');
  for (let i = 0; i < (await links.count()); i++) {
    const link = links.nth(i);
    if (!(await link.isVisible())) continue;
    const to = (await link.getAttribute('href'))!.slice(2);
    await link.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => at(page)).toBe(to);
    await expect(link).toHaveAttribute('aria-current', 'true');
  }
});

for (const slide of ['dpo-toxicity-gpt2', 'clasheval-wrong-document', 'jain-revival-vs-never', 'dormant-to-deleted', 'proxy-main-70b', 'undo-cost'])
  test(`the arrow keys read every value of ${slide} aloud, in order, as the data have it`, async ({ page }) => {
    await openDeck(page);
    const f = figures.find((g) => g.id === slide)!;
    const place = await page.evaluate((id) => {
      const section = document.querySelector(`figure.panel[data-figure="${id}"]`)!.closest('section')!;
      return { id: section.id, fragment: section.querySelectorAll('.fragment').length - 1 };
    }, slide);
    await goTo(page, place);
    const panel = page.locator(`#${place.id} figure.panel[data-figure="${slide}"]`);
    await panel.locator('.chart').focus();
    const said = panel.locator('[aria-live]');
    const cells = f.series.flatMap((s) => (f.x.categories ?? f.x.values ?? []).map((x, j) => ({ names: [...(f.series.length === 1 || f.kind === 'range' ? [] : [s.name]), String(x)], values: [s.values[j]!, ...(s.low ? [s.low[j]!, s.high![j]!] : [])] })));
    const heard: string[] = [];
    const points = f.kind === 'range' ? f.series[0]!.values.length : cells.length;
    for (let i = 0; i < points; i++) {
      await page.keyboard.press('ArrowRight');
      heard.push((await said.textContent())!);
    }
    expect(new Set(heard).size, heard.join('\n')).toBe(points);
    const unheard = cells.filter(({ names, values }) => !heard.some((h) => names.every((n) => h.includes(n)) && values.every((v) => numbersIn(h).includes(v))));
    expect(unheard, heard.join('\n')).toEqual([]);
    await page.keyboard.press('ArrowRight');
    expect(await said.textContent(), 'around to the first again').toBe(heard[0]);
    await page.keyboard.press('ArrowLeft');
    expect(await said.textContent(), 'and back').toBe(heard.at(-1));
  });

test('a chart at an early step reads only what is shown', async ({ page }) => {
  await openDeck(page, '#/head-start');
  await page.locator('#head-start .chart').focus();
  const heard = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('ArrowRight');
    heard.add((await page.locator('#head-start [aria-live]').textContent())!);
  }
  expect([...heard].filter((h) => !h.includes('larger learning rate'))).toEqual([]);
  expect(heard.size).toBe(4);
});

test.describe('the index of slides', () => {
  test('opens on I with backup first and on G with the talk first', async ({ page }) => {
    await openDeck(page);
    for (const [key, name, first] of [['i', 'Backup slides', 'B1'], ['g', 'All slides', '1']] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name })).toBeVisible();
      await expect(dialog(page).locator('li .no').first()).toHaveText(first);
      await expect(dialog(page).getByRole('searchbox')).toBeFocused();
      await expect(dialog(page).locator('li')).toHaveCount(await page.evaluate(() => window.talk.entries.length));
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toHaveCount(0);
    }
  });

  for (const number of ['B3', '3'])
    test(`finds slide ${number} by its number alone, and Enter goes there`, async ({ page }) => {
      await openDeck(page);
      const wanted = (await slidesOf(page)).find((s) => s.number === number)!;
      await search(page, 'i', number.toLowerCase());
      await expect(dialog(page).locator('li:visible')).toHaveCount(1);
      await page.keyboard.press('Enter');
      await expect(dialog(page)).toHaveCount(0);
      await expect.poll(() => at(page)).toBe(wanted.id);
    });

  test('finds a slide by words from its text, and says when there is none', async ({ page }) => {
    await openDeck(page);
    const { title } = (await slidesOf(page)).find((s) => s.id === 'rounding')!;
    const words = title.split(' ').slice(1, 5).join(' ');
    await search(page, 'g', words.toUpperCase());
    await expect(dialog(page).locator('li:visible').first()).toContainText(words);
    await page.getByRole('searchbox').fill('zzzz');
    await expect(dialog(page).locator('li:visible')).toHaveCount(0);
    await expect(dialog(page).getByText('No slide has that.')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog(page), 'Enter goes nowhere').toBeVisible();
    await page.getByRole('searchbox').fill(title);
    await page.keyboard.press('Enter');
    await expect.poll(() => at(page)).toBe('rounding');
  });

  test('is walked with the arrow keys, and paging keys stay inside it', async ({ page }) => {
    await openDeck(page);
    await search(page, 'g', '');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(dialog(page).locator('li button').nth(1)).toBeFocused();
    await page.keyboard.press('PageDown');
    expect(await at(page)).toBe('title');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => at(page)).toBe((await slidesOf(page))[1]!.id);
  });

  test('closes on Escape and gives the focus back', async ({ page }) => {
    await openDeck(page, '#/rounding');
    await page.keyboard.press('i');
    await expect(dialog(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => at(page)).toBe((await neighbour(page, 'rounding', 1)).id);
  });
});

test('R returns from a backup slide to the slide and the step left, however far one strayed', async ({ page }) => {
  await openDeck(page);
  await goTo(page, { id: 'head-start', fragment: 0 });
  await search(page, 'i', 'B5');
  await page.keyboard.press('Enter');
  await expect.poll(() => at(page)).not.toBe('head-start');
  await page.keyboard.press('PageDown');
  await search(page, 'i', 'B9');
  await page.keyboard.press('Enter');
  await page.keyboard.press('r');
  await expect.poll(() => placeNow(page)).toEqual({ id: 'head-start', fragment: 0 });
  await page.keyboard.press('r');
  await expect(page.locator('.notice')).toContainText('Nowhere to return to');
  expect(await at(page)).toBe('head-start');
});

test('T changes light and dark, charts too, and a reload keeps it', async ({ page }) => {
  await openDeck(page, '#/rounding');
  const look = (): Promise<[string, string]> => page.evaluate(() => [getComputedStyle(document.body).backgroundColor, window.talk.deck.getCurrentSlide().querySelector('canvas')!.toDataURL()]);
  const light = await look();
  await page.keyboard.press('t');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const dark = await look();
  expect(dark[0]).not.toBe(light[0]);
  expect(dark[1]).not.toBe(light[1]);
  await page.reload();
  await page.waitForSelector('html[data-loaded="all"]');
  expect((await look())[0]).toBe(dark[0]);
  await page.keyboard.press('t');
  expect(await look()).toEqual(light);
});

test('B and the full stop black out the screen and bring it back', async ({ page }) => {
  await openDeck(page, '#/rounding');
  for (const key of ['b', '.']) {
    await page.keyboard.press(key);
    await expect(page.locator('.reveal')).toHaveClass(/paused/);
    await page.keyboard.press(key);
    await expect(page.locator('.reveal')).not.toHaveClass(/paused/);
  }
  expect(await at(page)).toBe('rounding');
});

test('C opens the source of the figure: citation, place, reading, caveat and table', async ({ page }) => {
  await openDeck(page, '#/rounding');
  await page.keyboard.press('c');
  const f = figures.find((g) => g.id === 'quantization-restores')!;
  const box = page.getByRole('dialog', { name: f.title });
  await expect(box).toBeVisible();
  const text = (await box.textContent())!.replace(/\s+/g, ' ');
  const reference = evidence().references.get(f.paper)!.replace(/<[^>]+>/g, '').replaceAll('&amp;', '&').slice(0, 60);
  for (const words of [reference, f.finding, f.where, f.read, f.caveat]) expect(text).toContain(words);
  await expect(box.getByRole('link').first()).toHaveAttribute('href', /^https:/);
  const cells = await box.getByRole('cell').allTextContents();
  expect(cells.flatMap(numbersIn)).toEqual(expect.arrayContaining(f.series.flatMap((s) => s.values)));
  await expect(box.getByRole('columnheader')).toHaveCount(1 + f.series.length);
});

test('every source chip of every slide opens a dialog with that figure’s caveat, or leads to the index', async ({ page }) => {
  test.setTimeout(240_000);
  await openDeck(page);
  const chips = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('section .chip')].map((c, i) => ({ i, slide: c.closest('section')!.id, figure: c.dataset.figure ?? '', href: c.getAttribute('href') ?? '' })));
  expect(chips.length).toBeGreaterThan(35);
  for (const chip of chips) {
    if (chip.href) {
      expect(new URL(chip.href, page.url()).searchParams.get('ids')!.split(',').every((id) => allFigures.some((f) => f.id === id)), chip.slide).toBe(true);
      continue;
    }
    await goTo(page, { id: chip.slide, fragment: -1 });
    await page.locator('section .chip').nth(chip.i).click();
    const wanted = allFigures.find((f) => f.id === chip.figure)!;
    if (await page.evaluate((id) => !document.querySelector(`.slides figure.panel[data-figure="${id}"]`), chip.figure)) {
      await page.waitForURL(`**/evidence/#${chip.figure}`);
      await expect(page.locator(`#${chip.figure}`)).toBeInViewport();
      await openDeck(page);
      continue;
    }
    await expect(dialog(page)).toContainText(wanted.caveat.slice(0, 50));
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
  }
});

test('on a slide without a figure C says so', async ({ page }) => {
  await openDeck(page, '#/measures-code');
  await page.keyboard.press('c');
  await expect(page.locator('.notice')).toHaveText('This slide shows no figure.');
  await expect(page.locator('.notice')).toHaveRole('status');
});

test('D shows a pointer, then a spotlight, then neither, and it follows the mouse', async ({ page }) => {
  await openDeck(page);
  const pointer = page.locator('.pointer');
  await expect(pointer).toBeHidden();
  await page.keyboard.press('d');
  await expect(pointer).toHaveAttribute('data-mode', 'dot');
  await page.mouse.move(640, 360);
  const where = (): Promise<string[]> => pointer.evaluate((e: HTMLElement) => [e.style.getPropertyValue('--x'), e.style.getPropertyValue('--y')].map((v) => String(Math.round(Number.parseFloat(v)))));
  await expect.poll(where).toEqual(['640', '360']);
  await page.keyboard.press('d');
  await expect(pointer).toHaveAttribute('data-mode', 'spot');
  await page.mouse.move(200, 100);
  await expect.poll(where).toEqual(['200', '100']);
  await page.keyboard.press('d');
  await expect(pointer).toBeHidden();
});

test('the question mark lists our keys, and closes again', async ({ page }) => {
  await openDeck(page);
  await page.keyboard.press('Shift+Slash');
  const help = page.locator('.r-overlay-help, dialog[open]');
  await expect(help).toBeVisible();
  for (const words of ['Backup slides: index and search', 'All slides: go to a number or words', 'Return from a backup slide', 'Source and numbers of this figure', 'Light or dark', 'Pointer, spotlight, off', 'Speaker view']) await expect(help).toContainText(words);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('an unknown cut or theme is said and the whole talk shown', async ({ page }) => {
  await openDeck(page, '?cut=7');
  await expect(page.locator('.notice')).toContainText('There is no 7-minute cut');
  expect(await page.evaluate(() => window.talk.entries.filter((e) => !e.backup).length)).toBeGreaterThanOrEqual(30);
  await openDeck(page, '?theme=sepia');
  await expect(page.locator('.notice')).toContainText('There is no theme “sepia”');
});

test('the ten-minute cut has its slides and no other, numbered from 1, with the rest behind them', async ({ page }) => {
  const deck = compileDeck(root, evidence());
  const wanted = deck.slides.filter((s) => s.cuts.includes(10)).map((s) => s.id);
  await openDeck(page, '?cut=10');
  const entries = await page.evaluate(() => window.talk.entries.map((e) => ({ id: e.id, number: e.number, backup: e.backup, shown: e.section.querySelector('.foot .no')!.textContent })));
  const main = entries.filter((e) => !e.backup);
  const rest = entries.filter((e) => e.backup);
  expect(main.map((e) => e.id)).toEqual(wanted);
  expect(main.map((e) => e.number)).toEqual(wanted.map((_, i) => String(i + 1)));
  expect(rest.map((e) => e.number)).toEqual(rest.map((_, i) => `B${i + 1}`));
  expect(entries.map((e) => e.shown)).toEqual(entries.map((e) => e.number));
  expect(entries).toHaveLength(deck.slides.length);
  // no dead link: each leads to a slide that is there
  const links = await page.evaluate(() => [...document.querySelectorAll('a[href^="#/"]')].filter((a) => !(a as HTMLElement).hidden).map((a) => a.getAttribute('href')!.slice(2)));
  expect(links.filter((id) => !entries.some((e) => e.id === id))).toEqual([]);
  const chapters = await page.evaluate(() => [...document.querySelectorAll('.progress a:not([hidden])')].map((a) => a.getAttribute('href')!.slice(2)));
  expect(chapters.filter((id) => !wanted.includes(id)), 'a chapter leads into the cut').toEqual([]);
  // a slide left out is still there for a question
  const left = deck.slides.find((s) => s.cuts.includes(25) && !s.cuts.includes(10))!;
  await search(page, 'i', left.headline.slice(0, 30));
  await page.keyboard.press('Enter');
  await expect.poll(() => at(page)).toBe(left.id);
  await expect(page.locator('dialog[open]')).toHaveCount(0);
  await page.keyboard.press('r');
  await expect.poll(() => at(page)).toBe('title');
});

test('paging on from the last main slide leads into the backup, which no progress bar counts', async ({ page }) => {
  await openDeck(page, '?cut=10');
  const [last, first] = await page.evaluate(() => {
    const i = window.talk.entries.findIndex((e) => e.backup);
    return [window.talk.entries[i - 1]!.id, window.talk.entries[i]!.id];
  });
  await goTo(page, { id: last!, fragment: -1 });
  await expect(page.locator('nav.progress')).toBeVisible();
  await page.keyboard.press('PageDown');
  await expect.poll(() => at(page)).toBe(first);
  await expect(page.locator('nav.progress')).toBeHidden();
});
