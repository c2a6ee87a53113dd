/**
 * NPY, NumPy's format (versions 1 to 3): a magic string, a header that is a Python dictionary, then the elements. Numbers
 * of every size, order of bytes and order of axes are read as NumPy shows them; Python objects are never unpickled.
 */
import { badNpy } from "../../compiler/diagnostics/codes/data.ts";
import { failure, quoted } from "../save/fail.ts";
import { numberArray } from "./array-file.ts";
import type { ArrayFile, Numbers } from "./array-file.ts";
import { elements } from "./dataset.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const conversion = 'np.save(path, array.astype("<f4")) writes what is expected';

interface ElementType {
  readonly bytes: number;
  /** `buffer` holds exactly the elements, little-endian as all machines that run JavaScript are. */
  readonly read: (buffer: ArrayBuffer) => Numbers;
}

/** By their names without the order of bytes; 64-bit integers come as doubles. */
const types: ReadonlyMap<string, ElementType> = new Map([
  ["b1", { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ["i1", { bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  ["u1", { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ["i2", { bytes: 2, read: (buffer) => new Int16Array(buffer) }],
  ["u2", { bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ["f2", { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), half) }],
  ["i4", { bytes: 4, read: (buffer) => new Int32Array(buffer) }],
  ["u4", { bytes: 4, read: (buffer) => new Uint32Array(buffer) }],
  ["f4", { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ["i8", { bytes: 8, read: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) }],
  ["u8", { bytes: 8, read: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) }],
  ["f8", { bytes: 8, read: (buffer) => new Float64Array(buffer) }],
]);

interface NpyHeader {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** What stands before the elements: their shape and order, and where and what they are. */
interface NpyHead extends NpyHeader {
  readonly file: string;
  readonly start: number;
  readonly type: ElementType;
  readonly isBigEndian: boolean;
}

/** The head of a file that is as long as told. Throws NN0827. */
export function npyHead(file: string, bytes: Uint8Array, length: number | undefined): NpyHead {
  const start = dataStart(file, bytes);
  const header = parseHeader(file, headerText(bytes, start));
  const { type, isBigEndian } = elementType(file, header);
  const expected = start + elements(header.shape) * type.bytes;
  if (length !== undefined && length !== expected)
    throw bad(file, `${expected} bytes for the shape [${header.shape.join(", ")}]`, `${length}`);
  return { ...header, file, start, type, isBigEndian };
}

/**
 * The array in an NPY file; 64-bit integers beyond 2^53 are rounded, and refused where a whole number of 32 bits is
 * wanted. Throws NN0827.
 */
export function parseNpy(file: string, bytes: Uint8Array): ArrayFile {
  const { start, type, isBigEndian, ...header } = npyHead(file, bytes, bytes.length);
  const copy = new Uint8Array(bytes.length - start);
  copy.set(bytes.subarray(start));
  if (isBigEndian) for (let at = 0; at < copy.length; at += type.bytes) copy.subarray(at, at + type.bytes).reverse();
  const data = type.read(copy.buffer);
  return numberArray(file, header.shape, header.fortran ? rowMajor(data, header.shape) : data);
}

/** The elements with the last axis fastest, of a file in which the first is. */
function rowMajor(data: Numbers, shape: readonly number[]): Numbers {
  const ordered = data.slice();
  const indices = shape.map(() => 0);
  for (let from = 0; from < data.length; from++) {
    ordered[indices.reduce((at, index, axis) => at * (shape[axis] ?? 0) + index, 0)] = data[from] ?? NaN;
    for (let axis = 0; axis < shape.length; axis++) {
      const next = (indices[axis] ?? 0) + 1;
      indices[axis] = next === shape[axis] ? 0 : next;
      if (next !== shape[axis]) break;
    }
  }
  return ordered;
}

/** An IEEE half: a sign, five bits of exponent, ten of fraction. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const special = fraction === 0 ? Infinity : NaN;
  const finite = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  const size = exponent === 31 ? special : finite;
  return bits >> 15 === 0 ? size : -size;
}

/** Where the elements begin; the header's length has two bytes in version 1 and four since. */
function dataStart(file: string, bytes: Uint8Array): number {
  if (!magic.every((byte, at) => bytes[at] === byte))
    throw bad(file, "an NPY file, which begins with \\x93NUMPY", "something else");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw bad(file, "NPY version 1, 2 or 3", `version ${version}`);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw bad(file, "an NPY header", `the end of the file after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, prefix);
  const start = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length)
    throw bad(file, `an NPY header of ${start} bytes`, `the end of the file after ${bytes.length} bytes`);
  return start;
}

function headerText(bytes: Uint8Array, start: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(bytes[6] === 1 ? 10 : 12, start));
}

/** Python's literal, read as the three entries that it must have, in any order. */
function parseHeader(file: string, text: string): NpyHeader {
  const entries = new Map<string, string>();
  const entry = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\dL, ]*\)|\[[^\]]*\])\s*(?:,|(?=\}))/y;
  const body = text.trim();
  entry.lastIndex = 1;
  let end = 1;
  for (let match = entry.exec(body); match !== null; match = entry.exec(body)) {
    entries.set(match[1] ?? "", match[2] ?? "");
    end = entry.lastIndex;
  }
  const [descr, fortran, shape] = [entries.get("descr"), entries.get("fortran_order"), entries.get("shape")];
  const whole = body.startsWith("{") && body.slice(end).trim() === "}";
  if (!whole || descr === undefined || !/^(?:True|False)$/.test(fortran ?? "") || !shape?.startsWith("(")) {
    throw bad(file, "a header with descr, fortran_order and shape", quoted(body));
  }
  return { descr: descr.replaceAll("'", ""), fortran: fortran === "True", shape: parseShape(file, shape) };
}

function parseShape(file: string, text: string): readonly number[] {
  const shape = text
    .slice(1, -1)
    .split(",")
    // Python 2 wrote its long numbers as 60000L.
    .map((size) => size.trim().replace(/L$/, ""))
    .filter((size) => size !== "")
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 8);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(count))
    throw bad(file, "a shape of at most 2^50 elements", text);
  return shape;
}

function elementType(
  file: string,
  { descr }: NpyHeader,
): { readonly type: ElementType; readonly isBigEndian: boolean } {
  if (/^[|<>=]?O/.test(descr)) throw bad(file, "numbers", "Python objects, which are never unpickled");
  const type = /^[|<>=]/.test(descr) ? types.get(descr.slice(1)) : undefined;
  if (type === undefined)
    throw bad(file, "elements of type f2, f4, f8, i1 to i8, u1 to u8 or bool", quoted(descr), conversion);
  return { type, isBigEndian: descr.startsWith(">") };
}

function bad(file: string, expected: string, found: string, help?: string): Error {
  return failure(badNpy, { file, expected, found }, help);
}
