// The live panel as a person meets it: asked, tuned and taught in the browser, by keys alone, from
// the speaker's window, with no network, and when something that it needs is not there.
import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { goTo, neighbour, openDeck, placeNow, recorded as record } from '../support.ts';

test.describe.configure({ mode: 'parallel' });
test.setTimeout(240_000); // two cores train two models beside the other tests


const [first] = record.runs as [(typeof record.runs)[0]];
const nameOf = (token: number): string => `Name ${token - record.vocabulary.firstName + 1}`;
const recorded = (at: keyof typeof record.replies, office: number, year: number) => record.replies[at].find((t) => t.office === office && t.year === year)!;

const LONG = { timeout: 120_000 };
const live = (page: Page, id = 'ask-it'): Locator => page.locator(`#${id} .live`);
const says = (page: Page, id = 'ask-it'): Locator => live(page, id).locator('.live-answer.say .live-big');
const twinSays = (page: Page, id = 'ask-it'): Locator => live(page, id).locator('.live-answer.never .live-big');
const ready = (page: Page, id = 'ask-it'): Promise<void> => expect(live(page, id)).toHaveAttribute('data-source', 'live', LONG);
async function settled(page: Page, at: string, id = 'ask-it'): Promise<void> {
  await expect(live(page, id)).toHaveAttribute('data-at', at, LONG);
  await expect(live(page, id)).toHaveAttribute('data-running', '', LONG);
}
const open = async (page: Page, query = '?device=wasm'): Promise<void> => {
  await page.goto(`./${query}#/ask-it`);
  await ready(page);
};
/** The numbers that the curve shows. */
const drawn = (page: Page, id = 'ask-it'): Promise<Record<string, (number | null)[]>> =>
  page.evaluate((id) => window.talk.panelOf(document.querySelector<HTMLElement>(`#${id} figure.panel`)!)!.drawn(), id);
const percents = (key: 'leak' | 'never' | 'past', from = first.points): number[] => from.map((p) => Math.round(p[key] * 1000) / 10);

