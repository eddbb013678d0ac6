// Light or dark: what the address or an earlier visit says, else the system; and a button for it.
import { recall, remember } from '../deck/storage.ts';
import { redrawAll } from '../panels/host.ts';

export function addTheme(): void {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get('theme') ?? recall('localStorage', 'theme');
  if (asked === 'light' || asked === 'dark') root.dataset.theme = asked;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const button = document.createElement('button');
  button.type = 'button';
  const name = (): void => void (button.textContent = isDark() ? 'Light' : 'Dark');
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember('localStorage', 'theme', root.dataset.theme);
    name();
    redrawAll(document);
  });
  system.addEventListener('change', () => {
    name();
    redrawAll(document);
  });
  name();
  document.querySelector('.site')!.append(button);
}
