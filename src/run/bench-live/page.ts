// In the page: every time of the live panel is taken there, by the page's own clock, so that no
// message to and from the script is in it.
import type { Answer, Request } from '../../live/protocol.ts';

/** One stage of a run, from the click on its button. */
export interface Stage {
  pressed: number;
  /** When the frame with each of its points had been painted. */
  points: number[];
  /** The same of its end. */
  end: number;
  /** When each animation frame's callback ran meanwhile. */
  frames: number[];
}
/** A key of the clicker, and the slide that it led to. */
export interface Press {
  slide: string;
  /** Whether a run was computing. */
  isBusy: boolean;
  /** From the key until the frame after it was painted. */
  picture: number;
}
/** What the worker did for one request; it does one after the other. */
export interface Work {
  do: Request['do'];
  from: number;
  to: number;
  isPoint: boolean;
}
export interface LiveBench {
  /** When the slide was on screen, and when the panel was ready. */
  shown: number;
  ready: number;
  stages: Stage[];
  presses: Press[];
  work: Work[];
  longTasks: { start: number; duration: number }[];
}
declare global {
  interface Window {
    liveBench: LiveBench;
  }
}

/** Runs before the page's own code. */
export function probe(): void {
  const bench: LiveBench = (window.liveBench = { shown: 0, ready: 0, stages: [], presses: [], work: [], longTasks: [] });
  performance.setResourceTimingBufferSize(2000);
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) bench.longTasks.push({ start: e.startTime, duration: e.duration });
  }).observe({ type: 'longtask' });

  const NativeWorker = Worker;
  window.Worker = class extends NativeWorker {
    #asked: { do: Request['do']; at: number }[] = [];
    #free = 0;
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      // registered before the panel's own listener, so before the page draws
      this.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
        const asked = 'lost' in data ? undefined : this.#asked.shift();
        if (!asked) return;
        const [from, to] = [Math.max(asked.at, this.#free), performance.now()];
        const isPoint = 'ok' in data && data.ok && Boolean((data.value as { point?: unknown } | null)?.point);
        bench.work.push({ do: asked.do, from, to, isPoint });
        this.#free = to;
      });
    }
    override postMessage(request: Request): void {
      this.#asked.push({ do: request.do, at: performance.now() });
      super.postMessage(request);
    }
  };

  /** From within a frame's callback: the time right after that frame is painted. */
  const painted = (fn: (time: number) => void): void => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => fn(performance.now());
    port2.postMessage(0);
  };
  const panel = (): HTMLElement | null => document.querySelector('#ask-it .live');
  const pointsDrawn = (): number => {
    const [series] = Object.values(window.talk.panelOf(document.querySelector<HTMLElement>('#ask-it .panel')!)!.drawn());
    return series!.filter((v) => v !== null).length;
  };
  const isShown = (): boolean => Boolean(document.querySelector('.reveal.ready section#ask-it.present')?.getBoundingClientRect().height);

  let now: (Stage & { at: string; before: number; seen: number }) | undefined;
  let isShownSeen = false;
  let isReadySeen = false;
  function look(stage: NonNullable<typeof now>): void {
    const { at, running } = panel()!.dataset;
    const isEnd = running === '' && at === stage.at;
    for (const all = pointsDrawn() - stage.before; stage.seen < all; stage.seen++) painted((time) => stage.points.push(time));
    if (!isEnd) return;
    now = undefined;
    painted((time) => (stage.end = time));
  }
  function tick(): void {
    now?.frames.push(performance.now());
    if (!isShownSeen && isShown()) {
      isShownSeen = true;
      painted((time) => (bench.shown = time));
    }
    if (!isReadySeen && isShownSeen && panel()?.dataset.source === 'live') {
      isReadySeen = true;
      painted((time) => (bench.ready = time));
    }
    if (now) look(now);
    requestAnimationFrame(tick);
  }
  requestAnimationFrame(tick);

  const STAGES: Record<string, string> = { Tune: 'tuned', Relearn: 'relearned' };
  addEventListener(
    'click',
    (e) => {
      const at = STAGES[(e.target as Element).textContent ?? ''];
      if (!at || !(e.target as Element).closest('#ask-it .live-buttons')) return;
      now = { at, before: pointsDrawn(), seen: 0, pressed: e.timeStamp, points: [], end: 0, frames: [] };
      bench.stages.push(now);
    },
    true,
  );
  let isBusy = false;
  addEventListener('keydown', () => (isBusy = Boolean(panel()?.dataset.running)), true);
  // reveal listens on the document, so it has turned the page by now
  addEventListener('keydown', (e) => {
    const press = { slide: window.talk.deck.getCurrentSlide().id, isBusy, picture: 0 };
    requestAnimationFrame(() =>
      painted((time) => {
        press.picture = time - e.timeStamp;
        bench.presses.push(press);
      }),
    );
  });
}
