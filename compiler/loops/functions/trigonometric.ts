/**
 * sin and cos, all errors absolute: within 2⁻²² for |x| ≤ 8192 and 2⁻¹⁸ up to 2¹⁷. From there the parts of π are too few: up to 1/60 is wrong
 * below 2¹⁹, twice as much with each doubling of x, and from 2²³ on the result is any number of [−1, 1]. It is NaN for infinities.
 */
import {
  add,
  atLeast,
  atMost,
  bits,
  defineFunction,
  mul,
  parameters,
  polynomial,
  shiftLeft,
  sub,
  unbits,
  xor,
} from "./builder.ts";
import type { Let } from "./builder.ts";
import { magic } from "./reduction.ts";
import type { Scalar } from "../types.ts";

/** (sin(r)/r − 1)/r² in r² for |r| ≤ 1.572, a little over π/2; 2^-27. */
const sineTail = [-0.16666659712791443, 0.008333069272339344, -0.000198097710381262, 2.6060677100758767e-6];

/** π in three parts; multiples of the first two up to 2¹² and half ones are exact (Cody and Waite 1980). */
const pi = [3.140625, 9.67502593994140625e-4, 1.509957990978376e-7];

/** (−1)ⁿ·sin r, n in the low bits of `shifted`. */
function alternating(let_: Let, r: Scalar, shifted: Scalar): Scalar {
  const square = let_("square", mul(r, r));
  const sine = mul(r, add(mul(square, polynomial(square, sineTail)), 1));
  const clamped = atMost(atLeast(sine, -1), 1);
  return unbits(xor(bits(clamped), shiftLeft(bits(shifted), 31)));
}

export const sin = defineFunction(
  {
    name: "sin",
    summary: "The sine within 2⁻²² for |x| ≤ 8192, 2⁻¹⁸ up to 2¹⁷; any number of [−1, 1] from 2²³ on.",
    parameters: parameters("f32", "x"),
    float64: Math.sin,
    cost: 16,
  },
  (let_, [x]) => {
    const shifted = let_("shifted", add(mul(x, 1 / Math.PI), magic));
    const n = let_("n", sub(shifted, magic));
    const r = let_(
      "r",
      pi.reduce<Scalar>((rest, part) => sub(rest, mul(n, part)), x),
    );
    return alternating(let_, r, shifted);
  },
);

export const cos = defineFunction(
  {
    name: "cos",
    summary: "The cosine within 2⁻²² for |x| ≤ 8192, 2⁻¹⁸ up to 2¹⁷; any number of [−1, 1] from 2²³ on.",
    parameters: parameters("f32", "x"),
    float64: Math.cos,
    cost: 16,
  },
  (let_, [x]) => {
    // With h = n + ½, cos x = (−1)ⁿ·sin(h·π − x).
    const shifted = let_("shifted", add(sub(mul(x, 1 / Math.PI), 0.5), magic));
    const h = let_("h", add(sub(shifted, magic), 0.5));
    const [first, ...others] = pi;
    const r = let_(
      "r",
      others.reduce<Scalar>((rest, part) => add(rest, mul(h, part)), sub(mul(h, first), x)),
    );
    return alternating(let_, r, shifted);
  },
);
