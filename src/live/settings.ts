// What the reader may change of a run, in a fold beside its buttons.
import type { LiveRecord } from '../results.ts';
import { element, field, select, type Control } from './elements.ts';
import type { LiveSettings, Question } from './protocol.ts';
import type { View } from './session.ts';

/** Ways to ask for the same fact; tuning uses the first two questions. */
export const ASKS = { Q1: 'question 1', Q2: 'question 2', Q3: 'question 3', S1: 'statement 1', S2: 'statement 2', S3: 'statement 3' } as const;

const KEYS = ['taught', 'share', 'rate', 'steps'] as const;

/** Every value that is recorded by itself, and no other. */
export const choicesOf = ({ runs }: LiveRecord): Record<string, (number | string)[]> => ({
  ...Object.fromEntries(KEYS.map((k) => [k, [...new Set(runs.map((r) => r.settings[k]))].sort((a, b) => a - b)])),
  wording: Object.keys(ASKS),
});

const MOST = 2 ** 32 - 1;

export function createSettings(record: LiveRecord, change: (to: Partial<LiveSettings>) => void, ask: (to: Partial<Question>) => void, refuse: (why: string) => void) {
  const choices = choicesOf(record);
  const pick = (key: (typeof KEYS)[number], label: string, text: (v: number) => string = String): Control<number> =>
    select(label, (choices[key] as number[]).map((v) => [v, text(v)] as const), (v) => change({ [key]: v }));
  const controls = { taught: pick('taught', 'facts taught'), share: pick('share', 'offices tuned', (v) => `${v * 100}%`), rate: pick('rate', 'dose: rate'), steps: pick('steps', '× steps') };
  const wording = select('question asked as', Object.entries(ASKS) as [Question['wording'], string][], (w) => ask({ wording: w }));
  const isSeed = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= MOST;
  const seed = field('seed', (text) => (isSeed(text) ? Number(text) : undefined), (v) => change({ seed: v }), (text) => refuse(text === undefined ? '' : `A seed is a whole number from 0 to ${MOST}; “${text}” is none.`));
  const box = element('details', 'live-settings', element('summary', '', 'Change the run'), element('p', '', ...[wording, ...Object.values(controls), seed].flatMap((c) => [c.box, ' '])));
  box.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !box.open) return;
    e.stopPropagation();
    box.open = false;
    box.querySelector('summary')!.focus();
  });
  return {
    box,
    draw({ settings, question }: View): void {
      for (const key of KEYS) controls[key].set(settings[key]);
      wording.set(question.wording);
      seed.set(settings.seed);
    },
  };
}
