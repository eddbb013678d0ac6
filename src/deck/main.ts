// The deck: reveal.js with our slides, keys and panels. State is (slide, step), nothing else:
// panels are told their step from what reveal shows, never from the event that led there.
import Reveal, { type RevealApi, type RevealConfig } from 'reveal.js';
import 'reveal.js/reveal.css';
import './fonts.css';
import './tokens.css';
import './parts.css';
import './deck.css';
import './print.css';
import { dataOf, mountNow, panelOf, panelsIn, preload, redrawAll, resizeAll, show, unmount } from '../panels/host.ts';
import { surroundings } from '../live/connect.ts';
import { pageAddress } from '../site/address.ts';
import { fetchFile } from '../site/files.ts';
import { openChannel, ownSession, type State } from './channel.ts';
import { applyCut, CUTS, type Entry } from './cut.ts';
import { createPointer } from './pointer.ts';
import type { Handed, Handout } from './handout.ts';
import * as print from './print.ts';
import { createStage, type Place } from './stage.ts';
import { recall, remember } from './storage.ts';
import { createWake } from './wake.ts';
import type { LiveMessage } from '../live/mirror.ts';

const query = new URLSearchParams(location.search);
const root = document.documentElement;
const reveal = document.querySelector<HTMLElement>('.reveal')!;
const slides = reveal.querySelector<HTMLElement>('.slides')!;
const embed = query.get('embed'); // “current” or “next”: a picture inside the speaker view
if (embed) root.dataset.embed = embed;

function notice(text: string): void {
  const p = document.createElement('p');
  p.className = 'notice';
  p.setAttribute('role', 'status');
  p.textContent = text;
  document.body.append(p);
  setTimeout(() => p.remove(), 6000);
}

// --- what the address asks for
const asked = query.get('cut');
const cut = asked && CUTS.includes(asked) ? asked : '25';
if (asked && asked !== cut) notice(`There is no ${asked}-minute cut. This is the ${cut}-minute one; there are ${CUTS.join(' and ')}.`);
const themeAsked = query.get('theme') ?? recall('localStorage', 'theme');
if (themeAsked === 'light' || themeAsked === 'dark') root.dataset.theme = themeAsked;
else if (query.get('theme')) notice(`There is no theme “${query.get('theme')!}”: light or dark.`);

const entries = applyCut(slides, cut);
const byId = new Map(entries.map((e) => [e.id, e]));
const main = entries.filter((e) => !e.backup);
const chapterNames = [...document.querySelectorAll('.progress a')];
if (query.has('cut')) for (const a of document.querySelectorAll<HTMLAnchorElement>('.progress a')) relink(a);

/** A chapter's bar leads to its first slide in this cut; a chapter outside it has none. */
function relink(a: HTMLAnchorElement): void {
  const first = main.find((e) => e.chapter === Number(a.dataset.chapter));
  if (first) a.href = `#/${first.id}`;
  a.hidden = !first;
}

// --- reveal
const narrow = matchMedia('(max-width: 699px)');
const isNarrow = (): boolean => narrow.matches && !embed;
const size = (): { width: number; height: number } => (isNarrow() ? { width: Math.max(1, innerWidth), height: Math.max(1, innerHeight) } : { width: 1280, height: 720 }); // a frame may have no size yet, and no scale is no number
const CLICKER = ['PageUp', 'PageDown', '.', 'b', 'B', 'F5'];
const config: RevealConfig & { keyboardCondition: (e: KeyboardEvent) => boolean } = {
  ...size(),
  margin: 0,
  minScale: 0.1,
  maxScale: 6,
  center: false,
  display: 'grid',
  controls: false,
  progress: false,
  hash: !embed,
  fragmentInURL: true,
  respondToHashChanges: !embed,
  jumpToSlide: false,
  help: false, // ours: reveal's list of keys and its overview fail accessibility checks
  overview: false,
  transition: 'none',
  backgroundTransition: 'none',
  autoAnimate: false,
  scrollActivationWidth: 0,
  viewDistance: 3,
  mobileViewDistance: 2,
  keyboard: !embed,
  touch: !embed,
  // a focused control keeps its keys; a clicker's keys always page
  keyboardCondition: (e) => {
    if (document.querySelector('dialog[open]')) return false;
    const on = e.target as Element | null;
    if (on?.closest?.('input, textarea, select, [contenteditable]')) return false;
    if (CLICKER.includes(e.key)) return true;
    return !on?.closest?.('button, a[href], summary, [data-keys]') && !scrolls(e);
  },
};
const deck: RevealApi = new Reveal(reveal, config as RevealConfig);
/** On a small screen the up and down keys scroll a long slide, and step when it is at its end. */
function scrolls({ key, repeat }: KeyboardEvent): boolean {
  const by = { ArrowDown: 80, ArrowUp: -80 }[key];
  const slide = deck.getCurrentSlide();
  if (!by || !isNarrow()) return false;
  const before = slide.scrollTop;
  slide.scrollBy(0, by);
  return slide.scrollTop !== before || repeat; // held down, it stops at the end
}
const here = (): Entry => byId.get(deck.getCurrentSlide().id)!;

