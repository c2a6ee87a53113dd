/** IDX and NPY files, gzip, and arrays that the host gives: what is read, converted and refused. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { csvMatrix, numberArray } from "../../runtime/data/array-file.ts";
import type { ArrayFile } from "../../runtime/data/array-file.ts";
import { givenArrays, rowArrays, wholeArrays } from "../../runtime/data/arrays.ts";
import type { Field } from "../../runtime/data/dataset.ts";
import { gunzip } from "../../runtime/data/gunzip.ts";
import { parseIdx } from "../../runtime/data/idx.ts";
import { parseNpy } from "../../runtime/data/npy.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { bytes, errorOf, ids, input } from "./support.ts";

/** The checksum of gzip (RFC 1952), bit by bit. */
function crc32(data: Uint8Array): number {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function npy(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length % 256, text.length >> 8] : [text.length % 256, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...data]);
}

function literal(descr: string, shape: string, order = "False"): string {
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }      \n`;
}

function raw(...arrays: ArrayBufferView[]): Uint8Array {
  return Uint8Array.from(arrays.flatMap(({ buffer }) => [...new Uint8Array(buffer)]));
}

const floats: Field = { name: "x", role: "input", dtype: "f32", shape: [] };
const integers: Field = { name: "x", role: "input", dtype: "i32", shape: [] };

function read(file: ArrayFile, field: Field = floats): number[] {
  return [...file.read(field).data];
}

describe("an NPY file", () => {
  it.each<[string, Uint8Array, number[]]>([
    ["|b1", bytes(0, 1), [0, 1]],
    ["|i1", bytes(127, 128), [127, -128]],
    ["|u1", bytes(0, 255), [0, 255]],
    ["<i2", bytes(0xff, 0x7f, 0, 0x80), [32767, -32768]],
    [">i2", bytes(0x7f, 0xff, 0x80, 0), [32767, -32768]],
    ["<u2", bytes(0, 1, 0xff, 0xff), [256, 65535]],
    [">u2", bytes(1, 0, 0xff, 0xff), [256, 65535]],
    // The least and the largest, the least normal half, one third, and a negative zero.
    [
      "<f2",
      bytes(1, 0, 0xff, 0x7b, 0, 4, 0x55, 0x35, 0, 0x80, 0, 0xc0),
      [2 ** -24, 65504, 2 ** -14, 0.333251953125, -0, -2],
    ],
    [">f2", bytes(0x3e, 0, 0xc0, 0), [1.5, -2]],
    ["<i4", raw(Int32Array.of(7, -7)), [7, -7]],
    [">i4", bytes(0, 0, 1, 0, 0xff, 0xff, 0xff, 0xfe), [256, -2]],
    ["<u4", bytes(0xff, 0xff, 0xff, 0xff), [4294967296]],
    [">u4", bytes(0, 0, 1, 0), [256]],
    ["<f4", raw(Float32Array.of(1.5, -2)), [1.5, -2]],
    [">f4", bytes(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0), [1.5, -2]],
    ["=f4", raw(Float32Array.of(1.5, -2)), [1.5, -2]],
    ["<i8", raw(BigInt64Array.of(7n, -7n)), [7, -7]],
    [">i8", bytes(0, 0, 0, 0, 0, 0, 1, 0), [256]],
    ["<u8", bytes(0, 0, 0, 0, 0, 0, 0, 0x80), [2 ** 63]],
    ["<f8", raw(Float64Array.of(0.1, -2)), [Math.fround(0.1), -2]],
    [">f8", bytes(0x3f, 0xf8, 0, 0, 0, 0, 0, 0), [1.5]],
  ])("of %s", (descr, data, expected) => {
    const file = parseNpy("a.npy", npy(literal(descr, `(${expected.length},)`), data));
    expect(file.shape).toEqual([expected.length]);
    expect(read(file)).toEqual(expected);
  });

  it.each<[string, string, number[], number[]]>([
    ["one axis", "(3,)", [3], [0, 1, 2]],
    // What NumPy saves of np.arange(6).reshape(2, 3) in Fortran order is 0 3 1 4 2 5.
    ["two axes", "(3, 2)", [3, 2], [0, 3, 1, 4, 2, 5]],
    ["three axes", "(2, 1, 3)", [2, 1, 3], [0, 2, 4, 1, 3, 5]],
    ["an axis of none", "(0, 3)", [0, 3], []],
  ])("in Fortran order, of %s", (_, shape, sizes, expected) => {
    const data = Uint8Array.from(expected, (__, at) => at);
    const file = parseNpy("a.npy", npy(literal("|u1", shape, "True"), data));
    expect([file.shape, read(file)]).toEqual([sizes, expected]);
  });

  it.each<[string, string, Uint8Array]>([
    [
      "of an old Python, whose numbers are long",
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 1L), }",
      raw(Int32Array.of(5, 6)),
    ],
    [
      "without a comma at the end",
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1)}\n",
      raw(Int32Array.of(5, 6)),
    ],
    [
      "on several lines",
      "{ 'descr' : '<i4',\n  'fortran_order' : False,\n  'shape' : (2, 1) ,\n}\n",
      raw(Int32Array.of(5, 6)),
    ],
  ])("with a header %s", (_, header, data) => {
    const file = parseNpy("a.npy", npy(header, data));
    expect([file.shape, read(file, integers)]).toEqual([
      [2, 1],
      [5, 6],
    ]);
  });

  it.each([1, 2, 3])("of version %i, at any offset", (version) => {
    const data = npy(literal("<f4", "(1, 2)"), raw(Float32Array.of(3, 4)), version);
    const shifted = new Uint8Array(data.length + 1);
    shifted.set(data, 1);
    expect(read(parseNpy("a.npy", shifted.subarray(1)))).toEqual([3, 4]);
  });

  it("whose entries stand in another order", () => {
    expect(parseNpy("a.npy", npy("{'shape': (), 'descr': '|u1', 'fortran_order': False}\n", bytes(9))).shape).toEqual(
      [],
    );
  });

  const help = ' (np.save(path, array.astype("<f4")) writes what is expected)';
  it.each<[string, Uint8Array, string]>([
    ["something else", bytes(1, 2, 3), "expected an NPY file, which begins with \\x93NUMPY, found something else"],
    ["of version 4", npy("{}", bytes(), 4), "expected NPY version 1, 2 or 3, found version 4"],
    ["cut in its prefix", npy("").subarray(0, 9), "expected an NPY header, found the end of the file after 9 bytes"],
    [
      "cut in its header",
      npy("{}").subarray(0, 11),
      "expected an NPY header of 12 bytes, found the end of the file after 11 bytes",
    ],
    [
      "with another header",
      npy("__import__('os')"),
      "expected a header with descr, fortran_order and shape, found \"__import__('os')\"",
    ],
    [
      "without a shape",
      npy("{'descr': '<f4', 'fortran_order': False}"),
      "expected a header with descr, fortran_order and shape, found \"{'descr': '<f4', 'fortran_order': False}\"",
    ],
    ["of objects", npy(literal("|O", "(2,)")), "expected numbers, found Python objects, which are never unpickled"],
    [
      "of strings",
      npy(literal("<U5", "(2,)")),
      `expected elements of type f2, f4, f8, i1 to i8, u1 to u8 or bool, found "<U5"${help}`,
    ],
    [
      "of complex numbers",
      npy(literal("<c8", "(2,)")),
      `expected elements of type f2, f4, f8, i1 to i8, u1 to u8 or bool, found "<c8"${help}`,
    ],
    [
      "of records",
      npy("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (2,), }"),
      `expected elements of type f2, f4, f8, i1 to i8, u1 to u8 or bool, found "[(x, <f4), (y, <f4)]"${help}`,
    ],
    ["cut in its data", npy(literal("<f4", "(2,)"), bytes(1, 2, 3)), "expected 82 bytes for the shape [2], found 77"],
    ["with bytes behind", npy(literal("|u1", "(1,)"), bytes(1, 2)), "expected 75 bytes for the shape [1], found 76"],
    [
      "with a forged shape",
      npy(literal("<f4", "(4294967295, 4294967295)")),
      "expected a shape of at most 2^50 elements, found (4294967295, 4294967295)",
    ],
  ])("%s is refused", (_, data, expected) => {
    expect(errorOf(() => parseNpy("a.npy", data))).toBe(`NN0827 a.npy: ${expected}`);
  });

  it("is refused where an element does not fit its field", () => {
    const file = (data: Float64Array): ArrayFile => parseNpy("a.npy", npy(literal("<f8", "(1, 2)"), raw(data)));
    expect(errorOf(() => read(file(Float64Array.of(0, 1e39))))).toBe(
      "NN0828 a.npy[0, 1]: expected a finite 32-bit float, found 1e+39",
    );
    expect(errorOf(() => read(file(Float64Array.of(NaN, 1))))).toBe(
      "NN0828 a.npy[0, 0]: expected a finite 32-bit float, found NaN",
    );
    expect(errorOf(() => read(file(Float64Array.of(0, 0.5)), integers))).toBe(
      "NN0828 a.npy[0, 1]: expected a whole number of 32 bits, found 0.5",
    );
    const large = parseNpy("a.npy", npy(literal("<i8", "(1,)"), raw(BigInt64Array.of(2n ** 40n))));
    expect(errorOf(() => read(large, integers))).toBe(
      "NN0828 a.npy[0]: expected a whole number of 32 bits, found 1099511627776",
    );
  });
});

describe("an IDX file", () => {
  it.each<[string, Uint8Array, number[], number[]]>([
    ["bytes", bytes(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 255), [2, 1], [7, 255]],
    ["signed bytes", bytes(0, 0, 9, 1, 0, 0, 0, 1, 255), [1], [-1]],
    ["16-bit integers", bytes(0, 0, 0x0b, 1, 0, 0, 0, 1, 255, 0), [1], [-256]],
    ["32-bit integers", bytes(0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 1, 0), [1], [256]],
    ["floats", bytes(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0), [1], [1.5]],
    ["doubles", bytes(0, 0, 0x0e, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), [1], [1.5]],
  ])("of %s", (_, data, shape, expected) => {
    const file = parseIdx("a.idx", data);
    expect(file.shape).toEqual(shape);
    expect(read(file)).toEqual(expected);
  });

  it.each<[string, Uint8Array, string]>([
    ["too short", bytes(0, 0, 8), "at least 4 bytes, found 3"],
    ["with another magic number", bytes(0, 1, 8, 1, 0, 0, 0, 0), "a magic number such as 0x00000803, found 0x00010801"],
    ["with an unknown type", bytes(0, 0, 7, 1, 0, 0, 0, 0), "a magic number such as 0x00000803, found 0x00000701"],
    ["without dimensions", bytes(0, 0, 8, 0), "at least one dimension, and 4 bytes for them, found 0 in 4 bytes"],
    [
      "cut in its dimensions",
      bytes(0, 0, 8, 3, 0, 0, 0, 1),
      "at least one dimension, and 16 bytes for them, found 3 in 8 bytes",
    ],
    ["cut in its data", bytes(0, 0, 8, 1, 0, 0, 0, 3, 1, 2), "11 bytes for [3], found 10"],
    ["with bytes behind", bytes(0, 0, 8, 1, 0, 0, 0, 1, 1, 2), "9 bytes for [1], found 10"],
    [
      "with forged dimensions",
      bytes(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255),
      "18446744065119617000 bytes for [4294967295, 4294967295], found 12",
    ],
  ])("%s is refused", (_, data, expected) => {
    expect(errorOf(() => parseIdx("a.idx", data))).toBe(`NN0826 a.idx is not an IDX file: expected ${expected}`);
  });
});

describe("a gzip file", () => {
  const packed = gzipSync(new Uint8Array(5000).fill(7));
  const damaged = (from: number): Uint8Array =>
    Uint8Array.from(packed, (byte, at) => (at === packed.length - from ? byte ^ 1 : byte));

  it("gives what was packed, also nothing", () => {
    expect(gunzip("a.gz", packed)).toEqual(Buffer.alloc(5000, 7));
    expect(gunzip("a.gz", gzipSync("")).length).toBe(0);
  });

  /** A member with every field that a header may have: more, a name, a comment and a checksum of the header. */
  const named = (): Buffer => {
    const plain = gzipSync("rows");
    const fields = Buffer.concat([Buffer.of(2, 0, 9, 9), Buffer.from("x.csv\0"), Buffer.from("by hand\0")]);
    const header = Buffer.concat([plain.subarray(0, 3), Buffer.of(0x1e), plain.subarray(4, 10), fields]);
    const check = Buffer.alloc(2);
    check.writeUInt16LE(crc32(header) & 0xffff);
    return Buffer.concat([header, check, plain.subarray(10)]);
  };

  it.each<[string, Buffer, string]>([
    ["a name, a comment and more in its header", named(), "rows"],
    ["a second member", Buffer.concat([gzipSync("one, "), gzipSync("two")]), "one, two"],
    ["hundreds of members", Buffer.concat(Array.from({ length: 300 }, () => gzipSync("ab"))), "ab".repeat(300)],
    ["an empty member at the end, as bgzip writes it", Buffer.concat([gzipSync("one"), gzipSync("")]), "one"],
    [
      "a member that holds the beginning of another",
      gzipSync(Buffer.of(0x1f, 0x8b, 8, 0), { level: 0 }),
      "\u001f\u008b\b\0",
    ],
    ["zeros behind", Buffer.concat([gzipSync("one"), Buffer.alloc(8)]), "one"],
    [
      "a block of zeros behind two members",
      Buffer.concat([gzipSync("one"), gzipSync("two"), Buffer.alloc(512)]),
      "onetwo",
    ],
    [
      "zeros behind a length that ends in zeros",
      Buffer.concat([gzipSync("z".repeat(256)), Buffer.alloc(3)]),
      "z".repeat(256),
    ],
    ["zeros behind nothing", Buffer.concat([gzipSync(""), Buffer.alloc(40)]), ""],
  ])("may have %s", (_, data, expected) => {
    expect(Buffer.from(gunzip("a.gz", data)).toString("latin1")).toBe(expected);
  });

  const likeMembers = (): Uint8Array => {
    const data = new Uint8Array(5_000_000);
    for (let at = 4_800_000; at < 4_800_700; at += 7) data.set([0xff, 0xff, 0xff, 0xff, 0x1f, 0x8b, 8], at);
    return data;
  };

  it.each<[string, Uint8Array]>([
    ["large, with a length of which another reading is beyond all that is read", new Uint8Array(9_000_000)],
    ["large, with what look like members that state 4 GB each", likeMembers()],
  ])("may be %s", (_, data) => {
    expect(Buffer.compare(gunzip("a.gz", gzipSync(data, { level: 0 })), data)).toBe(0);
  });

  const found = "NN0825 a.gz: expected whole gzip members, found";
  it.each<[string, Uint8Array, string]>([
    ["cut short", packed.subarray(0, packed.length - 12), found],
    ["of a few bytes", bytes(0x1f, 0x8b), `${found} the end of the file inside it`],
    ["with a wrong checksum", damaged(8), `${found} damaged data, or something behind it`],
    ["with a smaller length", damaged(4), found],
    [
      "with something behind",
      Buffer.concat([packed, Buffer.from("abcde")]),
      `${found} something behind it, or damaged data: its end is not that of a member`,
    ],
    [
      "with something small behind",
      Buffer.concat([packed, Buffer.of(1, 0, 0, 0, 1, 1, 0, 0)]),
      `${found} damaged data, or something behind it`,
    ],
    [
      "with something behind zeros",
      Buffer.concat([packed, Buffer.of(0, 0, 0, 0, 0x88, 0x13, 0, 0)]),
      `${found} something behind it`,
    ],
    [
      "with a second member behind zeros",
      Buffer.concat([packed, Buffer.alloc(4), packed]),
      `${found} something behind it`,
    ],
    ["with a second member cut short", Buffer.concat([packed, packed.subarray(0, 15)]), found],
    [
      "with a second member damaged",
      Buffer.concat([packed, damaged(8)]),
      `${found} damaged data, or something behind it`,
    ],
    [
      "with bytes behind that state a large size",
      Buffer.concat([packed, Buffer.of(0x20, 0x8b)]),
      `${found} something behind it, or damaged data: its end is not that of a member`,
    ],
    [
      "that states more than is read",
      Buffer.concat([Buffer.alloc(2 ** 21 + 4), Buffer.of(1, 0, 0, 0x80)]),
      `${found} an end that states 2147483649 bytes, more than the 2147483648 that are read, or something behind it`,
    ],
  ])("%s is refused", (_, data, expected) => {
    expect(errorOf(() => gunzip("a.gz", data))).toContain(expected);
  });
});

describe("arrays as rows", () => {
  const images = parseIdx("i.idx", bytes(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 102, 255));
  const labels = parseIdx("l.idx", bytes(0, 0, 8, 1, 0, 0, 0, 2, 1, 3));

  it("are scaled and reshaped", () => {
    const { train } = rowArrays(
      new Map([
        ["x", images],
        ["target", labels],
      ]),
      [input("x", 1, 2, 1), ids(4)],
    ).prepare({ seed: 1, scale: 1 / 255 });
    expect(train.tensors.get("x")).toEqual({
      dtype: "f32",
      shape: [1, 2, 1],
      rowStride: 2,
      data: Float32Array.of(0, 0.2, 0.4, 1),
    });
    expect([...(train.tensors.get("target")?.data ?? [])]).toEqual([1, 3]);
  });

  const prepare = (arrays: [string, ArrayFile][], ...fields: Field[]): string =>
    errorOf(() => rowArrays(new Map(arrays), fields).prepare({ seed: 1 }));
  it("are refused where they do not fit", () => {
    const one = parseIdx("one.idx", bytes(0, 0, 8, 1, 0, 0, 0, 1, 9));
    const cube = parseIdx("c.idx", bytes(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6));
    const scalar = parseNpy("s.npy", npy(literal("|u1", "()"), bytes(9)));
    expect(
      prepare(
        [
          ["x", images],
          ["target", one],
        ],
        input("x", 2),
        ids(4),
      ),
    ).toBe("NN0824 i.idx has 2 rows and one.idx has 1; expected the same number");
    expect(
      prepare(
        [
          ["x", images],
          ["target", labels],
        ],
        input("x", 2),
        ids(3),
      ),
    ).toBe("NN0819 l.idx[1]: expected an id from 0 to 2 for `target`, found 3");
    expect(prepare([["x", cube]], input("x", 2, 3))).toBe(
      "NN0836 `x` takes rows of [2, 3], found the same sizes in another order in c.idx: [3, 2]",
    );
    const grid = parseIdx("g.idx", bytes(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 6, ...Array<number>(24).fill(1)));
    for (const sizes of [
      [3, 8],
      [3, 8, 1],
      [3, 2, 4],
    ])
      expect(prepare([["x", grid]], input("x", ...sizes))).toBe(
        `NN0836 \`x\` takes rows of [${sizes.join(", ")}], found as many numbers along other axes in g.idx: [4, 6]`,
      );
    for (const sizes of [[24], [4, 6], [4, 6, 1], [2, 2, 6], [4, 3, 2], [1, 4, 2, 3]])
      expect(prepare([["x", grid]], input("x", ...sizes))).toBe("no error");
    // One axis split and others joined, each by itself; but not across another's border.
    const film = parseIdx(
      "f.idx",
      bytes(0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 2, ...Array<number>(24).fill(1)),
    );
    expect(prepare([["x", film]], input("x", 2, 3, 4))).toBe("no error");
    expect(prepare([["x", film]], input("x", 4, 3, 2))).toBe(
      "NN0836 `x` takes rows of [4, 3, 2], found as many numbers along other axes in f.idx: [6, 2, 2]",
    );
    for (const sizes of [[3, 2], [6], [3, 1, 2], [1, 3, 2], [6, 1], [1, 6]])
      expect(prepare([["x", cube]], input("x", ...sizes))).toBe("no error");
    expect(prepare([["x", images]], input("x", 3))).toBe("NN0814 `x` takes 3 numbers a row ([3]), found 2 in i.idx");
    expect(prepare([["x", images]], input("x", 2), ids(4))).toBe(
      'NN0831 the data lack `target`; expected every input and what the loss takes, found "x"',
    );
    expect(prepare([["y", images]], input("x", 2))).toBe('NN0813 the data give `y`, which nothing takes; expected "x"');
    expect(prepare([["x", scalar]], input("x"))).toBe("NN0828 s.npy: expected at least one row, found the shape []");
  });
});

