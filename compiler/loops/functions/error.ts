/**
 * erf: near 0 an odd polynomial; from 1 on 1 − p(|x|)⁻¹⁶, the form of Abramowitz and Stegun 7.1.28 with coefficients
 * fitted so that p¹⁶·erfc is 1. (One rational function over the whole range costs less but rounds to 5 ulp.)
 */
import { abs, add, atMost, choose, defineFunction, div, less, mul, parameters, polynomial, sub, withSign } from "./builder.ts";
import { f32 } from "../scalar.ts";

/** erf(x)/x − 1 in x² for |x| ≤ 1; 2^-29. */
const near = [
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026, 0.005187162198126316,
  -0.0007997853099368513, 7.806903886375949e-5,
];

/** erfc(x)^(-1/16) for 1 ≤ x ≤ 3.95; 2^-26 in erf. */
const far = [
  1.000379204750061, 0.06878692656755447, 0.04557868838310242, 0.005951515398919582, 0.0020153347868472338,
  -0.00027423948631621897, 0.00010972435120493174,
];

export const erf = defineFunction(
  { name: "erf", summary: "The error function within 4 ulp.", parameters: parameters("f32", "x") },
  (let_, [x]) => {
    const square = let_("square", mul(x, x));
    const small = add(mul(x, polynomial(square, near)), x);
    // From 3.95 on it rounds to 1.
    const magnitude = let_("magnitude", atMost(abs(x), 3.95));
    const root = let_("root", polynomial(magnitude, far));
    const power2 = let_("power", mul(root, root));
    const power4 = let_("power", mul(power2, power2));
    const power8 = let_("power", mul(power4, power4));
    const large = withSign(sub(f32(1), div(f32(1), mul(power8, power8))), x);
    return choose(less(magnitude, 1), small, large);
  },
);
