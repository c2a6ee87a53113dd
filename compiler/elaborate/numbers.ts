/**
 * Arithmetic and comparison of what is known at compile time: exact fractions, and polynomials over dimensions.
 * Answers "unknown" where the operands are no such numbers, or the result is none; the caller then makes tensors of them.
 */
import * as dimensions from "../dimension/dimension.ts";
import { intervalOf } from "../dimension/interval.ts";
import type { ChainOperator, Rational } from "../syntax/ast.ts";
import * as rational from "./rational.ts";
import { asDimension, boolValue, fromDimension, type Comparison, type Evaluated, type Relation } from "./values.ts";

export type Arithmetic = Exclude<ChainOperator, "or" | "and" | "@"> | "**";

function isNumeric(value: Evaluated): boolean {
  return value.kind === "number" || value.kind === "dimension";
}

/** Whether both sides are known numbers or dimensions. */
export function areNumeric(left: Evaluated, right: Evaluated): boolean {
  return isNumeric(left) && isNumeric(right);
}

/** The result; "zero" for a division by zero, "huge" for one that nobody means, undefined where there is no such number. */
export type Computed = Evaluated | "zero" | "huge" | undefined;

/** `left operator right`; with `whole`, `/` rounds down. */
export function compute(operator: Arithmetic, left: Evaluated, right: Evaluated, whole: boolean): Computed {
  if (left.kind === "number" && right.kind === "number")
    return computeRational(operator, left.value, right.value, whole);
  const [a, b] = [asDimension(left), asDimension(right)];
  return a === undefined || b === undefined ? undefined : computeDimension(operator, a, b, whole);
}

function computeRational(operator: Arithmetic, a: Rational, b: Rational, whole: boolean): Computed {
  if ((operator === "/" || operator === "%") && b.numerator === 0n) return "zero";
  if (operator === "**" && b.numerator < 0n && a.numerator === 0n) return "zero";
  const value = rationalResult(operator, a, b);
  if (value === undefined) return operator === "**" && !rational.isWhole(b) ? undefined : "huge";
  return { kind: "number", value: whole && operator === "/" ? rational.floor(value) : value };
}

function rationalResult(operator: Arithmetic, a: Rational, b: Rational): Rational | undefined {
  switch (operator) {
    case "+":
      return rational.add(a, b);
    case "-":
      return rational.add(a, rational.negate(b));
    case "*":
      return rational.multiply(a, b);
    case "/":
      return rational.divide(a, b);
    case "%":
      return rational.modulo(a, b);
    case "**":
      return rational.power(a, b);
  }
}

function computeDimension(
  operator: Arithmetic,
  a: dimensions.Dimension,
  b: dimensions.Dimension,
  whole: boolean,
): Computed {
  switch (operator) {
    case "+":
      return fromDimension(dimensions.add(a, b));
    case "-":
      return fromDimension(dimensions.subtract(a, b));
    case "*":
      return fromDimension(dimensions.multiply(a, b));
    case "/":
      return divideDimensions(a, b, whole);
    case "%":
      return isPositive(b) ? fromDimension(dimensions.remainder(a, b)) : undefined;
    case "**": {
      const exponent = dimensions.constantValue(b);
      if (exponent === undefined || exponent < 0 || exponent > 16) return undefined;
      return fromDimension(dimensions.product(Array.from({ length: exponent }, () => a)));
    }
  }
}

function isPositive(dimension: dimensions.Dimension): boolean {
  return intervalOf(dimension).low >= 1;
}

function divideDimensions(a: dimensions.Dimension, b: dimensions.Dimension, whole: boolean): Computed {
  if (dimensions.isConstant(b, 0)) return "zero";
  const exact = dimensions.divideExactly(a, b);
  if (exact !== undefined) return fromDimension(exact);
  return whole && isPositive(b) ? fromDimension(dimensions.floorDivide(a, b)) : undefined;
}

const opposite = {
  equal: "notEqual",
  notEqual: "equal",
  less: "greaterEqual",
  lessEqual: "greater",
  greater: "lessEqual",
  greaterEqual: "less",
} as const;

/** The relation that holds exactly where the other does not. */
export function negateRelation({ left, comparison, right }: Relation): Relation {
  return { left, comparison: opposite[comparison], right };
}

/** A comparison decided where it can be, else a condition; undefined where the operands are not comparable so. */
export function compareKnown(comparison: Comparison, left: Evaluated, right: Evaluated): Evaluated | undefined {
  if (left.kind === "number" && right.kind === "number")
    return boolValue(holds(comparison, rational.compare(left.value, right.value)));
  const [a, b] = areNumeric(left, right) ? [asDimension(left), asDimension(right)] : [];
  if (a !== undefined && b !== undefined) return decide({ left: a, comparison, right: b });
  if (comparison !== "equal" && comparison !== "notEqual") return undefined;
  if ((left.kind === "string" && right.kind === "string") || (left.kind === "bool" && right.kind === "bool")) {
    return boolValue((left.value === right.value) === (comparison === "equal"));
  }
  // What a union may hold is compared with what it may not be: 3 is not "same".
  const different = left.kind !== right.kind && settingKinds.includes(left.kind) && settingKinds.includes(right.kind);
  return different ? boolValue(comparison === "notEqual") : undefined;
}

const settingKinds: readonly Evaluated["kind"][] = ["number", "dimension", "string", "bool", "list"];

function holds(comparison: Comparison, sign: number): boolean {
  switch (comparison) {
    case "equal":
      return sign === 0;
    case "notEqual":
      return sign !== 0;
    case "less":
      return sign < 0;
    case "lessEqual":
      return sign <= 0;
    case "greater":
      return sign > 0;
    case "greaterEqual":
      return sign >= 0;
  }
}

/** True or false where every size of the names says so. */
export function decide(relation: Relation): Evaluated {
  const { low, high } = intervalOf(dimensions.subtract(relation.left, relation.right));
  const signs = [low < 0 ? -1 : undefined, low <= 0 && high >= 0 ? 0 : undefined, high > 0 ? 1 : undefined];
  const answers = new Set(signs.filter((sign) => sign !== undefined).map((sign) => holds(relation.comparison, sign)));
  if (answers.size === 1) return boolValue(answers.has(true));
  return { kind: "condition", all: [relation] };
}
