// Print: every slide a page, every panel final, links inside the file, then the numbers. The same
// for `npm run pdf` and for the browser's own print command. The deck's own view mode of reveal is
// not used: its print view leaves all slides but one out of tags and outline.
import { dataOf, mountAll, panelOf, panelsIn, preload, preloadAll, resizeAll, unmount } from '../panels/host.ts';
import type { PanelOptions } from '../panels/panel.ts';
import { tableElement, toTable } from '../panels/table.ts';
import type { Figure } from '../results.ts';
import type { Entry } from './cut.ts';

let undo: (() => void)[] = [];
const root = document.documentElement;
const fullTitle = document.title; // before the deck puts the slide into it

/** Everything a print needs, loaded: call before `layout`. Never rejects; failures show in panels. */
export const prepare = async (slides: HTMLElement): Promise<void> => {
  const fonts = [...document.fonts].map((f) => f.load().catch(() => undefined)); // also those of slides that were never laid out
  await Promise.all([preloadAll(slides), ...fonts]);
};

function set(e: Element, name: string, value: string | null): void {
  const old = e.getAttribute(name);
  if (old === value) return;
  if (value === null) e.removeAttribute(name);
  else e.setAttribute(name, value);
  undo.push(() => {
    if (old === null) e.removeAttribute(name);
    else if (name === 'style') (e as HTMLElement).style.cssText = old; // the page's policy allows no style attribute
    else e.setAttribute(name, old);
  });
}

/** Lays the deck out as pages, at once and completely: it must finish inside `beforeprint`. */
export function layout(slides: HTMLElement): void {
  if (undo.length) return;
  const title = document.title;
  document.title = fullTitle;
  undo.push(() => (document.title = title));
  set(root, 'class', `${root.className} printing print-pdf`.trim()); // the second turns off reveal's own print styles
  if (root.dataset.theme !== 'dark') set(root, 'data-theme', 'light'); // canvases keep the colours they were drawn in
  set(slides, 'style', null);
  for (const s of slides.querySelectorAll<HTMLElement>(':scope > section')) {
    for (const name of ['hidden', 'aria-hidden', 'inert', 'style']) set(s, name, null);
    set(s, 'class', [...s.classList].filter((c) => !['past', 'present', 'future'].includes(c)).join(' '));
    for (const f of s.querySelectorAll('.fragment')) set(f, 'class', `${f.className.replace(/ (visible|current-fragment)\b/g, '')} visible`);
  }
  for (const a of document.querySelectorAll<HTMLAnchorElement>('a[href^="#/"]')) set(a, 'href', `#${a.getAttribute('href')!.slice(2)}`);
  mountAll(slides);
  resizeAll(slides);
}

/** Back to the talk: what was drawn for paper is drawn anew. */
export function restore(slides: HTMLElement): void {
  for (const f of undo.reverse()) f();
  undo = [];
  panelsIn(slides).forEach(unmount);
}

/** Ctrl+P prints what has loaded by then; all figures load in the background after the first. */
export function followBrowser(slides: HTMLElement, after: () => void): void {
  addEventListener('beforeprint', () => layout(slides));
  addEventListener('afterprint', () => {
    if (root.dataset.print !== undefined) return; // our exporter keeps the layout
    restore(slides);
    after();
  });
}

// --- the exporter's pages, and what they must hold

export interface Options {
  appendix: 'used' | 'all' | 'none';
  backup: boolean;
  /** Height of a page that is 1280 wide, in CSS px; a slide stands in its middle. */
  height: number;
  /** The appendix's text, in CSS px. */
  textSize: number;
}

/** A chart as it stands on its sheet, in CSS px; what must be seen there follows from its data. */
export interface Drawn {
  figure: Figure;
  options: PanelOptions;
  box: { x: number; y: number; width: number; height: number };
}
export interface Sheet {
  id: string;
  number: string;
  title: string;
  text: string;
  links: string[];
  charts: Drawn[];
}
export interface Item {
  id: string;
  title: string;
  text: string;
  links: string[];
  /** Of its table: each row's text. */
  rows: string[];
  charts: Drawn[];
}
export interface Printed {
  title: string;
  lang: string;
  sheets: Sheet[];
  /** The appendix's heading and its entries, in order. */
  appendix: { title: string; items: Item[] } | null;
  /** Colours of axes, text and paper: what is painted in another is data. */
  neutral: string[];
  /** Why this deck cannot be printed as it is. */
  problems: string[];
}

