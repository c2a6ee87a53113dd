/**
 * What a dimension can be when each name is between 1 and its bound: a conservative interval, used to prove that a
 * quotient, a remainder or a border test vanishes. Names without a bound reach to infinity.
 */
import type { Atom, Dimension } from "./dimension.ts";
import { add, constant, constantValue, substitute, symbol, symbolsOf, withFactor } from "./dimension.ts";
import { atomKey } from "./terms.ts";

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
  const rest = restIn(dimension);
  if (rest !== undefined) {
    // Along a factor that stands once in its terms the least and the greatest value are at its ends: A*A - (A mod 2)*A*A is 0 or A*A.
    const ends = [0, rest.most].map((value) => intervalOf(withFactor(dimension, rest.atom, value), bounds));
    return { low: Math.min(...ends.map(({ low }) => low)), high: Math.max(...ends.map(({ high }) => high)) };
  }
  const plain = intervalFrom(1, dimension, bounds);
  if (dimension.monomials.length === 1 || expands(dimension)) return plain;
  // With each name written as 1 + t the products that cancel show: N*M - N = t*u + u >= 0.
  const names = [...symbolsOf(dimension)];
  const shifted = substitute(dimension, new Map(names.map((name) => [name, add(symbol(name), constant(1))])));
  const fromZero = new Map([...bounds].map(([name, bound]) => [name, bound - 1]));
  return intersect(plain, intervalFrom(0, shifted, fromZero));
}

/** So many remainders are looked at from both ends. */
const mostRests = 4;

/** A remainder by a number that multiplies other factors, and in no term itself; and the most that it can be. */
function restIn({ monomials }: Dimension): { readonly atom: Atom; readonly most: number } | undefined {
  if (monomials.length === 1) return undefined;
  const rests = new Map<string, Extract<Atom, { readonly kind: "remainder" }>>();
  for (const { atoms } of monomials) {
    if (atoms.length === 1) continue;
    for (const atom of atoms) if (atom.kind === "remainder") rests.set(atomKey(atom), atom);
  }
  if (rests.size > mostRests) return undefined;
  for (const [key, atom] of rests) {
    const divisor = constantValue(atom.denominator);
    const isOnce = monomials.every(({ atoms }) => atoms.filter((each) => atomKey(each) === key).length <= 1);
    if (divisor !== undefined && isOnce) return { atom, most: divisor - 1 };
  }
  return undefined;
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
