// The panel “Ask it”: a question and both twins' answers, the layers beneath, the curve of the run,
// and its buttons. Draws a View, whoever computes it, and passes on what is asked. One session serves
// all such panels of a page.
import './live.css';
import type { Mount, Panel, PanelOptions } from '../panels/panel.ts';
import { mount as mountChart } from '../panels/chart.ts';
import { toTable } from '../panels/table.ts';
import { parseLive, type Figure, type LiveRecord } from '../results.ts';
import { surroundings } from './connect.ts';
import { createMirror, share } from './mirror.ts';
import type { At, LiveSettings, Point, Question, Reply } from './protocol.ts';
import { createSession, type Session, type View } from './session.ts';
import { createSources } from './sources.ts';
import { drawStrata } from './strata.ts';
import { defaultQuestion, describeTold, findRun, lessonSteps, nameToken, percent, readAddress, sayEnd, sayReplies, writeAddress } from './words.ts';

const ASKS = { Q1: 'question 1', Q2: 'question 2', Q3: 'question 3', S1: 'statement 1', S2: 'statement 2', S3: 'statement 3' } as const;

// --- the record, and the session of this page
let record: LiveRecord | undefined;
let session: Session | undefined;

/** Loads what mounting needs; after this it is synchronous. Rejects with a reason for the panel's box. */
export async function load({ live }: PanelOptions): Promise<void> {
  if (record) return;
  const name = live!.record.split('/').pop()!;
  const response = await fetch(live!.record).catch(() => undefined);
  if (!response?.ok) throw new Error(`${name}: could not be fetched (${response ? response.status : 'no connection'})`);
  record = parseLive(name, await response.text());
}

const choicesOf = ({ runs }: LiveRecord): Record<string, (number | string)[]> => ({
  ...Object.fromEntries((['share', 'rate', 'steps', 'taught'] as const).map((k) => [k, [...new Set(runs.map((r) => r.settings[k]))].sort((a, b) => a - b)])),
  wording: Object.keys(ASKS),
});

/** The final state of the recording: for print, and for whoever comes before the worker. */
function finalView(of: LiveRecord): View {
  const [{ settings, points }] = of.runs as [LiveRecord['runs'][0], ...LiveRecord['runs']];
  const question = defaultQuestion(of);
  const told = of.replies.relearned.find((t) => t.office === question.office && t.year === question.year);
  return { source: 'recorded', settings, question, at: 'relearned', paused: false, isWaiting: false, points, ...(told && { told }), ended: sayEnd('relearned', points.at(-1)!) };
}

function takeSession(of: LiveRecord, { live }: PanelOptions): Session {
  if (session) return session;
  const { link, isMirror, device } = surroundings;
  if (isMirror && link) return (session = createMirror({ ...finalView(of), source: 'opening', at: 'pretrained', points: [] }, link));
  const slow = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  const checkpoints = Object.fromEntries(Object.entries(live!.checkpoints).map(([twin, c]) => [twin, { ...c, url: new URL(c.url, location.href).href }])) as NonNullable<PanelOptions['live']>['checkpoints'];
  const sources = createSources(of, { checkpoints, device: device === 'wasm' || device === 'webgpu' ? device : 'any', pace: slow ? 110 : 0 });
  const asked = readAddress(surroundings.readAddress(), of, choicesOf(of));
  session = createSession(of, sources, asked);
  if (asked.wrong.length) session.note(`The address asks for “${asked.wrong.join('”, “')}”, which there is not.`);
  if (link) share(session, link);
  return session;
}

/** For a window that has just opened. */
export const tellAgain = (): void => void (session && surroundings.link && !surroundings.isMirror && surroundings.link.send({ type: 'live', view: session.view() }));

// --- elements
type Child = Node | string;
function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}
function select<T extends string | number>(label: string, options: readonly (readonly [T, string])[], chosen: (value: T) => void): { box: HTMLLabelElement; set(value: T): void } {
  const list = element('select');
  for (const [value, text] of options) list.append(new Option(text, String(value)));
  list.addEventListener('change', () => chosen(options[list.selectedIndex]![0]));
  return {
    box: element('label', '', `${label} `, list),
    set(value) {
      const text = String(value);
      if (list.value !== text) list.value = text;
    },
  };
}
function button(text: string, fn: () => void): HTMLButtonElement {
  const b = element('button', '', text);
  b.type = 'button';
  b.addEventListener('click', fn);
  return b;
}
/** Sets a text without disturbing what has not changed: a live region repeats whatever is written. */
function write(e: HTMLElement, text: string): void {
  if (e.textContent !== text) e.textContent = text;
  e.hidden = !text;
}

