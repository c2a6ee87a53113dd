/**
 * Minibatches of a data set, copied into buffers that are made once: an epoch allocates nothing that grows with its
 * batches.
 */
import { unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import type { Dataset, DataTensor } from "./dataset.ts";
import { elements } from "./dataset.ts";
import { failure } from "../save/fail.ts";
import { copyRows } from "./split.ts";

/** Valid until the next batch is asked for: the arrays are reused. */
export interface Batch {
  readonly rows: number;
  readonly tensors: ReadonlyMap<string, Float32Array | Int32Array>;
}

export interface Batches {
  /** Batches in an epoch, the last, smaller one included. */
  readonly count: number;
  /** One pass over the rows in the order given, by default that of the file. */
  readonly epoch: (order?: Uint32Array) => Generator<Batch, void, undefined>;
}

/**
 * Cuts a data set into batches of `size` rows; the last has what remains, and a set smaller than `size` is one batch.
 * Throws NN0832 on a size that is no positive whole number.
 */
export function batches(dataset: Dataset, size: number | "all"): Batches {
  if (size !== "all" && (!Number.isSafeInteger(size) || size < 1)) {
    throw failure(unsuitableSetting, {
      setting: "batch",
      expected: "a positive whole number or all",
      found: String(size),
    });
  }
  const { rows } = dataset;
  const full = size === "all" ? rows : Math.min(size, rows);
  const whole = makeBatch(dataset, full);
  const rest = full === 0 ? 0 : rows % full;
  const partial = rest === 0 ? whole : prefix(dataset, whole, rest);
  return { count: full === 0 ? 0 : Math.ceil(rows / full), epoch };

  function* epoch(order?: Uint32Array): Generator<Batch, void, undefined> {
    for (let from = 0; from < rows; from += full) {
      const batch = from + full <= rows ? whole : partial;
      for (const [name, tensor] of dataset.tensors)
        fill(tensor, order, from, from + batch.rows, batch.tensors.get(name));
      yield batch;
    }
  }
}

function makeBatch(dataset: Dataset, rows: number): Batch {
  const tensors = [...dataset.tensors].map(([name, tensor]) => {
    const length = rows * elements(tensor.shape);
    return [name, tensor.dtype === "f32" ? new Float32Array(length) : new Int32Array(length)] as const;
  });
  return { rows, tensors: new Map(tensors) };
}

/** The first rows of a batch, in the same buffers. */
function prefix(dataset: Dataset, whole: Batch, rows: number): Batch {
  const tensors = [...whole.tensors].map(([name, buffer]) => {
    const width = elements(dataset.tensors.get(name)?.shape ?? []);
    return [name, buffer.subarray(0, rows * width)] as const;
  });
  return { rows, tensors: new Map(tensors) };
}

function fill(
  tensor: DataTensor,
  order: Uint32Array | undefined,
  from: number,
  to: number,
  buffer: Float32Array | Int32Array | undefined,
): void {
  if (buffer !== undefined) copyRows(tensor.data, tensor.rowStride, elements(tensor.shape), order, from, to, buffer);
}
