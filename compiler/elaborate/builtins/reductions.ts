/** `sum mean max min prod argmax`: over axes by label, by position, or all. */
import { label } from "../../diagnostics/diagnostic.ts";
import { axisAmbiguous, axisNotFound, axisOutOfRange, wrongElements } from "../../diagnostics/codes/shapes.ts";
import { constant, constantValue, product } from "../../dimension/dimension.ts";
import { dimensionValue, reshape } from "../../ops/emit.ts";
import type { Expression, Name } from "../../syntax/ast.ts";
import { describeExpression } from "../../syntax/describe.ts";
import { describeType, type Evaluated, type Tensor } from "../values.ts";
import type { BuiltinCall, Rule } from "./call.ts";

/** The axes that a call reduces, ascending. */
function axesOf(tensor: Tensor, call: BuiltinCall): readonly number[] {
  const over = call.expression("over");
  if (over !== undefined) return [...labelled(over, tensor, call)].sort((a, b) => a - b);
  if (!call.has("axis")) return tensor.type.shape.map((_, axis) => axis);
  return axesAt("axis", tensor, call);
}

/** Axes by position, counted from the end where negative; each once. */
export function axesAt(parameter: string, tensor: Tensor, call: BuiltinCall): readonly number[] {
  const rank = tensor.type.shape.length;
  const axes = call.integers(parameter).map((axis) => {
    const position = axis < 0 ? axis + rank : axis;
    if (position >= 0 && position < rank) return position;
    return call.frame.fail(
      axisOutOfRange,
      { axis: String(axis), shape: describeType(tensor.type) },
      call.spanOf(parameter),
      "this",
    );
  });
  if (new Set(axes).size < axes.length) call.fail("each axis once", "one twice", call.spanOf(parameter));
  return [...axes].sort((a, b) => a - b);
}

function labelled(over: Expression, tensor: Tensor, call: BuiltinCall): readonly number[] {
  if (over.kind === "rest")
    return tensor.labels.flatMap((name, axis) => (name?.startsWith("..") === true ? [axis] : []));
  if (over.kind === "name") return [axisLabelled(over, tensor, call)];
  if (over.kind === "list") return over.items.flatMap((item) => labelled(item, tensor, call));
  return call.fail("the name of a dimension, a list of them or `..`", describeExpression(over), over.span);
}

function axisLabelled(name: Name, tensor: Tensor, call: BuiltinCall): number {
  const axes = tensor.labels.flatMap((own, axis) => (own === name.text ? [axis] : []));
  const [axis] = axes;
  if (axes.length === 1) return axis;
  const values = { name: name.text, shape: describeType(tensor.type) };
  const more = [label(call.spanOf("x"), `its axes are labelled ${printLabels(tensor)}`)];
  const help = "give the position: `axis: -1` is the last";
  return call.frame.fail(
    axes.length === 0 ? axisNotFound : axisAmbiguous,
    values,
    name.span,
    axes.length === 0 ? "no such axis" : "which one?",
    more,
    help,
  );
}

function printLabels({ labels }: Tensor): string {
  return `[${labels.map((name) => name ?? "?").join(", ")}]`;
}

function reduction(name: "sum" | "mean" | "max" | "min" | "prod" | "argmax"): Rule {
  return (call) => {
    const tensor = call.tensor("x");
    const floats = name === "mean" || name === "prod";
    if (tensor.type.dtype === "bool" || (floats && tensor.type.dtype !== "f32")) {
      call.frame.fail(
        wrongElements,
        { operation: `\`${name}\``, expected: floats ? "f32" : "numbers", found: describeType(tensor.type) },
        call.spanOf("x"),
        "this",
        [],
        "convert with `f32(…)`",
      );
    }
    const axes = axesOf(tensor, call);
    return call.frame.at(call.span, () => reduce(name, tensor, axes, call));
  };
}

function reduce(name: string, tensor: Tensor, axes: readonly number[], call: BuiltinCall): Evaluated {
  const { builder } = call;
  const { shape } = tensor.type;
  if (axes.length === 0 && name !== "argmax") return tensor;
  const reduced = builder.one(name === "mean" ? "sum" : name, [tensor.value], { axes });
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

export const reductionRules: readonly (readonly [string, Rule])[] = (
  ["sum", "mean", "max", "min", "prod", "argmax"] as const
).map((name) => [name, reduction(name)] as const);
