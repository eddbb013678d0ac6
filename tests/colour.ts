// Colour arithmetic for the tests: the tokens, WCAG contrast, and how a colour-blind eye sees them.
import { read } from './support.ts';

type Rgb = [number, number, number];

/** The tokens of src/deck/tokens.css, one palette a theme: name → #rrggbb. */
export const PALETTES: Record<'light' | 'dark', Record<string, string>> = { light: {}, dark: {} };
for (const [, name, light, dark] of read('src/deck/tokens.css').matchAll(/--([\w-]+):\s*light-dark\(\s*(#[0-9a-f]{6})\s*,\s*(#[0-9a-f]{6})\s*\)/gi)) {
  PALETTES.light[name!] = light!;
  PALETTES.dark[name!] = dark!;
}
export const INKS_UNDER_TEST = ['say', 'hold', 'remedy', 'base', 'never', 'plain'];

/** Linear light, 0 to 1. */
const linear = (hex: string): Rgb =>
  [1, 3, 5].map((i) => {
    const v = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as Rgb;

/** WCAG 2 contrast ratio of two colours. */
export function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => linear(hex).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i]!, 0);
  const [dark, light] = [luminance(a), luminance(b)].sort((p, q) => p - q) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

type Matrix = [Rgb, Rgb, Rgb];
/**
 * Machado, Oliveira and Fernandes, “A Physiologically-based Model for Simulation of Color Vision
 * Deficiency”, IEEE TVCG 15(6), 2009: the published matrices at severity 1.0, on linear RGB.
 */
export const VISION = {
  full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopic: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopic: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopic: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} satisfies Record<string, Matrix>;

const times = (m: Matrix, v: Rgb): Rgb => m.map((row) => row.reduce((sum, k, i) => sum + k * v[i]!, 0)) as Rgb;

/** What an eye sees of a colour, in OKLab (Ottosson, 2020). */
export function seen(hex: string, eye: keyof typeof VISION): Rgb {
  const rgb = times(VISION[eye] as Matrix, linear(hex)).map((v) => Math.min(1, Math.max(0, v))) as Rgb;
  const lms = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], rgb).map(Math.cbrt) as Rgb;
  return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], lms);
}

/** Distance of two seen colours. */
export const difference = (a: Rgb, b: Rgb): number => Math.hypot(...a.map((v, i) => v - b[i]!));
