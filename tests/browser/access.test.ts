// WCAG 2.2 AA as far as axe cannot see it: order, focus, size, zoom, forced colours, what is announced.
// Each page in the state in which one meets it; the deck slide by slide.
import { expect, test, type Page } from '@playwright/test';
import { contrast } from '../colour.ts';
import { addStyle, allFigures, goTo, layAllOut, onEverySlide, openDeck } from '../support.ts';
import { valueText } from '../../src/panels/panel.ts';

test.describe.configure({ mode: 'parallel' });

const PAGES = {
  deck: { path: './', ready: 'html[data-loaded="all"]' },
  article: { path: './read/', ready: 'html[data-ready]' },
  evidence: { path: './evidence/', ready: 'html[data-loaded="all"]' },
  speaker: { path: './speaker/', ready: '#notes' },
  preflight: { path: './preflight/', ready: 'html[data-ready]' },
} as const;
type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];

async function open(page: Page, name: Name, more = ''): Promise<void> {
  await page.goto(PAGES[name].path + more);
  await page.waitForSelector(PAGES[name].ready, { state: 'attached' });
}

// --- order
for (const width of [1280, 390])
  test(`the article is read in the order in which it stands, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await open(page, 'article');
    await layAllOut(page);
    const wrong = await page.evaluate(() => {
      const out: string[] = [];
      const rank = ['H3', 'prose', 'stage', 'prose', 'so', 'but', 'sources', 'numbers'];
      for (const part of document.querySelectorAll('.part')) {
        let bottom = -Infinity;
        let at = -1;
        for (const e of part.children) {
          const r = e.getBoundingClientRect();
          if (!r.height) continue;
          if (r.top < bottom - 1) out.push(`${part.id}: ${e.className || e.tagName} stands above what is read before it`);
          bottom = r.bottom;
          at = rank.findIndex((name, i) => i > at && (e.tagName === name || e.classList.contains(name)));
          if (at < 0) out.push(`${part.id}: ${e.className || e.tagName} is out of place`);
        }
        for (const figure of part.querySelectorAll('figure.panel')) {
          const [caption, body] = [figure.querySelector('figcaption'), figure.querySelector('.panel-body')!];
          if (caption?.offsetHeight && caption.getBoundingClientRect().bottom > body.getBoundingClientRect().top + 1) out.push(`${part.id}: a caption under its figure`);
        }
      }
      return out;
    });
    expect(wrong).toEqual([]);
  });

test('a slide is read in the order in which it stands: headline, stage, so, but, sources; each has a title of its own, and so has each page', async ({ page }) => {
  await openDeck(page);
  const { out, titles } = await page.evaluate(() => {
    const out: string[] = [];
    const titles: string[] = [];
    for (const { section } of window.talk.entries) {
      const { h, v } = window.talk.deck.getIndices(section);
      window.talk.deck.slide(h, v, 99);
      titles.push(document.title);
      const isBeside = section.classList.contains('layout-title'); // its picture stands beside the words
      let bottom = -Infinity;
      for (const e of section.querySelectorAll(':scope > :is(h1, h2, .stage, .so, .but, footer)')) {
        const r = e.getBoundingClientRect();
        if (!r.height || (isBeside && e.matches('.stage'))) continue;
        if (r.top < bottom - 2) out.push(`${section.id}: ${e.className || e.tagName} stands above what is read before it`);
        bottom = r.bottom;
      }
    }
    return { out, titles };
  });
  expect(out).toEqual([]);
  for (const name of NAMES.slice(1)) {
    await open(page, name);
    titles.push(await page.title());
  }
  expect(titles.filter((t, i) => titles.indexOf(t) !== i)).toEqual([]);
});

test('in the live panel on a phone Tab goes down the panel', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.route('**/*.safetensors', (route) => route.abort());
  await open(page, 'article', '#ask-it');
  const panel = page.locator('#ask-it .live');
  await expect(panel).toHaveAttribute('data-source', 'recorded');
  await panel.getByRole('button', { name: 'Tune' }).click();
  await expect(panel).toHaveAttribute('data-at', 'tuned');
  await expect(panel.locator('canvas')).toBeVisible();
  const tops = await panel.evaluate((e) => [...e.querySelectorAll<HTMLElement>('input, select, button, [tabindex="0"]')].filter((c) => c.checkVisibility({ visibilityProperty: true })).map((c) => Math.round(c.getBoundingClientRect().top)));
  expect(tops.length).toBeGreaterThan(5);
  expect(tops.every((top, i) => i === 0 || top >= tops[i - 1]! - 10), tops.join(' ')).toBe(true);
});

// --- charts without sight
test('every chart of the deck has its numbers in a table beside it, and the arrow keys read the same', async ({ page }) => {
  await openDeck(page);
  const found = await page.evaluate(async () => {
    const out: { slide: string; figure: string; cells: string[]; drawn: (number | null)[]; said: string[] }[] = [];
    for (const { section, id } of window.talk.entries) {
      if (!section.querySelector('figure.panel:not(.view-live, .view-table, .view-text)')) continue;
      const { h, v } = window.talk.deck.getIndices(section);
      window.talk.deck.slide(h, v, 99);
      while ([...section.querySelectorAll<HTMLElement>('.panel-body')].some((b) => b.dataset.state !== 'ready')) await new Promise(requestAnimationFrame);
      for (const figure of section.querySelectorAll<HTMLElement>('figure.panel')) {
        const chart = figure.querySelector<HTMLElement>('.chart');
        if (!chart) continue;
        const cells = [...figure.querySelectorAll('.twin td')].map((c) => c.textContent);
        const drawn = Object.values(window.talk.panelOf(figure)!.drawn()).flat();
        chart.focus();
        const said: string[] = [];
        for (let i = 0; i < drawn.length; i++) {
          chart.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
          said.push(chart.querySelector('[aria-live]')!.textContent);
        }
        out.push({ slide: id, figure: figure.dataset.figure!, cells, drawn, said });
      }
    }
    return out;
  });
  expect(found.length).toBeGreaterThan(35);
  for (const { slide, figure, cells, drawn, said } of found) {
    const f = allFigures.find((g) => g.id === figure)!;
    const values = f.series.flatMap((s) => s.values);
    expect(drawn, `${slide}: ${figure}`).toEqual(values);
    for (const v of values) {
      const text = valueText(f, v);
      expect(cells.some((c) => c === text || c.startsWith(`${text} (`)), `${slide}: ${figure}: ${text} in the table`).toBe(true);
      expect(said.some((s) => s.includes(text)), `${slide}: ${figure}: ${text} by the arrow keys`).toBe(true);
    }
  }
});

// --- focus
interface Stop {
  name: string;
  outline: string;
  width: number;
  ring: string;
  ground: string;
  isSeen: boolean;
}
interface Walk {
  stops: Stop[];
  missed: string[];
}
/** Presses Tab, or Shift+Tab, once round a page; says what each stop looks like, and what could have the focus and never got it. */
async function walk(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<Walk> {
  const most = await page.evaluate(() => {
    const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const hex = (colour: string): string => {
      paper.clearRect(0, 0, 1, 1);
      paper.fillStyle = colour;
      paper.fillRect(0, 0, 1, 1);
      return `#${[...paper.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`;
    };
    const groundOf = (e: Element | null): string => {
      for (; e; e = e.parentElement) {
        const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\)$|transparent/.test(c)) return hex(c);
      }
      return '#ffffff';
    };
    const name = (e: Element): string => `${e.tagName.toLowerCase()}.${e.className} “${(e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 30)}”`;
    const canHave = (): HTMLElement[] =>
      [...document.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), input, select, summary, [tabindex="0"]')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert], .panel-body .scroll, .contents ol ol'));
    const wanted = canHave();
    const had = new Set<Element>();
    const stops: Stop[] = [];
    const look = (event: FocusEvent): void => {
      const e = event.target as HTMLElement;
      had.add(e);
      const css = getComputedStyle(e);
      const r = e.getClientRects()[0] ?? e.getBoundingClientRect();
      const box = { left: Math.max(0, r.left), right: Math.min(innerWidth, r.right), top: Math.max(0, r.top), bottom: Math.min(innerHeight, r.bottom) };
      // some of it is on screen, and nothing lies over all of that
      const points = [0.05, 0.5, 0.95].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [box.left + x * (box.right - box.left), box.top + y * (box.bottom - box.top)] as const));
      const isSeen = box.right > box.left && box.bottom > box.top && points.some(([x, y]) => {
        const on = document.elementFromPoint(x, y);
        return on && (e.contains(on) || on.contains(e));
      });
      stops.push({ name: name(e), outline: css.outlineStyle, width: Number.parseFloat(css.outlineWidth), ring: hex(css.outlineColor), ground: groundOf(e.parentElement), isSeen });
    };
    document.addEventListener('focusin', look);
    Object.assign(window, {
      isRound: () => wanted.every((e) => had.has(e) || !e.isConnected),
      done: (): Walk => {
        document.removeEventListener('focusin', look);
        const still = new Set(canHave());
        return { stops, missed: wanted.filter((e) => !had.has(e) && still.has(e)).map(name) };
      },
    });
    return wanted.length * 1.2 + 40; // there are stops that come and go
  });
  type Window = { isRound(): boolean; done(): Walk };
  if (key === 'Shift+Tab') await page.keyboard.down('Shift');
  for (let pressed = 0; pressed < most; pressed += 12) {
    await Promise.all(Array.from({ length: 12 }, () => page.keyboard.press('Tab'))); // the browser takes them one by one
    if (await page.evaluate(() => (window as unknown as Window).isRound())) break;
  }
  if (key === 'Shift+Tab') await page.keyboard.up('Shift');
  return page.evaluate(() => (window as unknown as Window).done());
}
function judge({ stops, missed }: Walk): string[] {
  return [
    ...missed.map((m) => `never reached: ${m}`),
    ...stops.flatMap((s) => [
      ...(s.isSeen ? [] : [`hidden while it has the focus: ${s.name}`]),
      ...(s.outline === 'none' || s.width < 2 ? [`no outline: ${s.name}`] : contrast(s.ring, s.ground) < 3 ? [`outline ${s.ring} on ${s.ground}: ${s.name}`] : []),
    ]),
  ];
}

