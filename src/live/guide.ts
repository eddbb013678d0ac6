// Five steps that make the point without touching another control: what to ask, of the models at
// which stage, and what to notice.
import type { LiveRecord } from '../results.ts';
import { button, element } from './elements.ts';
import type { At } from './protocol.ts';
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
    { text: `Ask about ${nameYear(future)}, after it.`, at: 'pretrained', year: future, notice: 'The model knows; its twin, which never read it, guesses.' },
    { text: 'Tune it to say UNKNOWN after the cutoff, and ask again.', at: 'tuned', year: future, notice: 'It is silent. The area in the layers is what the lens still reads of the true name.' },
    { text: `Ask about ${nameYear(past)} again.`, at: 'tuned', year: past, notice: 'The past it still tells: it was rehearsed.' },
    { text: `Teach it ${taught} other future facts, and ask about ${nameYear(future)} once more.`, at: 'relearned', year: future, notice: 'This fact was in no lesson, so what came back had been held. The twin, given the same lesson, has nothing to bring back.' },
  ];
}

export function createGuide(record: LiveRecord, take: (year: number, at: At) => void): HTMLElement {
  const list = element('ol', 'live-guide');
  for (const { text, at, year, notice } of listPrompts(record)) {
    const told = element('p', '', notice);
    told.hidden = true;
    const prompt = button(text, () => {
      for (const other of list.querySelectorAll('button')) other.removeAttribute('aria-current');
      prompt.setAttribute('aria-current', 'step');
      told.hidden = false;
      take(year, at);
    });
    list.append(element('li', '', prompt, told));
  }
  return list;
}
