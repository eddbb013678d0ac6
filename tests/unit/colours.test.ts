// Legible, and told apart by every eye: computed from the tokens, in both themes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { INKS_UNDER_TEST, PALETTES, contrast, difference, seen, VISION } from '../colour.ts';
import * as grid from '../../src/panels/grid.ts';
import type { PanelOptions } from '../../src/panels/panel.ts';
import { MARK, type Theme } from '../../src/panels/theme.ts';
import { allFigures, read, root } from '../support.ts';

for (const [theme, c] of Object.entries(PALETTES)) {
  test(`text has a contrast of 4.5 to 1 or more on its ground, ${theme}`, () => {
    const low: string[] = [];
    for (const ground of ['paper', 'raised'])
      for (const ink of ['ink', 'quiet', ...INKS_UNDER_TEST]) {
        const ratio = contrast(c[ink]!, c[ground]!);
        if (ratio < 4.5) low.push(`${ink} on ${ground}: ${ratio.toFixed(2)}`);
      }
    expect(low).toEqual([]);
  });

  test(`marks have a contrast of 3 to 1 or more on paper, ${theme}`, () => {
    const low = INKS_UNDER_TEST.map((ink) => [ink, contrast(c[ink]!, c.paper!)] as const).filter(([, r]) => r < 3);
    expect(low).toEqual([]);
  });

  for (const eye of Object.keys(VISION) as (keyof typeof VISION)[])
    test(`say, hold, remedy and never look different to ${eye} sight, ${theme}`, () => {
      // OKLab distance: about 0.02 is the least that can be noticed; ask for three times that.
      const inks = ['say', 'hold', 'remedy', 'never'];
      const close: string[] = [];
      inks.forEach((a, i) =>
        inks.slice(i + 1).forEach((b) => {
          const d = difference(seen(c[a]!, eye), seen(c[b]!, eye));
          if (d < 0.06) close.push(`${a} and ${b}: ${d.toFixed(3)}`);
        }),
      );
      expect(close).toEqual([]);
    });

  test(`what is written on a cell of a grid stands out from it, ${theme}`, () => {
    const t = { colour: c, font: 'sans-serif', size: 18, narrow: false, compact: false, width: 1160, upright: 40 } as unknown as Theme;
    const slides = readdirSync(join(root, 'slides')).filter((n) => n.endsWith('.md')).map((n) => read(`slides/${n}`)).join('\n');
    const drawn = new Set([...slides.matchAll(/^::figure (\S+) .*view=grid/gm)].map((m) => m[1]!));
    expect(drawn.size).toBeGreaterThan(0);
    const low: string[] = [];
    for (const id of drawn) {
      const f = allFigures.find((g) => g.id === id)!;
      const config = grid.toChart(f, 99, { view: 'grid' } as PanelOptions, t) as unknown as {
        data: { datasets: { data: { v: number }[]; backgroundColor: string[] }[] };
        options: { plugins: { datalabels: { color: (c: { dataIndex: number }) => string } } };
      };
      const [cells] = config.data.datasets;
      cells!.data.forEach(({ v }, dataIndex) => {
        const ratio = contrast(config.options.plugins.datalabels.color({ dataIndex }), cells!.backgroundColor[dataIndex]!);
        if (ratio < 4.5) low.push(`${id}, ${v}: ${ratio.toFixed(2)}`);
      });
    }
    expect(low).toEqual([]);
  });
}

test('colour never stands alone: each role has a mark and dash of its own', () => {
  const looks = Object.entries(MARK).map(([ink, m]) => [`${m.point} ${m.open} ${m.dash.join()}`, ink] as const);
  const byLook = new Map<string, string[]>();
  for (const [look, ink] of looks) byLook.set(look, [...(byLook.get(look) ?? []), ink]);
  expect([...byLook.values()].filter((inks) => inks.length > 1)).toEqual([]);
});

test('the contrast and distance computed here agree with known values', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2); // WebAIM
  expect(difference(seen('#ffffff', 'full'), seen('#000000', 'full'))).toBeCloseTo(1, 3);
  expect(difference(seen('#ff0000', 'full'), seen('#00a000', 'full'))).toBeGreaterThan(2 * difference(seen('#ff0000', 'deuteranopic'), seen('#00a000', 'deuteranopic')));
});
