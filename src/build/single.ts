// The whole talk in one HTML file that opens from disk, without a server and without a network: every
// page in a <template>, one script that starts the page asked for, and the data beside it. Pages and
// panels are the same modules; those that know a server (src/site) are replaced by src/single.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { escapeHtml } from './html.ts';
import { fill, loadContent, type Content } from './plugin.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const SINGLE = 'dented-not-erased.html';
export const ENTRY = 'virtual:single';

/** The one script by its hash; styles are taken by scripts, so none stand in the file. What a worker
 *  from a blob may do is what its page may: without 'wasm-unsafe-eval' Chromium 156 refuses to compile
 *  the live run's WebAssembly (a CompileError; the panel then plays its recording). */
const policy = (script: string): string =>
  `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}' 'wasm-unsafe-eval'; img-src data:; font-src data:; worker-src blob:; frame-src 'self'; base-uri 'none'; form-action 'none'`;

/** Text that no HTML parser takes for the end of its script; the same to a reader of JSON or JavaScript. */
const guard = (text: string, open: string): string => text.replace(/<(?=\/script|!--)/gi, () => open);

interface Page {
  /** Its folder; '' is the deck. */
  name: string;
  file: string;
  script: string;
}

function readPage(path: string): Page {
  const file = join(root, path);
  const script = /<script type="module" src="([^"]+)">/.exec(readFileSync(file, 'utf8'))?.[1];
  if (!script) throw new Error(`${path}: names no module script`);
  return { name: relative(join(root, 'src'), dirname(file)), file, script: join(dirname(file), script) };
}

function template({ name, file }: Page, html: string): string {
  const [, title = ''] = /<title>([^]*?)<\/title>/.exec(html) ?? [];
  const [, attributes = '', body = ''] = /<body([^>]*)>([^]*)<\/body>/.exec(html) ?? [];
  const [, className = ''] = /\bclass="([^"]*)"/.exec(attributes) ?? [];
  const loads = /<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc="[^"]*"/.exec(body);
  if (!title || !body || loads) throw new Error(`${relative(root, file)}: ${loads ? `loads a file from its body: ${loads[0]}` : 'has no title or no body'}`);
  return `<template data-page="${name}" data-title="${title}" class="${className}">${body}</template>`;
}

function embed([name, content]: [string, string | Uint8Array]): string {
  if (typeof content === 'string') return `<script type="application/json" data-file="${escapeHtml(name)}">${guard(content, '\\u003c')}</script>`;
  return `<script type="application/octet-stream" data-file="${escapeHtml(name)}">${Buffer.from(content).toString('base64')}</script>`;
}

function assemble(pages: Page[], content: Content, code: string): string {
  const script = guard(code, '\\x3c');
  const icon = readFileSync(join(root, 'assets/icon.svg')).toString('base64');
  const html = pages.map(({ file }) => fill(readFileSync(file, 'utf8'), file, content, false));
  const metas = [...html[0]!.matchAll(/<meta (?:name|property)="(?!viewport)[^>]*>/g)].map((m) => m[0]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
${/<title>[^]*?<\/title>/.exec(html[0]!)![0]}
${metas.join('\n')}
<link rel="icon" href="data:image/svg+xml;base64,${icon}">
${[...content.files].map(embed).join('\n')}
${pages.map((p, i) => template(p, html[i]!)).join('\n')}
<script type="module">${script}</script>
</head>
<body><noscript>This file holds the slides, their evidence and a live experiment, and needs JavaScript to show them.</noscript></body>
</html>
`;
}

/** `paths`: the pages' HTML files, the deck first. */
export function single(paths: string[]): Plugin {
  const pages = paths.map(readPage);
  let content: Content;
  return {
    name: 'single',
    enforce: 'pre',
    buildStart() {
      content = loadContent({ isWhole: true }); // a wrong slide or data file stops the build here, by name
    },
    async resolveId(source, importer, options) {
      if (source === ENTRY) return `\0${ENTRY}`;
      if (!importer || source.includes('?') || !/^\.|\.css$/.test(source)) return null;
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (!found) return null;
      if (found.id.endsWith('.css')) return `\0style:${found.id}.js`;
      const own = join(root, 'src/single', basename(found.id));
      return dirname(found.id) === join(root, 'src/site') && existsSync(own) ? own : null;
    },
    load(id) {
      if (id === `\0${ENTRY}`) return `import { start } from ${JSON.stringify(join(root, 'src/single/boot.ts'))};\nstart({ ${pages.map((p) => `${JSON.stringify(p.name)}: () => import(${JSON.stringify(p.script)})`).join(', ')} });`;
      const style = /^\0style:(.*)\.js$/.exec(id)?.[1];
      return style ? `import css from ${JSON.stringify(`${style}?inline`)};\nimport { adopt } from ${JSON.stringify(join(root, 'src/single/style.ts'))};\nadopt(css);` : null;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).flatMap((f) => (f.type === 'chunk' ? [f] : []));
        const rest = Object.keys(bundle).filter((name) => bundle[name]!.type === 'asset');
        if (chunks.length !== 1 || rest.length) this.error(`one script was to be built, and there are: ${[...chunks.map((c) => c.fileName), ...rest].join(', ')}`);
        const code = chunks[0]!.code.replaceAll('__VITE_PRELOAD__', () => 'void 0');
        for (const name of Object.keys(bundle)) delete bundle[name];
        const html = assemble(pages, content, code);
        this.emitFile({ type: 'asset', fileName: SINGLE, source: html });
        const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
        const line = `${SINGLE}: ${pages.length} pages, ${MB(Buffer.byteLength(html))}, ${MB(gzipSync(html, { level: 9 }).length)} gzip`;
        if (this.environment.logger) this.environment.logger.info(line);
      },
    },
  };
}
