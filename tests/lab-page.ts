// What the pages that try the lab in a worker share: a question to the worker, and all its answers.
import type { Answer } from '../src/run/lab/browser.ts';
import type { Job } from '../src/run/lab/registry.ts';

declare global {
  interface Window {
    ask(job: Job): Promise<Answer[]>;
  }
}

/** `window.ask` hands over everything that the worker says until it is done. */
export function offer(worker: Worker): void {
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
}
