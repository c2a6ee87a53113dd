/** Sums of monomials, canonical: sorted, each product once, none with coefficient zero, and none longer than any that is meant. */
import { atomsKey, monomialKey, type Dimension, type Monomial } from "./terms.ts";

/**
 * Thrown where a coefficient or a value leaves the safe integers, or a polynomial becomes longer than any that is meant; the elaborator reports
 * it at the source.
 */
export class DimensionOverflow extends Error {
  /** What became too much. */
  readonly what: string;
  /** How much it may be, where that is no number of elements. */
  readonly most: string | undefined;

  constructor(what: string, most?: string) {
    super(`${what} exceeds ${most ?? "2^53 - 1"}`);
    this.name = "DimensionOverflow";
    this.what = what;
    this.most = most;
  }
}

export function safe(value: number, operation: string): number {
  if (!Number.isSafeInteger(value)) throw new DimensionOverflow(operation);
  return value;
}

/** Polynomials that are longer, in terms or as text, are refused: sums of products of sums would take forever. */
const mostTerms = 256;
const longestKey = 4096;

export function checkTerms(count: number): void {
  if (count > mostTerms) throw new DimensionOverflow("a size that is written out", `${mostTerms} terms`);
}

/** The sum of monomials that are in order, each product once and none with coefficient zero. */
export function fromOrdered(monomials: readonly Monomial[]): Dimension {
  checkTerms(monomials.length);
  let key = "";
  for (const monomial of monomials) {
    const text = monomialKey(monomial);
    if (key === "") key = text;
    else key += monomial.coefficient < 0 ? ` - ${text.slice(1)}` : ` + ${text}`;
  }
  if (key.length > longestKey) throw new DimensionOverflow("a size that is written out", `${longestKey} characters`);
  return { monomials, key: key === "" ? "0" : key };
}

/** Products of more atoms come first, equal ones by their texts. */
function order(left: Monomial, right: Monomial): number {
  if (left.atoms.length !== right.atoms.length) return right.atoms.length - left.atoms.length;
  const [a, b] = [atomsKey(left.atoms), atomsKey(right.atoms)];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Two sums that are in order as one. */
export function merge(left: readonly Monomial[], right: readonly Monomial[]): readonly Monomial[] {
  const merged: Monomial[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l], right[r]];
    const before = order(a, b);
    if (before <= 0) l += 1;
    if (before >= 0) r += 1;
    if (before !== 0) merged.push(before < 0 ? a : b);
    else {
      const coefficient = safe(a.coefficient + b.coefficient, "a dimension");
      if (coefficient !== 0) merged.push({ coefficient, atoms: a.atoms });
    }
  }
  return [...merged, ...left.slice(l), ...right.slice(r)];
}

export function fromMonomials(monomials: readonly Monomial[]): Dimension {
  const kept = monomials.filter(({ coefficient }) => coefficient !== 0);
  if (kept.length < 2) return fromOrdered(kept);
  const sorted = kept.toSorted(order);
  const distinct: Monomial[] = [];
  for (const monomial of sorted) {
    const last = distinct.at(-1);
    if (last === undefined || order(last, monomial) !== 0) distinct.push(monomial);
    else {
      const coefficient = safe(last.coefficient + monomial.coefficient, "a dimension");
      distinct[distinct.length - 1] = { coefficient, atoms: last.atoms };
    }
  }
  return fromOrdered(distinct.filter(({ coefficient }) => coefficient !== 0));
}

/** Each coefficient times a number other than 0. */
export function scale({ monomials }: Dimension, factor: number, operation: string): Dimension {
  return fromOrdered(
    monomials.map(({ coefficient, atoms }) => ({ coefficient: safe(coefficient * factor, operation), atoms })),
  );
}
