// Where a page gets its files: from the server. In the build into one file src/single/files.ts stands
// in for this module.

/** One of the talk's own files, by its address as it stands on the page. */
export const fetchFile = (url: string, how?: Pick<RequestInit, 'cache'>): Promise<Response> => fetch(url, how);

/** Whether all of the talk is one file. */
export const isOneFile: boolean = false;

/** The same file as a worker can have it: by a whole address, or, where there is no server, its bytes. */
export const forWorker = <T extends { url: string }>(file: T): T & { bytes?: Uint8Array } => ({ ...file, url: new URL(file.url, location.href).href });
