// slides/*.md → HTML. The format is described in README.md; every mistake is a SlideError that
// names file, line and reason. Knows no Vite and no browser.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { ledger, RULE } from '../verdict.ts';
import { CLAIMS, type Claim, type Published } from '../results.ts';
import { stepCount, VIEWS } from '../panels/panel.ts';
import { chipHtml, shortCitation, type Evidence } from './evidence.ts';
import { codeHtml } from './code.ts';
import { escapeHtml, SlideError } from './html.ts';
import { resolveRef, typedNumbers } from './refs.ts';
import { strataSvg } from './strata.ts';

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

const DEFAULT_VIEW = { bars: 'bars', lines: 'lines', points: 'dots', table: 'table', range: 'range', statement: 'text' } as const;
const INKS = ['say', 'hold', 'never', 'remedy', 'base', 'plain'];
const CLAIM_TEXT: Record<Claim, string> = {
  C0: 'Contamination is real; asking or tuning masks more than it removes',
  C1: 'Scaling pretraining moves knowledge, scaling tuning behaviour',
  C2: 'Steering at decoding spares knowledge; tuning the weights does not',
  C3: 'A strong prior beats contrary text in the context',
  C4: 'What pretraining plants survives alignment, for most attacks',
  C5: 'RL amplifies one pretrained format and lets the others fade',
  C6: 'Skill from RL tuning does not carry to near variants',
  C7: 'What a new text disturbs is predictable from prior probability',
  C8: 'Isolating each task’s core parameters reduces interference',
  C9: 'Tuning changes the upper layers and leaves facts below alone',
  C10: 'Suppressed facts return faster than they could be learned anew',
  C11: 'Some treatments do evict, and none is free',
};
export { CLAIM_TEXT };

const md = new MarkdownIt({ html: false, typographer: false, linkify: false });
const external = md.renderer.rules.link_open;
md.renderer.rules.link_open = (tokens, i, options, env, self) => {
  if (/^https?:/.test(String(tokens[i]!.attrGet('href')))) tokens[i]!.attrJoin('rel', 'noopener');
  return external ? external(tokens, i, options, env, self) : self.renderToken(tokens, i, options);
};

interface Context {
  root: string;
  evidence: Evidence;
  names: string[];
  /** Says the error at this line of the file being read. */
  fail: (line: number, reason: string) => never;
}

/** Resolves references and citations, refuses typed numbers, renders Markdown. */
function prose(source: string, line: number, c: Context, inline = false): string {
  const held: string[] = [];
  const hold = (html: string): string => `\uE000${held.push(html) - 1}\uE001`;
  const clean = source
    .replace(/\{\{(.+?)\}\}/g, (_, inner: string) => {
      try {
        const text = escapeHtml(resolveRef(inner, c.evidence.figures));
        return hold(/^(finding|caveat|title)\s*:/.test(inner.trim()) ? text : `<span class="v">${text}</span>`);
      } catch (e) {
        return c.fail(line, (e as Error).message);
      }
    })
    .replace(/\[@([\w-]+)\]/g, (_, id: string) => {
      const p = c.evidence.papers.get(id) ?? c.fail(line, `no paper “${id}” in papers.json`);
      return hold(`<a class="cite" href="${escapeHtml(p.URL)}" target="_blank" rel="noopener">(${escapeHtml(shortCitation(p, c.evidence.papers))})</a>`);
    });
  const typed = typedNumbers(clean.replace(/\uE000\d+\uE001/g, ' ').replace(/\]\([^)]*\)/g, ']'), c.names);
  if (typed.length) c.fail(line, `number typed by hand: “${typed[0]}”. Take it from the data ({{entry: …}}), or add the name it belongs to to slides/names.txt`);
  const html = inline ? md.renderInline(clean) : md.render(clean);
  return html.replace(/\uE000(\d+)\uE001/g, (_, i: string) => held[Number(i)]!);
}

