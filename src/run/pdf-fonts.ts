// The deck's fonts for paper: a variable font becomes one Type 3 font a weight in a PDF, every glyph a
// drawing; a font of one weight stays a font. So the exporter cuts each into the weights in use, and
// the page takes those in place of its own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from './serve.ts';

const subsetFont = createRequire(import.meta.url)('subset-font') as (font: Buffer, text: undefined, options: { keepAllGlyphs: true; targetFormat: 'sfnt'; variationAxes: Record<string, number> }) => Promise<Buffer>;

/** The bold of headings and labels is 600; of the browser's own, 700. */
const WEIGHTS = [400, 600, 700];

interface Face {
  family: string;
  descriptors: FontFaceDescriptors;
  data: string;
}

async function cutFaces(): Promise<Face[]> {
  const css = readFileSync(join(root, 'src/deck/fonts.css'), 'utf8');
  const rules = [...css.matchAll(/@font-face \{([^}]*)\}/g)].map((m) => m[1]!).filter((rule) => rule.includes('font-weight: 400 700'));
  return Promise.all(
    rules.flatMap((rule) => {
      const read = (pattern: RegExp): string => pattern.exec(rule)?.[1] ?? '';
      const metric = (name: string): string => read(new RegExp(`${name}-override: ([^;]*);`)) || 'normal';
      const file = readFileSync(join(root, 'src/deck', read(/url\("([^"]*)"\)/)));
      return WEIGHTS.map(async (weight) => ({
        family: read(/font-family: "([^"]*)"/),
        descriptors: { weight: String(weight), unicodeRange: read(/unicode-range: ([^;]*);/), ascentOverride: metric('ascent'), descentOverride: metric('descent'), lineGapOverride: metric('line-gap') },
        data: (await subsetFont(file, undefined, { keepAllGlyphs: true, targetFormat: 'sfnt', variationAxes: { wght: weight } })).toString('base64'),
      }));
    }),
  );
}
let cut: Promise<Face[]> | undefined;

/** From here on the page is set in fonts of one weight each. */
export async function useStaticFonts(page: Page): Promise<void> {
  const faces = await (cut ??= cutFaces());
  await page.evaluate((all) => {
    const families = new Set(all.map((f) => f.family));
    for (const sheet of document.styleSheets)
      for (let i = sheet.cssRules.length - 1; i >= 0; i--) {
        const rule = sheet.cssRules[i]!;
        if (rule instanceof CSSFontFaceRule && families.has(rule.style.getPropertyValue('font-family').replace(/["']/g, ''))) sheet.deleteRule(i);
      }
    for (const { family, descriptors, data } of all) document.fonts.add(new FontFace(family, Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), descriptors));
  }, faces);
}
