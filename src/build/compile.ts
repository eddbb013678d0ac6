// slides/*.md → HTML. The format is described in README.md; every mistake is a SlideError that
// names file, line and reason. Knows no Vite and no browser.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIMS, isPublished, type Claim, type Figure } from '../results.ts';
import { split, type Raw } from './chapter.ts';
import { codeHtml } from './code.ts';
import { evidenceTable, figure, ledgerHtml, outcomeHtml, referencePages, type Part } from './directives.ts';
import { chipHtml, type Evidence } from './evidence.ts';
import { escapeHtml, SlideError } from './html.ts';
import { prose, type Context } from './prose.ts';
import { qrHtml } from './qr.ts';
import { strataSvg } from './strata.ts';

const LAYOUTS = ['title', 'statement', 'split', 'one', 'two'];

/** In the reading text: here stands what is on the slide. */
const HERE = '::here';

/** Stands for the references until it is known how many slides they fill. */
const REFERENCES = '\uE010';

export const CUTS = [10, 25] as const;
export type Cut = (typeof CUTS)[number];

export interface Slide {
  id: string;
  file: string;
  line: number;
  headline: string;
  chapter: number;
  backup: boolean;
  cuts: Cut[];
  /** Planned seconds, by cut. */
  seconds: Partial<Record<Cut, number>>;
  claims: Claim[];
  figures: string[];
  html: string;
  /** The same in parts, for pages that are no slides: what stands on the stage, what follows, what a sceptic says. */
  stage: Part[];
  so: string;
  but: string;
  /** The reading text as HTML, before the stage and after it. */
  read: [before: string, after: string];
  /** Plain say and point, questions with answers, and all of it with its caveats as HTML. */
  notes: { say?: string; point?: string; qa: [string, string][]; html: string };
}
export interface Chapter {
  name: string;
  short: string;
}
export interface Deck {
  chapters: Chapter[];
  slides: Slide[];
}

/** `square`: about as high as wide, so a phone shows it whole. */
function diagramHtml(svg: string): string {
  const [, , width = 1, height = 1] = /viewBox="([^"]+)"/.exec(svg)?.[1]?.split(' ').map(Number) ?? [];
  return `<figure class="diagram${width < 1.8 * height ? ' square' : ''}">${svg}</figure>`;
}

function notesHtml(raw: Raw, c: Context, out: Slide): string {
  let html = '';
  for (const { text, line } of raw.notes) {
    if (!text.trim()) continue;
    const m = /^(Say|Point|Q|A):\s*(.+)$/.exec(text.trim()) ?? c.fail(line, 'a note is “Say: …”, “Point: …”, “Q: …” or “A: …”, each on one line');
    const [, key, body] = m;
    const inner = prose(body!, line, c, true);
    const plain = inner.replace(/<[^>]+>/g, '');
    if (key === 'Say') out.notes.say = plain;
    if (key === 'Point') out.notes.point = plain;
    if (key === 'Q') out.notes.qa.push([plain, '']);
    if (key === 'A') (out.notes.qa.at(-1) ?? c.fail(line, 'an answer without its question'))[1] = plain;
    html += `<p class="${key!.toLowerCase()}"><b>${key}</b> ${inner}</p>`;
  }
  return html;
}

/** Three sources or more: how many, and the way to them. Published and ours are never one count. */
function manyHtml(figures: readonly Figure[]): string {
  const published = figures.filter(isPublished);
  const ours = figures.filter((f) => !isPublished(f));
  const chip = (all: readonly Figure[], text: string): string => (all.length ? `<a class="chip" href="./evidence/?ids=${all.map((f) => f.id).join(',')}">${text}</a>` : '');
  return chip(published, `Published · ${new Set(published.map((f) => f.paper)).size} papers`) + chip(ours, `Ours · ${ours.length} figures`);
}

