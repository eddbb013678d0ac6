// The Vite plugin: slides and evidence into the pages, one data file a figure, and a reload that
// keeps the place when a slide, a figure or quoted code changes.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { compileDeck, keepOnly, type Deck } from './compile.ts';
import { contentHash, loadEvidence, type Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';
import { parseGlossary, type Term } from './glossary.ts';
import { evidenceHtml, filtersHtml } from './pages.ts';
import { compileArticle, type Article } from './read.ts';
import type { Hang } from './still.ts';
import { asElement, asFile } from './svg/chart.ts';
import { createMeasure } from './svg/metrics.ts';
import { codesJson, publicSite } from './qr.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Content {
  deck: Deck;
  evidence: Evidence;
  /** What the site serves beside its pages: path → text. */
  files: Map<string, string | Uint8Array>;
  notes: string;
  terms: readonly Term[];
  article(): Article;
  /** The article's pictures, once it has been made: path → SVG. */
  pictures: Map<string, string>;
  /** The codes to scan; empty: none, as the public address is not known. */
  codes: string;
}

const measure = await createMeasure(join(root, 'assets/fonts'));

/** The design's tokens, for a picture that cannot see the style sheet. */
function readTokens(): string {
  const css = readFileSync(join(root, 'src/deck/tokens.css'), 'utf8');
  const tokens = [...css.slice(0, css.indexOf('}')).matchAll(/(--[\w-]+): (light-dark\([^;]*\));/g)].map((m) => `${m[1]!}:${m[2]!.replaceAll(' ', '')}`);
  if (!tokens.length) throw new Error('src/deck/tokens.css: its first rule names no colours');
  return tokens.join(';');
}

/**
 * DECK_ONLY="id,id" builds a talk of these slides alone: the benchmark compares decks of the same slides.
 * The article's pictures are files, which load where one reads (half of the page would be pictures), or
 * with `isWhole` parts of the page.
 */
export function loadContent({ only = process.env.DECK_ONLY, isWhole = false } = {}): Content {
  const evidence = loadEvidence(join(root, 'assets/evidence'));
  const site = publicSite(process.env.SITE_URL);
  const whole = compileDeck(root, evidence, site);
  const deck = only ? keepOnly(whole, only.split(',')) : whole;
  const files = new Map<string, string | Uint8Array>([...evidence.files.values()].map((f) => [f.name, f.json] as const));
  for (const [name, content] of evidence.live.files) files.set(name, content);
  // the speaker's notes are a third of the text and no part of the first picture
  const json = JSON.stringify(Object.fromEntries(deck.slides.map((s) => [s.id, s.notes.html])));
  const notes = `data/notes.${contentHash(json)}.json`;
  files.set(notes, json);
  const qr = site && codesJson(site, deck.slides.map((s) => s.id));
  const codes = qr ? `data/codes.${contentHash(qr)}.json` : '';
  if (qr) files.set(codes, qr);
  const glossary = join(root, 'slides/glossary.txt');
  const terms = parseGlossary(readFileSync(glossary, 'utf8'));
  let article: Article | undefined;
  const pictures = new Map<string, string>();
  const tokens = readTokens();
  const asImage: Hang = (picture, name) => {
    const { svg, width, height } = asFile(picture, tokens);
    const path = `stills/${name}.${contentHash(svg)}.svg`;
    pictures.set(path, svg);
    return `<img src="../${path}" vite-ignore alt="${escapeHtml(picture.alt)}" width="${width}" height="${height}" loading="lazy">`;
  };
  return { evidence, deck, notes, codes, terms, files, pictures, article: () => (article ??= compileArticle(deck, evidence, terms, measure, isWhole ? asElement : asImage)) };
}

const fontFiles = (): string[] => readdirSync(join(root, 'assets/fonts')).filter((f) => f.endsWith('.woff2'));

// Nothing from another host, no inline script or style: also where a host cannot send headers. No page
// compiles WebAssembly; the live run's worker does, and under this policy it may, for a worker obeys the
// headers of its own file alone. Measured in Chromium 156 (tests/browser/policy.test.ts): a host that sends
// this policy as a header with every file must add 'wasm-unsafe-eval' to script-src, or the panel plays its recording.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

