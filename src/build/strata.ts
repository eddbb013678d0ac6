// The title picture: a figure's years as layers of rock, the first series as the rock and the
// second as the surface that tuning left. Drawn from data, as SVG, so that it needs no script.
import type { Published } from '../results.ts';
import { escapeHtml } from './html.ts';

const ROW = 23;
const LEFT = 64;
const WIDTH = 560;
const TOP = 34;

export function strataSvg(f: Published): string {
  const years = f.x.values;
  const [rock, surface] = f.series;
  if (!years || !rock || !surface) throw new Error(`${f.id}: the strata need x values and two series`);
  const most = Math.max(...rock.values, ...surface.values);
  const px = (v: number): number => Math.round((v / most) * (WIDTH - LEFT - 12) * 10) / 10;
  const y = (i: number): number => TOP + (years.length - 1 - i) * ROW; // the newest layer on top
  const rows = years.map((year, i) => {
    const before = rock.values[i]!;
    const label = year % 5 === 0 || i === years.length - 1 ? `<text class="year" x="${LEFT - 10}" y="${y(i) + ROW - 6}">${year}</text>` : '';
    return `<rect class="layer" x="${LEFT}" y="${y(i)}" width="${px(before)}" height="${ROW - 1}"/>${label}`;
  });
  let d = '';
  for (let i = years.length - 1; i >= 0; i--) {
    const x = LEFT + px(surface.values[i]!);
    d += `${d ? 'L' : 'M'}${x} ${y(i)}L${x} ${y(i) + ROW}`;
  }
  const bottom = TOP + years.length * ROW;
  const last = years.length - 1;
  const middle = y(rock.values.indexOf(Math.max(...rock.values)) - 3) + ROW - 6; // where the rock is wide
  const peak = surface.values.indexOf(Math.max(...surface.values));
  const ticks = [0, 10, 20].filter((v) => v <= most).map((v) => `<text class="tick" x="${LEFT + px(v)}" y="${bottom + 25}" text-anchor="middle">${v}</text>`);
  const description = `${f.title}. ${f.finding}`;
  return `<figure class="strata"><svg viewBox="0 0 ${WIDTH} ${bottom + 62}" role="img" aria-label="${escapeHtml(description)}">
${rows.join('')}
<path class="surface" d="${d}"/>
<text class="tag say" x="${LEFT + px(surface.values[peak]!)}" y="${y(last) - 12}" text-anchor="end">${escapeHtml(surface.name)}</text>
<text class="tag hold" x="${LEFT + 14}" y="${middle}">${escapeHtml(rock.name)}</text>
<path class="axis" d="M${LEFT} ${bottom + 3}H${WIDTH - 12}"/>
${ticks.join('')}
<text class="tick" x="${(LEFT + WIDTH) / 2}" y="${bottom + 50}" text-anchor="middle">${escapeHtml(f.y.label)}</text>
</svg></figure>`;
}
