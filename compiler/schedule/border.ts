/**
 * Borders: a reduction whose terms choose by where they are, select(inside, load, 0), is also written down without its
 * choices, for the region where every condition holds. Loops split into border and interior by it; the terms and their
 * order stay the same.
 */
import { add, constant, constantValue, isConstant, negate, product, subtract } from "../dimension/dimension.ts";
import type { Stage } from "../kernel/types.ts";
import {
  addIndex,
  axesOf,
  axisIndex,
  constantIndex,
  flatten,
  indexKey,
  knownNumber,
  mapDataScalars,
  scaleIndex,
  substituteAxes,
  subtractIndex,
} from "../loops/index.ts";
import { conjunctsOf, nodesOf, refold } from "../loops/scalar.ts";
import { rebuild } from "../loops/traverse.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Emitter } from "./emitter.ts";
import { at, boundedIndex, evaluate, laneStride, placeIndex, type Point } from "./evaluate.ts";
import { binaryOf, compareOf, constantOf, indexOf } from "./expressions.ts";
import { coefficientOf, placesOf, type LoopAxis, type Place, type LoopRange } from "./loops.ts";
import type { Machine } from "./machine.ts";

type PlainReduce = Extract<Stage, { readonly kind: "reduce" }>;

/** The reduction where every index of `conditions` is at least 0, and where one is not, if a single choice asks them all. */
export interface Interior {
  readonly conditions: readonly Index[];
  readonly stage: PlainReduce;
  readonly outside?: PlainReduce;
}

/** A whole tile is tested at once only if the reduction's own part of the test is at most this many points. */
const smallWindow = 64;
/** The innermost loop's variable while conditions are solved for it. */
const solved = "$inner";

/** The stage without the choices that are comparisons of indices; undefined where it has none. */
export function interiorOf(stage: PlainReduce): Interior | undefined {
  const choices = [...stage.lets, ...stage.results].flatMap(({ value }) => nodesOf(value).filter(isChoice));
  if (choices.length === 0) return undefined;
  const inside = without(stage, "whenTrue");
  const outside = choices.length === 1 ? { outside: without(stage, "otherwise").stage } : {};
  return { ...inside, ...outside };
}

function isChoice(node: Scalar): boolean {
  return node.kind === "select" && notBelowZero(node.condition) !== undefined;
}

/** The stage with one side of every choice, and what these ask; a choice that is on the other side of one is gone with it. */
function without(stage: PlainReduce, side: "whenTrue" | "otherwise"): Pick<Interior, "conditions" | "stage"> {
  const conditions: Index[] = [];
  // From the outside in: a condition that a choice within has changed is no choice of the stage's own.
  const chosen = (scalar: Scalar): Scalar => {
    const holds = scalar.kind === "select" ? notBelowZero(scalar.condition) : undefined;
    if (scalar.kind !== "select" || holds === undefined)
      return refold(rebuild(scalar, chosen, (index) => mapDataScalars(index, chosen)));
    conditions.push(...holds);
    return chosen(scalar[side]);
  };
  const named = <Named extends { readonly value: Scalar }>(list: readonly Named[]): readonly Named[] =>
    list.map((one) => ({ ...one, value: chosen(one.value) }));
  return { stage: { ...stage, lets: named(stage.lets), results: named(stage.results) }, conditions };
}

/** The same of other stages, made of its own. */
export function mapInterior(
  { conditions, stage, outside }: Interior,
  made: (stage: PlainReduce) => PlainReduce,
): Interior {
  return { conditions, stage: made(stage), ...(outside === undefined ? {} : { outside: made(outside) }) };
}

export function withInterior(stage: Reduce, interior: Interior): Reduce {
  return { ...stage, interior };
}

/** Indices that are at least 0 exactly where the condition holds; undefined where it is not a conjunction of such. */
function notBelowZero(condition: Scalar): readonly Index[] | undefined {
  const indices = conjunctsOf(condition).flatMap((one) => differenceIn(one) ?? []);
  return indices.length === conjunctsOf(condition).length ? indices : undefined;
}

/** The index that is at least 0 exactly where a comparison of indices holds. */
function differenceIn(condition: Scalar): Index | undefined {
  if (condition.kind !== "compare") return undefined;
  const [left, right] = [indexIn(condition.left), indexIn(condition.right)];
  if (left === undefined || right === undefined) return undefined;
  const one = constantIndex(1);
  switch (condition.operator) {
    case "less":
      return subtractIndex(subtractIndex(right, left), one);
    case "lessEqual":
      return subtractIndex(right, left);
    case "greater":
      return subtractIndex(subtractIndex(left, right), one);
    case "greaterEqual":
      return subtractIndex(left, right);
    case "equal":
    case "notEqual":
      return undefined;
  }
}