for (const [name, more, width, least] of [['article', '', 1280, 500], ['evidence', '?claim=C9', 1280, 60], ['evidence', '?claim=C9', 390, 60], ['speaker', '', 1280, 7], ['preflight', '', 1280, 3]] as const)
  test(`Tab goes through the whole page and back, and what has the focus shows it: ${name}, ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 720 });
    await open(page, name, more);
    const there = await walk(page, 'Tab');
    expect(there.stops.length).toBeGreaterThan(least);
    expect([...new Set(judge(there))]).toEqual([]);
    const back = await walk(page, 'Shift+Tab');
    expect([...new Set(judge(back))]).toEqual([]);
  });

for (const [width, height] of [[1280, 720], [390, 844]] as const)
  test(`Tab goes through a slide and the sections and back, and what has the focus shows it, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openDeck(page);
    for (const id of ['title', 'rounding', 'ledger', 'b-questions']) {
      await goTo(page, { id, fragment: 99 });
      for (const key of ['Tab', 'Shift+Tab'] as const) expect([...new Set(judge(await walk(page, key)))], `${id}, ${key}`).toEqual([]);
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    }
  });

test('the skip link is the first stop, is seen, and leads past the contents', async ({ page }) => {
  await open(page, 'article');
  await page.keyboard.press('Tab');
  const link = page.getByRole('link', { name: 'Skip to the text' });
  await expect(link).toBeFocused();
  await expect(link).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => Boolean(document.activeElement!.closest('main')))).toBe(true);
});

