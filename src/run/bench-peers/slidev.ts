// The ten slides in Slidev, as its guide has it: a Markdown file, fenced code for its highlighter,
// a Vue component for the charts, notes in comments, its default theme. No web fonts: its theme
// would ask another host for them, so it is spared those bytes.
import { escapeHtml } from '../../build/html.ts';
import type { Content, PeerSlide, Ten } from './slides.ts';

const escapeMarkdown = (s: string): string => escapeHtml(s).replace(/[\\`*_{}[\]#|~]/g, '\\$&');

function contentOf(c: Content): string {
  if ('html' in c) return c.html;
  if ('code' in c) return `\`\`\`ts\n${c.code}\n\`\`\`\n\n<p class="caption">${escapeHtml(c.caption)}</p>`;
  return `<p class="caption">${escapeHtml(c.chart.caption)}</p>\n<DeckChart file="${c.chart.file}" :options="${escapeHtml(JSON.stringify(c.chart.options))}" />`;
}

function slideOf(s: PeerSlide, first: string): string {
  return [
    first || `---\nrouteAlias: ${s.id}\n---`,
    `# ${escapeMarkdown(s.headline)}`,
    ...s.content.map(contentOf),
    s.so && `<p class="so">${s.so}</p>`,
    s.but && `<p class="but">But: ${s.but}</p>`,
    s.source && `<p class="source">${escapeHtml(s.source)}</p>`,
    `<!--\n${s.notes.join('\n\n').replaceAll('--', '–')}\n-->`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function slidesMd(ten: Ten): string {
  const first = `---\ntheme: default\ntitle: ${ten.title}\nfavicon: /icon.svg\nfonts:\n  provider: none\ncolorSchema: light\nrouterMode: hash\n---`; // routes that any static host can serve
  return `${ten.slides.map((s, i) => slideOf(s, i ? '' : first)).join('\n\n')}\n`;
}
