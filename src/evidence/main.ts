// The evidence index: filters kept in the address, panels mounted as they come into view.
import '../deck/fonts.css';
import '../deck/tokens.css';
import './evidence.css';
import { dataOf, panelsIn, preload, preloadAll, mountAll, redrawAll, show } from '../panels/host.ts';
import { recall } from '../deck/storage.ts';
import { toCsv } from '../panels/table.ts';

const form = document.querySelector<HTMLFormElement>('.filters')!;
const entries = [...document.querySelectorAll<HTMLElement>('article.entry')];
const theme = new URLSearchParams(location.search).get('theme') ?? recall('localStorage', 'theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

const FIELDS = ['whose', 'claim', 'stance', 'read', 'q'] as const;
const field = (name: string): HTMLInputElement | HTMLSelectElement => form.elements.namedItem(name) as HTMLInputElement;

function readAddress(): void {
  const query = new URLSearchParams(location.search);
  for (const name of FIELDS) field(name).value = query.get(name) ?? '';
}

/** Shows what matches; `?ids=a,b` (a slide's own sources) narrows before the filters do. */
function filter(): void {
  const ids = new URLSearchParams(location.search).get('ids')?.split(',');
  const [whose, claim, stance, read, q] = FIELDS.map((n) => field(n).value.trim());
  const words = q!.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const e of entries) {
    const text = e.textContent.toLowerCase();
    const match =
      (!ids || ids.includes(e.id)) &&
      (!whose || e.dataset.whose === whose) &&
      (!claim || e.dataset.claims!.split(' ').includes(claim)) &&
      (!stance || e.dataset.stance === stance) &&
      (!read || e.dataset.read === read) &&
      words.every((w) => text.includes(w));
    e.hidden = !match;
    if (match) shown++;
  }
  form.querySelector('.count')!.textContent = shown === entries.length ? `${shown} entries` : `${shown} of ${entries.length} entries`;
}

form.addEventListener('input', () => {
  const query = new URLSearchParams(location.search); // what else it holds (ids, theme) stays
  for (const n of FIELDS) {
    if (field(n).value) query.set(n, field(n).value);
    else query.delete(n);
  }
  history.replaceState(null, '', `${query.size ? `?${query}` : location.pathname}${location.hash}`);
  filter();
});
form.addEventListener('submit', (e) => e.preventDefault());
addEventListener('popstate', () => {
  readAddress();
  filter();
});

/** Scrolls to the entry that the address names: again while panels above it grow, until the reader moves. */
let isRead = false;
for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) addEventListener(type, () => (isRead = true), { once: true, passive: true });
function toEntry(): void {
  if (location.hash && !isRead && document.documentElement.dataset.loaded !== 'all') document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

const seen = new IntersectionObserver(
  (changes) => {
    void Promise.all(changes.filter((c) => c.isIntersecting).map((c) => show(c.target as HTMLElement))).then(toEntry);
  },
  { rootMargin: '600px' },
);
for (const p of panelsIn(document)) seen.observe(p);

document.addEventListener('click', (e) => {
  const button = (e.target as Element).closest<HTMLElement>('button.csv');
  if (!button) return;
  const panel = button.closest('article')!.querySelector<HTMLElement>('figure.panel')!;
  void preload(panel).then(() => {
    const data = dataOf(panel);
    if (!data) return;
    const a = document.createElement('a');
    a.href = URL.createObjectURL(new Blob([toCsv(data)], { type: 'text/csv' }));
    a.download = `${data.id}.csv`;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
  });
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redrawAll(document));
addEventListener('beforeprint', () => mountAll(document));

readAddress();
filter();
toEntry();
requestIdleCallback?.(() => void preloadAll(document).then(() => (document.documentElement.dataset.loaded = 'all')));
