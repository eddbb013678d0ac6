// The handout's text: for each slide of a cut its headline, a place for its picture, its prose or
// its notes, what follows, what a sceptic says, and its entries: numbers, sources, caveats. Knows no
// browser: the page puts the slides into their places, the exporter puts in the page numbers.
import { toTable } from '../panels/table.ts';
import { provenance } from '../provenance.ts';
import { isPublished, type Figure } from '../results.ts';
import type { Deck, Slide } from './compile.ts';
import { chipText, shortCitation, type Evidence } from './evidence.ts';
import { createLinker, glossaryHtml, type Term } from './glossary.ts';
import { escapeHtml } from './html.ts';
import { tableHtml } from './still.ts';

/** What the text beside the slides is: the article's, or what is said on stage. */
export type TextKind = 'read' | 'notes';

/** A slide of the cut, in the talk's order. */
export interface Place {
  id: string;
  number: string;
  backup: boolean;
}

export interface HandoutText {
  title: string;
  html: string;
  /** What the head of a page says, by the name of its kind of page in CSS. */
  heads: [page: string, text: string][];
}

/** Its words, still escaped. */
const plain = (html: string): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim();
const isReferences = (s: Slide): boolean => s.html.includes('class="references"');

/** A slide's links, as they lead in one file: to a slide, to the list of references. */
const relink = (html: string): string =>
  html.replaceAll('href="#/', 'href="#').replace(/<a class="cite" data-paper="([\w-]+)" href="[^"]*" target="_blank" rel="noopener">/g, '<a class="cite" href="#ref-$1">');

/** “page 12”, once the exporter knows it. */
const pageOf = (id: string): string => `<span class="page" data-page="${id}">000</span>`;

/** What a slide's picture says to who cannot see it, as HTML; tables, code and outcomes stand in the text. */
function altOf(s: Slide, number: string): string {
  const parts = s.stage.map(({ html, panel }) => {
    if (panel) return escapeHtml(`${panel.figure.title}. ${panel.figure.finding}`);
    const label = /<svg[^>]* aria-label="([^"]*)"/.exec(html)?.[1];
    if (label) return label;
    if (html.startsWith('<div class="text">')) return plain(html);
    return '';
  });
  return `Slide ${number} as projected. ${parts.filter(Boolean).join(' ')}`.trim();
}

