// Elements made in one call, for the parts of the live panel. Knows nothing of what they say.

/** An element with its class and children. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}

export function button(text: string, fn: () => void): HTMLButtonElement {
  const b = element('button', '', text);
  b.type = 'button';
  b.addEventListener('click', fn);
  return b;
}

/** Sets a text without disturbing what has not changed: a live region repeats whatever is written. */
export function write(e: HTMLElement, text: string): void {
  if (e.textContent !== text) e.textContent = text;
  e.hidden = !text;
}

/** A control with its label around it; `set` shows a value that somebody else chose. */
export interface Control<T> {
  box: HTMLLabelElement;
  set(value: T): void;
}

export function select<T extends string | number>(label: string, options: readonly (readonly [value: T, text: string])[], chosen: (value: T) => void): Control<T> {
  const list = element('select');
  for (const [value, text] of options) list.append(new Option(text, String(value)));
  list.addEventListener('change', () => chosen(options[list.selectedIndex]![0]));
  return {
    box: element('label', '', `${label} `, list),
    set: (value) => void (list.value === String(value) || (list.value = String(value))),
  };
}

/** A number to be typed; `read` gives undefined for what is none, and `refused` says so. */
export function field(label: string, read: (text: string) => number | undefined, chosen: (value: number) => void, refused: (text: string | undefined) => void): Control<number> & { input: HTMLInputElement } {
  const input = element('input');
  Object.assign(input, { type: 'text', inputMode: 'numeric', autocomplete: 'off' });
  input.addEventListener('change', () => {
    const value = read(input.value.trim());
    input.setAttribute('aria-invalid', String(value === undefined));
    refused(value === undefined ? input.value : undefined);
    if (value !== undefined) chosen(value);
  });
  return {
    input,
    box: element('label', '', `${label} `, input),
    set: (value) => void (document.activeElement === input || (input.value = String(value))),
  };
}
