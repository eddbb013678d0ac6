// Where a page gets its files: from the server. In the build into one file src/single/files.ts stands
// in for this module.

/** One of the talk's own files, by its address as it stands on the page. */
export const fetchFile = (url: string): Promise<Response> => fetch(url);

/** The same file as a worker can have it: by a whole address, or, where there is no server, its bytes. */
export const forWorker = <T extends { url: string }>(file: T): T & { bytes?: Uint8Array } => ({ ...file, url: new URL(file.url, location.href).href });
