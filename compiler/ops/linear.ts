/**
 * The product of a constant matrix and a few scalars, written out: a term for each nonzero, no product with ±1. Rows or columns
 * that differ in signs alone share their sums and differences, which get names. The order of every sum is fixed here.
 */
import { binary, f32, unary } from "../loops/scalar.ts";
import type { Scalar } from "../loops/types.ts";

export type Matrix = readonly (readonly number[])[];

/** Gives a scalar that is used several times a name. */
export type Bind = (value: Scalar) => Scalar;

interface Term {
  readonly factor: number;
  readonly value: Scalar;
}

/** One scalar for each row of the matrix, of one for each of its columns; 0 for a row of zeros. */
export function product(matrix: Matrix, operands: readonly Scalar[], bind: Bind): readonly Scalar[] {
  const rows = termsOf(matrix, operands, bind);
  const results = new Map<number, Scalar>();
  for (const [row, terms] of rows.entries()) {
    if (results.has(row)) continue;
    const twin = rows.findIndex((other, at) => at > row && !results.has(at) && isTwin(terms, other));
    const [equal, opposite] = twin < 0 ? [terms, []] : parts(terms, rows[twin]);
    if (equal.length === 0 || opposite.length === 0) {
      results.set(row, sum(terms));
      continue;
    }
    const [even, odd] = [bind(sum(equal)), bind(sum(opposite))];
    results.set(row, binary("add", even, odd));
    results.set(twin, binary("sub", even, odd));
  }
  return rows.map((_, row) => results.get(row) ?? f32(0));
}

/** The nonzeros of each row, with two columns that are equal up to signs replaced by the sum and the difference of their operands. */
function termsOf(matrix: Matrix, operands: readonly Scalar[], bind: Bind): readonly (readonly Term[])[] {
  const rows: Term[][] = matrix.map(() => []);
  const done = new Set<number>();
  for (const [column, operand] of operands.entries()) {
    if (done.has(column)) continue;
    const signs = (other: number): readonly number[] => matrix.map((row) => row[column] * row[other]).map(Math.sign);
    const twin = operands.findIndex(
      (_, other) =>
        other > column &&
        !done.has(other) &&
        matrix.every((row) => Math.abs(row[column]) === Math.abs(row[other])) &&
        [1, -1].every((sign) => signs(other).filter((one) => one === sign).length > 1),
    );
    const shared =
      twin < 0 ? undefined : (["add", "sub"] as const).map((by) => bind(binary(by, operand, operands[twin])));
    for (const [row, entries] of matrix.entries()) {
      const factor = entries[column];
      if (factor === 0) continue;
      const value = shared === undefined ? operand : shared[factor === entries[twin] ? 0 : 1];
      rows[row].push({ factor, value });
    }
    if (twin >= 0) done.add(twin);
  }
  return rows;
}

/** Whether the terms are equal up to signs. */
function isTwin(terms: readonly Term[], others: readonly Term[]): boolean {
  return (
    terms.length === others.length &&
    terms.every(
      ({ factor, value }, at) => others[at].value === value && Math.abs(others[at].factor) === Math.abs(factor),
    )
  );
}

/** The terms that the other row has, too, and those that it has with the other sign. */
function parts(terms: readonly Term[], others: readonly Term[]): readonly [readonly Term[], readonly Term[]] {
  const isEqual = (term: Term, at: number): boolean => term.factor === others[at].factor;
  return [terms.filter(isEqual), terms.filter((term, at) => !isEqual(term, at))];
}

/** One by one, the first that is not subtracted in front, then in their order. */
function sum(terms: readonly Term[]): Scalar {
  const first = terms.find(({ factor }) => factor > 0) ?? terms.at(0);
  if (first === undefined) return f32(0);
  const start = first.factor > 0 ? scaled(first) : unary("neg", scaled(first));
  return terms
    .filter((term) => term !== first)
    .reduce((total, term) => binary(term.factor > 0 ? "add" : "sub", total, scaled(term)), start);
}

/** By the factor without its sign. */
function scaled({ factor, value }: Term): Scalar {
  const by = Math.abs(factor);
  return by === 1 ? value : binary("mul", f32(by), value);
}
