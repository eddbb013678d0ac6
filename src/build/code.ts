// Code slides: a named region of this project's own source, highlighted at build.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import hljs from 'highlight.js/lib/core';
import typescript from 'highlight.js/lib/languages/typescript';

hljs.registerLanguage('typescript', typescript);

/** The lines between `// #region name` and the next `// #endregion`, outdented. */
export function region(source: string, name: string): string {
  const lines = source.split('\n');
  const from = lines.findIndex((l) => l.trim() === `// #region ${name}`);
  const to = lines.findIndex((l, i) => i > from && l.trim() === '// #endregion');
  if (from < 0 || to < 0) throw new Error(`no region “${name}”`);
  const body = lines.slice(from + 1, to);
  const indent = Math.min(...body.filter((l) => l.trim()).map((l) => l.length - l.trimStart().length));
  return body.map((l) => l.slice(indent)).join('\n').trim();
}

export function codeHtml(root: string, target: string): string {
  const [file = '', name = ''] = target.split('#');
  const text = region(readFileSync(join(root, file), 'utf8'), name);
  const html = hljs.highlight(text, { language: 'typescript' }).value;
  const size = text.split('\n').length > 16 ? ' small' : '';
  return `<figure class="code${size}"><pre tabindex="0" aria-label="Source of ${file}, region ${name}"><code class="hljs">${html}</code></pre><figcaption>${file}</figcaption></figure>`;
}
