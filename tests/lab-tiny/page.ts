// A page that starts the worker as any page would, and hands over what it says.
import type { Answer } from '../../src/run/lab/browser.ts';
import type { Job } from '../../src/run/lab/registry.ts';

declare global {
  interface Window {
    ask(job: Job): Promise<Answer[]>;
  }
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

/** Everything the worker says until it is done. */
window.ask = (job) =>
  new Promise((resolve, reject) => {
    const said: Answer[] = [];
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      said.push(data);
      if (data.kind !== 'progress') resolve(said);
    };
    worker.postMessage(job);
  });
