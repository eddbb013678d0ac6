// Reads a code to scan, with another library than the one that made it.
import decode from 'qr/decode.js';

const SCALE = 8;
const QUIET = 4; // squares of light around it

/** The text of a code of `size` squares a side; `dark` tells the square by its number, row by row. */
export function decodeQR(size: number, dark: (i: number) => boolean): string {
  const side = (size + 2 * QUIET) * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < size * SCALE; y++)
    for (let x = 0; x < size * SCALE; x++)
      if (dark(Math.floor(y / SCALE) * size + Math.floor(x / SCALE))) data.fill(0, 4 * ((y + QUIET * SCALE) * side + x + QUIET * SCALE), 4 * ((y + QUIET * SCALE) * side + x + QUIET * SCALE) + 3);
  return decode({ width: side, height: side, data });
}
export { default as decodePicture } from 'qr/decode.js';
