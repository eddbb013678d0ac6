// What is drawn, told and given away is what the data say: in the deck and in the evidence index.
import { readFileSync } from 'node:fs';
import { expect, test, type Download } from '@playwright/test';
import { CLAIMS, READS, STANCES, isPublished, type Figure } from '../../src/results.ts';
import { allFigures, goTo, results, numbersIn, openDeck, recordCanvasText } from '../support.ts';

const byId = (id: string): Figure => allFigures.find((f) => f.id === id)!;
const ALL = allFigures.length;
const DRAWN = allFigures.filter((f) => f.kind !== 'statement').length;

/** A table cell as numbers. */
const numbers = (cell: string): number[] => (cell === '✓ yes' ? [1] : cell === '✗ no' ? [0] : numbersIn(cell));
/** The numbers that a figure's table must hold, row by row. */
function rowsOf(f: Figure): number[][] {
  const places = f.x.categories ?? f.x.values ?? [];
  return [
    ...places.map((_, i) => f.series.flatMap((s) => [s.values[i]!, ...(s.low ? [s.low[i]!, s.high![i]!] : [])])),
    ...[...(f.reference ?? []), ...(f.quantities ?? [])].map((r) => [r.value]),
  ];
}
/** The first number of a row's name never counts: only its cells are given. */
const read = (rows: string[][]): number[][] => rows.map((cells) => cells.flatMap((c) => numbers(c).slice(0, c.includes(' to ') ? 3 : 1)));
/** Every value of the figure that no text of the chart carries; a text stands for one value. */
function unwritten(f: Figure, texts: string[]): number[] {
  const written = texts.filter((t) => numbersIn(t).length === 1).map((t) => numbersIn(t)[0]!);
  return f.series.flatMap((s) => s.values).filter((v) => {
    const i = written.indexOf(v);
    if (i >= 0) written.splice(i, 1);
    return i < 0;
  });
}

/** What a panel shows, from inside the page. */
function shown(panel: Element): { id: string; view: string; json: Promise<unknown>; rows: string[][]; text: string[]; ink: number; height: number; finding: string; caption: string } {
  const figure = panel as HTMLElement;
  const canvas = figure.querySelector('canvas');
  let ink = 0;
  if (canvas) {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 3; i < data.length; i += 4) if (data[i]) ink++;
    ink /= canvas.width * canvas.height;
  }
  return {
    id: figure.dataset.figure!,
    view: (JSON.parse(figure.dataset.options!) as { view: string }).view,
    json: fetch(figure.dataset.src!).then((r) => r.json()),
    rows: [...figure.querySelectorAll('tbody tr')].map((r) => [...r.querySelectorAll('td')].map((c) => c.textContent).filter(Boolean)),
    text: canvas ? window.written(canvas).map((w) => w.text.trim()) : [],
    ink,
    height: canvas?.clientHeight ?? 0,
    finding: figure.querySelector('.finding')?.textContent ?? '',
    caption: figure.querySelector('.panel-body table caption')?.textContent ?? '',
  };
}

