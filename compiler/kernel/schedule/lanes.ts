/**
 * Sums in four lanes: as one vector accumulator, or as four of what a point's values are. The lane of a term is its index
 * on the innermost axis mod 4; incomplete fours add the neutral value in the other lanes, which is exact.
 */
import { constant } from "../../dimension/dimension.ts";
import { addIndex, constantIndex, quotient, scaleIndex } from "../../loops/index.ts";
import type { Combine, Index } from "../../loops/types.ts";
import type { Expression } from "../../program/types.ts";
import type { Result } from "../types.ts";
import { combined, neutralOf } from "./combine.ts";
import type { Emitter } from "./emitter.ts";
import { splat } from "./evaluate.ts";
import type { Variable } from "./expressions.ts";
import { binaryOf, compareOf, indexOf, laneNumbers } from "./expressions.ts";
import { cut, loopOver } from "./loops.ts";
import type { Point } from "./point.ts";
import { place } from "./point.ts";
import type { Inner } from "./spans.ts";

/** One vector, or four accumulators. */
export type LaneSum = readonly [Variable] | readonly [Variable, Variable, Variable, Variable];

export function laneAccumulators(
  emitter: Emitter,
  { name, combine, dtype }: Result,
  point: Point,
  asVector: boolean,
): LaneSum {
  const lanes = asVector || point.vector ? 4 : 1;
  const make = (): Variable => emitter.mutable(name, { dtype, lanes }, neutralOf(combine, dtype, lanes));
  return asVector ? [make()] : [make(), make(), make(), make()];
}

/** Calls `add` with the base of each four and the lanes of it that are in the span. */
export function overLanes(emitter: Emitter, inner: Inner, add: (base: Index, lanes: readonly number[]) => void): void {
  const { axis, span } = inner;
  if (!inner.aligned) return overBlocks(emitter, inner, add);
  const { main, rest, left } = cut(span, 4);
  loopOver(emitter, axis.name, main, (base) => add(base, laneNumbers), 4);
  if (left === 0) return;
  if (left !== undefined) return add(rest.from, laneNumbers.slice(0, left));
  for (const lane of laneNumbers.slice(0, 3)) {
    const inside = compareOf("less", indexOf(addIndex(rest.from, constantIndex(lane))), indexOf(rest.to));
    emitter.when(inside, () => add(rest.from, [lane]));
  }
}

/** Fours counted from 0 of a span that may begin or end within one. */
function overBlocks(
  emitter: Emitter,
  { axis, span }: Inner,
  add: (base: Index, lanes: readonly number[]) => void,
): void {
  const { from, to } = span;
  const plus = (base: Index, count: number): Expression => indexOf(addIndex(base, constantIndex(count)));
  const first = scaleIndex(quotient(from, constant(4)), 4);
  emitter.loop({ hint: axis.name, from: first, to, step: 4, role: "serial" }, (base) => {
    const whole = binaryOf(
      "and",
      compareOf("greaterEqual", indexOf(base), indexOf(from)),
      compareOf("lessEqual", plus(base, 4), indexOf(to)),
    );
    emitter.when(
      whole,
      () => add(base, laneNumbers),
      () => {
        for (const lane of laneNumbers) {
          const inside = binaryOf(
            "and",
            compareOf("greaterEqual", plus(base, lane), indexOf(from)),
            compareOf("less", plus(base, lane), indexOf(to)),
          );
          emitter.when(inside, () => add(base, [lane]));
        }
      },
    );
  });
}

/** Adds these lanes' terms; `terms` evaluates the results at an index, or along the lanes from it. */
export function addLanes(
  emitter: Emitter,
  results: readonly Result[],
  sums: readonly LaneSum[],
  base: Index,
  lanes: readonly number[],
  terms: (index: Index, vector: boolean) => readonly Expression[],
): void {
  if (sums[0].length === 1 && lanes.length === 4) {
    const values = terms(place(base, 0, true), true);
    for (const [r, [sum]] of sums.entries())
      emitter.assign(sum, combined(results[r].combine, sum, splat(emitter, values[r])));
    return;
  }
  const ofLanes = new Map(lanes.map((lane) => [lane, terms(place(base, lane, false), false)]));
  for (const [r, sum] of sums.entries()) {
    const { combine, dtype } = results[r];
    const value = (lane: number): Expression => ofLanes.get(lane)?.[r] ?? neutralOf(combine, dtype, 1);
    if (sum.length === 1) {
      const packed = emitter.define({
        kind: "pack",
        values: [value(0), value(1), value(2), value(3)],
        type: { dtype, lanes: 4 },
      });
      emitter.assign(sum[0], combined(combine, sum[0], packed));
    } else {
      for (const lane of lanes) {
        const variable = sum[lane];
        const term = variable.type.lanes === 4 ? splat(emitter, value(lane)) : value(lane);
        emitter.assign(variable, combined(combine, variable, term));
      }
    }
  }
}

/** (0+2)+(1+3). */
export function joinLanes(emitter: Emitter, combine: Combine, sum: LaneSum): Expression {
  const [a, b, c, d] =
    sum.length === 4
      ? sum
      : laneNumbers.map((lane): Expression => ({
          kind: "lane",
          value: sum[0],
          lane,
          type: { dtype: sum[0].type.dtype, lanes: 1 },
        }));
  const even = emitter.define(combined(combine, a, c));
  const odd = emitter.define(combined(combine, b, d));
  return emitter.define(combined(combine, even, odd), sum[0].name);
}
