/** Types of idx.mjs. */
export function idx(shape: readonly number[], data: Uint8Array | Float32Array): Buffer;
export function idxRows(packed: Uint8Array): readonly (readonly number[])[];
