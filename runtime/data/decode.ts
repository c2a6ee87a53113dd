/**
 * Bytes → text, strictly: UTF-8 with or without a byte order mark, nothing replaced silently.
 */
import { dataTooLarge, notUtf8 } from "../../compiler/diagnostics/codes/data.ts";
import { failure } from "../save/fail.ts";

/** The longest string that V8 and the other engines are sure to hold. */
export const longestText = 2 ** 29 - 32;

/** What is taken for a text, with the bytes that it begins with. */
const forms: readonly (readonly [name: string, first: readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a RIFF file, as a WebP image is", [0x52, 0x49, 0x46, 0x46]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["an array in NumPy's form", [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ["a ZIP archive, as a spreadsheet is", [0x50, 0x4b, 0x03, 0x04]],
];

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
    const form = forms.find(([, first]) => first.every((byte, at) => bytes[at] === byte));
    if (form !== undefined) throw failure(notUtf8, { file, found: form[0] });
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
