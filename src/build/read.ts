// The reading page: the same slides as an article. Each gives its claim, its text, what stands on
// its stage, what follows from it and what a sceptic says; then sources and numbers. Complete
// without a script.
import { isPublished, type Figure } from '../results.ts';
import { toTable } from '../panels/table.ts';
import { panelHtml, type Part } from './directives.ts';
import type { Deck, Slide } from './compile.ts';
import { chipText, shortCitation, type Evidence } from './evidence.ts';
import { createLinker, glossaryHtml, type Term } from './glossary.ts';
import { escapeHtml } from './html.ts';
import { livePanelHtml, recordedHtml } from './live.ts';
import { provenanceHtml } from './pages.ts';
import { roomOf, type Column } from './room.ts';
import { stillHtml, tableHtml, type Hang } from './still.ts';
import type { Measure } from './svg/metrics.ts';

const BASE = '../';
const WORDS_A_MINUTE = 230;

export interface Article {
  contents: string;
  body: string;
  minutes: number;
}

const plain = (html: string): string => html.replace(/<[^>]+>/g, ' ');
const isReferences = (s: Slide): boolean => s.html.includes('class="references"');

/** A slide's links, as they lead from here: to a part of this page, to another page, to the list of references. */
const relink = (html: string): string =>
  html
    .replaceAll(/href="#\/[\w-]*references[\w-]*"/g, 'href="#references"')
    .replaceAll('href="#/', 'href="#')
    .replaceAll('href="./', `href="${BASE}`)
    .replace(/<a class="cite" data-paper="([\w-]+)" href="[^"]*" target="_blank" rel="noopener">/g, '<a class="cite" href="#ref-$1">');

function sourceHtml(f: Figure, e: Evidence): string {
  const text = escapeHtml(chipText(f, e.papers));
  return isPublished(f) ? `<a class="source" href="#ref-${f.paper}">${text}</a>` : `<a class="source ours" href="${BASE}evidence/#${f.id}">${text}</a>`;
}

function numbersHtml(figures: readonly Figure[], e: Evidence, level: number): string {
  if (!figures.length) return '';
  const entries = figures.map((f) => {
    const table = f.series.length || f.quantities?.length ? `<div class="scroll" tabindex="0" role="group" aria-label="Table: ${escapeHtml(f.title)}">${tableHtml(toTable(f))}</div>` : `<p>${escapeHtml(f.finding)}</p>`;
    return `<div class="entry"><h${level}>${escapeHtml(f.title)}</h${level}>${table}${provenanceHtml(f, { without: ['Configuration'] /* a page of JSON: the index has it, one link away */ })}<p class="more">${isPublished(f) ? `<a href="#ref-${f.paper}">${escapeHtml(shortCitation(e.papers.get(f.paper)!, e.papers))}</a> · ` : ''}<a href="${BASE}evidence/#${f.id}">in the evidence index</a> · <a href="${BASE}${e.files.get(f.id)!.name}" download="${f.id}.json">JSON</a></p></div>`;
  });
  return `<details class="numbers"><summary>Numbers and sources</summary>${entries.join('')}</details>`;
}

function stageHtml(slide: Slide, e: Evidence, measure: Measure, hang: Hang): string {
  const html = slide.stage.map((part: Part, i) => {
    if (part.isProjected) return '';
    if (!part.panel) return relink(part.html).replace('<figure class="diagram">', '<figure class="diagram" tabindex="0" role="group" aria-label="Diagram">'); // on a phone it scrolls
    const { figure, options, caption } = part.panel;
    // one run for a page, where it has all its controls; elsewhere what was recorded
    if (options.view === 'live') return options.brief ? recordedHtml(e, options) : livePanelHtml(e, BASE);
    return panelHtml(figure, e, { ...options, caption }, BASE, stillHtml(figure, options, `${slide.id}-${i}`, measure, hang));
  });
  return html.some(Boolean) ? `<div class="stage">${html.join('\n')}</div>` : '';
}

export function compileArticle({ chapters, slides }: Deck, e: Evidence, terms: readonly Term[], measure: Measure, hang: Hang): Article {
  const link = createLinker(terms);
  const told = slides.filter((s) => !isReferences(s));
  const figureOf = (id: string): Figure => e.figures.find((f) => f.id === id)!;
  const part = (s: Slide): string => {
    const figures = [...new Set(s.figures)].map(figureOf);
    const isTitle = s === told[0];
    const [before, after] = s.read.map((html) => html && `<div class="prose">${link(relink(html))}</div>`) as [string, string];
    const so = s.so && `<p class="so">${link(relink(s.so))}</p>`;
    const but = s.but && `<p class="but"><b>But:</b> ${link(relink(s.but))}</p>`;
    const sources = figures.length ? `<p class="sources"><span class="sr">Sources: </span>${[...new Set(figures.map((f) => sourceHtml(f, e)))].join(' ')}</p>` : '';
    const heading = isTitle ? '' : `<h3 id="${s.id}-title"><a href="#${s.id}">${escapeHtml(s.headline)}</a></h3>`;
    const room = (name: Column): number => roomOf({ headline: s.headline, prose: before + after, so, but, stage: s.stage, sources: figures.length }, name);
    return `<section id="${s.id}" class="part" data-wide="${room('wide')}" data-narrow="${room('narrow')}"${isTitle ? ` aria-label="${escapeHtml(s.headline)}"` : ` aria-labelledby="${s.id}-title"`}>${heading}${before}${stageHtml(s, e, measure, hang)}${after}${so}${but}${sources}${numbersHtml(figures, e, isTitle ? 3 : 4)}</section>`;
  };

  // what no cut shows, wherever it stands among the slides, is the appendix
  const groups = [...chapters.map((c, i) => ({ name: c.name, slides: told.filter((s) => s.chapter === i && !s.backup) })), { name: 'Appendix', slides: told.filter((s) => s.backup) }]
    .filter((g) => g.slides.length)
    .map((g, i) => ({ ...g, id: `chapter-${i + 1}` }));
  const chapterHtml = groups.map((g) => `<section class="chapter" aria-labelledby="${g.id}">${g.slides[0] === told[0] ? `<h2 id="${g.id}" class="sr">${escapeHtml(g.name)}</h2>` : `<h2 id="${g.id}">${escapeHtml(g.name)}</h2>`}${g.slides.map(part).join('\n')}</section>`);
  const body = [
    ...chapterHtml,
    `<section class="chapter" aria-labelledby="glossary"><h2 id="glossary">Words, used the same way everywhere</h2>${glossaryHtml(terms)}</section>`,
    `<section class="chapter" aria-labelledby="references"><h2 id="references">References</h2><ul class="references">${[...e.references].map(([id, html]) => `<li id="ref-${id}">${html}</li>`).join('')}</ul></section>`,
  ].join('\n');
  const contents = `<ol>${groups.map((g) => `<li><a href="#${g.id}">${escapeHtml(g.name)}</a><ol>${g.slides.map((s) => `<li><a href="#${s.id}">${escapeHtml(s.headline)}</a></li>`).join('')}</ol></li>`).join('')}<li><a href="#glossary">Glossary</a></li><li><a href="#references">References</a></li></ol>`;
  const main = told.filter((s) => !s.backup);
  const words = main.flatMap((s) => [s.headline, ...s.read, s.so, s.but, ...s.stage.map((p) => p.html).filter((html) => html.startsWith('<div class="text">'))]).map(plain).join(' ').split(/\s+/).length;
  return { contents, body, minutes: Math.round(words / WORDS_A_MINUTE) };
}
