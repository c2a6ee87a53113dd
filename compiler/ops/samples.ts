/**
 * Short forms for writing samples.
 */
import { constant, type Dimension } from "../dimension/dimension.ts";
import type { SampleInput } from "./define.ts";

/** An f32 input of this shape, its values drawn. */
export function f32(...shape: readonly number[]): SampleInput {
  return { dtype: "f32", shape };
}

/** Row numbers and other indices, in one row. */
export function ids(...data: readonly number[]): SampleInput {
  return { dtype: "i32", shape: [data.length], data };
}

export function sizes(...values: readonly number[]): readonly Dimension[] {
  return values.map(constant);
}
