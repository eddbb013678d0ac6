// THE CONTRACT: what a figure's data must be before anything draws, prints or quotes it.
// One shape for published evidence and for results of our own; the two differ only in the
// provenance they must carry. Imports nothing but zod, knows no panel and no slide.
import * as z from 'zod/mini';

z.config({ jitless: true }); // zod's compiled validators need `eval`, which a strict CSP forbids

export const CLAIMS = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11'] as const;
export const STANCES = ['supports', 'complicates', 'contradicts'] as const;
export const READS = ['full text', 'abstract', "authors' figure", "authors' released data", 'secondary page'] as const;
export const KINDS = ['bars', 'lines', 'points', 'table', 'range', 'statement'] as const;

/** Plain text: shown as text everywhere, so a tag in it is a mistake or an attack. */
const text = z.string().check(z.refine((s) => !/<\s*[a-z!/]/i.test(s), 'holds HTML; plain text only'));
const words = text.check(z.minLength(1, 'is empty'));
const id = z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case'));
const url = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });
const number = z.number({ error: (i) => (i.input === undefined ? 'is missing' : 'must be a finite number') });

// #region figure
/** Named values, one for each place on the x axis; `low`/`high` bound the stated `interval`. */
const series = z.strictObject({
  name: words,
  values: z.array(number).check(z.minLength(1, 'is empty')),
  low: z.optional(z.array(number)),
  high: z.optional(z.array(number)),
  interval: z.optional(words),
});

/** What every figure holds, whoever measured it. */
const figure = {
  id,
  kind: z.enum(KINDS),
  title: words, // what is measured
  finding: words, // one sentence, in our words
  x: z.strictObject({
    label: text,
    categories: z.optional(z.array(words)),
    values: z.optional(z.array(number)),
  }),
  y: z.strictObject({ label: text, unit: text }),
  series: z.array(series),
  reference: z.optional(z.array(z.strictObject({ label: words, value: number }))),
  quantities: z.optional(z.array(z.strictObject({ label: words, value: number, unit: text }))),
  approximate: z.boolean(), // bounds, image measurements, "about"
  caveat: words, // what a hostile expert would say
};
// #endregion

// #region published
/** A published number carries its paper, the place in it, how it was read, and its caveat. */
export const Published = z
  .strictObject({
    ...figure,
    paper: z.string(), // an id in papers.json
    claims: z.array(z.enum(CLAIMS)).check(z.minLength(1, 'is empty')),
    stance: z.enum(STANCES),
    where: words, // table, figure or section
    read: z.enum(READS),
    recheck: z.enum(['ok-primary', 'ok-secondary', 'no']),
    page: url, // the address where it was read
    pageNote: z.optional(text),
    derived: text, // how a value is our arithmetic, if it is
    control: z.optional(z.boolean()), // a model that never had it, under the same recovery?
    teaches: z.optional(words), // what the recovery step trains on
  })
  .check(z.superRefine(consistent));
// #endregion

/** A result of our own carries what repeats it: code version, configuration, seeds, environment. */
export const Ours = z
  .strictObject({
    ...figure,
    experiment: id,
    claims: z.array(z.enum(CLAIMS)).check(z.minLength(1, 'is empty')),
    made: z.strictObject({
      code: words,
      config: z.record(z.string(), z.unknown()),
      seeds: z.array(z.int()).check(z.minLength(1, 'is empty')),
      environment: z.record(z.string(), z.string()),
      date: z.iso.date(),
    }),
  })
  .check(z.superRefine(consistent));

// #region lab
const VERDICTS = ['holds', 'holds in part', 'fails', 'not tested'] as const;
const LAB = 'lab/1';
const seedRecord = {
  seed: z.int(),
  invalid: z.optional(words), // why it does not count; it is listed all the same
  measures: z.unknown().check(z.refine((m) => m !== undefined, 'is missing')), // what they are is known to the experiment
};

/** One experiment's result file: what its records say, the records, and all that repeats them. */
export const LabResult = z
  .strictObject({
    schema: z.literal(LAB),
    experiment: id,
    question: words,
    limits: words,
    claims: z.array(z.enum(CLAIMS)).check(z.minLength(1, 'is empty')),
    made: z.strictObject({
      code: words,
      config: z.record(z.string(), z.unknown()),
      seeds: z.array(z.int()).check(z.minLength(1, 'is empty')),
      environment: z.record(z.string(), z.string()),
      when: z.strictObject({ date: z.iso.date(), seconds: number }), // all that differs between two runs
    }),
    outcome: z.strictObject({
      verdict: z.enum(VERDICTS),
      rule: words,
      sentence: words,
      headline: z.strictObject({ what: words, value: number, low: number, high: number }),
    }),
    figures: z.array(z.record(z.string(), z.unknown())), // each read as `Ours`, with what is above
    seeds: z.array(z.strictObject(seedRecord)),
    /** The quick configuration with one seed: short enough to be run again whenever the file is checked. */
    slice: z.optional(z.strictObject({ ...seedRecord, quick: z.literal(true) })),
    digest: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')), // of all the rest, as canonical JSON
  })
  .check(
    z.superRefine((r, ctx) => {
      const listed = r.seeds.map((s) => s.seed);
      if (listed.join() !== r.made.seeds.join()) ctx.issues.push({ code: 'custom', message: `lists seeds ${listed.join(', ')}, made.seeds ${r.made.seeds.join(', ')}`, path: ['seeds'], input: r });
    }),
  );
