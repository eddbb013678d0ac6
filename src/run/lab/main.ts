// The lab's command line, from words to an exit code. Knows where nothing is: a Host says it.
import { ContractError } from '../../results.ts';
import { makeExact } from './exact.ts';
import { LabError } from './files.ts';
import { describeLab, type Host, type Lab } from './host.ts';
import { HELP, readCommandLine, type Options } from './options.ts';
import { loadExperiments } from './registry.ts';
import { listExperiments, mergeRuns, runExperiments } from './run.ts';
import { reportResults, verifyResults } from './verify.ts';

async function dispatch(lab: Lab, options: Options): Promise<number> {
  if (options.command === 'list') return listExperiments(lab);
  if (options.command === 'merge') return mergeRuns(lab, options);
  if (options.command === 'report') return reportResults(lab, options);
  if (options.command === 'verify') return verifyResults(lab, options);
  return runExperiments(lab, options);
}

/** 0: all is well; 1: something is missing or wrong; 2: the command makes no sense; 130: stopped. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const say = (line: string): void => void (host.screen ?? process.stdout).write(`${line}\n`);
  let options: Options;
  try {
    options = readCommandLine(args);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    say(error.message);
    return 2;
  }
  if (options.command === 'help') {
    say(HELP);
    return 0;
  }
  try {
    makeExact();
    return await dispatch(describeLab(host, await loadExperiments(host.registry)), options);
  } catch (error) {
    if (!(error instanceof LabError || error instanceof ContractError)) throw error;
    say(error.message);
    return 1;
  }
}
