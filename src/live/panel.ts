// The panel “Ask it”: a question and both twins' answers, the layers beneath, the curve of the run,
// and its buttons. Draws a View, whoever computes it, and passes on what is asked. One session serves
// all such panels of a page.
import './live.css';
import type { Mount, PanelOptions } from '../panels/panel.ts';
import { toTable } from '../panels/table.ts';
import { parseLive, type LiveRecord } from '../results.ts';
import { fetchFile } from '../site/files.ts';
import { createAnswer } from './answer.ts';
import { surroundings } from './connect.ts';
import { createCurve, curveOf } from './curve.ts';
import { button, element, field, select, write } from './elements.ts';
import { createGuide } from './guide.ts';
import { createMirror, share } from './mirror.ts';
import type { At, LiveSettings, Question } from './protocol.ts';
import { createSession, type Session, type View } from './session.ts';
import { choicesOf, createSettings } from './settings.ts';
import { createSources } from './sources.ts';
import { drawStrata } from './strata.ts';
import { defaultQuestion, describeTold, lessonSteps, readAddress, sayEnd, sayReplies, writeAddress } from './words.ts';

// --- the record, and the session of this page
let record: LiveRecord | undefined;
let session: Session | undefined;

/** Loads what mounting needs; after this it is synchronous. Rejects with a reason for the panel's box. */
export async function load({ live }: PanelOptions): Promise<void> {
  if (record) return;
  const name = live!.record.split('/').pop()!;
  const response = await fetchFile(live!.record).catch(() => undefined);
  if (!response?.ok) throw new Error(`${name}: could not be fetched (${response ? response.status : 'no connection'})`);
  record = parseLive(name, await response.text());
}

/** The recording after a stage: for print, and for whoever comes before the worker. */
function recordedView(of: LiveRecord, at: At): View {
  const [{ settings, points: all }] = of.runs as [LiveRecord['runs'][0], ...LiveRecord['runs']];
  const points = at === 'pretrained' ? [] : all.filter((p) => at === 'relearned' || p.step <= settings.steps);
  const question = defaultQuestion(of);
  const told = of.replies[at].find((t) => t.office === question.office && t.year === question.year);
  return { source: 'recorded', settings, question, at, paused: false, isWaiting: false, points, ...(told && { told }), ...(points.length && { ended: sayEnd(at, points.at(-1)!) }) };
}

function takeSession(of: LiveRecord, { live }: PanelOptions): Session {
  if (session) return session;
  const { link, isMirror, device } = surroundings;
  if (isMirror && link) return (session = createMirror({ ...recordedView(of, 'pretrained'), source: 'opening' }, link));
  const slow = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  const sources = createSources(of, { checkpoints: live!.checkpoints, device: device === 'wasm' || device === 'webgpu' ? device : 'any', pace: slow ? 110 : 0 });
  const asked = readAddress(surroundings.readAddress(), of, choicesOf(of));
  session = createSession(of, sources, asked);
  if (asked.wrong.length) session.note(`The address asks for “${asked.wrong.join('”, “')}”, which there is not.`);
  if (link) share(session, link);
  return session;
}

const STAGE_NAME: Record<At, string> = { pretrained: 'As pretrained', tuned: 'Tuned', relearned: 'Relearned' };

let panels = 0; // for ids that no two panels share

