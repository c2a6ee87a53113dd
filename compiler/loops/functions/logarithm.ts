/** log, log1p, and pow, which is exp(b·log a). Coefficients as in exponential.ts. */
import type { Let, Operand } from "./builder.ts";
import {
  abs,
  add,
  and,
  atMost,
  bits,
  choose,
  defineFunction,
  equals,
  floor,
  greater,
  less,
  mul,
  or,
  parameters,
  polynomial,
  shiftLeft,
  shiftRight,
  sub,
  unbits,
  withSign,
} from "./builder.ts";
import { expBody } from "./exponential.ts";
import { ln2Lower, ln2Upper } from "./reduction.ts";
import { cast, i32 } from "../scalar.ts";
import type { Scalar } from "../types.ts";

/** (log(1 + f) − f + f²/2)/f³ on √½ ≤ 1 + f ≤ √2, relative to log(1 + f); 2^-27. */
const logTail = [
  0.3333333134651184, -0.250008225440979, 0.20001254975795746, -0.16623330116271973, 0.142011821269989,
  -0.1315990835428238, 0.12765198945999146, -0.0763946995139122,
];

/** The bits of √½. */
const rootHalf = 0x3f3504f3;
const oneBits = 0x3f800000;

/** x = 2ᵏ·m with √½ ≤ m < √2, for a normal positive x. */
function split(let_: Let, x: Scalar): { readonly k: Scalar; readonly m: Scalar } {
  const pattern = let_("pattern", bits(x));
  const k = let_("k", shiftRight(sub(pattern, rootHalf), 23));
  return { k, m: unbits(sub(pattern, shiftLeft(k, 23))) };
}

/** log(1 + f) + k·ln 2. */
function logOf(let_: Let, f: Scalar, k: Scalar): Scalar {
  const square = let_("square", mul(f, f));
  const tail = sub(mul(mul(square, f), polynomial(f, logTail)), mul(square, 0.5));
  return add(add(add(tail, mul(k, ln2Lower)), f), mul(k, ln2Upper));
}

/** `inside` where the argument is above its pole and finite; −∞ at the pole, NaN below it, ∞ and NaN as they come. */
function withPole(x: Scalar, pole: number, inside: Operand): Scalar {
  const below = choose(equals(x, pole), -Infinity, NaN);
  return choose(greater(x, pole), choose(less(x, Infinity), inside, x), below);
}

function logBody(let_: Let, x: Scalar): Scalar {
  const subnormal = let_("subnormal", less(x, 2 ** -126));
  const { k, m } = split(let_, let_("normal", choose(subnormal, mul(x, 2 ** 23), x)));
  const exponent = let_("exponent", cast("f32", add(k, choose(subnormal, i32(-23), i32(0)))));
  return withPole(x, 0, logOf(let_, let_("f", sub(m, 1)), exponent));
}

export const log = defineFunction(
  {
    name: "log",
    summary: "The natural logarithm within 2 ulp; −∞ at ±0, NaN below.",
    parameters: parameters("f32", "x"),
    float64: Math.log,
    cost: 16,
  },
  (let_, [x]) => logBody(let_, x),
);

export const log1p = defineFunction(
  {
    name: "log1p",
    summary: "log(1 + x) within 2 ulp; −∞ at −1, NaN below.",
    parameters: parameters("f32", "x"),
    float64: Math.log1p,
    cost: 16,
  },
  (let_, [x]) => {
    const sum = let_("sum", add(x, 1));
    const { k, m } = split(let_, sum);
    // What rounding took from 1 + x, brought to the scale of m. For k = 0 it makes f exactly x; for k = 128 it is 0.
    const lost = sub(x, sub(sum, 1));
    const scale = unbits(sub(i32(oneBits), shiftLeft(atMost(k, 127), 23)));
    const f = let_("f", add(sub(m, 1), mul(lost, scale)));
    const result = withPole(x, -1, logOf(let_, f, let_("exponent", cast("f32", k))));
    return choose(equals(x, 0), x, result);
  },
);

/** As NumPy has it; JavaScript answers NaN where the base is ±1 and the exponent is infinite, or is NaN for 1. */
function pow64(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

export const pow = defineFunction(
  {
    name: "pow",
    summary:
      "exp(b·log |a|), with the sign of a where b is odd; NaN where a is negative and finite and b is not whole.",
    parameters: parameters("f32", "a", "b"),
    float64: pow64,
    cost: 32,
  },
  (let_, [a, b]) => {
    const magnitude = let_("magnitude", abs(a));
    const exponent = let_("x", mul(b, let_("logarithm", logBody(let_, magnitude))));
    // The powers of ±1 need no logarithm: 0 times an infinite exponent is none.
    const isOne = or(equals(b, 0), equals(magnitude, 1));
    const power = let_("power", choose(isOne, 1, expBody(let_, exponent)));
    // Infinities and all numbers from 2²⁴ on are whole, and even.
    const half = let_("half", mul(b, 0.5));
    const [whole, odd] = [let_("whole", equals(b, floor(b))), less(floor(half), half)];
    const real = let_("real", choose(and(whole, odd), withSign(power, a), power));
    // Only −0 and −∞ have limits to give where the exponent is not whole.
    const isNegative = and(less(a, 0), less(magnitude, Infinity));
    return choose(isNegative, choose(whole, real, NaN), real);
  },
);
