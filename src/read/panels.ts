// Panels on the page: live where one reads, pictures everywhere else, so that a long page stays light.
// The picture that was built stands until its panel is ready, comes back when it is far, and prints.
import { surroundings } from '../live/connect.ts';
import { dataOf, mountNow, panelOf, panelsIn, preload, resizeAll, unmount } from '../panels/host.ts';
import { stepCount, type PanelOptions } from '../panels/panel.ts';
import { readPlace, writePlace } from './address.ts';

const LIVE = 'live'; // its part of the query
const STAGES = ['pretrained', 'tuned', 'relearned'];
const query = new URLSearchParams(location.search);
const stills = new Map<HTMLElement, Node[]>();
const steps = new Map<HTMLElement, number>(); // where a reader has stepped to; else the end
const near = new Set<HTMLElement>();

const bodyOf = (figure: HTMLElement): HTMLElement => figure.querySelector<HTMLElement>('.panel-body')!;
const optionsOf = (figure: HTMLElement): PanelOptions => JSON.parse(figure.dataset.options!) as PanelOptions;
const isLive = (figure: HTMLElement): boolean => optionsOf(figure).view === 'live';
const partOf = (figure: HTMLElement): string => figure.closest<HTMLElement>('.part')!.id;

/** What was built, to be put back; and its height, for the chart that will fill it. */
function keep(figure: HTMLElement): void {
  const body = bodyOf(figure);
  if (!stills.has(figure)) stills.set(figure, [...body.childNodes]);
  if (!isLive(figure) && body.querySelector('.still')) body.style.minHeight = `${body.offsetHeight}px`;
}

/** Who has the focus in a figure keeps it there when what it was on is replaced. */
function keepFocus(figure: HTMLElement, replace: () => void): void {
  const had = bodyOf(figure).contains(document.activeElement);
  replace();
  if (had && !bodyOf(figure).contains(document.activeElement)) figure.querySelector<HTMLElement>('.chart, [tabindex], button')?.focus({ preventScroll: true });
}

async function wake(figure: HTMLElement): Promise<void> {
  if (!panelOf(figure)) keep(figure);
  await preload(figure);
  if (!near.has(figure) || !dataOf(figure)) return;
  if (!panelOf(figure)) keepFocus(figure, () => mountNow(figure, isLive(figure) ? 0 : steps.get(figure)));
  addStepper(figure);
  if (isLive(figure)) startLive(figure);
}

function sleep(figure: HTMLElement): void {
  if (isLive(figure) || !panelOf(figure)) return;
  unmount(figure);
  const body = bodyOf(figure);
  body.replaceChildren(...stills.get(figure)!);
  body.style.minHeight = '';
}

// --- steps: what a click reveals on the slide, a reader may go through too
function addStepper(figure: HTMLElement): void {
  const last = stepCount(dataOf(figure)!, optionsOf(figure));
  if (!last || isLive(figure) || figure.querySelector('.stepper')) return;
  const box = document.createElement('p');
  box.className = 'stepper';
  const told = document.createElement('span');
  told.setAttribute('role', 'status');
  const make = (text: string, label: string, by: number): HTMLButtonElement => {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = text;
    b.setAttribute('aria-label', label);
    b.addEventListener('click', () => go((steps.get(figure) ?? last) + by));
    return b;
  };
  const [back, on] = [make('←', 'Step back', -1), make('→', 'Step on', 1)];
  function go(step: number): void {
    const to = Math.max(0, Math.min(last, step));
    steps.set(figure, to);
    panelOf(figure)?.step(to);
    draw();
    writePlace({ id: partOf(figure), step: to });
  }
  function draw(): void {
    const at = steps.get(figure) ?? last;
    told.textContent = `${at + 1} of ${last + 1}`;
    // not disabled: that would take the focus from who has just pressed it
    back.setAttribute('aria-disabled', String(at === 0));
    on.setAttribute('aria-disabled', String(at === last));
  }
  box.append('Step by step: ', back, told, on);
  figure.append(box);
  draw();
}

// --- the live run
let isStarted = false;
function startLive(figure: HTMLElement): void {
  if (isStarted) return;
  isStarted = true;
  const { id, step } = readPlace() ?? {};
  if (id === partOf(figure) && step) panelOf(figure)!.step(step);
  new IntersectionObserver((changes) => panelOf(figure)?.shown?.(changes.at(-1)!.isIntersecting)).observe(bodyOf(figure));
}

function connectLive(figure: HTMLElement): void {
  Object.assign(surroundings, {
    device: query.get('device'),
    readAddress: () => query.get(LIVE) ?? '',
    writeAddress(text, at) {
      const to = new URL(location.href);
      if (text) to.searchParams.set(LIVE, text);
      else to.searchParams.delete(LIVE);
      const part = partOf(figure);
      const stage = STAGES.indexOf(at);
      if (stage > 0) to.hash = `${part}/${stage}`;
      else if (to.hash.startsWith(`#${part}/`)) to.hash = part;
      if (to.href !== location.href) history.replaceState(history.state, '', to);
    },
  } satisfies Partial<typeof surroundings>);
}

export function followPanels(): void {
  const all = panelsIn(document).filter((f) => f.dataset.src);
  const live = all.find(isLive);
  if (live) connectLive(live);

  const place = readPlace();
  const asked = place?.step !== undefined && all.find((f) => partOf(f) === place.id && !isLive(f));
  if (asked) steps.set(asked, place!.step!);

  const seen = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        const figure = target as HTMLElement;
        if (isIntersecting) {
          near.add(figure);
          void wake(figure);
        } else {
          near.delete(figure);
          if (!bodyOf(figure).contains(document.activeElement)) sleep(figure);
        }
      }
    },
    { rootMargin: '900px 0px' },
  );
  for (const f of all) seen.observe(f);
  // one that had the focus when it went out of sight
  document.addEventListener('focusout', (e) => {
    const figure = (e.target as Element).closest<HTMLElement>('figure.panel');
    if (figure && !near.has(figure) && !bodyOf(figure).contains(e.relatedTarget as Node | null)) setTimeout(() => near.has(figure) || sleep(figure));
  });
  // “Try again” has loaded it: the page's own part comes after
  document.addEventListener('click', (e) => {
    const figure = (e.target as Element).closest('.panel-error button')?.closest<HTMLElement>('figure.panel');
    if (figure) void wake(figure);
  });
  addEventListener('resize', () => {
    // the other picture's height, then its panel
    for (const f of near) {
      if (isLive(f) || !panelOf(f)) continue;
      keepFocus(f, () => {
        sleep(f);
        keep(f);
        mountNow(f, steps.get(f));
      });
    }
    resizeAll(document);
  });

  // paper gets the pictures, all of them, and every table
  const opened: HTMLDetailsElement[] = [];
  let focused: HTMLElement | undefined;
  addEventListener('beforeprint', () => {
    focused = document.activeElement?.closest<HTMLElement>('.chart')?.closest<HTMLElement>('figure.panel:not(.view-live)') ?? undefined;
    all.forEach(sleep);
    if (live) panelOf(live)?.final();
    for (const d of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
      d.open = true;
      opened.push(d);
    }
  });
  addEventListener('afterprint', () => {
    for (const d of opened.splice(0)) d.open = false;
    if (focused) {
      keep(focused);
      mountNow(focused, steps.get(focused));
      focused.querySelector<HTMLElement>('.chart')?.focus({ preventScroll: true });
    }
    for (const f of near) void wake(f);
  });
}
