// The icons of the installed site as PNG, drawn from assets/icon.svg, into assets/icons.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findBrowser, root } from './setup.mjs';

/** Sizes in px; `bleed`: the mark on paper to the edge, for systems that cut their own shape. */
const ICONS: [name: string, size: number, bleed: boolean][] = [
  ['180.png', 180, true],
  ['192.png', 192, false],
  ['512.png', 512, false],
  ['maskable-512.png', 512, true],
];
const svg = readFileSync(`${root}/assets/icon.svg`, 'utf8');
const paper = /<rect[^>]*fill="([^"]+)"/.exec(svg)![1]!;

const { executablePath, args } = findBrowser();
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage();
mkdirSync(`${root}/assets/icons`, { recursive: true });
for (const [name, size, bleed] of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const share = bleed ? 72 : 100; // a mask may cut a fifth off every side of the middle
  await page.setContent(`<style>*{margin:0}body{height:100vh;display:grid;place-items:center;${bleed ? `background:${paper}` : ''}}svg{width:${share}vw;height:${share}vw}</style>${svg}`);
  writeFileSync(`${root}/assets/icons/${name}`, await page.screenshot({ omitBackground: true }));
}
await browser.close();
