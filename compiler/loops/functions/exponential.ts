/**
 * exp, expm1 and tanh. Coefficients: minimax over the reduced interval, rounded to float32 from the lowest degree up,
 * each time with the others fitted again. Over- and underflow are gradual: subnormal results are right, too, but for those of a decay.
 */
import type { Let } from "./builder.ts";
import {
  abs,
  add,
  choose,
  defineFunction,
  div,
  atLeast,
  less,
  atMost,
  mul,
  parameters,
  polynomial,
  shiftRight,
  sub,
  withSign,
} from "./builder.ts";
import { patternOf, powerOfTwo, reduceByLn2 } from "./reduction.ts";
import type { Reduced } from "./reduction.ts";
import type { Scalar } from "../types.ts";

/** (eʳ − 1 − r)/r² on |r| ≤ ln 2 / 2; 2^-28. */
const expTail = [
  0.4999999403953552, 0.1666652113199234, 0.04166826605796814, 0.008368674665689468, 0.0013820611638948321,
];

/** The same on −0.2877 ≤ r ≤ 0.4055, relative to eʳ − 1; 2^-26. */
const expm1Tail = [
  0.5000001192092896, 0.16666585206985474, 0.041659727692604065, 0.008358686231076717, 0.0014596835244446993,
];

/**
 * log₂ 1.5 − ½: n is chosen so that eʳ − 1 lies in [−¼, ½]. Then neither 2(eʳ − 1) + 1 nor ½(eʳ − 1) − ½ falls into a
 * binade where the error of eʳ − 1 would double.
 */
const expm1Bias = 0.0849625;

export function expBody(let_: Let, x: Scalar): Scalar {
  // Beyond these the result is 0 or infinite; a NaN passes through both.
  const clamped = let_("clamped", atMost(atLeast(x, -104), 89));
  const reduced = reduceByLn2(let_, clamped);
  const full = let_("full", expOfRest(reduced));
  // What comes to 0 starts as 0: processors take ten times as long for a product that underflows, as masked scores do.
  const mantissa = let_("mantissa", choose(less(clamped, -103.98), 0, full));
  // 2ⁿ in two factors: n may be below −126 or 128, and only the last product rounds.
  const pattern = let_("pattern", patternOf(reduced));
  const half = let_("half", shiftRight(pattern, 1));
  return mul(mul(mantissa, powerOfTwo(half)), powerOfTwo(sub(pattern, half)));
}

/** eʳ. */
function expOfRest({ r }: Reduced): Scalar {
  return add(add(mul(mul(r, r), polynomial(r, expTail)), r), 1);
}

/** eˣ for x ≤ 0, and 0 below −87.33, short of where that is subnormal: so 2ⁿ is normal, and one factor. */
export function decayBody(let_: Let, x: Scalar): Scalar {
  const least = -87.33;
  const exponent = let_("exponent", x);
  const reduced = reduceByLn2(let_, let_("clamped", atLeast(exponent, least)));
  const mantissa = let_("mantissa", choose(less(exponent, least), 0, expOfRest(reduced)));
  return mul(mantissa, powerOfTwo(let_("pattern", patternOf(reduced))));
}

export const exp = defineFunction(
  {
    name: "exp",
    summary: "eˣ within 2 ulp, subnormal results included.",
    parameters: parameters("f32", "x"),
    float64: Math.exp,
    cost: 16,
  },
  (let_, [x]) => expBody(let_, x),
);

/** 2ⁿ·(1 + q) = eˣ, q = eʳ − 1. */
function expm1Parts(let_: Let, x: Scalar): { readonly pattern: Scalar; readonly q: Scalar } {
  const reduced = reduceByLn2(let_, x, expm1Bias);
  const { r } = reduced;
  const q = let_("q", add(mul(mul(r, r), polynomial(r, expm1Tail)), r));
  return { pattern: patternOf(reduced), q };
}

export const expm1 = defineFunction(
  { name: "expm1", summary: "eˣ − 1 within 2 ulp.", parameters: parameters("f32", "x"), float64: Math.expm1, cost: 16 },
  (let_, [x]) => {
    const { pattern, q } = expm1Parts(let_, let_("clamped", atMost(atLeast(x, -17.4), 89)));
    // Half of it, doubled at the end, so that 2ⁿ stays finite where the result is.
    const scale = let_("scale", powerOfTwo(pattern, -1));
    const result = mul(add(mul(scale, q), sub(scale, 0.5)), 2);
    return choose(less(abs(x), 2 ** -25), x, result);
  },
);

export const tanh = defineFunction(
  {
    name: "tanh",
    summary: "The hyperbolic tangent within 4 ulp, as e/(e + 2) with e = expm1(2|x|).",
    parameters: parameters("f32", "x"),
    float64: Math.tanh,
    cost: 16,
  },
  (let_, [x]) => {
    // From 9.02 on it rounds to 1.
    const magnitude = let_("magnitude", atMost(abs(x), 9.02));
    const { pattern, q } = expm1Parts(let_, let_("twice", add(magnitude, magnitude)));
    const scale = let_("scale", powerOfTwo(pattern));
    const e = let_("e", add(mul(scale, q), sub(scale, 1)));
    return withSign(div(e, add(e, 2)), x);
  },
);
