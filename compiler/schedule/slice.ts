/**
 * Slices of the reduced axis: where panels of all its places would leave the cache, they are filled and added up for some at
 * a time. Between slices each sum waits where it will be stored in the end; its order is the same.
 */
import { add, constant, floorDivide, isConstant, multiply, remainder } from "../dimension/dimension.ts";
import { constantIndex, subtractIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Stage } from "../kernel/types.ts";
import { neutralOf } from "./combine.ts";
import { boundedIndex, evaluate, splat } from "./evaluate.ts";
import { compareOf, constantOf, indexOf, selectOf } from "./expressions.ts";
import { loopOver, zero } from "./loops.ts";
import type { Slice } from "./places.ts";
import type { PanelPlan } from "./panel.ts";
import type { Point } from "./point.ts";
import { reduceSlice } from "./reduce.ts";
import { stagesAt } from "./stages.ts";
import type { Context } from "./terms.ts";

/** Runs the body for each slice in ascending order; once, without one, where nothing is cut. */
export function eachSlice({ emitter }: Context, { slices }: PanelPlan, body: (slice?: Slice) => void): void {
  if (slices === undefined) return body();
  const { axis, places } = slices;
  const whole = isConstant(remainder(axis.extent, constant(places)), 0);
  const most = constantIndex(places);
  const count = floorDivide(add(axis.extent, constant(places - 1)), constant(places));
  const lengthAt = (from: Index): Index => {
    const left = emitter.define(indexOf(subtractIndex(constantIndex(axis.extent), from)));
    return whole ? most : boundedIndex(emitter, left, zero, most, constant(places + 1));
  };
  const span = { from: zero, to: constantIndex(multiply(count, constant(places))) };
  loopOver(emitter, "slice", span, (from) => body({ axis, from, length: lengthAt(from) }), places);
}

/** The reduction and the store of its result at the points, from what the slices before have left there. */
export function sliceAt(context: Context, stages: readonly Stage[], points: readonly Point[], slice: Slice): void {
  const { emitter } = context;
  const [reduce, ...rest] = stages;
  const [store] = rest;
  if (reduce.kind !== "reduce" || store.kind !== "store") return stagesAt(context, stages, points);
  const { tensor, dtype, indices } = store.store;
  const first = emitter.define(compareOf("equal", emitter.define(indexOf(slice.from)), constantOf("i32", 0)), "first");
  const initial = (point: Point): Expression => {
    const lanes = point.vector ? 4 : 1;
    const held = evaluate(emitter, load(tensor, dtype, indices), point);
    const isFirst = lanes === 4 ? splat(emitter, first) : first;
    return selectOf(isFirst, neutralOf("sum", dtype, lanes), held);
  };
  reduceSlice(context, reduce, points, slice, initial);
  stagesAt(context, rest, points);
}
