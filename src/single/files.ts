// The talk's own files, kept in the page: JSON as it is, weights in base64. No server, no fetch.

const find = (url: string): HTMLScriptElement | undefined => {
  const name = /data\/[^/?#]+$/.exec(url)?.[0];
  return [...document.querySelectorAll<HTMLScriptElement>('script[data-file]')].find((e) => e.dataset.file === name);
};
const isText = (kept: HTMLScriptElement): boolean => kept.type === 'application/json';

function bytesOf(kept: HTMLScriptElement): Uint8Array<ArrayBuffer> {
  const text = kept.textContent;
  return isText(kept) ? new TextEncoder().encode(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export const isOneFile: boolean = true;

export function fetchFile(url: string): Promise<Response> {
  const kept = find(url);
  return Promise.resolve(kept ? new Response(bytesOf(kept), { headers: { 'content-type': kept.type } }) : new Response(null, { status: 404 }));
}

export function forWorker<T extends { url: string }>(file: T): T & { bytes?: Uint8Array } {
  const kept = find(file.url);
  return kept ? { ...file, bytes: bytesOf(kept) } : file; // a worker on file:// may fetch nothing, not even a blob
}

/** An address for a link to a kept file; undefined for all others. */
export function linkTo(url: string): string | undefined {
  const kept = find(url);
  return kept && URL.createObjectURL(new Blob([bytesOf(kept)], { type: kept.type }));
}
