/**
 * Index expressions as trees that a target can print node by node: sums of products of variables, divisions that know
 * whether their dividend can be negative, clamped data.
 */
import { isNonNegative } from "../dimension/interval.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Atom, Dimension } from "../dimension/dimension.ts";
import { constant, constantValue, subtract } from "../dimension/dimension.ts";
import type { Ranges } from "../loops/index.ts";
import { extremes, range, subtractIndex } from "../loops/index.ts";
import type { Index, IndexAtom, IndexTerm } from "../loops/types.ts";
import { expressionOf } from "./scalars.ts";
import type { Expression, Program } from "./types.ts";

export type Integer =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly space: "axis" | "dimension"; readonly name: string }
  /** Two terms or more. */
  | { readonly kind: "sum"; readonly terms: readonly Integer[] }
  /** One factor or more, none a number; `by` is not 0, and not 1 for a single factor. */
  | { readonly kind: "product"; readonly by: number; readonly factors: readonly Integer[] }
  /** Floored, the divisor positive. `natural`: the dividend cannot be negative. */
  | {
      readonly kind: "quotient" | "remainder";
      readonly value: Integer;
      readonly divisor: Integer;
      readonly natural: boolean;
    }
  | { readonly kind: "minimum" | "maximum"; readonly left: Integer; readonly right: Integer }
  /** An i32 clamped into [0, limit]. */
  | { readonly kind: "clamp"; readonly value: Expression; readonly limit: Integer }
  /** An i32 that is an index as it is. */
  | { readonly kind: "value"; readonly value: Expression };

/** What is known of the names: where loop variables run, how large dimensions get. */
export interface Facts {
  readonly ranges: Ranges;
  readonly bounds: Bounds;
}

/** The bounds of a program's open dimensions. */
export function boundsOf(program: Program): Bounds {
  return new Map(program.dims.map(({ name, bound }) => [name, bound]));
}

/** The facts within a loop over `variable`. */
export function enterLoop(facts: Facts, variable: string, from: Index, to: Index): Facts {
  const low = extremes(from, facts.ranges, facts.bounds)?.low;
  const high = extremes(to, facts.ranges, facts.bounds)?.high;
  const ranges = new Map(facts.ranges);
  ranges.delete(variable);
  if (low !== undefined && high !== undefined) ranges.set(variable, { from: low, to: high });
  return { ranges, bounds: facts.bounds };
}

/** Contains every value of the index. */
export function rangeOf(index: Index, facts: Facts): { readonly low: number; readonly high: number } {
  return range(index, facts.ranges, facts.bounds);
}

/** The index as a tree; the largest steps first, the constant last. */
export function integerOf(index: Index, facts: Facts): Integer {
  const step = ({ coefficient }: IndexTerm): number => Math.abs(constantValue(coefficient) ?? Infinity);
  const ordered = [...index.terms].sort((a, b) => (step(a) === step(b) ? 0 : step(b) - step(a)));
  const terms = ordered.map(({ atom, coefficient }) => scaled(coefficient, atomInteger(atom, facts), facts));
  const rest = integerOfDimension(index.constant, facts.bounds);
  const isZero = rest.kind === "number" && rest.value === 0;
  return sum(isZero && terms.length > 0 ? terms : [...terms, rest]);
}

function scaled(coefficient: Dimension, atom: Integer, facts: Facts): Integer {
  const known = constantValue(coefficient);
  if (known !== undefined) return product(known, [atom]);
  const factor = integerOfDimension(coefficient, facts.bounds);
  return factor.kind === "product" ? product(factor.by, [...factor.factors, atom]) : product(1, [factor, atom]);
}

function atomInteger(atom: IndexAtom, facts: Facts): Integer {
  switch (atom.kind) {
    case "axis":
      return { kind: "variable", space: "axis", name: atom.axis };
    case "quotient":
    case "remainder": {
      const natural = rangeOf(atom.value, facts).low >= 0;
      const divisor = integerOfDimension(atom.divisor, facts.bounds);
      return { kind: atom.kind, value: integerOf(atom.value, facts), divisor, natural };
    }
    case "data": {
      if (atom.held === true) return { kind: "value", value: expressionOf(atom.value) };
      const limit = integerOfDimension(subtract(atom.size, constant(1)), facts.bounds);
      return { kind: "clamp", value: expressionOf(atom.value), limit };
    }
  }
}

/** A symbolic size as a tree. */
export function integerOfDimension(dimension: Dimension, bounds: Bounds): Integer {
  const known = constantValue(dimension);
  if (known !== undefined) return { kind: "number", value: known };
  return sum(
    dimension.monomials.map(({ coefficient, atoms }) =>
      atoms.length === 0
        ? { kind: "number" as const, value: coefficient }
        : product(
            coefficient,
            atoms.map((atom) => dimensionAtom(atom, bounds)),
          ),
    ),
  );
}

function dimensionAtom(atom: Atom, bounds: Bounds): Integer {
  const inner = (dimension: Dimension): Integer => integerOfDimension(dimension, bounds);
  switch (atom.kind) {
    case "symbol":
      return { kind: "variable", space: "dimension", name: atom.name };
    case "quotient":
    case "remainder": {
      const natural = isNonNegative(atom.numerator, bounds);
      return { kind: atom.kind, value: inner(atom.numerator), divisor: inner(atom.denominator), natural };
    }
    case "maximum":
    case "minimum":
      return { kind: atom.kind, left: inner(atom.left), right: inner(atom.right) };
  }
}

function sum(terms: readonly Integer[]): Integer {
  return terms.length === 1 ? terms[0] : { kind: "sum", terms };
}

function product(by: number, factors: readonly Integer[]): Integer {
  return by === 1 && factors.length === 1 ? factors[0] : { kind: "product", by, factors };
}

/** n where the divisor is the number 2ⁿ. */
export function powerOfTwo(divisor: Integer): number | undefined {
  if (divisor.kind !== "number" || divisor.value < 1) return undefined;
  const exponent = Math.log2(divisor.value);
  return Number.isInteger(exponent) ? exponent : undefined;
}

/** True where a loop over [from, to) runs at least once for all values of the names. */
export function runsAlways(from: Index, to: Index, facts: Facts): boolean {
  return rangeOf(subtractIndex(to, from), facts).low > 0;
}
