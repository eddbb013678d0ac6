// Starts the service worker, and says when a newer version of the site is there. It reloads a page only
// for who presses “Reload” in it. `<html data-offline>` tells how far it is: keeping, kept.
import './update.css';

const root = document.documentElement;
let isAsked = false;

function button(text: string, fn: () => void): HTMLButtonElement {
  const b = document.createElement('button');
  b.type = 'button';
  b.textContent = text;
  b.addEventListener('click', fn);
  return b;
}

function tell(reload: () => void): void {
  if (document.querySelector('.update')) return;
  const box = document.createElement('aside');
  box.className = 'update';
  const text = document.createElement('p');
  text.setAttribute('role', 'status');
  box.append(text, button('Reload', reload), button('Later', () => box.remove()));
  document.body.append(box);
  text.textContent = 'A new version is ready.'; // written into a region that is there, or it is not read out
}

function offer(registration: ServiceWorkerRegistration): void {
  tell(() => {
    isAsked = true;
    if (registration.waiting) registration.waiting.postMessage('take over');
    else location.reload(); // another window has asked already
  });
}

function follow(registration: ServiceWorkerRegistration, worker: ServiceWorker): void {
  worker.addEventListener('statechange', () => {
    if (worker.state === 'installed' && navigator.serviceWorker.controller) offer(registration);
    if (worker.state === 'redundant' && !registration.active) delete root.dataset.offline; // a file did not come: the next visit tries again
  });
}

export async function keepSite(): Promise<void> {
  const base = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')!.href;
  const hadController = Boolean(navigator.serviceWorker.controller);
  root.dataset.offline = 'keeping';
  try {
    const registration = await navigator.serviceWorker.register(new URL('sw.js', base));
    if (registration.waiting && hadController) offer(registration);
    if (registration.installing) follow(registration, registration.installing);
    registration.addEventListener('updatefound', () => registration.installing && follow(registration, registration.installing));
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (isAsked) location.reload();
      else if (hadController) offer(registration); // this page is of the version before: its files may be gone from here
    });
    await navigator.serviceWorker.ready;
    root.dataset.offline = 'kept';
  } catch {
    delete root.dataset.offline; // forbidden, full or no network: the site works without
  }
}
