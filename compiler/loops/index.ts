/**
 * The algebra of integer index expressions: sums of multiples of axes, quotients, remainders and data. Every function
 * returns the canonical form (terms merged, sorted, none zero; multiples of a divisor outside its floor).
 */
import type { Dimension } from "../dimension/dimension.ts";
import {
  add,
  constant,
  constantValue,
  divideExactly,
  floorDivide,
  isConstant,
  multiply,
  negate,
  product,
  remainder as remainderOf,
  splitExactly,
  subtract as subtractDimensions,
} from "../dimension/dimension.ts";
import type { Bounds, Interval } from "../dimension/interval.ts";
import { intervalOf, isNonNegative, noBounds } from "../dimension/interval.ts";
import { atomKey, indexKey } from "./keys.ts";
import { rebuild } from "./traverse.ts";
import type { Axis, Index, IndexAtom, IndexTerm, Scalar } from "./types.ts";

export { indexKey } from "./keys.ts";
export { axesOf, dataScalarsOf, dimensionsOf } from "./traverse.ts";

/** An axis's values: from ≤ axis < to. */
export interface AxisRange {
  readonly from: Dimension;
  readonly to: Dimension;
}

export type Ranges = ReadonlyMap<string, AxisRange>;

const noRanges: Ranges = new Map();

/** Each axis from 0 to its extent. */
export function rangesOf(axes: readonly Axis[]): Ranges {
  return new Map(axes.map(({ name, extent }) => [name, { from: constant(0), to: extent }]));
}

export function axisIndex(name: string): Index {
  return atomIndex({ kind: "axis", axis: name });
}

/** The index's number, where it is one. */
export function knownNumber(index: Index): number | undefined {
  return index.terms.length === 0 ? constantValue(index.constant) : undefined;
}

export function constantIndex(value: number | Dimension): Index {
  return { terms: [], constant: typeof value === "number" ? constant(value) : value };
}

/** An i32 computed from data, clamped into [0, size). */
export function dataIndex(value: Scalar, size: Dimension): Index {
  return atomIndex({ kind: "data", value, size });
}

/** An i32 that is within [0, size) by the way it was computed. */
export function heldIndex(value: Scalar, size: Dimension): Index {
  return atomIndex({ kind: "data", value, size, held: true });
}

/** The same atom of another value: held where it was held. */
export function withValue(atom: Extract<IndexAtom, { kind: "data" }>, value: Scalar): Index {
  return atomIndex({ ...atom, value });
}

function atomIndex(atom: IndexAtom): Index {
  return { terms: [{ atom, coefficient: constant(1) }], constant: constant(0) };
}

export function addIndex(left: Index, right: Index): Index {
  if (right.terms.length === 0) return withConstant(left, add(left.constant, right.constant));
  if (left.terms.length === 0) return withConstant(right, add(left.constant, right.constant));
  return fromTerms([...left.terms, ...right.terms], add(left.constant, right.constant));
}

/** The sum of all, 0 for none. */
export function sumIndices(indices: readonly Index[]): Index {
  return indices.reduce(addIndex, constantIndex(0));
}

function withConstant(index: Index, rest: Dimension): Index {
  return rest === index.constant ? index : { terms: index.terms, constant: rest };
}

export function subtractIndex(left: Index, right: Index): Index {
  return addIndex(left, scaleIndex(right, constant(-1)));
}

export function scaleIndex(index: Index, factor: Dimension | number): Index {
  const by = typeof factor === "number" ? constant(factor) : factor;
  if (isConstant(by, 1)) return index;
  const terms = index.terms.map(({ atom, coefficient }) => ({ atom, coefficient: multiply(coefficient, by) }));
  return fromTerms(terms, multiply(index.constant, by));
}

/** The sum of any terms and a constant, in the canonical form. */
export function fromTerms(terms: readonly IndexTerm[], rest: Dimension): Index {
  if (terms.length <= 1)
    return { terms: terms.filter(({ coefficient }) => !isConstant(coefficient, 0)), constant: rest };
  const byKey = new Map<string, IndexTerm>();
  for (const { atom, coefficient } of terms) {
    const key = atomKey(atom);
    const before = byKey.get(key);
    byKey.set(key, { atom, coefficient: before === undefined ? coefficient : add(before.coefficient, coefficient) });
  }
  const kept = [...byKey].filter(([, { coefficient }]) => !isConstant(coefficient, 0));
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return joinDivisions({ terms: kept.map(([, term]) => term), constant: rest });
}