const APPENDIX = 'Numbers and sources';

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}

const link = (to: string, text: string): HTMLAnchorElement => {
  const a = element('a', '', text);
  a.href = `#${to}`;
  return a;
};
/** “a, b, c”, each a link. */
const list = (links: HTMLAnchorElement[]): (Node | string)[] => links.flatMap((a, i) => (i ? [', ', a] : [a]));

/** The ids in a chip that stands for several figures. */
const idsOf = (a: HTMLAnchorElement): string[] => new URL(a.href).searchParams.get('ids')?.split(',') ?? [];

/** Every figure a slide shows or cites, in order. */
function figuresOf(section: HTMLElement): string[] {
  const marked = [...section.querySelectorAll<HTMLElement>('[data-figure], a.chip')].filter((e) => !e.closest('.notes'));
  return [...new Set(marked.flatMap((e) => e.dataset.figure ?? idsOf(e as HTMLAnchorElement)))];
}

/** The evidence index's own entries, as they are built for its page. */
async function fetchEntries(): Promise<HTMLElement[]> {
  const at = new URL('./evidence/', location.href);
  const response = await fetch(at);
  if (!response.ok) throw new Error(`the evidence index is missing (${response.status} for ${at.pathname})`);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  return [...page.querySelectorAll<HTMLElement>('article.entry')].map((e) => {
    const panel = e.querySelector<HTMLElement>('figure.panel')!;
    panel.dataset.src = new URL(panel.dataset.src!, at).href;
    return document.importNode(e, true);
  });
}

/** The table twin of a panel's data; its caption says only what the entry's title does not. */
function twin(panel: HTMLElement): HTMLTableElement | null {
  const data = dataOf(panel);
  if (!data) return null; // the panel says itself what is wrong, and so do we
  const t = toTable(data);
  const table = tableElement({ ...t, caption: t.caption.slice(data.title.length).replace(/^\. /, '') });
  if (!table.caption!.textContent) table.deleteCaption();
  return t.rows.length ? table : null;
}

