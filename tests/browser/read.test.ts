// The article: the whole talk for somebody alone, with a script or without, on a phone, on paper.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { loadContent } from '../../src/build/plugin.ts';
import { isChart } from '../../src/panels/draw.ts';
import { stepCount, valueText } from '../../src/panels/panel.ts';
import { toTable } from '../../src/panels/table.ts';
import { allFigures } from '../support.ts';

const { deck } = loadContent();
const told = deck.slides.filter((s) => !s.html.includes('class="references"'));
const figureOf = (id: string) => allFigures.find((f) => f.id === id)!;
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'" };
const plain = (html: string): string => html.replace(/<[^>]+>/g, '').replace(/&(?:amp|lt|gt|quot|#39|#x27);/g, (e) => ENTITIES[e]!).replace(/\s+/g, ' ').trim();
const words = (text: string | null): string => (text ?? '').replace(/\s+/g, ' ').trim();
/** Slides with one panel that is drawn as a chart. */
const charts = told.flatMap((s) => s.stage.flatMap((p, i) => (p.panel && isChart(p.panel.options.view) ? [{ slide: s, i, ...p.panel }] : [])));
const stepped = charts.find((c) => stepCount(c.figure, c.options) > 1 && c.slide.figures.length === 1)!;

async function withoutScript(browser: Browser, width = 1280): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${test.info().project.use.baseURL!}read/`);
  return page;
}
const open = async (page: Page, address = ''): Promise<void> => {
  await page.goto(`./read/${address}`);
  await page.waitForSelector('html[data-ready]');
};

test('without a script: every claim, its text, what follows, what a sceptic says, every source and number', async ({ browser }) => {
  const page = await withoutScript(browser);
  const parts = new Map(await page.locator('.part').evaluateAll((all) => all.map((e) => [e.id, e.textContent.replace(/\s+/g, ' ')] as const)));
  expect([...parts.keys()].sort()).toEqual(told.map((s) => s.id).sort());
  for (const s of told) {
    const text = parts.get(s.id)!;
    const told = [s === deck.slides[0] ? '' : s.headline, ...s.read, s.so, s.but, ...s.stage.map((p) => (p.panel ? p.panel.caption : p.html))].map(plain);
    for (const piece of told) if (piece && !piece.includes('No. ')) expect(text, s.id).toContain(piece);
    for (const id of s.figures) {
      const f = figureOf(id);
      for (const row of toTable(f).rows) for (const cell of [row.name, ...row.cells]) expect(text, `${s.id}: ${id}`).toContain(words(cell));
      expect(text, `${s.id}: ${id}`).toContain(words(f.caveat));
    }
  }
  await page.context().close();
});

test('without a script: every chart is a picture with its words, one for each width, and every link leads somewhere', async ({ browser }) => {
  for (const [width, shown] of [[1280, 'wide'], [360, 'narrow']] as const) {
    const page = await withoutScript(browser, width);
    const pictures = await page.locator('figure.panel').evaluateAll((all) => all.map((f) => ({ id: (f as HTMLElement).dataset.figure!, label: [...f.querySelectorAll('.still img')].filter((s) => getComputedStyle(s.parentElement!).display !== 'none').map((s) => s.getAttribute('alt')) })));
    const drawn = charts.map((c) => c.figure.id).sort();
    expect(pictures.filter((p) => drawn.includes(p.id) && p.label.length).map((p) => p.id).sort()).toEqual(drawn);
    for (const p of pictures.filter((q) => drawn.includes(q.id))) expect(p.label).toEqual([`${figureOf(p.id).title}. ${figureOf(p.id).finding}`]);
    expect(await page.locator(`.still.${shown}:visible`).count()).toBeGreaterThan(0);
    const links = await page.locator('a[href^="#"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')!).filter((h) => !document.getElementById(h.slice(1))));
    expect(links).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.context().close();
  }
});

test('pictures say the data: bars, dots and cells print their values, lines run through theirs', async ({ browser }) => {
  const page = await withoutScript(browser);
  const found = await page.locator('.still.wide img').evaluateAll((all) =>
    Promise.all(
      (all as HTMLImageElement[]).map(async (img) => {
        const svg = new DOMParser().parseFromString(await (await fetch(img.src)).text(), 'image/svg+xml');
        const lines = [...svg.querySelectorAll('path')].filter((p) => p.closest('[fill]')!.getAttribute('fill') === 'none').flatMap((p) => p.getAttribute('d')!.split(/(?=M)/));
        return {
          part: img.closest('.part')!.id,
          id: img.closest<HTMLElement>('figure')!.dataset.figure!,
          texts: [...svg.querySelectorAll('text')].map((t) => t.textContent),
          paths: lines.map((d) => [...d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])] as [number, number])),
        };
      }),
    ),
  );
  let lines = 0;
  for (const c of charts) {
    const { texts, paths } = found.find((f) => f.part === c.slide.id && f.id === c.figure.id)!;
    const { series } = c.figure;
    const isPrinted = ['bars', 'hbars', 'grid'].includes(c.options.view) || (c.options.view === 'dots' && series.length === 1);
    if (isPrinted) for (const s of series) for (const v of s.values) expect(texts, `${c.slide.id}: ${c.figure.id}`).toContain(valueText(c.figure, v));
    if (c.options.view !== 'lines') continue;
    for (const s of series) {
      const line = paths.find((p) => p.length === s.values.length && isStraight(s.values, p));
      expect(line, `${c.slide.id}: ${c.figure.id}, ${s.name}`).toBeDefined();
      lines++;
    }
  }
  expect(lines).toBeGreaterThan(10);
  await page.context().close();
});
/** Whether heights are values on one scale: each within a pixel of where the greatest and least say. */
function isStraight(values: readonly number[], at: readonly [number, number][]): boolean {
  const [low, high] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))];
  const span = values[high]! - values[low]!;
  if (!span) return at.every(([, y]) => Math.abs(y - at[0]![1]) < 1);
  const y = (v: number): number => at[low]![1] + ((v - values[low]!) / span) * (at[high]![1] - at[low]![1]);
  return at[high]![1] < at[low]![1] && values.every((v, i) => Math.abs(y(v) - at[i]![1]) < 1);
}

test('the chart that answers takes its picture’s place without moving the text, and gives it back when far', async ({ page }) => {
  const { slide } = charts.find((c) => c.slide.figures.length === 1 && c.slide.stage.length === 1 && c.options.view === 'bars')!;
  await open(page, `#${slide.id}`);
  const part = page.locator(`#${slide.id}`);
  await expect(part.locator('canvas')).toBeVisible();
  const height = await part.locator('.panel-body').evaluate((e) => e.clientHeight);
  await page.evaluate(() => scrollTo(0, 0));
  await expect(part.locator('canvas')).toHaveCount(0);
  await expect(part.locator('.still.wide img')).toHaveCount(1);
  expect(Math.abs((await part.locator('.panel-body').evaluate((e: HTMLElement) => e.offsetHeight)) - height)).toBeLessThan(2);
});

