// The same numbers as a table: the twin of every chart, and a view of its own.
import { decimalsOf, formatNumber, formatValue } from '../format.ts';
import type { Figure } from '../results.ts';
import { places, valueText, type Panel, type Table } from './panel.ts';

const withUnit = (label: string, unit: string): string => (unit && unit !== label ? `${label} (${unit})` : label || unit);

/** Every number of the figure, full labels, with intervals, references and quantities. */
export function toTable(f: Figure): Table {
  const decimals = decimalsOf(f.series.flatMap((s) => [...s.values, ...(s.low ?? []), ...(s.high ?? [])]));
  const rows = places(f).map((name, i) => ({
    name,
    cells: f.series.map((s) => {
      if (i >= s.values.length) return '–'; // still to come
      const v = valueText(f, s.values[i]!);
      const [low, high] = [s.low?.[i], s.high?.[i]];
      return low === undefined || high === undefined ? v : `${v} (${formatNumber(low, '', decimals)} to ${formatNumber(high, '', decimals)})`;
    }),
  }));
  const wide = Math.max(1, f.series.length);
  const single = (label: string, value: string): Table['rows'][number] => ({ name: label, cells: [value, ...Array<string>(wide - 1).fill('')] });
  for (const r of f.reference ?? []) rows.push(single(r.label, formatValue(r.value, f.y.unit, f.approximate)));
  for (const q of f.quantities ?? []) {
    const v = formatValue(q.value, q.unit, f.approximate);
    rows.push(single(q.label, q.unit.startsWith('%') || q.unit.startsWith('×') ? v : `${v} ${q.unit}`));
  }
  const interval = f.series.find((s) => s.interval)?.interval;
  return {
    caption: `${f.title}${f.y.label ? `. ${withUnit(f.y.label, f.y.unit)}${interval ? `, ${interval} in brackets` : ''}` : ''}`,
    head: [f.x.label || 'quantity', ...(f.series.length ? f.series.map((s) => s.name) : ['value'])],
    rows,
  };
}

export function tableElement(t: Table): HTMLTableElement {
  const table = document.createElement('table');
  table.createCaption().textContent = t.caption;
  const head = table.createTHead().insertRow();
  for (const h of t.head) head.append(cell('th', h, 'col'));
  const body = table.createTBody();
  for (const r of t.rows) body.insertRow().append(cell('th', r.name, 'row'), ...r.cells.map((c) => cell('td', c)));
  return table;
}

function cell(tag: 'th' | 'td', text: string, scope?: string): HTMLElement {
  const e = document.createElement(tag);
  e.textContent = text;
  if (scope) e.setAttribute('scope', scope);
  return e;
}

/** The figure's numbers, bare, as comma-separated values (RFC 4180): units stand in the head. */
export function toCsv(f: Figure): string {
  const unit = f.y.unit && ` (${f.y.unit})`;
  const head = [f.x.label || 'quantity', ...(f.series.length ? f.series.flatMap((s) => [s.name + unit, ...(s.low ? [`${s.name}, low`, `${s.name}, high`] : [])]) : ['value'])];
  const rows: (string | number)[][] = places(f).map((name, i) => [name, ...f.series.flatMap((s) => [s.values[i]!, ...(s.low && s.high ? [s.low[i]!, s.high[i]!] : [])])]);
  for (const r of f.reference ?? []) rows.push([r.label + unit, r.value]);
  for (const q of f.quantities ?? []) rows.push([q.label + (q.unit && ` (${q.unit})`), q.value]);
  const quote = (s: string): string => (/[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  return [head, ...rows].map((r) => r.concat(Array(head.length - r.length).fill('')).map((c) => quote(String(c))).join(',')).join('\r\n') + '\r\n';
}

/** The table as a picture of its own: for yes-or-no data and for many words. */
export function mount(host: HTMLElement, f: Figure): Panel {
  const yes = f.y.unit.startsWith('1 =');
  const t = toTable(f);
  if (f.series.length) t.rows.length = places(f).length; // single numbers stay in the source dialog
  if (yes) for (const r of t.rows) r.cells = r.cells.map((c) => (c === '1' ? '✓ yes' : c === '0' ? '✗ no' : c));
  const box = document.createElement('div');
  box.className = 'table-view';
  box.append(tableElement(t));
  host.replaceChildren(box);
  return still(host, f);
}

/** The contract for a panel without steps or canvas. */
export function still(host: HTMLElement, f: Figure, t: Table = toTable(f)): Panel {
  const nothing = (): void => {};
  return {
    step: nothing,
    resize: nothing,
    final: nothing,
    redraw: nothing,
    table: () => t,
    provenance: () => f,
    drawn: () => Object.fromEntries(f.series.map((s) => [s.name, s.values])),
    destroy: () => host.replaceChildren(),
  };
}
