// The code of the live run's worker, kept in the page. A classic worker: Chromium starts no module
// from a blob on file://.
import LiveWorker from '../live/worker.ts?worker&inline';

export const makeWorker = (): Worker => new LiveWorker();