/** Appends the numbers behind the slides: words and table of each figure, its chart with `all`. */
async function append(entries: Entry[], which: 'used' | 'all'): Promise<void> {
  const use = new Map<string, Entry[]>();
  for (const e of entries) for (const id of figuresOf(e.section)) use.set(id, [...(use.get(id) ?? []), e]);
  const all = await fetchEntries();
  const found = new Map(all.map((e) => [e.id, e]));
  const wanted = which === 'all' ? all : [...use.keys()].map((id) => found.get(id)).filter((e) => e !== undefined);
  const box = element('div', 'entries');
  const appendix = element('section', 'appendix', element('h2', '', APPENDIX), element('p', '', 'The numbers behind every picture, where each was read, how far to trust the reading, and what a hostile expert would say. The links lead to the sources and back to the slides.'), box);
  const heading = appendix.querySelector('h2')!;
  heading.id = 'appendix-title';
  appendix.setAttribute('aria-labelledby', heading.id);
  document.body.append(appendix); // last: what followed it would have a page
  box.append(...wanted);
  await Promise.all(panelsIn(box).map(preload));

  const number = new Map<string, string>();
  for (const [i, entry] of wanted.entries()) {
    const id = entry.id;
    number.set(id, `N${i + 1}`);
    entry.id = `entry-${id}`;
    const [title, meta, finding, panel, source] = ['h2', '.meta', '.finding-text', 'figure.panel', '.provenance'].map((q) => entry.querySelector<HTMLElement>(q)!) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    const on = use.get(id)?.map((e) => link(e.id, e.number)) ?? [];
    if (on.length) meta.append(on.length > 1 ? ' · on slides ' : ' · on slide ', ...list(on));
    const table = twin(panel);
    const rows = table?.tBodies[0]!.rows.length ?? 0;
    if (rows > 14) table!.classList.add('long');
    panel.style.setProperty('--bars', String(rows * Math.max(1, dataOf(panel)?.series.length ?? 1)));
    for (const row of source.children) if (row.querySelector('dt')!.textContent === 'Caveat') row.className = 'own';
    const chart = !dataOf(panel) || (which === 'all' && !panel.matches('.view-text, .view-table'));
    const name = element('h3', '', element('b', '', number.get(id)!), ` ${title.textContent}`);
    entry.replaceChildren(name, meta, finding, ...(chart ? [panel] : []), ...(table ? [table] : []), source);
  }

  // chips and evidence links lead to the entries; a link to many, to a list of them
  const groups = element('ul', 'groups');
  for (const e of entries) {
    for (const chip of e.section.querySelectorAll<HTMLElement>('.chip[data-figure]')) {
      const id = chip.dataset.figure!;
      const a = link(`entry-${id}`, `${number.get(id) ?? ''} · ${chip.textContent}`);
      a.className = 'chip';
      chip.replaceWith(a);
    }
    for (const a of e.section.querySelectorAll<HTMLAnchorElement>('a[href*="evidence/"]')) {
      const to = new URL(a.href);
      const claim = to.searchParams.get('claim');
      const one = to.hash.slice(1);
      const ids = one ? [one] : claim && which === 'all' ? wanted.filter((w) => w.dataset.claims!.split(' ').includes(claim)).map((w) => w.id.slice(6)) : idsOf(a);
      const members = ids.filter((id) => number.has(id));
      if (to.origin !== location.origin || !members.length) continue;
      if (one) a.href = `#entry-${one}`;
      else {
        const name = claim ? `${claim}: ${a.textContent}` : `Slide ${e.number}: ${e.title}`;
        const group = `group-${claim ?? e.id}`;
        a.href = `#${group}`;
        if (groups.querySelector(`#${group}`)) continue;
        const item = element('li', '', element('strong', '', name), ' ', ...list(members.map((id) => link(`entry-${id}`, number.get(id)!))));
        item.id = group;
        groups.append(item);
      }
    }
  }
  if (groups.children.length) box.before(groups);
}

/** A link that leads nowhere in a file becomes its words. */
export function unlink(scope: ParentNode): void {
  for (const a of scope.querySelectorAll<HTMLAnchorElement>('a[href]')) {
    const to = a.getAttribute('href')!;
    const dead = to.startsWith('#') ? !document.getElementById(to.slice(1)) : new URL(a.href).origin === location.origin;
    if (dead) a.replaceWith(element('span', a.className, ...a.childNodes));
  }
  for (const b of scope.querySelectorAll('button.chip')) b.replaceWith(element('span', b.className, ...b.childNodes));
}

/** The words one sees in `e`, those of each element apart. */
export function words(e: HTMLElement): string {
  const out: string[] = [];
  const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) if (n.parentElement!.checkVisibility() && !n.parentElement!.closest('.sr')) out.push(n.nodeValue!);
  return out.join(' ').replace(/\s+/g, ' ').trim();
}
export const hrefs = (e: Element): string[] => [...e.querySelectorAll<HTMLAnchorElement>('a[href]')].filter((a) => a.offsetParent).map((a) => (a.getAttribute('href')!.startsWith('#') ? a.getAttribute('href')! : a.href));

export function drawn(panel: HTMLElement, page: Element): Drawn[] {
  const p = panelOf(panel);
  const chart = panel.querySelector('.chart');
  if (!p || !chart) return [];
  const [from, at] = [page.getBoundingClientRect(), chart.getBoundingClientRect()];
  const options = JSON.parse(panel.dataset.options!) as PanelOptions;
  return [{ figure: p.provenance(), options, box: { x: at.x - from.x, y: at.y - from.y, width: at.width, height: at.height } }];
}

