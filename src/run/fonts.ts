// `npm run fonts`: cuts the deck's fonts down to the characters it uses (assets/fonts) and writes src/deck/fonts.css.
// With --check: fails when a character in use is missing from those files although a source font has it.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type SubsetFont = (
  font: Buffer,
  text: string | undefined,
  options: {
    targetFormat: 'sfnt' | 'woff2';
    keepAllGlyphs?: boolean;
    keepFeatures?: string[];
    noHinting?: boolean;
    variationAxes?: Record<string, number | { min: number; max: number }>;
  },
) => Promise<Buffer>;

const require = createRequire(import.meta.url);
const subsetFont = require('subset-font') as SubsetFont;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FONTS = join(ROOT, 'assets/fonts');
const CSS = join(ROOT, 'src/deck/fonts.css');
const BUDGET = 120_000;

const ALWAYS =
  String.fromCodePoint(...Array.from({ length: 95 }, (_, i) => 32 + i)) +
  '\u00a0’‘“”–—−×÷≈≤≥±…·•→←↑↓●○■□▲△✓✗½%°²³αβεΔ';

const TEXT_FEATURES = [
  'kern',
  'mark',
  'mkmk',
  'liga',
  'calt',
  'ccmp',
  'locl',
  'tnum',
  'pnum',
  'lnum',
  'onum',
];

interface Family {
  name: string;
  file: string;
  source: string;
  features: string[];
  /** System fonts to show meanwhile, best last, with their average advance over SAMPLE, in em. */
  fallbacks: [advance: number, fonts: string[]][];
}

// The advances were measured as readFont() does, on the fonts themselves; for Georgia and Arial on Gelasio and
// Liberation Sans, which are made to their metrics. Consolas: its published advance of 1126/2048.
const FAMILIES: Family[] = [
  {
    name: 'Deck Serif',
    file: 'serif',
    source: 'source-serif-4',
    features: TEXT_FEATURES,
    fallbacks: [
      [0.5193, ['DejaVu Serif']],
      [0.4059, ['Times New Roman', 'TimesNewRomanPSMT', 'Liberation Serif']],
      [0.4472, ['Georgia', 'Gelasio']],
    ],
  },
  {
    name: 'Deck Sans',
    file: 'sans',
    source: 'inter',
    features: TEXT_FEATURES,
    fallbacks: [
      [0.5143, ['DejaVu Sans']],
      [0.4474, ['Arial', 'ArialMT', 'Liberation Sans', 'Helvetica']],
    ],
  },
  {
    name: 'Deck Mono',
    file: 'mono',
    source: 'jetbrains-mono',
    // No calt: in code and templates `->` and `!=` must show as they are typed.
    features: TEXT_FEATURES.filter((tag) => tag !== 'calt' && tag !== 'liga'),
    fallbacks: [
      [0.6001, ['Courier New', 'CourierNewPSMT', 'Liberation Mono']],
      [0.6021, ['DejaVu Sans Mono', 'Menlo', 'Menlo-Regular']],
      [0.5498, ['Consolas']],
    ],
  },
];

const SCRIPTS = ['latin', 'latin-ext', 'greek', 'greek-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext'];

const SAMPLE =
  'Fine-tuning a language model hides what pretraining taught it; a few steps of training on other data bring ' +
  'most of it back. We measured how much, on which models, and what that says about the methods that claim to remove it.';

// --- characters in use