/** The step of a panel: how many of its slide's step fragments reveal shows. */
const stepOf = (figure: HTMLElement): number =>
  figure.closest('section')!.querySelectorAll(`.fragment.step.visible[data-for="${figure.dataset.figure!}"]`).length;

function sync(): void {
  const current = deck.getCurrentSlide();
  const at = entries.findIndex((e) => e.section === current);
  for (const f of panelsIn(current)) {
    if (dataOf(f)) mountNow(f, stepOf(f));
    else void show(f).then(() => mountNow(f, stepOf(f))).then(tellShown);
  }
  tellShown();
  // the neighbours are ready before they are asked for; the far ones let go
  whenIdle(() => {
    entries.forEach((e, i) => {
      const near = i - at <= 2 && i - at >= -1;
      for (const f of panelsIn(e.section)) {
        if (e.section === deck.getCurrentSlide()) continue;
        if (near) void preload(f).then(() => e.section.offsetWidth && mountNow(f, stepOf(f)));
        else if (Math.abs(i - at) > 4) unmount(f);
      }
    });
  });
  const e = here();
  root.dataset.backup = String(isAside(e));
  stage?.shows(place(), isAside(e));
  document.title = `${e.number}. ${e.title} · Dented, not erased`;
  progress(e);
  broadcast();
}
/** Panels that compute do so only while their slide is on screen. */
function tellShown(): void {
  for (const f of panelsIn(slides)) panelOf(f)?.shown?.(f.closest('section') === deck.getCurrentSlide());
}
const whenIdle = (fn: () => void | Promise<void>): void => void ('requestIdleCallback' in window ? requestIdleCallback(fn, { timeout: 600 }) : setTimeout(fn, 60));

function progress(e: Entry): void {
  for (const a of document.querySelectorAll<HTMLElement>('.progress a')) {
    const own = main.filter((m) => String(m.chapter) === a.dataset.chapter);
    const done = own.filter((m) => Number(m.number) <= Number(e.number)).length;
    a.style.setProperty('--share', String(own.length));
    a.style.setProperty('--done', e.backup ? '0' : String(done / (own.length || 1)));
    if (!e.backup && String(e.chapter) === a.dataset.chapter) a.setAttribute('aria-current', 'true');
    else a.removeAttribute('aria-current');
  }
}

// --- going about: the index, back to where one was
let comeBack: Place | undefined;
const place = (): Place => ({ id: here().id, fragment: deck.getIndices().f ?? -1 });
let isSentThere = false; // by its address or from a list, not by paging
function go(id: string, fragment = -1): void {
  const e = byId.get(id);
  if (!e) return notice(`There is no slide “${id}”.`);
  const { h, v } = deck.getIndices(e.section);
  isSentThere = true;
  deck.slide(h, v, fragment);
  isSentThere = false;
}
function jump(id: string): void {
  const to = byId.get(id);
  if (to && isAside(to) && !isAside(here())) comeBack = place();
  go(id);
}
/** The slide that paging shows after `e`, or before it. */
function neighbourOf(e: Entry, by: 1 | -1): Entry | undefined {
  let i = entries.indexOf(e) + by;
  while (entries[i] && stage?.passes(entries[i]!.id)) i += by;
  return entries[i];
}
/** On the exit ramp: paging, by whatever key or finger, goes on to the next slide that is not passed over. */
function passOver(event: Event): void {
  const to = entries[(event as Event & { indexh: number }).indexh];
  const by = to ? entries.indexOf(to) - entries.indexOf(here()) : 0;
  if (!to || (by !== 1 && by !== -1) || isSentThere || !stage?.passes(to.id) || location.hash.split('/')[1] === to.id) return;
  event.preventDefault();
  const on = neighbourOf(here(), by);
  if (on) deck.slide(entries.indexOf(on), 0);
}
function goBack(): void {
  if (!comeBack) return notice('Nowhere to return to: R returns from a backup slide.');
  const { id, fragment } = comeBack;
  comeBack = undefined;
  go(id, fragment);
}

