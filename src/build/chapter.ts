// A chapter file as text: its front matter, and its slides cut into headline, fields, body, reading text and notes.
import type { Context } from './prose.ts';

/** A slide as written; lines keep their numbers for errors. */
export interface Raw {
  line: number;
  headline: string;
  meta: Record<string, string>;
  body: { text: string; line: number }[];
  /** What a reader gets beside the slide, who has no speaker. */
  read: { text: string; line: number }[];
  notes: { text: string; line: number }[];
}

/** Splits a chapter file into its front matter and its slides. */
export function split(source: string, fail: Context['fail']): { meta: Record<string, string>; slides: Raw[] } {
  const lines = source.split(/\r?\n/);
  const meta: Record<string, string> = {};
  let i = 0;
  if (lines[0] !== '---') fail(1, 'a chapter starts with --- and its name: “chapter: …”');
  for (i = 1; i < lines.length && lines[i] !== '---'; i++) {
    const m = /^(\w+):\s*(.*)$/.exec(lines[i]!);
    if (m) meta[m[1]!] = m[2]!.trim();
  }
  const slides: Raw[] = [];
  let part: 'meta' | 'body' | 'read' | 'notes' = 'meta';
  for (i++; i < lines.length; i++) {
    const text = lines[i]!;
    if (text.startsWith('# ')) {
      slides.push({ line: i + 1, headline: text.slice(2).trim(), meta: {}, body: [], read: [], notes: [] });
      part = 'meta';
      continue;
    }
    const slide = slides.at(-1);
    if (!slide) {
      if (text.trim()) fail(i + 1, 'text before the first slide; a slide starts with “# ”');
      continue;
    }
    if (part === 'meta') {
      const m = /^([\w-]+):\s*(.*)$/.exec(text);
      if (m) slide.meta[m[1]!] = m[2]!.trim();
      else part = 'body';
    }
    const heading = /^(Read|Notes):\s*$/.exec(text)?.[1];
    if (heading) part = heading === 'Read' ? 'read' : 'notes';
    else if (part !== 'meta') slide[part].push({ text, line: i + 1 });
  }
  return { meta, slides };
}
