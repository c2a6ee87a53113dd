/**
 * Bytes → text, strictly: UTF-8 with or without a byte order mark, nothing replaced silently.
 */
import { dataTooLarge, notUtf8 } from "../../compiler/diagnostics/codes/data.ts";
import { failure } from "../save/fail.ts";

/** The longest string that V8 and the other engines are sure to hold. */
export const longestText = 2 ** 29 - 32;

/**
 * The text of a file, without its byte order mark. Throws NN0803 with the first byte that is not UTF-8, NN0804 beyond
 * 512 MiB.
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  if (bytes.length > longestText) throw failure(dataTooLarge, { file, bytes: bytes.length, limit: longestText });
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff)
    throw failure(notUtf8, { file, byte: 0, found: "the byte order mark of UTF-16" });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const byte = firstBadByte(bytes);
    const found =
      byte < bytes.length ? `0x${(bytes[byte] ?? 0).toString(16).padStart(2, "0")}` : "an unfinished character";
    throw failure(notUtf8, { file, byte, found });
  }
}

/**
 * Bisects for the longest valid prefix; a streaming decoder lets an unfinished character at the end of the prefix pass.
 */
function firstBadByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decodes(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function decodes(prefix: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(prefix, { stream: true });
    return true;
  } catch {
    return false;
  }
}
