/**
 * What the exponential family shares: splitting x into n·ln 2 + r, with ln 2 in two parts of which the first has 15
 * bits, so that n times it is exact (Cody and Waite 1980); and powers of two made from bits.
 */
import type { Let } from "./builder.ts";
import { add, bits, mul, shiftLeft, sub, unbits } from "./builder.ts";
import type { Scalar } from "../types.ts";

/** 1.5·2²³: added to |t| < 2²², it rounds t to the nearest integer (ties to even) and leaves it in the low bits. */
export const magic = 12582912;

/** ln 2 = upper + lower to 2⁻⁴³. */
export const ln2Upper = 0.693145751953125;
export const ln2Lower = 1.428606765330187e-6;

export interface Reduced {
  /** t + magic; its bits shifted left by 23 are those of n. */
  readonly shifted: Scalar;
  readonly r: Scalar;
}

/** x = n·ln 2 + r with n the integer nearest to x/ln 2 − bias. */
export function reduceByLn2(let_: Let, x: Scalar, bias = 0): Reduced {
  const turns = mul(x, Math.LOG2E);
  const shifted = let_("shifted", add(bias === 0 ? turns : sub(turns, bias), magic));
  const n = let_("n", sub(shifted, magic));
  const r = let_("r", sub(sub(x, mul(n, ln2Upper)), mul(n, ln2Lower)));
  return { shifted, r };
}

/** 2^(n + offset) for the integer n in the low bits of `pattern`, the sum within the normal exponents. */
export function powerOfTwo(pattern: Scalar, offset = 0): Scalar {
  return unbits(add(shiftLeft(pattern, 23), (127 + offset) * 2 ** 23));
}

/** The bits that `powerOfTwo` takes, from a reduction. */
export function patternOf(reduced: Reduced): Scalar {
  return bits(reduced.shifted);
}
