/**
 * erf: near 0 an odd polynomial; from 1 on 1 − p(|x|)⁻⁸, the form of Abramowitz and Stegun 7.1.28 with coefficients
 * fitted so that p⁸·erfc is 1. (One rational function over the whole range costs less but rounds to 5 ulp.)
 * erfc: e^(−x²)·w·q(w) with w = 1/(1 + 0.3x), which bends the half line into an interval, so that one q serves all of it.
 */
import {
  abs,
  add,
  atMost,
  choose,
  defineFunction,
  div,
  less,
  mul,
  parameters,
  polynomial,
  sub,
  withSign,
} from "./builder.ts";
import { decayBody } from "./exponential.ts";
import { erf64, erfc64 } from "../erf64.ts";
import { f32 } from "../scalar.ts";

/** erf(x)/x − 1 in x² for |x| ≤ 1; 2^-29. */
const near = [
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026, 0.005187162198126316,
  -0.0007997853099368513, 7.806903886375949e-5,
];

/** erfc(x)·e^(x²)/w in w for 0 ≤ x ≤ 10.1; 2^-25, and exactly 1 at 0. */
const tail = [
  0.16918782889842987, 0.17071788012981415, 0.14832274615764618, 0.21498240530490875, -0.09476839005947113,
  0.5478733777999878, -0.5124001502990723, 0.4856175184249878, -0.12953326106071472,
];

/** erfc(x)^(-1/8) for 1 ≤ x ≤ 3.95; 2^-26 in erf. */
const far = [
  0.9963775873184204, 0.1597205102443695, 0.048416510224342346, 0.07480665296316147, -0.033704835921525955,
  0.018000155687332153, -0.004052401520311832, 0.0005479139508679509,
];

export const erf = defineFunction(
  {
    name: "erf",
    summary: "The error function within 4 ulp.",
    parameters: parameters("f32", "x"),
    float64: erf64,
    cost: 16,
  },
  (let_, [x]) => {
    const square = let_("square", mul(x, x));
    const small = add(mul(x, polynomial(square, near)), x);
    // From 3.95 on it rounds to 1.
    const magnitude = let_("magnitude", atMost(abs(x), 3.95));
    const root = let_("root", polynomial(magnitude, far));
    const power2 = let_("power", mul(root, root));
    const power4 = let_("power", mul(power2, power2));
    const large = withSign(sub(f32(1), div(f32(1), mul(power4, power4))), x);
    return choose(less(magnitude, 1), small, large);
  },
);

export const erfc = defineFunction(
  {
    name: "erfc",
    summary: "1 − erf x, within 8 + x² ulp of itself for x ≥ 0 where that is normal.",
    parameters: parameters("f32", "x"),
    float64: erfc64,
    cost: 16,
  },
  (let_, [x]) => {
    const magnitude = let_("magnitude", abs(x));
    const w = let_("w", div(f32(1), add(mul(magnitude, 0.3), 1)));
    const bell = decayBody(let_, sub(f32(0), mul(magnitude, magnitude)));
    const upper = let_("upper", mul(bell, mul(w, polynomial(w, tail))));
    return choose(less(x, 0), sub(f32(2), upper), upper);
  },
);
