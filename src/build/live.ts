// The live panel on its own page: the panel, and for who has no script the recording in tables.
import { parseLive, type LiveRecord } from '../results.ts';
import { describeTold, nameOffice, nameToken, nameYear, percent } from '../live/words.ts';
import { panelHtml } from './directives.ts';
import type { Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';

const STAGES = [['pretrained', 'As pretrained'], ['tuned', 'Tuned to refuse'], ['relearned', 'Taught other facts']] as const;

function tables({ runs, replies, questions, vocabulary }: LiveRecord): string {
  const [{ points, settings }] = runs as [LiveRecord['runs'][0], ...LiveRecord['runs']];
  const at = (step: number): LiveRecord['runs'][0]['points'][0] => points.find((p) => p.step === step)!;
  const row = (cells: string[]): string => `<tr><th scope="row">${cells[0]!}</th>${cells.slice(1).map((c) => `<td>${escapeHtml(c)}</td>`).join('')}</tr>`;
  const table = (caption: string, head: string[], rows: string[]): string => `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head.map((h) => `<th scope="col">${h}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const ends = [at(0), at(settings.steps), points.at(-1)!];
  const { office, year } = questions.example;
  const told = STAGES.map(([stage]) => replies[stage].find((t) => t.office === office && t.year === year)!);
  const say = (token: number, p: number): string => `${nameToken(vocabulary, token)} (${percent(p)})`;
  return `<p>With JavaScript both models would answer here. This is the recording.</p>
${table('Right answers', ['', 'future, tuned away and never taught', 'the same, never twin', 'past'], STAGES.map(([, name], i) => row([name, percent(ends[i]!.leak), percent(ends[i]!.never), percent(ends[i]!.past)])))}
${table(`${nameOffice(office)}, ${nameYear(year)}. ${describeTold(vocabulary, told[0]!)}`, ['', 'The model says', 'Its never twin says', 'Blocks 1 to 4: the true name among the names'], STAGES.map(([, name], i) => row([name, ...(['contaminated', 'never'] as const).map((twin) => say(told[i]!.replies[twin].top[0]!.token, told[i]!.replies[twin].top[0]!.p)), told[i]!.replies.contaminated.layers.map((l) => percent(l.truthAmongNames)).join(', ')])))}`;
}

export function askHtml(e: Evidence): string {
  const { files, options, figures } = e.live;
  const record = parseLive('recorded.json', files.get(options.record.slice(2)) as string);
  const there = (url: string): string => url.replace('./', '../');
  const { checkpoints } = options;
  const live = { record: there(options.record), checkpoints: Object.fromEntries(Object.entries(checkpoints).map(([twin, c]) => [twin, { ...c, url: there(c.url) }])) };
  const figure = e.figures.find((f) => f.id === figures[0])!;
  return `${panelHtml(figure, e, { view: 'live', guide: true, live }, '../')}<noscript>${tables(record)}</noscript>
<p class="note">The question that it opens with was not drawn but chosen, to show what the layers can hold: it is ${escapeHtml(record.questions.example.chosen)}. Others show less.</p>`;
}
