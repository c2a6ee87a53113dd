/**
 * Rows that a command is given, whatever the network was trained from: a table of all inputs (CSV, or one JSON value a line), or an array for
 * each (NPY, IDX, a matrix in CSV). They are checked in full and prepared as in training; a complaint names the place.
 */
import { filesForFields } from "../../compiler/diagnostics/codes/fields.ts";
import type { HostData } from "../../compiler/program/host.ts";
import { csvMatrix } from "../../runtime/data/array-file.ts";
import type { ArrayFile } from "../../runtime/data/array-file.ts";
import { rowArrays, wholeArrays } from "../../runtime/data/arrays.ts";
import { assignColumns, calledAs } from "../../runtime/data/columns.ts";
import { parseCsv } from "../../runtime/data/csv.ts";
import type { Dataset, DataTensor, Field } from "../../runtime/data/dataset.ts";
import { elements } from "../../runtime/data/dataset.ts";
import { decodeText } from "../../runtime/data/decode.ts";
import { parseIdx } from "../../runtime/data/idx.ts";
import { parseNpy } from "../../runtime/data/npy.ts";
import { columnMapping } from "../../runtime/data/open.ts";
import { tableSource } from "../../runtime/data/source.ts";
import { inputField } from "../../runtime/predict/interface.ts";
import { readRows, unusedKeys } from "../../runtime/predict/rows.ts";
import { failure, listed } from "../../runtime/save/fail.ts";
import { valuesOf } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../exit.ts";
import { formOfBytes, formOfName } from "./form.ts";
import type { Form } from "./form.ts";
import { refuseArray } from "./json-array.ts";
import { parseLine } from "./json-line.ts";

