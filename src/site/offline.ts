// When the site begins to keep itself on this machine: once a page has all it needs, so that keeping
// the rest takes nothing from the first picture. Not on this machine's own server (it needs no network,
// and would show yesterday's build), and not where a host is not safe: browsers allow no service worker there.

const isOwnServer = /^(localhost|127\..*|\[::1\])$/.test(location.hostname);
const GRACE = 5000; // ms after the load event, for pages that do not say when all is loaded

function whenLoaded(fn: () => void): void {
  const root = document.documentElement;
  let isOver = false;
  const once = (): void => {
    if (isOver) return;
    isOver = true;
    fn();
  };
  const see = (): void => void (root.dataset.loaded === 'all' && once());
  see();
  new MutationObserver(see).observe(root, { attributes: true, attributeFilter: ['data-loaded'] });
  const late = (): void => void setTimeout(once, GRACE);
  if (document.readyState === 'complete') late();
  else addEventListener('load', late);
}

// the speaker’s window and its pictures stay as they are while a talk is on
const isInTalk = new URLSearchParams(location.search).has('session');
const isSparing = Boolean((navigator as { connection?: { saveData?: boolean } }).connection?.saveData); // all of it is 2 MB

if (isSecureContext && 'serviceWorker' in navigator && !isOwnServer && !isInTalk && !isSparing) whenLoaded(() => void import('./update.ts').then(({ keepSite }) => keepSite()));
