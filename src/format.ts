// Numbers as the talk writes them. The same on slides, in tables, on charts and in print.

/** `value` as text: a true minus, thousands parted from 10,000 up, no rounding. */
export function formatNumber(value: number, unit = ''): string {
  const plain = String(Math.abs(value));
  const [whole = '', rest] = plain.split('.');
  const parted = unit !== 'year' && whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return (value < 0 ? '−' : '') + parted + (rest ? `.${rest}` : '');
}

/** With its unit where the unit is a sign; words for units stand in the sentence or on the axis. */
export function formatValue(value: number, unit: string, approximate = false): string {
  const sign = unit.startsWith('%') ? '%' : unit.startsWith('×') ? '×' : '';
  return (approximate ? '≈' : '') + formatNumber(value, unit) + sign;
}
