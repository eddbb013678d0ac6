// The browser tags what is to be read aloud and leaves all else without a word: the words in a
// picture that has its own, the heads and feet of pages, backgrounds. PDF/UA wants these marked as
// artifacts. Knows the plain files that Chromium writes and leaves any other as it is.
import { deflateSync, inflateSync } from 'node:zlib';

const PATH = new Set(['m', 'l', 'c', 'v', 'y', 'h', 're']);
const PAINT = new Set(['f', 'F', 'f*', 'S', 's', 'B', 'B*', 'b', 'b*', 'sh', 'Do']);

/** Marks what a page paints outside its tags. An operator ends its line, but for clips and colours. */
export function markArtifacts(content: string): string {
  const out: string[] = [];
  let depth = 0; // of tags
  let from = -1; // where a text or a path begins in `out`, if one is open
  let inText = false;
  const wrap = (start: number): void => {
    out.splice(start, 0, '/Artifact BMC');
    out.push('EMC');
  };
  for (const line of content.split('\n')) {
    const op = /(\S+)\s*$/.exec(line)?.[1] ?? '';
    out.push(line);
    if (op.endsWith('BDC') || op === 'BMC') [depth, from] = [depth + 1, -1];
    else if (op === 'EMC') depth--;
    else if (depth) continue;
    else if (op === 'BT') [from, inText] = [out.length - 1, true];
    else if (op === 'ET') {
      if (from >= 0) wrap(from);
      [from, inText] = [-1, false];
    } else if (inText) continue;
    else if (PATH.has(op)) from = from < 0 ? out.length - 1 : from;
    else if (PAINT.has(op)) {
      wrap(from < 0 ? out.length - 1 : from);
      from = -1;
    } else if (op === 'n') from = -1; // a clip paints nothing
  }
  return out.join('\n');
}

/** The file with everything on its pages either tagged or marked. */
export function withArtifacts(pdf: Uint8Array): Uint8Array {
  const file = Buffer.from(pdf);
  const text = file.toString('latin1');
  const table = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1] ?? NaN);
  const head = /^xref\n0 (\d+)\n/.exec(text.slice(table, table + 40));
  const trailer = text.indexOf('trailer', table);
  if (!head || trailer < 0) return pdf;
  const offsets = text.slice(table + head[0].length, trailer).match(/\d{10} \d{5} [nf]/g)!.map((l) => (l.endsWith('n') ? Number(l.slice(0, 10)) : -1));
  const pages = new Set([...text.matchAll(/\/Contents (\d+) 0 R/g)].map((m) => Number(m[1])));
  const order = offsets.map((at, id) => ({ at, id })).filter((o) => o.at >= 0).sort((a, b) => a.at - b.at);
  const parts: Buffer[] = [file.subarray(0, order[0]!.at)];
  const moved = offsets.map(() => 0);
  let length = parts[0]!.length;
  for (const [i, { at, id }] of order.entries()) {
    let part = file.subarray(at, order[i + 1]?.at ?? table);
    const stream = pages.has(id) ? /^\d+ 0 obj\n<<\/Filter \/FlateDecode\n\/Length (\d+)>> stream\n/.exec(part.toString('latin1', 0, 120)) : null;
    if (stream) {
      const start = stream[0].length;
      const body = deflateSync(Buffer.from(markArtifacts(inflateSync(part.subarray(start, start + Number(stream[1]))).toString('latin1')), 'latin1'));
      part = Buffer.concat([Buffer.from(`${id} 0 obj\n<</Filter /FlateDecode\n/Length ${body.length}>> stream\n`), body, Buffer.from('\nendstream\nendobj\n')]);
    }
    moved[id] = length;
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((at, id) => (at < 0 ? '0000000000 65535 f \n' : `${String(moved[id]).padStart(10, '0')} 00000 n \n`));
  parts.push(Buffer.from(`${head[0]}${rows.join('')}${text.slice(trailer).replace(/startxref\s+\d+/, `startxref\n${length}`)}`, 'latin1'));
  return Buffer.concat(parts);
}