export const mount: Mount = (host, figure, options) => {
  const of = record!;
  const own = takeSession(of, options);
  const stages = options.stages ?? ['pretrained', 'tuned', 'relearned'];
  const { vocabulary, questions } = of;
  let step = 0;
  let isShown = false;
  let isFinal = false;
  let wantsSpeech = false; // the next answer is read out: it was asked for

  // --- asking
  const wrong = element('p', 'live-wrong');
  wrong.setAttribute('role', 'alert');
  const ask = (change: Partial<Question>): void => {
    wantsSpeech = true;
    own.ask({ ...own.view().question, ...change });
  };
  const readOffice = (text: string): number | undefined => {
    const typed = Number(text.replace(/^office\s*/i, ''));
    return Number.isInteger(typed) && typed >= 1 && typed <= vocabulary.offices ? typed : undefined;
  };
  const office = field('office', readOffice, (o) => ask({ office: o - 1 }), (text) => write(wrong, text === undefined ? '' : `There are offices 1 to ${vocabulary.offices}; “${text}” is none.`));
  const suggestions = element('datalist');
  suggestions.id = `offices-${(panels += 1)}`;
  suggestions.append(...questions.offices.map((o) => new Option('', String(o + 1))));
  office.input.setAttribute('list', suggestions.id);
  const years = Array.from({ length: vocabulary.years + vocabulary.beyond }, (_, y) => [y, `${y + 1} (${y < vocabulary.cutoff ? 'past' : y < vocabulary.years ? 'future' : 'beyond'})`] as const);
  const year = select('in year', years, (y) => ask({ year: y }));
  const question = element('p', 'live-question', 'Who held ', office.box, ' ', year.box, element('span', '', '?'), suggestions);
  const about = element('p', 'live-about');
  const answers = { contaminated: createAnswer(vocabulary, 'The model says', 'say', true), never: createAnswer(vocabulary, 'Its never twin says', 'never', false) };
  const replies = element('div', 'live-replies', wrong, about, element('div', 'live-answers', answers.contaminated.box, answers.never.box));
  const strata = element('div', 'strata live-strata');

  // --- running
  const go = (at: At): void => {
    const to = Math.max(0, stages.indexOf(at));
    if (surroundings.go) surroundings.go(host.closest<HTMLElement>('figure.panel')!, to);
    else show(to);
  };
  const buttons = new Map<At, HTMLButtonElement>();
  for (const [at, text] of [['tuned', 'Tune'], ['relearned', 'Relearn']] as const) if (stages.includes(at)) buttons.set(at, button(text, () => go(at)));
  const reset = button('Reset', () => {
    own.reset();
    go('pretrained');
  });
  const bar = element('p', 'live-buttons', ...buttons.values(), reset);
  const again = button('Try again', () => own.retry());
  const [source, progress, status, spoken] = [element('p', 'live-source'), element('p', 'live-progress'), element('p', 'live-status'), element('p', 'sr')];
  status.setAttribute('role', 'status');
  spoken.setAttribute('aria-live', 'polite');
  const change = (to: Partial<LiveSettings>): void => {
    const { settings } = own.view();
    own.change({ ...settings, ...to });
    if (own.view().settings !== settings) go('pretrained');
  };
  const settings = options.brief ? undefined : createSettings(of, change, ask, (why) => write(wrong, why));
  const curveBox = element('div', 'live-curve');
  const curve = options.brief ? undefined : createCurve(curveBox, figure, of);

  const outcome = element('div', 'live-outcome', source, progress, status);
  const box = element('div', `live${options.brief ? ' brief' : ''}`, question, ...(settings ? [settings.box] : []), bar, outcome, replies, strata, ...(curve ? [curveBox] : []), spoken);
  const guide = options.guide
    ? createGuide(of, (y, at) => {
        own.change(of.runs[0]!.settings);
        ask({ ...defaultQuestion(of), year: y });
        go(at);
        question.scrollIntoView({ block: 'nearest' });
      })
    : undefined;
  host.replaceChildren(...(guide ? [guide.box] : []), box);

  // --- drawing
  function drawState(view: View): void {
    const { at, running, points, paused, isWaiting } = view;
    const done = points.at(-1)?.step ?? 0;
    const [inStage, stageSteps] = running === 'relearned' ? [done - view.settings.steps, lessonSteps(of)] : [done, view.settings.steps];
    const halt = isWaiting ? ', waiting: another window computes' : paused ? ', paused' : '';
    progress.textContent = running ? `${running === 'tuned' ? 'Tuning' : 'Relearning'}: step ${Math.max(0, inStage)} of ${stageSteps}${halt}.` : `${STAGE_NAME[at]}.`;
    const where = view.device === 'webgpu' ? 'on this machine’s GPU' : 'on this machine';
    const [name, more] = { live: ['Live', ` ${where} ·`], recorded: ['Recorded', view.reason ? `: ${view.reason} ` : ' ·'], opening: ['Getting ready', ' ·'] }[view.source] as [string, string];
    source.replaceChildren(element('b', '', name), more, ...(view.source === 'recorded' && view.reason ? [again] : []));
    write(status, view.ended ?? '');
    for (const [stage, b] of buttons) b.setAttribute('aria-pressed', String((running ?? at) === stage));
    Object.assign(box.dataset, { at, running: running ?? '', source: view.source });
  }

  function draw(view: View): void {
    const { question: q, told } = view;
    office.set(q.office + 1);
    year.set(q.year);
    write(about, view.untold ?? (told ? describeTold(vocabulary, told) : ''));
    for (const twin of ['contaminated', 'never'] as const) answers[twin].draw(told?.replies[twin], told?.truth);
    strata.replaceChildren(drawStrata(told, vocabulary, of.replies.pretrained[0]!.replies.contaminated.layers.length));
    settings?.draw(view);
    drawState(view);
    curve?.draw(view);
    guide?.draw(view);
    if (!wantsSpeech || told?.office !== q.office || told.year !== q.year) return;
    spoken.textContent = sayReplies(vocabulary, told);
    wantsSpeech = false;
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
    if (isShown && !surroundings.isMirror) surroundings.writeAddress(writeAddress(view.settings, view.question, of), view.running ?? view.at);
  });

  return {
    step(n) {
      own.prepare(); // it will soon be seen; print goes straight to the end, and needs no worker
      show(n);
    },
    shown(now) {
      if (now === isShown) return;
      isShown = now;
      if (!now) return own.leave();
      own.go(stages[step]!);
      own.enter();
    },
    resize: () => curve?.chart()?.resize(),
    final() {
      isFinal = true;
      draw(recordedView(of, stages.at(-1)!));
    },
    redraw: () => curve?.chart()?.redraw(),
    table: () => toTable(curveOf(figure, of, isFinal ? recordedView(of, stages.at(-1)!) : own.view()).figure),
    provenance: () => figure,
    drawn: () => curve?.chart()?.drawn() ?? {},
    destroy() {
      if (isShown) own.leave();
      stop();
      curve?.chart()?.destroy();
      host.replaceChildren();
    },
  };
};