test('a figure whose data cannot be had keeps its picture and says so; “Try again” mends it', async ({ page }) => {
  const { slide, figure } = charts.find((c) => c.slide.figures.length === 1 && c.options.view === 'bars')!;
  let broken = true;
  await page.route(`**/data/${figure.id}.*.json`, (route) => (broken ? route.abort() : route.continue()));
  await open(page, `#${slide.id}`);
  const part = page.locator(`#${slide.id}`);
  await expect(part.getByRole('alert')).toContainText('could not be fetched');
  await expect(part.locator('.still.wide img')).toBeVisible();
  broken = false;
  await part.getByRole('button', { name: 'Try again' }).click();
  await expect(part.locator('canvas')).toBeVisible();
  await expect(part.getByRole('alert')).toHaveCount(0);
});

test('step by step: the address keeps the step, and opens it again', async ({ page }) => {
  const last = stepCount(stepped.figure, stepped.options) + 1;
  await open(page, `#${stepped.slide.id}`);
  const box = page.locator(`#${stepped.slide.id} .stepper`);
  await expect(box).toContainText(`${last} of ${last}`);
  await expect(box.getByRole('button', { name: 'Step on' })).toBeDisabled();
  await box.getByRole('button', { name: 'Step back' }).press('Enter');
  await expect(box).toContainText(`${last - 1} of ${last}`);
  const to = `#${stepped.slide.id}/${last - 2}`;
  await expect(page).toHaveURL(new RegExp(`${to}$`));
  await page.reload();
  await expect(box).toContainText(`${last - 1} of ${last}`);
  await expect(box).toBeInViewport(); // where he was
  await page.goto('./evidence/');
  await open(page, to);
  await expect(page.locator(`#${stepped.slide.id} h3`)).toBeInViewport();
  await expect(box).toContainText(`${last - 1} of ${last}`);
});

test('an address leads to its part; one that names none says so; contents follow the reader', async ({ page }) => {
  const part = told.filter((s) => !s.backup)[20]!;
  await open(page, `#${part.id}`);
  await expect(page.locator(`#${part.id} h3`)).toBeInViewport();
  await expect(page.locator(`.contents a[href="#${part.id}"]`)).toHaveAttribute('aria-current', 'true');
  const chapter = page.locator('.contents nav > ol > li').nth(1).locator('> a');
  await chapter.click();
  await expect(page.locator(`h2${new URL(page.url()).hash}`)).toBeInViewport();
  await open(page, '?#no-such-part');
  await expect(page.getByRole('status').filter({ hasText: 'no-such-part' })).toBeVisible();
});

test('who comes again is offered the place where he left', async ({ page }) => {
  const part = told.filter((s) => !s.backup)[12]!;
  await open(page, `#${part.id}`);
  await expect(page.locator(`.contents a[href="#${part.id}"]`)).toHaveAttribute('aria-current', 'true');
  await page.goto('./evidence/');
  await open(page);
  const offer = page.getByRole('status').filter({ hasText: 'last time' });
  await offer.getByRole('link', { name: part.headline }).click();
  await expect(page.locator(`#${part.id} h3`)).toBeInViewport();
  await expect(offer).toHaveCount(0);
});