test('in the deck every chart draws the numbers of its file, and its table twin holds the same', async ({ page }) => {
  await recordCanvasText(page);
  await openDeck(page);
  const slides = await page.evaluate(() => window.talk.entries.filter((e) => e.section.querySelector('figure.panel')).map((e) => ({ id: e.id, fragment: e.section.querySelectorAll('.fragment').length - 1 })));
  expect(slides.length).toBeGreaterThan(35);
  for (const place of slides) {
    await goTo(page, place);
    const panels = await page.evaluate(async (code) => {
      const see = new Function(`return ${code}`)() as typeof shown;
      return Promise.all(
        [...window.talk.deck.getCurrentSlide().querySelectorAll<HTMLElement>('figure.panel')].map(async (p) => {
          const seen = see(p);
          const panel = window.talk.panelOf(p)!;
          return { ...seen, json: (await seen.json) as Figure, drawn: panel.drawn(), provenance: panel.provenance(), table: panel.table().rows.map((r) => r.cells.filter(Boolean)) };
        }),
      );
    }, shown.toString());
    for (const p of panels) {
      const f = byId(p.id);
      const at = `${place.id}: ${p.id}`;
      expect(p.json, `${at}: served`).toEqual(f);
      expect(p.provenance, `${at}: behind the panel`).toEqual(f);
      if (p.view === 'live') continue; // draws what is computed: live.test.ts
      expect(p.drawn, `${at}: drawn`).toEqual(Object.fromEntries(f.series.map((s) => [s.name, s.values])));
      expect(read(p.table), `${at}: table()`).toEqual(rowsOf(f));
      if (p.view === 'text') {
        const [one] = numbers(p.finding);
        if (f.quantities?.length) expect(f.quantities.map((q) => q.value), `${at}: large number`).toContain(one);
        continue;
      }
      const places = (f.x.categories ?? f.x.values ?? []).length;
      expect(read(p.rows), `${at}: table on the slide`).toEqual(p.view === 'table' ? rowsOf(f).slice(0, places) : rowsOf(f));
      if (p.view === 'table') continue;
      expect(p.caption, `${at}: the table says what it holds`).toContain(f.title);
      expect(p.ink, `${at}: ink`).toBeGreaterThan(0.01);
      if (['bars', 'hbars', 'grid', 'range'].includes(p.view)) expect(unwritten(f, p.text), `${at}: on the chart stands ${p.text.join(' | ')}`).toEqual([]);
    }
  }
});

test('what our lab says stands on its slides and in the ledger as the result files have it', async ({ page }) => {
  await openDeck(page);
  for (const { experiment, question, outcome, limits, made } of results) {
    const slide = page.locator('section', { has: page.locator('dl.outcome'), hasText: question });
    await expect(slide, experiment).toHaveCount(1);
    for (const words of [outcome.rule, outcome.sentence, `Verdict: ${outcome.verdict}`, limits, made.seeds.join(', ')]) await expect(slide, experiment).toContainText(words);
  }
  const ours = await page.evaluate(() => Object.fromEntries([...document.querySelectorAll('#ledger tbody tr')].map((r) => [r.querySelector('th')!.textContent, r.querySelector('td:last-child')!.textContent])));
  const verdictOf = (id: string): string => ({ 'holds': 'supported', 'holds in part': 'mixed', 'fails': 'contradicted', 'not tested': 'not tested' })[results.find((r) => r.experiment === id)!.outcome.verdict];
  expect(ours).toEqual({ ...Object.fromEntries(CLAIMS.map((c) => [c, '–'])), C9: verdictOf('strata'), C10: verdictOf('recovery') });
});

test('the evidence index draws every figure and tells every finding, from the files it serves', async ({ page }) => {
  test.setTimeout(300_000);
  await recordCanvasText(page);
  await page.goto('./evidence/');
  await page.waitForSelector('html[data-loaded="all"]');
  await expect(page.locator('article.entry')).toHaveCount(ALL);
  const panels = await page.evaluate(async (code) => {
    const see = new Function(`return ${code}`)() as typeof shown;
    const out = [];
    for (const p of document.querySelectorAll<HTMLElement>('article figure.panel')) {
      p.scrollIntoView({ block: 'center' });
      const body = p.querySelector<HTMLElement>('.panel-body')!;
      while (!['ready', 'failed'].includes(body.dataset.state!)) await new Promise(requestAnimationFrame);
      const seen = see(p);
      out.push({ ...seen, json: (await seen.json) as Figure, state: body.dataset.state, article: p.closest('article')!.id });
    }
    return out;
  }, shown.toString());
  expect(panels.map((p) => p.article)).toEqual(allFigures.map((f) => f.id));
  for (const p of panels) {
    const f = byId(p.id);
    expect(p.state, p.id).toBe('ready');
    expect(p.json, p.id).toEqual(f);
    if (f.kind === 'statement') expect(p.view, p.id).toBe('text');
    else if (f.kind === 'table') expect(read(p.rows), p.id).toEqual(rowsOf(f).slice(0, p.rows.length));
    else {
      expect(read(p.rows), p.id).toEqual(rowsOf(f));
      expect(p.ink, `${p.id}: ink`).toBeGreaterThan(0.01);
      expect(p.height, `${p.id}: height of its chart`).toBeGreaterThanOrEqual(f.kind === 'range' ? 100 : 250);
    }
    if (['bars', 'hbars'].includes(p.view)) expect(unwritten(f, p.text), `${p.id}: on the chart stands ${p.text.join(' | ')}`).toEqual([]);
  }
  expect(panels.filter((p) => p.view === 'text')).toHaveLength(ALL - DRAWN);
  expect(panels.filter((p) => p.ink > 0.01 || p.view === 'table')).toHaveLength(DRAWN);
});

