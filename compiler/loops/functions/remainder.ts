/**
 * The floored remainder of f32, exact where |a/b| ≤ 2²⁴: what a quotient of whole number takes away is subtracted as the
 * unrounded product, the sum of two numbers (Dekker 1971), and a quotient that was rounded up is mended afterwards.
 */
import type { Let } from "./builder.ts";
import {
  abs,
  add,
  and,
  atLeast,
  atMost,
  bits,
  choose,
  defineFunction,
  div,
  floor,
  greater,
  less,
  mul,
  parameters,
  sub,
  unbits,
  withSign,
  xor,
} from "./builder.ts";
import type { Scalar } from "../types.ts";

/** The leading 12 bits: products of two such halves, or of what they leave, fit an f32. */
function leading(let_: Let, name: string, value: Scalar): readonly [Scalar, Scalar] {
  const upper = let_(`${name}Upper`, unbits(and(bits(value), -4096)));
  return [upper, let_(`${name}Lower`, sub(value, upper))];
}

/** x − q·y without rounding, where the result fits an f32. */
function minusProduct(let_: Let, x: Scalar, q: Scalar, y: Scalar): Scalar {
  const [q1, q2] = leading(let_, "quotient", q);
  const [y1, y2] = leading(let_, "divisor", y);
  // Any number near the product serves, since its distance is worked out; a sum is one that no compiler fuses with x.
  const near = let_("near", add(mul(q, y1), mul(q, y2)));
  const first = let_("rest", add(sub(mul(q1, y1), near), mul(q1, y2)));
  const rest = let_("rest", add(add(first, mul(q2, y1)), mul(q2, y2)));
  return let_("difference", sub(sub(x, near), rest));
}

/** The remainder of x ≥ 0 and y > 0, in [0, y); any number of that range where the quotient has no place for a fraction. */
function remainderOf(let_: Let, x: Scalar, y: Scalar): Scalar {
  const large = let_("large", greater(x, 2 ** 100));
  const scale = let_("scale", choose(large, 2 ** -24, 1));
  const [dividend, divisor] = [let_("dividend", mul(x, scale)), let_("divisor", mul(y, scale))];
  const quotient = let_("quotient", floor(div(dividend, divisor)));
  const rest = minusProduct(let_, dividend, quotient, divisor);
  const raised = let_("raised", choose(less(rest, 0), add(rest, divisor), rest));
  const lowered = choose(less(raised, divisor), raised, sub(raised, divisor));
  const result = let_("remainder", mul(lowered, choose(large, 2 ** 24, 1)));
  return let_("remainder", choose(less(result, y), atLeast(result, 0), 0));
}

/** The floored remainder, exact. A zero has the sign of the divisor. */
function mod64(left: number, right: number): number {
  const rest = left % right;
  if (rest === 0) return right < 0 ? -0 : 0;
  return rest < 0 === right < 0 ? rest : rest + right;
}

export const mod = defineFunction(
  {
    name: "mod",
    summary:
      "The floored remainder of a by b: exact where |a/b| ≤ 2²⁴, in [0, b) or (b, 0] for every finite b, with the sign of b.",
    parameters: parameters("f32", "a", "b"),
    float64: mod64,
    cost: 32,
  },
  (let_, [a, b]) => {
    const [x, y] = [let_("x", abs(a)), let_("y", abs(b))];
    const finite = choose(less(y, Infinity), remainderOf(let_, x, y), x);
    const remainder = let_("remainder", finite);
    // Between signs it is counted from the other end, and never rounded to b itself.
    const opposite = and(less(xor(bits(a), bits(b)), 0), greater(remainder, 0));
    const counted = choose(opposite, atMost(sub(y, remainder), mul(y, 1 - 2 ** -24)), remainder);
    const defined = and(less(x, Infinity), greater(y, 0));
    return choose(defined, withSign(counted, b), NaN);
  },
);
