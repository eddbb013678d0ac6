// What `::name …` in a slide turns into: panels, tables of evidence, the ledger, references.
import { CLAIM_TEXT } from '../claims.ts';
import { stepCount, VIEWS, type PanelOptions } from '../panels/panel.ts';
import type { Claim, Figure, Published } from '../results.ts';
import { ledger, oursOn, OURS_RULE, RULE } from '../verdict.ts';
import { shortCitation, type Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';
import type { Context } from './prose.ts';
import { typedNumbers } from './refs.ts';

const DEFAULT_VIEW = { bars: 'bars', lines: 'lines', points: 'dots', table: 'table', range: 'range', statement: 'text' } as const;
const STAGES = ['pretrained', 'tuned', 'relearned'];
const INKS = ['say', 'hold', 'never', 'remedy', 'base', 'plain'];

/** `key=value key="more words"`, of these keys only. */
function options(rest: string, keys: readonly string[], line: number, c: Context): Record<string, string> {
  const found: Record<string, string> = {};
  const left = rest.replace(/([\w-]+)=(?:"([^"]*)"|(\S+))/g, (_, key: string, quoted?: string, bare?: string) => {
    if (!keys.includes(key)) c.fail(line, `no option “${key}” here; there are: ${keys.join(', ')}`);
    found[key] = quoted ?? bare ?? '';
    return '';
  });
  if (left.trim()) c.fail(line, `“${left.trim()}” is no option; an option is key=value, with quotes around spaces`);
  return found;
}
const list = (s: string | undefined): string[] | undefined => s?.split(s.includes(';') ? ';' : ',').map((t) => t.trim());

/** The element a panel mounts into. `base` leads from the page to the site's root; `still` is what stands there before, or without a script. */
export function panelHtml(f: Figure, evidence: Evidence, o: Record<string, unknown> & { view?: string | undefined }, base = './', still = ''): string {
  const view = o.view ?? DEFAULT_VIEW[f.kind];
  const spec = JSON.stringify({ ...o, view });
  return `<figure class="panel view-${view}" data-figure="${f.id}" data-src="${base}${evidence.files.get(f.id)!.name}" data-hash="${evidence.files.get(f.id)!.hash}" data-options="${escapeHtml(spec)}"><figcaption>${escapeHtml(captionOf(f, view, o.caption as string | undefined))}</figcaption><div class="panel-body" data-state="waiting">${still}</div></figure>`;
}

/** Says what bars, bands and crosses are, unless the author has his own words or a table says it. */
function captionOf(f: Figure, view: string, own: string | undefined): string {
  const spread = view === 'table' || own ? undefined : f.series.find((s) => s.interval)?.interval;
  return `${own ?? f.title}${spread ? `; ${spread}` : ''}`;
}

/** What stands on a slide's stage: HTML, and of a panel what it shows, so that other pages may show it in their way. */
export interface Part {
  html: string;
  /** For a screen in a room: of no use to a reader. */
  isProjected?: boolean;
  panel?: { figure: Figure; options: PanelOptions; caption: string };
}