describe("arrays as rows, told of in messages", () => {
  const array = (file: string, shape: readonly number[], ...values: number[]) =>
    numberArray(file, shape, Int32Array.from(values));
  const x = array("x.npy", [3, 2], 1, 5, 2, 5, 3, 5);

  it("are all named", () => {
    const { warnings, fitted } = rowArrays(
      new Map([
        ["x", x],
        ["target", array("y.npy", [3], 0, 1, 0)],
      ]),
      [input("x", 2), ids(2)],
    ).prepare({ seed: 1, standardize: true });
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "NN0822 element 1 of `x` is the same in all training rows of x.npy, y.npy; standardised it is 0",
    ]);
    expect(fitted.columns).toEqual([]);
  });

  it.each([
    ["the last of all", [0, 1, 1, 0, 0, 9], "[2, 1]"],
    ["the first of the second row", [0, 1, 9, 0, 0, 0], "[1, 0]"],
    ["the second of the first row", [0, 9, 1, 0, 0, 0], "[0, 1]"],
  ])("by the place of an element: %s", (_, values, place) => {
    const arrays = new Map([
      ["x", x],
      ["target", array("y.npy", [3, 2], ...values)],
    ]);
    expect(errorOf(() => rowArrays(arrays, [input("x", 2), ids(2, 2)]).prepare({ seed: 1 }))).toBe(
      `NN0819 y.npy${place}: expected an id from 0 to 1 for \`target\`, found 9`,
    );
  });

  it("may hold a target that nothing takes, and nothing else", () => {
    const arrays = (name: string) =>
      new Map([
        ["x", x],
        [name, array("y.npy", [3], 0, 1, 0)],
      ]);
    expect(rowArrays(arrays("target"), [input("x", 2)]).prepare({ seed: 1 }).train.rows).toBe(3);
    expect(errorOf(() => rowArrays(arrays("targets"), [input("x", 2)]))).toBe(
      'NN0813 the data give `targets`, which nothing takes; expected "x"',
    );
  });
});

