// The live panel for a reader: the panel with its guide, and for who has no script the recording in tables.
import { parseLive, type LiveRecord } from '../results.ts';
import { describeTold, nameOffice, nameToken, nameYear, percent } from '../live/words.ts';
import { panelHtml } from './directives.ts';
import type { PanelOptions } from '../panels/panel.ts';
import { pictureOf } from '../live/strata.ts';
import type { Evidence } from './evidence.ts';
import { escapeHtml } from './html.ts';

const STAGES = [['pretrained', 'As pretrained'], ['tuned', 'Tuned'], ['relearned', 'Taught']] as const;

/** Stages across, so that a phone shows them all. */
function tables({ runs, replies, questions, vocabulary }: LiveRecord, stages: readonly string[]): string {
  const shown = STAGES.filter(([stage]) => stages.includes(stage));
  const [{ points, settings }] = runs as [LiveRecord['runs'][0], ...LiveRecord['runs']];
  const at = (step: number): LiveRecord['runs'][0]['points'][0] => points.find((p) => p.step === step)!;
  const table = (caption: string, rows: [name: string, ...cells: string[]][]): string =>
    `<table><caption>${escapeHtml(caption)}</caption><thead><tr><td></td>${shown.map(([, name]) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.map(([name, ...cells]) => `<tr><th scope="row">${name}</th>${cells.map((c) => `<td>${escapeHtml(c)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
  const all = { pretrained: at(0), tuned: at(settings.steps), relearned: points.at(-1)! };
  const ends = shown.map(([stage]) => all[stage]);
  const { office, year } = questions.example;
  const told = shown.map(([stage]) => replies[stage].find((t) => t.office === office && t.year === year)!);
  const says = (twin: 'contaminated' | 'never'): string[] => told.map((t) => nameToken(vocabulary, t.replies[twin].top[0]!.token));
  const block = (i: number): string[] => told.map((t) => percent(t.replies.contaminated.layers[i]!.truthAmongNames));
  return `${table('Right answers', [['future, silenced, in no lesson', ...ends.map((p) => percent(p.leak))], ['the same, its twin', ...ends.map((p) => percent(p.never))], ['past', ...ends.map((p) => percent(p.past))]])}
${table(`${nameOffice(office)}, ${nameYear(year)}. ${describeTold(vocabulary, told[0]!)}`, [['The model says', ...says('contaminated')], ['Its twin says', ...says('never')], ...told[0]!.replies.contaminated.layers.map((_, i): [string, ...string[]] => [`block ${i + 1}: the true name among the names`, ...block(i)])])}`;
}

const recordOf = (e: Evidence): LiveRecord => parseLive('recorded.json', e.live.files.get(e.live.options.record.slice(2)) as string);

/** The layers of the first question at these stages, as they were recorded. */
function pictures({ replies, questions: { example }, vocabulary }: LiveRecord, stages: readonly string[]): string {
  const all = STAGES.filter(([stage]) => stages.includes(stage)).map(([stage, name]) => {
    const told = replies[stage].find((t) => t.office === example.office && t.year === example.year)!;
    const { viewBox, label, shapes } = pictureOf(told, vocabulary, told.replies.contaminated.layers.length);
    const attributes = (of: Record<string, string | number>): string => Object.entries(of).map(([k, v]) => ` ${k}="${escapeHtml(String(v))}"`).join('');
    const content = shapes.map((s) => `<${s.name}${attributes(s.attributes)}>${escapeHtml(s.text)}</${s.name}>`).join('');
    return `<div class="live-strata strata"><p>${name}</p><svg viewBox="${viewBox}" role="img" aria-label="${escapeHtml(label)}">${content}</svg></div>`;
  });
  return `<div class="live-still">${all.join('')}</div>`;
}

/** What was recorded of the first question at these stages: the layers in pictures, the answers in a table. */
export function recordedHtml(e: Evidence, { stages = STAGES.map(([stage]) => stage) }: Pick<PanelOptions, 'stages'> = {}): string {
  const record = recordOf(e);
  return `<figure class="recorded">${pictures(record, stages)}${tables(record, stages)}</figure>`;
}

/** The panel with its guide, `base` from the site's root; in its place until then, what was recorded. */
export function livePanelHtml(e: Evidence, base: string): string {
  const { options, figures } = e.live;
  const record = recordOf(e);
  const there = (url: string): string => url.replace('./', base);
  const live = { record: there(options.record), checkpoints: Object.fromEntries(Object.entries(options.checkpoints).map(([twin, c]) => [twin, { ...c, url: there(c.url) }])) };
  // as src/run/live.ts chose it
  const like = record.replies.tuned.filter((t) => t.era === 'future' && t.isTuned && !t.isTaught);
  const isRead = (t: (typeof like)[number]): boolean => t.replies.contaminated.layers.every((l) => l.name === t.truth);
  const figure = e.figures.find((f) => f.id === figures[0])!;
  return `${panelHtml(figure, e, { view: 'live', guide: true, live }, base, `<div class="still"><p>The answers as they were recorded.</p>${recordedHtml(e)}</div>`)}${how(like.length, like.filter(isRead).length)}`;
}

const how = (like: number, read: number): string => `<details class="how"><summary>How to read this panel</summary>
<p><strong>The answers</strong> are the likeliest next words of each model, with their probabilities. <strong>The layers</strong> are the first model’s four blocks, the first at the bottom, each read out as if it were the last (the logit lens). The line is the probability of the true name as things stand; the area, its probability if the answer had to be a name; the dashed line, the twin’s area. What the lens does not read may still be there. <strong>The curve</strong> counts right answers to future questions about offices that are silenced and that no lesson mentions, and to questions about the past, which dip and come back as they are rehearsed.</p>
<p>Where it says Live, tuning and teaching run in this browser, with the same code that made the recording, drawn faintly behind; at the end the panel says whether every point is the same. Where it says Recorded, that recording is played. The first question was chosen to show what layers can hold: of ${like} recorded questions like it, ${read} are read by every block after tuning. Nothing you do leaves this machine.</p></details>`;
