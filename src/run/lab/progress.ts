// How far a run is: bars that change on a terminal, a plain line now and then elsewhere. Knows jobs
// by name and their steps; starts and ends nothing.
import type { Writable } from 'node:stream';

export type Screen = Writable & { isTTY?: boolean; columns?: number };

export interface Progress {
  /** A line that stays. */
  say(line: string): void;
  started(name: string, steps: number): void;
  /** `computed`: done without what was kept; only that tells the speed. */
  progressed(name: string, at: { done: number; computed: number; what: string }): void;
  ended(name: string, failure?: string): void;
  close(): void;
}

const REDRAW = 200; // ms
const PLAIN = 15_000; // ms between two plain lines
const WIDTH = 24;

export function showTime(seconds: number): string {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const drawBar = (share: number): string => '█'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '░');
const percent = (share: number): string => `${Math.floor(100 * share)}%`;

interface Line {
  steps: number;
  done: number;
  computed: number;
  what: string;
}

/** `jobs` and `steps`: of the whole run. */
export function createProgress(screen: Screen, jobs: number, steps: number, now: () => number = Date.now): Progress {
  const lines = new Map<string, Line>();
  const start = now();
  let [ended, past, pastComputed, drawn] = [0, 0, 0, 0]; // past: steps of jobs that ended; drawn: lines on the terminal

  const sum = (pick: (line: Line) => number): number => [...lines.values()].reduce((a, line) => a + pick(line), 0);
  const reached = ({ done, steps }: Line): number => Math.min(done, steps);
  const showWhole = (): string => {
    const done = past + sum(reached);
    const computed = pastComputed + sum((l) => l.computed);
    const left = computed && done < steps ? ((steps - done) * (now() - start)) / 1000 / computed : undefined;
    return `${percent(steps ? done / steps : 1)}, ${ended} of ${jobs} jobs${left === undefined ? '' : `, about ${showTime(left)} left`}`;
  };
  const share = (line: Line): number => (line.steps ? reached(line) / line.steps : 0);

  const erase = (): void => {
    if (drawn) screen.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (!screen.isTTY) return;
    erase();
    const width = Math.max(20, ...[...lines.keys()].map((n) => n.length));
    const rows = [...lines].map(([name, line]) => `${name.padEnd(width)} ${drawBar(share(line))} ${percent(share(line)).padStart(4)}  ${line.what}`);
    rows.push(`${'all'.padEnd(width)} ${drawBar(steps ? (past + sum(reached)) / steps : 1)} ${showWhole()}`);
    screen.write(rows.map((r) => `${r.slice(0, (screen.columns || 100) - 1)}\n`).join(''));
    drawn = rows.length;
  };
  const write = (line: string): void => {
    erase();
    screen.write(`${line}\n`);
    draw();
  };
  const sayWhole = (): void => write(`${showWhole()} (${[...lines].map(([name, l]) => `${name}: ${percent(share(l))} ${l.what}`).join('; ')})`);
  const timer = jobs ? setInterval(screen.isTTY ? draw : sayWhole, screen.isTTY ? REDRAW : PLAIN) : undefined;
  timer?.unref();

  return {
    say: write,
    started(name, steps) {
      lines.set(name, { steps, done: 0, computed: 0, what: 'starts' });
    },
    progressed(name, at) {
      Object.assign(lines.get(name) ?? {}, at);
    },
    ended(name, failure) {
      const line = lines.get(name);
      past += line?.steps ?? 0;
      if (line?.done) pastComputed += (line.steps * line.computed) / line.done; // as far as the steps were guessed well
      lines.delete(name);
      ended++;
      if (failure !== undefined) write(`${name} failed: ${failure}`);
      else if (!screen.isTTY) write(`${showWhole()}: ${name} has ended`);
    },
    close() {
      clearInterval(timer);
      erase();
    },
  };
}
