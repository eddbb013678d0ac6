// What a person in the room sees at each size: all of it, whole, apart, large enough and sharp.
import { expect, test } from '@playwright/test';
import { allPlaces, figures, goTo, numbersIn, onEverySlide, openDeck, panelsSettled, recordCanvasText } from '../support.ts';

test.describe.configure({ mode: 'parallel' });

/** Every layout fault of the slide shown, in words. Runs in the page. */
function faults(): string[] {
  const out: string[] = [];
  const slide = window.talk.deck.getCurrentSlide();
  const frame = slide.getBoundingClientRect();
  const scale = frame.width / slide.clientWidth;
  type Box = { left: number; top: number; right: number; bottom: number };
  /** In pixels of the slide, whatever the scale. */
  const box = (r: Box): Box => ({
    left: (r.left - frame.left) / scale,
    top: (r.top - frame.top) / scale,
    right: (r.right - frame.left) / scale,
    bottom: (r.bottom - frame.top) / scale,
  });
  const inside = (a: Box, b: Box, slack = 1): boolean =>
    a.left >= b.left - slack && a.top >= b.top - slack && a.right <= b.right + slack && a.bottom <= b.bottom + slack;
  const round = (b: Box): string => [b.left, b.top, b.right, b.bottom].map(Math.round).join(' ');
  const full: Box = { left: 0, top: 0, right: slide.clientWidth, bottom: slide.clientHeight };
  const name = (e: Element): string => `${e.tagName.toLowerCase()}${e.classList.length ? `.${[...e.classList].join('.')}` : ''}`;
  const unseen = (e: Element): boolean => Boolean(e.closest('.sr, [hidden], .notes')) || !e.checkVisibility({ visibilityProperty: true });

  // --- words: where they stand, how large, and which block they belong to
  interface Words { block: Element; text: string; box: Box }
  const words: Words[] = [];
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement!;
    const text = node.textContent!.trim();
    if (!text || unseen(parent)) continue;
    const css = getComputedStyle(parent);
    const svg = parent.closest('svg');
    const size = Number.parseFloat(css.fontSize) * (svg ? Math.abs((parent as unknown as SVGGraphicsElement).getScreenCTM()!.a || (parent as unknown as SVGGraphicsElement).getScreenCTM()!.b) / scale : 1);
    if (size < 17.95) out.push(`${name(parent)} “${text.slice(0, 30)}” is ${size.toFixed(1)} px`);
    let block = parent;
    while (!svg && getComputedStyle(block).display.startsWith('inline') && block.parentElement) block = block.parentElement;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of svg ? [parent.getBoundingClientRect()] : range.getClientRects()) {
      if (!r.width) continue;
      const b = box(r);
      const chip = parent.closest('.chip'); // it shortens its words on purpose
      if (chip) b.right = Math.min(b.right, box(chip.getBoundingClientRect()).right);
      const spare = (b.bottom - b.top) * 0.14; // room that a font keeps above and below its letters
      const ink = { ...b, top: b.top + spare, bottom: b.bottom - spare };
      words.push({ block, text, box: ink });
      if (!inside(ink, full)) out.push(`“${text.slice(0, 30)}” leaves the slide: ${round(ink)}`);
      for (let e: Element | null = parent; e && e !== slide; e = e.parentElement) {
        if (e === chip || svg?.contains(e)) continue;
        const { overflowX, overflowY } = getComputedStyle(e);
        if (overflowX === 'visible' && overflowY === 'visible') continue;
        if (!inside(ink, box(e.getBoundingClientRect()), 2)) out.push(`“${text.slice(0, 30)}” is cut off by ${name(e)}`);
      }
    }
  }

  // --- boxes: none cut off or scrolling, none out of the slide, none over another
  for (const e of slide.querySelectorAll('*')) {
    if (unseen(e) || e.closest('svg') !== null && e.tagName !== 'svg') continue;
    const r = e.getBoundingClientRect();
    if (r.width && r.height && !inside(box(r), full)) out.push(`${name(e)} leaves the slide: ${round(box(r))}`);
    const { overflowX, overflowY } = getComputedStyle(e);
    if (overflowX === 'visible' && overflowY === 'visible') continue;
    if (e.scrollHeight > e.clientHeight + 1) out.push(`${name(e)} hides ${e.scrollHeight - e.clientHeight} px of its height`);
    if (e.scrollWidth > e.clientWidth + 1 && !e.classList.contains('chip')) out.push(`${name(e)} hides ${e.scrollWidth - e.clientWidth} px of its width`);
  }
  if (slide.scrollHeight > slide.clientHeight + 1) out.push(`the slide hides ${slide.scrollHeight - slide.clientHeight} px`);
  const stage = slide.querySelector('.stage')!;
  if (getComputedStyle(stage).display !== 'contents')
    for (const e of stage.children)
      if (!unseen(e) && !inside(box(e.getBoundingClientRect()), box(stage.getBoundingClientRect()), 2)) out.push(`${name(e)} leaves the stage: ${round(box(e.getBoundingClientRect()))}`);

  const overlap = (a: Box, b: Box): number => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 ? Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) : 0;
  const pictures = [...slide.querySelectorAll('canvas, .table-view, .code pre')].filter((e) => !unseen(e));
  words.forEach((a, i) => {
    for (const b of words.slice(i + 1))
      if (a.block !== b.block && !a.block.contains(b.block) && !b.block.contains(a.block) && overlap(a.box, b.box) > 1) out.push(`“${a.text.slice(0, 30)}” lies over “${b.text.slice(0, 30)}”`);
    for (const p of pictures) if (!p.contains(a.block) && overlap(a.box, box(p.getBoundingClientRect())) > 2) out.push(`“${a.text.slice(0, 30)}” lies over ${name(p)}`);
  });

  // --- charts: drawn, sharp, and every word on them whole, apart and large enough
  for (const canvas of slide.querySelectorAll('canvas')) {
    const r = canvas.getBoundingClientRect();
    const id = canvas.closest<HTMLElement>('figure')!.dataset.figure!;
    if (canvas.clientWidth < 200 || canvas.clientHeight < 80) out.push(`${id} is ${canvas.clientWidth} × ${canvas.clientHeight}`);
    const wanted = Math.min(4, window.devicePixelRatio * scale);
    const sharp = (canvas.width / r.width) * scale;
    if (Math.abs(sharp / wanted - 1) > 0.02) out.push(`${id} has ${sharp.toFixed(2)} pixels for a CSS pixel, not ${wanted.toFixed(2)}`);
    const text = window.written(canvas);
    if (text.length < 2) out.push(`${id} has no words on it`);
    const canvasBox: Box = { left: 0, top: 0, right: canvas.clientWidth, bottom: canvas.clientHeight };
    text.forEach((t, i) => {
      if (t.size < 17.95) out.push(`${id}: “${t.text}” is ${t.size.toFixed(1)} px`);
      if (!inside(t, canvasBox, 1)) out.push(`${id}: “${t.text}” leaves the chart: ${round(t)} of ${round(canvasBox)}`);
      for (const u of text.slice(i + 1)) if (overlap(t, u) > 1) out.push(`${id}: “${t.text}” lies over “${u.text}”`);
    });
  }
  for (const body of slide.querySelectorAll<HTMLElement>('.panel-body')) if (body.dataset.state !== 'ready') out.push(`a figure is ${body.dataset.state}`);
  return [...new Set(out)];
}