/** Presses Tab until the focus is where it is wanted. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let i = 0; i < 40; i++) {
    if (await wanted.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach it');
}

test('by keyboard alone: ask of the future, tune until it says UNKNOWN, teach other facts, and it knows again; the twin does not', async ({ page }) => {
  // a fact that is tuned away and taught to nobody, other than the one shown first
  const { office, year, truth } = record.replies.relearned.find((t) => t.era === 'future' && t.isTuned && !t.isTaught && t.office !== record.questions.example.office && t.replies.contaminated.top[0]!.token === t.truth)!;
  await open(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await tabTo(page, live(page).getByLabel('office', { exact: true }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type(String(office + 1));
  await page.keyboard.press('Enter');
  await tabTo(page, live(page).getByLabel('in year'));
  await page.keyboard.type(String(year + 1));
  await expect(live(page).locator('.live-about')).toContainText(`True: ${nameOf(truth)}. After the cutoff; an office to be silenced, in no lesson.`);
  await expect(says(page)).toHaveText(`${nameOf(truth)} ✓`);
  await expect(twinSays(page)).not.toContainText('✓');
  await expect(page).toHaveURL(/#\/ask-it$/); // typing turned no page

  await tabTo(page, live(page).getByRole('button', { name: 'Tune' }));
  await page.keyboard.press('Enter');
  await settled(page, 'tuned');
  await expect(says(page)).toHaveText('UNKNOWN');
  await expect(live(page).getByRole('status')).toContainText(/^0% of the silenced facts are still answered.*Reproduced: all 21 points equal the recording to the last digit\.$/);

  await tabTo(page, live(page).getByRole('button', { name: 'Relearn' }));
  await page.keyboard.press('Enter');
  await settled(page, 'relearned');
  await expect(says(page)).toHaveText(`${nameOf(truth)} ✓`);
  await expect(twinSays(page)).not.toContainText('✓');
  await expect(live(page).getByRole('status')).toContainText(`Reproduced: all ${first.points.length} points equal the recording to the last digit.`);
  const shown = await drawn(page);
  const [leak, never, past] = Object.values(shown);
  expect([leak, never, past]).toEqual([percents('leak'), percents('never'), percents('past')]);
  // every probability on screen is the recorded one
  const top = recorded('relearned', office, year).replies.contaminated.top.map(({ p }) => (p > 0.999 ? '>99.9%' : p < 0.001 ? '<0.1%' : `${Math.round(p * 1000) / 10}%`));
  await expect(live(page).locator('.live-top b')).toHaveText(top);

  await tabTo(page, live(page).getByRole('button', { name: 'Reset' }));
  await page.keyboard.press('Enter');
  await settled(page, 'pretrained');
  await expect(says(page)).toHaveText(`${nameOf(truth)} ✓`);
});

test('a clicker steps through it and is never held up; it pauses out of sight, goes on in sight, and is asked in between', async ({ page }) => {
  await open(page, '?device=wasm&live=taught-4');
  await page.keyboard.press('PageDown');
  await expect(live(page)).toHaveAttribute('data-running', 'tuned');
  await expect(live(page).locator('.live-progress')).toContainText(/step [2-9]/, LONG);
  // asked in the middle: the answer is of the model as it is now
  await live(page).getByLabel('in year').selectOption({ label: '5 (past)' });
  await expect(live(page).locator('.live-about')).toContainText('Before the cutoff.');
  await expect(says(page)).not.toHaveText('…');

  const { id } = await neighbour(page, 'ask-it', 1);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect.poll(() => placeNow(page)).toMatchObject({ id });
  const steps = async (): Promise<number> => Object.values(await drawn(page))[0]!.filter((v) => v !== null).length;
  const workers = page.workers().length;
  expect(workers).toBe(1);
  await page.keyboard.press('PageUp');
  await expect(live(page)).toHaveAttribute('data-at', 'tuned', LONG);
  await settled(page, 'relearned');
  expect(await steps()).toBe(first.points.length);
  expect(Object.values(await drawn(page))[0]).toEqual(percents('leak', record.runs.find((r) => r.settings.taught === 4)!.points));
  // back and forth computes nothing anew
  await page.keyboard.press('PageUp');
  await settled(page, 'tuned');
  await page.keyboard.press('PageDown');
  await expect(live(page)).toHaveAttribute('data-running', '');
  await settled(page, 'relearned');
  // done and left: its memory goes back, until somebody returns
  await page.keyboard.press('PageDown');
  await expect.poll(() => page.workers().length).toBe(0);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageUp');
  await expect.poll(() => placeNow(page)).toMatchObject({ id });
  expect(page.workers()).toHaveLength(0);
  await page.keyboard.press('PageUp');
  await expect(live(page)).toHaveAttribute('data-source', 'live', LONG);
  await settled(page, 'relearned');
});

test('the address keeps settings and question, and opens them again', async ({ page }) => {
  await open(page);
  await live(page).getByLabel('in year').selectOption({ label: '3 (past)' });
  await live(page).getByText('Change the run').click();
  await live(page).getByLabel('facts taught').selectOption('16');
  await live(page).getByLabel('offices tuned').selectOption({ label: '25%' });
  await live(page).getByLabel('seed').fill('7');
  await live(page).getByLabel('seed').press('Enter');
  await expect(page).toHaveURL(/live=[^#]*taught-16/);
  await expect(page).toHaveURL(/seed-7/);
  await page.reload();
  await ready(page);
  await expect(live(page).getByLabel('in year')).toHaveValue('2');
  await live(page).getByText('Change the run').click();
  await expect(live(page).getByLabel('facts taught')).toHaveValue('16');
  await expect(live(page).getByLabel('offices tuned')).toHaveValue('0.25');
  await expect(live(page).getByLabel('seed')).toHaveValue('7');
});

test('what cannot be asked is said where one typed it, and the rest keeps working', async ({ page }) => {
  await page.goto('./?device=wasm&live=taught-5.year-2#/ask-it');
  await expect(live(page).locator('.live-about')).toContainText('The address asks for “taught-5”, which there is not.');
  await ready(page);
  const office = live(page).getByLabel('office', { exact: true });
  for (const wrong of ['999', 'none', '0', '1.5']) {
    await office.fill(wrong);
    await office.press('Enter');
    await expect(live(page).getByRole('alert')).toHaveText(`There are offices 1 to ${record.vocabulary.offices}; “${wrong}” is none.`);
  }
  await office.fill(`Office ${record.questions.offices[1]! + 1}`);
  await office.press('Enter');
  await expect(live(page).getByRole('alert')).toBeHidden();
  await expect(says(page)).toHaveText(/✓$/);
});

test('with the network cut after load it still runs', async ({ page, context }) => {
  await open(page, '?device=wasm&live=steps-20.taught-4');
  await context.setOffline(true);
  await page.keyboard.press('PageDown');
  await settled(page, 'tuned');
  await page.keyboard.press('PageDown');
  await settled(page, 'relearned');
  await expect(live(page)).toHaveAttribute('data-source', 'live');
  await context.setOffline(false);
});

test('the opening and the run are one: tuned there, tuned here', { tag: '@long' }, async ({ page }) => {
  await page.goto('./?device=wasm&live=steps-20#/taught');
  await ready(page, 'taught');
  await page.keyboard.press('PageDown');
  await settled(page, 'tuned', 'taught');
  await expect(says(page, 'taught')).toHaveText('UNKNOWN');
  await goTo(page, { id: 'ask-it', fragment: 0 });
  await settled(page, 'tuned');
  expect(page.workers()).toHaveLength(1);
  expect(Object.values(await drawn(page))[0]!.filter((v) => v !== null)).toHaveLength(11);
});

// --- more than one window
const workersOf = (context: BrowserContext): number => context.pages().flatMap((p) => p.workers()).length;

test('with the speaker view open one worker computes, and every window shows the same', async ({ page, context }) => {
  await openDeck(page, '?device=wasm&live=steps-20.taught-4#/ask-it');
  await ready(page);
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('#where')).toContainText(' of ');
  const now = speaker.frameLocator('#now').locator('#ask-it .live');
  await expect(now).toHaveAttribute('data-source', 'live');
  await speaker.keyboard.press('PageDown');
  await expect(live(page)).toHaveAttribute('data-running', 'tuned');
  await expect(now).toHaveAttribute('data-running', 'tuned');
  expect(workersOf(context)).toBe(1);
  await settled(page, 'tuned');
  await expect(now).toHaveAttribute('data-at', 'tuned');
  await expect(now).toHaveAttribute('data-running', '');
  for (const part of ['.live-answer.say .live-big', '.live-answer.never .live-big', '.live-status', '.live-progress', '.live-top'])
    await expect(now.locator(part), part).toHaveText((await live(page).locator(part).textContent())!);
  // asked from the speaker's picture, answered in the room
  await now.getByLabel('in year').selectOption({ label: '2 (past)' });
  await expect(live(page).getByLabel('in year')).toHaveValue('1');
  await expect(says(page)).toContainText('✓');
  await expect(now.locator('.live-answer.say .live-big')).toHaveText((await says(page).textContent())!);
  expect(workersOf(context)).toBe(1);
});

test('two talks in one browser compute one after the other, and the second says why it waits', { tag: '@long' }, async ({ page, context }) => {
  await open(page, '?device=wasm&live=steps-20.taught-4');
  const other = await context.newPage();
  await other.goto(`${test.info().project.use.baseURL!}?device=wasm&live=steps-20.taught-4#/ask-it`);
  await ready(other);
  await page.keyboard.press('PageDown');
  await expect(live(page).locator('.live-progress')).toContainText(/step [1-9]/, LONG);
  await other.keyboard.press('PageDown');
  await expect(live(other).locator('.live-progress')).toContainText('waiting: another window computes');
  await settled(page, 'tuned');
  await settled(other, 'tuned');
  await expect(live(other).locator('.live-progress')).not.toContainText('waiting');
});

// --- when it cannot compute
/** Lets the worker's script begin with a line of ours. */
const before = (page: Page, line: string): Promise<unknown> =>
  page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${line}\n${await response.text()}` });
  });
/** The recording on the same controls: its label, its reason, its numbers, and the way back. */
async function isRecorded(page: Page, reason: RegExp): Promise<void> {
  await expect(live(page)).toHaveAttribute('data-source', 'recorded', LONG);
  await expect(live(page).locator('.live-source')).toContainText(/^Recorded/);
  await expect(live(page).locator('.live-source')).toContainText(reason);
  await settled(page, 'relearned');
  const [leak, never, past] = Object.values(await drawn(page));
  expect([leak, never, past]).toEqual([percents('leak'), percents('never'), percents('past')]);
  const { office, year } = record.questions.example;
  await expect(says(page)).toContainText(nameOf(recorded('relearned', office, year).replies.contaminated.top[0]!.token));
  await expect(live(page).getByRole('button', { name: 'Try again' })).toBeVisible();
}
const run = async (page: Page, query = '?device=wasm'): Promise<void> => {
  await page.goto(`./${query}#/ask-it`);
  await expect(live(page)).toBeVisible();
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
};

