/**
 * One array of numbers, from whatever file or host: its shape, and its elements as a field wants them. Conversions are
 * explicit: floats are rounded to 32 bits, where nothing is done to them before, and must stay finite, integers must be whole and fit.
 */
import { unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { otherAxes, wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { failure, shapeText } from "../save/fail.ts";
import { cellText, placeOf, scan } from "./csv.ts";
import type { Cells } from "./csv.ts";
import type { Field } from "./dataset.ts";
import { elements } from "./dataset.ts";
import { floatsFor, floatTensor, isWord, numberAt, readField } from "./raw.ts";
import type { RawTensor } from "./raw.ts";

/** Element types that can be read; 64-bit integers come as doubles. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

export interface ArrayFile {
  readonly file: string;
  readonly shape: readonly number[];
  /**
   * A fresh copy of all elements in the field's type; `shape` is the field's, and the number of elements is not
   * checked.
   */
  readonly read: (field: Field) => RawTensor;
  /** The place of an element, for a message. */
  readonly place: (at: number) => string;
}

/** An array whose elements are in memory. */
export function numberArray(file: string, shape: readonly number[], data: Numbers): ArrayFile {
  const place = (at: number): string => `${file}[${indexText(shape, at)}]`;
  return {
    file,
    shape,
    place,
    read: (field) => {
      const base = { shape: field.shape, rowStride: elements(field.shape) };
      if (field.dtype === "f32") {
        const wide = field.wide === true && exceedsFloats(data);
        return floatTensor(base, toFloats(data, floatsFor({ wide }, data.length), place));
      }
      return { ...base, dtype: "i32", data: toIntegers(data, place) };
    },
  };
}

/** A matrix whose first line was taken for names although the next one has no numbers either. */
export type Matrix = ArrayFile & { readonly guessed?: readonly string[] };

/**
 * A matrix in a CSV file. Its first line is left out where it holds names of columns: no number at all, and words that are none of the `classes` and
 * stand in their columns once. Throws NN0803 to NN0809, and when read NN0815 to NN0818.
 */
export function csvMatrix(file: string, content: Uint8Array | string, classes: readonly string[] = []): Matrix {
  const all = scan(file, content);
  const { width } = all;
  const columns = Array.from({ length: width }, (_, column) => column);
  const isNamed = all.starts.length > width && holdsNames(all, columns, new Set(classes));
  const cells: Cells = isNamed ? { ...all, starts: all.starts.subarray(width) } : all;
  const rows = cells.starts.length / width;
  const isGuess = isNamed && columns.every((column) => isWord(cells, column));
  return {
    file,
    shape: [rows, width],
    place: (at) => placeOf(cells, at),
    read: (field) => {
      const names = columns.map((column) => String(column + 1));
      const tensor = readField({ cells, rows, columns, names, field: { ...field, shape: [width] } });
      return { ...tensor, shape: field.shape, rowStride: elements(field.shape) };
    },
    ...(isGuess ? { guessed: columns.map((column) => cellText(all, column)) } : {}),
  };
}

/** Whether the first line does; where all of it is missing it is a row like others. */
function holdsNames(cells: Cells, columns: readonly number[], classes: ReadonlySet<string>): boolean {
  const words = columns.filter((column) => isWord(cells, column));
  return (
    words.length > 0 &&
    columns.every((column) => Number.isNaN(numberAt(cells, column))) &&
    words.every((column) => !classes.has(cellText(cells, column)) && !standsBelow(cells, column))
  );
}

/** Whether the word of a first line stands further down in its column, too. A column that goes on with a number is none of words. */
function standsBelow(cells: Cells, column: number): boolean {
  const { starts, width } = cells;
  if (!isWord(cells, width + column)) return false;
  const word = cellText(cells, column);
  for (let cell = width + column; cell < starts.length; cell += width) if (cellText(cells, cell) === word) return true;
  return false;
}

/** All that has to be known of an array to see whether it fits. */
export type ArrayHead = Pick<ArrayFile, "file" | "shape">;

/** Throws NN0814 unless the array holds `rows` times the elements of the field, NN0836 where it has them along other axes. */
export function requireElements(array: ArrayHead, rows: number, { name, shape }: Field): void {
  const expected = elements(shape);
  const found = elements(array.shape) / rows;
  const place = { source: array.file, field: name };
  if (found !== expected) throw failure(wrongElementCount, { ...place, shape: shapeText(shape), expected, found });
  const isCounted = array.shape[0] === rows && elements(array.shape.slice(1)) === expected;
  const row = isCounted ? array.shape.slice(1) : array.shape;
  requireAxes(array.file, name, row, shape);
}

/**
 * Throws NN0836 for a row whose axes are no other form of the wanted ones: forms of one row split or join each other's axes, as [784] and [28, 28, 1]
 * do. Of [24, 20, 3] read as [20, 24, 3] no line would stay a line.
 */
export function requireAxes(
  source: string,
  field: string,
  found: readonly number[],
  expected: readonly number[],
): void {
  if (splitsOrJoins(borders(found), borders(expected))) return;
  const sorted = (sizes: readonly number[]): string =>
    sizes
      .filter((size) => size !== 1)
      .sort((a, b) => a - b)
      .join();
  const order = sorted(found) === sorted(expected);
  throw failure(otherAxes, { source, field, expected: shapeText(expected), found: shapeText(found), order });
}

/** Whether from each border that both have to the next one either of them is a single axis: then that one is split, or the other's are joined. */
function splitsOrJoins(own: ReadonlySet<number>, wanted: ReadonlySet<number>): boolean {
  let inside: ReadonlySet<number> | undefined;
  for (const border of [...new Set([...own, ...wanted])].sort((a, b) => a - b)) {
    const side = !own.has(border) ? wanted : wanted.has(border) ? undefined : own;
    if (inside !== undefined && side !== undefined && side !== inside) return false;
    inside = side;
  }
  return true;
}

/** After how many elements each axis ends, from the last one; axes of size 1 are of no account. */
function borders(shape: readonly number[]): ReadonlySet<number> {
  let count = 1;
  return new Set(
    shape
      .toReversed()
      .map((size) => (count *= size))
      .concat(1),
  );
}

/** Whether its numbers may be more than 32-bit floats hold. */
function exceedsFloats(data: Numbers): boolean {
  return data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint32Array;
}

function toFloats<Floats extends Float32Array | Float64Array>(
  data: Numbers,
  floats: Floats,
  place: (at: number) => string,
): Floats {
  floats.set(data);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return floats;
  for (let at = 0; at < floats.length; at++) {
    if (!Number.isFinite(Math.fround(floats[at] ?? NaN)))
      throw unsuitable(place(at), "a finite 32-bit float", data[at]);
  }
  return floats;
}

function toIntegers(data: Numbers, place: (at: number) => string): Int32Array {
  const integers = new Int32Array(data.length);
  integers.set(data);
  for (let at = 0; at < integers.length; at++) {
    if (integers[at] !== data[at]) throw unsuitable(place(at), "a whole number of 32 bits", data[at]);
  }
  return integers;
}

function unsuitable(place: string, expected: string, found: number | undefined): Error {
  return failure(unsuitableValue, { place, expected, found: String(found) });
}

/** `3, 0, 7`: the indices of element `at`. */
function indexText(shape: readonly number[], at: number): string {
  const indices: number[] = [];
  let rest = at;
  for (const size of [...shape].reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return indices.join(", ");
}
