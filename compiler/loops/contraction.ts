/** Contractions, recognised by their form and not by the op that they came from: so every gradient of one is found, too. */
import { loadsOf, type Load } from "./scalar.ts";
import type { Combine, Compute, Scalar } from "./types.ts";

/** A sum of products of two loads, however it came about: a contraction, a convolution, or a gradient of one. */
export function isContraction(compute: Compute): boolean {
  return compute.kind === "reduce" && addsProducts(compute);
}

/** Whether what a reduction combines are the products of two loads, to their sum. */
export function addsProducts({ combine, value }: { readonly combine: Combine; readonly value: Scalar }): boolean {
  return (
    combine === "sum" &&
    value.kind === "binary" &&
    value.operator === "mul" &&
    [value.left, value.right].every((one) => loadIn(one) !== undefined)
  );
}

/** The load that a factor is, also where it is chosen by where it is, as at the border of a convolution; undefined of other scalars. */
export function loadIn(factor: Scalar): Load | undefined {
  if (factor.kind === "load") return factor;
  if (factor.kind !== "select" || factor.whenTrue.kind !== "load" || factor.otherwise.kind !== "constant")
    return undefined;
  return loadsOf(factor.condition).length === 0 ? factor.whenTrue : undefined;
}
