// The handout's pages: the exporter's text, with each slide as it is projected in the place that
// the text keeps for it. Loaded by the exporter alone; there is no way back to the talk.
import './handout.css';
import { mountAll, panelsIn } from '../panels/host.ts';
import { drawn, element, hrefs, layout, prepare, problemsOf, shrink, unlink, words, type Drawn } from './print.ts';

export interface Handed {
  html: string;
  heads: [page: string, text: string][];
  title: string;
  /** In points: the paper, its margins, and the column, which is as wide as a slide. */
  paper: { width: number; height: number };
  margin: { top: number; bottom: number };
  column: number;
}

/** A heading and what stands under it, up to the next heading. */
export interface Block {
  id: string;
  level: number;
  title: string;
  /** All its words but its title and those in the picture. */
  text: string;
  links: string[];
  /** Of its tables: each row's text, and how many cells are heads. */
  rows: string[];
  heads: number;
  picture?: { alt: string; charts: Drawn[] };
}
export interface Handout {
  title: string;
  lang: string;
  blocks: Block[];
  /** What the pages' heads say, from the block of that id on. */
  heads: [id: string, text: string][];
  /** Where the page of something is printed: in which block, after which words. */
  paged: { block: string; before: string; to: string }[];
  /** What links lead to, by id, and how it begins. */
  targets: [id: string, start: string][];
  neutral: string[];
  /** The slides' own colour, by which they are found on the pages. */
  paper: string;
  problems: string[];
}

const root = document.documentElement;

/** The page in CSS px: its text is 1280 wide, as a slide is, and the printer makes it fit the paper. */
function pageRules({ paper, margin, column, heads }: Handed): string {
  const px = (pt: number): string => `${(pt * 1280) / column}px`;
  const side = (paper.width - column) / 2;
  const font = 'font: 9pt var(--sans); color: var(--quiet)'; // a margin's text is not scaled with the page
  return [
    `@page { size: ${px(paper.width)} ${px(paper.height)}; margin: ${px(margin.top)} ${px(side)} ${px(margin.bottom)}; @bottom-right { content: counter(page) ' of ' counter(pages); ${font}; } }`,
    ...heads.map(([page, text]) => `@page ${page} { @top-left { content: ${JSON.stringify(text)}; ${font}; } } .${page} { page: ${page}; }`),
  ].join('\n');
}

/** What a block is, from its heading to the next. */
function blocks(main: HTMLElement): Block[] {
  return [...main.querySelectorAll<HTMLElement>('h1, h2, h3')].filter((h) => !h.closest('.picture')).map((h) => {
    // a slide's heading and a list's stand in a box of their own; a chapter's has only its slides after it
    const box = h.closest<HTMLElement>('.part') ?? h.parentElement!;
    const own = document.createElement('div');
    const apart = [...box.children].filter((c): c is HTMLElement => c !== h && !c.matches('.part, .head'));
    const picture = box.querySelector<HTMLElement>(':scope > .head > .picture');
    own.append(...apart.map((c) => c.cloneNode(true)));
    return {
      id: h.id || box.id,
      level: Number(h.tagName[1]),
      title: words(h),
      text: apart.map(words).join(' '),
      links: apart.flatMap(hrefs),
      rows: [...own.querySelectorAll('tbody tr')].map((r) => r.textContent),
      heads: own.querySelectorAll('th').length,
      ...(picture && { picture: { alt: picture.getAttribute('aria-label')!, charts: panelsIn(picture).flatMap((p) => drawn(p, picture)) } }),
    };
  });
}

/** A handout's description; page numbers are not yet known and no part of it. */
function describe(main: HTMLElement): Pick<Handout, 'blocks' | 'paged' | 'targets'> {
  const pages = [...main.querySelectorAll<HTMLElement>('.page')];
  for (const p of pages) p.hidden = true;
  const ids = new Set([...main.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href')!.slice(1)));
  const found = {
    blocks: blocks(main),
    paged: pages.map((p) => ({ block: p.closest('.part')?.id ?? 'contents', before: words(p.closest('a')!), to: p.dataset.page! })),
    targets: [...ids].map((id): [string, string] => {
      const to = document.getElementById(id)!;
      return [id, words(to.querySelector('h3') ?? to).slice(0, 40)];
    }),
  };
  for (const p of pages) p.hidden = false;
  return found;
}

/** Lays out the pages for good. Page numbers are left to the exporter, which alone can know them. */
export async function typesetHandout(slides: HTMLElement, o: Handed): Promise<Handout> {
  await Promise.all([...document.fonts].map((f) => f.load().catch(() => undefined)));
  const main = document.createElement('main');
  main.className = 'handout';
  main.style.setProperty('--pt', `${1280 / o.column}px`);
  main.innerHTML = o.html;
  const places = [...main.querySelectorAll<HTMLElement>('.picture')];
  const sections = new Map(places.map((p) => [p, document.getElementById(p.dataset.slide!)!]));
  for (const s of slides.querySelectorAll<HTMLElement>(':scope > section')) if (![...sections.values()].includes(s)) s.remove();
  await prepare(slides);
  layout(slides);
  for (const s of sections.values()) shrink(s);
  const problems: string[] = [];
  for (const [place, section] of sections) {
    // read aloud, the picture is one thing: its words are said by what stands around it
    const box = document.createElement('div');
    box.className = 'reveal';
    box.setAttribute('aria-hidden', 'true');
    const inner = document.createElement('div');
    inner.className = 'slides';
    inner.append(section);
    box.append(inner);
    place.append(box);
    for (const e of [section, ...section.querySelectorAll('[id]')]) if (!e.closest('svg')) e.removeAttribute('id');
    for (const a of section.querySelectorAll('a')) a.removeAttribute('href');
    for (const l of section.querySelectorAll('label')) l.replaceWith(element('span', l.className, ...l.childNodes)); // a label is read aloud even where all is hidden
  }
  document.body.replaceChildren(main);
  document.title = o.title;
  const sheet = new CSSStyleSheet(); // the page's policy allows no <style>
  sheet.replaceSync(pageRules(o));
  document.adoptedStyleSheets.push(sheet);
  mountAll(main);
  unlink(main);
  // a table that its column cannot hold has the page's whole width, and then its cells more than a line
  const tables = [...main.querySelectorAll('table')].filter((t) => !t.closest('.picture'));
  const edge = (): number => main.getBoundingClientRect().right;
  for (const t of tables) {
    if (t.offsetWidth > t.parentElement!.clientWidth) t.classList.add('wide');
    if (t.getBoundingClientRect().right > edge()) t.classList.add('wrap');
  }
  await document.fonts.ready;
  for (const t of tables) if (t.getBoundingClientRect().right > edge() + 1) problems.push(`the table “${t.caption?.textContent ?? ''}” is too wide`);
  for (const [place, section] of sections) problems.push(...problemsOf(section, `slide ${place.dataset.slide!}`));

  const css = getComputedStyle(root);
  return {
    title: document.title,
    lang: root.lang,
    ...describe(main),
    heads: o.heads.map(([page, text]) => [page.slice(3), text]), // .on-chapter-1 → chapter-1
    neutral: ['--paper', '--raised', '--ink', '--quiet', '--rule'].map((n) => css.getPropertyValue(n).trim()),
    paper: css.getPropertyValue('--paper').trim(),
    problems,
  };
}
