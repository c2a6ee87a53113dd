/**
 * What every reader of rows makes: values as the file has them, before anything is fitted. Words are numbered as they
 * first occur; which of them are classes, and with which ids, only the training rows can tell.
 */
import { notANumber, notAnInteger, notAWord, numberTooLarge } from "../../compiler/diagnostics/codes/data.ts";
import { wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { counted } from "../../compiler/diagnostics/lists.ts";
import type { Named } from "../save/fitted.ts";
import { cellText, placeOf } from "./csv.ts";
import type { Cells, Table } from "./csv.ts";
import type { DataTensor, Field } from "./dataset.ts";
import { elements } from "./dataset.ts";
import { failure, quoted } from "../save/fail.ts";
import { readNumber } from "./number.ts";

/** Indices into `words`, in the place of values. */
export interface WordTensor {
  readonly dtype: "words";
  readonly shape: readonly number[];
  readonly rowStride: number;
  readonly data: Int32Array;
  readonly words: readonly string[];
}

/** Numbers to which something is done before they are rounded. */
export interface WideTensor {
  readonly dtype: "f64";
  readonly shape: readonly number[];
  readonly rowStride: number;
  readonly data: Float64Array;
}

export type RawTensor = DataTensor | WordTensor | WideTensor;

export interface RawData {
  /** How messages call the whole. */
  readonly source: string;
  readonly rows: number;
  readonly tensors: ReadonlyMap<string, RawTensor>;
  readonly columns: readonly Named[];
  /** The place of one element, for a message: `data/wine.csv:12:7`, `labels.npy[11]`. */
  readonly place: (field: string, row: number, element: number) => string;
}

type Floats = Float32Array | Float64Array;

/** Cells of one field: cell (row, i) is `row * width + columns[i]`, called `names[i]`. */
interface Selection {
  readonly cells: Cells;
  readonly rows: number;
  readonly columns: readonly number[];
  readonly names: readonly string[];
  readonly field: Field;
  /** All columns that are read, by their place in a row, where they are more than this field's. */
  readonly read?: ReadonlyMap<number, string>;
  /** Whether the first line is a row because the source says so. */
  readonly isUnnamed?: boolean;
}

/** Reads the cells of all fields. Throws NN0814 to NN0818 with the place of the first cell that does not fit. */
export function readTable(
  table: Table,
  fields: readonly Field[],
  assigned: ReadonlyMap<string, readonly number[]>,
): RawData {
  const { header, rows, isNamed } = table;
  const read = new Map(
    fields.flatMap(({ name }) => (assigned.get(name) ?? []).map((column) => [column, header[column] ?? ""] as const)),
  );
  const selections = fields.map((field): Selection => {
    const columns = assigned.get(field.name) ?? [];
    const names = columns.map((column) => header[column] ?? "");
    return { cells: table, rows, columns, names, field, read, isUnnamed: !isNamed };
  });
  return {
    source: table.file,
    rows,
    tensors: new Map(selections.map((selection) => [selection.field.name, readField(selection)])),
    columns: selections.map(({ field, names }) => ({ name: field.name, values: names })),
    place: (field, row, element) => placeOf(table, row * table.width + (assigned.get(field)?.[element] ?? 0)),
  };
}

/** One field of a table or matrix, its rows reshaped to the field's shape. */
export function readField(selection: Selection): RawTensor {
  const { field, columns, cells } = selection;
  const expected = elements(field.shape);
  if (columns.length !== expected) {
    const shape = `[${field.shape.join(", ")}]`;
    throw failure(wrongElementCount, {
      source: `the columns of ${cells.file}`,
      field: field.name,
      shape,
      expected,
      found: columns.length,
    });
  }
  const base = { shape: field.shape, rowStride: expected };
  if (isOfWords(selection)) return { ...base, dtype: "words", ...readWords(selection) };
  if (field.dtype === "f32")
    return floatTensor(base, readFloats(selection, floatsFor(field, selection.rows * expected)));
  return { ...base, dtype: "i32", data: readIntegers(selection) };
}

/** Integers stand for words where the first cell is one; floats only in a target, and where all cells are words. */
function isOfWords(selection: Selection): boolean {
  const { cells, columns, field } = selection;
  if (!Number.isNaN(numberAt(cells, columns[0] ?? 0))) return false;
  return field.dtype === "i32" || (field.role === "target" && allAreWords(selection));
}

/** Room for the numbers of a float field. */
export function floatsFor({ wide = false }: Pick<Field, "wide">, length: number): Floats {
  return wide ? new Float64Array(length) : new Float32Array(length);
}

/** The numbers of a float field, by the room that they were given. */
export function floatTensor(base: Pick<DataTensor, "shape" | "rowStride">, data: Floats): DataTensor | WideTensor {
  return data instanceof Float64Array ? { ...base, dtype: "f64", data } : { ...base, dtype: "f32", data };
}

function readFloats(selection: Selection, data: Floats): Floats {
  eachCell(selection, (cell, name, at) => {
    const value = numberAt(selection.cells, cell);
    if (Number.isNaN(value)) throw failure(notANumber, found(selection, cell, name), mendingOf(selection, cell));
    data[at] = value;
    if (!Number.isFinite(Math.fround(value))) throw failure(numberTooLarge, found(selection, cell, name));
  });
  return data;
}

function readIntegers(selection: Selection): Int32Array {
  const data = new Int32Array(selection.rows * selection.columns.length);
  eachCell(selection, (cell, name, at) => {
    const value = numberAt(selection.cells, cell);
    data[at] = value;
    if (data[at] !== value) throw failure(notAnInteger, found(selection, cell, name), gapsBeside(selection, cell));
  });
  return data;
}

function readWords(selection: Selection): { readonly data: Int32Array; readonly words: readonly string[] } {
  const { cells, rows, columns } = selection;
  const data = new Int32Array(rows * columns.length);
  const numbers = new Map<string, number>();
  eachCell(selection, (cell, name, at) => {
    if (!isWord(cells, cell)) throw failure(notAWord, found(selection, cell, name), gapsBeside(selection, cell));
    const word = cellText(cells, cell);
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    data[at] = number;
  });
  return { data, words: [...numbers.keys()] };
}

/** Neither a number nor what stands for a missing value. */
export function isWord(cells: Cells, cell: number): boolean {
  return Number.isNaN(numberAt(cells, cell)) && !isGap(cells, cell);
}

function isGap(cells: Cells, cell: number): boolean {
  const word = cellText(cells, cell);
  return word === "" || word.toLowerCase() === "nan";
}

function allAreWords({ cells, rows, columns }: Selection): boolean {
  for (let row = 0; row < rows; row++)
    for (const column of columns) if (!isWord(cells, row * cells.width + column)) return false;
  return true;
}

function eachCell(
  { cells, rows, columns, names }: Selection,
  visit: (cell: number, name: string, at: number) => void,
): void {
  for (let row = 0, at = 0; row < rows; row++) {
    for (let index = 0; index < columns.length; index++, at++)
      visit(row * cells.width + (columns[index] ?? 0), names[index] ?? "", at);
  }
}

/** The number in a cell, NaN where it holds none. */
export function numberAt(cells: Cells, cell: number): number {
  const { text, separator } = cells;
  const start = cells.starts[cell] ?? text.length;
  if (text.charCodeAt(start) === 34) {
    const inner = cellText(cells, cell);
    return readNumber(inner, 0, inner.length);
  }
  let end = start;
  for (; end < text.length; end++) {
    const sign = text.charCodeAt(end);
    if (sign === separator || sign === 10 || sign === 13) break;
  }
  return readNumber(text, start, end);
}

function found({ cells }: Selection, cell: number, name: string): { place: string; column: string; found: string } {
  const text = cellText(cells, cell);
  return { place: placeOf(cells, cell), column: quoted(name), found: text === "" ? "an empty cell" : quoted(text) };
}

function mendingOf(selection: Selection, cell: number): string | undefined {
  const { cells, isUnnamed } = selection;
  if (isUnnamed === true && isWord(cells, cell) && isInFirstLine(cells, cell))
    return "`header: false` takes the first line for a row: leave the setting out, or the line";
  return /^[+-]?\d+,\d+$/.test(cellText(cells, cell))
    ? "write the decimal sign as a point"
    : gapsBeside(selection, cell);
}

/** How many gaps are told beside the first. */
const toldGaps = 4;

/** Where other cells are missing that are read, if this one is: whoever fills one fills all. */
function gapsBeside({ cells, rows, columns, names, read }: Selection, cell: number): string | undefined {
  if (!isGap(cells, cell)) return undefined;
  const all = read ?? new Map(columns.map((column, index) => [column, names[index] ?? ""]));
  const told: string[] = [];
  let count = 0;
  for (let row = 0; row < rows; row++)
    for (const [column, name] of all) {
      const other = row * cells.width + column;
      if (other === cell || !isGap(cells, other)) continue;
      count++;
      if (count <= toldGaps) told.push(`${placeOf(cells, other)} in column ${quoted(name)}`);
    }
  if (count === 0) return undefined;
  const more = count > toldGaps ? `, and ${count - toldGaps} more` : "";
  return `${counted(count, "more cell")} ${count === 1 ? "is" : "are"} missing: ${told.join(", ")}${more}`;
}

/** Of any of the files. */
function isInFirstLine({ pieces, starts, width }: Cells, cell: number): boolean {
  const start = starts[cell - (cell % width)];
  return pieces.some(({ from }) => from === start);
}
