/**
 * Sums in four lanes: as one vector accumulator, or as four of what a point's values are. The lane of a term is its index
 * on the innermost axis mod 4; incomplete fours add the neutral value in the other lanes, which is exact.
 */
import {
  add,
  constant,
  constantValue,
  isConstant,
  remainder,
  subtract,
  type Dimension,
} from "../dimension/dimension.ts";
import type { Result } from "../kernel/types.ts";
import { addIndex, constantIndex, quotient, scaleIndex, subtractIndex } from "../loops/index.ts";
import type { Combine, Index } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Emitter } from "./emitter.ts";
import { boundedIndex, place, splat, type Point } from "./evaluate.ts";
import { binaryOf, combined, compareOf, indexOf, laneNumbers, neutralOf, type Variable } from "./expressions.ts";
import {
  collapse,
  cut,
  loopOver,
  nested,
  placesOf,
  wholeSpan,
  zero,
  type LoopAxis,
  type Place,
  type LoopRange,
} from "./loops.ts";

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

/** Fours that a turn brings together where their order does not matter: a chain of maxima would wait for each of them. */
const together = 4;

/**
 * Calls `add` with the bases of fours and the lanes of them that are in the span: with several fours where `free` says that
 * they may be combined in any order.
 */
export function overLanes(
  emitter: Emitter,
  inner: Inner,
  free: boolean,
  add: (bases: readonly Index[], lanes: readonly number[]) => void,
): void {
  const { axis, span } = inner;
  if (!inner.aligned) return overBlocks(emitter, inner, (base, lanes) => add([base], lanes));
  const { main, rest, left } = cut(span, 4);
  const many = free ? cut(main, 4 * together) : { main: { from: main.from, to: main.from }, rest: main };
  for (const [part, count] of [
    [many.main, together],
    [many.rest, 1],
  ] as const) {
    const fours = (base: Index): void =>
      add(
        Array.from({ length: count }, (_, n) => addIndex(base, constantIndex(4 * n))),
        laneNumbers,
      );
    loopOver(emitter, { hint: axis.name, ...part, step: 4 * count }, fours);
  }
  if (left === 0) return;
  if (left !== undefined) return add([rest.from], laneNumbers.slice(0, left));
  for (const lane of laneNumbers.slice(0, 3)) {
    const inside = compareOf("less", indexOf(addIndex(rest.from, constantIndex(lane))), indexOf(rest.to));
    emitter.when(inside, () => add([rest.from], [lane]));
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

/** Adds these lanes' terms at each base; `terms` evaluates the results at an index, or along the lanes from it. */
export function addLanes(
  emitter: Emitter,
  results: readonly Result[],
  sums: readonly LaneSum[],
  bases: readonly Index[],
  lanes: readonly number[],
  terms: (index: Index, vector: boolean) => readonly Expression[],
): void {
  if (sums[0].length === 1 && lanes.length === 4) {
    const values = bases.map((base) => terms(place(base, 0, true), true).map((value) => splat(emitter, value)));
    for (const [r, [sum]] of sums.entries()) {
      const { combine } = results[r];
      const value = pairwise(
        values.map((ofBase) => ofBase[r]),
        (left, right) => emitter.define(combined(combine, left, right)),
      );
      emitter.assign(sum, combined(combine, sum, value));
    }
    return;
  }
  for (const base of bases) addOneByOne(emitter, results, sums, base, lanes, terms);
}

function pairwise<T>(values: readonly T[], combine: (left: T, right: T) => T): T {
  if (values.length === 1) return values[0];
  const half = values.length / 2;
  return combine(pairwise(values.slice(0, half), combine), pairwise(values.slice(half), combine));
}

function addOneByOne(
  emitter: Emitter,
  results: readonly Result[],
  sums: readonly LaneSum[],
  base: Index,
  lanes: readonly number[],
  terms: (index: Index, vector: boolean) => readonly Expression[],
): void {
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

// ---------------------------------------------------------------------------------------------------------------------
// Spans of the innermost axis
// ---------------------------------------------------------------------------------------------------------------------

// The loops of a reduction down to its innermost axis, over everything or over one chunk of the flattened index. A chunk
// that begins or ends within an innermost row gets bounds for it, computed on each row.

/** What is left to do at one place of the outer loops: `span` of the innermost axis. */
export interface Inner {
  readonly axis: LoopAxis;
  readonly span: LoopRange;
  readonly places: readonly Place[];
  /** The span starts at a multiple of four. */
  readonly aligned: boolean;
}

const single: LoopAxis = { name: "once", extent: constant(1), axes: [] };

/** Runs `body` for each innermost row of the axes; with `span` only within that part of the flattened index. */
export function overSpan(
  emitter: Emitter,
  axes: readonly LoopAxis[],
  chunk: number,
  span: LoopRange | undefined,
  body: (inner: Inner) => void,
): void {
  const axis = axes.at(-1) ?? single;
  const outer = axes.slice(0, -1);
  if (span === undefined) {
    nested(emitter, outer, (places) => body({ axis, span: wholeSpan(axis), places, aligned: true }));
  } else if (outer.length === 0) {
    body({ axis, span, places: [], aligned: true });
  } else {
    overRows(emitter, collapse(outer), axis, chunk, span, body);
  }
}

function overRows(
  emitter: Emitter,
  outer: LoopAxis,
  axis: LoopAxis,
  chunk: number,
  span: LoopRange,
  body: (inner: Inner) => void,
): void {
  const { extent } = axis;
  const size = constantValue(extent);
  const whole = size !== undefined && chunk % size === 0;
  const rows: LoopRange = {
    from: quotient(span.from, extent),
    to: quotient(addIndex(span.to, constantIndex(subtract(extent, constant(1)))), extent),
  };
  loopOver(emitter, { hint: outer.name, ...rows }, (row) => {
    const places = placesOf(outer, row);
    if (whole) return body({ axis, span: wholeSpan(axis), places, aligned: true });
    const first = scaleIndex(row, extent);
    const inner = {
      from: within(emitter, subtractIndex(span.from, first), extent),
      to: within(emitter, subtractIndex(span.to, first), extent),
    };
    body({ axis, span: inner, places, aligned: chunk % 4 === 0 && isConstant(remainder(extent, constant(4)), 0) });
  });
}

/** The index held between 0 and the extent. */
function within(emitter: Emitter, index: Index, extent: Dimension): Index {
  return boundedIndex(emitter, emitter.define(indexOf(index)), zero, constantIndex(extent), add(extent, constant(1)));
}
