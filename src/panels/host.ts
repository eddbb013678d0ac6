// Finds <figure class="panel">, loads and checks its data, mounts its view; and says in the
// figure's own box what went wrong when it cannot. Charts code is loaded with the first chart.
//
//   waiting → loading → ready → (unmounted) waiting        loading → failed → (retry) loading
import type { Figure } from '../results.ts';
import { fetchFile } from '../site/files.ts';
import type { Mount, Panel, PanelOptions } from './panel.ts';
import { mount as mountTable } from './table.ts';
import { mount as mountText } from './text.ts';

interface Slot {
  figure: HTMLElement;
  body: HTMLElement;
  options: PanelOptions;
  data?: Figure;
  panel?: Panel;
  loading?: Promise<void>;
}

const slots = new WeakMap<HTMLElement, Slot>();
const found = (root: ParentNode): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('figure.panel')];

function slotOf(figure: HTMLElement): Slot {
  let slot = slots.get(figure);
  if (!slot) {
    slot = { figure, body: figure.querySelector<HTMLElement>('.panel-body')!, options: JSON.parse(figure.dataset.options!) as PanelOptions };
    slots.set(figure, slot);
  }
  return slot;
}

const mounts = new Map<string, Mount>();
/** The view's code; after this, mounting is synchronous. */
async function loadView(options: PanelOptions): Promise<void> {
  const { view } = options;
  if (mounts.has(view)) return;
  if (view === 'live') {
    const live = await import('../live/panel.ts');
    await live.load(options);
    return void mounts.set(view, live.mount);
  }
  mounts.set(view, view === 'table' ? mountTable : view === 'text' ? mountText : (await import('./chart.ts')).mount); // the small ones are no request of their own
}

async function fetchFigure(url: string): Promise<Figure> {
  const name = url.split('/').pop()!;
  const schema = import('../results.ts'); // beside the data, not after it; the first slide needs neither
  let response: Response;
  try {
    response = await fetchFile(url);
  } catch {
    throw new Error(`${name}: could not be fetched (no connection, and not kept from before)`);
  }
  // a static host may answer a missing file with a page
  if (!response.ok || response.headers.get('content-type')?.includes('text/html')) throw new Error(`${name}: is missing on the server (${response.status})`);
  return (await schema).parseFigure(name, await response.text());
}

function fail(slot: Slot, reason: unknown): void {
  const message = reason instanceof Error ? reason.message : String(reason);
  const box = document.createElement('div');
  box.className = 'panel-error';
  box.setAttribute('role', 'alert');
  const title = document.createElement('strong');
  title.textContent = 'This figure cannot be shown';
  const text = document.createElement('p');
  text.textContent = message;
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = 'Try again';
  again.addEventListener('click', () => {
    void preload(slot.figure).then(() => {
      mountNow(slot.figure);
      slot.body.querySelector<HTMLElement>('.chart, .panel-error button')?.focus({ preventScroll: true }); // what had the focus is gone
    });
  });
  box.append(title, text, again);
  const still = slot.body.querySelector('.still'); // the picture that was built goes on saying what it can
  if (still) title.textContent = 'This is the picture; the chart that answers to a pointer cannot be shown';
  slot.body.querySelector('.panel-error')?.remove();
  if (still) slot.body.append(box);
  else slot.body.replaceChildren(box);
  slot.body.dataset.state = 'failed';
}

/** Loads a panel's data and code, ahead of being seen. Never rejects: a failure shows in the panel. */
export function preload(figure: HTMLElement): Promise<void> {
  const slot = slotOf(figure);
  if (slot.data) return Promise.resolve();
  slot.loading ??= (async () => {
    slot.body.dataset.state = 'loading';
    try {
      const [data] = await Promise.all([fetchFigure(figure.dataset.src!), loadView(slot.options)]);
      if (data.id !== figure.dataset.figure) throw new Error(`${figure.dataset.src!}: holds “${data.id}”, not “${figure.dataset.figure!}”`);
      slot.data = data;
      slot.body.dataset.state = 'waiting';
    } catch (e) {
      fail(slot, e);
    }
    delete slot.loading;
  })();
  return slot.loading;
}

/** Mounts a preloaded panel at `step` (default: its last). Synchronous; does nothing before preload. */
export function mountNow(figure: HTMLElement, step?: number): void {
  const slot = slotOf(figure);
  if (!slot.data) return;
  if (!slot.panel) {
    try {
      slot.panel = mounts.get(slot.options.view)!(slot.body, slot.data, slot.options);
      slot.body.dataset.state = 'ready';
    } catch (e) {
      return fail(slot, e);
    }
  }
  if (step === undefined) slot.panel.final();
  else slot.panel.step(step);
}

/** Loads if need be, then mounts. */
export async function show(figure: HTMLElement, step?: number): Promise<void> {
  await preload(figure);
  mountNow(figure, step);
}

export function unmount(figure: HTMLElement): void {
  const slot = slotOf(figure);
  slot.panel?.destroy();
  delete slot.panel;
  if (slot.data) slot.body.dataset.state = 'waiting';
}

export const panelOf = (figure: HTMLElement): Panel | undefined => slots.get(figure)?.panel;
export const dataOf = (figure: HTMLElement): Figure | undefined => slots.get(figure)?.data;
export const preloadAll = async (root: ParentNode): Promise<void> => void (await Promise.all(found(root).map(preload)));
export const mountAll = (root: ParentNode): void => found(root).forEach((f) => mountNow(f));
export const redrawAll = (root: ParentNode): void => found(root).forEach((f) => panelOf(f)?.redraw());
export const resizeAll = (root: ParentNode): void => found(root).forEach((f) => panelOf(f)?.resize());
export { found as panelsIn };