function compileSlide(raw: Raw, chapter: number, chapters: Chapter[], file: string, c: Context): Slide {
  const { meta, line } = raw;
  for (const key of Object.keys(meta)) if (!['id', 'cut', 'time', 'time10', 'claims', 'layout'].includes(key)) c.fail(line, `a slide has no “${key}”`);
  const id = meta.id && /^[a-z][a-z0-9-]*$/.test(meta.id) ? meta.id : c.fail(line, 'a slide needs an id in kebab-case');
  const cuts = (meta.cut ?? '').split(/\s+/).filter(Boolean).map(Number) as Cut[];
  const backup = !cuts.length; // a slide of no cut stands behind the talk
  if (cuts.some((n) => !CUTS.includes(n))) c.fail(line, `cut is one or more of ${CUTS.join(', ')}`);
  const claims = (meta.claims ?? '').split(/[\s,]+/).filter(Boolean) as Claim[];
  if (claims.some((x) => !CLAIMS.includes(x))) c.fail(line, `no such claim: ${meta.claims}`);
  const seconds: Slide['seconds'] = {};
  for (const cut of cuts) {
    const n = Number((cut === 10 ? meta.time10 : undefined) ?? meta.time);
    if (!(n > 0)) c.fail(line, 'a main slide needs its time in seconds');
    seconds[cut] = n;
  }
  const out: Slide = { id, file, line, headline: '', chapter, backup, cuts, seconds, claims, figures: [], html: '', stage: [], so: '', but: '', read: ['', ''], notes: { qa: [], html: '' } };

  const headline = prose(raw.headline, line, c, true);
  out.headline = headline.replace(/<[^>]+>/g, '');
  const { stage } = out;
  const put = (html: string): void => void stage.push({ html });
  let text: string[] = [];
  let textLine = 0;
  let pictures = 0;
  const flush = (): void => {
    if (text.join('').trim()) put(`<div class="text">${prose(text.join('\n'), textLine, c)}</div>`);
    text = [];
  };
  for (const { text: t, line: at } of raw.body) {
    const directive = /^::(\w+)\s*(.*)$/.exec(t);
    const tail = /^(So|But):\s*(.+)$/.exec(t);
    if (!directive && !tail) {
      if (!text.length) textLine = at;
      text.push(t);
      continue;
    }
    flush();
    if (tail) {
      out[tail[1] === 'So' ? 'so' : 'but'] = prose(tail[2]!, at, c, true);
      continue;
    }
    const [, name, rest = ''] = directive!;
    pictures++;
    if (name === 'figure') stage.push(figure(rest, at, c, out.figures));
    else if (name === 'evidence') put(evidenceTable(rest, at, c, out.figures));
    else if (name === 'ledger') put(ledgerHtml(c.evidence));
    else if (name === 'outcome') put(outcomeHtml(rest, at, c));
    else if (name === 'references') put(REFERENCES);
    else if (name === 'qr') {
      if (rest.trim()) c.fail(at, '“::qr” takes nothing: it is the code of its own slide');
      stage.push({ html: qrHtml(c.site, id), isProjected: true });
    } else if (name === 'strata') {
      const f = c.evidence.figures.find((g) => g.id === rest.trim()) ?? c.fail(at, `no entry “${rest.trim()}” in the evidence`);
      out.figures.push(f.id);
      put(strataSvg(f));
    } else if (name === 'diagram') {
      const svg = join(c.root, 'assets/diagrams', `${rest.trim()}.svg`);
      if (!existsSync(svg)) c.fail(at, `no diagram assets/diagrams/${rest.trim()}.svg`);
      put(diagramHtml(readFileSync(svg, 'utf8')));
    } else if (name === 'code') {
      try {
        put(codeHtml(c.root, rest.trim()));
      } catch (e) {
        c.fail(at, (e as Error).message);
      }
    } else c.fail(at, `no directive “::${name}”`);
  }
  flush();
  const notes = notesHtml(raw, c, out);
  const here = raw.read.findIndex((l) => l.text.trim() === HERE);
  const twice = raw.read.slice(here + 1).find((l) => here >= 0 && l.text.trim() === HERE);
  if (twice) c.fail(twice.line, `“${HERE}” stands twice`);
  const parts = here < 0 ? [raw.read, []] : [raw.read.slice(0, here), raw.read.slice(here + 1)];
  out.read = parts.map((lines) => (lines[0] ? prose(lines.map((l) => l.text).join('\n'), lines[0].line, c) : '')) as Slide['read'];

  const chips = [...new Set(out.figures)].map((f) => c.evidence.figures.find((g) => g.id === f)!);
  const shown = chips.length > 2 ? [] : chips;
  const caveats = chips.length && chips.length <= 2 ? chips.map((f) => `<p class="caveat"><b>Caveat</b> ${escapeHtml(f.caveat)}</p>`).join('') : '';
  if (meta.layout && !LAYOUTS.includes(meta.layout)) c.fail(line, `no layout “${meta.layout}”; there are: ${LAYOUTS.join(', ')}`);
  const layout = meta.layout ?? (pictures > 1 && out.figures.length > 1 ? 'two' : 'one');
  const tag = layout === 'title' ? 'h1' : 'h2';
  const source = shown
    .map((f) => `<button type="button" class="chip" data-figure="${f.id}" aria-haspopup="dialog">${chipHtml(f, c.evidence.papers)}</button>`)
    .join('');
  const many = chips.length > 2 ? manyHtml(chips) : '';
  const article = layout === 'title' ? '<a class="to-article" href="./read/">Read it as an article</a>' : '';
  out.html = `<section id="${id}" class="layout-${layout}" data-chapter="${chapter}"${backup ? ' data-visibility="uncounted" data-backup' : ''} data-cuts="${cuts.join(' ')}" data-seconds="${escapeHtml(JSON.stringify(seconds))}" aria-labelledby="${id}-title">
<${tag} id="${id}-title">${headline}</${tag}>
<div class="stage">${stage.map((p) => p.html).join('\n')}</div>
${out.so && `<p class="so">${out.so}</p>`}${out.but && `<p class="but">${out.but}</p>`}
<footer class="foot"><span class="place">${escapeHtml(chapters[chapter]!.name)}</span><span class="chips">${article}${source}${many}</span><span class="no"></span></footer>
</section>`;
  out.notes.html = notes + caveats;
  if (chips.length && !out.but && layout !== 'title' && !backup) c.fail(line, `“${id}” shows figures and has no “But:” line`);
  return out;
}

