/** Sources as bytes: encodings, and files that are too long. */
import { describe, expect, test } from "vitest";
import { decodeSource } from "../../compiler/syntax/decode.ts";
import { maximalSourceLength } from "../../compiler/syntax/source.ts";

function decoded(...bytes: readonly number[]): string {
  const result = decodeSource("a.nn", Uint8Array.from(bytes));
  return "text" in result ? JSON.stringify(result.text) : `${result.code} ${result.message}`;
}

test.each([
  ["plain text", [0x61, 0x0a], '"a\\n"'],
  ["nothing", [], '""'],
  ["a byte order mark is dropped", [0xef, 0xbb, 0xbf, 0x61], '"a"'],
  ["two to four bytes", [0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], '"é€😀"'],
  ["UTF-16, little endian", [0xff, 0xfe, 0x61, 0], "NN0122 the file is not UTF-8 but UTF-16 (little endian)"],
  ["UTF-16, big endian", [0xfe, 0xff, 0, 0x61], "NN0122 the file is not UTF-8 but UTF-16 (big endian)"],
  ["UTF-32", [0xff, 0xfe, 0, 0], "NN0122 the file is not UTF-8 but UTF-32 (little endian)"],
  ["a continuation missing", [0x61, 0xc3, 0x28], "NN0123 the file is not UTF-8: invalid bytes C3 28 at offset 1"],
  ["cut off", [0xe2, 0x82], "NN0123 the file is not UTF-8: invalid bytes E2 82 at offset 0"],
  ["overlong", [0xc0, 0x80], "NN0123 the file is not UTF-8: invalid bytes C0 80 at offset 0"],
  ["a surrogate", [0x61, 0xed, 0xa0, 0x80], "NN0123 the file is not UTF-8: invalid bytes ED A0 at offset 1"],
  ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80], "NN0123 the file is not UTF-8: invalid bytes F4 90 at offset 0"],
  ["Latin-1", [0x67, 0x72, 0xfc, 0x6e], "NN0123 the file is not UTF-8: invalid bytes FC 6E at offset 2"],
])("%s", (_, bytes, expected) => expect(decoded(...bytes)).toBe(expected));

describe("size", () => {
  test("a file too long for any source is refused before it is decoded", () => {
    const result = decodeSource("a.nn", new Uint8Array(4 * maximalSourceLength + 1));
    expect("code" in result ? result.code : "").toBe("NN0108");
  });
});
