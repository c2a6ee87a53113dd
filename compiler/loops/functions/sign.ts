/** sign, which not every target has as an instruction. */
import { call, dtypeOf } from "../scalar.ts";
import { choose, defineFunction, greater, less, parameters } from "./builder.ts";
import type { Scalar } from "../types.ts";

export const sign = defineFunction(
  {
    name: "sign",
    summary: "1, −1, or x itself where it is ±0 or NaN.",
    parameters: parameters("f32", "x"),
    float64: Math.sign,
    cost: 1,
    folds: true,
  },
  (_, [x]) => chosen(x),
);

/** The sign of either type; that of an i32 is written out. */
export function signOf(x: Scalar): Scalar {
  return dtypeOf(x) === "f32" ? call(sign, [x]) : chosen(x);
}

function chosen(x: Scalar): Scalar {
  return choose(greater(x, 0), 1, choose(less(x, 0), -1, x));
}
