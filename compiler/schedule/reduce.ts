/**
 * Reductions at one or more points of the grid, in the order that they carry: ascending with one accumulator, or four
 * lanes that meet as (0+2)+(1+3), each with or without chunks. Several points share what they read.
 */
import { constant, floorDivide, isConstant, product, remainder, type Dimension } from "../dimension/dimension.ts";
import type { Result } from "../kernel/types.ts";
import { addIndex, constantIndex, knownNumber, scaleIndex } from "../loops/index.ts";
import { dtypeOf, scalarKey } from "../loops/scalar.ts";
import type { Index, Order } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import {
  flatIndex,
  mapInterior,
  regionOf,
  splitLoop,
  termsAt,
  upToEnd,
  wholeInside,
  withInterior,
  type Context,
  type Reduce,
} from "./border.ts";
import type { Emitter } from "./emitter.ts";
import { splat, type Point } from "./evaluate.ts";
import {
  binaryOf,
  combined,
  compareOf,
  constantOf,
  indexOf,
  neutralOf,
  selectOf,
  type Variable,
} from "./expressions.ts";
import { addLanes, joinLanes, laneAccumulators, overLanes, overSpan, type Inner } from "./lanes.ts";
import {
  indicesOfStage,
  loopOver,
  mergeAxes,
  nested,
  placesOf,
  type LoopAxis,
  type LoopRange,
  type Place,
} from "./loops.ts";
import { termsOf, turnsOf } from "./unroll.ts";

/** One expression for each point and result. */
type Values = readonly (readonly Expression[])[];

/** Emits the reduction at the points, whose locals get the results. */
export function reduceAt(context: Context, stage: Reduce, points: readonly Point[]): void {
  const positions = stage.results.filter(({ combine }) => combine === "argmax");
  const maxima = positions.map((position) => maximumBeside(stage, position));
  const others = stage.results.filter((one) => one.combine !== "argmax" && !maxima.includes(one));
  if (others.length > 0) bind(points, others, accumulate(context, withResults(stage, others), points));
  if (positions.length > 0) argmax(context, withResults(stage, positions), maxima, points);
}

/** The reduction for some of its results, within its borders, too. */
function withResults(stage: Reduce, results: readonly Result[]): Reduce {
  const names = new Set(results.map(({ name }) => name));
  const some = <Whole extends Reduce>(one: Whole): Whole => ({
    ...one,
    results: one.results.filter(({ name }) => names.has(name)),
  });
  return stage.interior === undefined ? some(stage) : withInterior(some(stage), mapInterior(stage.interior, some));
}

/** The maximum whose position is asked for, too, where one pass finds both: in lanes a maximum is found faster alone. */
function maximumBeside({ order, results }: Reduce, { value }: Result): Result | undefined {
  const key = scalarKey(value);
  const found = results.find(
    (one) => (one.combine === "max" || one.combine === "greatest") && scalarKey(one.value) === key,
  );
  return order.lanes === 4 ? undefined : found;
}

/** The same for some terms of an ascending sum, whose places `over` hands out one after the other, from other values. */
export function reducePart(
  { emitter }: Context,
  stage: Reduce,
  points: readonly Point[],
  over: (each: (places: readonly Place[]) => void) => void,
  initial: (point: Point) => Expression,
): void {
  const sums = points.map((point) =>
    stage.results.map(({ name, dtype }) =>
      emitter.mutable(name, { dtype, lanes: point.vector ? 4 : 1 }, initial(point)),
    ),
  );
  over((places) => {
    for (const [p, point] of points.entries())
      combineInto(emitter, stage.results, [sums[p]], [termsAt(emitter, stage, point, places)]);
  });
  bind(points, stage.results, sums);
}

function bind(points: readonly Point[], results: readonly Result[], values: Values): void {
  for (const [p, point] of points.entries()) {
    for (const [r, { name }] of results.entries()) point.locals.set(name, values[p][r]);
  }
}

function accumulate(context: Context, stage: Reduce, points: readonly Point[]): Values {
  const terms = termsOf(stage, points, context.machine.registers);
  if (terms !== undefined) return unrolled(context, terms, points);
  const fourLanes = stage.order.lanes === 4;
  // Lanes count on the last axis: a flat index has the same ones only if the axis is whole fours.
  const wholeLanes = (inner: Dimension): boolean => isConstant(remainder(inner, constant(4)), 0);
  const merged = mergeAxes(stage.over, indicesOfStage(stage), fourLanes ? wholeLanes : undefined);
  const axes = upToEnd(context.emitter, merged, stage, points[0]);
  const pass = (span?: LoopRange): Values =>
    (fourLanes ? passInLanes : passAscending)(context, stage, points, axes, span);
  const { chunk } = stage.order;
  return chunk === undefined ? pass() : chunked(context, stage, points, chunk, pass);
}

