// slides/glossary.txt: `term | other forms | what it means`, a line each; and its links in a text.
import { escapeHtml, SlideError } from './html.ts';

export interface Term {
  id: string;
  name: string;
  forms: string[];
  meaning: string;
}

export function parseGlossary(text: string, file = 'slides/glossary.txt'): Term[] {
  const terms: Term[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (!line.trim() || line.startsWith('#')) return;
    const [name = '', forms = '', meaning = '', ...more] = line.split('|').map((s) => s.trim());
    if (!name || !meaning || more.length) throw new SlideError(file, i + 1, 'a term is “name | other forms | what it means”');
    const id = `term-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}`;
    if (terms.some((t) => t.id === id)) throw new SlideError(file, i + 1, `“${name}” stands twice`);
    terms.push({ id, name, forms: forms.split(',').map((s) => s.trim()).filter(Boolean), meaning });
  });
  return terms.sort((a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }));
}

const escapeRegExp = (s: string): string => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Links each term where it first stands, over all texts that one linker is given. Headings, links, code and numbers are left alone. */
export function createLinker(terms: readonly Term[]): (html: string) => string {
  const left = new Set(terms);
  const byForm = new Map(terms.flatMap((t) => [t.name, ...t.forms].map((form) => [escapeHtml(form).toLowerCase(), t] as const)));
  const forms = [...byForm.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
  if (!forms.length) return (html) => html;
  const pattern = new RegExp(`(?<![\\w-])(${forms.join('|')})(?![\\w-])`, 'gi');
  return (html) => {
    const inside: string[] = [];
    return html
      .split(/(<[^>]+>)/)
      .map((piece) => {
        const tag = /^<(\/?)(a|code|pre|h[1-6]|span|button|svg|table)\b/.exec(piece);
        if (tag) {
          if (tag[1]) inside.pop();
          else inside.push(tag[2]!);
        }
        if (piece.startsWith('<') || inside.length) return piece;
        return piece.replace(pattern, (form: string) => {
          const term = byForm.get(form.toLowerCase())!;
          return left.delete(term) ? `<a class="term" href="#${term.id}">${form}</a>` : form;
        });
      })
      .join('');
  };
}

export const glossaryHtml = (terms: readonly Term[]): string => `<dl class="glossary">${terms.map((t) => `<div id="${t.id}"><dt>${escapeHtml(t.name)}</dt><dd>${escapeHtml(t.meaning)}</dd></div>`).join('')}</dl>`;