/** A file of rows, or of the one field that it is given for. */
export interface RowFile {
  readonly field: string | undefined;
  /** As messages call it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly form: Form;
}

export function rowFile(file: string, bytes: Uint8Array, field?: string): RowFile {
  return { field, file, bytes, form: formOfName(file) ?? formOfBytes(bytes) };
}

/** What is told of the columns that a command does not use. */
export type Tell = (sentence: string) => void;

/** On standard error. */
export function telling({ process: { stderr } }: Context): Tell {
  return (sentence) => void stderr.write(`${sentence}\n`);
}

/** The rows of all fields that are wanted. Throws NN08xx. */
export function readRowFiles(
  files: readonly RowFile[],
  wanted: readonly Field[],
  data: HostData | undefined,
  fitted: Fitted,
  tell: Tell,
): Dataset {
  const table = tableIn(files);
  if (table?.form === "csv") return readCsv(table, wanted, data, fitted, tell);
  if (table?.form === "json") return readJsonLines(table, wanted, fitted, tell);
  return rowArrays(arraysOf(files, wanted, fitted, tell), wanted).apply(fitted);
}

/**
 * Tensors as a whole, for networks that were trained on `arrays`. Each keeps the shape that its file has; a table of them all has a row for each
 * place of their first axes. Throws NN08xx.
 */
export function readWholeFiles(
  files: readonly RowFile[],
  wanted: readonly Field[],
  data: HostData | undefined,
  fitted: Fitted,
  tell: Tell,
): Dataset {
  const table = tableIn(files);
  // A matrix without names is enough for a single tensor.
  const isMatrix = table?.form === "csv" && wanted.length === 1;
  if (table !== undefined && !isMatrix && wanted.every(({ shape }) => shape.length > 0)) {
    const rows = wanted.map((field) => ({ ...field, shape: field.shape.slice(1) }));
    return wholeOf(readRowFiles(files, rows, data, fitted, tell));
  }
  const arrays = arraysOf(files, wanted, fitted, tell);
  const fields = wanted.map((field) => ({ ...field, shape: wholeShape(field, arrays.get(field.name)) }));
  return wholeArrays(arrays, fields).apply(fitted);
}

/** The one file that holds all fields. */
function tableIn([first, ...more]: readonly RowFile[]): RowFile | undefined {
  const isTable = first?.field === undefined && (first?.form === "csv" || first?.form === "json");
  return isTable && more.length === 0 ? first : undefined;
}

function wholeOf({ rows, tensors }: Dataset): Dataset {
  const whole = [...tensors].map(([name, tensor]): readonly [string, DataTensor] => [
    name,
    { ...tensor, shape: [rows, ...tensor.shape], rowStride: tensor.data.length },
  ]);
  return { rows: 1, tensors: new Map(whole) };
}

/** That of the file, or, where it has another number of axes, as in training: a column of CSV is a list of numbers. */
function wholeShape({ shape }: Field, array: ArrayFile | undefined): readonly number[] {
  if (array === undefined || array.shape.length === shape.length) return array?.shape ?? shape;
  const inner = shape.slice(1);
  const first = elements(array.shape) / elements(inner);
  return shape.length > 0 && Number.isInteger(first) ? [first, ...inner] : shape;
}

/** The files by the field that they are given for. Throws NN0833. */
function arraysOf(
  files: readonly RowFile[],
  wanted: readonly Field[],
  { classes }: Fitted,
  tell: Tell,
): ReadonlyMap<string, ArrayFile> {
  const [only, ...more] = wanted;
  const arrays = new Map<string, ArrayFile>();
  for (const file of files) {
    const field = file.field ?? (only !== undefined && more.length === 0 ? only.name : undefined);
    if (field === undefined)
      throw failure(filesForFields, {
        expected: `a file for each of ${listed(wanted.map(({ name }) => name))}, as in --data ${only?.name ?? "x"}=${file.file}`,
        found: `${file.file} alone`,
      });
    if (arrays.has(field)) throw new UsageError(`--data: expected one file for ${field}, found a second, ${file.file}`);
    arrays.set(field, parse(file, field, valuesOf(classes, field), tell));
  }
  return arrays;
}

function parse(
  { file, bytes, form }: RowFile,
  field: string,
  classes: readonly string[] | undefined,
  tell: Tell,
): ArrayFile {
  switch (form) {
    case "npy":
      return parseNpy(file, bytes);
    case "idx":
      return parseIdx(file, bytes);
    case "csv": {
      const matrix = csvMatrix(file, bytes, classes);
      if (matrix.guessed !== undefined) tell(`${file}: the first line is taken for names: ${listed(matrix.guessed)}`);
      return matrix;
    }
    case "json":
      throw failure(filesForFields, { expected: `an array for ${field} in NPY, IDX or CSV`, found: `JSON in ${file}` });
    default: {
      const never: never = form;
      return never;
    }
  }
}

function readCsv(
  { file, bytes }: RowFile,
  wanted: readonly Field[],
  data: HostData | undefined,
  fitted: Fitted,
  tell: Tell,
): Dataset {
  const recorded = wanted.every(({ name }) => valuesOf(fitted.columns, name) !== undefined);
  const mapping = data?.reader === "csv" ? columnMapping(data) : { fields: new Map<string, readonly string[]>() };
  const isNamed = data?.reader !== "csv" || data.settings["header"] !== false;
  const table = calledAs(parseCsv(file, bytes, isNamed), recorded ? fitted.columns : [], wanted);
  const { header } = table;
  // Without a record the single input takes what is left.
  const assigned = recorded ? [] : [...assignColumns(file, header, mapping, wanted).values()].flat();
  const known = new Set(["target", ...fitted.columns.flatMap(({ values }) => values)]);
  const rows = tableSource(table, mapping, wanted).apply(recorded ? fitted : { ...fitted, columns: [] });
  // Behind it, since a table that does not fit is told what is wrong alone.
  tellUnused(
    file,
    header.filter((column, at) => !known.has(column) && !assigned.includes(at)),
    tell,
  );
  return rows;
}

function tellUnused(file: string, columns: readonly string[], tell: Tell): void {
  if (columns.length > 0) tell(`${file}: not used: ${listed(columns)}`);
}

/** A line is a list of the numbers of a single input, or an object by input or by column, beside which the target is found either way. */
function readJsonLines({ file, bytes }: RowFile, wanted: readonly Field[], fitted: Fitted, tell: Tell): Dataset {
  const decoded = decodeText(file, bytes);
  const [only, ...more] = wanted;
  refuseArray(file, decoded, only !== undefined && more.length === 0 ? elements(only.shape) : undefined);
  const rows = decoded
    .split("\n")
    .map((text, at) => ({ text: text.trim(), place: `${file}:${at + 1}` }))
    .filter(({ text }) => text !== "")
    .map(({ text, place }) => ({ value: parseLine(text, place), place }));
  const fields = wanted.map(({ name, dtype, shape, classes }) =>
    inputField(name, dtype, { shape, width: elements(shape) }, classes, fitted),
  );
  const ofModel = new Set(wanted.flatMap(({ name, role }) => (role === "input" ? [name] : [])));
  const inputs = fields.filter(({ name }) => ofModel.has(name));
  const others = fields.filter(({ name }) => !ofModel.has(name));
  const values = new Map(
    [inputs, ...others.map((one) => [one])].flatMap((part) => [...readRows(rows, part, fitted, fields.length === 1)]),
  );
  tellUnused(file, [...unusedKeys(rows, fields, fitted).keys()], tell);
  const tensors = fields.map(({ name, shape, width }): readonly [string, DataTensor] => {
    const base = { shape, rowStride: width };
    const own = values.get(name) ?? new Float32Array(0);
    return [
      name,
      own instanceof Float32Array ? { ...base, dtype: "f32", data: own } : { ...base, dtype: "i32", data: own },
    ];
  });
  return { rows: rows.length, tensors: new Map(tensors) };
}