function referenceSlides(slide: Slide, e: Evidence): Slide[] {
  const pages = referencePages(e);
  return pages.map((page, i) => {
    const id = i ? `${slide.id}-${i + 1}` : slide.id;
    const headline = `${slide.headline}, ${i + 1} of ${pages.length}`;
    const html = slide.html.replaceAll(slide.id, id).replace(`>${slide.headline}</`, `>${headline}</`).replace(REFERENCES, page);
    return { ...slide, id, headline, html };
  });
}

/** Compiles every chapter in `slides/`; `site` is its public address, if known. Throws SlideError. */
export function compileDeck(root: string, evidence: Evidence, site?: string): Deck {
  const folder = join(root, 'slides');
  const names = readFileSync(join(folder, 'names.txt'), 'utf8').split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#'));
  const chapters: Chapter[] = [];
  const slides: Slide[] = [];
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.md')).sort()) {
    const fail = (line: number, reason: string): never => {
      throw new SlideError(`slides/${file}`, line, reason);
    };
    const { meta, slides: raws } = split(readFileSync(join(folder, file), 'utf8'), fail);
    const name = meta.chapter || fail(1, 'the chapter has no name');
    chapters.push({ name, short: meta.short || name });
    for (const raw of raws) {
      const slide = compileSlide(raw, chapters.length - 1, chapters, `slides/${file}`, { root, evidence, names, site, fail });
      slides.push(...(slide.html.includes(REFERENCES) ? referenceSlides(slide, evidence) : [slide]));
    }
  }
  check(slides);
  return { chapters, slides };
}

/** The deck with these slides alone, in its own order. */
export function keepOnly(deck: Deck, ids: readonly string[]): Deck {
  const missing = ids.filter((id) => !deck.slides.some((s) => s.id === id));
  if (missing.length) throw new Error(`no slide ${missing.map((id) => `“${id}”`).join(', ')}`);
  return { ...deck, slides: deck.slides.filter((s) => ids.includes(s.id)) };
}

/** Words a minute that can still be followed. */
const FASTEST = 160;

/** What can only be said of the whole deck: ids, links, and times that add up. */
function check(slides: Slide[]): void {
  const ids = new Map<string, Slide>();
  for (const s of slides) {
    const twin = ids.get(s.id);
    if (twin) throw new SlideError(s.file, s.line, `the id “${s.id}” is taken by ${twin.file}:${twin.line}`);
    ids.set(s.id, s);
  }
  for (const s of slides) {
    for (const [, to] of (s.html + s.notes.html).matchAll(/href="#\/([^"]*)"/g)) if (!ids.has(to!)) throw new SlideError(s.file, s.line, `a link to “#/${to}”, and no such slide`);
    if (!s.html.includes('class="references"') && (!s.notes.say || !s.notes.point || !s.notes.qa.length || s.notes.qa.some(([, a]) => !a)))
      throw new SlideError(s.file, s.line, `“${s.id}” needs its notes: Say, Point, Q and A`);
  }
  for (const s of slides)
    for (const [cut, seconds] of Object.entries(s.seconds)) {
      const pace = (s.notes.say!.split(/\s+/).length / seconds) * 60;
      if (pace > FASTEST) throw new SlideError(s.file, s.line, `“${s.id}” has ${Math.round(pace)} words a minute to say in the ${cut}-minute cut; ${FASTEST} is fast already`);
    }
  for (const cut of CUTS) {
    const sum = slides.reduce((n, s) => n + (s.seconds[cut] ?? 0), 0);
    if (sum > cut * 60 || sum < cut * 60 - 60)
      throw new SlideError('slides/', 0, `the ${cut}-minute cut adds up to ${Math.floor(sum / 60)} min ${sum % 60} s; it must fill its last minute and not overrun`);
  }
}
