/**
 * What the training loop reads: named tensors with one row per example, and what was fitted to the training rows on the way.
 * Everything here is plain data; `Fitted` survives JSON, so that it can be kept beside the parameters.
 */

/** Values by row. `rowStride` counts the elements between the starts of two rows; it is less than a row where windows overlap. */
export type DataTensor =
  | { readonly dtype: "f32"; readonly shape: readonly number[]; readonly rowStride: number; readonly data: Float32Array }
  | { readonly dtype: "i32"; readonly shape: readonly number[]; readonly rowStride: number; readonly data: Int32Array };

/** `shape` of each tensor is that of one row. */
export interface Dataset {
  readonly rows: number;
  readonly tensors: ReadonlyMap<string, DataTensor>;
}

/** What the program wants under one name; `classes`, where it is known, bounds the ids of an i32 field: 0 ≤ id < classes. */
export interface Field {
  readonly name: string;
  /** `extra` is what a loss takes beside the target: a mask, a weight. */
  readonly role: "input" | "target" | "extra";
  readonly dtype: "f32" | "i32";
  /** Of one row. */
  readonly shape: readonly number[];
  readonly classes?: number;
}

/** A list of strings that belongs to a field. Lists of pairs, since a field may be called `__proto__`. */
export interface Named {
  readonly name: string;
  readonly values: readonly string[];
}

/** x becomes (x · scale − mean) / deviation, element by element; a deviation of 0 makes it 0. Means are of scaled values. */
export interface FittedInput {
  readonly name: string;
  readonly scale: number;
  readonly mean: readonly number[] | null;
  readonly deviation: readonly number[] | null;
}

/** What was learnt from the training rows before training; JSON-serialisable. */
export interface Fitted {
  readonly inputs: readonly FittedInput[];
  /** The names behind class ids, in the order of the ids, of each field that held words. */
  readonly classes: readonly Named[];
  /** The columns that each field was read from, so that another file may order them otherwise. */
  readonly columns: readonly Named[];
  /** The characters behind the ids of a text, or null. */
  readonly vocabulary: readonly string[] | null;
}

/** The number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The list that belongs to `name`, if there is one. */
export function valuesOf(list: readonly Named[], name: string): readonly string[] | undefined {
  return list.find((entry) => entry.name === name)?.values;
}
