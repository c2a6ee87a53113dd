/**
 * Where an exact compile-time number becomes 32 bits. What does not fit is a mistake at its place: nothing turns into an infinity, a zero or
 * another whole number unseen.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { numberRange } from "../diagnostics/codes/sizes.ts";
import type { Rational } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { compare, print, toNumber, whole } from "./rational.ts";

type NumberType = "f32" | "i32";

export const leastInteger = whole(-(2 ** 31));
export const largestInteger = whole(2 ** 31 - 1);

export const i32Range = `from ${print(leastInteger)} to ${print(largestInteger)}`;

/** What an element of this type can be, where the number cannot. Whether it is whole is another question. */
function expectation(value: Rational, dtype: NumberType): string | undefined {
  if (dtype === "i32") {
    const fits = compare(value, leastInteger) >= 0 && compare(value, largestInteger) <= 0;
    return fits ? undefined : i32Range;
  }
  const rounded = Math.fround(toNumber(value));
  if (!Number.isFinite(rounded)) return "of at most 3.4028234e38 in magnitude";
  return rounded === 0 && value.numerator !== 0n ? "of at least 1.4e-45 in magnitude, or 0" : undefined;
}

export function holds(value: Rational, dtype: NumberType): boolean {
  return expectation(value, dtype) === undefined;
}

/** The number as an element of a tensor; reports one that does not fit. An f32 is rounded by whoever stores it. */
export function elementOf(value: Rational, dtype: NumberType, span: Span, frame: Frame): number {
  const range = expectation(value, dtype);
  if (range !== undefined) frame.fail(numberRange, { dtype, range, found: print(value) }, span, `this is no ${dtype}`);
  return toNumber(value);
}
