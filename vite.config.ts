import { defineConfig } from 'vite';
import { deck } from './src/build/plugin.ts';

export default defineConfig({
  root: 'src',
  base: './', // works from any sub-path
  publicDir: false,
  appType: 'mpa', // a missing file is missing, not the deck
  plugins: [deck()],
  worker: { format: 'es' }, // jax-js loads its WebGPU part only where there is one
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a strict CSP allows no data: fonts or images
    rollupOptions: {
      input: ['src/index.html', 'src/evidence/index.html', 'src/speaker/index.html', 'src/read/index.html'],
      // what the pages share is small: in one file, for HTTP/1.1 has six connections, and a seventh file waits
      output: { codeSplitting: { groups: [{ name: 'shared', test: /\/src\/(deck\/(storage|channel|fonts|tokens|parts)|panels\/(host|panel|table|text)|live\/connect)\./ }] } },
    },
    chunkSizeWarningLimit: 400,
  },
  server: { fs: { allow: ['..'] } },
});
