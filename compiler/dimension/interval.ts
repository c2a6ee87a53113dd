/**
 * What a dimension can be when each name is between 1 and its bound: a conservative interval, used to prove that a
 * quotient, a remainder or a border test vanishes. Names without a bound reach to infinity.
 */
import type { Atom, Dimension } from "./dimension.ts";
import { add, constant, constantValue, substitute, symbol, symbolsOf } from "./dimension.ts";

/** Both ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export type Bounds = ReadonlyMap<string, number>;

export const noBounds: Bounds = new Map();

/** Contains every value of `dimension` for names from 1 to their bounds. */
export function intervalOf(dimension: Dimension, bounds: Bounds = noBounds): Interval {
  const known = constantValue(dimension);
  if (known !== undefined) return { low: known, high: known };
  const plain = intervalFrom(1, dimension, bounds);
  if (dimension.monomials.length === 1 || expands(dimension)) return plain;
  // With each name written as 1 + t the products that cancel show: N*M - N = t*u + u >= 0.
  const names = [...symbolsOf(dimension)];
  const shifted = substitute(dimension, new Map(names.map((name) => [name, add(symbol(name), constant(1))])));
  const fromZero = new Map([...bounds].map(([name, bound]) => [name, bound - 1]));
  return intersect(plain, intervalFrom(0, shifted, fromZero));
}

/** Whether writing each name as 1 + t would give very many terms: two for each name of a product. */
function expands({ monomials }: Dimension): boolean {
  return monomials.length > 16 || monomials.some(({ atoms }) => atoms.length > 4);
}

/** True where the dimension cannot be negative. */
export function isNonNegative(dimension: Dimension, bounds: Bounds = noBounds): boolean {
  return intervalOf(dimension, bounds).low >= 0;
}

function intersect(a: Interval, b: Interval): Interval {
  return { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
}

function intervalFrom(least: number, dimension: Dimension, bounds: Bounds): Interval {
  let sum: Interval = { low: 0, high: 0 };
  for (const { coefficient, atoms } of dimension.monomials) {
    const factors = atoms.map((atom) => intervalOfAtom(least, atom, bounds));
    const term = factors.reduce(multiplyIntervals, { low: coefficient, high: coefficient });
    sum = { low: sum.low + term.low, high: sum.high + term.high };
  }
  return sum;
}

function intervalOfAtom(least: number, atom: Atom, bounds: Bounds): Interval {
  switch (atom.kind) {
    case "symbol":
      return { low: least, high: bounds.get(atom.name) ?? Infinity };
    case "quotient":
      return divideIntervals(
        intervalFrom(least, atom.numerator, bounds),
        intervalFrom(least, atom.denominator, bounds),
      );
    case "remainder":
      return { low: 0, high: Math.max(0, intervalFrom(least, atom.denominator, bounds).high - 1) };
    case "maximum":
    case "minimum": {
      const choose = atom.kind === "maximum" ? Math.max : Math.min;
      const left = intervalFrom(least, atom.left, bounds);
      const right = intervalFrom(least, atom.right, bounds);
      return { low: choose(left.low, right.low), high: choose(left.high, right.high) };
    }
  }
}

/** 0·∞ is 0 here: an end that is never reached times a factor that is 0. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function multiplyIntervals(a: Interval, b: Interval): Interval {
  const ends = [times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

function divideIntervals(numerator: Interval, denominator: Interval): Interval {
  const low = Math.max(1, denominator.low);
  const high = Math.max(low, denominator.high);
  const ends = [numerator.low / low, numerator.low / high, numerator.high / low, numerator.high / high];
  // Infinity / Infinity says nothing about the end: it may be anything between the other ends and 0.
  const known = ends.map((end) => (Number.isNaN(end) ? 0 : Math.floor(end)));
  return { low: Math.min(...known), high: Math.max(...known) };
}
