/**
 * Symbolic sizes: polynomials with integer coefficients over named dimensions and floor quotients of such polynomials.
 * Canonical by construction, so two dimensions are equal for every value of their names if (not only if) their keys are equal.
 */

import { isNeverNegative } from "./rounding.ts";
import { checkTerms, fromMonomials, fromOrdered, merge, safe, scale } from "./sums.ts";
import { atomKey, type Atom, type Dimension, type Monomial } from "./terms.ts";

export { DimensionOverflow } from "./sums.ts";
export type { Atom, Dimension } from "./terms.ts";

/** What an i32 counts: no tensor has more elements, stored or not. */
export const maximalElements = 2 ** 31 - 1;

/** The dimension with this value, a whole number. */
export function constant(value: number): Dimension {
  // What an array does not have is looked for elsewhere, slowly.
  return value >= 0 && value < small.length && Number.isInteger(value) && !Object.is(value, -0)
    ? small[value]
    : makeConstant(safe(value, String(value)));
}

function makeConstant(whole: number): Dimension {
  return whole === 0
    ? { monomials: [], key: "0" }
    : { monomials: [{ coefficient: whole, atoms: [] }], key: String(whole) };
}

/** Most are small, and made again and again. */
const small = Array.from({ length: 1025 }, (_, value) => makeConstant(value));

/** The dimension where a factor of its terms has this value; the factor inside of others stays. */
export function withFactor({ monomials }: Dimension, factor: Atom, value: number): Dimension {
  const key = atomKey(factor);
  return fromMonomials(
    monomials.map(({ coefficient, atoms }) => {
      const others = atoms.filter((atom) => atomKey(atom) !== key);
      const times = value ** (atoms.length - others.length);
      return { coefficient: safe(coefficient * times, "a dimension"), atoms: others };
    }),
  );
}

/** The named dimension. */
export function symbol(name: string): Dimension {
  return { monomials: [{ coefficient: 1, atoms: [{ kind: "symbol", name }] }], key: name };
}

/** Its value where it has no symbol, else undefined. */
export function constantValue(dimension: Dimension): number | undefined {
  const { monomials } = dimension;
  if (monomials.length === 0) return 0;
  const [only] = monomials;
  return monomials.length === 1 && only.atoms.length === 0 ? only.coefficient : undefined;
}

export function isConstant(dimension: Dimension, value: number): boolean {
  return constantValue(dimension) === value;
}

/** Equal for all values of their names, as far as the canonical form tells. */
export function equal(left: Dimension, right: Dimension): boolean {
  return left.key === right.key;
}

export function add(left: Dimension, right: Dimension): Dimension {
  const a = constantValue(left);
  const b = constantValue(right);
  if (b === 0) return left;
  if (a === 0) return right;
  if (a !== undefined && b !== undefined) return constant(safe(a + b, "a sum of dimensions"));
  return fromOrdered(merge(left.monomials, right.monomials));
}

export function negate(dimension: Dimension): Dimension {
  const value = constantValue(dimension);
  return value === undefined ? scale(dimension, -1, "a dimension") : constant(-value);
}

export function subtract(left: Dimension, right: Dimension): Dimension {
  return add(left, negate(right));
}

export function multiply(left: Dimension, right: Dimension): Dimension {
  const a = constantValue(left);
  const b = constantValue(right);
  if (b === 1) return left;
  if (a === 1) return right;
  if (a === 0 || b === 0) return constant(0);
  const operation = "a product of dimensions";
  if (a !== undefined && b !== undefined) return constant(safe(a * b, operation));
  if (a !== undefined) return scale(right, a, operation);
  if (b !== undefined) return scale(left, b, operation);
  // What cancels has many terms on the way.
  checkTerms((left.monomials.length * right.monomials.length) / 16);
  return fromMonomials(
    left.monomials.flatMap((l) =>
      right.monomials.map((r) => ({
        coefficient: safe(l.coefficient * r.coefficient, operation),
        atoms: sortAtoms([...l.atoms, ...r.atoms]),
      })),
    ),
  );
}

function sortAtoms(atoms: readonly Atom[]): readonly Atom[] {
  return [...atoms].sort((a, b) => (atomKey(a) < atomKey(b) ? -1 : 1));
}

/** The monomials as dimensions, whose sum the dimension is. */
export function termsOf(dimension: Dimension): readonly Dimension[] {
  return dimension.monomials.map((monomial) => fromOrdered([monomial]));
}

