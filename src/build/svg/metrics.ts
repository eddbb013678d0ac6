// How wide a text is in the deck's own sans, without a browser: the sum of its glyphs' advances.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Blob, Buffer as Run, Face, Font, shape, Variation } from 'harfbuzzjs';

const { convert } = createRequire(import.meta.url)('fontverter') as { convert(font: Buffer, format: 'sfnt'): Promise<Buffer> };

/** Shares of the font's size by which text that is centred or hung moves down to its baseline. */
export const BASELINE = { middle: 0.364, top: 0.969, hanging: 0.73, bottom: -0.241, alphabetic: 0, ideographic: -0.241 };

export type Measure = (text: string, size: number, weight: number) => number;

/** Of the fonts in `folder` (sans-latin first, then the scripts that complete it). */
export async function createMeasure(folder: string): Promise<Measure> {
  const files = readdirSync(folder).filter((f) => /^(sans-.*|symbols)\.woff2$/.test(f));
  const faces = await Promise.all(['sans-latin.woff2', ...files.filter((f) => f !== 'sans-latin.woff2')].map(async (f) => new Face(new Blob(await convert(readFileSync(join(folder, f)), 'sfnt')))));
  const known = new Map<string, number>(); // weight and character → advance in em
  const advance = (character: string, weight: number): number => {
    for (const face of faces) {
      const font = new Font(face);
      font.setVariations([new Variation('wght', weight)]);
      const run = new Run();
      run.addText(character);
      run.guessSegmentProperties();
      shape(font, run);
      const glyphs = run.getGlyphInfosAndPositions();
      if (glyphs.every((g) => g.codepoint !== 0)) return glyphs.reduce((n, g) => n + g.xAdvance!, 0) / face.upem;
    }
    return 0.6; // in no font of ours
  };
  return (text, size, weight) =>
    size *
    [...text].reduce((sum, character) => {
      const key = `${weight}${character}`;
      if (!known.has(key)) known.set(key, advance(character, weight));
      return sum + known.get(key)!;
    }, 0);
}
