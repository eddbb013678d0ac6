// One experiment with one seed, in a process of its own: started by jobs.ts, it keeps what it makes
// on disk, tells its parent how far it is, and ends with it. Knows no other job.
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Bench, Json } from '../../lab/experiment.ts';
import type { Weights } from '../../lab/model.ts';
import { describeEnvironment, readCode, type Code } from './code.ts';
import { makeExact } from './exact.ts';
import { LabError } from './files.ts';
import { checkJson } from './json.ts';
import { writeRecord } from './records.ts';
import { configOf, findExperiment, loadExperiments, nameJob, type AnyRecord, type Job } from './registry.ts';
import { lock, readWeights, weightsFile, writeWeights, type Lock } from './weights.ts';

/** What the parent gives. */
export interface Task extends Job {
  registry: string;
  code: Code;
  weights: string; // folders
  records: string;
}

/** What the parent hears. */
export type Message =
  | { kind: 'progress'; done: number; computed: number; what: string } // steps so far; computed: without what was kept
  | { kind: 'note'; line: string }
  | { kind: 'failed'; message: string; others: boolean }; // others: what runs beside it may go on, what follows would fail as well

const EVERY = 200; // ms between two messages of progress

const send = (message: Message): Promise<void> => new Promise((done) => (process.send ? process.send(message, undefined, {}, () => done()) : done()));
const note = (line: string): void => void send({ kind: 'note', line });

/**
 * Ends this process once its parent has gone. In a thread: training keeps the main one so busy that
 * no event reaches it.
 */
function followParent(): void {
  const look = `
    const end = () => process.kill(process.pid, 'SIGKILL');
    setInterval(() => {
      if (process.ppid !== ${process.ppid}) end();
      try { process.kill(${process.ppid}, 0); } catch { end(); }
    }, 250)`;
  new Worker(look, { eval: true }).unref();
  process.once('disconnect', () => process.exit(1));
  process.on('SIGINT', () => {}); // Ctrl+C reaches all processes of a terminal; the parent decides
}

/** Weights from the store, or made and stored; steps counted as they come. */
function createBench({ weights: folder, code }: Task): Bench & { close(): void } {
  let [done, computed, told] = [0, 0, 0];
  const held = new Set<Lock>();
  const counted = new Set<string>(); // an experiment may ask for the same weights many times
  const tell = (what: string, atOnce = false): void => {
    if (!atOnce && Date.now() - told < EVERY) return;
    told = Date.now();
    for (const each of held) each.touch();
    void send({ kind: 'progress', done, computed, what });
  };
  const count = (steps: number, kept: boolean): void => {
    done += steps;
    if (!kept) computed += steps;
  };
  const findKept = (file: string, steps: number): Weights[] | undefined => {
    const known = readWeights(file, note);
    if (known && !counted.has(file)) count(steps, true);
    if (known) counted.add(file);
    return known;
  };
  const makeAndStore = async (file: string, steps: number, make: () => Promise<Weights[]>): Promise<Weights[]> => {
    const before = computed;
    const made = await make();
    writeWeights(file, made);
    counted.add(file);
    count(Math.max(0, steps - (computed - before)), false); // what `make` has not told of
    return made;
  };
  return {
    did(steps, what) {
      count(steps, false);
      tell(what);
    },
    async keep(recipe: Json, steps: number, make: () => Promise<Weights[]>) {
      checkJson(recipe, 'the recipe of weights');
      const file = weightsFile(folder, recipe, code.weights);
      for (;;) {
        const known = findKept(file, steps);
        if (known) return known;
        const own = lock(file);
        if (own) {
          held.add(own);
          try {
            return findKept(file, steps) ?? (await makeAndStore(file, steps, make)); // another may have made it just now
          } finally {
            held.delete(own);
            own.release();
          }
        }
        tell('waits for weights that another job makes');
        await wait(EVERY);
      }
    },
    close: () => tell('done', true),
  };
}

function checkCode(task: Task): void {
  const { weights, records } = readCode(new URL(task.registry), task.experiment);
  if (weights !== task.code.weights || records !== task.code.records) throw new LabError(`the lab's code was changed during the run (${task.code.records} → ${records}); start the command again, or run from a checkout that nobody edits`);
}

async function run(task: Task): Promise<void> {
  makeExact();
  checkCode(task);
  const experiment = findExperiment(await loadExperiments(new URL(task.registry)), task.experiment);
  checkCode(task); // what was imported is what was hashed
  const config = configOf(experiment, task.quick);
  const start = performance.now();
  const bench = createBench(task);
  const record = await experiment.run(task.seed, config, bench);
  bench.close();
  checkJson(record, `the record of ${nameJob(task)}`);
  if (record.seed !== task.seed) throw new Error(`${nameJob(task)} gave the record of seed ${record.seed}`);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const plain = JSON.parse(JSON.stringify(record)) as AnyRecord;
  writeRecord(task.records, { experiment: task.experiment, code: task.code.records, config, environment: describeEnvironment(), seconds, record: plain });
}

followParent();
try {
  await run(JSON.parse(process.argv[2]!) as Task);
  process.exit(0);
} catch (error) {
  const { message, stack } = error as Error;
  const others = error instanceof LabError; // the disk or the code: not this job's fault
  await send({ kind: 'failed', message: others ? message : (stack ?? message), others });
  process.exit(1);
}
