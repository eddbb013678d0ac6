// The service worker: keeps every file of one build and serves them before the network is asked, so a
// slow network costs nothing and no network nothing either. A new build is kept beside the old one and
// waits: open pages go on with theirs until somebody presses “Reload”, or all have been closed. Then
// what only the old build had is deleted. Workbox does all this; here stands what is ours to say.
import { precacheAndRoute } from 'workbox-precaching';

/** As Workbox takes it: a file whose name holds no hash has a revision, and must be the very bytes. */
export interface Kept {
  url: string;
  revision: string | null;
  integrity?: string;
}

/** Put in by the build: every file of it, by its address from here. */
declare const KEPT: Kept[];

/** What we use of a service worker's scope; the compiler knows only a page's. */
interface Scope {
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', fn: (event: { data: unknown }) => void): void;
}

// one file a page, whatever its address asks for: ?cut=10, ?claim=C0
precacheAndRoute(KEPT, { cleanURLs: false, ignoreURLParametersMatching: [/./] });

(globalThis as unknown as Scope).addEventListener('message', ({ data }) => {
  if (data === 'take over') void (globalThis as unknown as Scope).skipWaiting();
});