for (const [width, height] of [[1280, 720], [1920, 1080], [1024, 768], [3840, 2160]] as const)
  test(`at ${width} × ${height} every slide at every step is whole, sharp and legible, with nothing over anything`, { tag: width === 1280 || width === 1920 ? [] : ['@long'] }, async ({ page }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height });
    await recordCanvasText(page);
    await openDeck(page, '?theme=light');
    expect(await onEverySlide(page, faults, 'every')).toEqual([]);
  });

test('charts stay sharp on a screen of two pixels to the point, and after the window changes', async ({ browser }) => {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  const ratio = (): Promise<number> => page.evaluate(() => {
    const canvas = window.talk.deck.getCurrentSlide().querySelector('canvas')!;
    return canvas.width / canvas.getBoundingClientRect().width;
  });
  await openDeck(page, '', test.info().project.use.baseURL);
  await goTo(page, { id: 'head-start', fragment: 1 });
  expect(await ratio()).toBeCloseTo(2, 1);
  await page.setViewportSize({ width: 1600, height: 900 });
  await expect.poll(ratio).toBeCloseTo(2, 1);
  await page.setViewportSize({ width: 800, height: 600 });
  await expect.poll(ratio).toBeCloseTo(2, 1);
  await page.close();
});

for (const [width, height] of [[1280, 720], [1920, 1080], [800, 600]] as const)
  test(`at ${width} × ${height} the mouse over a bar tells that bar’s value`, { tag: width === 1280 ? [] : ['@long'] }, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await recordCanvasText(page);
    await openDeck(page, '#/seven-vectors');
    const { values } = figures.find((f) => f.id === 'dpo-toxicity-gpt2')!.series[0]!;
    const read = (): Promise<{ text: string; x: number; y: number }[]> =>
      page.evaluate(() => {
        const canvas = window.talk.deck.getCurrentSlide().querySelector('canvas')!;
        const box = canvas.getBoundingClientRect();
        const scale = box.width / canvas.clientWidth;
        return window.written(canvas).map((w) => ({ text: w.text, x: box.left + scale * (w.left + w.right) / 2, y: box.top + scale * (w.bottom + 14) }));
      });
    const labels = (await read()).filter((l) => values.includes(numbersIn(l.text)[0]!) && numbersIn(l.text).length === 1);
    for (const v of values) {
      const label = labels.find((l) => numbersIn(l.text)[0] === v)!;
      await page.mouse.move(label.x, label.y); // on the bar, under its own number
      const place = ['original', 'after DPO', 'seven key vectors'][values.indexOf(v)]!;
      await expect.poll(async () => (await read()).map((t) => t.text).find((t) => t.includes(': ')) ?? '', String(v)).toContain(place);
      expect(numbersIn((await read()).map((t) => t.text).find((t) => t.includes(': '))!.split(': ').at(-1)!)[0]).toBe(v);
    }
  });

