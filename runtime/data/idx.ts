/**
 * IDX, the format of MNIST: two zero bytes, the element type, the number of dimensions, the dimensions as 32-bit
 * big-endian numbers, then the elements, big-endian too. Everything is checked against the length before anything is
 * allocated.
 */
import { badIdx } from "../../compiler/diagnostics/codes/data.ts";
import { failure } from "../save/fail.ts";
import { numberArray } from "./array-file.ts";
import type { ArrayFile, Numbers } from "./array-file.ts";
import { elements } from "./dataset.ts";

interface ElementType {
  readonly bytes: number;
  readonly read: (view: DataView, count: number) => Numbers;
}

const types: ReadonlyMap<number, ElementType> = new Map([
  [0x08, { bytes: 1, read: (view, count) => fill(new Uint8Array(count), (at) => view.getUint8(at)) }],
  [0x09, { bytes: 1, read: (view, count) => fill(new Int8Array(count), (at) => view.getInt8(at)) }],
  [0x0b, { bytes: 2, read: (view, count) => fill(new Int16Array(count), (at) => view.getInt16(at * 2)) }],
  [0x0c, { bytes: 4, read: (view, count) => fill(new Int32Array(count), (at) => view.getInt32(at * 4)) }],
  [0x0d, { bytes: 4, read: (view, count) => fill(new Float32Array(count), (at) => view.getFloat32(at * 4)) }],
  [0x0e, { bytes: 8, read: (view, count) => fill(new Float64Array(count), (at) => view.getFloat64(at * 8)) }],
]);

/** What stands before the elements: their shape, and where and what they are. */
interface IdxHead {
  readonly file: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly type: ElementType;
}

/** The head of a file that is already unpacked and as long as told. Throws NN0826. */
export function idxHead(file: string, bytes: Uint8Array, length: number | undefined): IdxHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw bad(file, "at least 4 bytes", `${bytes.length}`);
  const [zero, alsoZero, code, rank] = [view.getUint8(0), view.getUint8(1), view.getUint8(2), view.getUint8(3)];
  const type = types.get(code);
  if (zero !== 0 || alsoZero !== 0 || type === undefined) {
    throw bad(file, "a magic number such as 0x00000803", `0x${view.getUint32(0).toString(16).padStart(8, "0")}`);
  }
  const start = 4 + rank * 4;
  if (rank === 0 || bytes.length < start)
    throw bad(file, `at least one dimension, and ${start} bytes for them`, `${rank} in ${bytes.length} bytes`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + axis * 4));
  const expected = start + elements(shape) * type.bytes;
  if (length !== undefined && length !== expected)
    throw bad(file, `${expected} bytes for [${shape.join(", ")}]`, `${length}`);
  return { file, shape, start, type };
}

/** The array in an IDX file that is already unpacked. Throws NN0826. */
export function parseIdx(file: string, bytes: Uint8Array): ArrayFile {
  const { shape, start, type } = idxHead(file, bytes, bytes.length);
  const count = elements(shape);
  const data = type.read(new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start), count);
  return numberArray(file, shape, data);
}

function fill<Data extends Numbers>(data: Data, read: (at: number) => number): Data {
  for (let at = 0; at < data.length; at++) data[at] = read(at);
  return data;
}

function bad(file: string, expected: string, found: string): Error {
  return failure(badIdx, { file, expected, found });
}
