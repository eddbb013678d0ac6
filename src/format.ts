// Numbers as the talk writes them. The same on slides, in tables, on charts and in print.

/** Decimals that the most precise of `values` has: a figure's numbers all show as many. */
export const decimalsOf = (values: readonly number[]): number => Math.max(0, ...values.map((v) => (String(v).split('.')[1] ?? '').length));

/** `value` as text: a true minus, thousands parted from 10,000 up, never rounded. */
export function formatNumber(value: number, unit = '', decimals = 0): string {
  const exact = String(Math.abs(value));
  const plain = decimals > decimalsOf([value]) ? Math.abs(value).toFixed(decimals) : exact;
  const [whole = '', rest] = plain.split('.');
  const parted = unit !== 'year' && whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return (value < 0 ? '−' : '') + parted + (rest ? `.${rest}` : '');
}

/** With its unit where the unit is a sign; words for units stand in the sentence or on the axis. */
export function formatValue(value: number, unit: string, approximate = false, decimals = 0): string {
  const sign = unit.startsWith('%') ? '%' : unit.startsWith('×') ? '×' : '';
  return (approximate ? '≈' : '') + formatNumber(value, unit, decimals) + sign;
}