/** `::figure id …`: a panel and the fragments that step it. Adds to `shown`. */
export function figure(rest: string, line: number, c: Context, shown: string[]): Part {
  const [id = '', ...tail] = rest.trim().split(/\s+/);
  const f = c.evidence.figures.find((g) => g.id === id) ?? c.fail(line, `no entry “${id}” in the evidence`);
  const o = options(tail.join(' '), ['view', 'steps', 'stages', 'brief', 'ink', 'ink-x', 'short', 'short-series', 'caption', 'min', 'max'], line, c);
  if (o.view && !(VIEWS as readonly string[]).includes(o.view)) c.fail(line, `no view “${o.view}”; there are: ${VIEWS.join(', ')}`);
  if (f.kind === 'statement' && o.view && o.view !== 'text') c.fail(line, `“${id}” is a statement: it has nothing to chart`);
  if (o.steps && o.steps !== 'series' && o.steps !== 'x') c.fail(line, 'steps is “series” or “x”');
  const places = (f.x.categories ?? f.x.values ?? []).length;
  for (const [key, n] of [['ink', f.series.length], ['ink-x', places], ['short', places], ['short-series', f.series.length]] as const) {
    const items = list(o[key]);
    if (items && items.length !== n) c.fail(line, `${key} names ${items.length}, “${id}” has ${n}`);
    if (items && key.startsWith('ink')) for (const i of items) if (!INKS.includes(i)) c.fail(line, `no ink “${i}”; there are: ${INKS.join(', ')}`);
  }
  const plainWords = (text: string, full = ''): void => {
    const typed = typedNumbers(text, c.names).find((n) => !full.includes(n));
    if (typed) c.fail(line, `number typed by hand: “${typed}” in “${text}”`);
  };
  if (o.caption) plainWords(o.caption);
  list(o.short)?.forEach((text, i) => plainWords(text, String((f.x.categories ?? f.x.values)![i])));
  list(o['short-series'])?.forEach((text, i) => plainWords(text, f.series[i]!.name));
  for (const key of ['min', 'max'] as const) if (o[key] !== undefined && !Number.isFinite(Number(o[key] || NaN))) c.fail(line, `${key} is a number, not “${o[key]}”`);
  const stages = list(o.stages) as PanelOptions['stages'];
  if (o.view === 'live' && !c.evidence.live.figures.includes(id)) c.fail(line, `“${id}” is no figure of the live run`);
  for (const stage of stages ?? []) if (!STAGES.includes(stage)) c.fail(line, `no stage “${stage}”; there are: ${STAGES.join(', ')}`);
  shown.push(id);
  const fragments = Array.from({ length: stepCount(f, { steps: o.steps as 'series' | 'x' | undefined, ...(stages && { stages }) }) }, (_, i) => `<span class="fragment step" data-for="${id}" data-fragment-index="${i}"></span>`).join('');
  const spec = {
    view: o.view,
    steps: o.steps,
    stages,
    brief: o.brief === undefined ? undefined : o.brief === 'yes',
    live: o.view === 'live' ? c.evidence.live.options : undefined,
    ink: list(o.ink),
    inkX: list(o['ink-x']),
    short: list(o.short),
    shortSeries: list(o['short-series']),
    caption: o.caption,
    min: o.min === undefined ? undefined : Number(o.min),
    max: o.max === undefined ? undefined : Number(o.max),
  };
  const drawn = { ...spec, view: o.view ?? DEFAULT_VIEW[f.kind] } as PanelOptions;
  return { html: panelHtml(f, c.evidence, spec) + fragments, panel: { figure: f, options: drawn, caption: captionOf(f, drawn.view, o.caption) } };
}

const COLUMNS: Record<string, [string, (f: Published, e: Evidence) => string]> = {
  paper: ['Paper', (f, e) => `<a class="cite" data-paper="${f.paper}" href="${escapeHtml(f.page)}" target="_blank" rel="noopener">${escapeHtml(shortCitation(e.papers.get(f.paper)!, e.papers))}</a>`],
  finding: ['Finding', (f) => escapeHtml(f.finding)],
  title: ['What was measured', (f) => escapeHtml(f.title)],
  teaches: ['The recovery teaches', (f) => escapeHtml(f.teaches ?? '–')],
  control: ['Never-trained control', (f) => (f.control ? 'yes' : 'no')],
  stance: ['Says of the claim', (f) => escapeHtml(f.stance)],
  read: ['Read in', (f) => escapeHtml(f.read)],
};

