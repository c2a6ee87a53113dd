/**
 * Sources that are made of one array per field: rows along the first axis (`idx`, `npy`, `given`), or whole tensors
 * (`arrays`).
 */
import { unsuitableSetting, unsuitableValue, wrongArrayType } from "../../compiler/diagnostics/codes/data.ts";
import { missingField, rowsDisagree, unknownField } from "../../compiler/diagnostics/codes/fields.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { failure, listed, quoted, shapeText } from "../save/fail.ts";
import { numberArray, requireElements } from "./array-file.ts";
import type { ArrayFile, ArrayHead } from "./array-file.ts";
import { notTaken } from "./columns.ts";
import { elements } from "./dataset.ts";
import type { Field } from "./dataset.ts";
import type { RawData } from "./raw.ts";
import { rowSource } from "./source.ts";
import type { DataSource } from "./source.ts";

/** Rows along the first axis of every array. Throws NN0813, NN0814, NN0824, NN0831, NN0836. */
export function rowArrays(
  arrays: ReadonlyMap<string, ArrayFile>,
  fields: readonly Field[],
  target = targetSetting(arrays),
): DataSource {
  rejectUnknown(arrays.keys(), fields);
  const read = (wanted: readonly Field[]): RawData => {
    const { named, rows } = alike(arrays, wanted);
    for (const [field, array] of named) requireElements(array, rows, field);
    return rawOf(named, rows);
  };
  return rowSource(fields, read, () => idleTarget(target, fields));
}

/** The array of each field, all with as many rows. Throws NN0824, NN0828, NN0831. */
export function alike<Head extends ArrayHead>(
  arrays: ReadonlyMap<string, Head>,
  wanted: readonly Field[],
): { readonly named: readonly (readonly [Field, Head])[]; readonly rows: number } {
  const named = wanted.map((field) => [field, arrayOf(arrays, field)] as const);
  const [first] = named;
  const rows = first?.[1].shape[0] ?? 0;
  for (const [, { file, shape }] of named) {
    const found = shape[0] ?? 0;
    if (found === 0)
      throw failure(unsuitableValue, {
        place: file,
        expected: "at least one row",
        found: `the shape ${shapeText(shape)}`,
      });
    if (first !== undefined && found !== rows)
      throw failure(rowsDisagree, { first: first[1].file, firstRows: rows, second: file, secondRows: found });
  }
  return { named, rows };
}

/**
 * Whole tensors: a data set of one row, whose shapes are those of the arrays. Never split; `standardize`, which needs
 * rows, is refused (NN0832). Other arrays than those of training may have other sizes where the program leaves them
 * open, which it checks itself. Throws NN0813, NN0814, NN0831.
 */
export function wholeArrays(arrays: ReadonlyMap<string, ArrayFile>, fields: readonly Field[]): DataSource {
  rejectUnknown(arrays.keys(), fields);
  const read = (wanted: readonly Field[]): RawData => {
    const named = wanted.map((field) => [field, arrayOf(arrays, field)] as const);
    for (const [field, array] of named) requireElements(array, 1, field);
    return rawOf(named, 1);
  };
  const sourceOf = (own: readonly Field[]): DataSource =>
    rowSource(own, read, () => idleTarget(targetSetting(arrays), fields));
  const source = sourceOf(fields);
  const others = fields.map((field) => {
    const { shape } = arrays.get(field.name) ?? field;
    return shape.length === field.shape.length ? { ...field, shape } : field;
  });
  return {
    apply: sourceOf(others).apply,
    prepare: (options) => {
      const expected = "none, since arrays are whole and have no rows to choose from";
      if (options.holdout !== undefined)
        throw failure(unsuitableSetting, { setting: "holdout", expected, found: String(options.holdout.value) });
      const { standardize = false } = options;
      if (standardize !== false)
        throw failure(unsuitableSetting, { setting: "standardize", expected, found: JSON.stringify(standardize) });
      return source.prepare(options);
    },
  };
}

/**
 * Typed arrays of the host program: Float32Array for float fields, Int32Array for integer ones, all rows one after the
 * other. They are copied, not kept. Throws NN0813, NN0814, NN0824, NN0830, NN0831.
 */
export function givenArrays(given: ReadonlyMap<string, unknown>, fields: readonly Field[]): DataSource {
  rejectUnknown(given.keys(), fields);
  const arrays = fields.map((field) => {
    const data = given.get(field.name);
    if (data === undefined) throw failure(missingField, { field: field.name, given: listed([...given.keys()]) });
    const width = elements(field.shape);
    const typed = field.dtype === "f32" ? data instanceof Float32Array : data instanceof Int32Array;
    if (!typed || !(data instanceof Float32Array || data instanceof Int32Array)) throw wrongType(field, data);
    const rows = width === 0 ? 0 : Math.floor(data.length / width);
    if (rows * width !== data.length || rows === 0) throw wrongLength(field, data.length);
    return [field.name, numberArray(field.name, [rows, ...field.shape], data)] as const;
  });
  return rowArrays(new Map(arrays), fields, given.has("target") ? "target" : undefined);
}

function rawOf(named: readonly (readonly [Field, ArrayFile])[], rows: number): RawData {
  return {
    source: named.map(([, array]) => array.file).join(", "),
    rows,
    tensors: new Map(named.map(([field, array]) => [field.name, array.read(field)])),
    columns: [],
    place: (name, row, element) => {
      const found = named.find(([field]) => field.name === name);
      return found === undefined ? name : found[1].place(row * elements(found[0].shape) + element);
    },
  };
}

/** What is given for a field. Throws NN0831. */
export function arrayOf<Item>(arrays: ReadonlyMap<string, Item>, field: Field): Item {
  const array = arrays.get(field.name);
  if (array === undefined) throw failure(missingField, { field: field.name, given: listed([...arrays.keys()]) });
  return array;
}

/** A target that nothing takes is let be: rows to predict may still hold it. Throws NN0813. */
export function rejectUnknown(given: Iterable<string>, fields: readonly Field[]): void {
  const names = fields.map((field) => field.name);
  for (const name of given) {
    if (name === "target" || names.includes(name)) continue;
    throw failure(unknownField, { field: name, fields: listed(names) }, didYouMean(name, names));
  }
}

function targetSetting(arrays: ReadonlyMap<string, ArrayFile>): string | undefined {
  const target = arrays.get("target");
  return target === undefined ? undefined : `target: ${quoted(target.file)}`;
}

/** In training that is told. */
function idleTarget(setting: string | undefined, fields: readonly Field[]): readonly Diagnostic[] {
  return setting === undefined || fields.some(({ name }) => name === "target") ? [] : [notTaken(setting)];
}

function wrongType(field: Field, data: unknown): Error {
  const expected = field.dtype === "f32" ? "a Float32Array" : "an Int32Array";
  const found = ArrayBuffer.isView(data)
    ? data.constructor.name
    : Array.isArray(data)
      ? "an ordinary array"
      : data === null
        ? "null"
        : typeof data;
  return failure(wrongArrayType, { field: field.name, expected, found });
}

function wrongLength(field: Field, length: number): Error {
  const width = elements(field.shape);
  const expected = `a multiple of ${width} elements, one row of [${field.shape.join(", ")}] after the other`;
  return failure(wrongArrayType, { field: field.name, expected, found: `${length}` });
}