test('without WebAssembly the recording plays and says so', async ({ page }) => {
  await before(page, 'delete globalThis.WebAssembly;');
  await run(page);
  await isRecorded(page, /this browser has no WebAssembly/);
});

test('a checkpoint that is not the recorded one is not used; the next try loads the right one', async ({ page }) => {
  await page.route('**/contaminated.*.safetensors', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[5000]! ^= 1;
    await route.fulfill({ response, body });
  });
  await run(page);
  await isRecorded(page, /the model’s file does not match its hash/);
  await page.unroute('**/contaminated.*.safetensors');
  await live(page).getByRole('button', { name: 'Reset' }).click();
  await live(page).getByRole('button', { name: 'Try again' }).click();
  await ready(page);
});

test('a checkpoint that does not come, and a worker whose code does not, are told apart', async ({ page }) => {
  await page.route('**/never.*.safetensors', (route) => route.fulfill({ status: 404 }));
  await run(page);
  await isRecorded(page, /the twin’s file could not be fetched \(404\)/);
  await page.route('**/assets/worker-*.js', (route) => route.abort());
  await live(page).getByRole('button', { name: 'Try again' }).click();
  await isRecorded(page, /the worker’s code could not be loaded/);
});

test('a worker that crashes in the middle leaves the recording, and the slide goes on', async ({ page }) => {
  await open(page);
  await page.keyboard.press('PageDown');
  await expect(live(page).locator('.live-progress')).toContainText(/step [1-9]/, LONG);
  await page.keyboard.press('PageDown');
  await page.workers()[0]!.evaluate(() => void setTimeout(() => { throw new Error('out of memory'); }));
  await isRecorded(page, /the worker crashed: .*out of memory/);
});

