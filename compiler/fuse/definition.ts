/**
 * The working form of fusion: each node's compute with the values that are never stored written into it, and the tables
 * that say who loads whom. What is left to load is a graph input or a value that some kernel makes.
 */
import { constantValue, equal, isConstant } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Origin, TensorType } from "../graph/types.ts";
import { isContraction } from "../loops/contraction.ts";
import { soleAxis } from "../loops/index.ts";
import { walk } from "../loops/traverse.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import type { LoweredNode, LoweredOutput, Tensor } from "../lower/lower.ts";

/** A value that some kernel makes. */
export interface Member {
  readonly tensor: string;
  readonly op: string;
  readonly type: TensorType;
  /** Loads only graph inputs and other members. */
  readonly compute: Compute;
  /** The tensors that the compute loads. */
  readonly loads: readonly string[];
  readonly origin: Origin;
  /** Its place in the topological order. */
  readonly position: number;
  /** Only moves parameters, optimiser state or counters: never an epilogue, so that updates stay whole segments. */
  readonly update: boolean;
}

export interface FusionInput {
  readonly nodes: readonly LoweredNode[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly LoweredOutput[];
  readonly bounds: Bounds;
}

/** The tensors that a compute loads, each once. */
export function loadedBy(compute: Compute): readonly string[] {
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

/** Reads its operands several times: what is written into it would be computed as often. */
export function readsAgain(compute: Compute): boolean {
  return compute.kind === "unrolled" || isContraction(compute);
}

/** The loops of a compute, those that it reduces included. */
export function loopsOf(compute: Compute): readonly Axis[] {
  switch (compute.kind) {
    case "map":
      return compute.axes;
    case "reduce":
      return [...compute.axes, ...compute.over];
    case "scatter":
      return [...compute.axes, ...compute.from];
    case "unrolled":
      return compute.points;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// How indices lie against axes
// ---------------------------------------------------------------------------------------------------------------------

// How the indices of a load lie against the axes of a loop nest: what decides whether a value is at hand as a local.

/** Axes by name to the indices that stand for them. */
export function axisMap(axes: readonly Axis[], indices: readonly Index[]): ReadonlyMap<string, Index> {
  return new Map(axes.map(({ name }, position) => [name, indices[position]]));
}

export function sameShape(left: readonly Axis[], right: readonly Axis[]): boolean {
  return left.length === right.length && left.every(({ extent }, d) => equal(extent, right[d].extent));
}

/** Each index is the axis at its place (or 0, where that axis has one value). */
export function isIdentity(indices: readonly Index[], axes: readonly Axis[]): boolean {
  return indices.length === axes.length && leadsWith(indices, axes);
}

/** The first indices are the axes, in order. */
export function leadsWith(indices: readonly Index[], axes: readonly Axis[]): boolean {
  return indices.length >= axes.length && axes.every((axis, d) => standsFor(indices[d], axis));
}

function standsFor(index: Index, { name, extent }: Axis): boolean {
  if (soleAxis(index) === name) return true;
  return constantValue(extent) === 1 && index.terms.length === 0 && isConstant(index.constant, 0);
}