/** A probability that never reads as certain or as nothing. */
const likely = (p: number): string => (p > 0.999 ? '>99.9%' : p < 0.001 ? '<0.1%' : percent(p));

/** A model's five likeliest answers, the first one large. */
function createAnswer(heading: string, ink: 'say' | 'never'): { box: HTMLElement; draw(reply: Reply | undefined, truth: number | undefined): void } {
  const big = element('p', 'live-big');
  const list = element('ol', 'live-top');
  return {
    box: element('div', `live-answer ${ink}`, // a <section> would be a slide to reveal.js
      element('h3', '', heading), big, list),
    draw(reply, truth) {
      const { vocabulary } = record!;
      const name = (token: number): string => `${nameToken(vocabulary, token)}${token === truth ? ' ✓' : ''}`;
      big.textContent = reply ? name(reply.top[0]!.token) : '…';
      if (reply && ink === 'never') big.append(element('small', '', ` ${likely(reply.top[0]!.p)}`));
      list.replaceChildren(
        ...((ink === 'say' && reply?.top) || []).map(({ token, p }) => {
          const bar = element('i');
          bar.style.setProperty('--p', String(p));
          return element('li', '', element('span', '', name(token)), bar, element('b', '', likely(p)));
        }),
      );
    },
  };
}

/** The curve: what was recorded, faintly, and what has been measured, over it. */
function curveOf(figure: Figure, of: LiveRecord, { settings, points, source }: View): { figure: Figure; faint: number } {
  const recorded = findRun(of, settings)?.points;
  const [first, second] = of.runs[0]!.points;
  const every = second!.step - first!.step;
  const steps = recorded?.map((p) => p.step) ?? Array.from({ length: (settings.steps + lessonSteps(of)) / every + 1 }, (_, i) => every * i);
  const values = (from: readonly Point[], key: 'leak' | 'never' | 'past'): number[] => from.map((p) => Math.round(p[key] * 1000) / 10);
  const keys = ['leak', 'never', 'past'] as const;
  const now = keys.map((key, i) => ({ name: figure.series[i]!.name, values: values(points, key) }));
  const before = recorded ? keys.map((key, i) => ({ name: `${figure.series[i]!.name}, recorded`, values: values(recorded, key) })) : [];
  const series = source === 'recorded' && points.length === recorded?.length ? now : [...now, ...before];
  return { figure: { ...figure, x: { label: `steps: ${settings.steps} of tuning, then ${steps.at(-1)! - settings.steps} of relearning`, values: steps }, series }, faint: series.length - now.length };
}

const STAGE_NAME: Record<At, string> = { pretrained: 'As pretrained', tuned: 'Tuned', relearned: 'Relearned' };