/** Sums of axes only: what can be solved. */
function indexIn(scalar: Scalar): Index | undefined {
  if (scalar.kind === "constant" && scalar.dtype === "i32") return constantIndex(scalar.value);
  if (scalar.kind === "dimension") return constantIndex(scalar.dimension);
  if (scalar.kind !== "index" || scalar.index.terms.some(({ atom }) => atom.kind !== "axis")) return undefined;
  return scalar.index;
}

/** True, at run time, where all terms of the reduction at all points are inside; undefined where that is not worth asking. */
export function wholeInside(
  emitter: Emitter,
  { conditions, stage }: Interior,
  points: readonly Point[],
): Expression | undefined {
  const involved = stage.over.filter(({ name }) => conditions.some((index) => axesOf(index).has(name)));
  const window = constantValue(product(involved.map(({ extent }) => extent)));
  if (window === undefined || window > smallWindow) return undefined;
  const least = conditions.map((index) => leastOver(index, involved));
  if (least.some((index) => index === undefined)) return undefined;
  const placed = points.flatMap((point) => least.map((index) => index && placeIndex(emitter, index, point)));
  return allHold(emitter, placed);
}

/** The index where it is least over the axes, by the signs of their coefficients. */
function leastOver(index: Index, axes: readonly Axis[]): Index | undefined {
  const places = new Map<string, Index>();
  for (const { name, extent } of axes) {
    const coefficient = constantValue(coefficientOf(index, name));
    if (coefficient === undefined) return undefined;
    places.set(name, coefficient >= 0 ? constantIndex(0) : constantIndex(subtract(extent, constant(1))));
  }
  return substituteAxes(index, places);
}

/** The conjunction; undefined where one is never true, is unknown, or changes along lanes. */
function allHold(emitter: Emitter, indices: readonly (Index | undefined)[]): Expression | undefined {
  const parts = new Map<string, Expression>();
  const placed = indices.filter((index) => index !== undefined);
  if (placed.length < indices.length || placed.some((index) => laneStride(index) !== 0)) return undefined;
  for (const index of leastOfEach(placed)) {
    const known = knownNumber(index);
    if (known !== undefined && known < 0) return undefined;
    if (known !== undefined) continue;
    const holds = emitter.define(compareOf("greaterEqual", emitter.define(indexOf(index)), constantOf("i32", 0)));
    if (holds.kind === "variable") parts.set(holds.name, holds);
  }
  return [...parts.values()].reduce<Expression | undefined>(
    (all, part) => (all === undefined ? part : emitter.define(binaryOf("and", all, part), "inside")),
    undefined,
  );
}

/** Of the indices that differ by a number, as those of neighbouring points do, the least: where it is at least 0 all are. */
function leastOfEach(indices: readonly Index[]): readonly Index[] {
  const least = new Map<string, Index>();
  for (const index of indices) {
    const key = indexKey({ ...index, constant: constant(0) });
    const known = least.get(key);
    const difference = known && constantValue(subtract(index.constant, known.constant));
    if (known === undefined) least.set(key, index);
    else if (difference === undefined) least.set(indexKey(index), index);
    else if (difference < 0) least.set(key, index);
  }
  return [...least.values()];
}

/**
 * Where an innermost loop is inside: if `condition` holds, over `span`, each wherever it is set. `together`: all points are inside and
 * outside at the same places.
 */
export interface Region {
  readonly condition?: Expression;
  readonly span?: LoopRange;
  readonly together: boolean;
}

/** Solves the conditions at all points for the innermost loop; undefined where that cannot be done. */
export function regionOf(
  emitter: Emitter,
  { conditions }: Interior,
  points: readonly Point[],
  axis: LoopAxis,
  whole: LoopRange,
  places: readonly Place[],
): Region | undefined {
  const fixed: Index[] = [];
  const lows: Index[] = [];
  const highs: Index[] = [];
  const distinct = conditions.map(() => new Set<string>());
  for (const point of points) {
    const here = at(point, [...places, ...placesOf(axis, axisIndex(solved))]);
    for (const [n, condition] of conditions.entries()) {
      const index = placeIndex(emitter, condition, here);
      if (index === undefined || laneStride(index) !== 0) return undefined;
      distinct[n].add(indexKey(index));
      const coefficient = coefficientOf(index, solved);
      const rest = subtractIndex(index, scaleIndex(axisIndex(solved), coefficient));
      if (axesOf(rest).has(solved)) return undefined;
      if (isConstant(coefficient, 0)) fixed.push(rest);
      else if (isConstant(coefficient, 1)) lows.push(scaleIndex(rest, negate(constant(1))));
      else if (isConstant(coefficient, -1)) highs.push(addIndex(rest, constantIndex(1)));
      else return undefined;
    }
  }
  const condition = fixed.length === 0 ? undefined : allHold(emitter, fixed);
  if (fixed.some((index) => (knownNumber(index) ?? 0) < 0)) return undefined;
  const span = lows.length + highs.length === 0 ? undefined : spanBetween(emitter, axis, whole, lows, highs);
  return {
    together: distinct.every(({ size }) => size === 1),
    ...(condition === undefined ? {} : { condition }),
    ...(span === undefined ? {} : { span }),
  };
}