describe("whole arrays", () => {
  const matrix = csvMatrix("m.csv", "1,0\n0,1\n");
  const side = csvMatrix("s.csv", "side\nred\nblue\n");
  const target: Field = { name: "target", role: "target", dtype: "i32", shape: [2], classes: 2 };

  it("are one row of their whole shape; a first line without numbers names columns", () => {
    expect([matrix.shape, side.shape]).toEqual([
      [2, 2],
      [2, 1],
    ]);
    const { train, fitted, holdout } = wholeArrays(
      new Map([
        ["x", matrix],
        ["target", side],
      ]),
      [input("x", 2, 2), target],
    ).prepare({ seed: 1 });
    expect([train.rows, holdout]).toEqual([1, null]);
    expect(train.tensors.get("x")).toEqual({
      dtype: "f32",
      shape: [2, 2],
      rowStride: 4,
      data: Float32Array.of(1, 0, 0, 1),
    });
    expect(train.tensors.get("target")).toEqual({ dtype: "i32", shape: [2], rowStride: 2, data: Int32Array.of(1, 0) });
    expect(fitted.classes).toEqual([{ name: "target", values: ["blue", "red"] }]);
  });

  it.each<[string, string, readonly string[], number, readonly string[] | undefined]>([
    ["words that are none of the classes", "side\nred\nblue\n", ["blue", "red"], 2, ["side"]],
    ["words, of which nothing is known", "side\nred\nblue\n", [], 2, ["side"]],
    ["a class", "red\nblue\n", ["blue", "red"], 2, undefined],
    ["a word that stands below, too", "red\nblue\nred\n", [], 3, undefined],
    ["a word of two that does", "red,a\nblue,b\nred,c\n", [], 3, undefined],
    ["names of numbers", "a,b\n1,2\n3,4\n", [], 2, undefined],
    ["names of numbers, one missing", ",b\n1,2\n3,4\n", [], 2, undefined],
    ["what is missing", "nan,\n1,2\n3,4\n", [], 3, undefined],
    ["a name alone", "side\n", [], 1, undefined],
  ])("a first line of %s: %j", (_, text, classes, rows, guessed) => {
    const { shape, guessed: found } = csvMatrix("m.csv", text, classes);
    expect([shape[0], found]).toEqual([rows, guessed]);
  });

  it.each<[string, string, readonly number[], Field, readonly number[]]>([
    ["of the size of training", "1,2\n3,4\n", [2, 2], input("x", 2, 2), [2, 2]],
    ["of another size", "1,2\n3,4\n5,6\n", [3, 2], input("x", 2, 2), [3, 2]],
    ["of a single character", "1", [1, 1], input("x", 1, 1), [1, 1]],
    ["of the declared shape where they have other axes", "1\n2\n3\n", [3, 1], input("x", 3), [3]],
  ])("are taken with what was fitted before: %s", (_, text, found, field, shape) => {
    const other = csvMatrix("m.csv", text);
    expect(other.shape).toEqual(found);
    const { tensors } = wholeArrays(new Map([["x", other]]), [field]).apply(unfitted);
    const count = shape.reduce((all, size) => all * size, 1);
    const data = Float32Array.from({ length: count }, (_one, at) => at + 1);
    expect(tensors.get("x")).toEqual({ dtype: "f32", shape, rowStride: count, data });
  });

  it("of another size where they have other axes, are refused", () => {
    const source = wholeArrays(new Map([["x", csvMatrix("m.csv", "1\n2\n3\n4\n")]]), [input("x", 3)]);
    expect(errorOf(() => source.apply(unfitted))).toBe("NN0814 `x` takes 3 numbers a row ([3]), found 4 in m.csv");
  });

  it("are missed, with what was fitted before, too", () => {
    expect(errorOf(() => wholeArrays(new Map(), [input("x", 2)]).apply(unfitted))).toBe(
      "NN0831 the data lack `x`; expected every input and what the loss takes, found none",
    );
  });

  it("are refused where they do not fit", () => {
    const open = (text: string): string =>
      errorOf(() => wholeArrays(new Map([["x", csvMatrix("m.csv", text)]]), [input("x", 2, 2)]).prepare({ seed: 1 }));
    expect(open("1,0\n")).toBe("NN0814 `x` takes 4 numbers a row ([2, 2]), found 2 in m.csv");
    expect(open("1,0\n1,x\n")).toBe('NN0815 m.csv:2:3: expected a number in column "2", found "x"');
    expect(open("1,0\n1\n")).toBe("NN0807 m.csv:2: expected 2 cells as in the first line, found 1");
    const source = wholeArrays(new Map([["x", matrix]]), [input("x", 2, 2)]);
    expect(errorOf(() => source.prepare({ seed: 1, standardize: true }))).toBe(
      "NN0832 `standardize` of the data: expected none, since arrays are whole and have no rows to choose from, found true",
    );
    expect(errorOf(() => source.prepare({ seed: 1, holdout: { kind: "count", value: 2 } }))).toBe(
      "NN0832 `holdout` of the data: expected none, since arrays are whole and have no rows to choose from, found 2",
    );
  });
});

