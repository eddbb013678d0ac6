// Where the reader is: how far, in which part, and where he left the last time.
import { recall, remember } from '../deck/storage.ts';
import { readPlace } from './address.ts';

const KEPT = 'read';

export function followPlace(): void {
  const parts = [...document.querySelectorAll<HTMLElement>('.part')];
  const links = new Map([...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((a) => [a.hash.slice(1), a]));
  const bar = document.querySelector<HTMLElement>('.bar')!;
  const contents = document.querySelector<HTMLDetailsElement>('.contents')!;
  const wide = matchMedia('(min-width: 1180px)');
  const fit = (): void => void (contents.open = wide.matches);
  fit();
  wide.addEventListener('change', fit);
  contents.addEventListener('click', (e) => {
    if ((e.target as Element).closest('a') && !wide.matches) contents.open = false;
  });

  /** Keeps the entry of this part in sight, in a list longer than the window. */
  function follow(link: HTMLElement): void {
    const { top, bottom } = link.getBoundingClientRect();
    const box = contents.getBoundingClientRect();
    if (top < box.top + 40 || bottom > box.bottom - 80) contents.scrollTop += top - box.top - box.height / 3;
  }

  offerReturn(parts);

  let current: HTMLElement | undefined;
  function show(at: HTMLElement | undefined): void {
    if (at === current) return;
    current = at;
    for (const a of links.values()) a.removeAttribute('aria-current');
    if (!at) return;
    const link = links.get(at.id);
    link?.setAttribute('aria-current', 'true');
    for (const li of contents.querySelectorAll('nav > ol > li')) li.classList.toggle('here', Boolean(link && li.contains(link)));
    if (link && wide.matches) follow(link);
    remember('localStorage', KEPT, at === parts[0] ? '' : at.id);
  }
  // the part across a line in the window's upper third; between two parts, the last one; none above the first
  const crossing = new Set<Element>();
  const line = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        if (isIntersecting) crossing.add(target);
        else crossing.delete(target);
      }
      const isAbove = changes.some(({ target, isIntersecting, boundingClientRect, rootBounds }) => target === parts[0] && !isIntersecting && boundingClientRect.top > (rootBounds?.bottom ?? 0));
      if (crossing.size) show(parts.findLast((p) => crossing.has(p)));
      else if (isAbove) show(undefined);
    },
    { rootMargin: '-30% 0px -70% 0px' },
  );
  for (const p of parts) line.observe(p);

  let asked = false;
  addEventListener(
    'scroll',
    () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        bar.style.transform = `scaleX(${scrollY / Math.max(1, document.documentElement.scrollHeight - innerHeight)})`;
      });
    },
    { passive: true },
  );

  // #part/step is no element's id: the browser cannot go there by itself
  const go = (): void => {
    const place = readPlace();
    if (place?.step !== undefined) document.getElementById(place.id)?.scrollIntoView();
    else if (place && !document.getElementById(place.id)) sayMissing(place.id);
  };
  addEventListener('hashchange', go);
  go();
}

function offerReturn(parts: readonly HTMLElement[]): void {
  const part = parts.find((p) => p.id === recall('localStorage', KEPT));
  if (!part || location.hash) return;
  const link = document.createElement('a');
  link.href = `#${part.id}`;
  link.textContent = part.querySelector('h3')?.textContent ?? '';
  say('You were here the last time: ', link);
}

const sayMissing = (id: string): void => say(`There is no part “${id}” in this article: this is its beginning.`);

function say(...what: (string | Node)[]): void {
  document.querySelector('.notice')?.remove();
  const box = document.createElement('p');
  box.className = 'notice';
  box.setAttribute('role', 'status');
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Dismiss');
  const text = document.createElement('span');
  text.append(...what);
  box.append(text, close);
  box.addEventListener('click', (e) => {
    if ((e.target as Element).closest('a, button')) box.remove();
  });
  document.body.append(box);
}
