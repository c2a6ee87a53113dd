/**
 * How the indices of a load lie against the axes of a loop nest: what decides whether a value is at hand as a local.
 */
import { constantValue, equal, isConstant } from "../dimension/dimension.ts";
import { soleAxis } from "../loops/index.ts";
import type { Axis, Index } from "../loops/types.ts";

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
