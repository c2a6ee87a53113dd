/**
 * Rows to predict from: CSV with a line of column names, or one JSON value a line. Both are checked in full and prepared as in training;
 * a complaint names the line.
 */
import { notUtf8, unseenClass, unsuitableValue, wrongElementCount } from "../../compiler/diagnostics/codes/data.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostData } from "../../compiler/program/host.ts";
import { columnMapping } from "../../runtime/data/open.ts";
import type { Dataset, DataTensor, Field } from "../../runtime/data/dataset.ts";
import { csvSource } from "../../runtime/data/source.ts";
import { applyFitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { InputField } from "./interface.ts";

export type RowFormat = "csv" | "json";

/** JSON where the first letter opens an object or a list, else CSV. */
export function formatOf(bytes: Uint8Array): RowFormat {
  const first = bytes.find((byte) => byte > 32 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x7b || first === 0x5b ? "json" : "csv";
}

/** `name` is the file as messages call it. Throws NN08xx. */
export function readCsv(
  name: string,
  bytes: Uint8Array,
  inputs: readonly InputField[],
  data: HostData | undefined,
  fitted: Fitted,
): Dataset {
  const fields = inputs.map(({ name: input, dtype, shape, limit }): Field => {
    const base = { name: input, role: "input", dtype, shape } as const;
    return limit === undefined ? base : { ...base, classes: limit };
  });
  const recorded = inputs.every(({ columns }) => columns !== undefined);
  const mapping = data?.reader === "csv" ? columnMapping(data) : { fields: new Map<string, readonly string[]>() };
  return csvSource(name, bytes, mapping, fields).apply(recorded ? fitted : { ...fitted, columns: [] });
}

/** A line is a list of the numbers of a single input, or an object by input or by column. */
export function readJsonLines(name: string, bytes: Uint8Array, inputs: readonly InputField[], fitted: Fitted): Dataset {
  const lines = decode(name, bytes)
    .split("\n")
    .map((text, at) => ({ text: text.trim(), place: `${name}:${at + 1}` }))
    .filter(({ text }) => text !== "");
  const rows = lines.map(({ text, place }) => ({ value: parseLine(text, place), place }));
  const tensors = inputs.map((input): readonly [string, DataTensor] => {
    const values =
      input.dtype === "f32" ? new Float32Array(rows.length * input.width) : new Int32Array(rows.length * input.width);
    for (const [at, { value, place }] of rows.entries())
      fill(values, at * input.width, input, inputs.length === 1, value, place);
    if (values instanceof Int32Array)
      return [input.name, { dtype: "i32", shape: input.shape, rowStride: input.width, data: values }];
    applyFitted(fitted, input.name, values);
    return [input.name, { dtype: "f32", shape: input.shape, rowStride: input.width, data: values }];
  });
  return { rows: rows.length, tensors: new Map(tensors) };
}

function fill(
  values: Float32Array | Int32Array,
  from: number,
  input: InputField,
  single: boolean,
  row: unknown,
  place: string,
): void {
  const cells = cellsOf(input, single, row, place);
  if (cells.length !== input.width) {
    throw failure(wrongElementCount, {
      source: place,
      field: input.name,
      shape: `[${input.shape.join(", ")}]`,
      expected: input.width,
      found: cells.length,
    });
  }
  for (const [at, cell] of cells.entries()) values[from + at] = numberIn(cell, input, place);
}

/** The values of one input in a row, flattened. */
function cellsOf({ name, columns }: InputField, single: boolean, row: unknown, place: string): readonly unknown[] {
  if (Array.isArray(row)) return single ? flatten(row) : missing(name, place, "a list; the model has several inputs");
  if (typeof row !== "object" || row === null) return missing(name, place, JSON.stringify(row));
  if (Object.hasOwn(row, name)) return flatten([valueOf(row, name)]);
  const wanted = columns ?? [];
  const lacking = wanted.find((column) => !Object.hasOwn(row, column));
  if (wanted.length === 0 || lacking !== undefined)
    return missing(lacking ?? name, place, `the keys ${Object.keys(row).slice(0, 8).join(", ")}`);
  return wanted.map((column) => valueOf(row, column));
}

function missing(name: string, place: string, found: string): never {
  throw failure(unsuitableValue, { place, expected: `a value for \`${name}\``, found });
}

function valueOf(row: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(row, key)?.value;
}

/** Nested lists row by row; iterative, since the nesting is the user's. */
function flatten(value: readonly unknown[]): readonly unknown[] {
  let flat: readonly unknown[] = value;
  while (flat.some((one) => Array.isArray(one))) flat = flat.flat(1);
  return flat;
}

function numberIn(cell: unknown, { dtype, classes, limit }: InputField, place: string): number {
  if (typeof cell === "string" && classes !== undefined) {
    const id = classes.indexOf(cell);
    if (id >= 0) return id;
    throw failure(unseenClass, { place, field: "input", found: JSON.stringify(cell) });
  }
  const whole = dtype === "i32";
  if (typeof cell === "boolean" && whole && limit === 2) return Number(cell);
  const fits =
    typeof cell === "number" &&
    (whole ? Number.isInteger(cell) && cell >= 0 && cell < (limit ?? 2 ** 31) : Number.isFinite(Math.fround(cell)));
  if (fits) return cell;
  const expected = whole ? `a whole number from 0${limit === undefined ? "" : ` to ${limit - 1}`}` : "a finite number";
  throw failure(unsuitableValue, { place, expected, found: JSON.stringify(cell) ?? "nothing" });
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(unsuitableValue, {
      place,
      expected: "one JSON value on each line",
      found: JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text),
    });
  }
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failure(notUtf8, { file: name, byte: 0, found: "other bytes" });
  }
}

function failure<Values>(definition: DiagnosticDefinition<Values>, values: Values): NncError {
  return new NncError(diagnose(definition, values, []));
}