/** What stands on a slide as words to be read and has no other place in the text. Code is text here, no picture. */
const worded = (s: Slide): string =>
  s.stage
    .filter((p) => /^<(?:div class="table-box ledger"|dl class="outcome"|figure class="code)/.test(p.html))
    .map((p) => p.html.replace(/^<figure (class="code[^]*)<figcaption>(.*)<\/figcaption><\/figure>$/, '<div $1<p class="file">$2</p></div>').replace(/ tabindex="0" aria-label="[^"]*"/, ''))
    .join('');

function sourceHtml(f: Figure, e: Evidence): string {
  const whose = isPublished(f) ? ['Source', `<a href="#ref-${f.paper}">${escapeHtml(shortCitation(e.papers.get(f.paper)!, e.papers))}</a>`] : ['Source', `<a href="#made-${f.experiment}">${escapeHtml(chipText(f, e.papers))}</a>`];
  const rows = provenance(f)
    .filter((r) => isPublished(f) || r.label === 'Precision' || r.label === 'Caveat') // how ours were made stands once, at the end
    .map(({ label, text, href }) => [label, href ? `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` : escapeHtml(text)]);
  return `<dl class="source">${[whose, ...rows].map(([label, html]) => `<div${label === 'Caveat' ? ' class="own"' : ''}><dt>${label!}</dt><dd>${html!}</dd></div>`).join('')}</dl>`;
}

function entryHtml(f: Figure, n: number, e: Evidence): string {
  const t = toTable(f);
  const name = `<b>Entry ${n}</b> `;
  const about = f.finding === f.title ? '' : `<p class="finding-line">${escapeHtml(f.finding)}</p>`;
  const table = t.rows.length ? tableHtml(t).replace('<table>', `<table${t.rows.length > 7 ? ' class="long"' : ''}>`).replace('<caption>', `<caption>${name}`).replace(/ (\([^()]* to [^()]*\))<\/td>/g, ' <span class="range">$1</span></td>') : `<p class="caption">${name}${escapeHtml(f.title)}</p>`;
  return `<div class="entry" id="entry-${f.id}">${table}${about}${sourceHtml(f, e)}</div>`;
}

/** How each experiment's results were made: code, seeds, configuration, machine. */
function madeHtml(figures: readonly Figure[]): string {
  const made = new Map(figures.flatMap((f) => (isPublished(f) ? [] : [[f.experiment, f] as const])));
  return [...made]
    .map(([name, f]) => {
      const rows = provenance(f).filter((r) => !['Experiment', 'Precision', 'Caveat'].includes(r.label));
      return `<div id="made-${name}" class="made-of"><p><b>${escapeHtml(name)}</b></p><dl class="source">${rows.map((r) => `<div class="own"><dt>${escapeHtml(r.label)}</dt><dd>${escapeHtml(r.text)}</dd></div>`).join('')}</dl></div>`;
    })
    .join('');
}

export function compileHandout({ chapters, slides }: Deck, e: Evidence, terms: readonly Term[], places: readonly Place[], text: TextKind): HandoutText {
  const link = createLinker(terms);
  const byId = new Map(slides.map((s) => [s.id, s]));
  const told = places.map((p) => ({ ...p, slide: byId.get(p.id)! })).filter((p) => !isReferences(p.slide));
  const figureOf = new Map(e.figures.map((f) => [f.id, f]));

  // an entry stands with the first slide that draws it, or else with the first that names it
  const home = new Map<string, string>();
  for (const isDrawn of [true, false]) for (const { slide } of told) for (const id of slide.figures) if (!home.has(id) && (!isDrawn || slide.stage.some((p) => p.panel?.figure.id === id) || !slide.stage.some((p) => p.html.includes('<table class="evidence')))) home.set(id, slide.id);
  const number = new Map<string, number>();
  for (const { slide } of told) for (const id of slide.figures) if (home.get(id) === slide.id && !number.has(id)) number.set(id, number.size + 1);

  const part = ({ slide: s, number: no }: (typeof told)[number]): string => {
    const figures = [...new Set(s.figures)];
    const own = figures.filter((id) => home.get(id) === s.id).map((id) => entryHtml(figureOf.get(id)!, number.get(id)!, e));
    const elsewhere = figures.filter((id) => home.get(id) !== s.id).map((id) => `<a href="#entry-${id}">entry ${number.get(id)!}, page ${pageOf(`entry-${id}`)}</a>`);
    const prose = text === 'read' ? s.read : [s.notes.html.replace(/<p class="caveat">.*?<\/p>/g, '').replace(/(<p class="\w+"><b>\w+)<\/b> /g, '$1 </b>')];
    return `<article class="part" id="${s.id}"><div class="head"><h3><span class="no">${no} </span>${s.headline}</h3>
<figure class="picture" role="img" aria-label="${altOf(s, no)}" data-slide="${s.id}"></figure></div>
${prose.map((html) => html && `<div class="prose">${link(relink(html))}</div>`).join('')}
${worded(s)}
${s.so && `<p class="follows"><b>So </b>${link(relink(s.so))}</p>`}${s.but && `<p class="objection"><b>But </b>${link(relink(s.but))}</p>`}
${own.join('')}${elsewhere.length ? `<p class="again"><b>${own.length ? 'Also' : 'Numbers'} </b>${elsewhere.join('; ')}</p>` : ''}</article>`;
  };

  const groups = [...chapters.map((c, i) => ({ name: c.name, own: told.filter((p) => !p.backup && p.slide.chapter === i) })), { name: 'Backup', own: told.filter((p) => p.backup) }]
    .filter((g) => g.own.length)
    .map((g, i) => ({ ...g, id: `chapter-${i + 1}` }));
  const parts = groups.map((g) => ({ id: g.id, name: g.name, html: g.own.map(part).join('\n') }));
  const body = parts.map((p) => p.html).join('');
  const ours = [...number.keys()].map((id) => figureOf.get(id)!).filter((f) => !isPublished(f));
  const pictured = told.map((p) => p.slide.html).join(''); // what a slide's picture cites is no link here
  const cited = [...e.references].filter(([id]) => body.includes(`href="#ref-${id}"`) || pictured.includes(`data-paper="${id}"`));
  const ends = [
    { id: 'glossary', name: 'Glossary', html: glossaryHtml(terms) },
    ...(ours.length ? [{ id: 'made', name: 'How our results were made', html: madeHtml(ours) }] : []),
    { id: 'references', name: 'References', html: `<ul class="reference-list">${cited.map(([id, html]) => `<li id="ref-${id}">${html}</li>`).join('')}</ul>` },
  ];
  const line = (id: string, words: string, no = ''): string => `<a href="#${id}"><span class="no">${no}</span> <span class="words">${words}</span> ${pageOf(id)}</a>`;
  const contents = `<ol>${groups.map((g) => `<li>${line(g.id, escapeHtml(g.name))}<ol>${g.own.map((p) => `<li>${line(p.id, p.slide.headline, p.number)}</li>`).join('')}</ol></li>`).join('')}${ends.map((x) => `<li>${line(x.id, x.name)}</li>`).join('')}</ol>`;

  const title = slides[0]!;
  const subtitle = plain(title.stage.find((p) => p.html.startsWith('<div class="text">'))?.html ?? '');
  const about =
    text === 'read'
      ? 'Each slide stands here as it is projected, with all its steps shown, and beneath it the text of the talk’s article. Where the text speaks of a panel that computes, the picture shows what was recorded.'
      : 'Each slide stands here as it is projected, with all its steps shown, and beneath it the speaker’s notes: what is said, what is pointed at, and answers to the questions that may come.';
  const ledger = told.find((p) => p.slide.stage.some((x) => x.html.includes('class="table-box ledger"')));
  const claims = ledger ? ` C0, C1 and so on are the claims listed under <a href="#${ledger.id}">slide ${ledger.number}</a>; some entries counted there stand in the online evidence index alone.` : '';
  const html = `<div class="opening"><h1>${title.headline}</h1><p class="subtitle">${subtitle}</p><p>${about} Then follow what the slide concludes, what a sceptic should say, and the numbers of its figures with their source, the place in it, how it was read, and a caveat. <em>Published</em> results name their paper; <em>ours</em> come from the project’s own experiments. The two are never drawn in one series.${claims}</p></div>
<div class="contents"><h2 id="contents">Contents</h2>${contents}</div>
${[...parts, ...ends].map((p) => `<div class="chapter on-${p.id}"><h2 id="${p.id}">${escapeHtml(p.name)}</h2>${p.html}</div>`).join('\n')}`;
  return { title: title.headline, html, heads: [...parts, ...ends].map((p) => [`on-${p.id}`, p.name]) };
}