test('each entry of the evidence index tells its finding, place, reading, caveat and address', async ({ page }) => {
  await page.goto('./evidence/');
  const entries = await page.evaluate(() => [...document.querySelectorAll('article.entry')].map((a) => ({ id: a.id, text: a.textContent.replace(/\s+/g, ' '), links: [...a.querySelectorAll('a')].map((l) => l.getAttribute('href')!) })));
  for (const { id, text, links } of entries) {
    const f = byId(id);
    const own = isPublished(f) ? [f.where, f.read, f.stance] : [f.experiment, f.made.code, f.made.seeds.join(', ')];
    for (const words of [f.title, f.finding, ...own, f.caveat, ...f.claims]) expect(text, id).toContain(words.replace(/\s+/g, ' '));
    if (isPublished(f)) expect(links, id).toContain(f.page);
  }
});

test.describe('filters of the evidence index', () => {
  const visible = `[...document.querySelectorAll('article.entry')].filter((e) => e.checkVisibility()).map((e) => e.id)`;
  const ids = (keep: (f: Figure) => boolean): string[] => allFigures.filter(keep).map((f) => f.id);

  test('by claim, stance and reading show the right entries, count them and stand in the address', async ({ page }) => {
    await page.goto('./evidence/');
    const cases: [string, string, (f: Figure) => boolean][] = [
      ['whose', 'published', isPublished],
      ['whose', 'ours', (f) => !isPublished(f)],
      ...CLAIMS.map((c): [string, string, (f: Figure) => boolean] => ['claim', c, (f) => f.claims.includes(c)]),
      ...STANCES.map((s): [string, string, (f: Figure) => boolean] => ['stance', s, (f) => isPublished(f) && f.stance === s]),
      ...READS.map((r): [string, string, (f: Figure) => boolean] => ['read', r, (f) => isPublished(f) && f.read === r]),
    ];
    for (const [name, value, keep] of cases) {
      const seen = await page.evaluate(([name, value]) => {
        const select = document.querySelector<HTMLSelectElement>(`select[name="${name}"]`)!;
        const choose = (v: string): void => {
          select.value = v;
          select.dispatchEvent(new Event('input', { bubbles: true }));
        };
        choose(value);
        const ids = [...document.querySelectorAll('article.entry')].filter((e) => e.checkVisibility()).map((e) => e.id);
        const now = { ids, count: document.querySelector('.filters .count')!.textContent, option: select.selectedOptions[0]!.textContent, address: new URL(location.href).searchParams.get(name) };
        choose('');
        return now;
      }, [name, value] as const);
      const wanted = ids(keep);
      expect(seen, `${name} ${value}`).toEqual({ ids: wanted, count: `${wanted.length} of ${ALL} entries`, option: expect.stringContaining(`(${wanted.length})`), address: value });
    }
    await expect(page.locator('.filters .count')).toHaveText(`${ALL} entries`);
    expect(new URL(page.url()).search).toBe('');
  });

  test('work together, with words in any order, and come back from the address', async ({ page }) => {
    await page.goto('./evidence/');
    await page.locator('select[name="claim"]').selectOption('C10');
    await page.locator('select[name="stance"]').selectOption('complicates');
    await page.locator('input[name="q"]').fill('toxicity llama-2');
    const found = (await page.evaluate(visible)) as string[];
    expect(found).toContain('dpo-toxicity-llama2');
    for (const id of found) expect(byId(id)).toMatchObject({ stance: 'complicates' });
    for (const id of found) expect(byId(id).claims).toContain('C10');
    await page.reload();
    expect(await page.evaluate(visible)).toEqual(found);
    await expect(page.locator('input[name="q"]')).toHaveValue('toxicity llama-2');
    await expect(page.locator('.filters .count')).toHaveText(`${found.length} of ${ALL} entries`);
  });

  test('find a paper by an author’s name, and say so when nothing is found', async ({ page }) => {
    await page.goto('./evidence/');
    const search = page.locator('input[name="q"]');
    await search.fill('siddiqui');
    expect(await page.evaluate(visible)).toContain('dormant-to-deleted');
    await search.fill('no such words anywhere');
    expect(await page.evaluate(visible)).toEqual([]);
    await expect(page.locator('.filters .count')).toHaveText(`0 of ${ALL} entries`);
  });

  test('from a slide’s address show that slide’s own sources', async ({ page }) => {
    await page.goto('./evidence/?ids=rounding,quantization-restores,dpo-toxicity-gpt2');
    expect(await page.evaluate(visible)).toEqual(['dpo-toxicity-gpt2', 'quantization-restores'].sort((a, b) => allFigures.indexOf(byId(a)) - allFigures.indexOf(byId(b))));
    await expect(page.locator('.filters .count')).toHaveText(`2 of ${ALL} entries`);
  });

  test('keep a slide’s own sources in the address when a filter narrows them', async ({ page }) => {
    await page.goto('./evidence/?ids=quantization-restores,dpo-toxicity-gpt2,chrono-sharpe');
    await page.locator('select[name="claim"]').selectOption('C10');
    const found = (await page.evaluate(visible)) as string[];
    expect(found.sort()).toEqual(['dpo-toxicity-gpt2', 'quantization-restores']);
    await page.reload();
    expect(((await page.evaluate(visible)) as string[]).sort()).toEqual(found);
  });
});

