/**
 * `cumsum(x, axis)`: for each place the sum of what lies up to it. By doubling (Hillis and Steele 1986) where the size is known: with
 * s = 1, 2, 4, … x[i] + x[i − s], so that n elements take ⌈log₂ n⌉ passes, each of whole vectors. Else one addition after the other. Its
 * gradient runs the other way by itself.
 */
import { constant, constantValue } from "../../dimension/dimension.ts";
import { given, scan } from "../../graph/region.ts";
import type { Value } from "../../graph/types.ts";
import { axisFromFront, axisToFront, fill } from "../../ops/emit.ts";
import { describeType, type Evaluated, type Tensor } from "../values.ts";
import type { Builder } from "../../ops/define.ts";
import { axisAt } from "./axes.ts";
import type { BuiltinCall, Rules } from "./call.ts";

function cumsum(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  const { dtype, shape } = tensor.type;
  if (dtype === "bool") call.failElements("x", "numbers", tensor, "convert with `i32(…)`");
  const axis = axisAt("axis", shape.length, describeType(tensor.type), call);
  const size = constantValue(shape[axis]);
  return call.frame.at(call.span, () => ({
    ...tensor,
    value: size === undefined ? carried(tensor, axis, call) : doubled(call.builder, tensor.value, axis, size),
  }));
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

/** A scan that carries the sum. */
function carried({ value, type: { dtype, shape } }: Tensor, axis: number, { builder }: BuiltinCall): Value {
  const part = { dtype, shape: shape.filter((_, other) => other !== axis) };
  const [one, sum] = [given(builder, "x", part), given(builder, "sum", part)];
  const next = builder.one("add", [sum, one]);
  const { emits } = scan(builder, {
    length: shape[axis],
    reversed: false,
    recompute: false,
    sliced: [{ value: axisToFront(builder, value, axis), given: one }],
    carried: [{ value: fill(builder, part.shape, 0, dtype), given: sum, next }],
    emits: [next],
  });
  return axisFromFront(builder, emits[0], axis);
}

export const cumsumRules = {
  cumsum,
} satisfies Rules;