function options(rest: string): Record<string, string> {
  return Object.fromEntries([...rest.matchAll(/([\w-]+)=(?:"([^"]*)"|(\S+))/g)].map((m) => [m[1]!, m[2] ?? m[3] ?? '']));
}
const list = (s: string | undefined): string[] | undefined => s?.split(s.includes(';') ? ';' : ',').map((t) => t.trim());

/** The element a panel mounts into. `src` is relative to the page. */
export function panelHtml(f: Published, evidence: Evidence, o: Record<string, unknown> & { view?: string | undefined }, base = './'): string {
  const view = o.view ?? DEFAULT_VIEW[f.kind];
  const spec = JSON.stringify({ ...o, view });
  return `<figure class="panel view-${view}" data-figure="${f.id}" data-src="${base}${evidence.files.get(f.id)!.name}" data-hash="${evidence.files.get(f.id)!.hash}" data-options="${escapeHtml(spec)}"><figcaption>${escapeHtml(String(o.caption ?? f.title))}</figcaption><div class="panel-body" data-state="waiting"></div></figure>`;
}

function figure(rest: string, line: number, c: Context, out: Slide): string {
  const [id = '', ...tail] = rest.trim().split(/\s+/);
  const f = c.evidence.figures.find((g) => g.id === id) ?? c.fail(line, `no entry “${id}” in the evidence`);
  const o = options(tail.join(' '));
  for (const key of Object.keys(o)) if (!['view', 'steps', 'ink', 'ink-x', 'highlight', 'short', 'short-series', 'caption', 'max', 'min'].includes(key)) c.fail(line, `a figure has no option “${key}”`);
  if (o.view && !(VIEWS as readonly string[]).includes(o.view)) c.fail(line, `no view “${o.view}”; there are: ${VIEWS.join(', ')}`);
  if (f.kind === 'statement' && o.view && o.view !== 'text') c.fail(line, `“${id}” is a statement: it has nothing to chart`);
  if (o.steps && o.steps !== 'series' && o.steps !== 'x') c.fail(line, 'steps is “series” or “x”');
  const places = (f.x.categories ?? f.x.values ?? []).length;
  for (const [key, n] of [['ink', f.series.length], ['ink-x', places], ['short', places], ['short-series', f.series.length]] as const) {
    const items = list(o[key]);
    if (items && items.length !== n) c.fail(line, `${key} names ${items.length}, “${id}” has ${n}`);
    if (items && key.startsWith('ink')) for (const i of items) if (!INKS.includes(i)) c.fail(line, `no ink “${i}”; there are: ${INKS.join(', ')}`);
  }
  const typed = o.caption ? typedNumbers(o.caption, c.names) : [];
  if (typed.length) c.fail(line, `number typed by hand in the caption: “${typed[0]}”`);
  out.figures.push(id);
  const fragments = Array.from({ length: stepCount(f, { steps: o.steps as 'series' | 'x' | undefined }) }, (_, i) => `<span class="fragment step" data-for="${id}" data-fragment-index="${i}"></span>`).join('');
  const spec = {
    view: o.view,
    steps: o.steps,
    ink: list(o.ink),
    inkX: list(o['ink-x']),
    short: list(o.short),
    shortSeries: list(o['short-series']),
    highlight: o.highlight,
    caption: o.caption,
    min: o.min === undefined ? undefined : Number(o.min),
    max: o.max === undefined ? undefined : Number(o.max),
  };
  return panelHtml(f, c.evidence, spec) + fragments;
}

const COLUMNS: Record<string, [string, (f: Published, e: Evidence) => string]> = {
  paper: ['Paper', (f, e) => `<a class="cite" href="${escapeHtml(f.page)}" target="_blank" rel="noopener">${escapeHtml(shortCitation(e.papers.get(f.paper)!, e.papers))}</a>`],
  finding: ['Finding', (f) => escapeHtml(f.finding)],
  title: ['What was measured', (f) => escapeHtml(f.title)],
  teaches: ['The recovery teaches', (f) => escapeHtml(f.teaches ?? '–')],
  control: ['Never-trained control', (f) => (f.control ? 'yes' : 'no')],
  stance: ['Says of the claim', (f) => escapeHtml(f.stance)],
  read: ['Read in', (f) => escapeHtml(f.read)],
};

function evidenceTable(rest: string, line: number, c: Context, out: Slide): string {
  const o = options(rest);
  const ids = o.ids?.split(/[\s,]+/).filter(Boolean);
  for (const id of ids ?? []) if (!c.evidence.figures.some((f) => f.id === id)) c.fail(line, `no entry “${id}” in the evidence`);
  const rows = ids
    ? ids.map((id) => c.evidence.figures.find((f) => f.id === id)!)
    : c.evidence.figures.filter((f) => (!o.claim || f.claims.includes(o.claim as Claim)) && (!o.stance || f.stance === o.stance));
  if (!rows.length) c.fail(line, 'no entry matches');
  const columns = (list(o.columns) ?? ['paper', 'finding']).map((k) => COLUMNS[k] ?? c.fail(line, `no column “${k}”; there are: ${Object.keys(COLUMNS).join(', ')}`));
  out.figures.push(...rows.map((f) => f.id));
  const head = columns.map(([h]) => `<th scope="col">${h}</th>`).join('');
  const body = rows.map((f) => `<tr>${columns.map(([label, cell], i) => (i ? `<td data-label="${label}">${cell(f, c.evidence)}</td>` : `<th scope="row">${cell(f, c.evidence)}</th>`)).join('')}</tr>`).join('');
  const roomy = rows.length <= 7 && !/finding|title/.test(o.columns ?? 'finding') ? ' roomy' : '';
  return `<div class="table-box"><table class="evidence${roomy}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function ledgerHtml(e: Evidence): string {
  const rows = ledger(e.figures).map((t) => {
    const n = t.papers;
    return `<tr><th scope="row">${t.claim}</th><td><a href="./evidence/?claim=${t.claim}">${escapeHtml(CLAIM_TEXT[t.claim])}</a></td><td class="n">${n.for}</td><td class="n">${n.mixed}</td><td class="n">${n.doubts}</td><td class="n">${n.against}</td><td class="n">${t.secondHand || '–'}</td><td><span class="verdict ${t.verdict.replace(' ', '-')}">${t.verdict}</span></td></tr>`;
  });
  return `<div class="table-box ledger"><table><thead><tr><th scope="col">Claim</th><th scope="col"><span class="sr">Sentence</span></th><th scope="col" class="n">papers for</th><th scope="col" class="n">mixed</th><th scope="col" class="n">in doubt</th><th scope="col" class="n">against</th><th scope="col" class="n wide">second-hand</th><th scope="col">published verdict</th></tr></thead><tbody>${rows.join('')}</tbody></table><p class="rule">${RULE}</p></div>`;
}

interface Raw {
  line: number;
  headline: string;
  meta: Record<string, string>;
  body: { text: string; line: number }[];
  notes: { text: string; line: number }[];
}

/** Splits a chapter file into its front matter and its slides. */
function split(source: string, fail: Context['fail']): { meta: Record<string, string>; slides: Raw[] } {
  const lines = source.split(/\r?\n/);
  const meta: Record<string, string> = {};
  let i = 0;
  if (lines[0] !== '---') fail(1, 'a chapter starts with --- and its name: “chapter: …”');
  for (i = 1; i < lines.length && lines[i] !== '---'; i++) {
    const m = /^(\w+):\s*(.*)$/.exec(lines[i]!);
    if (m) meta[m[1]!] = m[2]!.trim();
  }
  const slides: Raw[] = [];
  let part: 'meta' | 'body' | 'notes' = 'meta';
  for (i++; i < lines.length; i++) {
    const text = lines[i]!;
    if (text.startsWith('# ')) {
      slides.push({ line: i + 1, headline: text.slice(2).trim(), meta: {}, body: [], notes: [] });
      part = 'meta';
      continue;
    }
    const slide = slides.at(-1);
    if (!slide) {
      if (text.trim()) fail(i + 1, 'text before the first slide; a slide starts with “# ”');
      continue;
    }
    if (part === 'meta') {
      const m = /^([\w-]+):\s*(.*)$/.exec(text);
      if (m) slide.meta[m[1]!] = m[2]!.trim();
      else part = 'body';
    }
    if (/^Notes:\s*$/.test(text)) part = 'notes';
    else if (part !== 'meta') slide[part].push({ text, line: i + 1 });
  }
  return { meta, slides };
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

function compileSlide(raw: Raw, chapter: number, chapters: Chapter[], file: string, c: Context): Slide {
  const { meta, line } = raw;
  for (const key of Object.keys(meta)) if (!['id', 'cut', 'time', 'time10', 'claims', 'layout', 'nav'].includes(key)) c.fail(line, `a slide has no “${key}”`);
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
  const out: Slide = { id, file, line, headline: '', chapter, backup, cuts, seconds, claims, figures: [], html: '', notes: { qa: [], html: '' } };

  const headline = prose(raw.headline, line, c, true);
  out.headline = headline.replace(/<[^>]+>/g, '');
  const stage: string[] = [];
  let [so, but] = ['', ''];
  let text: string[] = [];
  let textLine = 0;
  let pictures = 0;
  const flush = (): void => {
    if (text.join('').trim()) stage.push(`<div class="text">${prose(text.join('\n'), textLine, c)}</div>`);
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
      const html = `<p class="${tail[1]!.toLowerCase()}">${prose(tail[2]!, at, c, true)}</p>`;
      if (tail[1] === 'So') so = html;
      else but = html;
      continue;
    }
    const [, name, rest = ''] = directive!;
    pictures++;
    if (name === 'figure') stage.push(figure(rest, at, c, out));
    else if (name === 'evidence') stage.push(evidenceTable(rest, at, c, out));
    else if (name === 'ledger') stage.push(ledgerHtml(c.evidence));
    else if (name === 'references') stage.push('\uE010');
    else if (name === 'strata') {
      const f = c.evidence.figures.find((g) => g.id === rest.trim()) ?? c.fail(at, `no entry “${rest.trim()}” in the evidence`);
      out.figures.push(f.id);
      stage.push(strataSvg(f));
    } else if (name === 'diagram') {
      const svg = join(c.root, 'assets/diagrams', `${rest.trim()}.svg`);
      if (!existsSync(svg)) c.fail(at, `no diagram assets/diagrams/${rest.trim()}.svg`);
      stage.push(`<figure class="diagram">${readFileSync(svg, 'utf8')}</figure>`);
    } else if (name === 'code') {
      try {
        stage.push(codeHtml(c.root, rest.trim()));
      } catch (e) {
        c.fail(at, (e as Error).message);
      }
    } else c.fail(at, `no directive “::${name}”`);
  }
  flush();
  const notes = notesHtml(raw, c, out);

  const chips = [...new Set(out.figures)].map((f) => c.evidence.figures.find((g) => g.id === f)!);
  const shown = chips.length > 2 ? [] : chips;
  const caveats = chips.length && chips.length <= 2 ? chips.map((f) => `<p class="caveat"><b>Caveat</b> ${escapeHtml(f.caveat)}</p>`).join('') : '';
  const layout = meta.layout ?? (pictures > 1 && out.figures.length > 1 ? 'two' : 'one');
  const tag = layout === 'title' ? 'h1' : 'h2';
  const source = shown
    .map((f) => `<button type="button" class="chip" data-figure="${f.id}" aria-haspopup="dialog">${chipHtml(f, c.evidence.papers)}</button>`)
    .join('');
  const many = chips.length > 2 ? `<a class="chip" href="./evidence/?ids=${chips.map((f) => f.id).join(',')}">Published · ${new Set(chips.map((f) => f.paper)).size} papers</a>` : '';
  out.html = `<section id="${id}" class="layout-${layout}" data-chapter="${chapter}"${backup ? ' data-visibility="uncounted" data-backup' : ''} data-cuts="${cuts.join(' ')}" data-seconds="${escapeHtml(JSON.stringify(seconds))}" aria-labelledby="${id}-title">
<${tag} id="${id}-title">${headline}</${tag}>
<div class="stage">${stage.join('\n')}</div>
${so}${but}
<footer class="foot"><span class="place">${escapeHtml(chapters[chapter]!.name)}</span><span class="chips">${source}${many}</span><span class="no"></span></footer>
</section>`;
  out.notes.html = notes + caveats;
  if (chips.length && !but && layout !== 'title' && !backup) c.fail(line, `“${id}” shows published figures and has no “But:” line`);
  return out;
}

/** References run over as many slides as they need: two columns, by their estimated lines. */
function paginateReferences(slide: Slide, e: Evidence): Slide[] {
  const perColumn = 21.5;
  const pages: string[][][] = [];
  let room = 0;
  for (const [id, html] of e.references) {
    const need = Math.ceil(html.replace(/<[^>]+>/g, '').length / 61) + 0.45;
    if (need > room) {
      if (!pages.length || pages.at(-1)!.length === 2) pages.push([]);
      pages.at(-1)!.push([]);
      room = perColumn;
    }
    pages.at(-1)!.at(-1)!.push(`<li id="ref-${id}">${html}</li>`);
    room -= need;
  }
  return pages.map((columns, i) => {
    const id = i ? `${slide.id}-${i + 1}` : slide.id;
    const headline = `${slide.headline}, ${i + 1} of ${pages.length}`;
    const html = slide.html
      .replaceAll(slide.id, id)
      .replace(`>${slide.headline}</`, `>${headline}</`)
      .replace('\uE010', `<div class="references">${columns.map((c) => `<ul>${c.join('')}</ul>`).join('')}</div>`);
    return { ...slide, id, headline, html };
  });
}

/** Compiles every chapter in `slides/`. Throws SlideError. */
export function compileDeck(root: string, evidence: Evidence): Deck {
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
      const slide = compileSlide(raw, chapters.length - 1, chapters, `slides/${file}`, { root, evidence, names, fail });
      slides.push(...(slide.html.includes('\uE010') ? paginateReferences(slide, evidence) : [slide]));
    }
  }
  check(slides);
  return { chapters, slides };
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
    for (const [, to] of s.html.matchAll(/href="#\/([^"]*)"/g)) if (!ids.has(to!)) throw new SlideError(s.file, s.line, `a link to “#/${to}”, and no such slide`);
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
