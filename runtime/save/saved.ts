/** What a file of parameters holds: tensors by name, and strings beside them; and how it names their types. */

/** A tensor in a file; a bool is one byte, 0 or 1. */
export type SavedTensor =
  | { readonly dtype: "f32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "i32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "bool"; readonly shape: readonly number[]; readonly data: Uint8Array };

export interface Saved {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The types, as files write them, and the bytes of an element. */
export const formats = [
  { dtype: "f32", written: "F32", bytes: 4 },
  { dtype: "i32", written: "I32", bytes: 4 },
  { dtype: "bool", written: "BOOL", bytes: 1 },
] as const;

export type Format = (typeof formats)[number];

/** The number of elements; not a safe integer where it overflows, also with a size of 0 after sizes that overflowed. */
export function sizeOf(shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) {
    product *= size;
    if (!Number.isSafeInteger(product)) return Infinity;
  }
  return product;
}
