/**
 * Pictures of another size: each new pixel is a mean of those around its place, weighed by a triangle as wide as a new pixel where the picture
 * becomes smaller, and as an old one where it grows. Whole numbers of 22 bits, first across, then down, as Pillow's BILINEAR: the same bits everywhere.
 */

/** Pixels row by row, channels side by side, from 0 to 255. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

const bits = 22;
const half = 1 << (bits - 1);

/** The old places that a new one is made of: `counts[at]` from `starts[at]` on, with their weights at `at * most`. */
interface Mix {
  readonly most: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
}

/** The picture stretched to a size. */
export function resample(picture: Pixels, height: number, width: number): Uint8Array {
  const across = picture.width === width ? picture : acrossTo(picture, width);
  return picture.height === height ? across.data : downTo(across, height);
}

function acrossTo({ height, width, channels, data }: Pixels, size: number): Pixels {
  const { most, starts, counts, weights } = mixOf(width, size);
  const into = new Uint8Array(height * size * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < size; x++) {
      const first = (y * width + (starts[x] ?? 0)) * channels;
      const count = counts[x] ?? 0;
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        for (let tap = 0, at = first + channel; tap < count; tap++, at += channels)
          sum = (sum + Math.imul(data[at] ?? 0, weights[x * most + tap] ?? 0)) | 0;
        into[(y * size + x) * channels + channel] = Math.min(255, sum >> bits);
      }
    }
  return { height, width: size, channels, data: into };
}

function downTo({ height, width, channels, data }: Pixels, size: number): Uint8Array {
  const { most, starts, counts, weights } = mixOf(height, size);
  const row = width * channels;
  const into = new Uint8Array(size * row);
  for (let y = 0; y < size; y++) {
    const first = (starts[y] ?? 0) * row;
    const count = counts[y] ?? 0;
    for (let x = 0; x < row; x++) {
      let sum = half;
      for (let tap = 0, at = first + x; tap < count; tap++, at += row)
        sum = (sum + Math.imul(data[at] ?? 0, weights[y * most + tap] ?? 0)) | 0;
      into[y * row + x] = Math.min(255, sum >> bits);
    }
  }
  return into;
}

function mixOf(from: number, to: number): Mix {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const most = Math.ceil(reach) * 2 + 1;
  const [starts, counts, weights] = [new Int32Array(to), new Int32Array(to), new Int32Array(to * most)];
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const shares = Array.from({ length: end - start }, (_, tap) =>
      Math.max(0, 1 - Math.abs((tap + start - centre + 0.5) / reach)),
    );
    const sum = shares.reduce((all, share) => all + share, 0);
    starts[at] = start;
    counts[at] = shares.length;
    for (const [tap, share] of shares.entries()) weights[at * most + tap] = Math.floor(0.5 + (share / sum) * 2 ** bits);
  }
  return { most, starts, counts, weights };
}
