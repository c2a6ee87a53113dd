/**
 * Checksums: xxHash32 (Collet 2012), which tells every flipped bit, at the speed of memory. Against damage, not against forgers. Reads words as
 * the machine has them, little-endian as all machines that run JavaScript are.
 */
const primes = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;
const [prime1, prime2, prime3, prime4, prime5] = primes;

/** `xxh32:32d153ff`, of a text in UTF-8. */
export function checksumOf(content: string | Uint8Array): string {
  return printChecksum(hash(typeof content === "string" ? new TextEncoder().encode(content) : content, 0));
}

/** Of a manifest without its own, as JSON, whatever the layout of its file and the order of its keys, which stores of JSON change. */
export function manifestChecksum(manifest: object): string {
  return checksumOf(JSON.stringify({ ...manifest, checksum: undefined }, inOrder));
}

/** What `JSON.stringify` writes in the place of a value: of an object, the same with its keys sorted. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

export function printChecksum(value: number): string {
  return `xxh32:${value.toString(16).padStart(8, "0")}`;
}

/** The hash of the bytes, which with the hash of others as its seed stands for both. */
export function hash(bytes: Uint8Array, seed: number): number {
  // Words need an aligned start.
  const own = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(own.buffer, own.byteOffset, Math.floor(own.length / 4));
  let value = words.length < 4 ? (seed + prime5) | 0 : hashStripes(words, seed);
  value = (value + own.length) | 0;
  for (let at = words.length - (words.length % 4); at < words.length; at++)
    value = Math.imul(rotate(value + Math.imul(words[at], prime3), 17), prime4);
  for (let at = 4 * words.length; at < own.length; at++)
    value = Math.imul(rotate(value + Math.imul(own[at], prime5), 11), prime1);
  value = Math.imul(value ^ (value >>> 15), prime2);
  value = Math.imul(value ^ (value >>> 13), prime3);
  return (value ^ (value >>> 16)) >>> 0;
}

/** Four words at a time, each into a lane of its own. */
function hashStripes(words: Int32Array, seed: number): number {
  let [a, b, c, d] = [(seed + prime1 + prime2) | 0, (seed + prime2) | 0, seed | 0, (seed - prime1) | 0];
  for (let at = 0; at + 4 <= words.length; at += 4) {
    a = Math.imul(rotate(a + Math.imul(words[at], prime2), 13), prime1);
    b = Math.imul(rotate(b + Math.imul(words[at + 1], prime2), 13), prime1);
    c = Math.imul(rotate(c + Math.imul(words[at + 2], prime2), 13), prime1);
    d = Math.imul(rotate(d + Math.imul(words[at + 3], prime2), 13), prime1);
  }
  return (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
