/**
 * Literals: the exact value of a number as written, and the text of a string. Nothing is rounded here, and no number that
 * a double cannot hold gets through.
 */
import type { Rational } from "./ast.ts";

/** Why a text is no number of the language. */
export type NumberProblem = "malformed" | "tooLarge" | "tooSmall" | "tooLong";

/** More digits than the exact value of any double has. */
const maximalLength = 1100;

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function reduced(numerator: bigint, denominator: bigint): Rational {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The value of `1e-3`, `0.5`, `20%`, without a sign. */
export function numberValue(text: string): Rational | NumberProblem {
  if (text.length > maximalLength) return "tooLong";
  const parts = /^([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?(%?)$/.exec(text);
  if (parts === null) return "malformed";
  const [, whole = "", fraction = "", exponent = "0", percent = ""] = parts;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return { numerator: 0n, denominator: 1n };
  const double = Number(`${whole}.${fraction}e${exponent}`);
  if (double === Infinity) return "tooLarge";
  if (double === 0) return "tooSmall";
  const scale = Number(exponent) - fraction.length - (percent === "" ? 0 : 2);
  return scale >= 0
    ? { numerator: digits * 10n ** BigInt(scale), denominator: 1n }
    : reduced(digits, 10n ** BigInt(-scale));
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["n", "\n"],
  ["t", "\t"],
]);

/** A string's text between its quotes, and the offsets in `image` of escapes that mean nothing. */
export function stringValue(image: string): { readonly value: string; readonly badEscapes: readonly number[] } {
  const badEscapes: number[] = [];
  const value = image.slice(1, -1).replace(/\\([^])/gu, (written: string, character: string, offset: number) => {
    const meant = escapes.get(character);
    if (meant === undefined) badEscapes.push(offset + 1);
    return meant ?? written;
  });
  return { value, badEscapes };
}
