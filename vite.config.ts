import { defineConfig } from 'vite';
import { offline } from './src/build/offline.ts';
import { ascii, deck } from './src/build/plugin.ts';
import { ENTRY, single } from './src/build/single.ts';

const pages = ['src/index.html', 'src/evidence/index.html', 'src/speaker/index.html', 'src/read/index.html', 'src/preflight/index.html'];

const common = { root: 'src', base: './' /* works from any sub-path */, publicDir: false } as const;

/** The site, for any static host. */
const site = defineConfig({
  ...common,
  appType: 'mpa', // a missing file is missing, not the deck
  plugins: [deck(), offline(), ascii],
  worker: { format: 'es' }, // jax-js loads its WebGPU part only where there is one
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a strict CSP allows no data: fonts or images
    rollupOptions: {
      input: pages,
      // what the pages share is small: in one file, for HTTP/1.1 has six connections, and a seventh file waits
      output: { codeSplitting: { groups: [{ name: 'shared', test: /\/src\/(deck\/(storage|channel|fonts|tokens|parts)|panels\/(host|panel|table|text)|live\/connect)\./ }] } },
    },
    chunkSizeWarningLimit: 400,
  },
  server: { fs: { allow: ['..'] } },
});

/** All of it in one file (`--mode single`). */
const file = defineConfig({
  ...common,
  plugins: [single(pages)],
  worker: { format: 'iife', rollupOptions: { output: { codeSplitting: false } } },
  build: {
    outDir: '../out',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: Infinity,
    rollupOptions: { input: ENTRY, output: { codeSplitting: false } },
    chunkSizeWarningLimit: Infinity,
    reportCompressedSize: false,
  },
});

export default defineConfig(({ mode }) => (mode === 'single' ? file : site));
