/**
 * Gzip files, whole or not at all (Node only: node:zlib).
 */
import { constants, gunzipSync } from "node:zlib";
import { corruptGzip } from "../../compiler/diagnostics/codes/data.ts";
import { failure } from "../save/fail.ts";
import { codeOf } from "../save/file-problem.ts";

/** The shortest member: a header of 10 bytes, an empty block of 2, checksum and length. */
const shortest = 20;
const limit = 2 ** 31;
/** No byte of a member holds more than this many (RFC 1951: 258 for two bits). */
const bestRatio = 1032;

const problems: ReadonlyMap<string, string> = new Map([
  ["Z_BUF_ERROR", "the end of the file inside it"],
  ["Z_DATA_ERROR", "damaged data, or something behind it"],
  ["ERR_BUFFER_TOO_LARGE", "more data than its last four bytes say"],
]);

/** Whether the bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * What a file of one gzip member holds, its checksum and length verified and nothing behind it. At most as much is
 * allocated as the file itself states, and never more than 2 GiB. Throws NN0825.
 */
export function gunzip(file: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length < shortest) throw failure(corruptGzip, { file, problem: problems.get("Z_BUF_ERROR") ?? "" });
  const stated = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4, true);
  // Whether it is too large or does not end where it should cannot be told without unpacking all of it.
  if (stated > limit && stated <= bytes.length * bestRatio)
    throw failure(corruptGzip, {
      file,
      problem: `an end that states ${stated} bytes, more than the ${limit} that are read, or something behind it`,
    });
  if (stated > bytes.length * bestRatio)
    throw failure(corruptGzip, {
      file,
      problem: "something behind it, or damaged data: its end is not that of a member",
    });
  const { content, used } = inflate(file, bytes, stated);
  if (used !== bytes.length || content.length !== stated)
    throw failure(corruptGzip, { file, problem: "something behind it" });
  return content;
}

function inflate(
  file: string,
  bytes: Uint8Array,
  stated: number,
): { readonly content: Uint8Array; readonly used: number } {
  try {
    // With `info` the answer is this pair, which the types of Node do not know.
    const options = { info: true, maxOutputLength: Math.max(1, stated), finishFlush: constants.Z_FINISH };
    const answer: unknown = gunzipSync(bytes, options);
    const { buffer, engine } = answer as { buffer: Uint8Array; engine: { bytesWritten: number } };
    return { content: buffer, used: engine.bytesWritten };
  } catch (error) {
    throw failure(corruptGzip, { file, problem: problems.get(codeOf(error)) ?? String(error) });
  }
}
