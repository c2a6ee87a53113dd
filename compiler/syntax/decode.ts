/**
 * Bytes to source text: strict UTF-8. What another decoder would quietly replace by U+FFFD is a diagnostic here, with the
 * offset of the first bad byte. A byte order mark at the start is dropped.
 */
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { invalidUtf8, notUtf8, sourceTooLarge } from "../diagnostics/codes/syntax.ts";
import { maximalSourceLength } from "./source.ts";

/** Four bytes is the longest character, so a longer file cannot be a source within the limit. */
const maximalBytes = 4 * maximalSourceLength;

function otherEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32 (little endian)" : "UTF-16 (little endian)";
  if (a === 0xfe && b === 0xff) return "UTF-16 (big endian)";
  return undefined;
}

/** How many bytes form the character at `offset`; 0 where they are not UTF-8 (Unicode 15.0, table 3-7). */
function characterLength(bytes: Uint8Array, offset: number): number {
  const lead = bytes[offset] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const second = bytes[offset + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (lead < 0xc2 || lead > 0xf4 || second < low || second > high) return 0;
  for (let index = 2; index < length; index += 1) {
    if (((bytes[offset + index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function firstInvalid(bytes: Uint8Array): number | undefined {
  for (let offset = 0; offset < bytes.length;) {
    const length = characterLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return undefined;
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

/** The text of the file `name`, or why it has none. The diagnostic's label is empty: there is no text to point into. */
export function decodeSource(name: string, bytes: Uint8Array): { readonly text: string } | Diagnostic {
  const start = [label({ file: name, from: 0, to: 0 }, "")];
  if (bytes.length > maximalBytes)
    return diagnose(sourceTooLarge, { length: bytes.length, limit: maximalSourceLength }, start);
  const encoding = otherEncoding(bytes);
  if (encoding !== undefined) return diagnose(notUtf8, { encoding }, start, "save the file as UTF-8");
  const offset = firstInvalid(bytes);
  if (offset !== undefined) {
    const shown = hexadecimal(bytes.subarray(offset, offset + 2));
    return diagnose(invalidUtf8, { offset, bytes: shown }, start, "save the file as UTF-8");
  }
  return { text: new TextDecoder("utf-8").decode(bytes) };
}
