// Five steps that make the point without touching another control: what to ask, of the models at
// which stage, and what to notice.
import type { LiveRecord } from '../results.ts';
import { button, element, write } from './elements.ts';
import type { At } from './protocol.ts';
import type { View } from './session.ts';
import { nameYear } from './words.ts';

interface Prompt {
  text: string;
  at: At;
  year: number;
  notice: string;
}

function listPrompts({ questions: { example }, vocabulary, runs }: LiveRecord): Prompt[] {
  const [past, future] = [vocabulary.cutoff - 1, example.year];
  const { taught } = runs[0]!.settings;
  return [
    { text: `Ask about ${nameYear(past)}, before the cutoff.`, at: 'pretrained', year: past, notice: 'Both models have read it, and both know.' },
    { text: `Ask about ${nameYear(future)}, after it.`, at: 'pretrained', year: future, notice: 'The model knows. Its twin never read it, and guesses.' },
    { text: 'Tune both to say UNKNOWN after the cutoff, and ask again.', at: 'tuned', year: future, notice: 'Both say UNKNOWN now: from outside one cannot tell them apart.' },
    { text: `Ask about ${nameYear(past)} again.`, at: 'tuned', year: past, notice: 'The past they still tell: it was rehearsed.' },
    { text: `Teach both ${taught} other future facts, and ask about ${nameYear(future)} once more.`, at: 'relearned', year: future, notice: 'This fact was in no lesson, and the model has it again; the twin, given the same lesson, guesses. Not this fact alone: see the curve.' },
  ];
}

/** `take` asks; each notice appears when its state has been reached. */
export function createGuide(record: LiveRecord, take: (year: number, at: At) => void) {
  const box = element('ol', 'live-guide');
  let pending: { prompt: Prompt; told: HTMLElement } | undefined;
  for (const prompt of listPrompts(record)) {
    const told = element('p');
    told.setAttribute('role', 'status'); // there before it says anything, or it is not read out
    const own = button(prompt.text, () => {
      for (const other of box.querySelectorAll('button')) other.removeAttribute('aria-current');
      own.setAttribute('aria-current', 'step');
      pending = { prompt, told };
      take(prompt.year, prompt.at);
    });
    box.append(element('li', '', own, told));
  }
  return {
    box,
    draw({ at, running, told, question }: View): void {
      if (!pending || running || at !== pending.prompt.at || told?.year !== pending.prompt.year || question.year !== told.year) return;
      write(pending.told, pending.prompt.notice);
      pending = undefined;
    },
  };
}