function setTheme(theme: string): void {
  root.dataset.theme = theme;
  remember('localStorage', 'theme', theme);
  redrawAll(slides);
  broadcast();
}
const isDark = (): boolean => getComputedStyle(root).colorScheme === 'dark' || (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);

// --- the windows of a talk
const session = query.get('session') ?? ownSession();
const channel = openChannel(session);
const pointer = createPointer(slides, channel);

// --- presenting: the clock, questions, the exit ramp, a rehearsal, and a screen that stays awake
let isAttended = false; // a speaker view is open, and shows what only the speaker need know
const tell = (text: string): void => (isAttended ? channel.send({ type: 'note', text }) : notice(text));
const stops = main.map(({ section: _, backup: __, ...stop }) => stop);
const backup = Object.fromEntries(entries.filter((e) => e.backup).map((e) => [e.id, `${e.number} ${e.title}`]));
const stage = embed
  ? undefined
  : createStage(cut, stops, { rehearse: query.has('rehearse'), changed: () => broadcast(), say: tell });
const wake = embed ? undefined : createWake(() => deck.isReady() && broadcast());
/** Not on the way: backup, or passed over. */
function isAside(e: Entry): boolean {
  return e.backup || Boolean(stage?.passes(e.id));
}
function toggleQuestions(): void {
  const back = stage!.toggleQuestions(place());
  if (back) {
    comeBack = beforeQuestions;
    go(back.id, back.fragment);
  } else {
    beforeQuestions = comeBack;
    tell(`Questions: the clock waits. Q again returns to slide ${here().number}.`);
  }
}
let beforeQuestions: Place | undefined;
function toggleRamp(): void {
  if (!stage!.toggleRamp()) tell(cut === CUTS[0] ? 'No exit ramp: this is the shortest cut.' : 'No exit ramp: every slide left is in the shortest cut too.');
}
function toggleRehearsal(): void {
  const on = !stage!.told().rehearsing;
  stage!.rehearse(on);
  if (on || !query.has('rehearse')) return;
  const to = new URL(location.href); // a reload is not to begin it again
  to.searchParams.delete('rehearse');
  history.replaceState(history.state, '', to);
}

// --- the live run: computed in this window alone, shown in all
const LIVE = 'live'; // its part of the address
Object.assign(surroundings, {
  isMirror: Boolean(embed),
  device: query.get('device'),
  link: {
    send: channel.send,
    listen: (fn: (m: LiveMessage) => void) => channel.listen((m) => void (m.type === 'live' || m.type === 'live-hello' || m.type === 'live-ask' ? fn(m) : 0)),
  },
  go(figure: HTMLElement, step: number) {
    const section = figure.closest('section')!;
    if (embed) return channel.send({ type: 'goto', id: section.id, fragment: step - 1 });
    go(section.id, step - 1);
  },
  readAddress: () => query.get(LIVE) ?? '',
  writeAddress(text: string) {
    const to = new URL(location.href);
    if ((to.searchParams.get(LIVE) ?? '') === text || embed) return;
    if (text) to.searchParams.set(LIVE, text);
    else to.searchParams.delete(LIVE);
    history.replaceState(history.state, '', to);
  },
} satisfies typeof surroundings);

let notes: Record<string, string> | undefined;
async function loadNotes(): Promise<void> {
  try {
    notes ??= (await (await fetchFile(reveal.dataset.notes!)).json()) as Record<string, string>;
  } catch {
    notice('The speaker’s notes could not be loaded.');
  }
}

