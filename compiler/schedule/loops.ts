/**
 * Loops: neighbouring axes become one where every index runs through both as through one flat range, so that an elementwise kernel over
 * [N, 32] is one loop to 32·N; a loop over one iteration is none, over none no code. And how loads and stores run along an axis.
 */
import { constant, equal, isConstant, multiply, product, type Dimension } from "../dimension/dimension.ts";
import { scalarsOf, sourcesOf, targetsOf } from "../kernel/stage.ts";
import type { Stage } from "../kernel/types.ts";
import {
  addIndex,
  axesOf,
  constantIndex,
  knownNumber,
  quotient,
  remainder,
  scaleIndex,
  subtractIndex,
  unflatten,
} from "../loops/index.ts";
import { indexScalar, indicesWithin, nestedIndices } from "../loops/scalar.ts";
import type { Axis, Index, IndexAtom } from "../loops/types.ts";
import type { Emitter, Loop } from "./emitter.ts";
import type { Machine } from "./machine.ts";

/** One loop over several axes, the outermost first; their flattened index runs from 0 to `extent`. */
export interface LoopAxis {
  readonly name: string;
  readonly extent: Dimension;
  readonly axes: readonly Axis[];
  /** Set where axes were collapsed by need, not by their indices: each part is found by quotient and remainder. */
  readonly parts?: readonly LoopAxis[];
  /** Set where the loop ends before its extent. */
  readonly until?: Index;
}

/** Every index of a stage, those inside quotients, remainders and data included. */
export function indicesOfStage(stage: Stage): readonly Index[] {
  if (stage.kind === "nest") return stage.stages.flatMap(indicesOfStage);
  const zero = stage.kind === "scatter" ? stage.zeroIndices : [];
  return [...scalarsOf(stage).flatMap(indicesWithin), ...zero.flatMap(nestedIndices)];
}

/** How often `axis` counts in the sum itself, not inside its quotients, remainders and data. */
export function coefficientOf(index: Index, axis: string): Dimension {
  const isAxis = (atom: IndexAtom): boolean => atom.kind === "axis" && atom.axis === axis;
  return index.terms.find(({ atom }) => isAxis(atom))?.coefficient ?? constant(0);
}

/**
 * Merges neighbours among `axes` wherever all `indices`, and those inside of them, allow it and `allowed` agrees (it sees the inner
 * extent).
 */
export function mergeAxes(
  axes: readonly Axis[],
  indices: readonly Index[],
  allowed: (inner: Dimension) => boolean = () => true,
): readonly LoopAxis[] {
  const all = [...new Set(indices.flatMap((index) => indicesWithin(indexScalar(index))))];
  const merged: LoopAxis[] = [];
  for (const axis of [...axes].reverse()) {
    const inner = merged.at(-1);
    const own: LoopAxis = { name: axis.name, extent: axis.extent, axes: [axis] };
    if (inner !== undefined && allowed(inner.extent) && isFlat(axis, inner, all)) {
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

// ---------------------------------------------------------------------------------------------------------------------
// Emitting loops
// ---------------------------------------------------------------------------------------------------------------------

// Emitting loops over a known or open range; one iteration needs no loop, none no code.

export interface LoopRange {
  readonly from: Index;
  readonly to: Index;
}

export const zero: Index = constantIndex(0);

/** Runs `body` at from, from + step, … below `to`, which the steps meet exactly; by ones and serially where nothing else is said. */
export function loopOver(
  emitter: Emitter,
  { hint, from, to, step = 1, role = "serial", guarded = false }: Pick<Loop, "hint" | "from" | "to"> & Partial<Loop>,
  body: (at: Index) => void,
): void {
  const count = knownNumber(subtractIndex(to, from));
  if (count !== undefined && count <= 0) return;
  if (count !== undefined && count <= step) return body(from);
  emitter.loop({ hint, from, to, step, role, guarded }, body);
}

/** How a loop that so many others stand around runs, where its turns do not need each other. */
export function roleAt(depth: number, { parallelLoops }: Machine): "parallel" | "serial" {
  return depth < parallelLoops ? "parallel" : "serial";
}

/** The whole range of a loop axis. */
export function wholeSpan({ extent, until }: LoopAxis): LoopRange {
  return { from: zero, to: until ?? constantIndex(extent) };
}

/** Nested serial loops over all of the axes, the last innermost. */
export function nested(
  emitter: Emitter,
  axes: readonly LoopAxis[],
  body: (places: readonly Place[]) => void,
  places: readonly Place[] = [],
): void {
  const [first, ...rest] = axes;
  if (first === undefined) return body(places);
  loopOver(emitter, { hint: first.name, ...wholeSpan(first) }, (index) =>
    nested(emitter, rest, body, [...places, ...placesOf(first, index)]),
  );
}

/** A span cut at the last multiple of `step` after its start; `rest` has what is left, a number where known. */
export function cut(
  { from, to }: LoopRange,
  step: number,
): { readonly main: LoopRange; readonly rest: LoopRange; readonly left: number | undefined } {
  const length = subtractIndex(to, from);
  const middle = addIndex(from, scaleIndex(quotient(length, constant(step)), step));
  return {
    main: { from, to: middle },
    rest: { from: middle, to },
    left: knownNumber(remainder(length, constant(step))),
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// Parts of a reduced axis
// ---------------------------------------------------------------------------------------------------------------------

// A part of a reduced axis, as loops run over it: from 0, so that what panels hold of it is found without a subtraction.

/** The pseudo axis of a place in its slice. */
export const sliceAxis = "$slice";

export interface Slice {
  readonly axis: LoopAxis;
  readonly from: Index;
  readonly length: Index;
}

export function overSlice(
  emitter: Emitter,
  { axis, from, length }: Slice,
  body: (places: readonly Place[]) => void,
): void {
  loopOver(emitter, { hint: axis.name, from: zero, to: length }, (index) =>
    body([...placesOf(axis, addIndex(from, index)), [sliceAxis, index]]),
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// Strides
// ---------------------------------------------------------------------------------------------------------------------

// How a kernel's loads and stores run along an axis: what decides whether vectors along it pay.

/** Not at all, from one element to the next, or otherwise. */
export type Stride = "none" | "unit" | "other";

export function strideOf(index: Index, axis: string): Stride {
  if (!axesOf(index).has(axis)) return "none";
  const others = index.terms.filter(({ atom }) => atom.kind !== "axis");
  if (others.some((term) => axesOf({ ...index, terms: [term] }).has(axis))) return "other";
  return isConstant(coefficientOf(index, axis), 1) ? "unit" : "other";
}

/** True where vectors along the axis pay: more of the accesses are contiguous than must be gathered. */
export function runsAlong(stages: readonly Stage[], axis: string): boolean {
  const strides = stages
    .flatMap((stage) => [...targetsOf(stage), ...sourcesOf(stage)])
    .map((index) => strideOf(index, axis));
  const count = (stride: Stride): number => strides.filter((one) => one === stride).length;
  return count("unit") > 0 && count("unit") >= count("other");
}