/** The boxes of a sheet that cut something off, and by how many px. */
function cuts(section: HTMLElement): { box: HTMLElement; px: number }[] {
  return [section, ...section.querySelectorAll<HTMLElement>('.stage *')].flatMap((box) => {
    if (box.closest('.sr, svg') || getComputedStyle(box).overflowY === 'visible') return [];
    const px = Math.max(box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth);
    return px > 1 ? [{ box, px }] : [];
  });
}

/** Paper does not scroll: what scrolls on screen is made smaller, down to four fifths. */
export function shrink(section: HTMLElement): void {
  for (const { box } of cuts(section)) {
    const content = box.firstElementChild as HTMLElement | null;
    for (let zoom = 98; box !== section && content && zoom >= 80 && cuts(section).some((c) => c.box === box); zoom -= 2) content.style.zoom = `${zoom}%`;
  }
}

/** What is wrong with a sheet as it stands: figures that failed, content that its box cuts off. */
export function problemsOf(section: HTMLElement, where: string): string[] {
  const figures = panelsIn(section).flatMap((p) => {
    const error = p.querySelector('.panel-error p')?.textContent;
    if (error) return `the figure “${p.dataset.figure!}” cannot be shown: ${error}`;
    return panelOf(p) ? [] : `the figure “${p.dataset.figure!}” is empty`;
  });
  return [...figures, ...cuts(section).map(({ box, px }) => `${px} px of <${box.localName} class="${box.className}"> are cut off`)].map((why) => `${where}: ${why}`);
}

/** Lays out the pages of the PDF for good: there is no way back to the talk. */
export async function typeset(slides: HTMLElement, entries: Entry[], o: Options): Promise<Printed> {
  const kept = entries.filter((e) => o.backup || !e.backup);
  for (const e of entries) if (!kept.includes(e)) e.section.remove();
  await prepare(slides);
  root.style.setProperty('--page-top', `${(o.height - 720) / 2}px`);
  root.style.setProperty('--appendix-size', `${o.textSize}px`);
  const sheet = new CSSStyleSheet(); // the page's policy allows no <style>
  sheet.replaceSync(`@page { size: 1280px ${o.height}px; }`);
  document.adoptedStyleSheets.push(sheet);
  layout(slides);
  for (const e of kept) shrink(e.section);
  if (o.appendix !== 'none') await append(kept, o.appendix);
  unlink(document.body);
  // a chip that is too long says less: its entry says all
  for (const chip of slides.querySelectorAll<HTMLElement>('.chip')) if (chip.scrollWidth > chip.clientWidth) chip.textContent = chip.textContent.replace(/ · [^·]*$/, '');
  const appendix = document.querySelector<HTMLElement>('.appendix');
  if (appendix) mountAll(appendix);
  // a column holds its tables, or the browser would print every page smaller
  const wide = [...document.querySelectorAll<HTMLElement>('.appendix table')].filter((t) => t.offsetWidth > t.parentElement!.clientWidth);
  for (const t of wide) t.classList.add('wide');
  await document.fonts.ready;

  const css = getComputedStyle(root);
  return {
    title: document.title,
    lang: root.lang,
    sheets: kept.map(({ section, id, number, title }) => ({ id, number, title, text: words(section), links: hrefs(section), charts: panelsIn(section).flatMap((p) => drawn(p, section)) })),
    appendix: appendix && {
      title: APPENDIX,
      items: [...appendix.querySelectorAll<HTMLElement>('.entry')].map((e) => ({ id: e.id, title: words(e.querySelector('h3')!), text: words(e), links: hrefs(e), rows: [...e.querySelectorAll('tbody tr')].map((r) => r.textContent), charts: panelsIn(e).flatMap((p) => drawn(p, e)) })),
    },
    neutral: ['--paper', '--raised', '--ink', '--quiet', '--rule'].map((n) => css.getPropertyValue(n).trim()),
    problems: [...wide.filter((t) => t.offsetWidth > t.parentElement!.clientWidth).map((t) => `appendix: the table of ${t.closest('.entry')!.id.slice(6)} is too wide`), ...kept.flatMap((e) => problemsOf(e.section, `slide ${e.number}`)), ...(appendix ? problemsOf(appendix, 'appendix') : [])],
  };
}
