// The command line of the lab: words in, options out, and an error that says what to write instead.
import { LabError } from './files.ts';

export const PUBLISHED_SEEDS = [21, 22, 23, 24, 25] as const;
const COMMANDS = ['list', 'verify', 'merge', 'report', 'help'] as const;

export const HELP = `npm run lab -- <experiment…|all> [options]   runs experiments; goes on where a run was stopped
npm run lab -- list                           the experiments, and what is kept of each
npm run lab -- verify [experiment…] [--no-run]
                                              checks result files; runs a slice of each again
npm run lab -- merge <folder or file…>        joins the files of --shard runs
npm run lab -- report [experiment…]           verdict and figures anew, from the records in result files

  --seeds 21-25      which seeds; also 11,13,99. Only 21-25 are published; 1-3 were for development
  --quick            the small configuration, for a look; never published
  --shard 2/6        only this part of the jobs; writes .lab/shards/, for merge
  --jobs 2           processes at once; as many as the machine has cores, if not given
  --out folder       where result files go, or are, instead of assets/lab`;

export interface Shard {
  index: number;
  of: number;
}

export interface Options {
  command: 'run' | (typeof COMMANDS)[number];
  /** Experiments, or for merge files and folders. */
  names: string[];
  seeds: number[];
  quick: boolean;
  shard?: Shard;
  jobs?: number;
  out?: string;
  /** verify: run the slices again. */
  run: boolean;
}

const wrong = (why: string): never => {
  throw new LabError(`${why}; \`npm run lab -- help\` shows all`);
};

/** `21-25`, `11,13,99`, or both mixed. */
export function readSeeds(text: string): number[] {
  const refuse = (): never => wrong(`--seeds ${text}: write a range like 21-25 or a list like 11,13,99`);
  const seeds = text.split(',').flatMap((part) => {
    const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? refuse();
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from || to - from > 999) refuse();
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(seeds)].sort((a, b) => a - b);
}

function readShard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? wrong(`--shard ${text}: write which part of how many, like 2/6`);
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index < 1 || shard.index > shard.of) wrong(`--shard ${text}: parts are counted from 1/${of} to ${of}/${of}`);
  return shard;
}

function readJobs(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1) wrong(`--jobs ${text}: write how many processes to run at once, 1 or more`);
  return Number(text);
}

export function readCommandLine(args: readonly string[]): Options {
  const options: Options = { command: 'run', names: [], seeds: [...PUBLISHED_SEEDS], quick: false, run: true };
  const take: Record<string, (value: string) => void> = {
    '--seeds': (v) => (options.seeds = readSeeds(v)),
    '--shard': (v) => (options.shard = readShard(v)),
    '--jobs': (v) => (options.jobs = readJobs(v)),
    '--out': (v) => (options.out = v || wrong('--out needs a folder')),
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const [name = '', inline] = arg.split(/=(.*)/s);
    if (arg === '--help' || arg === '-h') options.command = 'help';
    else if (arg === '--quick') options.quick = true;
    else if (arg === '--no-run') options.run = false;
    else if (take[name]) take[name](inline ?? args[++i] ?? wrong(`${name} needs a value`));
    else if (arg.startsWith('-')) wrong(`there is no option ${arg}`);
    else if (i === 0 && COMMANDS.includes(arg as (typeof COMMANDS)[number])) options.command = arg as Options['command'];
    else options.names.push(arg);
  }
  if (options.command === 'run' && !options.names.length) wrong('name an experiment, or all');
  if (options.command === 'merge' && !options.names.length) wrong('merge needs the files of shards, or a folder that holds them');
  return options;
}
