/** The error function and its complement in double precision, which Math lacks: what the float64 interpreter holds values to. */

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** erf within a few units of the sixteenth digit. */
export function erf64(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  const value = magnitude < 2.5 ? series(magnitude) : 1 - complement(magnitude);
  return x < 0 ? -value : value;
}

/** 1 − erf x, relative to itself within 1e-13. */
export function erfc64(x: number): number {
  return x < 2.5 ? 1 - erf64(x) : complement(x);
}

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹/(1·3·…·(2n+1)) (Abramowitz and Stegun 7.1.6); every term is positive. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * sum;
}

/** erfc by its continued fraction (Abramowitz and Stegun 7.1.14), from the 60th level up. */
function complement(x: number): number {
  if (x === Infinity) return 0;
  let fraction = x;
  for (let n = 60; n >= 1; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
