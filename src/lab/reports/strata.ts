// Experiment 4, read: its rule, its verdict and its figures.
import type { Arm, Setting } from '../arms.ts';
import type { FigurePart, Report, SeedRecord } from '../experiment.ts';
import { average, collect, headline, listWords, perSeed, percent, say, seriesOf, untested, validOf } from './summary.ts';

export type StrataConfig = { setting: Setting; arms: Record<string, Arm>; checkpoints: readonly number[]; overwrite: { arm: Arm; steps: number } };

/** Shares in [0, 1] of future facts of A2, after each block. */
export interface Layers {
  lens: number[]; // logit lens, among the names
  says: number[]; // logit lens, among all tokens
  probe: number[]; // linear probe, fitted on past facts
}

type Asked = { leak: number; unknown: number; namesOnly: number };

export interface StrataMeasures {
  untouched: { contaminated: Layers; never: Layers };
  models: Record<string, {
    steps: number;
    leak: number; // before any graft, tuned offices
    layers: Layers;
    never: Layers;
    change: number[]; // ‖ΔW‖/‖W‖: embeddings, then each block
    grafts: Record<string, { restored: Asked; reverse: Asked }>; // pretrained into tuned, tuned into pretrained
  }>;
}

const MOST = 0.8;
const LITTLE = 0.2;

const RULE = `The layer story holds if, for refusal, putting the pretrained upper half back restores at least ${percent(MOST)}% of the leak, and the lower half alone less than ${percent(LITTLE)}%, each as the mean over seeds. Fails otherwise.`;

type Model = StrataMeasures['models'][string];

