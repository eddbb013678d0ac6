// The benchmark's rows, and how they are put into a table: medians, and for each rival how many
// times ours. Pure: knows no browser and no tool.

export interface Row {
  key: string;
  label: string;
  unit: 'ms' | 's' | 'kB' | '';
}
/** Rows without a unit and key are headings. */
export const ROWS: Row[] = [
  { key: '', label: 'loaded cold, 4× CPU, Fast 4G', unit: '' },
  { key: 'fcp', label: 'first contentful paint', unit: 'ms' },
  { key: 'lcp', label: 'largest contentful paint', unit: 'ms' },
  { key: 'first', label: 'first slide seen', unit: 'ms' },
  { key: 'turned', label: '→, pressed from then on, turns the page', unit: 'ms' },
  { key: 'chart', label: 'opened at a chart: headline seen, chart drawn', unit: 'ms' },
  { key: '', label: 'sent until the first slide is seen', unit: '' },
  { key: 'firstGzip', label: 'gzip', unit: 'kB' },
  { key: 'firstFonts', label: '  of it font files', unit: 'kB' },
  { key: 'firstRaw', label: 'raw', unit: 'kB' },
  { key: 'firstRequests', label: 'requests', unit: '' },
  { key: '', label: 'sent in all, every slide shown', unit: '' },
  { key: 'allGzip', label: 'gzip', unit: 'kB' },
  { key: 'allRaw', label: 'raw', unit: 'kB' },
  { key: 'allRequests', label: 'requests', unit: '' },
  { key: 'foreign', label: 'addresses asked at other hosts', unit: '' },
  { key: '', label: 'made', unit: '' },
  { key: 'build', label: 'build, cold', unit: 's' },
  { key: 'pdf', label: 'PDF, the whole command', unit: 's' },
  { key: 'print', label: 'PDF, from the built site', unit: 's' },
  { key: 'pdfSize', label: 'PDF, size', unit: 'kB' },
];

export type Samples = Record<string, number[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

export interface Cell {
  median: number;
  min: number;
  max: number;
}
export function cell(values: readonly number[] | undefined): Cell | undefined {
  return values?.length ? { median: median(values), min: Math.min(...values), max: Math.max(...values) } : undefined;
}

/** Theirs over ours: over 1, ours is the smaller. None where either is missing or ours is nothing. */
export function ratio(theirs: Cell | undefined, own: Cell | undefined): number | undefined {
  return theirs && own && own.median > 0 ? theirs.median / own.median : undefined;
}

const SHOW = { ms: (n: number) => n.toFixed(0), s: (n: number) => (n / 1000).toFixed(1), kB: (n: number) => (n / 1000).toFixed(1), '': (n: number) => n.toFixed(0) };

export interface Column {
  label: string;
  samples: Samples;
  /** Rivals are measured against ours; the record stands beside them. */
  role: 'ours' | 'record' | 'rival';
}

/** The table as lines. A rival's cell is its median and, in brackets, how many times ours. */
export function tableOf(columns: readonly Column[]): string[] {
  const own = columns.find((c) => c.role === 'ours')?.samples;
  const width = Math.max(...ROWS.map((r) => r.label.length)) + 4;
  const wide = Math.max(20, ...columns.map((c) => c.label.length + 2));
  const lines = [''.padEnd(width) + columns.map((c) => c.label.padStart(wide)).join('')];
  for (const { key, label, unit } of ROWS) {
    if (!key) {
      lines.push(label);
      continue;
    }
    const cells = columns.map((c) => {
      const it = cell(c.samples[key]);
      if (!it) return 'none'.padStart(wide);
      const times = c.role === 'rival' ? ratio(it, cell(own?.[key])) : undefined;
      return `${SHOW[unit](it.median)}${times === undefined ? '' : ` (×${times.toFixed(times < 10 ? 2 : 1)})`}`.padStart(wide);
    });
    lines.push(`  ${label.padEnd(width - 2)}${cells.join('')} ${unit}`.trimEnd());
  }
  return lines;
}

/** Every row in which ours is not the smaller, in words. */
export function behind(columns: readonly Column[]): string[] {
  const own = columns.find((c) => c.role === 'ours');
  if (!own) return [];
  return columns
    .filter((c) => c.role === 'rival')
    .flatMap((c) =>
      ROWS.filter((r) => r.key && r.key !== 'firstFonts').flatMap(({ key, label, unit }) => {
        const [theirs, ours] = [cell(c.samples[key]), cell(own.samples[key])];
        if (!theirs || !ours || theirs.median >= ours.median) return [];
        return [`${c.label}: ${label}: ${SHOW[unit](theirs.median)} against our ${SHOW[unit](ours.median)} ${unit}`.trimEnd()];
      }),
    );
}
