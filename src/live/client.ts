// The worker, seen from its page: a call for each request, each with one answer, in order. Whatever
// ends the worker (a crash, a lost device, silence) rejects every call from then on, with the reason.
// Knows the worker by what it answers only: none of the lab's code is loaded into the page.
import { makeWorker } from '../site/worker.ts';
import type { Answer, Replied, Request } from './protocol.ts';

export interface Client {
  call<K extends Request['do']>(request: Extract<Request, { do: K }>): Promise<Replied[K]>;
  /** Ends the worker and frees all that it holds. */
  close(): void;
}

const SILENCE = 60_000; // ms without an answer; the longest step takes a hundredth of that

export function startWorker(): Client {
  const worker = makeWorker();
  const waiting: { resolve(value: unknown): void; reject(error: Error): void; timer: ReturnType<typeof setTimeout> }[] = [];
  let dead: string | undefined;

  function end(reason: string): void {
    dead ??= reason;
    worker.terminate();
    for (const call of waiting.splice(0)) {
      clearTimeout(call.timer);
      call.reject(new Error(dead));
    }
  }
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ('lost' in data) return end(data.lost);
    const call = waiting.shift();
    if (!call) return;
    clearTimeout(call.timer);
    if (data.ok) call.resolve(data.value);
    else call.reject(new Error(data.reason));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(event.message ? `the worker crashed: ${event.message}` : 'the worker’s code could not be loaded');
  };

  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(new Error(dead));
        const timer = setTimeout(() => end('the worker no longer answers'), SILENCE);
        waiting.push({ resolve: resolve as (value: unknown) => void, reject, timer });
        worker.postMessage(request);
      }),
    close: () => end('the worker was ended'),
  };
}
