// The speaker's window: now, next, notes, and where the clock should be. It holds no state of the
// talk: it shows what the audience window says, and sends it the keys.
// Our own, because reveal's notes window writes an inline script into a blank page, which a strict
// content security policy forbids.
import '../deck/fonts.css';
import '../deck/tokens.css';
import './speaker.css';
import { openChannel, type Command, type State } from '../deck/channel.ts';
import { pageAddress } from '../site/address.ts';

type Action = Extract<Command, { type: 'command' }>['do'];

const query = new URLSearchParams(location.search);
const get = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const session = query.get('session');
const timeText = (s: number): string => `${s < 0 ? '−' : ''}${Math.floor(Math.abs(s) / 60)}:${String(Math.floor(Math.abs(s) % 60)).padStart(2, '0')}`;

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
  channel.listen((m) => {
    if (m.type !== 'state') return;
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
    if (started === undefined && m.number !== '1') startClock();
    tick();
  });
  channel.send({ type: 'hello' });

  // The clock starts with the first move; reset and pause are asked for, never by a stray click.
  let started: number | undefined;
  let stoppedAt: number | undefined;
  const startClock = (): void => void (started = Date.now());
  const elapsed = (): number => (started === undefined ? 0 : ((stoppedAt ?? Date.now()) - started) / 1000);
  function tick(): void {
    get('clock').textContent = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    get('elapsed').textContent = timeText(elapsed());
    if (!state) return;
    const { before, here, all } = state.plan;
    const late = elapsed() - (before + here);
    const early = before - elapsed();
    const pace = here === 0 ? 'backup, unplanned' : late >= 1 ? `${timeText(late)} behind` : early >= 1 ? `${timeText(early)} ahead` : 'on time';
    get('plan').textContent = `of ${timeText(all)} · this slide ends at ${timeText(before + here)} · ${pace}`;
    get('plan').dataset.pace = late > 15 ? 'late' : 'fine';
  }
  setInterval(tick, 500);
  get('timer').addEventListener('click', () => {
    if (started === undefined) startClock();
    else if (stoppedAt === undefined) stoppedAt = Date.now();
    else {
      started += Date.now() - stoppedAt;
      stoppedAt = undefined;
    }
    get('timer').textContent = stoppedAt === undefined ? 'Pause clock' : 'Resume clock';
    tick();
  });
  get('reset').addEventListener('click', () => {
    if (!confirm('Set the clock to zero?')) return;
    [started, stoppedAt] = [undefined, undefined];
    get('timer').textContent = 'Pause clock';
    tick();
  });
  get('next').addEventListener('click', () => send('next'));
  get('prev').addEventListener('click', () => send('prev'));
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if ((e.target as Element).closest('button') && (e.key === ' ' || e.key === 'Enter')) return;
    const what = KEYS[e.key];
    if (!what) return;
    e.preventDefault();
    if (started === undefined && what === 'next') startClock();
    send(what);
  });
}

const KEYS: Record<string, Action> = {
  ArrowRight: 'next', PageDown: 'next', ' ': 'next', n: 'next',
  ArrowLeft: 'prev', PageUp: 'prev', p: 'prev',
  b: 'pause', '.': 'pause', d: 'pointer', t: 'theme', r: 'return',
};
