/** How a kernel's loads and stores run along an axis: what decides whether vectors along it pay. */
import { isConstant } from "../dimension/dimension.ts";
import { axesOf } from "../loops/index.ts";
import { nodesOf } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import { scalarsOf } from "../kernel/stage.ts";
import type { Stage } from "../kernel/types.ts";
import { coefficientOf } from "./nest.ts";

/** Not at all, from one element to the next, or otherwise. */
export type Stride = "none" | "unit" | "other";

export function strideOf(index: Index, axis: string): Stride {
  if (!axesOf(index).has(axis)) return "none";
  const others = index.terms.filter(({ atom }) => atom.kind !== "axis");
  if (others.some((term) => axesOf({ ...index, terms: [term] }).has(axis))) return "other";
  return isConstant(coefficientOf(index, axis), 1) ? "unit" : "other";
}

/** The addresses that a stage stores to. */
function targetsOf(stage: Stage): readonly Index[] {
  switch (stage.kind) {
    case "store":
      return stage.store.indices;
    case "sweep":
      return stage.stores.flatMap(({ indices }) => indices);
    case "scatter":
      return stage.at;
    case "let":
    case "reduce":
      return [];
  }
}

/** The addresses that a stage loads from. */
export function sourcesOf(stage: Stage): readonly Index[] {
  return scalarsOf(stage)
    .flatMap(nodesOf)
    .flatMap((node) => (node.kind === "load" ? node.indices : []));
}

/** True where vectors along the axis pay: more of the accesses are contiguous than must be gathered. */
export function runsAlong(stages: readonly Stage[], axis: string): boolean {
  const strides = stages
    .flatMap((stage) => [...targetsOf(stage), ...sourcesOf(stage)])
    .map((index) => strideOf(index, axis));
  const count = (stride: Stride): number => strides.filter((one) => one === stride).length;
  return count("unit") > 0 && count("unit") >= count("other");
}