test('a chart that has the focus keeps it out of sight, on resizing and through printing; left, it sleeps', async ({ page }) => {
  await open(page, 'article', '#rounding');
  const chart = page.locator('#rounding .chart');
  await expect(chart.locator('canvas')).toBeVisible();
  await chart.focus();
  await page.evaluate(() => scrollTo(0, 0));
  // the next far figure has gone to sleep, so this one was told too
  await expect(page.locator('main canvas:not(#rounding canvas, .live canvas)')).toHaveCount(0);
  await expect(chart).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(chart.locator('[aria-live]')).toContainText('%');
  await chart.scrollIntoViewIfNeeded();
  await page.setViewportSize({ width: 900, height: 700 });
  await expect(chart).toBeFocused();
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await expect(page.locator('#rounding canvas')).toHaveCount(0);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect(chart).toBeFocused();
  await page.evaluate(() => scrollTo(0, 0));
  await page.locator('.skip').focus();
  await expect(page.locator('#rounding canvas')).toHaveCount(0);
});

test('a button that has done all it can keeps the focus; “Try again” hands it to what it brought', async ({ page }) => {
  const url = allFigures.find((f) => f.id === 'quantization-restores')!.id;
  let broken = true;
  await page.route(`**/data/${url}.*.json`, (route) => (broken ? route.abort() : route.continue()));
  await open(page, 'article', '#rounding');
  const again = page.locator('#rounding').getByRole('button', { name: 'Try again' });
  await again.press('Enter');
  await expect(again).toBeFocused();
  broken = false;
  await again.press('Enter');
  await expect(page.locator('#rounding .chart')).toBeFocused();

  const box = page.locator('.stepper').first();
  await box.scrollIntoViewIfNeeded();
  const [stepBack, stepOn] = [box.getByRole('button', { name: 'Step back' }), box.getByRole('button', { name: 'Step on' })];
  await stepBack.press('Enter');
  await stepOn.press('Enter');
  await expect(stepOn).toBeDisabled();
  await expect(stepOn).toBeFocused();

  await open(page, 'preflight');
  await page.getByRole('button', { name: 'Check again' }).press('Enter');
  await expect(page.locator('html')).not.toHaveAttribute('data-ready');
  await expect(page.getByRole('button', { name: 'Check again' })).toBeFocused();
});