// #endregion

// #region live
const share = number.check(z.minimum(0, 'is below 0'), z.maximum(1, 'is above 1'));
const reply = z.strictObject({
  top: z.array(z.strictObject({ token: z.int(), p: share })).check(z.minLength(1, 'is empty')),
  layers: z.array(z.strictObject({ token: z.int(), name: z.int(), truth: share, truthAmongNames: share })).check(z.minLength(1, 'is empty')),
});
const settings = z.strictObject({ seed: z.int(), share, rate: number, steps: z.int(), taught: z.int() });
const asked = { office: z.int(), year: z.int(), era: z.enum(['past', 'future', 'beyond']), truth: z.int(), isTuned: z.boolean(), isTaught: z.boolean() };
const told = z.strictObject({ ...asked, replies: z.strictObject({ contaminated: reply, never: reply }) });
const checkpoint = z.strictObject({ file: words, bytes: z.int(), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')) });
const point = z.strictObject({ step: z.int(), leak: share, never: share, past: share });

/** The recorded live run: what the panel plays where it cannot compute, and compares with where it can. */
export const LiveRecord = z.strictObject({
  schema: z.literal('live/1'),
  figures: z.array(z.unknown()), // read as `Ours`
  checkpoints: z.strictObject({ contaminated: checkpoint, never: checkpoint }),
  vocabulary: z.strictObject({ offices: z.int(), years: z.int(), beyond: z.int(), cutoff: z.int(), firstName: z.int(), names: z.int(), unknown: z.int() }),
  /** In the wording of the replies. The panel opens with the example, and says how it was chosen. */
  questions: z.strictObject({ wording: words, example: z.strictObject({ office: z.int(), year: z.int(), chosen: words }), offices: z.array(z.int()).check(z.minLength(1, 'is empty')), years: z.array(z.int()).check(z.minLength(1, 'is empty')) }),
  /** The first run is the one with the settings as they are. */
  runs: z.array(z.strictObject({ settings, points: z.array(point).check(z.minLength(1, 'is empty')) })).check(z.minLength(1, 'is empty')),
  /** Of the first run. */
  replies: z.strictObject({ pretrained: z.array(told), tuned: z.array(told), relearned: z.array(told) }),
});
// #endregion

export type LiveRecord = Omit<z.infer<typeof LiveRecord>, 'figures'> & { figures: Ours[] };
export type LabResult = Omit<z.infer<typeof LabResult>, 'figures'> & { figures: Ours[] };
export type Published = z.infer<typeof Published>;
export type Ours = z.infer<typeof Ours>;
export type Figure = Published | Ours;
export type Series = Figure['series'][number];
export type Claim = (typeof CLAIMS)[number];
export type Stance = (typeof STANCES)[number];

export const isPublished = (f: Figure): f is Published => 'paper' in f;
/** First-hand: read in the paper or in what its authors released, not on somebody else's page. */
export const isFirstHand = (f: Published): boolean => f.read !== 'secondary page';

const PublishedFile = z.strictObject({ schema: z.literal('published/1'), figures: z.array(z.unknown()) });

const Paper = z.looseObject({
  id: words,
  type: words,
  title: words,
  author: z.array(z.looseObject({ family: z.optional(words), given: z.optional(words), literal: z.optional(words) })).check(z.minLength(1, 'is empty')),
  issued: z.looseObject({ 'date-parts': z.array(z.array(z.int())) }),
  URL: url,
  note: z.optional(text),
});
export type Paper = z.infer<typeof Paper>;

/** A data file broke the contract. The message names the file, the path in it, and the reason. */
export class ContractError extends Error {
  override name = 'ContractError';
}

interface Shaped {
  kind: (typeof KINDS)[number];
  x: { categories?: string[] | undefined; values?: number[] | undefined };
  series: z.infer<typeof series>[];
}

/** What a type cannot say: lengths that agree, intervals that hold their value, kinds that fit. */
function consistent(f: Shaped, ctx: z.core.$RefinementCtx): void {
  const say = (message: string, ...path: (string | number)[]) =>
    ctx.issues.push({ code: 'custom', message, path, input: f, continue: true });
  const { categories, values } = f.x;
  if (categories && values) say('has both categories and values', 'x');
  if (f.kind === 'statement') {
    if (f.series.length) say('a statement has nothing to chart', 'series');
    return;
  }
  const length = (categories ?? values)?.length ?? 0;
  if (!length) say('has neither categories nor values', 'x');
  if (!f.series.length) say('is empty', 'series');
  if (f.kind === 'range' && f.series.length !== 2) say('a range has two series, from and to', 'series');
  const names = new Set<string>();
  f.series.forEach((s, i) => {
    if (names.has(s.name)) say(`the name “${s.name}” stands twice`, 'series', i, 'name');
    names.add(s.name);
    for (const key of ['values', 'low', 'high'] as const) {
      const n = s[key]?.length ?? length;
      if (n !== length) say(`has ${n} values for ${length} places on the x axis`, 'series', i, key);
    }
    if (!s.low !== !s.high || !s.low !== !s.interval) say('low, high and interval come together', 'series', i);
    s.values.forEach((v, j) => {
      if (v < (s.low?.[j] ?? v) || v > (s.high?.[j] ?? v)) say('lies outside its interval', 'series', i, 'values', j);
    });
  });
}

function fail(file: string, issues: readonly z.core.$ZodIssue[], at: PropertyKey[] = []): never {
  const [first] = issues;
  const path = [...at, ...(first?.path ?? [])].map((p, i) => (typeof p === 'number' ? `[${p}]` : i ? `.${String(p)}` : String(p))).join('');
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const reason = first?.code === 'unrecognized_keys' ? `has unknown fields: ${first.keys.join(', ')}` : first?.message;
  throw new ContractError(`${file}: ${path || 'the file'} ${reason ?? 'is wrong'}${more}`);
}

function json(file: string, source: string): unknown {
  if (!source.trim()) throw new ContractError(`${file}: the file is empty`);
  try {
    return JSON.parse(source);
  } catch (e) {
    throw new ContractError(`${file}: is not whole JSON (cut short, or not JSON): ${(e as Error).message}`);
  }
}

/** One figure, published or ours. `file` only names it in errors. Throws ContractError. */
export function parseFigure(file: string, source: string | object, at: PropertyKey[] = []): Figure {
  const data = typeof source === 'string' ? json(file, source) : source;
  const schema = typeof data === 'object' && data !== null && 'experiment' in data ? Ours : Published;
  const r = schema.safeParse(data);
  return r.success ? r.data : fail(file, r.error.issues, at);
}

/** CSL-JSON, one entry a paper. Throws ContractError. */
export function parsePapers(file: string, source: string): Paper[] {
  const r = z.array(Paper).safeParse(json(file, source));
  if (!r.success) return fail(file, r.error.issues);
  const twice = r.data.find((p, i) => r.data.findIndex((q) => q.id === p.id) !== i);
  if (twice) throw new ContractError(`${file}: the id “${twice.id}” stands twice`);
  return r.data;
}

/** The whole file of published evidence, each entry's paper known. Throws ContractError. */
export function parsePublished(file: string, source: string, papers: readonly Paper[]): Published[] {
  const r = PublishedFile.safeParse(json(file, source));
  if (!r.success) return fail(file, r.error.issues);
  const seen = new Set<string>();
  return r.data.figures.map((entry, i) => {
    const f = parseFigure(file, entry as object, ['figures', i]);
    if (!isPublished(f)) throw new ContractError(`${file}: figures[${i}] is a result of our own, in the file of published evidence`);
    if (!papers.some((p) => p.id === f.paper)) throw new ContractError(`${file}: figures[${i}].paper “${f.paper}” is not in papers.json (entry “${f.id}”)`);
    if (seen.has(f.id)) throw new ContractError(`${file}: figures[${i}].id “${f.id}” stands twice`);
    seen.add(f.id);
    return f;
  });
}

/** One result file of the lab, its figures with their provenance. Whether the digest fits, `npm run lab -- verify` says. Throws ContractError. */
export function parseLab(file: string, source: string): LabResult {
  const data = json(file, source);
  const schema = (data as { schema?: unknown } | null)?.schema;
  if (schema !== LAB) throw new ContractError(`${file}: schema is ${JSON.stringify(schema) ?? 'missing'}, and this code reads “${LAB}”; make the file anew with \`npm run lab\``);
  const r = LabResult.safeParse(data);
  if (!r.success) return fail(file, r.error.issues);
  const { experiment, claims, made } = r.data;
  const { when, ...rest } = made;
  const seen = new Set<unknown>();
  const figures = r.data.figures.map((part, i) => {
    if (seen.has(part.id)) throw new ContractError(`${file}: figures[${i}].id “${String(part.id)}” stands twice`);
    seen.add(part.id);
    return parseFigure(file, { ...part, experiment, claims, made: { ...rest, date: when.date } }, ['figures', i]) as Ours;
  });
  return { ...r.data, figures };
}

/** The recorded live run, its figures read. Throws ContractError. */
export function parseLive(file: string, source: string): LiveRecord {
  const r = LiveRecord.safeParse(json(file, source));
  if (!r.success) return fail(file, r.error.issues);
  return { ...r.data, figures: r.data.figures.map((f, i) => parseFigure(file, f as object, ['figures', i]) as Ours) };
}
