/** What a file of parameters holds: tensors by name, and strings beside them. */

/** A tensor in a file; a bool is one byte, 0 or 1. */
export type SavedTensor =
  | { readonly dtype: "f32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "i32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "bool"; readonly shape: readonly number[]; readonly data: Uint8Array };

export interface Saved {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}
