// Past runs against the plan: a dialog in the speaker's window. Reads what the slides' window keeps in
// this browser; a record that cannot be read is named, and stands in nobody's way.
import type { State } from '../deck/channel.ts';
import { download, element, open } from '../deck/dialog.ts';
import { RUNS } from '../deck/stage.ts';
import { minutes } from '../stage/clock.ts';
import { against, parseRun, type Questions, type Run } from '../stage/runs.ts';

/** So many of the last runs stand beside the plan. */
const SHOWN = 4;

interface Found {
  runs: { key: string; run: Run }[];
  spoilt: { key: string; text: string; why: string }[];
  /** Why nothing could be read at all. */
  forbidden: boolean;
}

/** Newest first. */
function readRuns(): Found {
  const found: Found = { runs: [], spoilt: [], forbidden: false };
  try {
    const keys = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)!).filter((k) => k.startsWith(RUNS));
    for (const key of keys) {
      const text = localStorage.getItem(key) ?? '';
      try {
        found.runs.push({ key, run: parseRun(text) });
      } catch (e) {
        found.spoilt.push({ key, text, why: (e as Error).message });
      }
    }
  } catch {
    found.forbidden = true;
  }
  found.runs.sort((a, b) => b.run.began.localeCompare(a.run.began));
  return found;
}