/** Without a loop. All but a sum start from their first term; a sum from 0, which makes 0 of a −0. */
function unrolled({ emitter }: Context, terms: readonly Reduce[], points: readonly Point[]): Values {
  const [first, ...more] = terms;
  const sums = points.map((point) =>
    termsAt(emitter, first, point, []).map((term, r) => {
      const { name, combine, dtype } = first.results[r];
      const value = point.vector ? splat(emitter, term) : term;
      const start = combine === "sum" ? combined(combine, neutralOf(combine, dtype, value.type.lanes), value) : value;
      return emitter.mutable(name, value.type, start);
    }),
  );
  addTerms(emitter, more, points, sums);
  return sums;
}

/** The terms one after the other at every point, so that neighbouring points share what they load. */
function addTerms(emitter: Emitter, terms: readonly Reduce[], points: readonly Point[], sums: Sums): void {
  for (const term of terms) {
    for (const [p, point] of points.entries())
      combineInto(emitter, term.results, [sums[p]], [termsAt(emitter, term, point, [])]);
  }
}

/** Chunks counted from 0, each from a fresh start; their results are combined in ascending order. */
function chunked(
  { emitter }: Context,
  stage: Reduce,
  points: readonly Point[],
  chunk: number,
  pass: (span: LoopRange) => Values,
): Values {
  const total = product(stage.over.map(({ extent }) => extent));
  const whole = constantIndex(floorDivide(total, constant(chunk)));
  const totals = accumulators(emitter, stage.results, points);
  const add = (span: LoopRange): void => combineInto(emitter, stage.results, totals, pass(span));
  loopOver(emitter, { hint: "chunk", from: constantIndex(0), to: whole }, (c) => {
    add({ from: scaleIndex(c, chunk), to: scaleIndex(addIndex(c, constantIndex(1)), chunk) });
  });
  const rest = { from: scaleIndex(whole, chunk), to: constantIndex(total) };
  if (knownNumber(rest.from) === undefined || knownNumber(rest.from) !== knownNumber(rest.to)) add(rest);
  return totals;
}

function accumulators(emitter: Emitter, results: readonly Result[], points: readonly Point[]): Sums {
  return points.map((point) =>
    results.map(({ name, combine, dtype }) => {
      const lanes = point.vector ? 4 : 1;
      return emitter.mutable(name, { dtype, lanes }, neutralOf(combine, dtype, lanes));
    }),
  );
}

function combineInto(emitter: Emitter, results: readonly Result[], into: Sums, values: Values): void {
  for (const [p, variables] of into.entries()) {
    for (const [r, variable] of variables.entries()) {
      const value = variable.type.lanes === 4 ? splat(emitter, values[p][r]) : values[p][r];
      emitter.assign(variable, combined(results[r].combine, variable, value));
    }
  }
}

type Pass = (
  context: Context,
  stage: Reduce,
  points: readonly Point[],
  axes: readonly LoopAxis[],
  span?: LoopRange,
) => Values;

const passAscending: Pass = (context, stage, points, axes, span) => {
  const { emitter } = context;
  const sums = accumulators(emitter, stage.results, points);
  const { interior } = stage;
  const inside = interior && wholeInside(emitter, interior, points);
  const careful = (): void => ascend(context, stage, points, sums, axes, span);
  if (interior === undefined || inside === undefined) careful();
  else {
    const merged = upToEnd(emitter, mergeAxes(stage.over, indicesOfStage(interior.stage)), stage, points[0]);
    emitter.when(inside, () => ascend(context, interior.stage, points, sums, merged, span), careful);
  }
  return sums;
};

type Sums = readonly (readonly Variable[])[];

function ascend(
  context: Context,
  stage: Reduce,
  points: readonly Point[],
  sums: Sums,
  axes: readonly LoopAxis[],
  span?: LoopRange,
): void {
  const { emitter, machine } = context;
  const terms = span === undefined ? termsOf(stage, points, machine.registers) : undefined;
  if (terms !== undefined) return addTerms(emitter, terms, points, sums);
  overSpan(emitter, axes, chunkOf(stage.order), span, (inner) => {
    const { axis, span: whole, places } = inner;
    const loop = (terms: Reduce, part: LoopRange): void =>
      addAlong(context, terms, points, sums, { ...inner, span: part }, part !== whole);
    const region = stage.interior && regionOf(emitter, stage.interior, points, axis, whole, places);
    if (stage.interior === undefined || region === undefined) return loop(stage, whole);
    const beside = (region.together ? stage.interior.outside : undefined) ?? stage;
    splitLoop(emitter, beside, stage.interior.stage, whole, region, loop);
  });
}