/** The part of `whole` from the greatest low to below the least high, empty if they cross. */
function spanBetween(
  emitter: Emitter,
  { extent }: LoopAxis,
  whole: LoopRange,
  lows: readonly Index[],
  highs: readonly Index[],
): LoopRange {
  const [least, most] = [Math.max, Math.min].map((of, side) =>
    numberOf(side === 0 ? [whole.from, ...lows] : [whole.to, ...highs], of),
  );
  const end = knownNumber(whole.to);
  if (least !== undefined && most !== undefined && end !== undefined) {
    // A window may lie before all that is inside: then its loop ends before that begins.
    const from = Math.min(least, end);
    return { from: constantIndex(from), to: constantIndex(Math.max(from, most)) };
  }
  const size = add(extent, constant(1));
  const from = extreme(emitter, "maximum", [whole.from, ...lows]);
  const held = boundedIndex(emitter, from, whole.from, whole.to, size);
  const to = extreme(emitter, "minimum", [whole.to, ...highs]);
  return { from: held, to: boundedIndex(emitter, to, held, whole.to, size) };
}

/** The greatest or least of them, where all are numbers. */
function numberOf(indices: readonly Index[], of: (...numbers: readonly number[]) => number): number | undefined {
  const known = indices.flatMap((index) => knownNumber(index) ?? []);
  return known.length === indices.length ? of(...known) : undefined;
}

function extreme(emitter: Emitter, operator: "maximum" | "minimum", indices: readonly Index[]): Expression {
  // The points of a tile often ask the same.
  const distinct = new Map(indices.map((index) => [indexKey(index), index]));
  const values = [...distinct.values()].map((index) => emitter.define(indexOf(index)));
  return values.reduce((left, right) => emitter.define(binaryOf(operator, left, right)));
}

/** Border, interior, border; or all of it as a border where the region's condition does not hold. */
export function splitLoop<Terms>(
  emitter: Emitter,
  beside: Terms,
  inside: Terms,
  whole: LoopRange,
  { condition, span }: Region,
  loop: (terms: Terms, part: LoopRange) => void,
): void {
  const split = (): void => {
    if (span === undefined) return loop(inside, whole);
    loop(beside, { from: whole.from, to: span.from });
    loop(inside, span);
    loop(beside, { from: span.to, to: whole.to });
  };
  if (condition === undefined) split();
  else emitter.when(condition, split, () => loop(beside, whole));
}

// ---------------------------------------------------------------------------------------------------------------------
// Terms
// ---------------------------------------------------------------------------------------------------------------------

// What a reduction adds up: its results' terms at a place of the reduced axes.

export interface Context {
  readonly emitter: Emitter;
  readonly machine: Machine;
}

/** A reduction; where it has borders, what it is inside of them; and where its first axis ends before its extent. */
export type Reduce = PlainReduce & { readonly interior?: Interior; readonly until?: Index };

/** The reduction's loops at a point, the first of them up to where it ends. */
export function upToEnd(
  emitter: Emitter,
  axes: readonly LoopAxis[],
  { over, until }: Reduce,
  point: Point,
): readonly LoopAxis[] {
  const [first, ...rest] = axes;
  const place = until && placeIndex(emitter, until, point);
  if (first === undefined || place === undefined) return axes;
  const [, ...inner] = first.axes;
  const { extent } = over[0];
  const end = boundedIndex(
    emitter,
    emitter.define(indexOf(place)),
    constantIndex(0),
    constantIndex(extent),
    add(extent, constant(1)),
  );
  return [{ ...first, until: scaleIndex(end, product(inner.map((axis) => axis.extent))) }, ...rest];
}

/** The results' terms at a point moved to `places`. */
export function termsAt(
  emitter: Emitter,
  stage: Reduce,
  point: Point,
  places: readonly Place[],
  vector = false,
): readonly Expression[] {
  const here = at(point, places, vector ? { skip: 0 } : undefined);
  for (const { name, value } of stage.lets) here.locals.set(name, evaluate(emitter, value, here, name));
  return stage.results.map(({ value }) => evaluate(emitter, value, here));
}

/** The flattened index over the reduced axes, as a scalar of them. */
export function flatIndex(stage: Reduce, places: readonly Place[]): Index {
  const placed = new Map(places);
  const indices = stage.over.map(({ name }) => placed.get(name) ?? constantIndex(0));
  return flatten(
    indices,
    stage.over.map(({ extent }) => extent),
  );
}
