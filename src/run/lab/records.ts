// Finished seeds on disk, one file each, under the configuration and the code that made them.
// Knows no running job and no report.
import { join } from 'node:path';
import type { Json } from '../../lab/experiment.ts';
import { readIfThere, sha256, writeWhole } from './files.ts';
import { canonical } from './json.ts';
import type { AnyRecord } from './registry.ts';

export interface Kept {
  experiment: string;
  code: string;
  config: Json;
  environment: Record<string, string>;
  seconds: number;
  record: AnyRecord;
}

/** Which record is meant. */
export type Which = Pick<Kept, 'experiment' | 'code' | 'config'> & { seed: number };

export const recordFile = (folder: string, { experiment, code, config, seed }: Which): string =>
  join(folder, experiment, sha256(canonical([config, code])).slice(0, 16), `${seed}.json`);

const digest = (kept: Kept): string => sha256(canonical(kept));

export function writeRecord(folder: string, kept: Kept): void {
  const file = recordFile(folder, { ...kept, seed: kept.record.seed });
  writeWhole(file, JSON.stringify({ ...kept, digest: digest(kept) }));
}

/** Undefined where it has not been made. A damaged one counts as not made, and `say` hears of it. */
export function readRecord(folder: string, which: Which, say: (line: string) => void): Kept | undefined {
  const file = recordFile(folder, which);
  const text = readIfThere(file)?.toString('utf8');
  if (text === undefined) return undefined;
  try {
    const { digest: written, ...kept } = JSON.parse(text) as Kept & { digest: string };
    if (digest(kept) === written && kept.record.seed === which.seed) return kept;
  } catch {
    // Damaged; said below.
  }
  say(`${file} is damaged and will be made anew`);
  return undefined;
}
