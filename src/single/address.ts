// The talk's pages are one file, and each has its name in the address: ?page=evidence&claim=C0. The
// deck has none.

/** The page that this address asks for: '' is the deck. */
export const pageName = (): string => new URLSearchParams(location.search).get('page') ?? '';

/** As src/site/address.ts: from an address in relation to this page. */
export function pageAddress(relative: string): string {
  const here = pageName();
  const to = new URL(relative, `talk:/${here && `${here}/`}`);
  const page = to.pathname.split('/').find(Boolean);
  const query = new URLSearchParams([...(page ? [['page', page]] : []), ...to.searchParams]);
  const own = new URL(location.href);
  own.search = query.toString();
  own.hash = to.hash;
  return own.href;
}
