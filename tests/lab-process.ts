// Runs the lab's command line in a process of its own, on other experiments and in another folder.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from './support.ts';

export interface Ended {
  code: number | null;
  signal: string | null;
  output: string;
}

export interface Started {
  child: ChildProcess;
  /** What it has said so far. */
  said(): string;
  ended: Promise<Ended>;
}

export const startLab = (registry: URL, folder: string, ...words: string[]): Started => start(registry, folder, words, false);

/** In a process group of its own: `process.kill(-pid, signal)` reaches the command and its jobs at once. */
export const startLabGroup = (registry: URL, folder: string, ...words: string[]): Started => start(registry, folder, words, true);

function start(registry: URL, folder: string, words: string[], detached: boolean): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'tests/lab-fake/cli.ts'), registry.href, folder, ...words], { cwd: root, detached, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout!.on('data', (data) => (output += data));
  child.stderr!.on('data', (data) => (output += data));
  return { child, said: () => output, ended: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, output }))) };
}

export const runLab = (registry: URL, folder: string, ...words: string[]): Promise<Ended> => startLab(registry, folder, ...words).ended;
