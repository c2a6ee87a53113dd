/** `sum mean max min prod argmax argmin`: over axes by label, by position, or all. */
import { constant, constantValue, product } from "../../dimension/dimension.ts";
import { dimensionValue, fill, negate, reshape } from "../../ops/emit.ts";
import { type Evaluated, type Tensor } from "../values.ts";
import { axesOf } from "./axes.ts";
import type { BuiltinCall, Rule, Rules } from "./call.ts";

function reduction(name: "sum" | "mean" | "max" | "min" | "prod" | "argmax" | "argmin"): Rule {
  return (call) => {
    const tensor = call.tensor("x");
    const floats = name === "mean";
    if (tensor.type.dtype === "bool" || (floats && tensor.type.dtype !== "f32")) {
      call.failElements("x", floats ? "f32" : "numbers", tensor, "convert with `f32(…)`");
    }
    const axes = axesOf(tensor, call);
    return call.frame.at(call.span, () => reduce(name, tensor, axes, call));
  };
}

function reduce(name: string, tensor: Tensor, axes: readonly number[], call: BuiltinCall): Evaluated {
  const { builder } = call;
  const { shape } = tensor.type;
  const isPlace = name === "argmax" || name === "argmin";
  if (axes.length === 0 && !isPlace) return tensor;
  const reduced =
    name === "argmin"
      ? builder.one("argmax", [falling(tensor, call)], { axes })
      : builder.one(name === "mean" ? "sum" : name, [tensor.value], { axes });
  const value =
    name === "mean"
      ? builder.one("div", [
          reduced,
          countOf(
            axes.map((axis) => shape[axis]),
            reduced,
            call,
          ),
        ])
      : reduced;
  const keep = call.flag("keep");
  const kept = shape.map((size, axis) => (axes.includes(axis) ? constant(1) : size));
  const left = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  if (keep) return call.entry.tensor(reshape(builder, value, kept), tensor.labels);
  return call.entry.tensor(
    value,
    left.map((axis) => tensor.labels[axis]),
  );
}

/** Greatest where the tensor is least. The least i32 has no negative, so of integers it is −1 − x. */
function falling({ value, type }: Tensor, { builder }: BuiltinCall): Tensor["value"] {
  if (type.dtype === "f32") return negate(builder, value);
  return builder.one("sub", [fill(builder, type.shape, -1, "i32"), value]);
}

/** The number of elements that a mean divides by, in the shape of the sum. */
function countOf(sizes: readonly Tensor["type"]["shape"][number][], like: Tensor["value"], call: BuiltinCall) {
  const { builder } = call;
  const count = product(sizes);
  const known = constantValue(count);
  const scalar =
    known === undefined
      ? builder.one("cast", [dimensionValue(builder, count)], { dtype: "f32" })
      : builder.constant(known);
  const { shape } = builder.typeOf(like);
  return shape.length === 0 ? scalar : builder.one("broadcast", [scalar], { shape, axes: [] });
}

export const reductionRules = {
  sum: reduction("sum"),
  mean: reduction("mean"),
  max: reduction("max"),
  min: reduction("min"),
  prod: reduction("prod"),
  argmax: reduction("argmax"),
  argmin: reduction("argmin"),
} satisfies Rules;