/** `::evidence …`: entries as rows. Adds to `shown`. */
export function evidenceTable(rest: string, line: number, c: Context, shown: string[]): string {
  const o = options(rest, ['ids', 'claim', 'stance', 'columns'], line, c);
  const ids = o.ids?.split(/[\s,]+/).filter(Boolean);
  const published = c.evidence.published;
  for (const id of ids ?? []) if (!published.some((f) => f.id === id)) c.fail(line, `no published entry “${id}” in the evidence`);
  const rows = ids
    ? ids.map((id) => published.find((f) => f.id === id)!)
    : published.filter((f) => (!o.claim || f.claims.includes(o.claim as Claim)) && (!o.stance || f.stance === o.stance));
  if (!rows.length) c.fail(line, 'no entry matches');
  const columns = (list(o.columns) ?? ['paper', 'finding']).map((k) => COLUMNS[k] ?? c.fail(line, `no column “${k}”; there are: ${Object.keys(COLUMNS).join(', ')}`));
  shown.push(...rows.map((f) => f.id));
  const head = columns.map(([h]) => `<th scope="col">${h}</th>`).join('');
  const body = rows.map((f) => `<tr>${columns.map(([label, cell], i) => (i ? `<td data-label="${label}">${cell(f, c.evidence)}</td>` : `<th scope="row">${cell(f, c.evidence)}</th>`)).join('')}</tr>`).join('');
  const roomy = rows.length <= 7 && !/finding|title/.test(o.columns ?? 'finding') ? ' roomy' : '';
  return `<div class="table-box"><table class="evidence${roomy}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** `::ledger`: every claim, counted. */
export function ledgerHtml(e: Evidence): string {
  const results = [...e.results.values()];
  const mark = (verdict: string): string => `<span class="verdict ${verdict.replace(' ', '-')}">${verdict}</span>`;
  const rows = ledger(e.published).map((t) => {
    const n = t.papers;
    const ours = oursOn(t.claim, results);
    return `<tr><th scope="row">${t.claim}</th><td><a href="./evidence/?claim=${t.claim}">${escapeHtml(CLAIM_TEXT[t.claim])}</a></td><td class="n">${n.for}</td><td class="n">${n.mixed}</td><td class="n">${n.doubts}</td><td class="n">${n.against}</td><td>${mark(t.verdict)}</td><td>${ours ? `<a href="./evidence/?claim=${t.claim}&amp;whose=ours">${mark(ours.verdict)}</a>` : '–'}</td></tr>`;
  });
  return `<div class="table-box ledger"><table><thead><tr><th scope="col">Claim</th><th scope="col"><span class="sr">Sentence</span></th><th scope="col" class="n">papers for</th><th scope="col" class="n">mixed</th><th scope="col" class="n">in doubt</th><th scope="col" class="n">against</th><th scope="col">published</th><th scope="col">ours</th></tr></thead><tbody>${rows.join('')}</tbody></table><p class="rule">${RULE} ${OURS_RULE}</p></div>`;
}

/** `::outcome experiment`: what was asked, the rule that stood before the run, what it says, with which seeds, and how far it carries. */
export function outcomeHtml(rest: string, line: number, c: Context): string {
  const id = rest.trim();
  const r = c.evidence.results.get(id) ?? c.fail(line, `no result of an experiment “${id}”; there are: ${[...c.evidence.results.keys()].join(', ') || 'none'}`);
  const count = r.seeds.filter((s) => s.invalid === undefined).length;
  const rows: [string, string][] = [
    ['Asked', r.question],
    ['Rule', r.outcome.rule],
    [`Verdict: ${r.outcome.verdict}`, r.outcome.sentence],
    ['Seeds', `${r.made.seeds.join(', ')}; ${count} count. In brackets: 95 % bootstrap interval of the mean over seeds.`],
    ['Carries over?', r.limits],
  ];
  return `<dl class="outcome">${rows.map(([label, text]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd></div>`).join('')}</dl>`;
}

/** `::references`: the bibliography in pages of two columns, by their estimated lines. */
export function referencePages(e: Evidence): string[] {
  const perColumn = 21.5;
  const columns: string[][] = [];
  let room = 0;
  for (const [id, html] of e.references) {
    const need = Math.ceil(html.replace(/<[^>]+>/g, '').length / 61) + 0.45;
    if (need > room) {
      columns.push([]);
      room = perColumn;
    }
    columns.at(-1)!.push(`<li id="ref-${id}">${html}</li>`);
    room -= need;
  }
  const lists = columns.map((c) => `<ul>${c.join('')}</ul>`);
  return lists.flatMap((list, i) => (i % 2 ? [] : [`<div class="references">${list}${lists[i + 1] ?? ''}</div>`]));
}
