// A page that starts the talk’s own worker, with the real experiments.
import { offer } from '../lab-page.ts';

offer(new Worker(new URL('../../src/run/lab/worker.ts', import.meta.url), { type: 'module' }));
