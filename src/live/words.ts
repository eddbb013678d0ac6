// What the live panel says in words. Pure; knows no page and no worker.
import type { LiveRecord } from '../results.ts';
import type { At, Device, LiveSettings, Point, Question, Told } from './protocol.ts';

type Vocabulary = LiveRecord['vocabulary'];

/** An answer as the panel writes it. */
export function nameToken({ firstName, names, unknown }: Vocabulary, token: number): string {
  if (token === unknown) return 'UNKNOWN';
  return token >= firstName && token < firstName + names ? `Name ${token - firstName + 1}` : 'another word';
}

export const nameOffice = (office: number): string => `Office ${office + 1}`;
export const nameYear = (year: number): string => `year ${year + 1}`;

/** Per cent with one decimal: as on the stored charts. */
export const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;

/** What the question is about, before any model is asked. */
export function describeTold(vocabulary: Vocabulary, { era, truth, isTuned, isTaught }: Told): string {
  const name = nameToken(vocabulary, truth);
  if (era === 'past') return `True: ${name}. Before the cutoff.`;
  if (era === 'beyond') return 'Beyond the calendar: nobody knows.';
  return `True: ${name}. After the cutoff; ${isTuned ? 'an office to be silenced' : 'an office left alone'}, ${isTaught ? 'in the lesson' : 'in no lesson'}.`;
}

/** For a listener: what both say, and whether it is right. */
export function sayReplies(vocabulary: Vocabulary, told: Told): string {
  const { office, year } = told;
  const [own, twin] = [told.replies.contaminated.top[0]!, told.replies.never.top[0]!].map(({ token }) => `${nameToken(vocabulary, token)}${token === told.truth ? ', which is right' : ''}`);
  return `${nameOffice(office)}, ${nameYear(year)}. The model says ${own}; its never twin says ${twin}.`;
}

/** How many steps the lesson takes: the same in every run. */
export const lessonSteps = ({ runs }: LiveRecord): number => runs[0]!.points.at(-1)!.step - runs[0]!.settings.steps;

export const sameSettings = (a: LiveSettings, b: LiveSettings): boolean => (Object.keys(a) as (keyof LiveSettings)[]).every((k) => a[k] === b[k]);
export const findRun = (record: LiveRecord, settings: LiveSettings): LiveRecord['runs'][number] | undefined => record.runs.find((r) => sameSettings(r.settings, settings));

/** On WebGPU: how far the end of a stage may lie from the recording, as shares. Sums are rounded in another order there. */
export const TOLERANCE = 0.05;

const MEASURES = { leak: 'future answers', never: 'the twin’s', past: 'past answers' } as const;

/** Whether a live run is the recorded one, as far as it has come. */
export function compareRuns(points: readonly Point[], recorded: readonly Point[] | undefined, device: Device): string {
  if (!recorded) return 'No run with these settings was recorded, so there is nothing to compare with.';
  const pairs = points.map((p, i) => [p, recorded[i]] as const);
  const find = (differs: (a: number, b: number) => boolean, among = pairs): string | undefined => {
    for (const [a, b] of among)
      for (const key of Object.keys(MEASURES) as (keyof typeof MEASURES)[])
        if (!b || a.step !== b.step || differs(a[key], b[key])) return `at step ${a.step}, ${MEASURES[key]} are ${percent(a[key])} here and ${b ? percent(b[key]) : 'not'} in the recording`;
    return undefined;
  };
  const exact = find((a, b) => a !== b);
  if (!exact) return `Reproduced: all ${points.length} points equal the recording to the last digit.`;
  if (device === 'wasm') return `Not reproduced: ${exact}.`;
  const far = find((a, b) => Math.abs(a - b) > TOLERANCE, pairs.slice(-1));
  return far ? `Not reproduced within ${100 * TOLERANCE} points: ${far}.` : `Reproduced within ${100 * TOLERANCE} points, the tolerance on WebGPU, where sums round differently.`;
}

/** The end of a stage, for everyone. */
export function sayEnd(at: At, { leak, never, past }: Point): string {
  if (at === 'tuned') return `${percent(leak)} of the silenced facts are still answered, and ${percent(past)} of the past.`;
  return `${percent(leak)} of the silenced facts, in no lesson, are back; its twin has ${percent(never)}.`;
}

// #region address
/** Settings and question as the address keeps them: only what is not as recorded. */
export function writeAddress(settings: LiveSettings, question: Question, record: LiveRecord): string {
  const plain = { ...record.runs[0]!.settings, ...defaultQuestion(record) } as Record<string, unknown>;
  return Object.entries({ ...settings, ...question } as Record<string, unknown>)
    .filter(([k, v]) => v !== plain[k])
    .map(([k, v]) => `${k}-${String(v)}`)
    .join('.');
}

export const defaultQuestion = ({ questions }: LiveRecord): Question => ({ office: questions.example.office, year: questions.example.year, wording: questions.wording as Question['wording'] });

/** What an address asks for, and what in it cannot be had. */
export function readAddress(text: string, record: LiveRecord, choices: Readonly<Partial<Record<string, readonly (number | string)[]>>>): { settings: LiveSettings; question: Question; wrong: string[] } {
  const settings = { ...record.runs[0]!.settings };
  const question = defaultQuestion(record);
  const { offices, years, beyond } = record.vocabulary;
  const wrong: string[] = [];
  // “rate-0.0003.year-6”: a point in front of a digit belongs to the number
  for (const part of text.split(/\.(?!\d)/).filter(Boolean)) {
    const [, key = '', value = ''] = /^([a-z]+)-(\w+(?:\.\d+)?)$/.exec(part) ?? [];
    const number = Number(value);
    const isWhole = (below: number): boolean => Number.isInteger(number) && number >= 0 && number < below;
    if (key === 'wording' && choices.wording?.includes(value)) question.wording = value as Question['wording'];
    else if (key === 'office' && isWhole(offices)) question.office = number;
    else if (key === 'year' && isWhole(years + beyond)) question.year = number;
    else if (key === 'seed' && isWhole(2 ** 32)) settings.seed = number;
    else if (key in settings && choices[key]?.includes(number)) settings[key as keyof LiveSettings] = number;
    else wrong.push(part);
  }
  return { settings, question, wrong };
}
// #endregion
