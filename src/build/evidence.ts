// Reads and checks assets/evidence, and turns papers into citations. Build time only.
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ContractError, parsePapers, parsePublished, type Paper, type Published } from '../results.ts';
import { escapeHtml } from './html.ts';

const require = createRequire(import.meta.url);

export interface Evidence {
  figures: Published[];
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

/** Loads papers.json and published.json from `folder`. Throws ContractError. */
export function loadEvidence(folder: string): Evidence {
  const paperList = parsePapers('papers.json', read(join(folder, 'papers.json')));
  const figures = parsePublished('published.json', read(join(folder, 'published.json')), paperList);
  const files = new Map(
    figures.map((f) => {
      const json = JSON.stringify(f);
      const hash = contentHash(json);
      return [f.id, { name: `data/${f.id}.${hash}.json`, json, hash }];
    }),
  );
  return { figures, papers: new Map(paperList.map((p) => [p.id, p])), references: bibliography(paperList), files };
}

function bibliography(papers: Paper[]): Map<string, string> {
  const { Cite } = require('@citation-js/core') as typeof import('@citation-js/core');
  require('@citation-js/plugin-csl');
  const entries = new Cite(papers).format('bibliography', { format: 'html', template: 'apa', lang: 'en-US', asEntryArray: true }) as [string, string][];
  return new Map(
    entries.map(([id, html]) => {
      const inner = html.replace(/^\s*<div[^>]*>|<\/div>\s*$/g, '').replace(/,? &#38; et al\./, ' et al.');
      return [id, inner.replace(/https?:\/\/[^\s<]+$/, (u) => `<a href="${u}" target="_blank" rel="noopener">${u.replace(/^https?:\/\//, '')}</a>`)];
    }),
  );
}

/** In-text form: “Jain et al., 2024”. */
export function shortCitation(p: Paper): string {
  const names = p.author.filter((a) => a.literal !== 'et al.').map((a) => a.family ?? a.literal ?? '');
  const year = p.issued['date-parts'][0]?.[0] ?? 'n.d.';
  const more = names.length > 2 || names.length < p.author.length;
  const who = more ? `${names[0]} et al.` : names.join(' and ');
  return `${who}, ${year}`;
}

/** What a source chip says: whose, where, and how far to trust the reading. */
export function chipText(f: Published, papers: Map<string, Paper>): string {
  const who = shortCitation(papers.get(f.paper)!);
  const where = f.where.length > 44 ? f.read : f.where;
  return f.read === 'secondary page' ? `Published, second-hand · ${who}` : `Published · ${who} · ${where}`;
}

export const chipHtml = (f: Published, papers: Map<string, Paper>): string => escapeHtml(chipText(f, papers));
