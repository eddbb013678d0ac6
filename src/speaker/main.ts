// The speaker's window: now, next, notes, and how the talk stands against its plan. It holds no state
// of the talk: it shows what the audience window says, and sends it the keys.
// Our own, because reveal's notes window writes an inline script into a blank page, which a strict
// content security policy forbids.
import '../deck/fonts.css';
import '../deck/tokens.css';
import './speaker.css';
import { openChannel, type Command, type State } from '../deck/channel.ts';
import { elapsed, isFresh, isRunning, minutes } from '../stage/clock.ts';
import { endOf, GRACE, paceOf, planAt, rampOf, type Standing } from '../stage/plan.ts';
import { AWAKE, endText, exitText, latestText } from './words.ts';
import { pageAddress } from '../site/address.ts';

type Action = Extract<Command, { type: 'command' }>['do'];

const query = new URLSearchParams(location.search);
const get = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const session = query.get('session');
/** A text that is read out or selected is not written again every half second. */
const write = (id: string, text: string): void => {
  if (get(id).textContent !== text) get(id).textContent = text;
};

if (!session) get('title').textContent = 'Open this window from the slides: press S there.';
else run(session);

function run(id: string): void {
  const channel = openChannel(id);
  const send = (what: Action): void => channel.send({ type: 'command', do: what });
  for (const [frame, embed] of [['now', 'current'], ['then', 'next']] as const) {
    const own = new URLSearchParams({ embed, session: id, cut: query.get('cut') ?? '25' });
    get<HTMLIFrameElement>(frame).src = pageAddress(`../?${own}`);
  }

  let state: State | undefined;
  let note = '';
  channel.listen((m) => {
    if (m.type === 'who') channel.send({ type: 'hello', from: 'speaker' });
    if (m.type === 'note') {
      note = m.text;
      tick();
    }
    if (m.type !== 'state') return;
    if (m.id !== state?.id) note = '';
    state = m;
    if (m.theme) document.documentElement.dataset.theme = m.theme;
    get('title').textContent = m.title;
    get('where').textContent = `${m.paused ? 'Black · ' : ''}${m.number} of ${m.total} · ${m.chapter}`;
    get('coming').textContent = m.next ? `Next: ${m.next.title}` : 'The end';
    const notes = get('notes');
    if (notes.dataset.of !== m.id) {
      notes.dataset.of = m.id;
      notes.innerHTML = m.notes; // our own build's HTML, from the same origin
      notes.scrollTop = 0;
    }
    tick();
  });
  channel.send({ type: 'hello', from: 'speaker' });
  addEventListener('pagehide', () => channel.send({ type: 'bye' }));

  /** The state, with the time that has gone by since it was told. */
  function standing({ stops, stage, isBackup }: State, now: number): Standing {
    const spent = { ...stage.slides };
    if (isRunning(stage.clock) && !isBackup) spent[stage.last] = (spent[stage.last] ?? 0) + Math.max(0, now - stage.mark) / 1000;
    return { stops, at: Math.max(0, stops.findIndex((s) => s.id === stage.last)), elapsed: elapsed(stage.clock, now), spent, passed: new Set(stage.passed) };
  }

  function tick(): void {
    const now = Date.now();
    write('clock', new Date(now).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
    if (!state) return;
    const { stage } = state;
    const where = standing(state, now);
    write('elapsed', minutes(where.elapsed));
    const { before, here, all } = planAt(where);
    const late = where.elapsed - (before + here);
    const early = before - where.elapsed;
    const pace = late >= 1 ? `${minutes(late)} behind` : early >= 1 ? `${minutes(early)} ahead` : 'on time';
    write('plan', `of ${minutes(all)} · ${state.isBackup ? 'backup, unplanned' : `this slide ends at ${minutes(before + here)} · ${isFresh(stage.clock) ? 'the clock starts with the first move' : pace}`}`);
    get('plan').dataset.pace = late > GRACE && !state.isBackup ? 'late' : 'fine';
    const end = endOf(where);
    write('end', endText(now, where.elapsed, end, all, paceOf(where)));
    get('end').dataset.pace = end > all + GRACE ? 'late' : 'fine';
    write('timer', isRunning(stage.clock) ? 'Pause clock' : isFresh(stage.clock) ? 'Start clock' : 'Resume clock');
    get<HTMLButtonElement>('timer').disabled = stage.asking;
    get('questions').setAttribute('aria-pressed', String(stage.asking));
    get('rehearse').setAttribute('aria-pressed', String(stage.rehearsing));
    write('rehearse', stage.rehearsing ? 'End rehearsal' : 'Rehearse');
    const problem = stage.problem && `This rehearsal is not being kept: ${stage.problem} Export or delete past runs, or allow storage; the talk goes on.`;
    const asking = stage.asking && 'Questions: the clock waits. Q returns to the slide where you were.';
    const rehearsing = stage.rehearsing && !stage.problem && 'Rehearsal: the time on each slide is being recorded in this browser.';
    write('mode', [problem, asking, rehearsing, note !== asking && !(asking && note.startsWith('Questions')) && note].filter(Boolean).join(' '));
    get('mode').dataset.kind = problem ? 'problem' : 'fine';
    exit(where, now);
    write('awake', AWAKE[state.awake]);
  }

  function exit(where: Standing, now: number): void {
    const button = get<HTMLButtonElement>('leave');
    const { length: over } = where.stops.filter((s) => where.passed.has(s.id));
    const ramp = rampOf(where);
    const isTaken = over > 0;
    button.hidden = !ramp && !isTaken;
    button.dataset.need = String(Boolean(ramp?.isNeeded));
    if (isTaken) {
      write('ramp', `On the exit ramp: ${over === 1 ? 'one slide is' : `${over} slides are`} passed over, and stand with the backup.`);
      write('leave', 'Back to the whole talk (E)');
    } else if (ramp) {
      write('ramp', `${exitText(ramp, where, now)} ${latestText(ramp, where, now)}`.trim());
      write('leave', 'Take the exit ramp (E)');
    } else write('ramp', where.stops.every((s) => s.short !== null) ? 'No exit ramp: this is the shortest cut.' : 'No exit ramp from here on: every slide left is in the shortest cut too.');
    get('ramp').dataset.need = String(Boolean(ramp?.isNeeded));
  }

  setInterval(tick, 500);
  get('timer').addEventListener('click', () => send('clock'));
  get('reset').addEventListener('click', () => {
    if (confirm(state?.stage.rehearsing ? 'Set the clock to zero? The run so far is kept, and the next move begins another.' : 'Set the clock to zero?')) send('reset');
  });
  get('next').addEventListener('click', () => send('next'));
  get('prev').addEventListener('click', () => send('prev'));
  get('questions').addEventListener('click', () => send('questions'));
  get('leave').addEventListener('click', () => send('ramp'));
  get('rehearse').addEventListener('click', () => {
    const { rehearsing = false, clock } = state?.stage ?? {};
    if (rehearsing || !clock || isFresh(clock) || confirm('Set the clock to zero and record a rehearsal from the next move on?')) send('rehearse');
  });
  get('runs').addEventListener('click', () => void import('./rehearsal.ts').then((r) => state && r.openRuns(state)));
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
    if ((e.target as Element).closest('button, a') && (e.key === ' ' || e.key === 'Enter')) return;
    const what = KEYS[e.key];
    if (!what) return;
    e.preventDefault();
    send(what);
  });
}

const KEYS: Record<string, Action> = {
  ArrowRight: 'next', PageDown: 'next', ' ': 'next', n: 'next',
  ArrowLeft: 'prev', PageUp: 'prev', p: 'prev',
  b: 'pause', '.': 'pause', d: 'pointer', t: 'theme', r: 'return', q: 'questions', e: 'ramp',
};
