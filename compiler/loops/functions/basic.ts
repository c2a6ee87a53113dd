/** sign and the floored remainder of f32, which not every target has as an instruction. */
import { choose, defineFunction, div, floor, greater, less, mul, parameters, sub } from "./builder.ts";

export const sign = defineFunction(
  { name: "sign", summary: "1, −1, or x itself where it is ±0 or NaN.", parameters: parameters("f32", "x") },
  (_, [x]) => choose(greater(x, 0), 1, choose(less(x, 0), -1, x)),
);

export const mod = defineFunction(
  { name: "mod", summary: "a − ⌊a/b⌋·b, each operation rounded.", parameters: parameters("f32", "a", "b") },
  (_, [a, b]) => sub(a, mul(floor(div(a, b)), b)),
);
