// The evidence index: every published entry and every result of ours, complete without a script;
// panels mount into it later.
import { CLAIM_TEXT } from '../claims.ts';
import { CLAIMS, READS, STANCES, isPublished, type Figure } from '../results.ts';
import { panelHtml } from './directives.ts';
import { chipText, shortCitation, type Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';
import { provenance } from '../provenance.ts';

function option(value: string, text: string): string {
  return `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`;
}

export function filtersHtml(e: Evidence): string {
  const select = (name: string, label: string, options: string): string =>
    `<label>${label} <select name="${name}"><option value="">all</option>${options}</select></label>`;
  const n = (test: (f: Figure) => boolean): number => e.figures.filter(test).length;
  const ours = n((f) => !isPublished(f));
  return [
    select('whose', 'Whose', option('published', `published (${e.published.length})`) + option('ours', `ours (${ours})`)),
    select('claim', 'Claim', CLAIMS.map((c) => option(c, `${c}: ${CLAIM_TEXT[c]} (${n((f) => f.claims.includes(c))})`)).join('')),
    select('stance', 'Stance', STANCES.map((s) => option(s, `${s} (${e.published.filter((f) => f.stance === s).length})`)).join('')),
    select('read', 'How it was read', READS.map((r) => option(r, `${r} (${e.published.filter((f) => f.read === r).length})`)).join('')),
    '<label>Search <input name="q" type="search" autocomplete="off"></label>',
  ].join('\n');
}

/** Everything the entry carries but its reference, as a description list: after `first`, and without the rows of these labels. */
export function provenanceHtml(f: Figure, { first = [], without = [] }: { first?: [label: string, html: string][]; without?: readonly string[] } = {}): string {
  const rows = provenance(f)
    .filter((r) => !without.includes(r.label))
    .map(({ label, text, href }) => [label, href ? `<a href="${escapeHtml(href)}" target="_blank" rel="noopener">${escapeHtml(text)}</a>` : escapeHtml(text)]);
  return `<dl class="provenance">${[...first, ...rows].map(([k, v]) => `<div><dt>${k}</dt><dd>${v}</dd></div>`).join('')}</dl>`;
}

/** The reference, and what is known of the paper. */
function sourceRows(f: Figure, e: Evidence): [label: string, html: string][] {
  const rows: [string, string][] = [];
  if (isPublished(f)) {
    const note = e.papers.get(f.paper)!.note;
    rows.push(['Source', e.references.get(f.paper)!]);
    if (note) rows.push(['About the paper', escapeHtml(note)]);
  }
  return rows;
}

export function evidenceHtml(e: Evidence, base: string): string {
  return e.figures
    .map((f) => {
      const claims = f.claims.map((c) => `<span class="claim" title="${escapeHtml(CLAIM_TEXT[c])}">${c}</span>`).join(' ');
      const data = isPublished(f) ? `data-whose="published" data-stance="${f.stance}" data-read="${escapeHtml(f.read)}"` : 'data-whose="ours"';
      const whose = isPublished(f) ? `<span class="stance ${f.stance}">${f.stance}</span> ${escapeHtml(shortCitation(e.papers.get(f.paper)!, e.papers))}` : escapeHtml(chipText(f, e.papers));
      return `<article id="${f.id}" class="entry" data-claims="${f.claims.join(' ')}" ${data}>
<h2><a href="#${f.id}">${escapeHtml(f.title)}</a></h2>
<p class="meta">${claims} ${whose}</p>
<p class="finding-text">${escapeHtml(f.finding)}</p>
${panelHtml(f, e, { caption: f.title, view: defaultView(f) }, base)}
${provenanceHtml(f, { first: sourceRows(f, e) })}
<p class="downloads"><a href="${base}${e.files.get(f.id)!.name}" download="${f.id}.json">JSON</a> <button type="button" class="csv" data-figure="${f.id}">CSV</button></p>
</article>`;
    })
    .join('\n');
}

/** The index has no author to choose a view: long names or many bars lie down. */
function defaultView(f: Figure): string | undefined {
  if (f.kind !== 'bars') return undefined;
  if (f.series.some((s) => s.low)) return 'dots';
  const names = f.x.categories ?? [];
  const bars = names.length * f.series.length;
  return names.length > 5 || bars > 12 || names.some((n) => n.length > 34) ? 'hbars' : 'bars';
}