/** One innermost loop: every point's terms into its sums. */
function addAlong(
  { emitter, machine }: Context,
  stage: Reduce,
  points: readonly Point[],
  sums: Sums,
  inner: Inner,
  guarded: boolean,
): void {
  const { axis, span, places } = inner;
  const body = (index: Index): void => {
    const here = [...places, ...placesOf(axis, index)];
    for (const [p, point] of points.entries()) {
      combineInto(emitter, stage.results, [sums[p]], [termsAt(emitter, stage, point, here)]);
    }
  };
  const turns = guarded ? undefined : turnsOf(stage, inner, points, machine.registers);
  if (turns === undefined) loopOver(emitter, { hint: axis.name, ...span, guarded }, body);
  else for (const turn of turns) body(turn);
}

const passInLanes: Pass = ({ emitter, machine }, stage, points, axes, span) => {
  const asVector = machine.lanes === 4 && points.every(({ vector }) => !vector);
  const sums = points.map((point) => stage.results.map((result) => laneAccumulators(emitter, result, point, asVector)));
  overSpan(emitter, axes, chunkOf(stage.order), span, (inner) => {
    overLanes(emitter, inner, asVector && stage.results.every(isFree), (bases, lanes) => {
      for (const [p, point] of points.entries()) {
        const terms = (index: Index, vector: boolean): readonly Expression[] =>
          termsAt(emitter, stage, point, [...inner.places, ...placesOf(inner.axis, index)], vector);
        addLanes(emitter, stage.results, sums[p], bases, lanes, terms);
      }
    });
  });
  return sums.map((ofPoint) => ofPoint.map((sum, r) => joinLanes(emitter, stage.results[r].combine, sum)));
};

/** A maximum is the same in any order. */
function isFree({ combine }: Result): boolean {
  return combine === "max" || combine === "min";
}

function chunkOf({ chunk }: Order): number {
  return chunk ?? 1;
}

// ---------------------------------------------------------------------------------------------------------------------
// Argmax
// ---------------------------------------------------------------------------------------------------------------------

// Argmax: ascending, the flattened index of the first NaN, else of the first maximum.

interface Best {
  readonly value: Variable;
  readonly index: Variable;
}

/**
 * The positions at each point, one for each result, and the maxima that stand there, where they are asked for. Their order is the same
 * whatever the lanes and chunks. Few terms are written out, and then the first is the best so far, where a loop begins below all of them.
 */
function argmax(
  { emitter, machine }: Context,
  stage: Reduce,
  maxima: readonly (Result | undefined)[],
  points: readonly Point[],
): void {
  const { results } = stage;
  // A best and its index stay in registers, a sum alone.
  const terms = termsOf(stage, points, machine.registers - points.length * results.length);
  const best = points.map((point) => {
    const lanes = point.vector ? 4 : 1;
    const firsts = terms === undefined ? [] : termsAt(emitter, terms[0], point, []);
    return results.map(({ name, value }, r): Best => {
      const dtype = dtypeOf(value);
      const first = firsts[r] ?? neutralOf("argmax", dtype, lanes);
      return {
        value: emitter.mutable(
          maxima[r]?.name ?? "best",
          { dtype, lanes },
          point.vector ? splat(emitter, first) : first,
        ),
        index: emitter.mutable(name, { dtype: "i32", lanes }, constantOf("i32", 0, lanes)),
      };
    });
  });
  const compare = (term: Reduce, position: Expression, places: readonly Place[]): void => {
    for (const [p, point] of points.entries()) {
      for (const [r, found] of termsAt(emitter, term, point, places).entries()) {
        const { value, index } = best[p][r];
        const full = (one: Expression): Expression => (point.vector ? splat(emitter, one) : one);
        // The best changes with every step, so the test must not leave a loop that the term does not depend on.
        const greater = emitter.pinned(() => emitter.define(beats(full(found), value)));
        // A maximum of zeros has the sign that `max` gives it; to the test both zeros are one.
        const isMax = maxima[r]?.combine === "max";
        emitter.assign(value, isMax ? combined("max", value, full(found)) : selectOf(greater, full(found), value));
        emitter.assign(index, selectOf(greater, full(position), index));
      }
    }
  };
  if (terms === undefined)
    nested(emitter, mergeAxes(stage.over, indicesOfStage(stage)), (places) =>
      compare(stage, emitter.define(indexOf(flatIndex(stage, places))), places),
    );
  else for (const [n, term] of terms.slice(1).entries()) compare(term, constantOf("i32", n + 1), []);
  for (const [p, point] of points.entries()) {
    for (const [r, { value, index }] of best[p].entries()) {
      const maximum = maxima[r];
      point.locals.set(results[r].name, index);
      if (maximum !== undefined) point.locals.set(maximum.name, value);
    }
  }
}

/** Greater, where a NaN is greater than every number: it is not at most the best, which is no NaN yet. */
function beats(term: Expression, best: Expression): Expression {
  if (term.type.dtype !== "f32") return compareOf("greater", term, best);
  const type = { dtype: "bool", lanes: term.type.lanes } as const;
  const greater: Expression = { kind: "unary", operator: "not", value: compareOf("lessEqual", term, best), type };
  return binaryOf("and", greater, compareOf("equal", best, best));
}
