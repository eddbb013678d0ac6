// A plain <dialog>: Escape, its button or a click beside it closes it; focus stays in and goes back.
// And the small things that dialogs are made with.
import './dialog.css';

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}

export function open(title: string, className: string, ...content: Node[]): HTMLDialogElement {
  const close = element('button', 'close', 'Close');
  close.type = 'button';
  const heading = element('h2', '', title);
  heading.id = 'dialog-title';
  const dialog = element('dialog', className, element('header', '', heading, close), ...content);
  dialog.setAttribute('aria-labelledby', heading.id);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (e) => {
    if (e.target === dialog) dialog.close(); // the backdrop
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function download(name: string, type: string, text: string): void {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([text], { type }));
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}
