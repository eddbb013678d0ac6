// A finding in words, with its single numbers large: for papers whose tables could not be read.
import { formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import type { Panel } from './panel.ts';
import { still } from './table.ts';

export interface Quantity {
  label: string;
  value: string;
  /** How many were looked at, not what was found. */
  isCount: boolean;
}

/** The numbers of a finding that stand large. The unit stands with the number if it is a sign or short, else with the words. */
export const quantitiesOf = (f: Figure): Quantity[] =>
  (f.quantities ?? []).slice(0, 4).map((q) => {
    const sign = q.unit.startsWith('%') || q.unit.startsWith('×');
    const told = sign || q.label.includes(q.unit);
    const short = q.unit.length <= 8;
    return {
      label: q.label + (told || short ? '' : ` (${q.unit})`),
      value: formatValue(q.value, q.unit, f.approximate) + (told || !short ? '' : ` ${q.unit}`),
      isCount: !sign,
    };
  });

export function mount(host: HTMLElement, f: Figure): Panel {
  const box = document.createElement('div');
  box.className = 'finding';
  const quantities = quantitiesOf(f);
  if (quantities.length) {
    const list = document.createElement('dl');
    for (const q of quantities) {
      const item = document.createElement('div');
      const label = document.createElement('dt');
      const value = document.createElement('dd');
      value.textContent = q.value;
      label.textContent = q.label;
      if (q.isCount) item.className = 'count';
      item.append(value, label);
      list.append(item);
    }
    box.append(list);
  }
  const p = document.createElement('p');
  p.textContent = f.finding;
  box.append(p);
  host.replaceChildren(box);
  return still(host, f);
}
