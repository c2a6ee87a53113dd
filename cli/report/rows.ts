/** Rows of a set of data, one by one: windows of a text overlap, and whole arrays have their rows along the first axis. */
import { elements } from "../../runtime/data/dataset.ts";
import type { Dataset, DataTensor } from "../../runtime/data/dataset.ts";

/** The values of one row. */
export function valuesOfRow({ shape, rowStride, data }: DataTensor, row: number): Float32Array | Int32Array {
  const from = row * rowStride;
  return data.subarray(from, from + elements(shape));
}

/** These rows alone, in this order. */
export function pick({ tensors }: Dataset, rows: readonly number[]): Dataset {
  return {
    rows: rows.length,
    tensors: new Map([...tensors].map(([name, tensor]) => [name, picked(tensor, rows)])),
  };
}

function picked(tensor: DataTensor, rows: readonly number[]): DataTensor {
  const width = elements(tensor.shape);
  const base = { shape: tensor.shape, rowStride: width };
  if (tensor.dtype === "f32") {
    const data = new Float32Array(rows.length * width);
    rows.forEach((row, at) => data.set(valuesOfRow(tensor, row), at * width));
    return { ...base, dtype: "f32", data };
  }
  const data = new Int32Array(rows.length * width);
  rows.forEach((row, at) => data.set(valuesOfRow(tensor, row), at * width));
  return { ...base, dtype: "i32", data };
}

/** Whole arrays as rows along their first axis, as many as the target has; arrays of other lengths are left out. */
export function alongFirstAxis({ tensors }: Dataset, rows: number): Dataset {
  const own = [...tensors].flatMap(([name, tensor]): readonly (readonly [string, DataTensor])[] => {
    const [length, ...shape] = tensor.shape;
    return length === rows ? [[name, { ...tensor, shape, rowStride: elements(shape) }]] : [];
  });
  return { rows, tensors: new Map(own) };
}

/** So many of the rows, spread evenly; all where there are no more. */
export function spread(rows: number, most: number): readonly number[] {
  const count = Math.min(rows, most);
  return Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count));
}