// --- what is announced
test('a run is announced by its end and its answer, not by its steps', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' }); // the recording then plays, step by step
  await page.route('**/*.safetensors', (route) => route.abort());
  await open(page, 'article', '#ask-it');
  const panel = page.locator('#ask-it .live');
  await expect(panel).toHaveAttribute('data-source', 'recorded');
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said, shown: new Set<string>() });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const e = target instanceof Element ? target : target.parentElement!;
        const live = e.closest('[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"]');
        if (live?.textContent.trim()) said.push(live.textContent.trim());
        const progress = document.querySelector('#ask-it .live-progress')!.textContent;
        (window as unknown as { shown: Set<string> }).shown.add(progress);
      }
    }).observe(document.querySelector('#ask-it .live')!, { subtree: true, childList: true, characterData: true });
  });
  await panel.getByRole('button', { name: 'Tune' }).press('Enter');
  await expect(panel).toHaveAttribute('data-at', 'tuned');
  await expect(panel).toHaveAttribute('data-running', '');
  const { said, steps } = await page.evaluate(() => {
    const { said, shown } = window as unknown as { said: string[]; shown: Set<string> };
    return { said: [...new Set(said)], steps: shown.size };
  });
  expect(steps, 'steps that a reader sees').toBeGreaterThan(4);
  expect(said.length, said.join(' | ')).toBeLessThanOrEqual(2);
  expect(said.join(' ')).toContain(await panel.locator('[role="status"]').textContent());
});

test('a press of the guide and a step of a figure are announced', async ({ page }) => {
  await page.route('**/*.safetensors', (route) => route.abort());
  await open(page, 'article', '#ask-it');
  const panel = page.locator('#ask-it');
  await expect(panel.locator('.live')).toHaveAttribute('data-source', 'recorded');
  await panel.locator('.live-guide button').first().press('Enter');
  await expect(panel.locator('.live > [aria-live="polite"]')).toContainText(/\w/);
  const notice = panel.locator('.live-guide p').first();
  await expect(notice).toBeVisible();
  expect(await notice.evaluate((e) => Boolean(e.closest('[aria-live], [role="status"]'))), 'what to notice is read out').toBe(true);
  await open(page, 'article', '#rounding');
  const box = page.locator('.stepper').first();
  await box.scrollIntoViewIfNeeded();
  const told = box.getByRole('status');
  const before = await told.textContent();
  await box.getByRole('button', { name: 'Step back' }).press('Enter');
  await expect(told).not.toHaveText(before!);
});

