/**
 * Loop axes: neighbouring axes become one where every index runs through both as through one flat range, so that an
 * elementwise kernel over [N, 32] is one loop to 32·N.
 */
import type { Dimension } from "../dimension/dimension.ts";
import { constant, equal, multiply, product } from "../dimension/dimension.ts";
import { constantIndex, dataScalarsOf, unflatten } from "../loops/index.ts";
import { nodesOf } from "../loops/scalar.ts";
import { indicesOf } from "../loops/traverse.ts";
import type { Axis, Index, IndexAtom, Scalar } from "../loops/types.ts";
import { scalarsOf } from "../kernel/stage.ts";
import type { Stage } from "../kernel/types.ts";

/** One loop over several axes, the outermost first; their flattened index runs from 0 to `extent`. */
export interface LoopAxis {
  readonly name: string;
  readonly extent: Dimension;
  readonly axes: readonly Axis[];
  /** Set where axes were collapsed by need, not by their indices: each part is found by quotient and remainder. */
  readonly parts?: readonly LoopAxis[];
}

/** Every index of a stage, those inside quotients, remainders and data included. */
export function indicesOfStage(stage: Stage): readonly Index[] {
  const zero = stage.kind === "scatter" ? stage.zeroIndices : [];
  return [...scalarsOf(stage).flatMap(indicesOfScalar), ...zero.flatMap(withNested)];
}

/** Every index in the scalar, those inside other indices included. */
function indicesOfScalar(scalar: Scalar): readonly Index[] {
  return nodesOf(scalar).flatMap(indicesOf).flatMap(withNested);
}

function withNested(index: Index): readonly Index[] {
  const inner = index.terms.flatMap(({ atom }) =>
    atom.kind === "quotient" || atom.kind === "remainder" ? withNested(atom.value) : [],
  );
  return [index, ...inner, ...dataScalarsOf(index).flatMap(indicesOfScalar)];
}

/** How often `axis` counts in the sum itself, not inside its quotients, remainders and data. */
export function coefficientOf(index: Index, axis: string): Dimension {
  const isAxis = (atom: IndexAtom): boolean => atom.kind === "axis" && atom.axis === axis;
  return index.terms.find(({ atom }) => isAxis(atom))?.coefficient ?? constant(0);
}

/** Merges neighbours among `axes` wherever all `indices` allow it and `allowed` agrees (it sees the inner extent). */
export function mergeAxes(
  axes: readonly Axis[],
  indices: readonly Index[],
  allowed: (inner: Dimension) => boolean = () => true,
): readonly LoopAxis[] {
  const merged: LoopAxis[] = [];
  for (const axis of [...axes].reverse()) {
    const inner = merged.at(-1);
    const own: LoopAxis = { name: axis.name, extent: axis.extent, axes: [axis] };
    if (inner !== undefined && allowed(inner.extent) && isFlat(axis, inner, indices)) {
      merged[merged.length - 1] = {
        name: axis.name,
        extent: multiply(axis.extent, inner.extent),
        axes: [axis, ...inner.axes],
      };
    } else merged.push(own);
  }
  return merged.reverse();
}

/** The merged axes place all but the innermost at 0: so the law need only hold for outer and innermost. */
function isFlat(outer: Axis, inner: LoopAxis, indices: readonly Index[]): boolean {
  const last = innermost(inner);
  return indices.every((index) =>
    equal(coefficientOf(index, outer.name), multiply(coefficientOf(index, last), inner.extent)),
  );
}

/** One loop over all of them, whatever their indices. */
export function collapse(parts: readonly LoopAxis[]): LoopAxis {
  const [first] = parts;
  if (parts.length === 1) return first;
  const extent = product(parts.map((part) => part.extent));
  return { name: first.name, extent, axes: parts.flatMap(({ axes }) => axes), parts };
}

/** Where an axis stands. */
export type Place = readonly [string, Index];

/** Where each of its axes is when the loop is at `index`. */
export function placesOf({ axes, parts }: LoopAxis, index: Index): readonly Place[] {
  if (parts !== undefined) {
    const indices = unflatten(
      index,
      parts.map(({ extent }) => extent),
    );
    return parts.flatMap((part, d) => placesOf(part, indices[d]));
  }
  return axes.map(({ name }, d): Place => [name, d === axes.length - 1 ? index : constantIndex(0)]);
}

/** The axis by which addresses see this loop. */
export function innermost({ axes }: LoopAxis): string {
  return axes[axes.length - 1].name;
}
