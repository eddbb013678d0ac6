// The lab's experiments, in the order in which the talk uses them.
import type { Experiment } from '../experiment.ts';
import { capacity } from './capacity.ts';
import { dose } from './dose.ts';
import { recovery } from './recovery.ts';
import { silence } from './silence.ts';
import { strata } from './strata.ts';

export const EXPERIMENTS = [silence, recovery, dose, strata, capacity] as unknown as readonly Experiment[];