export function reportStrata(records: readonly SeedRecord<StrataMeasures>[], { setting }: StrataConfig): Report {
  const valid = validOf(records);
  if (!valid.length) return { outcome: untested(RULE, records), figures: [] };
  const names = Object.keys(valid[0]!.measures.models);
  const of = (name: string, read: (model: Model) => number): number[] => collect(valid, (m) => read(m.models[name]!));
  const blocks = Array.from({ length: setting.model.nLayer }, (_, i) => i);
  const labels = blocks.map((i) => `block ${i + 1}`);
  /** 0: nothing came back. 1: all that tuning took. The contaminated twin leaks everything (it recalls 99 %). */
  const restoredBy = (model: Model, graft: string): number => (model.grafts[graft]!.restored.leak - model.leak) / (1 - model.leak);
  const restored = (name: string, graft: string): number[] => of(name, (m) => restoredBy(m, graft));
  const [upper, lower] = [restored('refusal', 'upper half'), restored('refusal', 'lower half')];
  const holds = average(upper) >= MOST && average(lower) < LITTLE;

  const layersOf = (kind: keyof Layers): FigurePart['series'] => [
    seriesOf('contaminated', blocks.map((i) => collect(valid, (m) => m.untouched.contaminated[kind][i]!))),
    ...names.filter((n) => ['refusal', 'stale', 'wrong', 'strong overwrite'].includes(n)).map((n) => seriesOf(n, blocks.map((i) => of(n, (m) => m.layers[kind][i]!)))),
    seriesOf('never + refusal', blocks.map((i) => of('refusal', (m) => m.never[kind][i]!))),
  ];
  const last = blocks.length - 1;
  const lens: FigurePart = {
    id: 'lab-strata-lens',
    kind: 'lines',
    title: 'Logit lens after each block: the true holder is the likeliest of the names',
    finding: `After refusal the lens reads ${say(of('refusal', (m) => m.layers.lens[0]!))} after block 1 and ${say(of('refusal', (m) => m.layers.lens[last]!))} after the last, where the untouched model gives ${say(collect(valid, (m) => m.untouched.contaminated.lens[0]!))} and ${say(collect(valid, (m) => m.untouched.contaminated.lens[last]!))}.`,
    x: { label: 'after', categories: labels },
    y: { label: 'future facts read off', unit: '%' },
    series: layersOf('lens'),
    approximate: false,
    caveat: 'A lower bound: what the lens does not read may still be there, as relearning shows.',
  };
  const probe: FigurePart = {
    id: 'lab-strata-probe',
    kind: 'lines',
    title: 'Linear probe after each block, fitted on past facts',
    finding: `At the last block the probe reads ${say(of('refusal', (m) => m.layers.probe[last]!))} after refusal, ${say(collect(valid, (m) => m.untouched.contaminated.probe[last]!))} in the untouched model and ${say(of('refusal', (m) => m.never.probe[last]!))} in the never twin.`,
    x: { label: 'after', categories: labels },
    y: { label: 'future facts read off', unit: '%' },
    series: layersOf('probe'),
    approximate: false,
    caveat: 'A lower bound: a probe that reads little does not show that little is held.',
  };
  const column: FigurePart = {
    id: 'lab-strata-column',
    kind: 'lines',
    title: 'Read out after each block: the true holder is first of the names (holds), or of all words (says)',
    finding: `Among the names, the true holder stands first in ${say(of('refusal', (m) => m.layers.lens[last]!))} at the last block, while the answer given is right in ${say(of('refusal', (m) => m.layers.says[last]!))}.`,
    x: { label: 'after', categories: labels },
    y: { label: 'future facts', unit: '%' },
    series: [
      seriesOf('holds', blocks.map((i) => of('refusal', (m) => m.layers.lens[i]!))),
      seriesOf('says', blocks.map((i) => of('refusal', (m) => m.layers.says[i]!))),
      seriesOf('never twin, holds', blocks.map((i) => of('refusal', (m) => m.never.lens[i]!))),
    ],
    approximate: false,
    caveat: lens.caveat,
  };
  const all = Object.keys(valid[0]!.measures.models.refusal!.grafts);
  const grafts = all.filter((g) => !g.includes('up to'));
  const cumulative = ['embeddings', ...all.filter((g) => g.includes('up to')), 'embeddings and upper half', 'all blocks'];
  const shownModels = names.filter((n) => ['refusal', 'stale', 'wrong'].includes(n));
  const graft: FigurePart = {
    id: 'lab-strata-grafts-all',
    kind: 'table',
    title: 'Pretrained parts put back into the tuned model: share of the leak restored',
    finding: `After refusal the upper half alone restores ${say(upper)}, the lower half alone ${say(lower)}, embeddings alone ${say(restored('refusal', 'embeddings'))}, all blocks ${say(restored('refusal', 'all blocks'))}.`,
    x: { label: 'put back', categories: grafts },
    y: { label: 'leak restored', unit: '%' },
    series: shownModels.map((n) => seriesOf(n, grafts.map((g) => restored(n, g)))),
    approximate: false,
    caveat: 'Putting weights back brings knowledge back: it places the change and proves no retention.',
  };
  const few = ['lower half', 'upper half', ...blocks.map((i) => `block ${i + 1}`), 'embeddings'];
  const halves: FigurePart = {
    ...graft,
    id: 'lab-strata-grafts',
    kind: 'bars',
    y: { label: 'answers restored', unit: '%' },
    title: 'Pretrained parts put back after refusal: share of the future answers that return',
    x: { label: 'put back', categories: few },
    series: [seriesOf('leak restored', few.map((g) => restored('refusal', g)))],
  };
  const upTo: FigurePart = {
    ...graft,
    id: 'lab-strata-cumulative',
    title: 'Pretrained embeddings and blocks put back one after the other: share of the leak restored',
    finding: `After refusal, embeddings and block 1 restore ${say(restored('refusal', 'embeddings and blocks up to 1'))}, with block 2 ${say(restored('refusal', 'embeddings and blocks up to 2'))}.`,
    x: { label: 'put back', categories: cumulative },
    series: [seriesOf('refusal', cumulative.map((g) => restored('refusal', g)))],
  };
  const reverse: FigurePart = {
    id: 'lab-strata-reverse',
    kind: 'bars',
    title: 'Tuned parts put into the pretrained model: leak that is left',
    finding: `Refusal’s upper half alone leaves ${say(of('refusal', (m) => m.grafts['upper half']!.reverse.leak))} of the leak, its lower half ${say(of('refusal', (m) => m.grafts['lower half']!.reverse.leak))}, its embeddings ${say(of('refusal', (m) => m.grafts.embeddings!.reverse.leak))}.`,
    x: { label: 'put in', categories: grafts },
    y: { label: 'leak', unit: '%' },
    series: shownModels.map((n) => seriesOf(n, grafts.map((g) => of(n, (m) => m.grafts[g]!.reverse.leak)))),
    approximate: false,
    caveat: 'Parts that were tuned together are taken apart; each half alone may do what neither does in company.',
  };
  const moved = labels.map((_, i) => of('refusal', (m) => m.change[i + 1]!)).sort((a, b) => average(a) - average(b));
  const change: FigurePart = {
    id: 'lab-strata-change',
    kind: 'points',
    title: 'How far tuning moved the weights, part by part',
    finding: `Refusal moved the embeddings by ${say(of('refusal', (m) => m.change[0]!))} of their length and the blocks by ${say(moved[0]!)} at least and ${say(moved.at(-1)!)} at most.`,
    x: { label: 'part', categories: ['embeddings', ...labels] },
    y: { label: 'length of the change over length of the weights', unit: '%' },
    series: names.filter((n) => ['refusal', 'wrong', 'strong overwrite'].includes(n)).map((n) => seriesOf(n, ['embeddings', ...labels].map((_, i) => of(n, (m) => m.change[i]!)))),
    approximate: false,
    caveat: 'Adam moves every weight by about the learning rate, so an even change follows from the optimiser; it does not say where the behaviour sits.',
  };
  const every: FigurePart = {
    id: 'lab-strata-seeds',
    kind: 'table',
    title: 'Share of the leak restored after refusal, every seed',
    finding: `${valid.length} of ${records.length} seeds count.`,
    x: { label: 'put back', categories: all },
    y: { label: 'leak restored', unit: '%' },
    series: perSeed(records, all.map((g) => (m: StrataMeasures) => restoredBy(m.models.refusal!, g))),
    approximate: false,
    caveat: 'Few seeds: look at the values, not only at the interval.',
  };
  return {
    outcome: {
      verdict: holds ? 'holds' : 'fails',
      rule: RULE,
      sentence: `After refusal, the pretrained upper half alone restores ${say(upper)} of the leak and the lower half alone ${say(lower)}; embeddings alone ${say(restored('refusal', 'embeddings'))}, embeddings and lower half ${say(restored('refusal', 'embeddings and lower half'))}. The weights moved by ${listWords(['embeddings', ...labels].map((l, i) => `${say(of('refusal', (m) => m.change[i]!))} (${l})`))}.`,
      headline: headline('leak restored by the pretrained upper half alone, after refusal', upper),
    },
    figures: [column, lens, probe, halves, graft, upTo, reverse, change, every],
  };
}
