// The ten slides in plain reveal.js, as its own index.html has it: style sheets and script tags from
// its package, its highlight and notes plugins, Chart.js by a script tag, nothing to build.
import { escapeHtml } from '../../build/html.ts';
import type { Content, PeerSlide, Ten } from './slides.ts';

function contentOf(c: Content): string {
  if ('html' in c) return c.html;
  if ('code' in c) return `<pre><code class="language-typescript" data-trim>\n${escapeHtml(c.code)}\n</code></pre><p class="caption">${escapeHtml(c.caption)}</p>`;
  return `<p class="caption">${escapeHtml(c.chart.caption)}</p><div class="chart"><canvas data-file="${c.chart.file}" data-options="${escapeHtml(JSON.stringify(c.chart.options))}"></canvas></div>`;
}

function slideOf(s: PeerSlide, i: number): string {
  const tag = i ? 'h2' : 'h1';
  return `<section id="${s.id}">
<${tag}>${escapeHtml(s.headline)}</${tag}>
${s.content.map(contentOf).join('\n')}
${s.so && `<p class="so">${s.so}</p>`}
${s.but && `<p class="but">But: ${s.but}</p>`}
${s.source && `<p class="source">${escapeHtml(s.source)}</p>`}
<aside class="notes">${s.notes.map((n) => `<p>${escapeHtml(n)}</p>`).join('')}</aside>
</section>`;
}

export const indexHtml = (ten: Ten, template: string, theme: string): string =>
  template
    .replaceAll('%title%', escapeHtml(ten.title))
    .replaceAll('%theme%', theme)
    .replace('<!--slides-->', () => ten.slides.map(slideOf).join('\n'));
