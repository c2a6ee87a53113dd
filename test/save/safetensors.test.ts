/** The safetensors format: round trips, the bytes of a small file, and every way in which a file is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../runtime/save/encode.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import type { SavedTensor } from "../../runtime/save/saved.ts";
import { errorOf } from "../data/support.ts";

function fileOf(header: string | Uint8Array, data = 0, length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function entry(dtype: string, shape: string, offsets: string): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
}

describe("a file", () => {
  const tensors = new Map<string, SavedTensor>([
    ["on", { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) }],
    ["w", { dtype: "f32", shape: [1, 2], data: Float32Array.of(1, NaN) }],
    ["n", { dtype: "i32", shape: [], data: Int32Array.of(-7) }],
  ]);

  it("has an aligned header, then the tensors of four bytes, then the bools", () => {
    const bytes = encode(tensors, new Map([["a", "b"]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      `{"__metadata__":{"a":"b"},"w":${entry("F32", "[1,2]", "[0,8]")},"n":${entry("I32", "[]", "[8,12]")},"on":${entry("BOOL", "[3]", "[12,15]")}}`,
    );
    expect(bytes.length).toBe(8 + length + 15);
  });

  it("reads back under names of any width and word", () => {
    const names = ["n".repeat(100_000), "__proto__", "constructor", "ü".repeat(1000), 'quo"te', "\u2028\u0000", ""];
    const all = new Map(names.map((name, n) => [name, { dtype: "i32", shape: [1], data: Int32Array.of(n) } as const]));
    const found = decode("a.safetensors", encode(all, new Map(names.map((name) => [name, name]))));
    expect([...found.tensors].map(([name, { data }]) => [name, ...data])).toEqual(names.map((name, n) => [name, n]));
    expect([...found.metadata]).toEqual(names.map((name) => [name, name]));
  });

  it("reads back, also from a view at an odd offset and from a Buffer", () => {
    const bytes = encode(tensors, new Map([["a", "b"]]));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const view of [bytes, shifted.subarray(3), Buffer.from(bytes)]) {
      const { tensors: read, metadata } = decode("w.safetensors", view);
      expect(read).toEqual(tensors);
      expect(metadata).toEqual(new Map([["a", "b"]]));
    }
  });

  it("may be empty, unaligned, or hold tensors without elements", () => {
    expect(decode("w", encode(new Map(), new Map()))).toEqual({ tensors: new Map(), metadata: new Map() });
    expect(
      decode("w", fileOf('{"a":{"shape":[1],"dtype":"F32","data_offsets":[0,4]} }', 4)).tensors.get("a")?.shape,
    ).toEqual([1]);
    const hollow = `{"b":${entry("F32", "[2,0]", "[4,4]")},"a":${entry("F32", "[1]", "[0,4]")},"c":${entry("I32", "[0]", "[0,0]")}}`;
    expect([...decode("w", fileOf(hollow, 4)).tensors.keys()]).toEqual(["b", "a", "c"]);
  });

  it("keeps every bit of what was written", () => {
    const shapes = fc.array(fc.nat(3), { maxLength: 3 });
    const tensor = fc
      .tuple(fc.constantFrom("f32", "i32", "bool"), shapes, fc.infiniteStream(fc.integer(), { noHistory: true }))
      .map(([dtype, shape, stream]): SavedTensor => {
        const values = Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Number(stream.next().value));
        if (dtype === "f32") return { dtype, shape, data: new Float32Array(values.buffer) };
        return dtype === "i32"
          ? { dtype, shape, data: values }
          : { dtype: "bool", shape, data: Uint8Array.from(values, (value) => value & 1) };
      });
    const name = fc
      .oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("__proto__", "constructor", "\ud800", "Digits.dense_2.w", '"\\\u2028'),
      )
      .filter((text) => text !== "__metadata__");
    const bits = ({ dtype, shape, data }: SavedTensor): unknown[] => [
      dtype,
      shape,
      Buffer.from(data.buffer).toString("hex"),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, tensor), { maxLength: 5 }),
        fc.array(fc.tuple(name, name), { maxLength: 5 }),
        (entries, strings) => {
          const [written, metadata] = [new Map(entries), new Map(strings)];
          const read = decode("w", encode(written, metadata));
          expect(read.metadata).toEqual(metadata);
          expect(read.tensors.size).toBe(written.size);
          for (const [key, value] of written) expect(bits(read.tensors.get(key) ?? value)).toEqual(bits(value));
        },
      ),
      { seed: 4, numRuns: 40 },
    );
  });
});

describe("a file as others write it", () => {
  const data = Float32Array.of(1, -2);
  const read = (header: string): unknown => {
    const file = fileOf(header, 8);
    file.set(new Uint8Array(data.buffer), file.length - 8);
    const { tensors, metadata } = decode("w", file);
    return [...tensors, ...metadata];
  };
  const w = ["w", { dtype: "f32", shape: [2], data }];
  it.each<[string, string, unknown[]]>([
    [
      "by the library's own writer: no blanks, padded with spaces",
      '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      ',
      [w, ["format", "pt"]],
    ],
    [
      "by json.dumps: a blank behind each comma and colon",
      '{"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}',
      [w],
    ],
    [
      "by json.dumps with an indent",
      '{\n  "w": {\n    "dtype": "F32",\n    "shape": [\n      2\n    ],\n    "data_offsets": [\n      0,\n      8\n    ]\n  }\n}\n',
      [w],
    ],
    ["with CRLF and tabs", '{\r\n\t"w" : {"dtype":\t"F32", "shape": [ 2 ] , "data_offsets":[0 ,8]}\r\n}', [w]],
    [
      "with its keys in the order of the alphabet, metadata last",
      '{"w": {"data_offsets": [0, 8], "dtype": "F32", "shape": [2]}, "__metadata__": {"a": "1", "b": ""}}',
      [w, ["a", "1"], ["b", ""]],
    ],
    ["with empty metadata", '{"__metadata__": {}, "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', [w]],
    [
      "with the later tensor first",
      '{"b": {"dtype": "F32", "shape": [], "data_offsets": [4, 8]}, "a": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]}}',
      [
        ["b", { dtype: "f32", shape: [], data: Float32Array.of(-2) }],
        ["a", { dtype: "f32", shape: [1, 1], data: Float32Array.of(1) }],
      ],
    ],
    [
      "with characters escaped as Python escapes them",
      '{"gr\\u00f6\\u00dfe \\ud83d\\ude00 a\\/b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}',
      [["größe 😀 a/b", { dtype: "f32", shape: [2], data }]],
    ],
  ])("%s", (_, header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it.each([
    ["F16", 2],
    ["BF16", 2],
    ["F64", 8],
    ["F8_E4M3", 1],
    ["F8_E5M2", 1],
    ["I64", 8],
    ["I16", 2],
    ["I8", 1],
    ["U64", 8],
    ["U32", 4],
    ["U16", 2],
    ["U8", 1],
    ["f32", 4],
  ])("is refused where a tensor is of %s, in a sentence that says what is read", (dtype, width) => {
    expect(errorOf(() => decode("w", fileOf(`{"a":${entry(dtype, "[1]", `[0,${width}]`)}}`, width)))).toBe(
      `NN0910 w: expected F32, I32 or BOOL for tensor "a", found "${dtype}"`,
    );
  });
});

describe("a file is refused", () => {
  const f32 = (offsets: string, shape = "[1]"): string => entry("F32", shape, offsets);
  it.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(0), "NN0901 w is not a safetensors file: expected at least 8 bytes, found 0"],
    ["of seven bytes", new Uint8Array(7), "NN0901 w is not a safetensors file: expected at least 8 bytes, found 7"],
    [
      "with a header beyond its end",
      fileOf("{}", 0, 3n),
      "NN0902 w is cut short or no safetensors file: expected a header of 3 bytes, found 2 bytes after its length",
    ],
    [
      "with a header of 2^63 bytes",
      fileOf("{}", 0, 2n ** 63n),
      "NN0903 w is no safetensors file: expected a header of at most 100000000 bytes, found 9223372036854775808",
    ],
    [
      "with a header over 100 MB",
      fileOf("{}", 0, 100_000_001n),
      "NN0903 w is no safetensors file: expected a header of at most 100000000 bytes, found 100000001",
    ],
    [
      "with a header that is no UTF-8",
      fileOf(Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d)),
      "NN0904 the header of w is not UTF-8 text; expected JSON",
    ],
    ["with an empty header", fileOf(""), "NN0905 the header of w is no JSON object: expected {, found nothing"],
    ["with a list for a header", fileOf("[]"), 'NN0905 the header of w is no JSON object: expected {, found "["'],
    [
      "with a blank before the header",
      fileOf(" {}"),
      'NN0905 the header of w is no JSON object: expected {, found " "',
    ],
    [
      "with an open object",
      fileOf('{"a":'),
      'NN0906 the header of w is malformed at character 5: expected "{", found the end of the header',
    ],
    [
      "with a bare word",
      fileOf("{a}"),
      'NN0906 the header of w is malformed at character 1: expected a string, found "a"',
    ],
    [
      "with an open string",
      fileOf('{"a'),
      "NN0906 the header of w is malformed at character 1: expected the end of the string, found the end of the header",
    ],
    [
      "with a bad escape",
      fileOf('{"\\q":1}'),
      "NN0906 the header of w is malformed at character 1: expected a JSON string, found an escape or a control character that JSON has not",
    ],
    [
      "with something after the object",
      fileOf("{} x"),
      'NN0906 the header of w is malformed at character 3: expected the end of the header, found "x"',
    ],
    [
      "with a comma at the end",
      fileOf("{},"),
      'NN0906 the header of w is malformed at character 2: expected the end of the header, found ","',
    ],
    [
      "with metadata that are no strings",
      fileOf('{"__metadata__":{"a":1}}'),
      'NN0906 the header of w is malformed at character 21: expected a string, found "1"',
    ],
    [
      "with a negative size",
      fileOf(`{"a":${f32("[0,4]", "[-1]")}}`),
      'NN0906 the header of w is malformed at character 29: expected a whole number from 0 to 2^53 - 1, found "-1"',
    ],
    [
      "with a fraction",
      fileOf(`{"a":${f32("[0,4]", "[1.0]")}}`),
      'NN0906 the header of w is malformed at character 29: expected a whole number from 0 to 2^53 - 1, found "1.0"',
    ],
    [
      "with a size of 2^53",
      fileOf(`{"a":${f32("[0,4]", "[9007199254740992]")}}`),
      'NN0906 the header of w is malformed at character 29: expected a whole number from 0 to 2^53 - 1, found "9007199254740992"',
    ],
    [
      "with an unknown member",
      fileOf('{"a":{"x":1}}'),
      'NN0906 the header of w is malformed at character 10: expected dtype, shape or data_offsets, found "x"',
    ],
    [
      "that is a nesting bomb",
      fileOf(`{"a":${"[".repeat(100_000)}`),
      "NN0907 the header of w nests deeper at character 5 than a safetensors header does; expected a string or a whole number",
    ],
    [
      "that nests in a shape",
      fileOf(`{"a":${f32("[0,4]", "[[1]]")}}`),
      "NN0907 the header of w nests deeper at character 29 than a safetensors header does; expected a string or a whole number",
    ],
    [
      "that nests in metadata",
      fileOf('{"__metadata__":{"a":{}}}'),
      "NN0907 the header of w nests deeper at character 21 than a safetensors header does; expected a string or a whole number",
    ],
    [
      "with a tensor twice",
      fileOf(`{"a":${f32("[0,4]")},"\\u0061":${f32("[0,4]")}}`, 4),
      'NN0908 the header of w holds the key "a" a second time at character 54; expected it once',
    ],
    [
      "with two shapes",
      fileOf('{"a":{"shape":[1],"shape":[2]}}'),
      'NN0908 the header of w holds the key "shape" a second time at character 18; expected it once',
    ],
    [
      "without a dtype",
      fileOf('{"a":{"shape":[1],"data_offsets":[0,4]}}'),
      'NN0909 w: tensor "a" has no dtype; expected dtype, shape and data_offsets',
    ],
    [
      "without a shape",
      fileOf('{"a":{"dtype":"F32","data_offsets":[0,4]}}'),
      'NN0909 w: tensor "a" has no shape; expected dtype, shape and data_offsets',
    ],
    [
      "with three offsets",
      fileOf(`{"a":${f32("[0,4,8]")}}`),
      'NN0909 w: tensor "a" has no data_offsets of two numbers; expected dtype, shape and data_offsets',
    ],
    [
      "with 16-bit floats",
      fileOf(`{"a":${entry("F16", "[1]", "[0,2]")}}`, 2),
      'NN0910 w: expected F32, I32 or BOOL for tensor "a", found "F16"',
    ],
    [
      "with a shape that overflows",
      fileOf(`{"a":${f32("[0,4]", "[4294967296,4294967296]")}}`),
      'NN0911 w: tensor "a" has the shape [4294967296, 4294967296]; expected at most 2^53 bytes',
    ],
    [
      "with a shape that overflows to 0",
      fileOf(`{"a":${f32("[0,0]", "[4294967296,4294967296,0]")}}`),
      'NN0911 w: tensor "a" has the shape [4294967296, 4294967296, 0]; expected at most 2^53 bytes',
    ],
    [
      "with offsets reversed",
      fileOf(`{"a":${f32("[4,0]")}}`, 4),
      'NN0912 w: tensor "a" begins at byte 4 and ends at byte 0; expected the end after the beginning',
    ],
    [
      "with offsets unlike the shape",
      fileOf(`{"a":${f32("[0,4]", "[2]")}}`, 4),
      'NN0913 w: expected 8 bytes for tensor "a" of shape [2], found 4',
    ],
    [
      "with overlapping tensors",
      fileOf(`{"a":${f32("[0,4]")},"b":${f32("[0,8]", "[2]")}}`, 8),
      'NN0914 w: tensors "a" and "b" both hold byte 0; expected one after the other',
    ],
    [
      "with a hole",
      fileOf(`{"a":${f32("[0,4]")},"b":${f32("[8,12]")}}`, 12),
      'NN0915 w: bytes 4 to 7 before tensor "b" belong to none; expected no gap',
    ],
    [
      "with a hole at the start",
      fileOf(`{"a":${f32("[4,8]")}}`, 8),
      'NN0915 w: bytes 0 to 3 before tensor "a" belong to none; expected no gap',
    ],
    [
      "with data cut short",
      fileOf(`{"a":${f32("[0,4]")}}`, 3),
      'NN0916 w is cut short: expected 4 bytes of data up to the end of tensor "a", found 3',
    ],
    [
      "with 4 TB promised",
      fileOf(`{"a":${f32("[0,4398046511104]", "[1099511627776]")}}`, 4),
      'NN0916 w is cut short: expected 4398046511104 bytes of data up to the end of tensor "a", found 4',
    ],
    [
      "with bytes after the last tensor",
      fileOf(`{"a":${f32("[0,4]")}}`, 5),
      "NN0917 w: expected 4 bytes of data, as the header says, found 5",
    ],
  ])("%s", (_, bytes, expected) => {
    expect(errorOf(() => decode("w", bytes))).toBe(expected);
  });

  it("whatever single byte of a header is damaged, or it reads", () => {
    const bytes = encode(
      new Map([["w", { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) }]]),
      new Map([["k", "v"]]),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 9), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        expect(errorOf(() => decode("w", damaged))).toMatch(/^(NN09\d\d |no error)/);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});
