// Where the code of the live run's worker is: in a file of its own. In the build into one file
// src/single/worker.ts stands in for this module.
export const makeWorker = (): Worker => new Worker(new URL('../live/worker.ts', import.meta.url), { type: 'module' });
