/**
 * `cumsum(x, axis)`: for each place the sum of what lies up to it, by doubling (Hillis and Steele 1986): with s = 1, 2, 4, …
 * x[i] + x[i − s], so that n elements take ⌈log₂ n⌉ passes, each of whole vectors. Its gradient runs the other way by itself.
 */
import { unsupported } from "../../diagnostics/codes/unsupported.ts";
import { constant, constantValue } from "../../dimension/dimension.ts";
import type { Value } from "../../graph/types.ts";
import type { Builder } from "../../ops/define.ts";
import { describeType, type Evaluated } from "../values.ts";
import { axisAt } from "./axes.ts";
import type { BuiltinCall, Rule } from "./call.ts";

function cumsum(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const { dtype, shape } = tensor.type;
  if (dtype === "bool") call.failElements("x", "numbers", tensor, "convert with `i32(…)`");
  const axis = axisAt("axis", shape.length, describeType(tensor.type), call);
  const size = constantValue(shape[axis]);
  if (size === undefined)
    return call.frame.fail(unsupported, { what: "`cumsum` along a dimension that stays open" }, call.span, "this");
  return call.frame.at(call.span, () => ({ ...tensor, value: doubled(call.builder, tensor.value, axis, size) }));
}

export function doubled(builder: Builder, value: Value, axis: number, size: number): Value {
  const { shape } = builder.typeOf(value);
  const none = shape.map(() => constant(0));
  let sums = value;
  for (let step = 1; step < size; step *= 2) {
    const earlier = builder.one("slice", [sums], {
      start: none,
      size: shape.with(axis, constant(size - step)),
      step: shape.map(() => 1),
    });
    const shifted = builder.one("pad", [earlier], { low: none.with(axis, constant(step)), high: none, value: 0 });
    sums = builder.one("add", [sums, shifted]);
  }
  return sums;
}

export const cumsumRules: readonly (readonly [string, Rule])[] = [["cumsum", cumsum]];
