// What stands in a panel's place before its script comes, or without one: the same picture as SVG,
// or the same table or words. Pages that are read, not projected, use it.
import { drawPicture, type Picture } from './svg/chart.ts';
import type { Measure } from './svg/metrics.ts';
import { keyItems } from '../panels/key.ts';
import { toTable } from '../panels/table.ts';
import { quantitiesOf } from '../panels/text.ts';
import { isChart } from '../panels/draw.ts';
import type { PanelOptions, Table } from '../panels/panel.ts';
import type { Theme } from '../panels/theme.ts';
import type { Figure } from '../results.ts';
import { escapeHtml } from './html.ts';

/** For a column of text, and for a phone. */
export const FRAMES = [
  { name: 'wide', width: 720, size: 16 },
  { name: 'narrow', width: 340, size: 14 },
] as const;

export function tableHtml({ caption, head, rows }: Table): string {
  const cells = (list: readonly string[], tag: 'th' | 'td'): string => list.map((c) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${escapeHtml(c)}</${tag}>`).join('');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows.map((r) => `<tr><th scope="row">${escapeHtml(r.name)}</th>${cells(r.cells, 'td')}</tr>`).join('')}</tbody></table>`;
}

function keyHtml(f: Figure, o: PanelOptions, t: Theme): string {
  const items = keyItems(f, o, t).map(({ name, mark }) =>
    mark
      ? `<span><svg viewBox="0 0 20 20" aria-hidden="true"><path d="${mark.d}" fill="${mark.fill}" stroke="${mark.stroke}" stroke-width="2.5"/></svg>${escapeHtml(name)}</span>`
      : `<span class="reference">${escapeHtml(name)}</span>`,
  );
  return items.length ? `<p class="key">${items.join('')}</p>` : '';
}

export function findingHtml(f: Figure): string {
  const list = quantitiesOf(f).map((q) => `<div${q.isCount ? ' class="count"' : ''}><dd>${escapeHtml(q.value)}</dd><dt>${escapeHtml(q.label)}</dt></div>`);
  return `<div class="finding">${list.length ? `<dl>${list.join('')}</dl>` : ''}<p>${escapeHtml(f.finding)}</p></div>`;
}

/** How a picture gets into its page; `name` is its own there. */
export type Hang = (picture: Picture, name: string) => string;

/** `id` is the page's own name for this still. */
export function stillHtml(f: Figure, o: PanelOptions, id: string, measure: Measure, hang: Hang): string {
  if (o.view === 'text') return findingHtml(f);
  if (!isChart(o.view)) return `<div class="scroll" tabindex="0" role="group" aria-label="Table: ${escapeHtml(f.title)}">${tableHtml(toTable(f))}</div>`;
  return FRAMES.map((frame) => {
    const name = `${id}-${frame.name}`;
    const picture = drawPicture(f, o, frame, name, measure);
    return `<div class="still ${frame.name}">${keyHtml(f, o, picture.theme)}${hang(picture, name)}</div>`;
  }).join('');
}