const when = (iso: string): string => new Date(iso).toLocaleString([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const seconds = (n: number | null): string => (n === null ? '–' : minutes(Math.round(n)));
const signed = (n: number): string => (Math.round(n) > 0 ? `+${minutes(Math.round(n))}` : Math.round(n) < 0 ? `−${minutes(Math.abs(Math.round(n)))}` : '0:00');
const cell = (tag: 'td' | 'th', text: string, scope?: 'col' | 'row', className = ''): HTMLTableCellElement => {
  const c = element(tag, className, text);
  if (scope) (c as HTMLTableCellElement).scope = scope;
  return c;
};

export function openRuns(state: State): void {
  const body = element('div', 'runs-body');
  open(`Rehearsals, ${minutes(state.stops.reduce((n, s) => n + s.seconds, 0))} planned`, 'runs', body);
  const said = element('p', 'said');
  said.setAttribute('role', 'status');

  function remove(keys: string[], question: string, done: string): void {
    if (!confirm(question)) return;
    let failed = false;
    for (const key of keys)
      try {
        localStorage.removeItem(key);
      } catch {
        failed = true;
      }
    fill();
    said.textContent = failed ? 'The browser did not let them be deleted.' : done;
    body.querySelector('button')?.focus();
  }
  const button = (text: string, label: string, fn: () => void): HTMLButtonElement => {
    const b = element('button', '', text);
    b.type = 'button';
    if (label) b.setAttribute('aria-label', label);
    b.addEventListener('click', fn);
    return b;
  };

  function fill(): void {
    said.textContent = '';
    const { runs, spoilt, forbidden } = readRuns();
    const cut = state.stops.length ? runs.filter(({ run }) => sameCut(run, state)) : [];
    const others = runs.length - cut.length;
    const shown = cut.slice(0, SHOWN).reverse(); // the newest last, beside the median
    const parts: Node[] = [];
    if (forbidden) parts.push(element('p', 'problem', 'This browser forbids the page to store anything: no run can be kept or shown.'));
    if (!cut.length && !forbidden) parts.push(element('p', '', 'No run of this cut is kept in this browser yet. “Rehearse” records one, from the first move on.'));
    if (cut.length) parts.push(kept(cut), planTable(shown.map((r) => r.run), state));
    const beside = cut.filter(({ run }) => Object.keys(run.backup).length || run.questions.length);
    if (beside.length) parts.push(...besides(beside.map((r) => r.run), state));
    if (others) parts.push(element('p', 'quiet', `${others === 1 ? 'One run' : `${others} runs`} of another cut: open the slides with that cut to see ${others === 1 ? 'it' : 'them'}. The export holds all.`));
    for (const s of spoilt)
      parts.push(element('p', 'problem', `The record “${s.key}” cannot be read: ${s.why}. It is left as it is. `, button('Download it', `Download the record ${s.key}`, () => download('run.txt', 'text/plain', s.text)), ' ', button('Delete it', `Delete the record ${s.key}`, () => remove([s.key], 'Delete the record that cannot be read?', 'Deleted.'))));
    if (runs.length)
      parts.push(
        element(
          'p',
          'downloads',
          button('Export JSON', '', () => download('rehearsals.json', 'application/json', `${JSON.stringify({ runs: runs.map((r) => r.run) }, null, 1)}\n`)),
          button('Delete all runs', '', () => remove(runs.map((r) => r.key), `Delete ${runs.length === 1 ? 'the run' : `all ${runs.length} runs`}? They are nowhere else.`, 'All runs are deleted.')),
        ),
      );
    body.replaceChildren(...parts, said);
  }

  /** Each run kept: when, how long, and a way to delete it. */
  function kept(all: { key: string; run: Run }[]): HTMLElement {
    const list = element('ul', 'kept');
    for (const { key, run } of all) {
      const what = `${when(run.began)}: ${minutes(run.elapsed)}${run.ended ? '' : ', not ended'}`;
      list.append(element('li', '', element('span', '', what), button('Delete', `Delete the run of ${when(run.began)}`, () => remove([key], `Delete the run of ${when(run.began)}?`, 'The run is deleted.'))));
    }
    return list;
  }
  fill();
}

const sameCut = (run: Run, state: State): boolean => run.cut === state.cut;

function planTable(runs: Run[], { stops }: State): HTMLElement {
  const rows = against(stops, runs);
  const over = rows.filter((r) => r.isOver).length;
  const columns = ['Plan', ...runs.map((r) => when(r.began)), 'Median', 'Difference'];
  const line = (name: string, texts: string[], className = ''): HTMLTableRowElement =>
    element('tr', className, cell('th', name, 'row'), ...texts.map((text, i) => {
      const c = cell('td', text, undefined, 'n');
      c.dataset.label = columns[i]!; // for where a phone has no room for columns
      return c;
    }));
  const head = element('tr', '', cell('th', 'Slide', 'col'), ...columns.map((name) => cell('th', name, 'col', 'n')));
  const body = element('tbody', '', ...rows.map((r) => line(`${r.number} ${r.title}`, [seconds(r.plan), ...r.times.map(seconds), seconds(r.median), r.difference === null ? '–' : `${signed(r.difference)}${r.isOver ? ' over' : ''}`], r.isOver ? 'over' : '')));
  const total = line('In all', [seconds(stops.reduce((n, s) => n + s.seconds, 0)), ...runs.map((r) => seconds(r.elapsed))]);
  const caption = element('caption', '', `${over ? `${over === 1 ? 'One slide is' : `${over} slides are`} over: the median is more than 20 % above the plan.` : 'No slide is more than 20 % over its plan.'} A dash: not shown.`);
  const box = element('div', 'table-box', element('table', '', caption, element('thead', '', head), body, element('tfoot', '', total)));
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', 'Slides against the plan');
  return box;
}

/** Backup and questions, run by run: they have no plan. */
function besides(runs: Run[], state: State): HTMLElement[] {
  const name = (id: string): string => {
    const stop = state.stops.find((s) => s.id === id);
    return stop ? `${stop.number} ${stop.title}` : (state.backup[id] ?? id);
  };
  const list = (times: [string, number][]): HTMLElement => element('ul', '', ...times.map(([id, s]) => element('li', '', `${seconds(s)} · ${name(id)}`)));
  const all = runs.flatMap((run) => [
    element('h4', '', when(run.began)),
    ...(Object.keys(run.backup).length ? [element('p', '', 'Backup, on the clock:'), list(Object.entries(run.backup))] : []),
    ...run.questions.flatMap((q: Questions) => [element('p', '', `Questions at ${minutes(q.at)}, ${seconds(q.shown.reduce((n, s) => n + s.seconds, 0))} off the clock:`), list(q.shown.map((s) => [s.id, s.seconds]))]),
  ]);
  return [element('h3', '', 'Backup and questions'), ...all];
}
