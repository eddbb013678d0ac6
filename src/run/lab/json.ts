// JSON whose text depends on nothing but the values: a canonical form to hash, a readable one to
// commit, and the place of the first difference between two. Knows no file and no experiment.

type Path = readonly (string | number)[];

export const showPath = (path: Path): string => path.map((p, i) => (typeof p === 'number' ? `[${p}]` : i ? `.${p}` : p)).join('') || 'the whole';

const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object';

/** The fields that count: JSON leaves out what is undefined. */
const fields = (value: object): [string, unknown][] => Object.entries(value).filter(([, v]) => v !== undefined);

/** Throws where JSON would lose or change something: NaN, a typed array, a function, undefined in a list. */
export function checkJson(value: unknown, name: string, path: Path = []): void {
  const refuse = (what: string): never => {
    throw new TypeError(`${name}: ${showPath(path)} is ${what}; only finite numbers, texts, true, false, null, lists and plain objects can be kept`);
  };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : refuse(String(value));
  if (Array.isArray(value)) return value.forEach((v, i) => checkJson(v, name, [...path, i]));
  if (typeof value !== 'object') return refuse(typeof value === 'undefined' ? 'missing' : `a ${typeof value}`);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') return refuse(`a ${kind}`);
  for (const [key, v] of fields(value)) checkJson(v, name, [...path, key]);
}

/** Keys sorted, no spaces. */
export function canonical(value: unknown): string {
  if (isScalar(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const sorted = fields(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(',')}}`;
}

const WIDE = 120; // characters of an object that still stands on one line

/** For people and diffs: indented by one; a list, or a short object, without lists or objects in it on one line. */
export function print(value: unknown, indent = ''): string {
  if (isScalar(value)) return JSON.stringify(value);
  const deeper = `${indent} `;
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return `[${value.map((v) => JSON.stringify(v)).join(', ')}]`;
    return `[\n${value.map((v) => deeper + print(v, deeper)).join(',\n')}\n${indent}]`;
  }
  const own = fields(value as object);
  const line = own.every(([, v]) => isScalar(v)) ? `{${own.map(([key, v]) => `${JSON.stringify(key)}: ${JSON.stringify(v)}`).join(', ')}}` : '';
  if (line && line.length <= WIDE) return line;
  const lines = own.map(([key, v]) => `${deeper}${JSON.stringify(key)}: ${print(v, deeper)}`);
  return lines.length ? `{\n${lines.join(',\n')}\n${indent}}` : '{}';
}

export interface Difference {
  path: string;
  a: string;
  b: string;
}

/** The first place where two values differ, in the order of the first; key order does not count. */
export function findDifference(a: unknown, b: unknown, path: Path = []): Difference | undefined {
  const show = (value: unknown): string => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
  };
  if (isScalar(a) || isScalar(b) || Array.isArray(a) !== Array.isArray(b)) return Object.is(a, b) ? undefined : { path: showPath(path), a: show(a), b: show(b) };
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = findDifference(left[key], right[key], [...path, Array.isArray(a) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}
