// Where the talk's pages are: in folders of one site. In the build into one file src/single/address.ts
// stands in for this module. Links in the markup need no such call.

/** The address of another page, from its address in relation to this one: “../evidence/?claim=C0”. */
export const pageAddress = (relative: string): string => new URL(relative, location.href).href;