test('a chart seen from far away draws itself again at its old size when one comes back', async ({ page }) => {
  await openDeck(page);
  const ids = await allPlaces(page);
  await goTo(page, { id: 'rounding', fragment: -1 });
  const before = await page.evaluate(() => window.talk.deck.getCurrentSlide().querySelector('canvas')!.toDataURL());
  await goTo(page, ids.at(-8)!);
  await goTo(page, { id: 'rounding', fragment: -1 });
  expect(await page.evaluate(() => window.talk.deck.getCurrentSlide().querySelector('canvas')!.toDataURL())).toBe(before);
});

test('on a phone every slide has its headline and chart in view and nothing runs off sideways', async ({ page }) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await recordCanvasText(page);
  await openDeck(page);
  const found = await onEverySlide(page, () => {
    const out: string[] = [];
    const slide = window.talk.deck.getCurrentSlide();
    if (document.scrollingElement!.scrollWidth > innerWidth) out.push('the page scrolls sideways');
    if (slide.scrollWidth > slide.clientWidth + 1) out.push(`the slide is ${slide.scrollWidth - slide.clientWidth} px too wide`);
    const title = slide.querySelector('h1, h2')!.getBoundingClientRect();
    if (title.top < 0 || title.bottom > innerHeight || title.left < 0 || title.right > innerWidth) out.push('the headline is out of view');
    const canvas = slide.querySelector('canvas');
    if (canvas) {
      const r = canvas.getBoundingClientRect();
      if (r.width < 250 || r.height < 120) out.push(`the chart is ${Math.round(r.width)} × ${Math.round(r.height)}`);
      if (r.left < -1 || r.right > innerWidth + 1) out.push('the chart runs off sideways');
      if (Math.min(r.bottom, innerHeight) - r.top < r.height / 2) out.push('most of the chart is below the fold');
    }
    for (const c of slide.querySelectorAll('canvas'))
      for (const t of window.written(c)) {
        if (t.size < 10.9) out.push(`“${t.text}” is ${t.size.toFixed(1)} px`);
        if (t.left < -1 || t.right > c.clientWidth + 1 || t.top < -1 || t.bottom > c.clientHeight + 1) out.push(`“${t.text}” leaves its chart`);
      }
    for (const e of slide.querySelectorAll('p, li, td, th, figcaption, .foot span, .chip'))
      if (e.checkVisibility() && !e.closest('.sr, svg')) {
        const r = e.getBoundingClientRect();
        if (r.width && (r.left < -1 || r.right > innerWidth + 1) && !e.closest('.table-box')) out.push(`${e.tagName.toLowerCase()}.${e.className} runs off sideways`);
      }
    return out;
  }, 'every');
  expect([...new Set(found)]).toEqual([]);
});

test('the evidence index fits a phone and a wide screen', async ({ page }) => {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto('./evidence/');
    await page.waitForSelector('html[data-loaded="all"]');
    expect(await page.evaluate(() => document.scrollingElement!.scrollWidth), `${width}`).toBeLessThanOrEqual(width);
  }
});

test('turning a phone to landscape and back keeps the slide, its nodes and its chart', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openDeck(page);
  await goTo(page, { id: 'rounding', fragment: -1 });
  await page.evaluate(() => Object.assign(window.talk.deck.getCurrentSlide().querySelector('.chart')!, { marked: true }));
  for (const [width, height] of [[844, 390], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    await panelsSettled(page);
    await expect.poll(() => page.evaluate(() => {
      const slide = window.talk.deck.getCurrentSlide();
      const canvas = slide.querySelector('canvas')!;
      return [slide.id, 'marked' in slide.querySelector('.chart')!, Math.abs(canvas.getBoundingClientRect().width * devicePixelRatio - canvas.width) < 3];
    })).toEqual(['rounding', true, true]);
  }
});

test('words in bold are bold, and the rows of a table are parted by lines', async ({ page }) => {
  await openDeck(page, '#/limits');
  expect(await page.locator('#limits strong').first().evaluate((e) => getComputedStyle(e).fontWeight)).toBe('600');
  const row = await page.locator('#layers-both-sides tbody td').first().evaluate((e) => [getComputedStyle(e).borderBottomStyle, Number.parseFloat(getComputedStyle(e).paddingTop) > 3]);
  expect(row).toEqual(['solid', true]);
});
