/**
 * Which rows are for training and which are held out: a function of the number of rows and the seed.
 */
import { emptySplit, unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import type { HostSetting } from "../../compiler/program/host.ts";
import type { Dataset, DataTensor } from "./dataset.ts";
import { elements } from "./dataset.ts";
import { failure } from "../save/fail.ts";
import { inOrder, permute } from "./shuffle.ts";
import { purposes, WordStream } from "./threefry.ts";

/**
 * `holdout: 20%` is a fraction, `holdout: 500` a count. A whole number from 1 is a count, anything between 0 and 1 a
 * fraction. `last(…)` takes the rows from the end, others are drawn.
 */
export interface Holdout {
  readonly kind: "fraction" | "count";
  readonly value: number;
  readonly last?: boolean;
}

/** Row numbers, ascending; `holdout` is empty where none was asked for. */
export interface Split {
  readonly train: Uint32Array;
  readonly holdout: Uint32Array;
}

/**
 * Reads the setting `holdout` as the program states it. Throws NN0832 on anything that is neither a part nor a count.
 */
export function holdoutOf(setting: HostSetting): Holdout {
  if (isTail(setting)) return { ...holdoutOf(setting.last), last: true };
  const value = typeof setting === "number" ? setting : NaN;
  if (value > 0 && value < 1) return { kind: "fraction", value };
  if (Number.isInteger(value) && value >= 1) return { kind: "count", value };
  throw failure(unsuitableSetting, {
    setting: "holdout",
    expected: "a part between 0% and 100%, or a number of rows",
    found: typeof setting === "number" ? String(setting) : JSON.stringify(setting),
  });
}

function isTail(setting: HostSetting): setting is { readonly last: number } {
  return typeof setting === "object" && "last" in setting && typeof setting.last === "number";
}

/**
 * How many of `rows` rows are held out; a fraction is rounded to the nearest whole row. Throws NN0823 where a part
 * would be empty.
 */
export function holdoutRows(rows: number, holdout: Holdout): number {
  const count = holdout.kind === "count" ? holdout.value : Math.round(rows * holdout.value);
  const shown = holdoutText(holdout);
  if (count < 1) throw failure(emptySplit, { rows, holdout: shown, part: "the hold-out" });
  if (count >= rows) throw failure(emptySplit, { rows, holdout: shown, part: "training" });
  return count;
}

/** The part or the count, as the program writes it. */
export function holdoutText({ kind, value }: Holdout): string {
  return kind === "count" ? String(value) : `${Number((value * 100).toPrecision(12))}%`;
}

/** A seeded random split, or the rows from the end; each part keeps the order of the file. */
export function split(rows: number, holdout: Holdout | undefined, seed: number): Split {
  const order = inOrder(rows);
  if (holdout === undefined) return { train: order, holdout: new Uint32Array(0) };
  const count = holdoutRows(rows, holdout);
  if (holdout.last === true) return { train: order.slice(0, rows - count), holdout: order.slice(rows - count) };
  permute(order, new WordStream(seed, purposes.split, 0));
  return { train: order.slice(count).sort(), holdout: order.slice(0, count).sort() };
}

/** A copy of the given rows. */
export function takeRows(dataset: Dataset, rows: Uint32Array): Dataset {
  const tensors = [...dataset.tensors].map(([name, tensor]) => [name, takeTensorRows(tensor, rows)] as const);
  return { rows: rows.length, tensors: new Map(tensors) };
}

function takeTensorRows(tensor: DataTensor, rows: Uint32Array): DataTensor {
  const width = elements(tensor.shape);
  const base = { shape: tensor.shape, rowStride: width };
  if (tensor.dtype === "f32") {
    const data = new Float32Array(rows.length * width);
    copyRows(tensor.data, tensor.rowStride, width, rows, 0, rows.length, data);
    return { ...base, dtype: "f32", data };
  }
  const data = new Int32Array(rows.length * width);
  copyRows(tensor.data, tensor.rowStride, width, rows, 0, rows.length, data);
  return { ...base, dtype: "i32", data };
}

/**
 * Copies rows `order[from]` … `order[to - 1]` (without an order, `from` … `to - 1`) one after the other to `into`;
 * allocates nothing.
 */
export function copyRows(
  data: Float32Array | Int32Array,
  rowStride: number,
  width: number,
  order: Uint32Array | undefined,
  from: number,
  to: number,
  into: Float32Array | Int32Array,
): void {
  let at = 0;
  for (let position = from; position < to; position++) {
    const start = (order === undefined ? position : (order[position] ?? 0)) * rowStride;
    for (let element = 0; element < width; element++) into[at++] = data[start + element] ?? 0;
  }
}