/** c·m·⌊v/m⌋ + c·(v mod m) = c·v, where both stand in the sum. */
function joinDivisions(index: Index): Index {
  for (const { atom, coefficient } of index.terms) {
    if (atom.kind !== "remainder") continue;
    const whole = scaleIndex(quotient(atom.value, atom.divisor), multiply(coefficient, atom.divisor));
    const [partner] = whole.terms;
    if (whole.terms.length !== 1 || !isConstant(whole.constant, 0)) continue;
    const found = index.terms.find((term) => atomKey(term.atom) === atomKey(partner.atom));
    if (found === undefined || found.coefficient.key !== partner.coefficient.key) continue;
    const others = index.terms.filter((term) => term !== found && term.atom !== atom);
    return addIndex({ terms: others, constant: index.constant }, scaleIndex(atom.value, coefficient));
  }
  return index;
}

/** ⌊index / divisor⌋ for a positive divisor; with the axes' ranges, what they prove is simplified away. */
export function quotient(
  index: Index,
  divisor: Dimension,
  ranges: Ranges = noRanges,
  bounds: Bounds = noBounds,
): Index {
  if (isConstant(divisor, 1)) return index;
  const [whole, rest] = splitMultiples(index, divisor);
  return addIndex(whole, quotientOfRest(rest, divisor, ranges, bounds));
}

function quotientOfRest(rest: Index, divisor: Dimension, ranges: Ranges, bounds: Bounds): Index {
  if (rest.terms.length === 0) return constantIndex(floorDivide(rest.constant, divisor));
  const known = knownQuotient(rest, divisor, ranges, bounds);
  if (known !== undefined) return constantIndex(known);
  const factored = factor(rest, divisor, ranges, bounds);
  if (factored !== undefined) return quotient(factored.multiple, factored.divisor, ranges, bounds);
  const [only] = rest.terms;
  if (rest.terms.length === 1 && only.atom.kind === "quotient" && isConstant(only.coefficient, 1)) {
    const { value, divisor: inner } = only.atom;
    return quotient(
      addIndex(value, constantIndex(multiply(rest.constant, inner))),
      multiply(inner, divisor),
      ranges,
      bounds,
    );
  }
  return atomIndex({ kind: "quotient", value: rest, divisor });
}

/** The floored remainder, index − divisor·⌊index/divisor⌋, for a positive divisor; simplified like `quotient`. */
export function remainder(
  index: Index,
  divisor: Dimension,
  ranges: Ranges = noRanges,
  bounds: Bounds = noBounds,
): Index {
  if (isConstant(divisor, 1)) return constantIndex(0);
  const [, rest] = splitMultiples(openRemainders(index, divisor), divisor);
  if (rest.terms.length === 0) return constantIndex(remainderOf(rest.constant, divisor));
  const known = knownQuotient(rest, divisor, ranges, bounds);
  if (known !== undefined) return subtractIndex(rest, constantIndex(multiply(known, divisor)));
  const factored = factor(rest, divisor, ranges, bounds);
  if (factored !== undefined) {
    const { multiple, by, divisor: smaller, rest: below } = factored;
    return addIndex(scaleIndex(remainder(multiple, smaller, ranges, bounds), by), below);
  }
  return atomIndex({ kind: "remainder", value: rest, divisor });
}

/** (v mod k·m) mod m = v mod m: replaces inner remainders that the outer one makes idle. */
function openRemainders(index: Index, divisor: Dimension): Index {
  const opened = index.terms.map((term) => {
    const { atom, coefficient } = term;
    if (atom.kind !== "remainder") return { terms: [term], constant: constant(0) };
    if (divideExactly(multiply(coefficient, atom.divisor), divisor) === undefined)
      return { terms: [term], constant: constant(0) };
    return scaleIndex(openRemainders(atom.value, divisor), coefficient);
  });
  return addIndex(sumIndices(opened), constantIndex(index.constant));
}

