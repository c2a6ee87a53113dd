/** sign of f32, which not every target has as an instruction. */
import { choose, defineFunction, greater, less, parameters } from "./builder.ts";

export const sign = defineFunction(
  { name: "sign", summary: "1, −1, or x itself where it is ±0 or NaN.", parameters: parameters("f32", "x") },
  (_, [x]) => choose(greater(x, 0), 1, choose(less(x, 0), -1, x)),
);