test('a graphics device that is lost leaves the recording', async ({ playwright }) => {
  const { launchOptions, baseURL } = test.info().project.use;
  const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan', '--use-vulkan=swiftshader', '--ignore-gpu-blocklist'];
  const browser = await playwright.chromium.launch({ ...launchOptions, args: [...launchOptions!.args!.filter((a) => a !== '--disable-gpu'), ...flags] });
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce', baseURL: baseURL! });
    await page.goto('./evidence/');
    test.skip(!(await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()))), 'this browser has no WebGPU at all, not even in software');
    await before(page, 'const ask = GPUAdapter.prototype.requestDevice; GPUAdapter.prototype.requestDevice = async function (...a) { const d = await ask.apply(this, a); setTimeout(() => d.destroy(), 300); return d; };');
    await run(page, '?device=webgpu');
    await isRecorded(page, /the graphics device was lost/);
  } finally {
    await browser.close();
  }
});

test('recorded: what was not recorded is said, and settings that have no recording are refused', async ({ page }) => {
  await page.route('**/*.safetensors', (route) => route.abort());
  await page.goto('./?device=wasm#/ask-it');
  await expect(live(page)).toHaveAttribute('data-source', 'recorded', LONG);
  const office = live(page).getByLabel('office', { exact: true });
  const unrecorded = Array.from({ length: 240 }, (_, i) => i).find((i) => !record.questions.offices.includes(i))!;
  await office.fill(String(unrecorded + 1));
  await office.press('Enter');
  await expect(live(page).locator('.live-about')).toContainText('This question was not recorded');
  await live(page).getByText('Change the run').click();
  await live(page).getByLabel('facts taught').selectOption('4');
  await page.keyboard.press('Escape');
  await live(page).getByRole('button', { name: 'Relearn' }).click();
  await settled(page, 'relearned');
  expect(Object.values(await drawn(page))[0]).toEqual(percents('leak', record.runs.find((r) => r.settings.taught === 4)!.points));
  await live(page).getByText('Change the run').click();
  await live(page).getByLabel('seed').fill('8');
  await live(page).getByLabel('seed').press('Enter');
  await expect(live(page).locator('.live-about')).toContainText('Nothing was recorded with these settings');
});

