/**
 * Simplification by what the axes' ranges prove: quotients and remainders vanish, data indices that are known lose
 * their clamp, border tests become constants and their selects the chosen side. Values never change.
 */
import { isNonNegative, noBounds } from "../dimension/interval.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant, constantValue, negate, subtract } from "../dimension/dimension.ts";
import type { Ranges } from "./index.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  extremes,
  quotient,
  range,
  remainder,
  scaleIndex,
  subtractIndex,
  sumIndices,
  withValue,
} from "./index.ts";
import { bool, indexScalar, refold } from "./scalar.ts";
import { rebuild } from "./traverse.ts";
import type { Comparison, Index, IndexAtom, Scalar } from "./types.ts";

/** The index in its simplest form for axes in these ranges and dimensions up to these bounds. */
export function simplifyIndex(index: Index, ranges: Ranges, bounds: Bounds = noBounds): Index {
  if (index.terms.every(({ atom }) => atom.kind === "axis" && !isSingle(atom.axis, ranges))) return index;
  const terms = index.terms.map(({ atom, coefficient }) => scaleIndex(simplifyAtom(atom, ranges, bounds), coefficient));
  return addIndex(sumIndices(terms), constantIndex(index.constant));
}

function simplifyAtom(atom: IndexAtom, ranges: Ranges, bounds: Bounds): Index {
  switch (atom.kind) {
    case "axis":
      return simplifyAxis(atom.axis, ranges);
    case "quotient":
      return quotient(simplifyIndex(atom.value, ranges, bounds), atom.divisor, ranges, bounds);
    case "remainder":
      return remainder(simplifyIndex(atom.value, ranges, bounds), atom.divisor, ranges, bounds);
    case "data": {
      const value = simplifyScalar(atom.value, ranges, bounds);
      const index = indexOf(value);
      return (index && clamped(index, atom.size, ranges, bounds)) ?? withValue(atom, value);
    }
  }
}

/** An axis with one value is that value. */
function simplifyAxis(axis: string, ranges: Ranges): Index {
  const known = ranges.get(axis);
  return known !== undefined && isSingle(axis, ranges) ? constantIndex(known.from) : axisIndex(axis);
}

function isSingle(axis: string, ranges: Ranges): boolean {
  const known = ranges.get(axis);
  return known !== undefined && constantValue(subtract(known.to, known.from)) === 1;
}

/** The index clamped into [0, size), where its ranges tell that it is inside, or that it is at or beyond an end. */
function clamped(index: Index, size: Dimension, ranges: Ranges, bounds: Bounds): Index | undefined {
  const ends = extremes(index, ranges, bounds);
  if (ends === undefined) return undefined;
  const last = subtract(size, constant(1));
  if (isNonNegative(negate(ends.high), bounds)) return constantIndex(0);
  if (isNonNegative(subtract(ends.low, last), bounds)) return constantIndex(last);
  return isNonNegative(ends.low, bounds) && isNonNegative(subtract(last, ends.high), bounds) ? index : undefined;
}

/** The index whose value an i32 scalar is, where it is one. */
function indexOf(scalar: Scalar): Index | undefined {
  if (scalar.kind === "index") return scalar.index;
  if (scalar.kind === "dimension") return constantIndex(scalar.dimension);
  return scalar.kind === "constant" && scalar.dtype === "i32" ? constantIndex(scalar.value) : undefined;
}

/** The scalar in its simplest form for axes in these ranges and dimensions up to these bounds. */
export function simplifyScalar(scalar: Scalar, ranges: Ranges, bounds: Bounds = noBounds): Scalar {
  const inIndex = (index: Index): Index => simplifyIndex(index, ranges, bounds);
  const inner = (part: Scalar): Scalar => {
    // A side that is not chosen may be costly, and its ranges meaningless: decide the condition first.
    if (part.kind === "select") {
      const condition = inner(part.condition);
      if (condition.kind === "constant") return inner(condition.value === 0 ? part.otherwise : part.whenTrue);
    }
    const node = refold(rebuild(part, inner, inIndex));
    if (node.kind === "compare") return decide(node.operator, node.left, node.right, ranges, bounds) ?? node;
    return node.kind === "binary" ? (indexArithmetic(node, ranges, bounds) ?? node) : node;
  };
  return inner(scalar);
}

/** i32 sums, differences and multiples of indices as one index, where no value can wrap. */
function indexArithmetic(
  scalar: Extract<Scalar, { readonly kind: "binary" }>,
  ranges: Ranges,
  bounds: Bounds,
): Scalar | undefined {
  if (scalar.dtype !== "i32") return undefined;
  const left = indexOf(scalar.left);
  const right = indexOf(scalar.right);
  if (left === undefined || right === undefined) return undefined;
  const index = combine(scalar.operator, left, right);
  if (index === undefined) return undefined;
  const { low, high } = range(index, ranges, bounds);
  return low >= -(2 ** 31) && high < 2 ** 31 ? indexScalar(index) : undefined;
}

function combine(operator: string, left: Index, right: Index): Index | undefined {
  if (operator === "add") return addIndex(left, right);
  if (operator === "sub") return subtractIndex(left, right);
  if (operator !== "mul") return undefined;
  if (right.terms.length === 0) return scaleIndex(left, right.constant);
  return left.terms.length === 0 ? scaleIndex(right, left.constant) : undefined;
}

function decide(operator: Comparison, left: Scalar, right: Scalar, ranges: Ranges, bounds: Bounds): Scalar | undefined {
  const a = indexOf(left);
  const b = indexOf(right);
  if (a === undefined || b === undefined) return undefined;
  const ends = extremes(subtractIndex(a, b), ranges, bounds);
  if (ends === undefined) return undefined;
  const known = knownSign(operator, ends.low, ends.high, bounds);
  return known === undefined ? undefined : bool(known);
}

type Ends = NonNullable<ReturnType<typeof extremes>>;

/** Whether low ≤ d ≤ high decides `d operator 0`. */
function knownSign(operator: Comparison, low: Ends["low"], high: Ends["high"], bounds: Bounds): boolean | undefined {
  const atLeastZero = isNonNegative(low, bounds);
  const aboveZero = isNonNegative(subtract(low, constant(1)), bounds);
  const atMostZero = isNonNegative(negate(high), bounds);
  const belowZero = isNonNegative(negate(add(high, constant(1))), bounds);
  switch (operator) {
    case "less":
      return belowZero ? true : atLeastZero ? false : undefined;
    case "lessEqual":
      return atMostZero ? true : aboveZero ? false : undefined;
    case "greater":
      return aboveZero ? true : atMostZero ? false : undefined;
    case "greaterEqual":
      return atLeastZero ? true : belowZero ? false : undefined;
    case "equal":
      return aboveZero || belowZero ? false : atLeastZero && atMostZero ? true : undefined;
    case "notEqual":
      return aboveZero || belowZero ? true : atLeastZero && atMostZero ? false : undefined;
  }
}
