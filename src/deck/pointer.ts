// A dot or a spotlight that the room sees: moved by the mouse over the slide, here or over the
// speaker view's picture of it. Positions are shares of the slide, so every window agrees.
import type { Channel, Pointer } from './channel.ts';

const NEXT = { off: 'dot', dot: 'spot', spot: 'off' } as const;

export function createPointer(slides: HTMLElement, channel: Channel): { cycle(): void; show(p: Pointer): void } {
  const mark = document.createElement('div');
  mark.className = 'pointer';
  mark.hidden = true;
  mark.setAttribute('aria-hidden', 'true');
  document.body.append(mark);
  let now: Pointer = { type: 'pointer', mode: 'off', x: 0.5, y: 0.5 };

  function show(p: Pointer): void {
    now = p;
    const box = slides.getBoundingClientRect();
    mark.hidden = p.mode === 'off';
    mark.dataset.mode = p.mode;
    mark.style.setProperty('--x', `${box.left + p.x * box.width}px`);
    mark.style.setProperty('--y', `${box.top + p.y * box.height}px`);
    mark.style.setProperty('--r', `${box.height}px`);
  }
  addEventListener('pointermove', (e) => {
    if (now.mode === 'off') return;
    const box = slides.getBoundingClientRect();
    const p = { ...now, x: (e.clientX - box.left) / box.width, y: (e.clientY - box.top) / box.height };
    show(p);
    channel.send(p);
  });
  return {
    cycle() {
      const p = { ...now, mode: NEXT[now.mode] };
      show(p);
      channel.send(p);
    },
    show,
  };
}
