// The slides: every mistake in them is said by file, line and reason; and the real deck keeps the
// promises that the talk makes about itself.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { compileDeck, CUTS, type Deck } from '../../src/build/compile.ts';
import { escapeHtml, SlideError } from '../../src/build/html.ts';
import { CLAIMS } from '../../src/results.ts';
import { evidence, read, root } from '../support.ts';

const CHAPTER = '30-silenced.md';
let copy: string;
test.beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'slides-'));
  for (const name of ['assets', 'src']) symlinkSync(join(root, name), join(copy, name));
});
test.afterAll(() => rmSync(copy, { recursive: true }));

/** Compiles a copy of the slides with one chapter changed; says the error, and the changed text. */
function broken(change: (chapter: string) => string, file = CHAPTER): { error: SlideError; text: string } {
  rmSync(join(copy, 'slides'), { recursive: true, force: true });
  cpSync(join(root, 'slides'), join(copy, 'slides'), { recursive: true });
  const path = join(copy, 'slides', file);
  const before = readFileSync(path, 'utf8');
  const text = change(before);
  expect(text, 'the mistake was not put in').not.toBe(before);
  writeFileSync(path, text);
  try {
    compileDeck(copy, evidence());
  } catch (e) {
    expect(e).toBeInstanceOf(SlideError);
    return { error: e as SlideError, text };
  }
  throw new Error('it compiled');
}

/** The line, from 1, on which `mark` stands. */
const lineOf = (text: string, mark: string): number => text.slice(0, text.indexOf(mark)).split('\n').length;

test('a copy of the slides compiles as it is', () => {
  rmSync(join(copy, 'slides'), { recursive: true, force: true });
  cpSync(join(root, 'slides'), join(copy, 'slides'), { recursive: true });
  expect(compileDeck(copy, evidence()).slides.length).toBeGreaterThan(30);
});

