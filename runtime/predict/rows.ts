/**
 * Rows as the data had them, made ready for the network: values found by input or by column, words turned into ids, numbers checked and
 * prepared as in training. A complaint names the row.
 */
import { unseenClass, unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { unknownKeyOfRow, wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { didYouMean, didYouMeanWord } from "../../compiler/diagnostics/suggest.ts";
import type { View } from "../load/executable.ts";
import { kindOf } from "../load/fail.ts";
import { failure, listed, quoted, shapeText } from "../save/fail.ts";
import { applyFitted } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import type { InputField } from "./interface.ts";

/** A number, a word where training had words, true and false of a bool; or lists of them, nested in any way. */
export type RowValue = number | string | boolean | Numbers | readonly RowValue[];
type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * An example: the values of a single input in order, or an object by the columns of the data or by the inputs of the model. An object that has all
 * columns, each with a single value, is by columns, as a row of the file is, also where inputs have the names of columns; else an input under its own
 * name is taken as a whole.
 */
export type Row = Numbers | readonly RowValue[] | { readonly [name: string]: RowValue } | ReadonlyMap<string, RowValue>;

/** A row, and what messages call it: `rows.jsonl:3`, `row 2`. */
export interface PlacedRow {
  readonly place: string;
  /** A list of the values of a single input, or an object by input or by column. */
  readonly value: unknown;
}

/**
 * The keys of a row that nothing reads, by the first row that has each. What training read beside the inputs, its target, is known and none of them.
 */
export function unusedKeys(
  rows: readonly PlacedRow[],
  inputs: readonly InputField[],
  fitted: Fitted,
): ReadonlyMap<string, PlacedRow> {
  const known = new Set(knownKeys(inputs, fitted));
  const unused = new Map<string, PlacedRow>();
  for (const row of rows) {
    const { value } = row;
    if (typeof value !== "object" || value === null || isList(value)) continue;
    for (const key of value instanceof Map ? value.keys() : Object.keys(value))
      if (!known.has(String(key)) && !unused.has(String(key))) unused.set(String(key), row);
  }
  return unused;
}

/** Throws NN0848 for a key that nothing reads. */
export function requireKnownKeys(rows: readonly PlacedRow[], inputs: readonly InputField[], fitted: Fitted): void {
  const [first] = unusedKeys(rows, inputs, fitted);
  if (first === undefined) return;
  const [key, { place }] = first;
  const known = knownKeys(inputs, fitted);
  throw failure(unknownKeyOfRow, { place, key: quoted(key), expected: listed(known) }, didYouMean(key, known));
}

/** What a row may have: inputs, columns, and what training read beside them. */
function knownKeys(inputs: readonly InputField[], fitted: Fitted): readonly string[] {
  return [...new Set([...ownKeys(inputs), ...keysBeside(inputs, fitted)])];
}

/** What training read beside these inputs: its target, and what other models take. */
export function keysBeside(inputs: readonly InputField[], { columns }: Fitted): readonly string[] {
  const names = new Set(inputs.map(({ name }) => name));
  const others = [...columns, { name: "target", values: [] }].filter(({ name }) => !names.has(name));
  return others.flatMap(({ name, values }) => [...values, name]);
}

function ownKeys(inputs: readonly InputField[]): readonly string[] {
  return inputs.flatMap(({ name, columns = [] }) => [...columns, name]);
}

/**
 * The values of each input, all rows one after the other. A list may stand for a single input that is `alone`. Throws NN0814, NN0821, NN0828, and
 * NN0848 for a row that gives an input twice.
 */
export function readRows(
  rows: readonly PlacedRow[],
  inputs: readonly InputField[],
  fitted: Fitted,
  alone = inputs.length === 1,
): ReadonlyMap<string, View> {
  const own = new Set(ownKeys(inputs));
  const beside = keysBeside(inputs, fitted);
  for (const key of beside) own.delete(key);
  const filled = inputs.map((input) => {
    const length = rows.length * input.width;
    return { input, values: input.dtype === "f32" ? new Float64Array(length) : new Int32Array(length) };
  });
  for (const [at, row] of rows.entries()) {
    const keys = keysOf(row, inputs, alone);
    if (keys !== undefined) requireOnce(row.place, keys, own, beside);
    for (const { input, values } of filled) fill(values, at * input.width, input, cellsOf(row, input, keys), row.place);
  }
  return new Map(
    filled.map(({ input: { name }, values }): readonly [string, View] => [
      name,
      values instanceof Int32Array ? values : applyFitted(fitted, name, values),
    ]),
  );
}

function fill(
  values: Float64Array | Int32Array,
  from: number,
  input: InputField,
  cells: readonly unknown[],
  place: string,
): void {
  if (cells.length !== input.width) {
    throw failure(wrongElementCount, {
      source: place,
      field: input.name,
      shape: shapeText(input.shape),
      expected: input.width,
      found: cells.length,
    });
  }
  for (const [at, cell] of cells.entries()) values[from + at] = numberIn(cell, input, at, place);
}

/** A row by its keys, and those under which it has each input: columns, or the input's own name where it is given as a whole. */
interface RowKeys {
  readonly named: ReadonlyMap<unknown, unknown>;
  readonly whole: ReadonlySet<string>;
  readonly read: ReadonlyMap<string, readonly string[]>;
}

/** None of a list, which stands for a single input. Throws NN0828 for a row that is neither, or lacks an input. */
function keysOf({ value, place }: PlacedRow, inputs: readonly InputField[], alone: boolean): RowKeys | undefined {
  const [first] = inputs;
  if (first === undefined) return undefined;
  if (isList(value)) {
    const why = inputs.length > 1 ? "; the model has several inputs" : ", which has no place for what else is read";
    return alone ? undefined : missing(first.name, place, `a list${why}`);
  }
  if (typeof value !== "object" || value === null) return missing(first.name, place, shown(value));
  const named: ReadonlyMap<unknown, unknown> = value instanceof Map ? value : new Map(Object.entries(value));
  const whole = wholeInputs(named, inputs);
  const read = inputs.map(({ name, columns = [] }): readonly [string, readonly string[]] => {
    if (whole.has(name)) return [name, [name]];
    const lacking = columns.find((column) => !named.has(column) || whole.has(column));
    if (columns.length > 0 && lacking === undefined) return [name, columns];
    const keys = [...named.keys()].map(String);
    const wanted = lacking === undefined || whole.has(lacking) ? name : lacking;
    return missing(wanted, place, keys.length === 0 ? "no keys" : `the keys ${listed(keys)}`);
  });
  return { named, whole, read: new Map(read) };
}

/**
 * The inputs that a row gives under their own names. A row with all columns gives none so: `{ a: 1, b: 20 }` is what the file has in such a row,
 * even where the input `a` is read from the column `b`.
 */
function wholeInputs(named: ReadonlyMap<unknown, unknown>, inputs: readonly InputField[]): ReadonlySet<string> {
  const isSingle = (key: string): boolean => named.has(key) && !isList(named.get(key));
  if (inputs.every(({ columns = [] }) => columns.length > 0 && columns.every(isSingle))) return new Set();
  const isColumn = ({ name, width, columns = [] }: InputField): boolean =>
    width > 1 && isSingle(name) && columns.includes(name);
  return new Set(inputs.filter((input) => named.has(input.name) && !isColumn(input)).map(({ name }) => name));
}

/** Throws NN0848 for a key that could be read and was not, since the row has its input in another way, too: it may say something else there. */
function requireOnce(
  place: string,
  { named, read }: RowKeys,
  own: ReadonlySet<unknown>,
  beside: readonly string[],
): void {
  const used = new Set<unknown>([...read.values()].flat());
  for (const key of named.keys()) {
    if (used.has(key) || !own.has(key)) continue;
    const expected = listed([...new Set([...used, ...beside].map(String))]);
    throw failure(
      unknownKeyOfRow,
      { place, key: quoted(String(key)), expected },
      "a row gives an input by its columns or by its name, not both",
    );
  }
}

/** The values of one input in a row, flattened where it is given as a whole. */
function cellsOf({ value }: PlacedRow, { name }: InputField, keys: RowKeys | undefined): readonly unknown[] {
  if (keys === undefined) return flatten([value]);
  const cells = (keys.read.get(name) ?? []).map((key) => keys.named.get(key));
  return keys.whole.has(name) ? flatten(cells) : cells;
}

function missing(name: string, place: string, found: string): never {
  throw failure(unsuitableValue, { place, expected: `a value for \`${name}\``, found });
}

/** Lists, and typed arrays of any numbers that are not bigger than doubles. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Nested lists row by row; iterative, since the nesting is the user's. */
export function flatten(value: readonly unknown[]): readonly unknown[] {
  let flat: readonly unknown[] = value;
  while (flat.some(isList)) flat = flat.flatMap((one) => (isList(one) ? Array.from(one) : [one]));
  return flat;
}

function numberIn(cell: unknown, input: InputField, at: number, place: string): number {
  const { dtype, classes, limit } = input;
  if (classes !== undefined) return idIn(cell, classes, input, at, place);
  if (typeof cell === "boolean" && dtype === "i32" && limit === 2) return Number(cell);
  if (typeof cell === "number" && suits(cell, input)) return cell;
  throw failure(unsuitableValue, { place, expected: expectedOf(input, at), found: shown(cell) });
}

/** The place of a label among the names. A number that is none of them would be taken for an id that it may not be. */
function idIn(cell: unknown, classes: readonly string[], input: InputField, at: number, place: string): number {
  const label =
    typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean" ? String(cell) : undefined;
  const id = classes.findIndex((one) => one === label || (typeof cell === "boolean" && one.toLowerCase() === label));
  if (id >= 0) return id;
  if (typeof cell === "string")
    throw failure(
      unseenClass,
      { place, field: input.name, found: quoted(cell), known: listed(classes) },
      didYouMeanWord(cell, classes),
    );
  throw failure(unsuitableValue, { place, expected: expectedOf(input, at), found: shown(cell) });
}

function suits(value: number, { dtype, limit }: InputField): boolean {
  if (dtype === "f32") return Number.isFinite(Math.fround(value));
  const [least, below] = limit === undefined ? [-(2 ** 31), 2 ** 31] : [0, limit];
  return Number.isInteger(value) && value >= least && value < below;
}

/** Of the value at a place of an input, which is called by its column: a row may have many. */
function expectedOf(input: InputField, at: number): string {
  return `${kindExpected(input)} for \`${input.columns?.[at] ?? input.name}\``;
}

function kindExpected({ dtype, classes, limit }: InputField): string {
  if (classes !== undefined) return `one of the classes ${listed(classes)}`;
  if (dtype === "f32") return "a finite number";
  return limit === undefined ? "a whole number of 32 bits" : `a whole number from 0 to ${limit - 1}`;
}

/** A value in a few letters. */
function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  return typeof value === "object" && value !== null ? kindOf(value) : String(value);
}
