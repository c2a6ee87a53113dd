/**
 * What the training loop reads: named tensors with one row per example, and what the program wants under each name.
 * Plain data.
 */

/**
 * Values by row. `rowStride` counts the elements between the starts of two rows; it is less than a row where windows
 * overlap.
 */
export type DataTensor =
  | {
      readonly dtype: "f32";
      readonly shape: readonly number[];
      readonly rowStride: number;
      readonly data: Float32Array;
    }
  | { readonly dtype: "i32"; readonly shape: readonly number[]; readonly rowStride: number; readonly data: Int32Array };

/** `shape` of each tensor is that of one row. */
export interface Dataset {
  readonly rows: number;
  readonly tensors: ReadonlyMap<string, DataTensor>;
}

/**
 * What the program wants under one name; `classes`, where it is known, bounds the ids of an i32 field: 0 ≤ id <
 * classes.
 */
export interface Field {
  readonly name: string;
  /** `extra` is what a loss takes beside the target: a mask, a weight. */
  readonly role: "input" | "target" | "extra";
  readonly dtype: "f32" | "i32";
  /** Of one row. */
  readonly shape: readonly number[];
  readonly classes?: number;
  /** Whether an f32 field must lie between 0 and 1. */
  readonly probability?: boolean;
  /** Whether something is done to its numbers before they are rounded to 32 bits, so that they are read in 64. */
  readonly wide?: boolean;
}

/** The number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