function splitMultiples(index: Index, divisor: Dimension): readonly [Index, Index] {
  const whole: IndexTerm[] = [];
  const rest: IndexTerm[] = [];
  for (const { atom, coefficient } of index.terms) {
    const [multiple, remaining] = splitExactly(coefficient, divisor);
    whole.push({ atom, coefficient: multiple });
    rest.push({ atom, coefficient: remaining });
  }
  const [multiple, remaining] = splitConstant(index.constant, divisor);
  return [fromTerms(whole, multiple), fromTerms(rest, remaining)];
}

/** A constant leaves a rest in [0, divisor) where both are numbers. */
function splitConstant(value: Dimension, divisor: Dimension): readonly [Dimension, Dimension] {
  const c = constantValue(value);
  const d = constantValue(divisor);
  if (c === undefined || d === undefined) return splitExactly(value, divisor);
  const whole = constant(Math.floor(c / d));
  return [whole, subtractDimensions(value, multiply(whole, divisor))];
}

/** ⌊index/divisor⌋ where the ranges leave one possible value. */
function knownQuotient(index: Index, divisor: Dimension, ranges: Ranges, bounds: Bounds): Dimension | undefined {
  const ends = extremes(index, ranges, bounds);
  if (ends === undefined) return undefined;
  const below = subtractDimensions(subtractDimensions(divisor, constant(1)), ends.high);
  if (isNonNegative(ends.low, bounds) && isNonNegative(below, bounds)) return constant(0);
  const d = constantValue(divisor);
  const low = intervalOf(ends.low, bounds).low;
  const high = intervalOf(ends.high, bounds).high;
  if (d === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const value = Math.floor(low / d);
  return value === Math.floor(high / d) ? constant(value) : undefined;
}

interface Factored {
  readonly by: Dimension;
  readonly multiple: Index;
  readonly divisor: Dimension;
  readonly rest: Index;
}

/** index = by·multiple + rest with 0 ≤ rest < by, and by·divisor' = divisor: then ⌊index/divisor⌋ = ⌊multiple/divisor'⌋. */
function factor(index: Index, divisor: Dimension, ranges: Ranges, bounds: Bounds): Factored | undefined {
  for (const { coefficient: by } of index.terms) {
    if (isConstant(by, 1) || !isNonNegative(subtractDimensions(by, constant(1)), bounds)) continue;
    const smaller = divideExactly(divisor, by);
    if (smaller === undefined) continue;
    const [multiple, rest] = splitMultiples(index, by);
    const idle =
      rest.terms.length === 0
        ? isConstant(floorDivide(rest.constant, by), 0)
        : isZero(knownQuotient(rest, by, ranges, bounds));
    if (idle) return { by, multiple, divisor: smaller, rest };
  }
  return undefined;
}

function isZero(value: Dimension | undefined): boolean {
  return value !== undefined && isConstant(value, 0);
}

/** The least and the greatest value over the ranges, as dimensions; undefined where an axis or a sign is unknown. */
export function extremes(
  index: Index,
  ranges: Ranges,
  bounds: Bounds = noBounds,
): { readonly low: Dimension; readonly high: Dimension } | undefined {
  let low = index.constant;
  let high = index.constant;
  for (const { atom, coefficient } of index.terms) {
    const ends = extremesOfAtom(atom, ranges, bounds);
    if (ends === undefined) return undefined;
    const rises = isNonNegative(coefficient, bounds);
    if (!rises && !isNonNegative(negate(coefficient), bounds)) return undefined;
    low = add(low, multiply(coefficient, rises ? ends.low : ends.high));
    high = add(high, multiply(coefficient, rises ? ends.high : ends.low));
  }
  return { low, high };
}

function extremesOfAtom(atom: IndexAtom, ranges: Ranges, bounds: Bounds): ReturnType<typeof extremes> {
  switch (atom.kind) {
    case "axis": {
      const range = ranges.get(atom.axis);
      return range && { low: range.from, high: subtractDimensions(range.to, constant(1)) };
    }
    case "quotient": {
      const ends = extremes(atom.value, ranges, bounds);
      return ends && { low: floorDivide(ends.low, atom.divisor), high: floorDivide(ends.high, atom.divisor) };
    }
    case "remainder":
      return { low: constant(0), high: subtractDimensions(atom.divisor, constant(1)) };
    case "data":
      return { low: constant(0), high: subtractDimensions(atom.size, constant(1)) };
  }
}

/** Contains every value of the index for axes in their ranges and dimensions from 1 to their bounds. */
export function range(index: Index, ranges: Ranges, bounds: Bounds = noBounds): Interval {
  const ends = extremes(index, ranges, bounds);
  if (ends === undefined) return { low: -Infinity, high: Infinity };
  return { low: intervalOf(ends.low, bounds).low, high: intervalOf(ends.high, bounds).high };
}

/** The index with each axis that `map` names replaced, also inside data atoms. */
export function substituteAxes(index: Index, map: ReadonlyMap<string, Index>): Index {
  const axis = soleAxis(index);
  if (axis !== undefined) return map.get(axis) ?? index;
  return mapAtoms(index, {
    axis: (axis) => map.get(axis) ?? axisIndex(axis),
    data: (value) => substituteAxesInScalar(value, map),
  });
}

/** The index with the scalar of each data atom replaced. */
export function mapDataScalars(index: Index, data: (value: Scalar) => Scalar): Index {
  if (!holdsData(index)) return index;
  return mapAtoms(index, { axis: axisIndex, data });
}

export function holdsData({ terms }: Index): boolean {
  return terms.some(({ atom }) => atom.kind !== "axis" && (atom.kind === "data" || holdsData(atom.value)));
}

interface AtomMap {
  readonly axis: (axis: string) => Index;
  readonly data: (value: Scalar) => Scalar;
}

function mapAtoms(index: Index, map: AtomMap): Index {
  const terms = index.terms.map(({ atom, coefficient }) => scaleIndex(mapAtom(atom, map), coefficient));
  return addIndex(sumIndices(terms), constantIndex(index.constant));
}

function mapAtom(atom: IndexAtom, map: AtomMap): Index {
  switch (atom.kind) {
    case "axis":
      return map.axis(atom.axis);
    case "quotient":
      return quotient(mapAtoms(atom.value, map), atom.divisor);
    case "remainder":
      return remainder(mapAtoms(atom.value, map), atom.divisor);
    case "data":
      return withValue(atom, map.data(atom.value));
  }
}

/** The scalar with each axis that `map` names replaced in every index. */
export function substituteAxesInScalar(scalar: Scalar, map: ReadonlyMap<string, Index>): Scalar {
  const inIndex = (index: Index): Index => substituteAxes(index, map);
  const inner = (node: Scalar): Scalar => rebuild(node, inner, inIndex);
  return inner(scalar);
}

export function equalIndex(left: Index, right: Index): boolean {
  return indexKey(left) === indexKey(right);
}

/** The axis's name where the index is one axis and nothing else. */
export function soleAxis(index: Index): string | undefined {
  const [only] = index.terms;
  if (index.terms.length !== 1 || only.atom.kind !== "axis") return undefined;
  return isConstant(only.coefficient, 1) && isConstant(index.constant, 0) ? only.atom.axis : undefined;
}

/** True where the index is one axis and nothing else: the named one, where a name is given. */
export function isAxis(index: Index, name?: string): boolean {
  const axis = soleAxis(index);
  return axis !== undefined && (name === undefined || axis === name);
}

/** The row-major address of a point in a tensor of this shape. */
export function flatten(indices: readonly Index[], shape: readonly Dimension[]): Index {
  return sumIndices(indices.map((index, d) => scaleIndex(index, product(shape.slice(d + 1)))));
}

/** The point of a row-major address within a tensor of this shape; the inverse of `flatten`. */
export function unflatten(
  index: Index,
  shape: readonly Dimension[],
  ranges: Ranges = noRanges,
  bounds: Bounds = noBounds,
): readonly Index[] {
  return shape.map((size, d) => {
    const outer = quotient(index, product(shape.slice(d + 1)), ranges, bounds);
    return d === 0 ? outer : remainder(outer, size, ranges, bounds);
  });
}
