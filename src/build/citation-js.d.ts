// The part of citation-js that we call; the package ships no types.
declare module '@citation-js/core' {
  export class Cite {
    constructor(data: unknown);
    format(output: 'bibliography', options: Record<string, unknown>): unknown;
  }
}
