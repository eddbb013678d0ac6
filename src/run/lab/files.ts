// Files that are there whole or not at all, and errors that say what to do. Knows no experiment.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A failure whose message is all that the user needs to see. */
export class LabError extends Error {
  override name = 'LabError';
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'your quota of the disk is used up; free some space',
  EACCES: 'it may not be written; change its permissions',
  EPERM: 'it may not be written; change its permissions',
  EROFS: 'it lies on a disk that can only be read; work elsewhere',
  ENOTDIR: 'a file stands where a folder should be; move it away',
  EEXIST: 'a file stands where a folder should be; move it away',
};

/** What went wrong with writing, what is kept, and how to go on. */
export function explainWriting(file: string, error: unknown): LabError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message;
  return new LabError(`cannot write ${file} (${code || 'error'}): ${reason}, then give the same command again. Finished seeds and weights in .lab are kept.`);
}

type Disk = Pick<typeof fs, 'mkdirSync' | 'openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'renameSync' | 'rmSync'>;

/** Writes beside the file, then renames: whoever looks sees the old content or the new one, never a part. */
export function writeWhole(file: string, data: string | Uint8Array, disk: Disk = fs): void {
  const folder = dirname(file);
  const beside = join(folder, `${basename(file)}.${process.pid}.tmp`);
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let open: number | undefined;
  try {
    disk.mkdirSync(folder, { recursive: true });
    open = disk.openSync(beside, 'w');
    for (let at = 0; at < bytes.length; ) at += disk.writeSync(open, bytes, at);
    disk.fsyncSync(open);
    disk.closeSync(open);
    open = undefined;
    disk.renameSync(beside, file);
  } catch (error) {
    if (open !== undefined) disk.closeSync(open);
    try {
      disk.rmSync(beside, { force: true });
    } catch {
      // The first error says more.
    }
    throw explainWriting(file, error);
  }
}

/** The content, or undefined where there is no such file. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LabError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes what writers that were killed left behind. */
export function sweep(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const pid = Number(/\.(\d+)\.tmp$/.exec(entry.name)?.[1] ?? NaN);
    if (entry.isFile() && pid && !isAlive(pid)) fs.rmSync(join(entry.parentPath, entry.name), { force: true });
  }
}
