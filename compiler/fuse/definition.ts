/**
 * The working form of fusion: each node's compute with the values that are never stored written into it. What is left
 * to load is a graph input or a value that some kernel makes.
 */
import { constantValue, equal, isConstant } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Origin, TensorType } from "../graph/types.ts";
import { isContraction } from "../loops/contraction.ts";
import { soleAxis } from "../loops/index.ts";
import type { Axis, Compute, Index } from "../loops/types.ts";
import type { Level, LoweredOutput, Tensor } from "../lower/lowered.ts";

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
  /** How many loops must run before it, one after another. */
  readonly stage: number;
}

export interface FusionInput extends Level {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly LoweredOutput[];
  readonly bounds: Bounds;
}

/** Reads its operands several times: what is written into it would be computed as often. */
export function readsAgain(compute: Compute): boolean {
  return compute.kind === "unrolled" || isContraction(compute);
}

/** The loops around what a compute evaluates, those that it reduces included. */
export function loopsOf(compute: Compute): readonly Axis[] {
  switch (compute.kind) {
    case "map":
      return compute.axes;
    case "reduce":
      return [...compute.axes, ...compute.over];
    case "scatter":
      return compute.from;
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