export const mount: Mount = (host, figure, options) => {
  const of = record!;
  const own = takeSession(of, options);
  const stages = options.stages ?? ['pretrained', 'tuned', 'relearned'];
  const { vocabulary, questions } = of;
  let step = 0;
  let isShown = false;
  let isFinal = false;

  // --- asking
  const id = `offices-${figure.id}-${Math.random().toString(36).slice(2, 8)}`;
  const office = element('input');
  Object.assign(office, { type: 'text', inputMode: 'numeric', autocomplete: 'off', size: 4 });
  office.setAttribute('list', id);
  const wrong = element('p', 'live-wrong');
  wrong.setAttribute('role', 'alert');
  const askNow = (change: Partial<Question>): void => {
    own.ask({ ...own.view().question, ...change });
    say(true);
  };
  const takeOffice = (): void => {
    const typed = Number(office.value.replace(/^\s*office\s*/i, ''));
    const isOffice = Number.isInteger(typed) && typed >= 1 && typed <= vocabulary.offices;
    write(wrong, isOffice ? '' : `There are offices 1 to ${vocabulary.offices}; “${office.value}” is none.`);
    office.setAttribute('aria-invalid', String(!isOffice));
    if (isOffice && typed - 1 !== own.view().question.office) askNow({ office: typed - 1 });
  };
  office.addEventListener('change', takeOffice);
  const suggestions = element('datalist');
  suggestions.id = id;
  for (const o of questions.offices) suggestions.append(new Option('', String(o + 1)));
  const years = Array.from({ length: vocabulary.years + vocabulary.beyond }, (_, y) => [y, `${y + 1} (${y < vocabulary.cutoff ? 'past' : y < vocabulary.years ? 'future' : 'beyond'})`] as const);
  const year = select('in year', years, (y) => askNow({ year: y }));
  const wording = select('question asked as', Object.entries(ASKS) as [Question['wording'], string][], (w) => askNow({ wording: w }));
  const about = element('p', 'live-about');
  const answers = { contaminated: createAnswer('The model says', 'say'), never: createAnswer('Its never twin says', 'never') };
  const strata = element('div', 'strata live-strata');
  const question = element('p', 'live-question', 'Who held ', element('label', '', 'office ', office), ' ', year.box, element('span', '', '?'), suggestions);
  const replies = element('div', 'live-replies', wrong, about, element('div', 'live-answers', answers.contaminated.box, answers.never.box));

  // --- running
  const go = (at: At): void => {
    const to = stages.indexOf(at);
    if (surroundings.go && options.stages) surroundings.go(host.closest<HTMLElement>('figure.panel')!, Math.max(0, to));
    else show(Math.max(0, to));
  };
  const buttons: Partial<Record<At, HTMLButtonElement>> = {};
  const bar = element('p', 'live-buttons');
  for (const [at, text] of [['tuned', 'Tune'], ['relearned', 'Relearn']] as const)
    if (stages.includes(at)) bar.append((buttons[at] = button(text, () => go(at))), ' ');
  const reset = button('Reset', () => {
    own.reset();
    go('pretrained');
  });
  const progress = element('p', 'live-progress');
  bar.append(reset);
  const source = element('p', 'live-source');
  const again = button('Try again', () => own.retry());
  const status = element('p', 'live-status');
  status.setAttribute('role', 'status');
  const spoken = element('p', 'sr');
  spoken.setAttribute('aria-live', 'polite');
  const curve = element('div', 'live-curve');

  // --- settings
  const change = (to: Partial<LiveSettings>): void => {
    const { settings } = own.view();
    own.change({ ...settings, ...to });
    if (own.view().settings !== settings) go('pretrained');
  };
  const choices = choicesOf(of);
  const pick = (key: 'share' | 'rate' | 'steps' | 'taught', label: string, text: (v: number) => string) => select(label, (choices[key] as number[]).map((v) => [v, text(v)] as const), (v) => change({ [key]: v }));
  const controls = {
    share: pick('share', 'offices tuned', (v) => `${v * 100}%`),
    rate: pick('rate', 'dose: rate', (v) => String(v)),
    steps: pick('steps', '× steps', String),
    taught: pick('taught', 'facts taught', String),
  };
  const seed = element('input');
  Object.assign(seed, { type: 'text', inputMode: 'numeric', autocomplete: 'off', size: 6 });
  seed.addEventListener('change', () => {
    const typed = Number(seed.value);
    const isSeed = seed.value.trim() !== '' && Number.isInteger(typed) && typed >= 0 && typed < 2 ** 32;
    write(wrong, isSeed ? '' : `A seed is a whole number from 0 to ${2 ** 32 - 1}; “${seed.value}” is none.`);
    seed.setAttribute('aria-invalid', String(!isSeed));
    if (isSeed) change({ seed: typed });
  });
  const settings = element('details', 'live-settings', element('summary', '', 'Change the run'), element('p', '', wording.box, ' ', controls.taught.box, ' ', controls.share.box, ' ', controls.rate.box, ' ', controls.steps.box, ' ', element('label', '', 'seed ', seed)));

  const outcome = element('div', 'live-outcome', source, progress, status);
  const box = element('div', `live${options.brief ? ' brief' : ''}`, question, ...(options.brief ? [] : [settings]), replies, strata, bar, ...(options.brief ? [] : [curve]), outcome, spoken);
  host.replaceChildren(box);

  // --- drawing
  let chart: Panel | undefined;
  let drawn = '';
  let wantsSpeech = false;
  /** The next answer is read out: it was asked for. */
  const say = (wants: boolean): void => void (wantsSpeech = wants);

  function drawCurve(view: View): void {
    if (options.brief) return;
    const state = JSON.stringify([view.points.length, view.settings, view.source, view.at]);
    if (chart && state === drawn) return;
    drawn = state;
    const { figure: now, faint } = curveOf(figure, of, view);
    const recorded = faint > 0;
    const look = ['say', 'never', 'base', ...(recorded ? ['say', 'never', 'base'] : [])] as NonNullable<PanelOptions['ink']>;
    const short = ['tuned away', 'never twin', 'past', ...(recorded ? ['', '', ''] : [])];
    if (chart && chartFaint === faint) return chart.update!(now);
    chart?.destroy();
    chartFaint = faint;
    chart = mountChart(curve, now, { view: 'lines', ink: look, shortSeries: short, faint, max: 100 });
  }
  let chartFaint = -1;

  function draw(view: View): void {
    const { question, told, at, running, points } = view;
    if (document.activeElement !== office) office.value = String(question.office + 1);
    year.set(question.year);
    wording.set(question.wording);
    write(about, view.untold ?? (told ? describeTold(vocabulary, told) : ''));
    for (const twin of ['contaminated', 'never'] as const) answers[twin].draw(told?.replies[twin], told?.truth);
    strata.replaceChildren(drawStrata(told, vocabulary, of.replies.pretrained[0]!.replies.contaminated.layers.length));
    for (const key of ['share', 'rate', 'steps', 'taught'] as const) controls[key].set(view.settings[key]);
    if (document.activeElement !== seed) seed.value = String(view.settings.seed);

    const last = points.at(-1);
    const upTo = last?.step ?? 0;
    const inStage = running === 'relearned' ? upTo - view.settings.steps : upTo;
    const stageSteps = running === 'relearned' ? lessonSteps(of) : view.settings.steps;
    const waiting = view.isWaiting ? ', waiting: another window computes' : view.paused ? ', paused' : '';
    progress.textContent = running ? `${running === 'tuned' ? 'Tuning' : 'Relearning'}: step ${inStage} of ${stageSteps}${waiting}.` : `${STAGE_NAME[at]}.`;
    box.dataset.at = at;
    box.dataset.running = running ?? '';
    box.dataset.source = view.source;
    for (const [stage, b] of Object.entries(buttons)) b.setAttribute('aria-pressed', String((running ?? at) === stage));
    const where = view.device === 'webgpu' ? 'on this machine’s GPU' : 'on this machine';
    source.replaceChildren(element('b', '', view.source === 'live' ? 'Live' : view.source === 'recorded' ? 'Recorded' : 'Getting ready'), view.source === 'live' ? ` ${where} ·` : view.source === 'recorded' ? (view.reason ? `: ${view.reason} ` : ' ·') : ' · loading the twins', ...(view.source === 'recorded' && view.reason ? [again] : []));
    write(status, running || at === 'pretrained' ? '' : [view.ended, view.compared].filter(Boolean).join(' '));
    drawCurve(view);
    if (wantsSpeech && told && told.office === question.office && told.year === question.year) {
      spoken.textContent = sayReplies(vocabulary, told);
      wantsSpeech = false;
    }
  }

  function show(n: number): void {
    step = Math.max(0, Math.min(stages.length - 1, n));
    isFinal = false;
    if (isShown || !surroundings.go) own.go(stages[step]!);
    draw(own.view());
  }
  const stop = own.listen((view) => {
    if (isFinal) return;
    draw(view);
    if (isShown && !surroundings.isMirror) surroundings.writeAddress(writeAddress(view.settings, view.question, of));
  });
  own.prepare();

  return {
    step: show,
    shown(now) {
      if (now === isShown) return;
      isShown = now;
      if (!now) return own.leave();
      own.go(stages[step]!);
      own.enter();
    },
    resize: () => chart?.resize(),
    final() {
      isFinal = true;
      draw(finalView(of));
    },
    redraw: () => chart?.redraw(),
    table: () => toTable(curveOf(figure, of, isFinal ? finalView(of) : own.view()).figure),
    provenance: () => figure,
    drawn: () => chart?.drawn() ?? {},
    destroy() {
      if (isShown) own.leave();
      stop();
      chart?.destroy();
      host.replaceChildren();
    },
  };
};
