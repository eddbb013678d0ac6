// What stands behind a figure, as rows of words: the evidence index prints them at build, the
// deck's source dialog at run time. Knows no HTML.
import { isPublished, type Figure } from './results.ts';

export interface Row {
  label: string;
  text: string;
  href?: string;
}

const RECHECK = {
  'ok-primary': 'read twice, the second time in the paper or its authors’ files',
  'ok-secondary': 'read twice, on the same third-party page',
  no: 'read once',
} as const;

/** Everything but the reference itself, which comes formatted from the bibliography. */
export function provenance(f: Figure): Row[] {
  const rows: Row[] = [];
  if (isPublished(f)) {
    rows.push({ label: 'Where', text: f.where });
    rows.push({ label: 'Page read', text: f.page.replace(/^https?:\/\//, ''), href: f.page });
    if (f.pageNote) rows.push({ label: 'More on that page', text: f.pageNote });
    rows.push({ label: 'Read in', text: `${f.read}; ${RECHECK[f.recheck]}` });
    rows.push({ label: `Says of ${f.claims.join(', ')}`, text: f.stance });
    if (f.derived) rows.push({ label: 'Our arithmetic', text: f.derived });
    if (f.control !== undefined) rows.push({ label: 'Never-trained control', text: f.control ? 'yes, under the same recovery' : 'no' });
    if (f.teaches) rows.push({ label: 'The recovery teaches', text: f.teaches });
  } else {
    rows.push({ label: 'Experiment', text: f.experiment });
    rows.push({ label: 'Seeds', text: f.made.seeds.join(', ') });
    rows.push({ label: 'Code version', text: f.made.code });
    rows.push({ label: 'Configuration', text: JSON.stringify(f.made.config) });
    rows.push({ label: 'Environment', text: Object.entries(f.made.environment).map((e) => e.join(' ')).join(', ') });
  }
  if (f.approximate) rows.push({ label: 'Precision', text: 'approximate: bounds, or measured on an image' });
  rows.push({ label: 'Caveat', text: f.caveat });
  return rows;
}