test.describe('a mistake in a slide is said with its file, line and reason:', () => {
  // A slide at the end of a chapter: sound, but for what each case changes.
  const SLIDE = `
# A scratch slide stands here
id: scratch
claims: C0

SCRATCH BODY

Notes:
Say: It says something.
Point: The middle.
Q: Why?
A: Because.
`;
  const body = (text: string) => (c: string): string => c + SLIDE.replace('SCRATCH BODY', text);
  const CASES: [name: string, change: (chapter: string) => string, mark: string, reason: RegExp][] = [
    ['a missing id', (c) => c + SLIDE.replace('id: scratch\n', ''), '# A scratch', /needs an id/],
    ['an id that is not kebab-case', (c) => c + SLIDE.replace('id: scratch', 'id: Two Words'), '# A scratch', /id in kebab-case/],
    ['an id that is taken', (c) => c + SLIDE.replace('id: scratch', 'id: title'), '# A scratch', /the id “title” is taken by slides\/10-opening\.md:\d+/],
    ['a link to no slide', body('[there](#/no-such-slide)'), '# A scratch', /a link to “#\/no-such-slide”, and no such slide/],
    ['a link to no slide in the notes', (c) => c + SLIDE.replace('Because.', '[there](#/nowhere)'), '# A scratch', /a link to “#\/nowhere”/],
    ['a typed number', body('It rose to 52% of all.'), 'It rose', /number typed by hand: “52%”/],
    ['a typed number in a headline', (c) => c + SLIDE.replace('stands here', 'stands 7 times'), '# A scratch', /number typed by hand: “7”/],
    ['a typed number in the notes', (c) => c + SLIDE.replace('It says something', 'It says 42'), 'Say: It says 42', /number typed by hand: “42/],
    ['a typed number in a caption', body('::figure dpo-toxicity-gpt2 caption="Down to 12"'), '::figure dpo-toxicity-gpt2 caption="Down', /number typed by hand/],
    ['a typed number in a short label', body('::figure dpo-toxicity-gpt2 short="a; 99 of them; c"'), '::figure dpo-toxicity-gpt2 short="a', /number typed by hand/],
    ['a typed number deep in a table', body('| A | B |\n|---|---|\n| one | two |\n| three | 44 |'), '| three', /number typed by hand: “44”/],
    ['an unknown figure', body('::figure no-such-entry'), '::figure no-such', /no entry “no-such-entry” in the evidence/],
    ['an unknown view', body('::figure dpo-toxicity-gpt2 view=pie'), '::figure dpo-toxicity-gpt2 view=pie', /no view “pie”; there are: bars, /],
    ['an unknown option of a figure', body('::figure dpo-toxicity-gpt2 colour=red'), '::figure dpo-toxicity-gpt2 colour', /no option “colour” here; there are: view, /],
    ['a figure option without its =', body('::figure dpo-toxicity-gpt2 view bars'), '::figure dpo-toxicity-gpt2 view bars', /view/],
    ['an axis limit that is no number', body('::figure dpo-toxicity-gpt2 max=tall'), '::figure dpo-toxicity-gpt2 max', /max/],
    ['an unknown ink', body('::figure dpo-toxicity-gpt2 ink=red'), '::figure dpo-toxicity-gpt2 ink=red', /no ink “red”; there are: say, /],
    ['too few inks', body('::figure dpo-toxicity-gpt2 ink-x="say, hold"'), '::figure dpo-toxicity-gpt2 ink-x="say, hold"', /ink-x names 2, “dpo-toxicity-gpt2” has 3/],
    ['unknown steps', body('::figure dpo-toxicity-gpt2 steps=all'), '::figure dpo-toxicity-gpt2 steps', /steps is “series” or “x”/],
    ['a chart of a statement', body('::figure simulated-ignorance-gap view=bars'), '::figure simulated', /is a statement: it has nothing to chart/],
    ['an unknown directive', body('::movie something'), '::movie', /no directive “::movie”/],
    ['an unknown diagram', body('::diagram nothing'), '::diagram nothing', /no diagram assets\/diagrams\/nothing\.svg/],
    ['an unknown region of code', body('::code src/measures.ts#nothing'), '::code src/measures.ts#nothing', /no region “nothing”/],
    ['code from no file', body('::code src/nothing.ts#plane'), '::code src/nothing', /src\/nothing\.ts/],
    ['an unknown column', body('::evidence claim=C1 columns="paper,price"'), '::evidence claim=C1 columns="paper,price"', /no column “price”/],
    ['an unknown option of a table', body('::evidence claim=C1 colour=red'), '::evidence claim=C1 colour', /colour/],
    ['an unknown entry in a table', body('::evidence ids="no-such-entry"'), '::evidence ids="no', /no published entry “no-such-entry”/],
    ['a table of nothing', body('::evidence claim=C1 stance=nothing'), '::evidence claim=C1 stance', /no entry matches/],
    ['a reference to no entry', body('See {{no-such-entry: a / b}}.'), 'See {{', /no entry “no-such-entry”/],
    ['an ambiguous reference', body('See {{jain-revival-vs-never: tuned / 30}}.'), 'See {{jain', /“tuned” could be any of: /],
    ['a citation of no paper', body('It was seen [@nobody1900x].'), 'It was seen', /no paper “nobody1900x” in papers\.json/],
    ['an unknown claim', (c) => c + SLIDE.replace('claims: C0', 'claims: C12'), '# A scratch', /no such claim: C12/],
    ['an unknown cut', (c) => c + SLIDE.replace('claims: C0', 'cut: 45\ntime: 30'), '# A scratch', /cut is one or more of 10, 25/],
    ['an unknown layout', (c) => c + SLIDE.replace('claims: C0', 'layout: pyramid'), '# A scratch', /layout/],
    ['an unknown field', (c) => c + SLIDE.replace('claims: C0', 'colour: red'), '# A scratch', /a slide has no “colour”/],
    ['a main slide without its time', (c) => c + SLIDE.replace('claims: C0', 'cut: 25'), '# A scratch', /needs its time in seconds/],
    ['a main slide with a figure and no “But:”', (c) => c.replace(/^But: .*\n/m, ''), '# ', /shows figures and has no “But:” line/],
    ['no notes', (c) => c + SLIDE.replace(/Notes:[^]*/, ''), '# A scratch', /“scratch” needs its notes: Say, Point, Q and A/],
    ['notes without a question', (c) => c + SLIDE.replace('Q: Why?\nA: Because.\n', ''), '# A scratch', /needs its notes/],
    ['a question without its answer', (c) => c + SLIDE.replace('A: Because.\n', ''), '# A scratch', /needs its notes/],
    ['an answer without its question', (c) => c + SLIDE.replace('Q: Why?\n', ''), 'A: Because.', /an answer without its question/],
    ['a note of another kind', (c) => c + SLIDE.replace('Point: The middle.', 'Aside: whisper.'), 'Aside:', /a note is “Say: …”/],
    ['text before the first slide', (c) => c.replace('\n# ', '\nstray words\n\n# '), 'stray words', /text before the first slide/],
    ['a chapter without its name', (c) => c.replace(/^chapter: .*\n/m, ''), '---', /the chapter has no name/],
    ['a chapter without its front matter', (c) => c.replace(/^---[^]*?---\n/, ''), '', /a chapter starts with ---/],
  ];
  for (const [name, change, mark, reason] of CASES)
    test(name, () => {
      const { error, text } = broken(change);
      expect(error.message).toMatch(reason);
      expect(error.message).toMatch(new RegExp(`^slides/${CHAPTER}:\\d+: `));
      expect(error.line, 'the line of the mistake').toBe(lineOf(text, mark));
    });

  test('times that do not fill their cut', () => {
    const { error } = broken((c) => c.replaceAll(/^cut: 25\ntime: \d+\n/gm, ''), '40-why.md');
    expect(error.message).toMatch(/^slides\/.*: the 25-minute cut adds up to [12][0-9] min \d+ s; it must fill its last minute and not overrun$/);
  });

  test('times that overrun their cut', () => {
    const { error } = broken((c) => c.replace(/^time10: \d+/m, 'time10: 340'));
    expect(error.message).toMatch(/^slides\/.*: the 10-minute cut adds up to 1\d min \d+ s/);
  });
});

test.describe('the deck', () => {
  let deck: Deck;
  test.beforeAll(() => {
    deck = compileDeck(root, evidence());
  });
  const main = (): Deck['slides'] => deck.slides.filter((s) => s.cuts.includes(25));

  test('has thirty main slides or more, and a ten-minute cut that is part of the twenty-five', () => {
    expect(main().length).toBeGreaterThanOrEqual(30);
    for (const s of deck.slides) if (s.cuts.includes(10)) expect(s.cuts, s.id).toContain(25);
  });

  for (const cut of CUTS)
    test(`fills its ${cut}-minute cut to the last minute`, () => {
      const sum = deck.slides.reduce((n, s) => n + (s.seconds[cut] ?? 0), 0);
      expect(sum).toBeLessThanOrEqual(cut * 60);
      expect(sum).toBeGreaterThanOrEqual(cut * 60 - 60);
    });

  test('has a main slide for each claim', () => {
    for (const claim of CLAIMS) expect(main().filter((s) => s.claims.includes(claim)).map((s) => s.id), claim).not.toEqual([]);
  });

  test('shows both sides on the main slides wherever the evidence has both', () => {
    const onSlides = evidence().published.filter((f) => main().some((s) => s.figures.includes(f.id) || s.html.includes(escapeHtml(f.finding))));
    const missing: string[] = [];
    for (const claim of CLAIMS) {
      const known = evidence().published.filter((f) => f.claims.includes(claim));
      for (const [side, test] of [['for', (s: string) => s === 'supports'], ['against or in doubt', (s: string) => s !== 'supports']] as const)
        if (known.some((f) => test(f.stance)) && !onSlides.some((f) => f.claims.includes(claim) && test(f.stance))) missing.push(`${claim}: nothing ${side}`);
    }
    expect(missing).toEqual([]);
  });

  test('shows only entries that bear on the claims its slide names', () => {
    const wrong = deck.slides.flatMap((s) =>
      s.claims.length === 0 ? [] : s.figures.filter((id) => !evidence().figures.find((f) => f.id === id)!.claims.some((c) => s.claims.includes(c))).map((id) => `${s.id}: ${id}`),
    );
    expect(wrong).toEqual([]);
  });

  test('has no placeholder text anywhere', () => {
    for (const file of readdirSync(join(root, 'slides'))) expect(read(`slides/${file}`), file).not.toMatch(/coming soon|lorem|\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX\b|placeholder/i);
  });

  test('leaves no reference, directive or Markdown unrendered', () => {
    for (const s of deck.slides) {
      const text = (s.html + s.notes.html).replace(/<pre[^]*?<\/pre>/g, '').replace(/<[^>]+>/g, ' ');
      expect(text, s.id).not.toMatch(/\{\{|\}\}|^::|\]\(|\*\*|[\uE000-\uF8FF]|\bundefined\b|\bNaN\b|\[object/m);
    }
  });

  test('gives the speaker 55 to 115 words on every main slide', () => {
    const counts = main().map((s) => ({ id: s.id, words: s.notes.say!.split(/\s+/).filter(Boolean).length }));
    expect(counts.filter(({ words }) => words < 55 || words > 115)).toEqual([]);
  });

  test('gives each main slide a speaking time that fits its words', () => {
    const rates = main().flatMap((s) => Object.entries(s.seconds).map(([cut, t]) => ({ id: s.id, cut, perMinute: Math.round((s.notes.say!.split(/\s+/).length / t) * 60) })));
    expect(rates.filter((r) => r.cut === '25' && (r.perMinute > 190 || r.perMinute < 80))).toEqual([]);
  });

  test('has headlines that are whole sentences of at most two lines', () => {
    for (const s of deck.slides) {
      expect(s.headline.length, s.headline).toBeLessThanOrEqual(100);
      expect(s.headline, s.id).not.toMatch(/[.:]$/);
    }
  });

  test('never has the same headline twice', () => {
    const twice = deck.slides.map((s) => s.headline).filter((h, i, all) => all.indexOf(h) !== i);
    expect(twice).toEqual([]);
  });

  test('names every paper it cites in its references', () => {
    const html = deck.slides.map((s) => s.html).join('');
    for (const id of evidence().papers.keys()) expect(html.split(`id="ref-${id}"`).length - 1, id).toBe(1);
  });

  test('uses every name in names.txt, so that the list lets no number through by accident', () => {
    const text = readdirSync(join(root, 'slides')).filter((f) => f.endsWith('.md')).map((f) => read(`slides/${f}`)).join('\n');
    const names = read('slides/names.txt').split('\n').map((n) => n.trim()).filter((n) => n && !n.startsWith('#'));
    expect(names.filter((n) => !text.includes(n))).toEqual([]);
    expect(names.filter((n, i) => names.indexOf(n) !== i), 'listed twice').toEqual([]);
  });
});
