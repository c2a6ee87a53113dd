/** IDX, the format of MNIST, as `idx(…)` of the language reads it. */
import { gzipSync } from "node:zlib";

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