/** Comma-separated values, RFC 4180, as rows of cells. */
function csv(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.trimEnd().split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)) rows.push([...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((m) => (m[1] ?? m[2] ?? '').replaceAll('""', '"')));
  return rows;
}
/** The cells after the name as a spreadsheet reads them: NaN where it would see words. */
const bare = (rows: string[][]): number[][] => rows.map((r) => r.slice(1).filter(Boolean).map(Number));
const content = async (d: Download): Promise<string> => readFileSync(await d.path(), 'utf8');

for (const id of ['clasheval-wrong-document', 'set-the-clock-curves', 'eft-factuality', 'simulated-ignorance-gap'])
  test(`the index gives ${id} away as JSON and as CSV with all of its numbers`, async ({ page }) => {
    await page.goto('./evidence/');
    const entry = page.locator(`#${id}`);
    const [json] = await Promise.all([page.waitForEvent('download'), entry.getByRole('link', { name: 'JSON' }).click()]);
    expect(json.suggestedFilename()).toBe(`${id}.json`);
    expect(JSON.parse(await content(json))).toEqual(byId(id));
    const [table] = await Promise.all([page.waitForEvent('download'), entry.getByRole('button', { name: 'CSV' }).click()]);
    expect(table.suggestedFilename()).toBe(`${id}.csv`);
    const [head, ...rows] = csv(await content(table));
    for (const series of byId(id).series) expect(head!.some((h) => h.startsWith(series.name)), series.name).toBe(true);
    expect(bare(rows)).toEqual(rowsOf(byId(id)));
    const places = (byId(id).x.categories ?? byId(id).x.values ?? []).map(String);
    expect(rows.map((r) => r[0]).slice(0, places.length)).toEqual(places);
  });

test('the deck’s source dialog gives the same JSON and CSV', async ({ page }) => {
  await openDeck(page, '#/head-start');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  const [json] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'JSON' }).click()]);
  expect(JSON.parse(await content(json))).toEqual(byId('jain-revival-vs-never'));
  const [table] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'CSV' }).click()]);
  expect(bare(csv(await content(table)).slice(1))).toEqual(rowsOf(byId('jain-revival-vs-never')));
});

test('an entry that the address names is on screen, and stays there while charts above it grow', async ({ page }) => {
  await page.goto('./evidence/#quantization-restores');
  await page.waitForSelector('html[data-loaded="all"]');
  await expect(page.locator('#quantization-restores canvas')).toBeVisible();
  await expect.poll(() => page.locator('#quantization-restores').evaluate((e) => Math.round(e.getBoundingClientRect().top))).toBeLessThan(100);
  await expect(page.locator('#quantization-restores h2')).toBeInViewport();
});
