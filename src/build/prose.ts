// An author's words → HTML: references and citations resolved, typed numbers refused.
import MarkdownIt from 'markdown-it';
import { shortCitation, type Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';
import { resolveRef, typedNumbers } from './refs.ts';

const md = new MarkdownIt({ html: false, typographer: false, linkify: false });
const external = md.renderer.rules.link_open;
md.renderer.rules.link_open = (tokens, i, options, env, self) => {
  if (/^https?:/.test(String(tokens[i]!.attrGet('href')))) tokens[i]!.attrJoin('rel', 'noopener');
  return external ? external(tokens, i, options, env, self) : self.renderToken(tokens, i, options);
};

/** What the parts of a chapter file need to be read. */
export interface Context {
  root: string;
  evidence: Evidence;
  names: string[];
  /** The public address, if it is known. */
  site?: string | undefined;
  /** Says the error at this line of the file being read. */
  fail: (line: number, reason: string) => never;
}

/** Resolves references and citations, refuses typed numbers, renders Markdown. */
export function prose(source: string, line: number, c: Context, inline = false): string {
  const held: string[] = [];
  const hold = (html: string): string => `\uE000${held.push(html) - 1}\uE001`;
  const lineAt = (text: string, offset: number): number => line + (text.slice(0, offset).match(/\n/g)?.length ?? 0);
  const clean = source
    .replace(/\{\{(.+?)\}\}/g, (_, inner: string, offset: number) => {
      try {
        const text = escapeHtml(resolveRef(inner, c.evidence.figures, c.evidence.results));
        return hold(/^(finding|caveat|title|lab)\s*:/.test(inner.trim()) ? text : `<span class="v">${text}</span>`);
      } catch (e) {
        return c.fail(lineAt(source, offset), (e as Error).message);
      }
    })
    .replace(/\[@([\w-]+)\]/g, (_, id: string, offset: number, whole: string) => {
      const p = c.evidence.papers.get(id) ?? c.fail(lineAt(whole, offset), `no paper “${id}” in papers.json`);
      return hold(`<a class="cite" data-paper="${id}" href="${escapeHtml(p.URL)}" target="_blank" rel="noopener">(${escapeHtml(shortCitation(p, c.evidence.papers))})</a>`);
    });
  clean.split('\n').forEach((text, i) => {
    const [typed] = typedNumbers(text.replace(/\uE000\d+\uE001/g, ' ').replace(/\]\([^)]*\)/g, ']'), c.names);
    if (typed) c.fail(line + i, `number typed by hand: “${typed}”. Take it from the data ({{entry: …}}), or add the name it belongs to to slides/names.txt`);
  });
  const html = inline ? md.renderInline(clean) : md.render(clean);
  return html.replace(/\uE000(\d+)\uE001/g, (_, i: string) => held[Number(i)]!);
}