/** The product of all, 1 for none. */
export function product(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce(multiply, constant(1));
}

/** `dimension / divisor` where it is a polynomial, else undefined: (k·a)/k = a. */
export function divideExactly(dimension: Dimension, divisor: Dimension): Dimension | undefined {
  const [quotient, rest] = splitExactly(dimension, divisor);
  return rest.monomials.length === 0 && divisor.monomials.length > 0 ? quotient : undefined;
}

/** More steps than any division of real shapes takes; then nothing is divided. */
const mostSteps = 64;

/** `[quotient, rest]` with dimension = quotient·divisor + rest: long division by the divisor's first monomial. */
export function splitExactly(dimension: Dimension, divisor: Dimension): readonly [Dimension, Dimension] {
  if (divisor.monomials.length === 0) return [constant(0), dimension];
  const [lead] = divisor.monomials;
  let whole = constant(0);
  let rest = constant(0);
  let left = dimension;
  for (let step = 0; left.monomials.length > 0; step += 1) {
    if (step === mostSteps) return [constant(0), dimension];
    const first = fromOrdered([left.monomials[0]]);
    const exact = divideMonomial(left.monomials[0], lead);
    if (exact === undefined) rest = add(rest, first);
    else whole = add(whole, exact);
    left = subtract(left, exact === undefined ? first : multiply(exact, divisor));
  }
  return [whole, rest];
}

function divideMonomial(dividend: Monomial, divisor: Monomial): Dimension | undefined {
  const atoms = removeAtoms(dividend.atoms, divisor.atoms);
  if (atoms === undefined || dividend.coefficient % divisor.coefficient !== 0) return undefined;
  return fromOrdered([{ coefficient: dividend.coefficient / divisor.coefficient, atoms }]);
}

function removeAtoms(from: readonly Atom[], removed: readonly Atom[]): readonly Atom[] | undefined {
  const rest = [...from];
  for (const atom of removed) {
    const at = rest.findIndex((candidate) => atomKey(candidate) === atomKey(atom));
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest;
}

/**
 * ⌊numerator / denominator⌋ for a positive denominator. Multiples of the denominator come out of the floor
 * (⌊(a − m)/m⌋ = ⌊a/m⌋ − 1), and nested floors join (⌊(⌊a/m⌋ + c)/n⌋ = ⌊(a + c·m)/(m·n)⌋). A quotient by 0 has no value.
 */
export function floorDivide(numerator: Dimension, denominator: Dimension): Dimension {
  const n = constantValue(numerator);
  const d = constantValue(denominator);
  if (d === 1) return numerator;
  if (n !== undefined && d !== undefined && d !== 0) return constant(Math.floor(n / d));
  if (d === 0) return atomDimension({ kind: "quotient", numerator, denominator });
  const exact = divideExactly(numerator, denominator);
  if (exact !== undefined) return exact;
  const [whole, rest] = splitMultiples(numerator, denominator);
  if (whole.monomials.length > 0) return add(whole, floorDivide(rest, denominator));
  const nested = innerQuotient(numerator);
  if (nested !== undefined) {
    const { quotient: inner, rest: added } = nested;
    return floorDivide(
      add(inner.numerator, multiply(added, inner.denominator)),
      multiply(inner.denominator, denominator),
    );
  }
  return atomDimension({ kind: "quotient", numerator, denominator });
}

function splitMultiples(numerator: Dimension, denominator: Dimension): readonly [Dimension, Dimension] {
  const d = constantValue(denominator);
  const [whole, rest] = splitExactly(numerator, denominator);
  const last = rest.monomials.at(-1);
  if (d === undefined || last === undefined || last.atoms.length > 0) return [whole, rest];
  const quotient = constant(Math.floor(last.coefficient / d));
  return [add(whole, quotient), subtract(rest, multiply(quotient, denominator))];
}

interface Quotient {
  readonly numerator: Dimension;
  readonly denominator: Dimension;
}

/** The numerator as ⌊a/m⌋ + c, where it has exactly one quotient, once. */
function innerQuotient(dimension: Dimension): { readonly quotient: Quotient; readonly rest: Dimension } | undefined {
  const found = dimension.monomials.flatMap(({ atoms, coefficient }) => {
    const [atom] = atoms;
    return coefficient === 1 && atoms.length === 1 && atom.kind === "quotient" ? [atom] : [];
  });
  const [quotient] = found;
  return found.length === 1 ? { quotient, rest: subtract(dimension, atomDimension(quotient)) } : undefined;
}

function atomDimension(atom: Atom): Dimension {
  return fromOrdered([{ coefficient: 1, atoms: [atom] }]);
}

/** The floored remainder, numerator − denominator·⌊numerator/denominator⌋, for a positive denominator. */
export function remainder(numerator: Dimension, denominator: Dimension): Dimension {
  const n = constantValue(numerator);
  const d = constantValue(denominator);
  if (n !== undefined && d !== undefined && d !== 0) return constant(n - d * Math.floor(n / d));
  if (d === 0) return atomDimension({ kind: "remainder", numerator, denominator });
  if (d === 1 || divideExactly(numerator, denominator) !== undefined) return constant(0);
  const [, rest] = splitMultiples(numerator, denominator);
  return rest.key === numerator.key
    ? atomDimension({ kind: "remainder", numerator, denominator })
    : remainder(rest, denominator);
}

export function maximum(left: Dimension, right: Dimension): Dimension {
  return extreme("maximum", left, right);
}

export function minimum(left: Dimension, right: Dimension): Dimension {
  return extreme("minimum", left, right);
}

function extreme(kind: "maximum" | "minimum", left: Dimension, right: Dimension): Dimension {
  const difference = subtract(left, right);
  if (isNeverNegative(difference)) return kind === "maximum" ? left : right;
  if (isNeverNegative(negate(difference))) return kind === "maximum" ? right : left;
  return atomDimension(left.key < right.key ? { kind, left, right } : { kind, left: right, right: left });
}

/** The names that occur in it, in order of appearance. */
export function symbolsOf(dimension: Dimension): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { atoms } of dimension.monomials)
    for (const atom of atoms) for (const name of symbolsOfAtom(atom)) names.add(name);
  return names;
}

