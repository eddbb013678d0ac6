// The page of checks before a talk: a list that fills while they run, a sentence that sums them up,
// and a button to run them again.
import '../deck/fonts.css';
import '../deck/tokens.css';
import './preflight.css';
import { element } from '../deck/dialog.ts';
import { recall } from '../deck/storage.ts';
import { allChecks, type Check, type Result, type Status } from './checks.ts';

const theme = new URLSearchParams(location.search).get('theme') ?? recall('localStorage', 'theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

const SAID: Record<Status | 'running', string> = { pass: 'Pass', note: 'Note', try: 'To try', fix: 'Fix', running: 'Checking' };

const box = document.getElementById('checks')!;
const summary = document.getElementById('summary')!;
const again = document.getElementById('again') as HTMLButtonElement;
const groups = allChecks(box.dataset.files ?? '');
const results = new Map<string, Result>();

function row(check: Check): HTMLElement {
  const status = element('span', 'status');
  const found = element('p', 'found');
  const todo = element('p', 'todo');
  const item = element('li', '', status, element('h3', '', check.name), element('div', 'words', found, todo));
  item.id = `check-${check.id}`;
  if (check.attempt) {
    const button = element('button', '', check.attempt.label);
    button.type = 'button';
    button.addEventListener('click', () => void tell(check, check.attempt!.run).then(sumUp));
    item.lastElementChild!.append(button);
  }
  return item;
}

function show(check: Check, r: Result | undefined): void {
  const item = document.getElementById(`check-${check.id}`)!;
  const status = r?.status ?? 'running';
  item.dataset.status = status;
  item.querySelector('.status')!.textContent = SAID[status];
  item.querySelector('.found')!.textContent = r?.found ?? '';
  item.querySelector('.todo')!.textContent = r?.todo ?? '';
}

async function tell(check: Check, run: Check['run']): Promise<void> {
  let r: Result;
  try {
    r = await run();
  } catch (e) {
    r = { status: 'fix', found: `The check itself failed: ${(e as Error).message}`, todo: 'Try another browser.' };
  }
  results.set(check.id, r);
  show(check, r);
}

function sumUp(): void {
  const names = (status: Status): string[] => groups.flatMap((g) => g.checks).filter((c) => results.get(c.id)?.status === status).map((c) => c.name);
  const [toFix, toTry, toKnow] = [names('fix'), names('try'), names('note')];
  const parts = [
    toFix.length ? `${toFix.length === 1 ? 'One thing' : `${toFix.length} things`} to mend: ${toFix.join(', ')}.` : 'Nothing to mend.',
    toTry.length ? `To try with a click: ${toTry.join(', ')}.` : '',
    toKnow.length ? `To know: ${toKnow.join(', ')}.` : '',
    `${names('pass').length} of ${results.size} pass.`,
  ];
  summary.textContent = parts.filter(Boolean).join(' ');
  summary.dataset.status = toFix.length ? 'fix' : 'pass';
}

async function checkAll(): Promise<void> {
  again.setAttribute('aria-disabled', 'true'); // not disabled: who pressed it keeps the focus
  delete document.documentElement.dataset.ready;
  summary.textContent = 'Checking…';
  delete summary.dataset.status;
  results.clear();
  const all = groups.flatMap((g) => g.checks);
  for (const c of all) show(c, undefined);
  const smooth = all.find((c) => c.id === 'frames')!;
  await Promise.all(all.filter((c) => c !== smooth).map((c) => tell(c, c.run)));
  await tell(smooth, smooth.run); // by itself: the others would slow it down
  sumUp();
  again.removeAttribute('aria-disabled');
  document.documentElement.dataset.ready = 'preflight';
}

box.append(
  ...groups.map((g) => {
    const heading = element('h2', '', g.name);
    return element('section', '', heading, element('ul', 'list', ...g.checks.map(row)));
  }),
);
again.addEventListener('click', () => {
  if (!again.hasAttribute('aria-disabled')) void checkAll();
});
void checkAll();
