/**
 * Points: where scalars are evaluated. A point places every axis in force at an index over loop variables, and knows
 * the values named so far. A vector point is four points side by side: its placements run along `laneAxis`.
 */
import { constant } from "../dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, substituteAxes } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";

/** The pseudo axis 0…3 of a vector point's lanes. */
export const laneAxis = "$lane";

export interface Point {
  readonly axes: ReadonlyMap<string, Index>;
  readonly locals: Map<string, Expression>;
  /** True where placements use `laneAxis`. */
  readonly vector: boolean;
  /** Lanes from the first that another point stores: an overlapping last tile computes them again, and drops them. */
  readonly skip: number;
  /** Set where this is one lane of a vector point: its locals are lanes of that one's. */
  readonly of?: { readonly point: Point; readonly lane: 0 | 1 | 2 | 3 };
}

export const origin: Point = { axes: new Map(), locals: new Map(), vector: false, skip: 0 };

/** The point moved to these places; it sees the locals so far, and its own stay its own. */
export function at(point: Point, places: Iterable<readonly [string, Index]>, lanes?: { readonly skip: number }): Point {
  const axes = new Map([...point.axes, ...places]);
  const { of } = point;
  const base = {
    axes,
    locals: new Map(point.locals),
    vector: point.vector || lanes !== undefined,
    skip: lanes?.skip ?? point.skip,
  };
  return of === undefined ? base : { ...base, of };
}

/** Lane `lane` of a vector point. */
export function laneOf(point: Point, lane: 0 | 1 | 2 | 3): Point {
  if (!point.vector) return point;
  const places = new Map([[laneAxis, constantIndex(lane)]]);
  const axes = new Map([...point.axes].map(([name, index]) => [name, substituteAxes(index, places)]));
  return { axes, locals: new Map(), vector: false, skip: 0, of: { point, lane } };
}

/** `base + offset`, and along the lanes for a vector. */
export function place(base: Index, offset: number, vector: boolean): Index {
  const moved = addIndex(base, constantIndex(constant(offset)));
  return vector ? addIndex(moved, axisIndex(laneAxis)) : moved;
}
