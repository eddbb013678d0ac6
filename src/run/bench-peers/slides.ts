// The ten slides that every deck of the benchmark shows, taken from ours as it is compiled: the same
// headlines, words, pictures, data and notes. What follows from them for a tool is in its own file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadContent } from '../../build/plugin.ts';
import { places, stepCount, type Ink, type PanelOptions } from '../../panels/panel.ts';
import { root } from '../serve.ts';

/** Title with strata, statement with a diagram, plane, code, dots, bars, lines, grouped bars of our own, table of evidence, ledger. */
export const TEN = ['title', 'thesis', 'asked-to-forget', 'says-holds', 'measures-code', 'lab-recovery', 'head-start', 'rounding', 'what-recovery-teaches', 'ledger'];

/** All that a rival's chart is told beside its data. */
export interface ChartOptions {
  view: 'bars' | 'lines' | 'dots';
  labels: string[];
  series: string[];
  colours: string[][];
}
export interface Chart {
  /** Its data file, as in our own deck. */
  file: string;
  caption: string;
  options: ChartOptions;
}
export type Content = { html: string } | { chart: Chart } | { code: string; caption: string };

export interface PeerSlide {
  id: string;
  headline: string;
  content: Content[];
  so: string;
  but: string;
  source: string;
  /** Paragraphs of plain text. */
  notes: string[];
  /** Keys from here to the next slide in our own deck, where charts grow step by step. */
  keys: number;
}
export interface Ten {
  title: string;
  slides: PeerSlide[];
  files: Map<string, string>;
  /** Colours and type of the drawings. */
  css: string;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
/** The words of a piece of HTML. */
export const textOf = (html: string): string => html.replace(/<[^>]+>/g, '').replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name: string) => ENTITIES[name]!);

/** Without links into pages that a rival has not, and in one line: a blank one would end it in Markdown. */
const portable = (html: string): string => html.replace(/<a [^>]*href="(?:\.\/|#)[^"]*"[^>]*>(.*?)<\/a>/g, '$1').replace(/\s*\n\s*/g, ' ');

const COLOURS: Record<Ink, string> = { say: '#c2410c', hold: '#1f4e8c', never: '#70737b', remedy: '#0c4434', base: '#7a6a4f', plain: '#3d424c' };

export function loadTen(ids: readonly string[] = TEN): Ten {
  const { deck, evidence } = loadContent({ only: ids.join(',') });
  const files = new Map<string, string>();
  const slides = [...deck.slides.filter((s) => !s.backup), ...deck.slides.filter((s) => s.backup)].map((s): PeerSlide => {
    let keys = 1;
    const content = s.stage.map(({ html, panel }): Content => {
      const code = /<code[^>]*>([^]*)<\/code><\/pre><figcaption>(.*)<\/figcaption>/.exec(html);
      if (code) return { code: textOf(code[1]!), caption: textOf(code[2]!) };
      if (!panel) return { html: portable(html) };
      const { figure: f, options: o, caption } = panel;
      if (!isPlain(o.view)) throw new Error(`#/${s.id}: the benchmark draws bars, lines and dots, not “${o.view}”`);
      keys += stepCount(f, o);
      const { name, json } = evidence.files.get(f.id)!;
      files.set(name, json);
      const labels = o.short ?? places(f);
      const colours = f.series.map((_, i) => labels.map((_, j) => COLOURS[(o.inkX?.[j] ?? o.ink?.[f.series.length > 1 ? i : 0]) || 'plain']));
      return { chart: { file: name, caption, options: { view: o.view, labels, series: o.shortSeries ?? f.series.map((x) => x.name), colours } } };
    });
    const chips = /<span class="chips">([^]*?)<\/span><span class="no">/.exec(s.html)?.[1] ?? '';
    return {
      id: s.id,
      headline: textOf(s.headline),
      content,
      so: portable(s.so),
      but: portable(s.but),
      source: [...chips.matchAll(/<(?:button|a)[^>]*>([^]*?)<\/(?:button|a)>/g)].map((m) => textOf(m[1]!)).join('; '),
      notes: [...s.notes.html.matchAll(/<p[^>]*>([^]*?)<\/p>/g)].map((m) => textOf(m[1]!)),
      keys,
    };
  });
  const read = (file: string): string => readFileSync(join(root, 'src/deck', file), 'utf8');
  const drawings = read('parts.css').split('\n').filter((l) => /^\.(strata|diagram|verdict)/.test(l));
  return { title: 'Dented, not erased', slides, files, css: [/:root \{[^}]*\}/.exec(read('tokens.css'))![0], ':root { color-scheme: light; }', ...drawings].join('\n') };
}

const isPlain = (view: PanelOptions['view']): view is ChartOptions['view'] => ['bars', 'lines', 'dots'].includes(view);
