// The dialogs of the deck: where a figure comes from, the index of slides, the keys, and the code to scan.
import { provenance } from '../provenance.ts';
import { isPublished, type Figure } from '../results.ts';
import { pageAddress } from '../site/address.ts';
import type { Entry } from './cut.ts';
import { download, element, open } from './dialog.ts';
import { tableElement, toCsv, toTable } from '../panels/table.ts';

export { loadCodes, openCode } from './code.ts';

/** Citation, place, reading, caveat; the table; the data to take away. */
export async function openSource(f: Figure, hash: string): Promise<void> {
  const list = element('dl', 'provenance');
  const row = (label: string, ...value: (Node | string)[]): void => list.append(element('div', '', element('dt', '', label), element('dd', '', ...value)));
  const reference = isPublished(f) ? document.getElementById(`ref-${f.paper}`) : null;
  if (reference) row('Source', ...[...reference.childNodes].map((n) => n.cloneNode(true)));
  for (const { label, text, href } of provenance(f)) {
    const link = element('a', '', text);
    link.href = href ?? '';
    link.target = '_blank';
    link.rel = 'noopener';
    row(label, href ? link : text);
  }
  const json = element('button', '', 'Download JSON');
  json.addEventListener('click', () => download(`${f.id}.json`, 'application/json', `${JSON.stringify(f, null, 1)}\n`));
  const csv = element('button', '', 'Download CSV');
  csv.addEventListener('click', () => download(`${f.id}.csv`, 'text/csv', toCsv(f)));
  const entry = element('a', '', 'In the evidence index');
  entry.href = pageAddress(`./evidence/#${f.id}`);
  const data = element('p', 'downloads', json, csv, entry, element('span', 'hash', `data ${hash}`));
  open(f.title, 'source', element('p', 'finding-text', f.finding), list, element('div', 'table-box', tableElement(toTable(f))), data);
}

/** What each key does. */
export function openKeys(keys: [string, string][]): void {
  const list = element('dl', 'provenance');
  for (const [key, does] of keys) list.append(element('div', '', element('dt', '', key), element('dd', '', does)));
  const check = element('a', '', 'Check this browser, screen and room');
  check.href = './preflight/';
  open('Keys', 'keys', list, element('p', '', 'Before the talk: ', check, '.'));
}

/** Every slide, backup first if asked for; typing a number, a word or an id narrows it, Enter goes. */
export function openIndex(entries: Entry[], current: string, first: 'talk' | 'backup', go: (id: string) => void): void {
  const search = element('input', '');
  search.type = 'search';
  search.placeholder = 'number, B-number or words';
  search.setAttribute('aria-label', 'Find a slide by number or words');
  const list = element('ol', 'slides-list');
  const ordered = first === 'backup' ? [...entries.filter((e) => e.backup), ...entries.filter((e) => !e.backup)] : entries;
  const items = ordered.map((e) => {
    const button = element('button', '', element('span', 'no', e.number), element('span', '', e.title));
    button.type = 'button';
    if (e.id === current) button.setAttribute('aria-current', 'page');
    button.addEventListener('click', () => choose(e.id));
    const text = `${e.title} ${e.id} ${e.section.textContent}`.toLowerCase();
    const item = element('li', e.backup ? 'backup' : '', button);
    list.append(item);
    return { e, item, button, text };
  });
  const none = element('p', 'none', 'No slide has that.');
  none.setAttribute('role', 'status');
  none.hidden = true;
  const dialog = open(first === 'backup' ? 'Backup slides' : 'All slides', 'index', search, none, list);
  function choose(id: string): void {
    dialog.close();
    go(id);
  }
  function filter(): void {
    const q = search.value.trim().toLowerCase();
    const exact = items.some((i) => i.e.number.toLowerCase() === q);
    for (const i of items) i.item.hidden = exact ? i.e.number.toLowerCase() !== q : !i.text.includes(q);
    none.hidden = items.some((i) => !i.item.hidden);
  }
  search.addEventListener('input', filter);
  dialog.addEventListener('keydown', (e) => {
    const shown = items.filter((i) => !i.item.hidden);
    const at = shown.findIndex((i) => i.button === document.activeElement);
    if (e.key === 'Enter' && e.target === search) {
      e.preventDefault();
      if (search.value && shown[0]) choose(shown[0].e.id);
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const to = at + (e.key === 'ArrowDown' ? 1 : -1);
      if (to < 0) search.focus();
      else shown[Math.min(to, shown.length - 1)]?.button.focus();
    }
  });
  search.focus();
}
