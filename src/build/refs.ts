// {{references}}: how a number, a finding or a count gets from the data into a sentence; and the
// check that no number gets there any other way.
import { decimalsOf, formatValue } from '../format.ts';
import { ledger } from '../verdict.ts';
import { CLAIMS, STANCES, isPublished, type Claim, type Figure, type LabResult, type Published, type Stance } from '../results.ts';

const norm = (s: string): string => s.toLowerCase().replace(/[’‘]/g, "'").replace(/\s+/g, ' ').trim();

/** The one of `names` that `part` means: equal, else the only one that contains it. */
function pick(part: string, names: readonly string[]): number {
  const want = norm(part);
  const exact = names.findIndex((n) => norm(n) === want);
  if (exact >= 0) return exact;
  const hits = names.flatMap((n, i) => (norm(n).includes(want) ? [i] : []));
  if (hits.length > 1) throw new Error(`“${part}” could be any of: ${hits.map((i) => names[i]).join(' | ')}`);
  return hits[0] ?? -1;
}

interface Cell {
  value: number;
  unit: string;
  decimals?: number;
  interval?: [low: number, high: number];
}

function cell(f: Figure, selector: string): Cell {
  if (selector.startsWith('#')) {
    const label = selector.slice(1).trim();
    const quantities = f.quantities ?? [];
    const q = quantities[pick(label, quantities.map((x) => x.label))];
    if (q) return q;
    const references = f.reference ?? [];
    const r = references[pick(label, references.map((x) => x.label))];
    if (r) return { value: r.value, unit: f.y.unit };
    throw new Error(`${f.id} has no quantity “${label}”; it has: ${[...quantities, ...references].map((x) => x.label).join(' | ') || 'none'}`);
  }
  const places = (f.x.categories ?? f.x.values ?? []).map(String);
  const names = f.series.map((s) => s.name);
  let s = names.length === 1 ? 0 : -1;
  let x = places.length === 1 ? 0 : -1;
  for (const part of selector.split(' / ').map((p) => p.trim()).filter(Boolean)) {
    const asSeries = s < 0 ? pick(part, names) : -1;
    const asPlace = asSeries < 0 && x < 0 ? pick(part, places) : -1;
    if (asSeries >= 0) s = asSeries;
    else if (asPlace >= 0) x = asPlace;
    else throw new Error(`${f.id} has no “${part}”; series: ${names.join(' | ')}; x: ${places.join(' | ')}`);
  }
  if (s < 0) throw new Error(`${f.id}: say which series: ${names.join(' | ')}`);
  if (x < 0) throw new Error(`${f.id}: say which place: ${places.join(' | ')}`);
  const { values, low, high } = f.series[s]!;
  const decimals = f.y.unit === 'year' ? 0 : decimalsOf(f.series.flatMap((t) => t.values));
  return { value: values[x]!, unit: f.y.unit, decimals, ...(low && high && { interval: [low[x]!, high[x]!] as [number, number] }) };
}

function value(f: Figure, body: string, options: string[]): string {
  const [left = '', right] = body.split(' minus ');
  const first = cell(f, left.trim());
  let { value: v, unit, decimals } = first;
  if (right) {
    v = Number((v - cell(f, right.trim()).value).toPrecision(6));
    if (unit.startsWith('%')) unit = 'points';
  }
  if (options.includes('percent')) [v, unit, decimals] = [Number((v * 100).toPrecision(6)), '%', Math.max(0, (decimals ?? 0) - 2)];
  if (options.includes('abs')) v = Math.abs(v);
  if (options.includes('bare')) unit = unit === 'year' ? 'year' : '';
  const word = unit === 'points' || options.includes('points') ? (Math.abs(v) === 1 ? ' point' : ' points') : '';
  const text = formatValue(v, word ? '' : unit, f.approximate && !options.includes('spoken'), decimals) + word;
  if (!options.includes('interval')) return text;
  if (!first.interval || right) throw new Error(`${f.id}: “${body.trim()}” has no interval`);
  const [low, high] = first.interval.map((bound) => formatValue(bound, '', false, decimals));
  return `${text} (${low} to ${high})`;
}