function state(): State {
  const e = here();
  const fragment = deck.getIndices().f ?? -1;
  const more = e.section.querySelectorAll('.fragment:not(.visible)').length > 0;
  const after = neighbourOf(e, 1);
  const next = more ? { id: e.id, fragment: fragment + 1, title: 'Next step on this slide' } : after ? { id: after.id, fragment: -1, title: `${after.number}. ${after.title}` } : null;
  return {
    type: 'state',
    id: e.id,
    fragment,
    number: e.number,
    total: main.length,
    title: e.title,
    chapter: chapterNames[e.chapter]?.textContent ?? 'Backup',
    notes: notes?.[e.id] ?? '',
    next,
    isBackup: isAside(e),
    cut,
    stops,
    backup,
    stage: stage!.told(),
    awake: wake!.state(),
    paused: deck.isPaused(),
    theme: root.dataset.theme ?? '',
  };
}
const broadcast = (): void => {
  if (!embed) channel.send(state());
};
channel.listen((m) => {
  if (m.type === 'pointer') return pointer.show(m);
  if (embed) {
    if (m.type !== 'state') return;
    if (m.theme && m.theme !== root.dataset.theme) {
      root.dataset.theme = m.theme;
      redrawAll(slides);
    }
    if (embed === 'next') return m.next ? go(m.next.id, m.next.fragment) : undefined;
    return go(m.id, m.fragment);
  }
  if (m.type === 'hello') {
    if (m.from === 'speaker') {
      isAttended = true;
      stage!.expect();
      wake!.start();
    }
    void loadNotes().then(broadcast);
  }
  if (m.type === 'bye') isAttended = false;
  if (m.type === 'goto') go(m.id, m.fragment);
  if (m.type === 'command') COMMANDS[m.do]();
});
const COMMANDS = {
  next: () => deck.next(),
  prev: () => deck.prev(),
  pause: () => deck.togglePause(),
  pointer: () => pointer.cycle(),
  theme: () => setTheme(isDark() ? 'light' : 'dark'),
  return: goBack,
  clock: () => stage!.toggleClock(),
  reset: () => stage!.reset(),
  questions: toggleQuestions,
  ramp: toggleRamp,
  rehearse: toggleRehearsal,
};

function openSpeaker(): void {
  const to = pageAddress(`./speaker/?${new URLSearchParams({ session, cut })}`);
  if (!window.open(to, `speaker-${session}`, 'width=1280,height=800')) notice('The browser blocked the speaker window: allow pop-ups for this page, then press S again.');
}

type Dialogs = typeof import('./dialogs.ts');
let loaded: Dialogs | undefined;
const dialogs = async (): Promise<Dialogs> => (loaded ??= await import('./dialogs.ts'));
/** At once when it is there already, so that keys typed next go to the dialog. */
function withDialogs(fn: (d: Dialogs) => void): void {
  if (loaded) fn(loaded);
  else void dialogs().then(fn);
}
const index = (first: 'talk' | 'backup'): void => withDialogs((d) => d.openIndex(entries.map((e) => ({ ...e, backup: isAside(e) })), here().id, first, jump));

function source(figure?: HTMLElement): void {
  const first = figure ?? panelsIn(here().section)[0];
  const id = figure?.dataset.figure ?? first?.dataset.figure ?? here().section.querySelector<HTMLElement>('.chip[data-figure]')?.dataset.figure;
  if (!id) return notice('This slide shows no figure.');
  const panel = slides.querySelector<HTMLElement>(`figure.panel[data-figure="${id}"]`);
  if (!panel) return void location.assign(pageAddress(`./evidence/#${id}`));
  void preload(panel).then(() => {
    const data = dataOf(panel);
    if (data) withDialogs((d) => d.openSource(data, panel.dataset.hash!));
    else notice('This figure’s data did not load; its own box says why.');
  });
}

/** The slide that the address names: reveal reads the same. */
function addressed(): string {
  const name = location.hash.replace(/^#\/?/, '').split('/')[0]!;
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // no address of ours, and no reason to stop
  }
}

/** An address that names no slide: reveal opens the first and says nothing. */
function checkAddress(): void {
  const asked = addressed();
  if (asked && !/^\d+$/.test(asked) && !byId.has(asked)) notice(`There is no slide “${asked}”: this is the first.`);
}

