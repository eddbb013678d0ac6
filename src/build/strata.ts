// A figure as layers of rock: the first series is the rock, the second the surface that tuning
// left, a third (if any) the line of the control. Years on the title, a model's blocks elsewhere.
// Drawn from data, as SVG, so that it needs no script.
import { valueText } from '../panels/panel.ts';
import type { Figure } from '../results.ts';
import { escapeHtml } from './html.ts';

const HEIGHT = 552; // of all layers
const WIDTH = 560;
const TOP = 34;

export function strataSvg(f: Figure): string {
  const { values: years, categories } = f.x;
  const places = (categories ?? years ?? []).map(String);
  const [rock, surface, control] = f.series;
  if (!places.length || !rock || !surface) throw new Error(`${f.id}: the strata need places on x and two series`);
  const n = places.length;
  const few = categories !== undefined; // room for every name and number
  const row = few ? Math.min(84, HEIGHT / n) : Math.floor(HEIGHT / n);
  const left = few ? 92 : 64;
  const most = few ? 100 : Math.max(...rock.values, ...surface.values);
  const px = (v: number): number => Math.round((v / most) * (WIDTH - left - 12) * 10) / 10;
  const y = (i: number): number => TOP + (n - 1 - i) * row; // the newest layer on top
  const rows = places.map((place, i) => {
    const isNamed = few || Number(place) % 5 === 0 || i === n - 1;
    const middle = few ? y(i) + row / 2 + 6 : y(i) + row - 6;
    const label = isNamed ? `<text class="year" x="${left - 10}" y="${middle}">${escapeHtml(place)}</text>` : '';
    const value = few ? `<text class="amount" x="${left + px(rock.values[i]!) + 10}" y="${middle}">${valueText(f, rock.values[i]!)}</text>` : '';
    return `<rect class="layer" x="${left}" y="${y(i)}" width="${px(rock.values[i]!)}" height="${row - 1}"/>${label}${value}`;
  });
  const line = (values: readonly number[]): string => {
    let d = '';
    for (let i = n - 1; i >= 0; i--) {
      const x = left + px(values[i]!);
      d += `${d ? 'L' : 'M'}${x} ${y(i)}L${x} ${y(i) + row}`;
    }
    return d;
  };
  const bottom = TOP + n * row;
  const top = y(n - 1);
  const inRock = few ? bottom - row / 2 + 6 : y(rock.values.indexOf(Math.max(...rock.values)) - 3) + row - 6; // where the rock is wide
  const peak = few ? n - 1 : surface.values.indexOf(Math.max(...surface.values));
  const tagX = left + px(surface.values[peak]!);
  const ticks = (few ? [0, 50, 100] : [0, 10, 20]).filter((v) => v <= most).map((v) => `<text class="tick" x="${left + px(v)}" y="${bottom + 25}" text-anchor="middle">${v}</text>`);
  const description = `${f.title}. ${f.finding}`;
  return `<figure class="strata"><svg viewBox="0 0 ${WIDTH} ${bottom + 62}" role="img" aria-label="${escapeHtml(description)}">
${rows.join('')}
${control ? `<path class="control" d="${line(control.values)}"/>` : ''}
<path class="surface" d="${line(surface.values)}"/>
<text class="tag say" x="${few ? tagX + 6 : tagX}" y="${top - 12}" text-anchor="${few ? 'start' : 'end'}">${escapeHtml(surface.name)}</text>
<text class="tag hold" x="${left + 14}" y="${inRock}">${escapeHtml(rock.name)}</text>
${control ? `<text class="tag never" x="${WIDTH - 12}" y="${top - 12}" text-anchor="end">dashed: ${escapeHtml(control.name)}</text>` : ''}
<path class="axis" d="M${left} ${bottom + 3}H${WIDTH - 12}"/>
${ticks.join('')}
<text class="tick" x="${(left + WIDTH) / 2}" y="${bottom + 50}" text-anchor="middle">${escapeHtml(few ? `${f.y.label} (${f.y.unit})` : f.y.label)}</text>
</svg></figure>`;
}
