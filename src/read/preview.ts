// A reference or a term, shown where it is named: on hover, on focus, on a tap. The link still
// leads to the whole list. Escape, or going elsewhere, closes it.
const GAP = 8;

export function addPreviews(): void {
  const box = document.createElement('div');
  box.className = 'preview';
  box.id = 'preview';
  box.popover = 'manual';
  document.body.append(box);
  let of: HTMLAnchorElement | undefined;
  let closing: ReturnType<typeof setTimeout> | undefined;

  const linkAt = (e: Event): HTMLAnchorElement | null => (e.target instanceof Element ? e.target.closest<HTMLAnchorElement>('a.term, a.cite, a.source:not(.ours)') : null);
  function close(): void {
    clearTimeout(closing);
    of?.removeAttribute('aria-describedby');
    of = undefined;
    if (box.matches(':popover-open')) box.hidePopover();
  }
  function open(link: HTMLAnchorElement): void {
    clearTimeout(closing);
    if (link === of) return;
    close();
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    of = link;
    box.replaceChildren(...[...target.childNodes].map((n) => n.cloneNode(true)));
    box.showPopover();
    link.setAttribute('aria-describedby', box.id);
    place(link);
  }
  function place(link: HTMLAnchorElement): void {
    const lines = [...link.getClientRects()]; // it may run over two, and is not to be covered
    const [first, last] = [lines[0] ?? link.getBoundingClientRect(), lines.at(-1) ?? link.getBoundingClientRect()];
    const { width, height } = box.getBoundingClientRect();
    const below = last.bottom + GAP + height < innerHeight;
    box.style.left = `${Math.max(GAP, Math.min(below ? last.left : first.left, document.documentElement.clientWidth - width - GAP))}px`;
    box.style.top = `${Math.max(GAP, below ? last.bottom + GAP : first.top - GAP - height)}px`;
  }
  /** With time to move from the link onto the preview. */
  const closeSoon = (): void => {
    clearTimeout(closing);
    closing = setTimeout(close, 250);
  };

  document.addEventListener('pointerover', (e) => {
    if (e.pointerType !== 'mouse') return;
    const link = linkAt(e);
    if (link) open(link);
    else if (box.contains(e.target as Node)) clearTimeout(closing);
    else if (of) closeSoon();
  });
  document.addEventListener('focusin', (e) => {
    const link = linkAt(e);
    if (link?.matches(':focus-visible')) open(link);
    else if (!box.contains(e.target as Node)) close();
  });
  let touched = false; // a tap shows; the link inside goes
  document.addEventListener('pointerdown', (e) => {
    touched = e.pointerType !== 'mouse';
    if (!box.contains(e.target as Node) && !linkAt(e)) close();
  });
  document.addEventListener('click', (e) => {
    const link = linkAt(e);
    if (!link || box.contains(link)) return;
    if (touched && link !== of) {
      e.preventDefault();
      open(link);
    } else close();
  });
  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && of) close();
  });
  addEventListener(
    'scroll',
    () => {
      if (!of) return;
      const { top, bottom } = of.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) close();
      else place(of);
    },
    { passive: true },
  );
}
