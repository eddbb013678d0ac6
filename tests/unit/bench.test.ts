// The benchmark's arithmetic, and that the decks it compares are the same: every headline, word, note
// and chart of our ten slides stands in what the other tools are given. What they make of it, the
// benchmark itself checks in the browser: it cannot measure a slide that does not come.
import { expect, test } from '@playwright/test';
import { behind, cell, median, ratio, tableOf, type Column } from '../../src/run/bench-peers/table.ts';
import { indexHtml } from '../../src/run/bench-peers/reveal.ts';
import { loadTen, TEN, textOf, type PeerSlide } from '../../src/run/bench-peers/slides.ts';
import { slidesMd } from '../../src/run/bench-peers/slidev.ts';
import { read } from '../support.ts';

test('a median of an odd and of an even number of runs, whatever their order', () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(cell([7, 3, 5])).toEqual({ median: 5, min: 3, max: 7 });
  expect(cell([])).toBeUndefined();
});

test('a ratio is theirs over ours, and none where one of them is missing or ours is nothing', () => {
  expect(ratio(cell([30]), cell([10]))).toBe(3);
  expect(ratio(cell([5]), cell([10]))).toBe(0.5);
  expect(ratio(undefined, cell([10]))).toBeUndefined();
  expect(ratio(cell([10]), undefined)).toBeUndefined();
  expect(ratio(cell([10]), cell([0]))).toBeUndefined();
});

test('the table says each median with its ratio, and every row in which we are behind is named', () => {
  const columns: Column[] = [
    { label: 'ours', role: 'ours', samples: { first: [900, 1000, 5000], firstGzip: [100_000], pdfSize: [400_000] } },
    { label: 'theirs', role: 'rival', samples: { first: [2500], firstGzip: [881_800], pdfSize: [283_000] } },
  ];
  const lines = tableOf(columns);
  const row = (label: string): string => lines.find((l) => l.trim().startsWith(label))!;
  expect(row('first slide seen')).toMatch(/1000\s+2500 \(×2\.50\) ms$/);
  expect(row('gzip')).toMatch(/100\.0\s+881\.8 \(×8\.82\) kB$/);
  expect(row('build')).toMatch(/none\s+none s$/);
  expect(behind(columns)).toEqual(['theirs: PDF, size: 283.0 against our 400.0 kB']);
});

/** All that must be read on a slide, whoever shows it. */
const wordsOf = (s: PeerSlide): string[] => [s.headline, textOf(s.so), textOf(s.but), s.source, ...s.notes, ...s.content.flatMap((c) => ('html' in c ? [textOf(c.html)] : 'code' in c ? [c.code, c.caption] : [c.chart.caption, ...c.chart.options.labels]))].filter(Boolean);
const squash = (s: string): string => s.replace(/[\s–-]+/g, '');

test('the ten slides are complete in all three decks', () => {
  const ten = loadTen();
  expect(ten.slides.map((s) => s.id).sort()).toEqual([...TEN].sort());
  const kinds = ten.slides.flatMap((s) => s.content.map((c) => ('chart' in c ? c.chart.options.view : 'code' in c ? 'code' : /<figure class="(\w+)"|<div class="table-box ?(\w*)/.exec(c.html)?.slice(1).find((x) => x !== undefined) ?? 'text')));
  expect(new Set(kinds)).toEqual(new Set(['strata', 'diagram', 'bars', 'dots', 'lines', 'code', '', 'ledger', 'text']));
  expect(ten.files.size).toBe(4);

  const html = indexHtml(ten, read('tests/bench/reveal/index.html'), 'white');
  const sections = html.split('<section id="').slice(1);
  const md = slidesMd(ten);
  const parts = md.split(/^---\n(?:.*\n)*?---$/m).slice(1);
  expect(sections).toHaveLength(10);
  expect(parts).toHaveLength(10);
  expect(md).not.toContain('{{'); // Vue would compute it
  for (const [i, s] of ten.slides.entries()) {
    expect(s.notes.length, s.id).toBeGreaterThan(1);
    for (const [deck, text] of [['reveal.js', sections[i]!], ['Slidev', parts[i]!.replace(/\\([\\`*_{}[\]#|~])/g, '$1')]] as const) {
      const there = squash(textOf(text.replace(/data-options="([^"]*)"|:options="([^"]*)"/g, '>$1$2<').replace('<!--', '')));
      for (const words of wordsOf(s)) expect(there, `${deck}, ${s.id}: ${words}`).toContain(squash(words));
    }
  }
});
