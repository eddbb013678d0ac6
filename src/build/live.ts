// The live panel for a reader: the panel with its guide, and for who has no script the recording in tables.
import { parseLive, type LiveRecord } from '../results.ts';
import { describeTold, nameOffice, nameToken, nameYear, percent } from '../live/words.ts';
import { panelHtml } from './directives.ts';
import type { Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';

const STAGES = [['pretrained', 'As pretrained'], ['tuned', 'Tuned'], ['relearned', 'Taught']] as const;

/** Stages across, so that a phone shows them all. */
function tables({ runs, replies, questions, vocabulary }: LiveRecord): string {
  const [{ points, settings }] = runs as [LiveRecord['runs'][0], ...LiveRecord['runs']];
  const at = (step: number): LiveRecord['runs'][0]['points'][0] => points.find((p) => p.step === step)!;
  const table = (caption: string, rows: [name: string, ...cells: string[]][]): string =>
    `<table><caption>${escapeHtml(caption)}</caption><thead><tr><td></td>${STAGES.map(([, name]) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.map(([name, ...cells]) => `<tr><th scope="row">${name}</th>${cells.map((c) => `<td>${escapeHtml(c)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
  const ends = [at(0), at(settings.steps), points.at(-1)!];
  const { office, year } = questions.example;
  const told = STAGES.map(([stage]) => replies[stage].find((t) => t.office === office && t.year === year)!);
  const says = (twin: 'contaminated' | 'never'): string[] => told.map((t) => nameToken(vocabulary, t.replies[twin].top[0]!.token));
  const block = (i: number): string[] => told.map((t) => percent(t.replies.contaminated.layers[i]!.truthAmongNames));
  return `${table('Right answers', [['future, silenced, in no lesson', ...ends.map((p) => percent(p.leak))], ['the same, its twin', ...ends.map((p) => percent(p.never))], ['past', ...ends.map((p) => percent(p.past))]])}
${table(`${nameOffice(office)}, ${nameYear(year)}. ${describeTold(vocabulary, told[0]!)}`, [['The model says', ...says('contaminated')], ['Its twin says', ...says('never')], ...told[0]!.replies.contaminated.layers.map((_, i): [string, ...string[]] => [`block ${i + 1}: the true name among the names`, ...block(i)])])}`;
}

const recordOf = (e: Evidence): LiveRecord => parseLive('recorded.json', e.live.files.get(e.live.options.record.slice(2)) as string);

/** What was recorded: right answers at each stage, and the answers to the first question. */
export const liveTables = (e: Evidence): string => tables(recordOf(e));

/** `base` leads from the page to the site's root. */
export function livePanelHtml(e: Evidence, base: string): string {
  const { options, figures } = e.live;
  const record = recordOf(e);
  const there = (url: string): string => url.replace('./', base);
  const live = { record: there(options.record), checkpoints: Object.fromEntries(Object.entries(options.checkpoints).map(([twin, c]) => [twin, { ...c, url: there(c.url) }])) };
  // as src/run/live.ts chose it
  const like = record.replies.tuned.filter((t) => t.era === 'future' && t.isTuned && !t.isTaught);
  const isRead = (t: (typeof like)[number]): boolean => t.replies.contaminated.layers.every((l) => l.name === t.truth);
  const figure = e.figures.find((f) => f.id === figures[0])!;
  return `${panelHtml(figure, e, { view: 'live', guide: true, live }, base, `<p>With JavaScript both models answer here. This is the recording.</p>${tables(record)}`)}
<p class="note">The first question was chosen to show what layers can hold: of ${like.length} recorded questions like it, ${like.filter(isRead).length} are read by every block after tuning.</p>`;
}