function count(body: string, figures: readonly Published[]): string {
  const [what, ...filters] = body.trim().split(/\s+/);
  const kept = figures.filter((f) =>
    filters.every((w) => {
      if ((CLAIMS as readonly string[]).includes(w)) return f.claims.includes(w as Claim);
      if ((STANCES as readonly string[]).includes(w)) return f.stance === (w as Stance);
      if (w === 'control') return f.control === true;
      if (w === 'second-hand') return f.read === 'secondary page';
      if (w === 'abstract') return f.read === 'abstract';
      throw new Error(`cannot count by “${w}”`);
    }),
  );
  if (what === 'entries') return String(kept.length);
  if (what === 'drawn') return String(kept.filter((f) => f.series.length).length);
  if (what === 'papers') return String(new Set(kept.map((f) => f.paper)).size);
  throw new Error(`cannot count “${what ?? ''}”: entries, drawn or papers`);
}

/** “C10”: its verdict; “C10 for”: how many papers; “not tested”: how many claims. */
function verdict(body: string, figures: readonly Published[]): string {
  const [claim = '', word] = body.split(/\s+/);
  const all = ledger(figures);
  const own = all.find((t) => t.claim === claim);
  if (!own) return String(all.filter((t) => t.verdict === body).length);
  if (!word) return own.verdict;
  if (!(word in own.papers)) throw new Error(`a verdict counts: ${Object.keys(own.papers).join(', ')}`);
  return String(own.papers[word as keyof typeof own.papers]);
}

const OF_RESULT: Record<string, (r: LabResult) => string> = {
  verdict: (r) => r.outcome.verdict,
  sentence: (r) => r.outcome.sentence,
  rule: (r) => r.outcome.rule,
  question: (r) => r.question,
  limits: (r) => r.limits,
  seeds: (r) => r.made.seeds.join(', '),
  n: (r) => String(r.seeds.filter((s) => s.invalid === undefined).length),
};

/** “recovery verdict”: what the lab's result says in words. */
function result(body: string, results: ReadonlyMap<string, LabResult>): string {
  const [id = '', what = ''] = body.split(/\s+/);
  const r = results.get(id);
  if (!r) throw new Error(`no result of an experiment “${id}”; there are: ${[...results.keys()].join(', ') || 'none'}`);
  const say = OF_RESULT[what];
  if (!say) throw new Error(`a result has: ${Object.keys(OF_RESULT).join(', ')}`);
  return say(r);
}

/** The text that {{inner}} stands for. Throws with the reason when it means nothing. */
export function resolveRef(inner: string, figures: readonly Figure[], results: ReadonlyMap<string, LabResult> = new Map()): string {
  const colon = inner.indexOf(':');
  const id = (colon < 0 ? inner : inner.slice(0, colon)).trim();
  const [body = '', ...options] = (colon < 0 ? '' : inner.slice(colon + 1)).split('|').map((s) => s.trim());
  for (const o of options) if (!['bare', 'percent', 'points', 'spoken', 'abs', 'interval'].includes(o)) throw new Error(`unknown option “${o}”`);
  if (id === 'count') return count(body, figures.filter(isPublished));
  if (id === 'verdict') return verdict(body, figures.filter(isPublished));
  if (id === 'lab') return result(body, results);
  const field = id === 'finding' || id === 'caveat' || id === 'title' ? id : undefined;
  const wanted = field ? body : id;
  const f = figures.find((g) => g.id === wanted);
  if (!f) throw new Error(`no entry “${wanted}” in the evidence`);
  return field ? f[field] : value(f, body, options);
}

/** Digits that an author typed: none but those in a listed name may stand in a slide. */
export function typedNumbers(prose: string, names: readonly string[]): string[] {
  let rest = prose;
  for (const name of [...names].sort((a, b) => b.length - a.length))
    rest = rest.replace(new RegExp(`(?<![\\w.])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\d|\\.\\d)`, 'g'), ' ');
  return rest.match(/[\w.,]*\d[\w.,%]*/g) ?? [];
}
