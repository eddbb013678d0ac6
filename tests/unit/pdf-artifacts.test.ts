// What a page paints outside its tags is marked, and nothing else is touched.
import { expect, test } from '@playwright/test';
import { markArtifacts, withArtifacts } from '../../src/run/pdf-artifacts.ts';

test('text, paths and pictures outside the tags are marked whole; tags, states and clips stay', () => {
  const page = ['q', '1 0 0 rg', '0 0 9 9 re', 'f', '/P <</MCID 0 >>BDC', 'BT', '(a) Tj', 'ET', 'EMC', '0 0 5 5 re', 'W n', 'BT', '/F1 9 Tf', '(b) Tj', 'ET', '0 0 m', '5 5 l', 'S', '/X1 Do', 'Q'];
  expect(markArtifacts(page.join('\n')).split('\n')).toEqual([
    ...['q', '1 0 0 rg', '/Artifact BMC', '0 0 9 9 re', 'f', 'EMC'],
    ...['/P <</MCID 0 >>BDC', 'BT', '(a) Tj', 'ET', 'EMC'],
    ...['0 0 5 5 re', 'W n', '/Artifact BMC', 'BT', '/F1 9 Tf', '(b) Tj', 'ET', 'EMC'],
    ...['/Artifact BMC', '0 0 m', '5 5 l', 'S', 'EMC', '/Artifact BMC', '/X1 Do', 'EMC', 'Q'],
  ]);
});

test('a file of another make is left as it is', () => {
  const other = new TextEncoder().encode('%PDF-1.7\nstartxref\n9\n%%EOF\n');
  expect(withArtifacts(other)).toBe(other);
});
