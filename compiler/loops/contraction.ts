/** Contractions, recognised by their form and not by the op that they came from: so every gradient of one is found, too. */
import { loadsOf } from "./scalar.ts";
import type { Compute, Scalar } from "./types.ts";

/** A sum of products of two loads, however it came about: a contraction, a convolution, or a gradient of one. */
export function isContraction(compute: Compute): boolean {
  if (compute.kind !== "reduce" || compute.combine !== "sum") return false;
  const { value } = compute;
  return value.kind === "binary" && value.operator === "mul" && isFactor(value.left) && isFactor(value.right);
}

/** A load, or one that is chosen by where it is: the border of a convolution. */
function isFactor(value: Scalar): boolean {
  if (value.kind !== "select") return value.kind === "load";
  return value.whenTrue.kind === "load" && value.otherwise.kind === "constant" && loadsOf(value.condition).length === 0;
}
