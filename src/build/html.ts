// The few HTML helpers of the build, and the error that names a slide file and line.

export const escapeHtml = (s: string): string =>
  s.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

/** A mistake in a slide file: said where the author is looking. Line 0: the slides as a whole. */
export class SlideError extends Error {
  override name = 'SlideError';
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, reason: string) {
    super(line ? `${file}:${line}: ${reason}` : `${file}: ${reason}`);
    this.file = file;
    this.line = line;
  }
}
