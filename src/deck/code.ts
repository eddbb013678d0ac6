// The code to scan for the slide shown: the reading page at this slide, large enough for the last row.
// The squares were computed at build time; here they are drawn.
import { element, open } from './dialog.ts';
import type { Entry } from './cut.ts';
import { fetchFile } from '../site/files.ts';

/** What the build writes: the public address, and each slide's squares row by row, eight to a byte, as base64. */
export interface Codes {
  site: string;
  codes: Record<string, { size: number; bits: string }>;
}

let loaded: Promise<Codes> | undefined;
export function loadCodes(src: string): Promise<Codes | undefined> {
  loaded ??= fetchFile(src).then((r) => {
    if (!r.ok) throw new Error(String(r.status));
    return r.json() as Promise<Codes>;
  });
  return loaded.catch(() => void (loaded = undefined)); // asked for again next time
}

const SVG = 'http://www.w3.org/2000/svg';
/** Dark squares on a light ground in every theme: what a camera expects. */
function draw({ size, bits }: Codes['codes'][string], label: string): SVGSVGElement {
  const bytes = atob(bits);
  let d = '';
  for (let i = 0; i < size * size; i++) if ((bytes.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1) d += `M${i % size} ${Math.floor(i / size)}h1v1h-1z`;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `-4 -4 ${size + 8} ${size + 8}`); // four squares of light around it, as the standard asks
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}

/** `src`: where the codes are; empty where the build did not know the public address. */
export async function openCode(e: Entry, src: string): Promise<void> {
  if (!src) {
    const how = element('p', '', 'This copy does not know its public address, so there is nothing to scan. Whoever publishes it sets the address when building it:');
    return void open('No code to scan', 'code-dialog', how, element('pre', '', 'SITE_URL=https://host/path npm run build'));
  }
  const codes = await loadCodes(src);
  const code = codes?.codes[e.id];
  if (!code) return void open('No code to scan', 'code-dialog', element('p', '', 'The codes could not be loaded. Close this and press U again once there is a connection.'));
  const address = `${codes.site}/read/#${e.id}`;
  const link = element('a', '', ...address.replace(/^https?:\/\//, '').split(/(?<=\/)/).flatMap((part) => [part, document.createElement('wbr')]));
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener';
  const picture = element('div', 'code-to-scan');
  picture.append(draw(code, `Code to scan: ${address}`));
  open(`Read slide ${e.number} on your own screen`, 'code-dialog', picture, element('p', 'address', link));
}