/** The text as a reader gets it: with the escapes of JSON, scripts and HTML resolved. */
function unescaped(text: string): string {
  const char = (base: number) => (all: string, digits: string) => {
    const code = parseInt(digits, base);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  };
  return text
    .replace(/\\u\{([0-9a-f]{1,6})\}/gi, char(16))
    .replace(/\\u([0-9a-f]{4})/gi, char(16))
    .replace(/&#x([0-9a-f]{1,6});/gi, char(16))
    .replace(/&#([0-9]{1,7});/g, char(10));
}

function charactersInUse(): Map<string, string> {
  const used = new Map<string, string>();
  for (const char of ALWAYS) used.set(char, 'always');
  const files = ['slides', 'assets/evidence', 'assets/diagrams', 'src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => /\.(md|json|svg|ts|html)$/.test(name) && !/^src\/(lab|run)\//.test(name)), // shown to nobody
  );
  for (const file of files.sort())
    for (const char of unescaped(readFileSync(join(ROOT, file), 'utf8')))
      if (!/[\p{C}\p{M}]/u.test(char) && !used.has(char)) used.set(char, file);
  return used;
}

// --- reading fonts

interface Font {
  data: Buffer;
  characters: Set<string>;
  metrics: { ascent: number; descent: number; lineGap: number; advance: number };
}

/** Reads what we need of an OpenType file: https://learn.microsoft.com/typography/opentype/spec/ */
async function readFont(path: string): Promise<Font> {
  const data = readFileSync(path);
  const sfnt = await subsetFont(data, undefined, { keepAllGlyphs: true, targetFormat: 'sfnt' });
  const u16 = (at: number) => sfnt.readUInt16BE(at);
  const i16 = (at: number) => sfnt.readInt16BE(at);
  const u32 = (at: number) => sfnt.readUInt32BE(at);

  const tables = new Map<string, number>();
  for (let i = 0; i < u16(4); i++)
    tables.set(sfnt.toString('latin1', 12 + 16 * i, 16 + 16 * i), u32(20 + 16 * i));
  const table = (tag: string) => {
    const at = tables.get(tag);
    if (at === undefined) throw new Error(`${path}: no table ${tag}`);
    return at;
  };

  const glyphs = new Map<string, number>();
  const cmap = table('cmap');
  for (let i = 0; i < u16(cmap + 2); i++) {
    const sub = cmap + u32(cmap + 8 + 8 * i);
    if (u16(sub) === 12)
      for (let group = 0; group < u32(sub + 12); group++) {
        const at = sub + 16 + 12 * group;
        for (let code = u32(at); code <= u32(at + 4); code++)
          glyphs.set(String.fromCodePoint(code), u32(at + 8) + code - u32(at));
      }
    else if (u16(sub) === 4) {
      const doubled = u16(sub + 6);
      for (let at = sub + 14; at < sub + 14 + doubled; at += 2) {
        const last = u16(at);
        const first = u16(at + 2 + doubled);
        const delta = u16(at + 2 + 2 * doubled);
        const rangeAt = at + 2 + 3 * doubled;
        const range = u16(rangeAt);
        for (let code = first; code <= last && code < 0xffff; code++) {
          const listed = range === 0 ? code : u16(rangeAt + range + 2 * (code - first));
          const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
          if (glyph !== 0) glyphs.set(String.fromCodePoint(code), glyph);
        }
      }
    }
  }

  const em = u16(table('head') + 18);
  const hhea = table('hhea');
  const longMetrics = u16(hhea + 34);
  const widths = [...SAMPLE].map((char) =>
    u16(table('hmtx') + 4 * Math.min(glyphs.get(char) ?? 0, longMetrics - 1)),
  );
  return {
    data,
    characters: new Set(glyphs.keys()),
    metrics: {
      ascent: i16(hhea + 4) / em,
      descent: -i16(hhea + 6) / em,
      lineGap: i16(hhea + 8) / em,
      advance: widths.reduce((sum, width) => sum + width, 0) / widths.length / em,
    },
  };
}

// --- sources

const packageFolder = (name: string) => dirname(require.resolve(`${name}/package.json`));

async function familyFonts(family: Family): Promise<Map<string, Font>> {
  const folder = join(packageFolder(`@fontsource-variable/${family.source}`), 'files');
  const fonts = new Map<string, Font>();
  for (const script of SCRIPTS) {
    const file = `${family.source}-${script}-wght-normal.woff2`;
    if (readdirSync(folder).includes(file)) fonts.set(script, await readFont(join(folder, file)));
  }
  return fonts;
}

/**
 * The web fonts above lack arrows, comparison signs and shapes; the whole Inter of the package inter-ui has them.
 * Without that package the symbols that were cut out of it before stay as they are.
 */
async function symbolFont(): Promise<{ font: Font; whole: boolean } | undefined> {
  try {
    return {
      font: await readFont(join(packageFolder('inter-ui'), 'variable/InterVariable.woff2')),
      whole: true,
    };
  } catch {
    const committed = join(FONTS, 'symbols.woff2');
    return existsSync(committed) ? { font: await readFont(committed), whole: false } : undefined;
  }
}

// --- output

interface Cut {
  file: string;
  font: Font;
  characters: string[];
  features: string[];
  /** Without axes the font is taken as it is. */
  axes: Record<string, number | { min: number; max: number }> | undefined;
}

const WEIGHTS = { wght: { min: 400, max: 700 } };

/** Gives each character to the first source font that has it. */
function divide(fonts: Iterable<[string, Font]>, used: Iterable<string>) {
  const left = new Set(used);
  const cuts: { script: string; font: Font; characters: string[] }[] = [];
  for (const [script, font] of fonts) {
    const characters = [...left].filter((char) => font.characters.has(char)).sort();
    for (const char of characters) left.delete(char);
    if (characters.length > 0) cuts.push({ script, font, characters });
  }
  return { cuts, left };
}

function unicodeRange(characters: string[]): string {
  const codes = characters.map((char) => char.codePointAt(0) ?? 0).sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  const hex = (code: number) => code.toString(16).padStart(4, '0');
  return ranges.map(([first, last]) => `U+${hex(first)}${last > first ? `-${hex(last)}` : ''}`).join(', ');
}

const percent = (share: number) => `${(100 * share).toFixed(2)}%`;

function face(lines: Record<string, string>): string {
  const body = Object.entries(lines).map(([property, value]) => `  ${property}: ${value};\n`);
  return `@font-face {\n${body.join('')}}\n`;
}

/** Makes a face take the line height of `metrics` whatever font it is drawn from. */
const lineHeightOf = ({ ascent, descent, lineGap }: Font['metrics'], scale = 1) => ({
  'ascent-override': percent(ascent / scale),
  'descent-override': percent(descent / scale),
  'line-gap-override': percent(lineGap / scale),
});

const describe = (char: string) => {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${char} U+${code}`;
};

async function make(): Promise<number> {
  const used = charactersInUse();
  const symbols = await symbolFont();
  if (!symbols?.whole)
    console.log(
      `fonts: inter-ui is not installed; ${symbols ? 'the symbols stay as they are' : 'no symbols'}`,
    );

  const cuts: Cut[] = [];
  const forSymbols = new Set<string>();
  const without: string[] = [];
  const css: string[] = [];
  const symbolFaces: { family: string; metrics: Font['metrics'] }[] = [];

  for (const family of FAMILIES) {
    const fonts = await familyFonts(family);
    const latin = fonts.get('latin');
    if (!latin) throw new Error(`${family.source}: no latin file`);
    // The text fonts have ↑ and ↓ but not → and ←; all four are to look alike.
    const vertical = symbols ? ['↑', '↓'].filter((arrow) => symbols.font.characters.has(arrow)) : [];
    const { cuts: own, left } = divide(
      fonts,
      [...used.keys()].filter((char) => !vertical.includes(char)),
    );
    for (const arrow of vertical) left.add(arrow);
    for (const { script, font, characters } of own) {
      const file = `${family.file}-${script}.woff2`;
      cuts.push({ file, font, characters, features: family.features, axes: WEIGHTS });
      css.push(
        face({
          'font-family': `"${family.name}"`,
          src: `url("../../assets/fonts/${file}") format("woff2")`,
          'font-weight': '400 700',
          'font-display': 'swap',
          'unicode-range': unicodeRange(characters),
        }),
      );
    }
    symbolFaces.push({ family: family.name, metrics: latin.metrics });
    for (const char of left)
      if (symbols?.font.characters.has(char)) forSymbols.add(char);
      else if (!/\p{Z}/u.test(char)) without.push(`${family.name}: ${describe(char)} (${used.get(char)})`);

    for (const [advance, names] of family.fallbacks) {
      const scale = latin.metrics.advance / advance;
      css.push(
        face({
          'font-family': `"${family.name} Fallback"`,
          src: names.map((name) => `local("${name}")`).join(', '),
          'size-adjust': percent(scale),
          ...lineHeightOf(latin.metrics, scale),
        }),
      );
    }
  }

  if (symbols && forSymbols.size > 0) {
    const characters = [...forSymbols].sort();
    const axes: Cut['axes'] = symbols.whole ? { ...WEIGHTS, opsz: 14 } : undefined;
    cuts.push({ file: 'symbols.woff2', font: symbols.font, characters, features: [], axes });
    for (const { family, metrics } of symbolFaces)
      css.push(
        face({
          'font-family': `"${family}"`,
          src: 'url("../../assets/fonts/symbols.woff2") format("woff2")',
          'font-weight': '400 700',
          'font-display': 'swap',
          ...lineHeightOf(metrics),
          'unicode-range': unicodeRange(characters),
        }),
      );
  }

  const files = new Map<string, Buffer>();
  for (const { file, font, characters, features, axes } of cuts)
    files.set(
      file,
      axes === undefined
        ? font.data
        : await subsetFont(font.data, characters.join(''), {
            targetFormat: 'woff2',
            keepFeatures: features,
            noHinting: true,
            variationAxes: axes,
          }),
    );

  let total = 0;
  for (const [file, data] of files) {
    total += data.length;
    const count = cuts.find((cut) => cut.file === file)?.characters.length;
    console.log(`${String(data.length).padStart(7)} bytes  ${file} (${count} characters)`);
  }
  console.log(`${String(total).padStart(7)} bytes  together, of at most ${BUDGET}`);
  if (without.length > 0) console.log(`In no source font:\n  ${without.join('\n  ')}`);
  if (total > BUDGET) {
    console.error('fonts: over the limit; nothing written');
    return 1;
  }

  mkdirSync(FONTS, { recursive: true });
  for (const name of readdirSync(FONTS))
    if (name.endsWith('.woff2') && !files.has(name)) rmSync(join(FONTS, name));
  for (const [file, data] of files) writeFileSync(join(FONTS, file), data);
  for (const { source } of FAMILIES)
    copyFileSync(
      join(packageFolder(`@fontsource-variable/${source}`), 'LICENSE'),
      join(FONTS, `OFL-${source}.txt`),
    );
  mkdirSync(dirname(CSS), { recursive: true });
  writeFileSync(
    CSS,
    `/* Generated by src/run/fonts.ts (npm run fonts); do not edit. */\n\n${css.join('\n')}`,
  );
  return 0;
}

async function check(): Promise<number> {
  const used = charactersInUse();
  const symbols = await symbolFont();
  const cut = new Map<string, Set<string>>();
  for (const name of existsSync(FONTS) ? readdirSync(FONTS) : [])
    if (name.endsWith('.woff2')) cut.set(name, (await readFont(join(FONTS, name))).characters);

  const lacking: string[] = [];
  for (const family of FAMILIES) {
    const sources = [...(await familyFonts(family)).values(), ...(symbols ? [symbols.font] : [])];
    const committed = [...cut].filter(
      ([name]) => name === 'symbols.woff2' || name.startsWith(`${family.file}-`),
    );
    for (const [char, file] of used)
      if (sources.some((font) => font.characters.has(char)) && !committed.some(([, has]) => has.has(char)))
        lacking.push(`${family.name}: ${describe(char)} (${file})`);
  }
  if (lacking.length === 0) return 0;
  console.error(`fonts: in use but not in assets/fonts; run npm run fonts\n  ${lacking.join('\n  ')}`);
  return 1;
}

const asked = process.argv.slice(2);
if (asked.some((option) => option !== '--check')) {
  console.error('usage: npm run fonts [-- --check]');
  process.exitCode = 2;
} else process.exitCode = await (asked.includes('--check') ? check() : make());
