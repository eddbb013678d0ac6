// Codes to scan, made at build time: they lead to the site's public address, which only whoever
// publishes it knows (SITE_URL). Without one there are none.
import { encode } from 'uqr';
import { escapeHtml } from './html.ts';

/** The public address without a slash at its end; undefined if none is given. Throws for what is none. */
export function publicSite(given: string | undefined): string | undefined {
  if (!given?.trim()) return undefined;
  const text = given.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) throw new Error(`SITE_URL is “${text}”; it must be the site’s http(s) address, such as https://host/path, without ? or #`);
  return url.href.replace(/\/+$/, '');
}

export const readingAddress = (site: string, id: string): string => `${site}/read/#${id}`;

const squares = (address: string): boolean[][] => encode(address, { ecc: 'M', border: 0 }).data;

/** What src/deck/code.ts draws: the address, and every slide's squares. */
export function codesJson(site: string, ids: readonly string[]): string {
  const codes = ids.map((id) => {
    const rows = squares(readingAddress(site, id));
    const flat = rows.flat();
    const bytes = Buffer.alloc(Math.ceil(flat.length / 8));
    flat.forEach((dark, i) => {
      if (dark) bytes[i >> 3]! |= 0x80 >> (i & 7);
    });
    return [id, { size: rows.length, bits: bytes.toString('base64') }];
  });
  return JSON.stringify({ site, codes: Object.fromEntries(codes) as unknown });
}

/** `::qr`: the code of the slide it stands on, with the address in words. Nothing where there is no address. */
export function qrHtml(site: string | undefined, id: string): string {
  if (!site) return '';
  const address = readingAddress(site, id);
  const rows = squares(address);
  const d = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const size = rows.length + 8;
  const text = escapeHtml(address.replace(/^https?:\/\//, '')).replace(/\//g, '/<wbr>');
  return `<figure class="qr"><svg viewBox="-4 -4 ${size} ${size}" role="img" aria-label="Code to scan: ${escapeHtml(address)}"><path d="${d}"/></svg><figcaption><a href="${escapeHtml(address)}" target="_blank" rel="noopener">${text}</a></figcaption></figure>`;
}
