// For those who do not see the screen, do not use a mouse, or want no motion. axe first; then what
// axe lets pass: in a deck it takes reveal's layer for a dialog and skips headings and landmarks.
import { expect, test, type Page } from '@playwright/test';
import { contrast } from '../colour.ts';
import { goTo, layAllOut, neighbour, onEverySlide, openDeck, read } from '../support.ts';

test.describe.configure({ mode: 'parallel' });

interface Axe {
  run(where: unknown, options: object): Promise<{ violations: { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[] }>;
}
/** axe, and `window.violations(rules, where)`: what it finds, in words. */
async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(read('node_modules/axe-core/axe.min.js'));
  await page.evaluate(() => {
    const { axe } = window as unknown as { axe: Axe };
    window.violations = async (rules, where = document) => {
      const found = await axe.run(where, { resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: rules } }) });
      return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replace(/\s+/g, ' ').slice(0, 160)}`));
    };
  });
}
declare global {
  interface Window {
    violations(rules?: string[], where?: Element | Document): Promise<string[]>;
  }
}
const violations = (page: Page, rules?: string[], where?: string): Promise<string[]> => page.evaluate(([rules, where]) => window.violations(rules, where ? document.querySelector(where)! : document), [rules, where] as const);
const slideIds = (page: Page): Promise<string[]> => page.evaluate(() => window.talk.entries.map((e) => e.id));
const toEnd = (id: string) => ({ id, fragment: 99 });

test('axe finds nothing on any slide, and no low contrast in the dark', async ({ page }) => {
  test.setTimeout(240_000);
  await openDeck(page, '?theme=light');
  await loadAxe(page);
  expect(await violations(page)).toEqual([]); // once with all slides in place
  // without the slides that are not shown: axe passes them over, but only after a long look
  expect(await onEverySlide(page, async () => {
    const slides = document.querySelector('.slides')!;
    const all = [...slides.children];
    for (const s of all) if (s !== window.talk.deck.getCurrentSlide()) s.remove();
    const found = await window.violations();
    document.documentElement.dataset.theme = 'dark';
    found.push(...(await window.violations(['color-contrast', 'link-in-text-block'])).map((f) => `dark: ${f}`));
    document.documentElement.dataset.theme = 'light';
    slides.replaceChildren(...all);
    return found;
  })).toEqual([]);
});

for (const [name, key] of [['source', 'c'], ['backup', 'i'], ['slides', 'g']] as const)
  test(`axe finds nothing in the dialog of ${name}, which has a name and holds the focus`, async ({ page }) => {
    await openDeck(page, '#/rounding');
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await expect(dialog).toHaveAccessibleName(/\w{4}/);
    await loadAxe(page);
    expect(await violations(page)).toEqual([]);
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement?.closest('dialog'))), `Tab ${i + 1}`).toBe(true);
    }
  });

test('axe finds nothing in the list of keys', async ({ page }) => {
  await openDeck(page, '#/rounding');
  await page.keyboard.press('Shift+Slash');
  await expect(page.getByRole('dialog')).toBeVisible();
  await loadAxe(page);
  expect(await violations(page)).toEqual([]);
});

test('axe finds nothing in the speaker view', async ({ page }) => {
  await openDeck(page, '#/rounding');
  const [speaker] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')]);
  await expect(speaker.locator('#where')).toContainText(' of ');
  await loadAxe(speaker);
  expect(await violations(speaker)).toEqual([]);
  expect(await speaker.evaluate(() => [document.querySelectorAll('h1').length, document.querySelectorAll('main').length, document.documentElement.lang])).toEqual([1, 1, 'en']);
});

const COLOURS = ['color-contrast', 'link-in-text-block'];
const turnDark = (page: Page): Promise<unknown> => page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));

test('axe finds nothing in the evidence index, light or dark', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto('./evidence/?theme=light');
  await page.waitForSelector('html[data-loaded="all"]');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint'))); // draws everything
  await loadAxe(page);
  expect(await violations(page)).toEqual([]);
  await turnDark(page);
  expect(await violations(page, COLOURS)).toEqual([]);
  expect(await page.evaluate(() => [document.querySelectorAll('h1').length, document.querySelectorAll('main').length, document.documentElement.lang])).toEqual([1, 1, 'en']);
  expect(await page.evaluate(() => [...document.querySelectorAll('article')].filter((a) => a.querySelectorAll('h2').length !== 1).map((a) => a.id))).toEqual([]);
  expect(await page.evaluate(() => [...document.querySelectorAll('.filters :is(select, input)')].filter((c) => !(c as HTMLInputElement).labels?.[0]?.textContent?.trim()).length)).toBe(0);
});

test('axe finds nothing in the article, light or dark, before and after a run of its live panel', async ({ page }) => {
  test.setTimeout(180_000);
  await page.route('**/*.safetensors', (route) => route.abort()); // the recording: the same controls, at once
  await page.goto('./read/?theme=light#ask-it');
  const panel = page.locator('#ask-it .live');
  await expect(panel).toHaveAttribute('data-source', 'recorded');
  await layAllOut(page); // or axe passes over the words of what is not near
  await loadAxe(page);
  expect(await violations(page)).toEqual([]);
  await panel.getByText('Change the run').click();
  await panel.getByRole('button', { name: 'Relearn' }).click();
  await expect(panel).toHaveAttribute('data-at', 'relearned');
  await expect(panel).toHaveAttribute('data-running', '');
  expect(await violations(page, undefined, '#ask-it')).toEqual([]);
  await turnDark(page);
  expect(await violations(page, COLOURS)).toEqual([]);
});

test('the page has one main part, one first heading, a language and a title, and no “application”', async ({ page }) => {
  await openDeck(page);
  expect(await page.evaluate(() => ({
    main: document.querySelectorAll('main, [role="main"]').length,
    h1: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    application: document.querySelectorAll('[role="application"]').length,
    unnamed: [...document.querySelectorAll('nav, [role="navigation"], iframe')].filter((n) => !n.getAttribute('aria-label') && !n.getAttribute('title')).length,
    ids: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i),
  }))).toEqual({ main: 1, h1: 1, lang: 'en', application: 0, unnamed: 0, ids: [] });
  await expect(page).toHaveTitle(/Dented, not erased/);
});

test('every slide has one heading that names it, the only slide to be read out, and its charts a name and a table', async ({ page }) => {
  await openDeck(page);
  expect(await onEverySlide(page, () => {
    const out: string[] = [];
    const slide = window.talk.deck.getCurrentSlide();
    const say = (what: string): void => void out.push(what);
    const heads = slide.querySelectorAll('h1, h2');
    if (heads.length !== 1) say(`${heads.length} headings`);
    if (document.getElementById(slide.getAttribute('aria-labelledby') ?? '') !== heads[0]) say('is not named by its heading');
    if (!document.title.includes(heads[0]!.textContent)) say(`the page is called “${document.title}”`);
    if (slide.matches('[hidden], [aria-hidden="true"], [inert]')) say('is hidden from a screen reader');
    for (const s of document.querySelectorAll('.slides > section')) if (s !== slide && s.checkVisibility() && !s.matches('[hidden], [aria-hidden="true"], [inert]')) say(`${s.id} is read out too`);
    for (const b of slide.querySelectorAll<HTMLElement>('.panel-body')) if (b.dataset.state !== 'ready') say('a figure that is not drawn');
    for (const canvas of slide.querySelectorAll('canvas')) {
      const figure = canvas.closest('figure')!;
      if (canvas.getAttribute('role') !== 'img' || (canvas.getAttribute('aria-label') ?? '').length < 20) say('a chart without a name');
      const table = figure.querySelector('.twin table');
      if (!table?.querySelector('caption')?.textContent || !table.querySelector('th[scope="col"]') || !table.querySelector('th[scope="row"]')) say('a chart without a table that can be read');
      if (table && getComputedStyle(table).display === 'none') say('a table that nobody can read');
      if (!figure.querySelector('.chart')?.getAttribute('aria-label')) say('a chart to focus without a name');
    }
    for (const svg of slide.querySelectorAll('.stage svg:not([aria-hidden])')) if (svg.getAttribute('role') !== 'img' || (svg.getAttribute('aria-label') ?? '').length < 20) say('a picture without a name');
    for (const t of slide.querySelectorAll('.stage table')) if (!t.querySelector('th')) say('a table without heads');
    const levels = [...slide.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]));
    if (levels.some((l, i) => i > 0 && l - levels[i - 1]! > 1)) say('headings skip a level');
    return out;
  })).toEqual([]);
});

test('nothing on a slide that is not shown takes the focus', async ({ page }) => {
  await openDeck(page);
  const ids = await slideIds(page);
  for (const id of [ids[3]!, ids[12]!, ids.at(-6)!]) {
    await goTo(page, toEnd(id));
    expect(await page.evaluate(() => {
      const slide = window.talk.deck.getCurrentSlide();
      const taken: string[] = [];
      for (const e of document.querySelectorAll<HTMLElement>('.slides > section :is(button, a[href], [tabindex], input, select)')) {
        if (slide.contains(e)) continue;
        e.focus();
        if (document.activeElement === e) taken.push(e.closest('section')!.id);
      }
      return taken;
    }), id).toEqual([]);
  }
});

test('Tab walks through a slide in the order in which it is read', async ({ page }) => {
  await openDeck(page);
  for (const id of ['rounding', 'steering', 'ledger', 'recovery-may-reteach', 'b-questions', 'measures-code']) {
    await goTo(page, toEnd(id));
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const wanted = await page.evaluate(() => {
      const slide = window.talk.deck.getCurrentSlide();
      return [...slide.querySelectorAll<HTMLElement>('button, a[href], [tabindex="0"], input, select')].filter((e) => e.checkVisibility()).map((e) => e.textContent.trim().slice(0, 40) || e.className);
    });
    const walked: string[] = [];
    for (let i = 0; i < wanted.length + 12 && walked.length < wanted.length; i++) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement;
        return window.talk.deck.getCurrentSlide().contains(e) ? e.textContent.trim().slice(0, 40) || e.className : '';
      });
      if (here) walked.push(here);
    }
    expect(walked, id).toEqual(wanted);
  }
});

test('whatever has the focus shows it', async ({ page }) => {
  await openDeck(page, '#/rounding');
  for (const what of ['.chart', '.chip']) {
    await page.locator(`#rounding ${what}`).focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    const outline = await page.locator(`#rounding ${what}`).evaluate((e) => [getComputedStyle(e).outlineStyle, Number.parseFloat(getComputedStyle(e).outlineWidth)]);
    expect(outline[0], what).not.toBe('none');
    expect(outline[1], what).toBeGreaterThanOrEqual(2);
  }
});