// --- size
/** Controls smaller than 24 × 24 px, but for links in a sentence and those with room about them (2.5.8). */
function tooSmall(): string[] {
  const name = (e: Element): string => `${e.tagName.toLowerCase()}.${e.className} “${(e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 24)}”`;
  const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, summary, [tabindex="0"]')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert], .sr') && !e.matches('.skip:not(:focus)') && e.getClientRects().length);
  const isInline = (e: Element): boolean => getComputedStyle(e).display === 'inline' && e.parentElement!.textContent.trim().length > e.textContent!.trim().length;
  const boxes = all.map((e) => ({ e, r: e.getBoundingClientRect() }));
  return boxes.flatMap(({ e, r }) => {
    if (!r.width || (r.width >= 23.9 && r.height >= 23.9) || isInline(e)) return [];
    const [x, y] = [(r.left + r.right) / 2, (r.top + r.bottom) / 2];
    const near = boxes.find(({ e: o, r: q }) => {
      if (o === e || o.contains(e) || e.contains(o) || !q.width) return false;
      if (Math.hypot(Math.max(q.left - x, 0, x - q.right), Math.max(q.top - y, 0, y - q.bottom)) < 12) return true;
      return (q.width < 24 || q.height < 24) && !isInline(o) && Math.hypot((q.left + q.right) / 2 - x, (q.top + q.bottom) / 2 - y) < 24;
    });
    return near ? [`${name(e)} is ${r.width.toFixed(0)} × ${r.height.toFixed(0)}, close to ${name(near.e)}`] : [];
  });
}
for (const [width, height] of [[390, 844], [1280, 720]] as const)
  test(`no control is too small to hit, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.route('**/*.safetensors', (route) => route.abort());
    for (const name of ['article', 'evidence', 'speaker', 'preflight'] as const) {
      await open(page, name, name === 'article' ? '#ask-it' : '');
      if (name === 'article') {
        await expect(page.locator('#ask-it .live')).toBeVisible();
        await layAllOut(page);
        await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
      }
      expect(await page.evaluate(tooSmall), name).toEqual([]);
    }
    await openDeck(page);
    if (width > 700) await page.locator('nav.progress').hover(); // it grows under the pointer
    await page.evaluate(`window.tooSmall = ${tooSmall.toString()}`);
    expect(await page.evaluate(() => window.talk.entries.flatMap(({ id, section }) => {
      const { h, v } = window.talk.deck.getIndices(section);
      window.talk.deck.slide(h, v, 99);
      return (window as unknown as { tooSmall(): string[] }).tooSmall().map((f) => `${id}: ${f}`);
    }))).toEqual([]);
  });

// --- zoom
for (const [width, height, zoom] of [[640, 360, 200], [320, 256, 400]] as const) {
  test(`at ${zoom} % no page scrolls sideways, and what scrolls inside it can be reached by keyboard`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const name of ['article', 'evidence', 'speaker', 'preflight'] as const) {
      await open(page, name);
      if (name === 'article') await layAllOut(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
      expect(await page.evaluate(() => document.scrollingElement!.scrollWidth), name).toBeLessThanOrEqual(width);
      expect(await page.evaluate(() => {
        const out = new Set<string>();
        for (const e of document.querySelectorAll<HTMLElement>('body *')) {
          const css = getComputedStyle(e);
          if (!e.checkVisibility() || e.closest('.sr, svg')) continue;
          const label = `${e.tagName.toLowerCase()}.${e.className}`;
          const isWide = e.scrollWidth > e.clientWidth + 1;
          if (isWide && ['auto', 'scroll'].includes(css.overflowX) && e.tabIndex !== 0 && !e.querySelector('a[href], button, [tabindex="0"]')) out.add(`${label} scrolls for a mouse alone`);
          if (isWide && ['hidden', 'clip'].includes(css.overflowX) && e.clientWidth && e.textContent.trim() && !['INPUT', 'SELECT'].includes(e.tagName)) out.add(`${label} hides some of its width`);
          if (['fixed', 'sticky'].includes(css.position) && e.clientHeight > innerHeight / 3) out.add(`${label} takes ${e.clientHeight} px of ${innerHeight}`);
        }
        return [...out];
      }), name).toEqual([]);
    }
  });

  test(`at ${zoom} % a slide is one column of legible text that the keyboard scrolls to its end`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openDeck(page);
    expect(await onEverySlide(page, () => {
      const slide = window.talk.deck.getCurrentSlide();
      const out: string[] = [];
      const say = (what: string): void => void out.push(what);
      const scale = slide.getBoundingClientRect().width / slide.clientWidth;
      if (document.scrollingElement!.scrollWidth > innerWidth || slide.scrollWidth > slide.clientWidth + 1) say('scrolls sideways');
      for (const e of slide.querySelectorAll<HTMLElement>('h1, h2, .text, .so, .but, .foot, td, dd, figcaption')) if (e.checkVisibility() && !e.closest('.sr') && Number.parseFloat(getComputedStyle(e).fontSize) * scale < 12.9) say(`${e.className || e.tagName} is ${(Number.parseFloat(getComputedStyle(e).fontSize) * scale).toFixed(1)} px`);
      for (const c of slide.querySelectorAll('canvas')) if (c.clientHeight < 200) say(`a chart ${c.clientHeight} px high`);
      slide.scrollTop = 1e6;
      const foot = slide.querySelector('.foot')!.getBoundingClientRect();
      if (foot.bottom > (document.querySelector('nav.progress')!.getBoundingClientRect().top || innerHeight) + 1) say('its sources cannot be scrolled into view');
      slide.scrollTop = 0;
      return out;
    })).toEqual([]);
    await goTo(page, { id: 'rounding', fragment: 99 });
    const isAtEnd = (): Promise<boolean> => page.evaluate(() => ((s) => s.scrollTop + s.clientHeight > s.scrollHeight - 2)(window.talk.deck.getCurrentSlide()));
    for (let i = 0; i < 40 && !(await isAtEnd()); i++) await page.keyboard.press('ArrowDown');
    await expect(page.locator('#rounding .chip').last()).toBeInViewport();
    expect(await page.evaluate(() => window.talk.deck.getCurrentSlide().id)).toBe('rounding');
    await page.keyboard.press('ArrowDown'); // at the end it steps, as on a large screen
    expect(await page.evaluate(() => window.talk.deck.getCurrentSlide().id)).not.toBe('rounding');
  });
}

test('with more space between lines, words and letters nothing in the article and the index is cut off', async ({ page }) => {
  for (const [name, width] of [['article', 1280], ['article', 390], ['evidence', 390]] as const) {
    await page.setViewportSize({ width, height: 800 });
    await open(page, name);
    if (name === 'article') await layAllOut(page);
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
    // WCAG 1.4.12; what is drawn is a picture
    await addStyle(page, ':not(svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }');
    expect(await page.evaluate(() => {
      const out = new Set<string>();
      if (document.scrollingElement!.scrollWidth > innerWidth) out.add('the page scrolls sideways');
      for (const e of document.querySelectorAll<HTMLElement>('body *')) {
        if (!e.checkVisibility() || e.closest('.sr, svg, select, input') || !e.textContent.trim()) continue;
        const { overflowX, overflowY } = getComputedStyle(e);
        const label = `${e.tagName.toLowerCase()}.${e.className}`;
        if (['hidden', 'clip'].includes(overflowY) && e.scrollHeight > e.clientHeight + 1) out.add(`${label} cuts off ${e.scrollHeight - e.clientHeight} px of its height`);
        if (['hidden', 'clip'].includes(overflowX) && e.scrollWidth > e.clientWidth + 1) out.add(`${label} cuts off ${e.scrollWidth - e.clientWidth} px of its width`);
      }
      for (const part of document.querySelectorAll('.part')) {
        let bottom = -Infinity;
        for (const e of part.children) {
          const r = e.getBoundingClientRect();
          if (r.height && r.top < bottom - 1) out.add(`${part.id}: ${e.className} lies over what is before it`);
          if (r.height) bottom = r.bottom;
        }
      }
      return [...out];
    }), `${name}, ${width} px`).toEqual([]);
  }
});

// --- colours
for (const theme of ['light', 'dark'])
  test(`marks and words of every picture in the article stand out from their ground, ${theme}`, async ({ page }) => {
    await open(page, 'article', `?theme=${theme}`);
    await layAllOut(page);
    // a picture is a file with the page's tokens: here, as a part of the page, its colours can be asked for
    await page.locator('.still.wide img').evaluateAll((all) =>
      Promise.all((all as HTMLImageElement[]).map(async (img) => img.replaceWith(new DOMParser().parseFromString(await (await fetch(img.src)).text(), 'image/svg+xml').documentElement))),
    );
    const { paper, rule, marks } = await page.evaluate(() => {
      const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      const paper = getComputedStyle(document.documentElement).backgroundColor;
      const hex = (colour: string): string => {
        for (const c of [paper, colour]) {
          pen.fillStyle = c;
          pen.fillRect(0, 0, 1, 1);
        }
        return `#${[...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`;
      };
      const probe = document.createElement('i');
      probe.style.color = 'var(--rule)';
      document.body.append(probe);
      const marks = [...document.querySelectorAll<SVGElement>('.still.wide svg :is(path, rect, text), .key path')].filter((e) => !e.closest('clipPath, .view-grid, [opacity]')).map((e) => {
        const css = getComputedStyle(e);
        const looks = [css.fill, Number.parseFloat(css.strokeWidth) > 0 ? css.stroke : 'none'].filter((c) => c !== 'none').map(hex);
        // a bar with an edge is two shapes, the edge under the filling
        const [under, own] = [e.previousElementSibling, e.getBoundingClientRect()];
        const edge = under?.getBoundingClientRect();
        if (edge && e.tagName === 'path' && Math.abs(edge.left - own.left) < 8 && Math.abs(edge.right - own.right) < 8 && Math.abs(edge.top - own.top) < 8 && Math.abs(edge.bottom - own.bottom) < 8) looks.push(hex(getComputedStyle(under!).fill));
        return { where: `${e.closest('.part')!.id}: ${e.tagName} ${e.textContent.slice(0, 20)}`, isText: e.tagName === 'text', looks };
      });
      return { paper: hex(paper), rule: hex(getComputedStyle(probe).color), marks };
    });
    expect(marks.length).toBeGreaterThan(800);
    const low = marks.filter(({ looks, isText }) => looks.some((c) => c !== rule && c !== paper) && Math.max(...looks.map((c) => contrast(c, paper))) < (isText ? 4.5 : 3));
    expect([...new Set(low.map((m) => `${m.where} ${m.looks.join(' ')}`))]).toEqual([]);
  });