/** Every data file by the name under which it is served; a checkpoint with its whole hash. For the check before a talk. */
function filesAttribute({ files, evidence }: Content): string {
  const whole = new Map(Object.values(evidence.live.options.checkpoints).map((p) => [p.url.slice(2), p.sha256]));
  return [...files.keys()].map((name) => (whole.has(name) ? `${name}#${whole.get(name)!}` : name)).join(' ');
}

/** A page's HTML with all that the build puts into it. */
export function fill(html: string, page: string, c: Content, built: boolean): string {
  const depth = `${relative(dirname(page), join(root, 'src')) || '.'}/`;
  // what the first picture is set in; the rest load when a character needs them
  const fonts = fontFiles()
    .filter((f) => /^(sans|serif)-latin\.woff2$/.test(f))
    .map((f) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="${depth === './' ? '../assets' : '../../assets'}/fonts/${f}">`);
  const progress = c.deck.chapters
    .map((ch, i) => {
      const first = c.deck.slides.find((s) => s.chapter === i && !s.backup);
      return first ? `<a href="#/${first.id}" data-chapter="${i}"><span>${escapeHtml(ch.short)}</span></a>` : '';
    })
    .join('');
  const csp = built ? `<meta http-equiv="Content-Security-Policy" content="${CSP}">\n` : ''; // the dev server writes inline styles
  return html
    .replace('<!--fonts-->', () => csp + fonts.join('\n'))
    .replace('<!--slides-->', () => c.deck.slides.map((s) => s.html).join('\n'))
    .replace('<!--progress-->', () => progress)
    .replace('%notes%', c.notes)
    .replace('%codes%', c.codes && `./${c.codes}`)
    .replace('%files%', () => filesAttribute(c))
    .replace('<!--filters-->', () => filtersHtml(c.evidence))
    .replace('<!--contents-->', () => c.article().contents)
    .replace('<!--article-->', () => c.article().body)
    .replace('%minutes%', () => String(c.article().minutes))
    .replace('<!--evidence-->', () => evidenceHtml(c.evidence, depth));
}

const TYPES: Record<string, string> = { json: 'application/json', svg: 'image/svg+xml', safetensors: 'application/octet-stream' };

export function deck(): Plugin {
  let content: Content | undefined;
  const get = (): Content => (content ??= loadContent());
  return {
    name: 'deck',
    buildStart() {
      content = undefined;
      get(); // a wrong slide or data file stops the build here, by name
    },
    transformIndexHtml: { order: 'pre', handler: (html, ctx) => fill(html, ctx.filename, get(), !ctx.server) },
    generateBundle() {
      get().article();
      for (const [fileName, source] of [...get().files, ...get().pictures]) this.emitFile({ type: 'asset', fileName, source });
    },
    configureServer(server) {
      const watched = [join(root, 'slides'), join(root, 'assets')];
      server.watcher.add(watched);
      server.watcher.on('all', (_, file) => {
        const path = relative(root, file);
        if (!/^(slides|assets)\/|^src\/(results|verdict|measures)\.ts$/.test(path)) return;
        content = undefined;
        try {
          get();
          server.ws.send({ type: 'full-reload' }); // the address holds slide and step
        } catch (e) {
          const { message, stack = '' } = e as Error;
          server.config.logger.error(message);
          server.ws.send({ type: 'error', err: { message, stack: '', plugin: 'deck', id: stack && file } });
        }
      });
      server.middlewares.use((req, res, next) => {
        const [, name = '', type = ''] = /\/((?:data|stills)\/[^/?]+\.(json|safetensors|svg))/.exec(req.url ?? '') ?? [];
        const file = get().files.get(name) ?? get().pictures.get(name);
        if (!file) return next();
        res.setHeader('content-type', TYPES[type]!);
        res.end(file);
      });
    },
  };
}

/** Without a character beyond ASCII a browser keeps a long page in half the room, and reads it in half the time. */
export const ascii: Plugin = {
  name: 'ascii',
  apply: 'build',
  transformIndexHtml: { order: 'post', handler: (html) => html.replace(/[^\0-\x7f]/gu, (c) => `&#${c.codePointAt(0)!};`) },
};
