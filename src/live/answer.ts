// A model's answer: the likeliest word large, and the five likeliest with their probabilities.
import type { LiveRecord } from '../results.ts';
import { element } from './elements.ts';
import type { Reply } from './protocol.ts';
import { nameToken, percent } from './words.ts';

/** A probability that never reads as certain or as nothing. */
const likely = (p: number): string => (p > 0.999 ? '>99.9%' : p < 0.001 ? '<0.1%' : percent(p));

/** `whole`: with the list; else the first answer alone. */
export function createAnswer(vocabulary: LiveRecord['vocabulary'], heading: string, ink: 'say' | 'never', whole: boolean) {
  const big = element('p', 'live-big');
  const list = element('ol', 'live-top');
  // not a <section>: that would be a slide to reveal.js
  const box = element('div', `live-answer ${ink}`, element('p', 'live-label', heading), big, ...(whole ? [list] : []));
  return {
    box,
    draw(reply: Reply | undefined, truth: number | undefined): void {
      const name = (token: number): string => `${nameToken(vocabulary, token)}${token === truth ? ' ✓' : ''}`;
      const wrong = (token: number): boolean => truth !== undefined && token !== truth && token !== vocabulary.unknown;
      const [first] = reply?.top ?? [];
      big.textContent = first ? `${name(first.token)}${wrong(first.token) ? ' ✗' : ''}` : '…';
      if (first && !whole) big.append(element('small', '', ` ${likely(first.p)}`));
      list.replaceChildren(
        ...(reply?.top ?? []).map(({ token, p }) => {
          const bar = element('i');
          bar.style.setProperty('--p', String(p));
          return element('li', '', element('span', '', name(token)), bar, element('b', '', likely(p)));
        }),
      );
    },
  };
}
