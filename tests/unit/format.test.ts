// One way of writing numbers, everywhere.
import { expect, test } from '@playwright/test';
import { decimalsOf, formatNumber, formatValue } from '../../src/format.ts';
import { figures } from '../support.ts';

test('a negative number has a true minus', () => {
  expect(formatNumber(-3.5)).toBe('−3.5');
  expect(formatNumber(0)).toBe('0');
  expect(formatNumber(-0)).toBe('0');
});

test('thousands are parted from 10,000 up, and years never', () => {
  expect(formatNumber(9999)).toBe('9999');
  expect(formatNumber(10000)).toBe('10,000');
  expect(formatNumber(1234567.25)).toBe('1,234,567.25');
  expect(formatNumber(2022, 'year')).toBe('2022');
  expect(formatNumber(12022, 'year')).toBe('12022');
});

test('nothing is rounded', () => {
  expect(formatNumber(0.123456789)).toBe('0.123456789');
});

test('a percent or times sign follows the value, a unit in words does not', () => {
  expect(formatValue(52, '%')).toBe('52%');
  expect(formatValue(52, '% of the gap')).toBe('52%');
  expect(formatValue(3.5, '× baseline')).toBe('3.5×');
  expect(formatValue(9, 'models')).toBe('9');
});

test('numbers that stand together show as many decimals, and none is rounded', () => {
  expect(decimalsOf([88, 32.5, 0.25])).toBe(2);
  expect(formatNumber(88, '', 1)).toBe('88.0');
  expect(formatValue(0, '%', false, 1)).toBe('0.0%');
  expect(formatNumber(0.125, '', 1)).toBe('0.125');
});

test('an approximate value says so', () => {
  expect(formatValue(-27.9, '%', true)).toBe('≈−27.9%');
});

test('every published number is written in full and reads back as itself', () => {
  for (const f of figures)
    for (const v of [...f.series.flatMap((s) => s.values), ...(f.quantities ?? []).map((q) => q.value)]) {
      const text = formatNumber(v, f.y.unit);
      expect(text, f.id).toMatch(/^−?\d{1,3}(\d|,\d{3})*(\.\d+)?$/);
      expect(Number(text.replace('−', '-').replaceAll(',', '')), f.id).toBe(v);
    }
});
