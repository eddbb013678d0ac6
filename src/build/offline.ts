// The site on a visitor's machine: a manifest to install it by, and a service worker that keeps every
// file of this build and serves it with the network cut. What is kept is the bundle itself, so no list
// is kept by hand. What the worker does is src/site/sw.ts, when it is started src/site/offline.ts.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import type { Kept } from '../site/sw.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const iconFolder = join(root, 'assets/icons');

const PAPER = '#fbf9f4'; // --paper of src/deck/tokens.css, light
const MANIFEST = {
  id: './',
  name: 'Dented, not erased',
  short_name: 'Dented',
  description: 'An interactive research talk: fine-tuning shapes what a model says; it does not delete what pretraining made it know.',
  lang: 'en',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: PAPER,
  theme_color: PAPER,
  icons: [
    { src: 'icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: 'icons/192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icons/512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
};

/** Our data names end in a hash, and so do all names that Vite makes. */
const isHashed = (name: string): boolean => /^assets\/.*-[\w-]{8}\.\w+$|^(?:data|stills)\/.*\.[0-9a-f]{10}\.\w+$/.test(name);

export function keep(name: string, content: string | Uint8Array): Kept {
  if (isHashed(name)) return { url: name, revision: null };
  const hash = createHash('sha256').update(content).digest();
  return { url: name, revision: hash.toString('hex').slice(0, 16), integrity: `sha256-${hash.toString('base64')}` };
}

async function buildWorker(kept: Kept[]): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    define: { KEPT: JSON.stringify(kept), 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'es2022', rollupOptions: { input: join(root, 'src/site/sw.ts'), output: { format: 'iife', codeSplitting: false } } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !('output' in output)) throw new Error('the service worker was not built');
  return output.output[0].code;
}

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    transformIndexHtml: {
      order: 'pre',
      handler(_, { filename }) {
        const base = `${relative(dirname(filename), join(root, 'src')) || '.'}/`;
        const link = (rel: string, to: string) => ({ tag: 'link', attrs: { rel, href: `${base}${to}`, 'vite-ignore': true }, injectTo: 'head' as const });
        return [link('manifest', 'manifest.webmanifest'), link('apple-touch-icon', 'icons/180.png'), { tag: 'script', attrs: { type: 'module', src: '/site/offline.ts' }, injectTo: 'head' }];
      },
    },
    generateBundle: {
      order: 'post', // after the pages are there
      async handler(_, bundle) {
        const files = new Map(Object.values(bundle).map((f) => [f.fileName, f.type === 'chunk' ? f.code : f.source] as const));
        if (![...files.keys()].includes('index.html')) this.error('the service worker’s list is made before the pages are');
        const add = (fileName: string, source: string | Uint8Array): void => {
          this.emitFile({ type: 'asset', fileName, source });
          files.set(fileName, source);
        };
        add('manifest.webmanifest', JSON.stringify(MANIFEST));
        add('icons/icon.svg', readFileSync(join(root, 'assets/icon.svg')));
        for (const name of readdirSync(iconFolder).sort()) add(`icons/${name}`, readFileSync(join(iconFolder, name)));
        const kept = [...files].map(([name, content]) => keep(name, content)).sort((a, b) => (a.url < b.url ? -1 : 1));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: await buildWorker(kept) });
      },
    },
  };
}
