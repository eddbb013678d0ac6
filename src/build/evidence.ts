// Reads and checks assets/evidence and assets/lab, and turns papers into citations. Build time only.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ContractError, isPublished, parseLab, parseLive, parsePapers, parsePublished, type Figure, type LabResult, type Paper, type Published } from '../results.ts';
import type { PanelOptions } from '../panels/panel.ts';
import { escapeHtml } from './html.ts';

const require = createRequire(import.meta.url);

export interface Evidence {
  published: Published[];
  /** What the lab found, by experiment. */
  results: Map<string, LabResult>;
  /** The live panel's files, by the name under which the site serves them, and what it must know of them. */
  live: { files: Map<string, string | Uint8Array>; figures: string[]; options: NonNullable<PanelOptions['live']> };
  /** All that can be drawn: published figures, then ours. */
  figures: Figure[];
  papers: Map<string, Paper>;
  /** Formatted reference (APA) as HTML, by paper id, in bibliography order. */
  references: Map<string, string>;
  /** id → what the site serves for it: file name (with content hash) and text. */
  files: Map<string, { name: string; json: string; hash: string }>;
}

export const contentHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ContractError(`${file}: the file is missing or cannot be read`);
  }
}

/** Every result file of the lab in `folder`; none where there is no such folder. */
function loadResults(folder: string): Map<string, LabResult> {
  const names = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith('.json')).sort() : [];
  return new Map(
    names.map((name) => {
      const result = parseLab(name, read(join(folder, name)));
      if (name !== `${result.experiment}.json`) throw new ContractError(`${name}: holds the experiment “${result.experiment}”; name the file after it`);
      return [result.experiment, result];
    }),
  );
}

/** The recorded live run and its checkpoints. Throws ContractError for a checkpoint that is not the recorded one. */
function loadLive(folder: string): { live: Evidence['live']; recorded: Figure[] } {
  const text = read(join(folder, 'recorded.json'));
  const { checkpoints, figures } = parseLive('recorded.json', text);
  const files = new Map<string, string | Uint8Array>();
  const serve = (name: string, content: string | Uint8Array, hash: string): string => {
    const dot = name.lastIndexOf('.');
    const served = `data/${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
    files.set(served, content);
    return `./${served}`;
  };
  const place = (twin: 'contaminated' | 'never'): { url: string; sha256: string } => {
    const { file, sha256 } = checkpoints[twin];
    const bytes = readFileSync(join(folder, file));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new ContractError(`${file}: is not the checkpoint that recorded.json was made with; make both anew with \`npm run lab:live\``);
    return { url: serve(file, bytes, sha256.slice(0, 10)), sha256 };
  };
  const plain = JSON.stringify(JSON.parse(text));
  const options = { record: serve('live.json', plain, contentHash(plain)), checkpoints: { contaminated: place('contaminated'), never: place('never') } };
  return { live: { files, options, figures: figures.map((f) => f.id) }, recorded: figures };
}

/** Loads papers.json and published.json from `folder`, and what the lab has put beside it. Throws ContractError. */
export function loadEvidence(folder: string, labFolder = join(folder, '../lab'), liveFolder = join(folder, '../live')): Evidence {
  const paperList = parsePapers('papers.json', read(join(folder, 'papers.json')));
  const published = parsePublished('published.json', read(join(folder, 'published.json')), paperList);
  const results = loadResults(labFolder);
  const { live, recorded } = loadLive(liveFolder);
  const figures: Figure[] = [...published, ...[...results.values()].flatMap((r) => r.figures), ...recorded];
  const twice = figures.find((f, i) => figures.findIndex((g) => g.id === f.id) !== i);
  if (twice) throw new ContractError(`the id “${twice.id}” stands twice in the evidence`);
  const files = new Map(
    figures.map((f) => {
      const json = JSON.stringify(f);
      const hash = contentHash(json);
      return [f.id, { name: `data/${f.id}.${hash}.json`, json, hash }];
    }),
  );
  return { published, results, live, figures, papers: new Map(paperList.map((p) => [p.id, p])), references: bibliography(paperList), files };
}

function bibliography(papers: Paper[]): Map<string, string> {
  const { Cite } = require('@citation-js/core') as typeof import('@citation-js/core');
  require('@citation-js/plugin-csl');
  // the arXiv id stands in the link; APA would call it an article number
  const entries = new Cite(papers.map(({ number: _, ...p }) => p)).format('bibliography', { format: 'html', template: 'apa', lang: 'en-US', asEntryArray: true }) as [string, string][];
  return new Map(
    entries.map(([id, html]) => {
      const inner = html.replace(/^\s*<div[^>]*>|<\/div>\s*$/g, '').replace(/,? &#38; et al\./, ' et al.');
      return [id, inner.replace(/https?:\/\/[^\s<]+$/, (u) => `<a href="${u}" target="_blank" rel="noopener">${u.replace(/^https?:\/\//, '')}</a>`)];
    }),
  );
}

/** In-text form: “Jain et al., 2024”; a second name where two papers would read alike. */
export function shortCitation(p: Paper, among: Map<string, Paper>): string {
  for (let shown = 1; shown < 4; shown++) {
    const text = inText(p, shown);
    if (![...among.values()].some((q) => q !== p && inText(q, shown) === text)) return text;
  }
  return inText(p, 4);
}

function inText(p: Paper, shown: number): string {
  const names = p.author.filter((a) => a.literal !== 'et al.').map((a) => a.family ?? a.literal ?? '');
  const year = p.issued['date-parts'][0]?.[0] ?? 'n.d.';
  const whole = names.length === p.author.length && names.length <= Math.max(2, shown);
  const who = whole ? names.join(', ').replace(/, ([^,]*)$/, ' and $1') : `${names.slice(0, shown).join(', ')} et al.`;
  return `${who}, ${year}`;
}

/** What a source chip says: whose, where, and how far to trust the reading. */
export function chipText(f: Figure, papers: Map<string, Paper>): string {
  if (!isPublished(f)) return `Ours · ${f.experiment} · ${f.made.seeds.length > 1 ? `${f.made.seeds.length} seeds` : `seed ${f.made.seeds[0]!}, recorded`}`;
  const who = shortCitation(papers.get(f.paper)!, papers);
  if (f.read === 'secondary page') return `Published, second-hand · ${who}`;
  const full = `Published · ${who} · ${f.where}`;
  return full.length <= 58 ? full : `Published · ${who} · ${f.read}`;
}

export const chipHtml = (f: Figure, papers: Map<string, Paper>): string => escapeHtml(chipText(f, papers));
