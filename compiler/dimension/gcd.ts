/** Euclid's algorithm. */

/** The greatest common divisor of two whole numbers of either sign. */
export function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}
