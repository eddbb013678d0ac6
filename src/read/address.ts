// Where one is, in the address: #part, or #part/step once its panel has been stepped.
export interface Place {
  id: string;
  step?: number;
}

export function readPlace(): Place | undefined {
  const [id, step] = decodeURIComponent(location.hash.slice(1)).split('/');
  if (!id) return undefined;
  return { id, ...(step && /^\d+$/.test(step) && { step: Number(step) }) };
}

/** Leaves the reader where he is: nothing scrolls, and Back does not collect every step. */
export function writePlace({ id, step }: Place): void {
  const hash = `#${id}${step === undefined ? '' : `/${step}`}`;
  if (location.hash !== hash) history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`);
}