test('what is written in a diagram stands out from what is under it, light and dark', async ({ page }) => {
  await openDeck(page);
  const pairs = await onEverySlide(page, () => {
    const slide = window.talk.deck.getCurrentSlide();
    const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    /** A computed colour over a ground, as #rrggbb. */
    const flat = (colour: string, opacity: number, ground: string): string => {
      for (const [c, a] of [[ground, 1], [colour, opacity]] as const) {
        paper.globalAlpha = a;
        paper.fillStyle = c;
        paper.fillRect(0, 0, 1, 1);
      }
      return `#${[...paper.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`;
    };
    return ['light', 'dark'].flatMap((theme) => {
      document.documentElement.dataset.theme = theme;
      const page = getComputedStyle(document.body).backgroundColor;
      return [...slide.querySelectorAll<SVGTextElement>('.stage svg text')].flatMap((t) => {
        const r = t.getBoundingClientRect();
        return [0.1, 0.5, 0.9].map((share) => {
          const under = document.elementsFromPoint(r.left + r.width * share, r.top + r.height / 2).filter((e) => e instanceof SVGGeometryElement && getComputedStyle(e).fill !== 'none').reverse();
          let ground = flat(page, 1, '#fff');
          for (const e of under) ground = flat(getComputedStyle(e).fill, Number(getComputedStyle(e).opacity) * Number(getComputedStyle(e).fillOpacity), ground);
          return `${theme}, “${t.textContent}” ${flat(getComputedStyle(t).fill, 1, ground)} on ${ground}`;
        });
      });
    });
  }, 'last', '.stage svg text');
  expect(pairs.length).toBeGreaterThan(500);
  const ratio = (pair: string): number => contrast(...(pair.match(/#[0-9a-f]{6}/g)!.slice(-2) as [string, string]));
  expect([...new Set(pairs.filter((p) => ratio(p) < 4.5).map((p) => `${p}: ${ratio(p).toFixed(2)}`))]).toEqual([]);
});

test('with reduced motion nothing moves: no transition and no animation lasts', async ({ page }) => {
  await openDeck(page);
  for (const where of [undefined, './evidence/']) {
    if (where) await page.goto(where);
    const moving = await page.evaluate(() => {
      const lasts = (v: string): boolean => v.split(',').some((t) => Number.parseFloat(t) > 0);
      const out = new Set<string>();
      for (const e of document.querySelectorAll('body, body *')) {
        if (!e.getClientRects().length) continue; // not there at all
        for (const pseudo of [null, '::before', '::after']) {
          const css = getComputedStyle(e, pseudo);
          if (lasts(css.transitionDuration) || (css.animationName !== 'none' && lasts(css.animationDuration))) out.add(`${e.tagName.toLowerCase()}${[...e.classList].map((c) => `.${c}`).join('')}${pseudo ?? ''}: ${css.transitionDuration} ${css.animationName}`);
        }
      }
      return [...out];
    });
    expect(moving).toEqual([]);
  }
});

test('a slide change is announced once, with its headline', async ({ page }) => {
  await openDeck(page, '#/rounding');
  await page.keyboard.press('PageDown');
  const { title } = await neighbour(page, 'rounding', 1);
  await expect.poll(() => page.evaluate((title) => [...document.querySelectorAll('[aria-live]')].filter((e) => e.textContent.includes(title)).length, title)).toBe(1);
});

test('without a script the slides can still be read, every one', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(test.info().project.use.baseURL!);
  const heads = page.locator('.slides > section > :is(h1, h2)');
  expect(await heads.count()).toBeGreaterThan(60);
  for (const i of [0, 10, 40]) {
    await heads.nth(i).scrollIntoViewIfNeeded();
    await expect(heads.nth(i)).toBeInViewport();
  }
  await expect(page.locator('.noscript')).toBeVisible();
  await context.close();
});