function symbolsOfAtom(atom: Atom): ReadonlySet<string> {
  switch (atom.kind) {
    case "symbol":
      return new Set([atom.name]);
    case "quotient":
    case "remainder":
      return new Set([...symbolsOf(atom.numerator), ...symbolsOf(atom.denominator)]);
    case "maximum":
    case "minimum":
      return new Set([...symbolsOf(atom.left), ...symbolsOf(atom.right)]);
  }
}

/** The dimension with each name that `values` has replaced by its dimension. */
export function substitute(dimension: Dimension, values: ReadonlyMap<string, Dimension>): Dimension {
  if (values.size === 0) return dimension;
  return mapAtoms(dimension, (atom) => {
    if (atom.kind === "symbol") return values.get(atom.name) ?? symbol(atom.name);
    return rebuildAtom(atom, (part) => substitute(part, values));
  });
}

/** The dimension with each atom of its monomials replaced. */
export function mapAtoms(dimension: Dimension, fn: (atom: Atom) => Dimension): Dimension {
  if (dimension.monomials.every(({ atoms }) => atoms.length === 0)) return dimension;
  return dimension.monomials.reduce(
    (sum, { coefficient, atoms }) =>
      add(
        sum,
        atoms.reduce((factors, atom) => multiply(factors, fn(atom)), constant(coefficient)),
      ),
    constant(0),
  );
}

/** The atom made again from its parts, each through `fn`; what now simplifies does. */
export function rebuildAtom(atom: Atom, fn: (part: Dimension) => Dimension): Dimension {
  switch (atom.kind) {
    case "symbol":
      return symbol(atom.name);
    case "quotient":
      return floorDivide(fn(atom.numerator), fn(atom.denominator));
    case "remainder":
      return remainder(fn(atom.numerator), fn(atom.denominator));
    case "maximum":
      return maximum(fn(atom.left), fn(atom.right));
    case "minimum":
      return minimum(fn(atom.left), fn(atom.right));
  }
}

/** Its value with every name bound; undefined where a name has no value. */
export function evaluate(dimension: Dimension, values: ReadonlyMap<string, number>): number | undefined {
  const known = constantValue(dimension);
  if (known !== undefined) return known;
  const bound = new Map([...values].map(([name, value]) => [name, constant(value)]));
  return constantValue(substitute(dimension, bound));
}

/** As a person writes it: `2*C + 1`, `floor((H)/(2))`. */
export function print(dimension: Dimension): string {
  return dimension.key;
}

/** `[N, 64]`. */
export function printShape(shape: readonly Dimension[]): string {
  return `[${shape.map(print).join(", ")}]`;
}
