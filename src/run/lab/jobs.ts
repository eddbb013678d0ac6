// Runs jobs side by side, each in a process of its own. Knows what a job is called and how it
// ended, not what it measures.
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Message, Task } from './job.ts';
import type { Job } from './registry.ts';

export interface Watcher {
  started(task: Task): void;
  progressed(task: Task, progress: Message & { kind: 'progress' }): void;
  noted(task: Task, line: string): void;
  /** `failure`: why it ended without a record. */
  ended(task: Task, failure?: string): void;
}

const JOB = fileURLToPath(new URL('job.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** One process; resolves when it has ended and everything it said was heard. */
function runJob(task: Task, watch: Watcher, giveUp: () => void): { child: ChildProcess; done: Promise<void> } {
  const child = fork(JOB, [JSON.stringify(task)], { execArgv: ['--import', TSX], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let failure: string | undefined;
  let errors = '';
  child.stderr!.on('data', (data) => (errors = (errors + data).slice(-4000)));
  child.on('message', (message: Message) => {
    if (message.kind === 'progress') watch.progressed(task, message);
    else if (message.kind === 'note') watch.noted(task, message.line);
    else {
      failure = message.message;
      if (message.others) giveUp();
    }
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
    child.once('close', (code, signal) => {
      const tell = (): void => resolve(failure ?? (code === 0 ? undefined : explainEnd(code, signal, errors)));
      if (child.connected) child.once('disconnect', tell); // what it said last may still be on its way
      else tell();
    });
  });
  watch.started(task);
  return { child, done: ended.then((why) => watch.ended(task, why)) };
}

function explainEnd(code: number | null, signal: string | null, errors: string): string {
  const how = signal ? `its process was ended by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}` : `its process ended with exit code ${code}`;
  return [how, errors.trim()].filter(Boolean).join('\n');
}

/** Jobs that share what is trained: same seed, same size. */
const family = ({ seed, quick }: Job): string => `${seed}${quick}`;

/** The first that is of no running family; if there is none, the first. */
export function chooseNext<J extends Job>(waiting: readonly J[], running: Iterable<J>): J | undefined {
  const busy = new Set([...running].map(family));
  return waiting.find((j) => !busy.has(family(j))) ?? waiting[0];
}

/**
 * Runs all, at most `parallel` at once. Jobs of one family follow each other, so that none trains
 * what another is training; only when nothing else is left do two of them run together.
 */
export function runJobs(tasks: readonly Task[], parallel: number, watch: Watcher): { done: Promise<void>; stop(): void } {
  const waiting = [...tasks];
  const running = new Map<Task, ChildProcess>();
  const takeNext = (): Task | undefined => {
    const next = chooseNext(waiting, running.keys());
    if (next) waiting.splice(waiting.indexOf(next), 1);
    return next;
  };
  const work = async (): Promise<void> => {
    for (let task = takeNext(); task; task = takeNext()) {
      const { child, done } = runJob(task, watch, () => (waiting.length = 0));
      running.set(task, child);
      await done;
      running.delete(task);
    }
  };
  return {
    done: Promise.all(Array.from({ length: parallel }, work)).then(() => undefined),
    stop() {
      waiting.length = 0;
      for (const child of running.values()) child.kill();
    },
  };
}
