/** Checksums against the published values of xxHash32: the examples of its Python binding, and the check of its own sources. */
import { describe, expect, test } from "vitest";
import { checksumOf, hash, manifestChecksum, printChecksum } from "../../compiler/program/checksum.ts";

const prime = 2_654_435_761;

/** The bytes that xxhsum's own check (BMK_sanityCheck) makes: the top byte of a number that is squared again and again. */
function checkBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let generator = prime | 0;
  for (let at = 0; at < count; at++) {
    bytes[at] = generator >>> 24;
    generator = Math.imul(generator, generator);
  }
  return bytes;
}

describe("xxHash32", () => {
  test.each([
    ["", "xxh32:02cc5d05"],
    ["a", "xxh32:550d7456"],
    ["abc", "xxh32:32d153ff"],
    ["sixteen letters.", "xxh32:457caa13"],
    ["thirty-two letters, two stripes.", "xxh32:3926a6ad"],
    ["Nobody inspects the spammish repetition", "xxh32:e2293b2f"],
  ])("of %j is %s", (text, expected) => {
    expect(checksumOf(text)).toBe(expected);
    expect(checksumOf(new TextEncoder().encode(text))).toBe(expected);
  });

  test.each([
    [0, 0, 0x02cc5d05],
    [0, prime, 0x36b78ae7],
    [1, 0, 0xb85cbee5],
    [1, prime, 0xd5845d64],
    [14, 0, 0xe5aa0ab4],
    [14, prime, 0x4481951d],
    [101, 0, 0x1f1aa412],
    [101, prime, 0x498ec8e2],
  ])("of %d bytes from seed %d", (count, seed, expected) => {
    expect(hash(checkBytes(count), seed)).toBe(expected);
  });

  test("reads bytes that start anywhere", () => {
    const moved = new Uint8Array(102).subarray(1);
    moved.set(checkBytes(101));
    expect(hash(moved, 0)).toBe(hash(checkBytes(101), 0));
  });
});

test("a manifest's checksum is of its JSON without the checksum, with the keys of each object in order", () => {
  const manifest = { version: 1, checksum: "xxh32:00000000", files: ["b", "a"], dims: [{ name: "N", bound: 8 }] };
  const expected = checksumOf('{"dims":[{"bound":8,"name":"N"}],"files":["b","a"],"version":1}');
  expect(manifestChecksum(manifest)).toBe(expected);
  expect(manifestChecksum({ files: ["b", "a"], dims: [{ bound: 8, name: "N" }], version: 1 })).toBe(expected);
  expect(manifestChecksum({ ...manifest, files: ["a", "b"] })).not.toBe(expected);
  expect(manifestChecksum(JSON.parse('{"__proto__":1}'))).toBe(checksumOf('{"__proto__":1}'));
});

test("a checksum has eight digits", () => {
  expect(printChecksum(0xab)).toBe("xxh32:000000ab");
});
