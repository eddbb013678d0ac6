// Print: every slide a page, every panel final, links inside the file, then the numbers. The same
// for `npm run pdf` and for the browser's own print command. The deck's own view mode of reveal is
// not used: its print view leaves all slides but one out of tags and outline.
import { mountAll, preloadAll, resizeAll } from '../panels/host.ts';

let undo: (() => void)[] = [];

/** Everything a print needs, loaded: call before `layout`. Never rejects; failures show in panels. */
export const prepare = async (slides: HTMLElement): Promise<void> => {
  await Promise.all([preloadAll(slides), document.fonts.ready]);
};

function set(e: Element, name: string, value: string | null): void {
  const old = e.getAttribute(name);
  if (old === value) return;
  if (value === null) e.removeAttribute(name);
  else e.setAttribute(name, value);
  undo.push(() => (old === null ? e.removeAttribute(name) : e.setAttribute(name, old)));
}

/** Lays the deck out as pages, at once and completely: it must finish inside `beforeprint`. */
export function layout(slides: HTMLElement): void {
  if (undo.length) return;
  set(document.documentElement, 'class', `${document.documentElement.className} printing`.trim());
  set(slides, 'style', null);
  for (const s of slides.querySelectorAll<HTMLElement>(':scope > section')) {
    for (const name of ['hidden', 'aria-hidden', 'inert', 'style']) set(s, name, null);
    set(s, 'class', [...s.classList].filter((c) => !['past', 'present', 'future'].includes(c)).join(' '));
    for (const f of s.querySelectorAll('.fragment')) set(f, 'class', 'fragment visible step');
  }
  for (const a of document.querySelectorAll<HTMLAnchorElement>('a[href^="#/"]')) set(a, 'href', `#${a.getAttribute('href')!.slice(2)}`);
  mountAll(slides);
  resizeAll(slides);
}

/** Back to the talk. */
export function restore(): void {
  for (const f of undo.reverse()) f();
  undo = [];
}

/** Ctrl+P prints what has loaded by then; all figures load in the background after the first. */
export function followBrowser(slides: HTMLElement, after: () => void): void {
  addEventListener('beforeprint', () => layout(slides));
  addEventListener('afterprint', () => {
    if (document.documentElement.dataset.print !== undefined) return; // our exporter keeps the layout
    restore();
    after();
  });
}