function bindKeys(): void {
  const keys: [string, string][] = [
    ['→ ← space PgDn PgUp', 'Next and previous step'],
    ['Home End', 'First and last slide'],
    ['B or .', 'Black'],
    ['F', 'Full screen'],
  ];
  const key = (code: number, name: string, description: string, fn: () => void): void => {
    keys.push([name, description]);
    deck.addKeyBinding({ keyCode: code, key: name, description }, fn);
  };
  key(73, 'I', 'Backup slides: index and search', () => index('backup'));
  key(71, 'G', 'All slides: go to a number or words', () => index('talk'));
  key(82, 'R', 'Return from a backup slide', goBack);
  key(67, 'C', 'Source and numbers of this figure', () => source());
  key(84, 'T', 'Light or dark', COMMANDS.theme);
  key(68, 'D', 'Pointer, spotlight, off', COMMANDS.pointer);
  key(83, 'S', 'Speaker view', openSpeaker);
  key(81, 'Q', 'Questions: the clock waits; again: back to the slide', toggleQuestions);
  key(69, 'E', 'Exit ramp: on by the shortest cut; again: the whole talk', toggleRamp);
  key(85, 'U', 'Code to scan: this slide on the reading page', () => withDialogs((d) => void d.openCode(here(), reveal.dataset.codes ?? '')));
  key(191, '?', 'This list', () => withDialogs((d) => d.openKeys(keys)));
}

async function start(): Promise<void> {
  if (!embed) {
    checkAddress();
    const first = byId.get(addressed()) ?? entries[0]!;
    for (const f of panelsIn(first.section)) void preload(f); // on its way while reveal starts
  }
  await deck.initialize();
  reveal.removeAttribute('role'); // reveal says “application”, which keeps a screen reader from reading
  deck.on('beforeslidechange', passOver);
  deck.on('slidechanged', sync);
  deck.on('fragmentshown', sync);
  deck.on('fragmenthidden', sync);
  deck.on('paused', broadcast);
  deck.on('resumed', broadcast);
  deck.on('resize', () => resizeAll(slides));
  bindKeys();
  for (const sign of ['keydown', 'fullscreenchange']) addEventListener(sign, () => wake?.start());
  const fit = (): void => deck.configure(size());
  narrow.addEventListener('change', fit);
  addEventListener('resize', (e) => e.target === window && isNarrow() && fit()); // reveal’s own event of that name comes by here too
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redrawAll(slides));
  slides.addEventListener('click', (e) => {
    const on = e.target as Element;
    const chip = on.closest<HTMLElement>('button.chip');
    if (chip) source(chip);
    const inside = on.closest<HTMLAnchorElement>('a[href^="#/"]');
    if (inside) {
      e.preventDefault();
      jump(inside.getAttribute('href')!.slice(2));
    }
  });
  print.followBrowser(slides, () => {
    deck.sync();
    deck.layout();
    sync();
  });
  sync();
  channel.send({ type: embed ? 'hello' : 'who' });
  await Promise.all(panelsIn(here().section).map(preload));
  root.dataset.ready = 'deck';
  // then the next slides, then everything else, so that no network is needed on stage
  whenIdle(async () => {
    const at = entries.indexOf(here());
    await Promise.all(entries.slice(at, at + 4).flatMap((e) => panelsIn(e.section)).map(preload));
    await Promise.all([print.prepare(slides), dialogs(), embed ? undefined : loadNotes(), embed || !reveal.dataset.codes ? undefined : dialogs().then((d) => d.loadCodes(reveal.dataset.codes!))]);
    root.dataset.loaded = 'all';
  });
}

/** For the exporter and the tests: the deck as one sees it, and its pages for print. */
const api = {
  deck,
  entries,
  panelOf,
  print(options: print.Options): Promise<print.Printed> {
    root.dataset.print = '';
    return print.typeset(slides, entries, options);
  },
  /** The handout's own code, for the exporter alone. */
  handout: async (options: Handed): Promise<Handout> => {
    root.dataset.print = '';
    return (await import('./handout.ts')).typesetHandout(slides, options);
  },
};
declare global {
  interface Window {
    talk: typeof api;
  }
}
window.talk = api;
void start();
