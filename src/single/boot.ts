// Starts a page of the one file: takes its body out of its <template>, points its links to where they
// lead in here, and runs its script. Pages know nothing of this.
import { pageAddress, pageName } from './address.ts';
import { linkTo } from './files.ts';

/** A link between pages or to a file is relative; what stays on the page begins with #, and the rest has a scheme. */
function point(a: Element): void {
  const to = a.getAttribute('href');
  if (!to || !/^\.{1,2}\//.test(to)) return;
  a.setAttribute('href', linkTo(to) ?? pageAddress(to));
}

const pointAll = (root: ParentNode): void => root.querySelectorAll('a[href]').forEach(point);

export function start(pages: Record<string, () => Promise<unknown>>): void {
  const name = pageName();
  const template = document.querySelector<HTMLTemplateElement>(`template[data-page="${CSS.escape(name)}"]`);
  if (!template) {
    const p = document.createElement('p');
    p.textContent = `This file has no page “${name}”. `;
    const a = document.createElement('a');
    a.href = location.pathname;
    a.textContent = 'To the slides';
    p.append(a);
    return document.body.replaceChildren(p);
  }
  document.title = template.dataset.title!;
  document.body.className = template.className;
  const body = document.importNode(template.content, true);
  pointAll(body);
  document.body.replaceChildren(body);
  // notes, dialogs and tables come later
  new MutationObserver((changes) => {
    for (const c of changes) {
      if (c.type === 'attributes') point(c.target as Element);
      for (const n of c.addedNodes) if (n instanceof Element) (point(n), pointAll(n));
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['href'] });
  void pages[name]!();
}