test('references and terms show where they are named: on focus, on hover, on a tap; Escape closes', async ({ page, browser }) => {
  await open(page);
  const preview = page.locator('.preview');
  const [cite, term] = [page.locator('.prose a.cite').first(), page.locator('.prose a.term').first()];
  const reference = words(await page.locator(`[id="${(await cite.getAttribute('href'))!.slice(1)}"]`).textContent());
  await page.keyboard.press('Tab');
  await cite.evaluate((a: HTMLElement) => a.focus({ preventScroll: false }));
  await expect.poll(async () => words(await preview.textContent())).toBe(reference);
  await expect(preview).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(preview).toBeHidden();
  await term.scrollIntoViewIfNeeded();
  await term.hover();
  await expect(preview).toBeVisible();
  await preview.hover(); // it stays under the pointer
  await expect(preview).toBeVisible();
  await page.mouse.move(2, 2);
  await expect(preview).toBeHidden();

  const context = await browser.newContext({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  const phone = await context.newPage();
  await phone.goto(`${test.info().project.use.baseURL!}read/`);
  await phone.waitForSelector('html[data-ready]');
  await phone.locator('.prose a.term').first().tap();
  await expect(phone.locator('.preview')).toBeVisible();
  const box = (await phone.locator('.preview').boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(390);
  expect(new URL(phone.url()).hash).toBe('');
  await context.close();
});

test('nothing is wider than a narrow page, at any depth, with every table open; text is no smaller than 14 px', async ({ page }) => {
  for (const width of [320, 360, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await open(page);
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBeLessThanOrEqual(width);
  }
  const small = await page.evaluate(() => {
    const walk = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    const found = new Set<string>();
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const e = n.parentElement!;
      if (n.textContent!.trim() && !e.closest('svg, .sr') && Number.parseFloat(getComputedStyle(e).fontSize) < 14) found.add(`${e.tagName}.${e.className}`);
    }
    return [...found];
  });
  expect(small).toEqual([]);
});

test('light or dark is kept from page to page', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page);
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.goto('./');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
});

test('a picture that is a file has the page’s colours, whatever the system’s are', async ({ page }) => {
  const { slide, figure } = charts.find((c) => c.slide.figures.length === 1 && c.options.view === 'bars')!;
  await page.route(`**/data/${figure.id}.*.json`, (route) => route.abort()); // the picture stays
  await page.emulateMedia({ colorScheme: 'light' });
  for (const theme of ['dark', 'light']) {
    await open(page, `?theme=${theme}#${slide.id}`);
    const picture = page.locator(`#${slide.id} .still.wide img`);
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth)).toBeGreaterThan(0);
    const shot = (await picture.screenshot()).toString('base64');
    const ground = await page.evaluate(async (png) => {
      const pen = new OffscreenCanvas(1, 1).getContext('2d')!;
      pen.drawImage(await createImageBitmap(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))])), 0, 0);
      return `rgb(${[...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).join(', ')})`;
    }, shot);
    expect(ground).toBe(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
  }
});

test('on paper: pictures instead of canvases, and every table open', async ({ page }) => {
  await open(page, `#${stepped.slide.id}`);
  await expect(page.locator(`#${stepped.slide.id} canvas`)).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('canvas:visible').count()).toBe(await page.locator('.live canvas:visible').count());
  const closed = await page.locator('details:not([open])').count();
  expect(closed).toBe(0);
  await expect(page.locator(`#${stepped.slide.id} .still.wide img`)).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  await page.locator(`#${stepped.slide.id}`).scrollIntoViewIfNeeded();
  await expect(page.locator(`#${stepped.slide.id} canvas`)).toBeVisible();
  expect(await page.locator('details[open]').count()).toBeLessThanOrEqual(1);
});

test('the deck leads to it, and it to the deck', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('link', { name: 'Read it as an article' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dented, not erased');
  await page.getByRole('link', { name: 'Slides', exact: true }).click();
  await expect(page.locator('.reveal.ready')).toBeVisible();
});

for (const width of [360, 412, 1280])
  test(`the room kept for a part that is not near is about what it takes, ${width} wide`, async ({ browser }) => {
    const page = await withoutScript(browser, width);
    const parts = await page.locator('.part:not(#title)').evaluateAll((all) =>
      (all as HTMLElement[]).map((part) => {
        const kept = Number.parseFloat(getComputedStyle(part).containIntrinsicBlockSize.split(' ').pop()!);
        part.style.contentVisibility = 'visible';
        return { id: part.id, share: kept / part.offsetHeight };
      }),
    );
    expect(parts.filter((p) => !(p.share > 0.6 && p.share < 1.7))).toEqual([]);
    await page.context().close();
  });