describe("typed arrays of the host", () => {
  const fields = [input("x", 2), ids(3)];
  const open = (x: unknown, target: unknown = Int32Array.of(0, 2)): string =>
    errorOf(() =>
      givenArrays(
        new Map([
          ["x", x],
          ["target", target],
        ]),
        fields,
      ).prepare({ seed: 1 }),
    );

  it("are copied", () => {
    const x = Float32Array.of(1, 2, 3, 4);
    const { train } = givenArrays(
      new Map<string, unknown>([
        ["x", x],
        ["target", Int32Array.of(0, 2)],
      ]),
      fields,
    ).prepare({ seed: 1, scale: 2 });
    expect([...(train.tensors.get("x")?.data ?? [])]).toEqual([2, 4, 6, 8]);
    expect([...x]).toEqual([1, 2, 3, 4]);
  });

  it.each<[unknown, unknown, string]>([
    [[1, 2, 3, 4], undefined, "NN0830 `x`: expected a Float32Array, found an ordinary array"],
    [new Float64Array(4), undefined, "NN0830 `x`: expected a Float32Array, found Float64Array"],
    [null, undefined, "NN0830 `x`: expected a Float32Array, found null"],
    ["1234", undefined, "NN0830 `x`: expected a Float32Array, found string"],
    [
      new Float32Array(3),
      undefined,
      "NN0830 `x`: expected a multiple of 2 elements, one row of [2] after the other, found 3",
    ],
    [
      new Float32Array(0),
      undefined,
      "NN0830 `x`: expected a multiple of 2 elements, one row of [2] after the other, found 0",
    ],
    [
      undefined,
      undefined,
      'NN0831 the data lack `x`; expected every input and what the loss takes, found "x", "target"',
    ],
    [Float32Array.of(1, 2, NaN, 4), undefined, "NN0828 x[1, 0]: expected a finite 32-bit float, found NaN"],
    [new Float32Array(4), Int32Array.of(0, 3), "NN0819 target[1]: expected an id from 0 to 2 for `target`, found 3"],
    [new Float32Array(4), new Float32Array(2), "NN0830 `target`: expected an Int32Array, found Float32Array"],
    [new Float32Array(4), Int32Array.of(0), "NN0824 x has 2 rows and target has 1; expected the same number"],
  ])("%o and %o are refused", (x, target, expected) => {
    expect(open(x, target)).toBe(expected);
  });
});
