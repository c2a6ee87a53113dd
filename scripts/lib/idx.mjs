/** IDX, the format of MNIST, as `idx(…)` of the language reads it. */
import { gunzipSync, gzipSync } from "node:zlib";

/** A packed file of bytes as they are, or of 32-bit floats, the first byte first. */
export function idx(shape, data) {
  const isBytes = data instanceof Uint8Array;
  const start = 4 + 4 * shape.length;
  const file = Buffer.alloc(start + data.byteLength);
  file.set([0, 0, isBytes ? 0x08 : 0x0d, shape.length]);
  shape.forEach((size, axis) => file.writeUInt32BE(size, 4 + 4 * axis));
  if (isBytes) file.set(data, start);
  else data.forEach((value, at) => file.writeFloatBE(value, start + 4 * at));
  return gzipSync(file, { level: 9 });
}

/** The rows of a packed file, each a list of its numbers. */
export function idxRows(packed) {
  const file = gunzipSync(packed);
  const isBytes = file[2] === 0x08;
  const start = 4 + 4 * file[3];
  const size = isBytes ? 1 : 4;
  const rows = file.readUInt32BE(4);
  const length = (file.length - start) / size / rows;
  const at = (index) => (isBytes ? file[start + index] : file.readFloatBE(start + size * index));
  return Array.from({ length: rows }, (_, row) => Array.from({ length }, (_number, one) => at(row * length + one)));
}
