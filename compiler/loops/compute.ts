/** Computes as wholes: what they load and evaluate, what only moves elements, and the same compute over other values or tensors. */
import { Likenesses, renameLoads, renameLoadsInIndex } from "./alike.ts";
import { loadsOf } from "./scalar.ts";
import { walk } from "./traverse.ts";
import type { Compute, Index, Scalar } from "./types.ts";

/** The tensors that a compute loads, each once. */
export function loadedBy(compute: Compute): readonly string[] {
  const like = likenesses.of(compute);
  if (like !== undefined) return [...like.names.values()];
  const loaded = new Set<string>();
  for (const scalar of scalarsOf(compute)) {
    walk(scalar, (node) => {
      if (node.kind === "load") loaded.add(node.tensor);
    });
  }
  return [...loaded];
}

/** Every scalar of a compute: what it evaluates, and what the indices compute at which it stores. */
export function scalarsOf(compute: Compute): readonly Scalar[] {
  const indexed = (at: readonly Index[]): readonly Scalar[] => at.map((index) => ({ kind: "index", index }));
  if (compute.kind === "unrolled") {
    const { lets, elements } = compute;
    return [...lets.map(({ value }) => value), ...elements.flatMap(({ at, value }) => [value, ...indexed(at)])];
  }
  return compute.kind === "scatter" ? [compute.value, ...indexed(compute.at)] : [compute.value];
}

/** The compute with `change` applied to what it evaluates and `index` to where it stores at indices of its own. */
export function mapCompute(compute: Compute, change: (value: Scalar) => Scalar, index: (at: Index) => Index): Compute {
  if (compute.kind === "unrolled") {
    const lets = compute.lets.map(({ name, value }) => ({ name, value: change(value) }));
    const elements = compute.elements.map(({ at, value }) => ({ at: at.map(index), value: change(value) }));
    return { ...compute, lets, elements };
  }
  const value = change(compute.value);
  if (compute.kind === "scatter") return { ...compute, value, at: compute.at.map(index) };
  return value === compute.value ? compute : { ...compute, value };
}

/** Which computes are like which. */
export const likenesses = new Likenesses<Compute>();

/** The compute, from now on a model. */
export function asModel(compute: Compute): Compute {
  likenesses.declare(compute, loadedBy(compute));
  return compute;
}

/** The compute with the tensors that it loads renamed: like the same model, where it has one. */
export function renamedCompute(compute: Compute, rename: (tensor: string) => string): Compute {
  const renamed = mapCompute(
    compute,
    (value) => renameLoads(value, rename),
    (index) => renameLoadsInIndex(index, rename),
  );
  likenesses.follow(compute, renamed, rename);
  return renamed;
}

/** Loads, and choices between them by index: reshape, transpose, broadcast, slice, pad, concat, gather. */
export function isMovement(compute: Compute): boolean {
  return compute.kind === "map" && isMoved(compute.value);
}

function isMoved(value: Scalar): boolean {
  switch (value.kind) {
    case "load":
    case "constant":
      return true;
    case "select":
      return loadsOf(value.condition).length === 0 && isMoved(value.whenTrue) && isMoved(value.otherwise);
    default:
      return false;
  }
}
