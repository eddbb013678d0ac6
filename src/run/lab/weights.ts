// Trained weights on disk, by what they were made from, so that no two runs train the same model.
// Knows no experiment and no world: a recipe is JSON, a model is named lists of numbers.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json } from '../../lab/experiment.ts';
import type { Weights } from '../../lab/model.ts';
import { explainWriting, isAlive, readIfThere, sha256, writeWhole } from './files.ts';
import { canonical } from './json.ts';

interface Header {
  models: [name: string, length: number][][];
  sha256: string; // of names, lengths and body
}

const digest = (models: Header['models'], body: Buffer): string => sha256(Buffer.concat([Buffer.from(JSON.stringify(models)), body]));

export const weightsFile = (folder: string, recipe: Json, code: string): string => join(folder, `${sha256(canonical([recipe, code]))}.bin`);

/** Length of the header (four bytes), the header as JSON, then every number as float32; little-endian. */
export function packWeights(models: readonly Weights[]): Buffer {
  const body = Buffer.concat(models.flatMap((m) => Object.values(m).map((w) => Buffer.from(w.buffer, w.byteOffset, w.byteLength))));
  if (endianness() === 'BE') body.swap32();
  const names: Header['models'] = models.map((m) => Object.entries(m).map(([name, w]) => [name, w.length]));
  const text = Buffer.from(JSON.stringify({ models: names, sha256: digest(names, body) } satisfies Header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, body]);
}

/** Undefined if it is not whole. */
export function unpackWeights(file: Buffer): Weights[] | undefined {
  try {
    const start = 4 + file.readUInt32LE(0);
    const header = JSON.parse(file.toString('utf8', 4, start)) as Header;
    const body = Buffer.from(file.subarray(start));
    if (digest(header.models, body) !== header.sha256) return undefined;
    if (endianness() === 'BE') body.swap32();
    let at = 0;
    const take = (length: number): Float32Array => {
      const bytes = body.subarray(at, (at += 4 * length));
      return new Float32Array(Uint8Array.from(bytes).buffer); // a copy: numbers have to be aligned
    };
    return header.models.map((m) => Object.fromEntries(m.map(([name, length]) => [name, take(length)])));
  } catch {
    return undefined;
  }
}

export const writeWeights = (file: string, models: readonly Weights[]): void => writeWhole(file, packWeights(models));

/** Undefined where there are none. Damaged ones count as none, and `say` hears of it. */
export function readWeights(file: string, say: (line: string) => void): Weights[] | undefined {
  const bytes = readIfThere(file);
  if (!bytes) return undefined;
  const models = unpackWeights(bytes);
  if (!models) {
    say(`${file} is damaged and will be made anew`);
    rmSync(file, { force: true });
  }
  return models;
}

// #region lock
const FORGOTTEN = 120_000; // ms without a sign of life

export interface Lock {
  touch(): void;
  release(): void;
}

/**
 * Says to others that this file is being made; undefined if another process says so. It only spares
 * work: two that made the same file would write the same bytes, each whole.
 */
export function lock(file: string): Lock | undefined {
  const beside = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (isForgotten(beside)) rmSync(beside, { force: true });
    const open = openSync(beside, 'wx');
    writeSync(open, String(process.pid));
    closeSync(open);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw explainWriting(beside, error);
  }
  let touched = Date.now();
  return {
    touch() {
      const now = Date.now();
      if (now - touched < FORGOTTEN / 20) return;
      touched = now;
      try {
        utimesSync(beside, now / 1000, now / 1000);
      } catch {
        // Somebody thought it forgotten: no harm.
      }
    },
    release: () => rmSync(beside, { force: true }),
  };
}

function isForgotten(beside: string): boolean {
  try {
    const { mtimeMs } = statSync(beside);
    const pid = Number(readFileSync(beside, 'utf8'));
    return Date.now() - mtimeMs > FORGOTTEN || (pid > 0 && !isAlive(pid));
  } catch {
    return false; // there is none, or it went just now
  }
}
// #endregion
