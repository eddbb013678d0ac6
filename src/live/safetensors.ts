// Weights as a safetensors file (the format of Hugging Face's library of that name, version 0.x):
// eight bytes of length, a JSON header, then every tensor's bytes, little-endian. Float32 only: a
// shipped checkpoint is the lab's own to the last bit, so a live run can be too. Knows no model.

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of named lists of numbers; `shapes` gives each its own. */
export function packSafetensors(weights: Readonly<Record<string, Float32Array>>, shapes: Record<string, number[]>): Uint8Array {
  let at = 0;
  const header: Header = {};
  for (const [name, { length }] of Object.entries(weights)) header[name] = { dtype: 'F32', shape: shapes[name]!, data_offsets: [at, (at += 4 * length)] };
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text + ' '.repeat((8 - (text.length % 8)) % 8)); // numbers begin at a multiple of 8
  const bytes = new Uint8Array(8 + json.length + at);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let to = 8 + json.length;
  for (const values of Object.values(weights)) for (const v of values) (view.setFloat32(to, v, true), (to += 4));
  return bytes;
}

/** Names and numbers. Throws an Error that says what is wrong with the bytes. */
export function unpackSafetensors(bytes: Uint8Array): Record<string, Float32Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (why: string): never => {
    throw new Error(`not a whole safetensors file: ${why}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes`);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.length - 8) fail(`a header of ${length} bytes in a file of ${bytes.length}`);
  const { __metadata__: _, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  const body = 8 + length;
  return Object.fromEntries(
    Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      if (dtype !== 'F32') fail(`${name} is ${dtype}, and F32 is what we read`);
      if (to - from !== 4 * count || from < 0 || body + to > bytes.length) fail(`${name} lies outside it`);
      if (isLittleEndian) return [name, new Float32Array(Uint8Array.from(bytes.subarray(body + from, body + to)).buffer)];
      return [name, Float32Array.from({ length: count }, (_, i) => view.getFloat32(body + from + 4 * i, true))];
    }),
  );
}