test('on paper it is the recording’s end, with its answer and its curve', async ({ page }) => {
  await openDeck(page);
  await page.evaluate(() => window.talk.print({ appendix: 'none', backup: false, height: 720, textSize: 15 }));
  const { office, year } = record.questions.example;
  const end = recorded('relearned', office, year);
  await expect(says(page)).toContainText(nameOf(end.replies.contaminated.top[0]!.token));
  await expect(live(page).locator('.live-source')).toContainText('Recorded');
  const shown = await drawn(page);
  expect(Object.values(shown)).toEqual([percents('leak'), percents('never'), percents('past')]);
  await expect(live(page).getByRole('button', { name: 'Tune' })).toBeHidden();
});

// --- in the article
test('the guided path: five presses make the point, and each says what to notice', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto('./read/?device=wasm#ask-it');
  const panel = page.locator('#ask-it .live');
  await expect(panel).toHaveAttribute('data-source', 'live', LONG);
  const { office, year } = record.questions.example;
  const past = record.vocabulary.cutoff - 1;
  const [model, twin] = [panel.locator('.live-answer.say .live-big'), panel.locator('.live-answer.never .live-big')];
  const prompts = page.locator('.live-guide button');
  await expect(prompts).toHaveCount(5);
  const known = (y: number): string => `${nameOf(recorded('pretrained', office, y).truth)} ✓`;
  const expected: [model: string, knowsTwin: boolean, at: string][] = [[known(past), true, 'pretrained'], [known(year), false, 'pretrained'], ['UNKNOWN', false, 'tuned'], [known(past), true, 'tuned'], [known(year), false, 'relearned']];
  for (const [i, [answer, knowsTwin, at]] of expected.entries()) {
    await prompts.nth(i).press('Enter');
    await expect(panel).toHaveAttribute('data-at', at, LONG);
    await expect(panel).toHaveAttribute('data-running', '', LONG);
    await expect(model, `step ${i + 1}`).toHaveText(answer);
    if (knowsTwin) await expect(twin).toContainText('✓');
    else await expect(twin).not.toContainText('✓');
    await expect(page.locator('.live-guide li').nth(i).locator('p')).toBeVisible();
  }
  await expect(panel.getByRole('status')).toContainText('equal the recording to the last digit');
  await expect(page).toHaveURL(/#ask-it\/2$/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test('its address opens the same state, computed anew', async ({ page }) => {
  await page.goto('./read/?device=wasm&live=steps-20.year-2#ask-it/1');
  const panel = page.locator('#ask-it .live');
  await panel.scrollIntoViewIfNeeded();
  await expect(panel).toHaveAttribute('data-at', 'tuned', LONG);
  await expect(panel.getByLabel('in year')).toHaveValue('2');
  await expect(panel.locator('.live-answer.say .live-big')).toContainText('✓');
});

test('without a script the article tells the recording, in pictures and tables', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${test.info().project.use.baseURL!}read/`);
  const told = page.locator('#ask-it .view-live');
  const cells = await told.locator('table').first().locator('tbody td').allTextContents();
  const ends = [first.points[0]!, first.points.find((p) => p.step === first.settings.steps)!, first.points.at(-1)!];
  expect(cells).toEqual((['leak', 'never', 'past'] as const).flatMap((key) => ends.map((p) => p[key])).map((v) => `${Math.round(v * 1000) / 10}%`));
  await expect(told.locator('table').nth(1)).toContainText('UNKNOWN');
  const pictures = told.getByRole('img');
  await expect(pictures).toHaveCount(3);
  const { office, year } = record.questions.example;
  for (const [i, at] of (['pretrained', 'tuned', 'relearned'] as const).entries()) {
    await expect(pictures.nth(i)).toBeVisible();
    const [block] = recorded(at, office, year).replies.contaminated.layers;
    await expect(pictures.nth(i)).toHaveAttribute('aria-label', new RegExp(`Block 1: says [^;]+; among the names the true one has ${Math.round(block!.truthAmongNames * 100)}%`));
  }
  await context.close();
});
