/**
 * Rows as the data had them, made ready for the network: values found by input or by column, words turned into ids, numbers checked and
 * prepared as in training. A complaint names the row.
 */
import {
  unknownKeyOfRow,
  unseenClass,
  unsuitableValue,
  wrongElementCount,
} from "../../compiler/diagnostics/codes/data.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
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

/** An example: the values of a single input in order, or an object by the columns of the data or by the inputs of the model. */
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
export function knownKeys(inputs: readonly InputField[], { columns }: Fitted): readonly string[] {
  const own = inputs.flatMap(({ name, columns: read = [] }) => [...read, name]);
  return [...new Set([...own, ...columns.flatMap(({ name, values }) => [...values, name]), "target"])];
}

/** The values of each input, all rows one after the other. Throws NN0814, NN0821, NN0828. */
export function readRows(
  rows: readonly PlacedRow[],
  inputs: readonly InputField[],
  fitted: Fitted,
): ReadonlyMap<string, View> {
  return new Map(
    inputs.map((input): readonly [string, View] => {
      const { dtype, width, name } = input;
      const values = dtype === "f32" ? new Float64Array(rows.length * width) : new Int32Array(rows.length * width);
      for (const [at, row] of rows.entries()) fill(values, at * width, input, inputs.length === 1, row);
      return [name, values instanceof Int32Array ? values : applyFitted(fitted, name, values)];
    }),
  );
}

function fill(
  values: Float64Array | Int32Array,
  from: number,
  input: InputField,
  single: boolean,
  { value, place }: PlacedRow,
): void {
  const cells = cellsOf(input, single, value, place);
  if (cells.length !== input.width) {
    throw failure(wrongElementCount, {
      source: place,
      field: input.name,
      shape: shapeText(input.shape),
      expected: input.width,
      found: cells.length,
    });
  }
  for (const [at, cell] of cells.entries()) values[from + at] = numberIn(cell, input, place);
}

/** The values of one input in a row, flattened. */
function cellsOf({ name, columns }: InputField, single: boolean, row: unknown, place: string): readonly unknown[] {
  if (isList(row)) return single ? flatten([row]) : missing(name, place, "a list; the model has several inputs");
  if (typeof row !== "object" || row === null) return missing(name, place, shown(row));
  const named: ReadonlyMap<unknown, unknown> = row instanceof Map ? row : new Map(Object.entries(row));
  if (named.has(name)) return flatten([named.get(name)]);
  const wanted = columns ?? [];
  const lacking = wanted.find((column) => !named.has(column));
  if (wanted.length === 0 || lacking !== undefined) {
    const keys = [...named.keys()].map(String);
    return missing(lacking ?? name, place, keys.length === 0 ? "no keys" : `the keys ${listed(keys)}`);
  }
  return wanted.map((column) => named.get(column));
}

function missing(name: string, place: string, found: string): never {
  throw failure(unsuitableValue, { place, expected: `a value for \`${name}\``, found });
}

/** Lists, and typed arrays of any numbers that are not bigger than doubles. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Nested lists row by row; iterative, since the nesting is the user's. */
function flatten(value: readonly unknown[]): readonly unknown[] {
  let flat: readonly unknown[] = value;
  while (flat.some(isList)) flat = flat.flatMap((one) => (isList(one) ? Array.from(one) : [one]));
  return flat;
}

function numberIn(cell: unknown, input: InputField, place: string): number {
  const { dtype, classes, limit } = input;
  if (classes !== undefined) return idIn(cell, classes, input, place);
  if (typeof cell === "boolean" && dtype === "i32" && limit === 2) return Number(cell);
  if (typeof cell === "number" && suits(cell, input)) return cell;
  throw failure(unsuitableValue, { place, expected: expectedOf(input), found: shown(cell) });
}

/** The place of a label among the names. A number that is none of them would be taken for an id that it may not be. */
function idIn(cell: unknown, classes: readonly string[], input: InputField, place: string): number {
  const label =
    typeof cell === "string" || typeof cell === "number" || typeof cell === "boolean" ? String(cell) : undefined;
  const id = classes.findIndex((one) => one === label || (typeof cell === "boolean" && one.toLowerCase() === label));
  if (id >= 0) return id;
  if (typeof cell === "string")
    throw failure(unseenClass, { place, field: input.name, found: quoted(cell) }, didYouMean(cell, classes));
  throw failure(unsuitableValue, { place, expected: expectedOf(input), found: shown(cell) });
}

function suits(value: number, { dtype, limit }: InputField): boolean {
  if (dtype === "f32") return Number.isFinite(Math.fround(value));
  const [least, below] = limit === undefined ? [-(2 ** 31), 2 ** 31] : [0, limit];
  return Number.isInteger(value) && value >= least && value < below;
}

function expectedOf({ dtype, classes, limit }: InputField): string {
  if (classes !== undefined) return `one of the classes ${listed(classes)}`;
  if (dtype === "f32") return "a finite number";
  return limit === undefined ? "a whole number of 32 bits" : `a whole number from 0 to ${limit - 1}`;
}

/** A value in a few letters. */
function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  return typeof value === "object" && value !== null ? kindOf(value) : String(value);
}