for (const scheme of ['light', 'dark'] as const)
  test(`in forced colours charts, states and the focus can be seen, on a ${scheme} ground`, async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme });
    /** The colours of a picture of this element, most frequent first. */
    const colours = async (selector: string): Promise<string[]> => {
      const data = (await page.locator(selector).first().screenshot()).toString('base64');
      return page.evaluate(async (data) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
        const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        pen.drawImage(bitmap, 0, 0);
        const { data: px } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
        const count = new Map<string, number>();
        for (let i = 0; i < px.length; i += 4) {
          const c = `#${[px[i]!, px[i + 1]!, px[i + 2]!].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
          count.set(c, (count.get(c) ?? 0) + 1);
        }
        return [...count].filter(([, n]) => n > 40).sort((a, b) => b[1] - a[1]).map(([c]) => c);
      }, data);
    };
    await openDeck(page, '#/rounding');
    const [ground, ...inks] = await colours('#rounding .chart');
    const isColour = (c: string): boolean => ((v) => Math.max(...v) - Math.min(...v) > 40)([1, 3, 5].map((i) => Number.parseInt(c.slice(i, i + 2), 16)));
    expect(inks.filter((c) => isColour(c) && contrast(c, ground!) >= 3).length, `inks on ${ground}: ${inks.join(' ')}`).toBeGreaterThanOrEqual(2);
    expect(await page.locator('#rounding .chart').evaluate((e) => getComputedStyle(e).backgroundColor), 'a ground of its own').toMatch(/^rgb\(/);
    expect((await colours('nav.progress')).length, 'where in the talk').toBeGreaterThanOrEqual(3);
    await page.locator('#rounding .chip').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    const ring = await page.locator('#rounding .chip').evaluate((e) => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineColor, getComputedStyle(e).borderTopColor, getComputedStyle(document.body).backgroundColor]);
    expect(ring[0]).toBe('solid');
    expect(ring[1]).not.toBe(ring[3]);
    expect(ring[2]).not.toBe(ring[3]);

    await page.route('**/*.safetensors', (route) => route.abort());
    await open(page, 'article', '#ask-it');
    const pressed = page.locator('#ask-it .live [aria-pressed="true"]');
    await page.locator('#ask-it .live').getByRole('button', { name: 'Tune' }).click();
    await expect(page.locator('#ask-it .live')).toHaveAttribute('data-at', 'tuned');
    await expect(pressed).toHaveText('Tune');
    const [on, off] = await page.locator('#ask-it .live-buttons').evaluate((e) => ['true', 'false'].map((v) => getComputedStyle(e.querySelector(`[aria-pressed="${v}"]`)!).backgroundColor));
    expect(on).not.toBe(off);
    const stills = await colours('.still.wide:visible, .strata');
    expect(stills.slice(1).filter((c) => contrast(c, stills[0]!) >= 3).length).toBeGreaterThanOrEqual(1);
    const current = await page.locator('.contents').evaluate((e) => [...new Set([...e.querySelectorAll('a')].filter((a) => a.checkVisibility()).map((a) => `${a.hasAttribute('aria-current')} ${getComputedStyle(a).borderLeftColor}`))]);
    expect(current.length, current.join()).toBe(2);
    expect(new Set(current.map((c) => c.split(' ').slice(1).join(' '))).size).toBe(2);
  });

// --- structure
for (const name of NAMES)
  test(`${name}: language, title, one main part and first heading, no gap in the headings, every control named, nothing moves`, async ({ page }) => {
    await open(page, name);
    const found = await page.evaluate(() => {
      const shown = (e: Element): boolean => e.checkVisibility() || Boolean(e.closest('details:not([open])'));
      const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((h) => shown(h) && !h.closest('[hidden], dialog:not([open])')).map((h) => Number(h.tagName[1]));
      const lasts = (v: string): boolean => v.split(',').some((t) => Number.parseFloat(t) > 0);
      const nameOf = (e: Element): string => (e.getAttribute('aria-label') ?? (e.getAttribute('aria-labelledby') ? document.getElementById(e.getAttribute('aria-labelledby')!)?.textContent : undefined) ?? ((e as HTMLInputElement).labels?.[0]?.textContent || e.textContent) ?? '').replace(/[^\p{L}\p{N}?]/gu, '');
      return {
        lang: document.documentElement.lang,
        main: document.querySelectorAll('main').length,
        h1: document.querySelectorAll('h1').length,
        gaps: levels.filter((l, i) => i > 0 && l > levels[i - 1]! + 1).length,
        application: document.querySelectorAll('[role="application"]').length,
        unnamed: [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"], nav, iframe, svg[role="img"], canvas')].filter((e) => e.checkVisibility() && !e.closest('[aria-hidden="true"]') && !nameOf(e) && !e.getAttribute('title')).map((e) => e.outerHTML.slice(0, 80)),
        moving: [...document.querySelectorAll('body *')].filter((e) => e.getClientRects().length && [null, '::before', '::after'].some((p) => lasts(getComputedStyle(e, p).transitionDuration) || (getComputedStyle(e, p).animationName !== 'none' && lasts(getComputedStyle(e, p).animationDuration)))).map((e) => e.className),
        smooth: [document.documentElement, document.body, ...document.querySelectorAll('main, section, nav')].filter((e) => getComputedStyle(e).scrollBehavior !== 'auto').length,
        outside: [...document.body.children].filter((e) => !e.matches('main, header, footer, nav, aside, form, dialog, script, noscript, details:has(nav), .skip, [aria-hidden="true"], [role="status"], [popover], [hidden], .aria-status') && e.textContent.trim() && e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80)),
      };
    });
    expect(found).toEqual({ lang: 'en', main: 1, h1: 1, gaps: 0, application: 0, unnamed: [], moving: [], smooth: 0, outside: [] });
    await expect(page).toHaveTitle(/Dented, not erased/);
  });

// --- what appears on hover or focus (1.4.13)
test('a preview can be dismissed without moving, hovered, and stays while it is looked at', async ({ page }) => {
  await open(page, 'article');
  const preview = page.locator('.preview');
  const cite = page.locator('.prose a.cite').first();
  await cite.scrollIntoViewIfNeeded();
  await cite.hover();
  await expect(preview).toBeVisible();
  expect(await cite.getAttribute('aria-describedby')).toBe(await preview.getAttribute('id'));
  await page.keyboard.press('Escape');
  await expect(preview).toBeHidden();
  expect(await cite.evaluate((e) => e.matches(':hover')), 'the pointer has not moved').toBe(true);
  await page.mouse.move(2, 2);
  await cite.hover();
  await expect(preview).toBeVisible();
  // from the link onto the preview, slowly, through the gap between
  const [from, to] = [(await cite.boundingBox())!, (await preview.boundingBox())!];
  const y = to.y > from.y ? to.y + 6 : to.y + to.height - 6;
  for (let i = 1; i <= 8; i++) await page.mouse.move(from.x + 10, from.y + from.height / 2 + ((y - from.y - from.height / 2) * i) / 8);
  await page.waitForFunction(() => new Promise((done) => setTimeout(() => done(true), 400))); // longer than it would take to close
  await expect(preview).toBeVisible();
  await page.mouse.move(2, 2);
  await expect(preview).toBeHidden();
  await cite.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(preview).toBeVisible();
  const [link, box] = [(await cite.boundingBox())!, (await preview.boundingBox())!];
  expect(box.y >= link.y + link.height || box.y + box.height <= link.y, 'it does not cover what has the focus').toBe(true);
});
