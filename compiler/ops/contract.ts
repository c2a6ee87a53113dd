/**
 * The general product of two tensors: matrix products, batched or not, inner and outer products. Its gradients are
 * contractions again.
 */
import { equal, printShape, type Dimension } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import { binary } from "../loops/scalar.ts";
import type { Axis, Compute } from "../loops/types.ts";
import { arity, dtypeOf } from "./check.ts";
import { defineOp, problem, type Sample, type ShapeProblem } from "./define.ts";
import { contractOrder } from "./order.ts";
import { f32 } from "./samples.ts";
import { elementOf } from "./scalars.ts";

/** A label, a number, for each axis; equal labels name one axis. */
type ContractAttributes = {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly output: readonly number[];
};

export const contract = defineOp<ContractAttributes>({
  name: "contract",
  summary: "The product of a and b at equal labels, summed over the labels that the output does not name.",
  constraints: [
    "1. a and b are f32.",
    "2. left, right and output have a label for each axis of a, b and the result; none repeats within one of them.",
    "3. Axes of a and b with one label have one size.",
    "4. Each label of the output occurs in a or b; a label of only one of them occurs in the output.",
    "5. The sum runs over the labels in both and not in the output, row by row in the order in which a names them.",
  ],
  infer: (inputs, attributes) =>
    arity("contract", inputs, 2) ??
    dtypeOf("contract", inputs, 0, ["f32"]) ??
    dtypeOf("contract", inputs, 1, ["f32"]) ??
    labelsFit(inputs, attributes) ??
    sizesFit(inputs, attributes) ?? [{ dtype: "f32", shape: outputShape(inputs, attributes) }],
  gradient: ({ builder, attributes: { left, right, output }, inputs: [a, b], outputGradients: [g], needs }) => {
    if (g === undefined) return [undefined, undefined];
    // That of b, mostly weights, first: what it reads may then make room for the other.
    const second = needs(1) ? builder.one("contract", [a, g], { left, right: output, output: right }) : undefined;
    return [needs(0) ? builder.one("contract", [g, b], { left: output, right, output: left }) : undefined, second];
  },
  loops: ({ attributes, inputs: [a, b], outputs: [{ dtype, shape }], axes: fresh }) => {
    const { left, right, output } = attributes;
    const kept = fresh(shape);
    const summed = left.filter((label) => !output.includes(label));
    const over = fresh(
      summed.map((label) => a.type.shape[left.indexOf(label)]),
      "r",
    );
    const names = new Map<number, Axis>([...output.entries()].map(([position, label]) => [label, kept[position]]));
    for (const [position, label] of summed.entries()) names.set(label, over[position]);
    const at = (labels: readonly number[]) => labels.map((label) => axisIndex(names.get(label)?.name ?? ""));
    const value = binary("mul", elementOf(a, at(left)), elementOf(b, at(right)));
    const result: Compute =
      over.length === 0
        ? { kind: "map", axes: kept, dtype, value }
        : { kind: "reduce", axes: kept, over, dtype, combine: "sum", value, order: contractOrder(shape) };
    return [result];
  },
  samples: [
    sample("matrix product", [0, 1], [1, 2], [0, 2], [3, 4], [4, 5]),
    sample("few columns", [0, 1], [1, 2], [0, 2], [3, 6], [6, 2]),
    sample("matrix and vector", [0, 1], [1], [0], [5, 7], [7]),
    sample("transposed matrix and vector", [1, 0], [1], [0], [7, 5], [7]),
    sample("inner product", [0], [0], [], [9], [9]),
    sample("outer product", [0], [1], [0, 1], [3], [2]),
    sample("batched, right side transposed", [0, 1, 2], [0, 3, 2], [0, 1, 3], [2, 3, 4], [2, 5, 4]),
    sample("output transposed", [0, 1], [1, 2], [2, 0], [3, 4], [4, 5]),
    sample("two labels summed", [0, 1, 2], [2, 1, 3], [0, 3], [2, 3, 2], [2, 3, 4]),
    sample("size 1", [0, 1], [1, 2], [0, 2], [1, 1], [1, 4]),
    sample("elementwise by a row", [0, 1], [1], [0, 1], [2, 3], [3]),
  ],
});

function sample(
  name: string,
  left: readonly number[],
  right: readonly number[],
  output: readonly number[],
  a: readonly number[],
  b: readonly number[],
): Sample<ContractAttributes> {
  return { name, attributes: { left, right, output }, inputs: [f32(...a), f32(...b)] };
}

function labelsFit(
  inputs: readonly TensorType[],
  { left, right, output }: ContractAttributes,
): ShapeProblem | undefined {
  const ranks = left.length === inputs[0].shape.length && right.length === inputs[1].shape.length;
  const shapes = inputs.map(({ shape }) => printShape(shape)).join(" and ");
  if (!ranks)
    return problem(
      `contract takes a label for each axis; the labels [${left.join(", ")}] and [${right.join(", ")}] do not match ${shapes}`,
      [0, 1],
    );
  const repeated = [left, right, output].some((labels) => new Set(labels).size < labels.length);
  if (repeated) return problem("contract takes each label once for each operand", [0, 1]);
  const lost = [...left, ...right].find(
    (label) => !output.includes(label) && !(left.includes(label) && right.includes(label)),
  );
  if (lost !== undefined) return problem(`contract: label ${lost} occurs in one operand and not in the output`, [0, 1]);
  const unknown = output.find((label) => !left.includes(label) && !right.includes(label));
  return unknown === undefined
    ? undefined
    : problem(`contract: label ${unknown} of the output occurs in no operand`, [0, 1]);
}

function sizesFit([a, b]: readonly TensorType[], { left, right }: ContractAttributes): ShapeProblem | undefined {
  for (const [d, label] of left.entries()) {
    const e = right.indexOf(label);
    if (e < 0 || equal(a.shape[d], b.shape[e])) continue;
    const found = `axis ${d} of ${printShape(a.shape)} is ${a.shape[d].key}, axis ${e} of ${printShape(b.shape)} is ${b.shape[e].key}`;
    return problem(`a product takes operands that agree in size; ${found}`, [0, 1]);
  }
  return undefined;
}

function outputShape([a, b]: readonly TensorType[], { left, right, output }: ContractAttributes): readonly Dimension[] {
  return output.map((label) => (left.includes(label) ? a.shape[left.indexOf(label)] : b.shape[right.indexOf(label)]));
}
