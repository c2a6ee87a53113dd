/**
 * Exact compile-time numbers: fractions of big integers in lowest terms with a positive denominator.
 * Operations answer undefined where there is no result, or where it has more digits than anybody means.
 */
import type { Rational } from "../syntax/ast.ts";
import { numberValue } from "../syntax/literals.ts";

/** Numerators and denominators stay below 2^2048, so no program can make the compiler multiply for minutes; a double has half of that. */
const limit = 1n << 2048n;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The fraction in lowest terms; undefined for a zero denominator and beyond the limit. */
export function fraction(numerator: bigint, denominator: bigint): Rational | undefined {
  if (denominator === 0n) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  const reduced = { numerator: numerator / divisor, denominator: denominator / divisor };
  const tooLong = reduced.numerator > limit || -reduced.numerator > limit || reduced.denominator > limit;
  return tooLong ? undefined : reduced;
}

export function whole(value: number | bigint): Rational {
  return { numerator: BigInt(value), denominator: 1n };
}

/** A double as a person writes it: 0.1 is 1/10, not the binary fraction next to it. Undefined for infinities and NaN. */
export function written(value: number): Rational | undefined {
  const found = Number.isFinite(value) ? numberValue(String(Math.abs(value))) : undefined;
  if (typeof found !== "object") return undefined;
  return value < 0 ? negate(found) : found;
}

/** The exact value of a finite double; undefined for infinities and NaN. */
export function exact(value: number): Rational | undefined {
  if (!Number.isFinite(value)) return undefined;
  let [scaled, denominator] = [value, 1n];
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return fraction(BigInt(scaled), denominator);
}

export function isWhole({ denominator }: Rational): boolean {
  return denominator === 1n;
}

export function add(a: Rational, b: Rational): Rational | undefined {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function multiply(a: Rational, b: Rational): Rational | undefined {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational | undefined {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function floor({ numerator, denominator }: Rational): Rational {
  const quotient = numerator / denominator;
  return whole(numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient);
}

/** The floored remainder, a − b⌊a/b⌋. */
export function modulo(a: Rational, b: Rational): Rational | undefined {
  const quotient = divide(a, b);
  const subtracted = quotient === undefined ? undefined : multiply(b, floor(quotient));
  return subtracted === undefined ? undefined : add(a, negate(subtracted));
}

function bitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/** `a ** b`: exact for a whole exponent, rounded to a double otherwise. */
export function power(a: Rational, b: Rational): Rational | undefined {
  if (!isWhole(b)) return exact(toNumber(a) ** toNumber(b));
  const exponent = Math.abs(Number(b.numerator));
  const size = Math.max(bitsOf(a.numerator), bitsOf(a.denominator));
  if (exponent > 1 && size > 1 && size * exponent > 4096) return undefined;
  const odd = b.numerator % 2n !== 0n;
  const small = size === 1 ? BigInt(exponent === 0 ? 0 : odd ? 1 : 2) : BigInt(exponent);
  const [numerator, denominator] = [a.numerator ** small, a.denominator ** small];
  return b.numerator < 0n ? fraction(denominator, numerator) : fraction(numerator, denominator);
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The nearest double, also of fractions whose parts are beyond what a double holds. */
export function toNumber({ numerator, denominator }: Rational): number {
  const direct = Number(numerator) / Number(denominator);
  if (Number.isFinite(direct) && Number.isSafeInteger(Number(numerator)) && Number.isSafeInteger(Number(denominator)))
    return direct;
  const bits = BigInt(Math.max(0, numerator.toString(2).length, denominator.toString(2).length));
  const shift = bits < 64n ? 64n : bits + 64n;
  const scaled = (numerator << shift) / denominator;
  return scaleDown(scaled, shift);
}

/** `value` · 2^−shift without overflow on the way. */
function scaleDown(value: bigint, shift: bigint): number {
  const excess = BigInt(Math.max(0, (value < 0n ? -value : value).toString(2).length - 64));
  const mantissa = Number(value >> excess);
  const exponent = Number(excess - shift);
  return exponent < -1000 ? mantissa * 2 ** -1000 * 2 ** (exponent + 1000) : mantissa * 2 ** exponent;
}

/** What divides it has a decimal form of at most six places. */
const shortDecimals = 1_000_000n;
/** More digits than anybody counts. */
const maximalDigits = 21;

/** As a person writes it: `3`, `1.5`, `1/3`, `1e+39`. */
export function print(value: Rational): string {
  const { numerator, denominator } = value;
  const digits = String(numerator).length + String(denominator).length;
  const double = toNumber(value);
  if (!Number.isFinite(double) || (double === 0 && numerator !== 0n)) return scientific(value);
  if (digits > maximalDigits + 1) return String(double);
  if (denominator === 1n) return String(numerator);
  return shortDecimals % denominator === 0n ? String(double) : `${numerator}/${denominator}`;
}

/** What a double does not hold, cut to four digits: `1.148e+602`. */
function scientific({ numerator, denominator }: Rational): string {
  const size = numerator < 0n ? -numerator : numerator;
  const large = size > denominator;
  const zeros = large ? 0 : String(denominator / size).length + 3;
  const digits = String((size * 10n ** BigInt(zeros)) / denominator);
  const exponent = digits.length - 1 - zeros;
  return `${numerator < 0n ? "-" : ""}${digits[0]}.${digits.slice(1, 4)}e${exponent < 0 ? "" : "+"}${exponent}`;
}
