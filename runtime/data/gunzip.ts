/**
 * Gzip files, whole or not at all (Node only: node:zlib): one member after another, with zeros behind the last as tapes and
 * archives leave them.
 */
import { constants, gunzipSync } from "node:zlib";
import { corruptGzip } from "../../compiler/diagnostics/codes/data.ts";
import { failure } from "../save/fail.ts";
import { codeOf } from "../save/file-problem.ts";

/** How a member begins: two magic numbers, and deflate. */
const magic = Uint8Array.of(0x1f, 0x8b, 8);
/** The shortest member: a header of 10 bytes, an empty block of 2, checksum and length. */
const shortest = 20;
/** The checksum and the length may be zeros themselves. */
const trailer = 8;
const limit = 2 ** 31;
/** No byte of a member holds more than this many (RFC 1951: 258 for two bits). */
const bestRatio = 1032;

const cutShort = "the end of the file inside it";
const problems: ReadonlyMap<string, string> = new Map([
  ["Z_BUF_ERROR", cutShort],
  ["Z_DATA_ERROR", "damaged data, or something behind it"],
  ["ERR_BUFFER_TOO_LARGE", `more data than they state, or than the ${limit} bytes that are read`],
]);

/** Whether the bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * What a gzip file holds, checksums and lengths verified and nothing but zeros behind it. At most as much is unpacked as
 * its members may state, and never more than 2 GiB. Throws NN0825.
 */
export function gunzip(file: string, bytes: Uint8Array): Uint8Array {
  const broken = (problem: string): Error => failure(corruptGzip, { file, problem });
  if (bytes.length < shortest) throw broken(cutShort);
  const stated = statedSize(bytes);
  if (stated === undefined) throw broken("something behind it, or damaged data: its end is not that of a member");
  const { least, most } = stated;
  // Whether it is too large or does not end where it should cannot be told without unpacking all of it.
  if (least > limit)
    throw broken(`an end that states ${least} bytes, more than the ${limit} that are read, or something behind it`);
  const { content, used } = inflate(bytes, Math.min(most, limit), broken);
  if (bytes.subarray(used).some((byte) => byte !== 0)) throw broken("something behind it");
  return content;
}

/** What the beginning of a gzip file holds. Throws NN0825 where it is damaged. */
export function gunzipStart(file: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
  } catch (error) {
    throw failure(corruptGzip, { file, problem: problems.get(codeOf(error)) ?? String(error) });
  }
}

/**
 * What the members state together, in the four bytes before the next one's magic number, and of the last in those before the end or before the
 * zeros behind it: at least what the last does, at most the sum of all that may be such sizes, since compressed bytes may look like a beginning.
 * Undefined where no end can be that of a member.
 */
function statedSize(bytes: Uint8Array): { readonly least: number; readonly most: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const sizeBefore = (end: number): number => view.getUint32(end - 4, true);
  const isPossible = (size: number, end: number): boolean => size <= end * bestRatio;
  let before = 0;
  for (let next = buffer.indexOf(magic, shortest); next >= 0; next = buffer.indexOf(magic, next + 1)) {
    const size = sizeBefore(next);
    if (isPossible(size, next)) before += size;
  }
  let end = bytes.length;
  while (end > shortest && bytes[end - 1] === 0) end--;
  let [least, most] = [Infinity, -Infinity];
  for (const last = Math.min(bytes.length, end + trailer); end <= last; end++) {
    const size = sizeBefore(end);
    if (isPossible(size, end)) [least, most] = [Math.min(least, size), Math.max(most, size)];
  }
  return least === Infinity ? undefined : { least, most: before + most };
}

function inflate(
  bytes: Uint8Array,
  most: number,
  broken: (problem: string) => Error,
): { readonly content: Uint8Array; readonly used: number } {
  try {
    // With `info` the answer is this pair, which the types of Node do not know.
    const options = { info: true, maxOutputLength: Math.max(1, most), finishFlush: constants.Z_FINISH };
    const answer: unknown = gunzipSync(bytes, options);
    const { buffer, engine } = answer as { buffer: Uint8Array; engine: { bytesWritten: number } };
    return { content: buffer, used: engine.bytesWritten };
  } catch (error) {
    throw broken(problems.get(codeOf(error)) ?? String(error));
  }
}
