/**
 * Convolution as one relation between three tensors, channels last: input [N, H…, C], kernel [K…, C/G, F] and output
 * [N, O…, F], on each spatial axis stride·o + dilation·k − low = inputDilation·h. Of each two of them the third is the sum
 * of the products that the relation allows; so its gradients are convolutions with another one missing, at every order.
 */
import { constantValue, divideExactly, equal, isConstant, multiply, printShape } from "../dimension/dimension.ts";
import type { Dimension } from "../dimension/dimension.ts";
import { equalIfExact } from "../dimension/facts.ts";
import type { TensorType, Value } from "../graph/types.ts";
import { addIndex, axisIndex, constantIndex, quotient, remainder, scaleIndex } from "../loops/index.ts";
import { allOf, binary, constantScalar, select } from "../loops/scalar.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import { arity, axisCount, dtypeOf } from "./check.ts";
import { defineOp, problem, type LoopContext, type Sample, type ShapeProblem } from "./define.ts";
import type { Shape } from "./emit.ts";
import { contractOrder } from "./order.ts";
import { countsOf, solveAll, type Relation, type Solution } from "./relation.ts";
import { f32, sizes } from "./samples.ts";
import { elementOf, type Operand } from "./scalars.ts";

type Role = "input" | "kernel" | "output";

type ConvAttributes = {
  /** Which of the three the op makes; the others are its inputs, in this order. */
  readonly missing: Role;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly input_dilation: readonly number[];
  /** Zeros before the input on each spatial axis, negative where elements of it are left out. */
  readonly low: Shape;
  readonly groups: Dimension;
  /** The spatial sizes of what is missing. */
  readonly size: Shape;
};

const roles: readonly Role[] = ["input", "kernel", "output"];

function given(missing: Role): readonly Role[] {
  return roles.filter((role) => role !== missing);
}

export const conv = defineOp<ConvAttributes>({
  name: "conv",
  summary: "Of input, kernel and output of a convolution the missing one: the sum of products of the two others.",
  constraints: [
    "1. The inputs are the two that are not missing, in the order input [N, H…, C], kernel [K…, C/G, F], output [N, O…, F]; both are f32, with two axes more than stride has entries.",
    "2. stride, dilation and input_dilation are at least 1; low and size have as many entries; size ≥ 1.",
    "3. groups divides C and F; N, C and F are equal where they stand in both inputs.",
    "4. On each spatial axis a product counts where stride·o + dilation·k − low = input_dilation·h, an h outside as 0.",
    "5. The sum runs row by row: over taps, then channels of the group (output missing) or its filters (input missing); over N, then places (kernel missing).",
  ],
  infer: (inputs, attributes) =>
    arity("conv", inputs, 2) ??
    dtypeOf("conv", inputs, 0, ["f32"]) ??
    dtypeOf("conv", inputs, 1, ["f32"]) ??
    ranksFit(inputs, attributes) ??
    channelsFit(inputs, attributes),
  gradient: ({ builder, attributes, inputs, outputGradients: [g], needs }) => {
    if (g === undefined) return [undefined, undefined];
    const own = given(attributes.missing);
    const gradientAt = (position: number): Value | undefined => {
      if (!needs(position)) return undefined;
      const role = own[position];
      const values = new Map<Role, Value>([
        [attributes.missing, g],
        [own[1 - position], inputs[1 - position]],
      ]);
      const operands = roles.flatMap((other) => values.get(other) ?? []);
      const size = spatial(role, builder.typeOf(inputs[position]).shape);
      return builder.one("conv", operands, { ...attributes, missing: role, size });
    };
    // The kernel's first, as it is small: what it reads may then make room for the input's.
    const second = gradientAt(1);
    return [gradientAt(0), second];
  },
  loops: (context) => {
    switch (context.attributes.missing) {
      case "output":
        return [outputOf(context)];
      case "input":
        return [inputOf(context)];
      case "kernel":
        return [kernelOf(context)];
    }
  },
  samples: convSamples(),
});

/** The sizes along the spatial axes. */
function spatial(role: Role, shape: Shape): Shape {
  return role === "kernel" ? shape.slice(0, -2) : shape.slice(1, -1);
}

function relations({ stride, dilation, input_dilation, low }: ConvAttributes): readonly Relation[] {
  return stride.map((by, axis) => ({
    stride: by,
    dilation: dilation[axis],
    inputDilation: input_dilation[axis],
    low: low[axis],
  }));
}

// ---------------------------------------------------------------------------------------------------------------------
// Shapes
// ---------------------------------------------------------------------------------------------------------------------

function ranksFit(
  inputs: readonly TensorType[],
  { stride, dilation, input_dilation, low, size }: ConvAttributes,
): ShapeProblem | undefined {
  const rank = stride.length + 2;
  const wrong = inputs.findIndex(({ shape }) => shape.length !== rank);
  if (wrong >= 0) {
    const { shape } = inputs[wrong];
    return problem(
      `conv over ${axisCount(stride.length)} takes tensors with ${axisCount(rank)}, not ${printShape(shape)}`,
      [wrong],
    );
  }
  const lengths = [dilation, input_dilation, low, size].every(({ length }) => length === stride.length);
  if (!lengths)
    return problem("conv takes a stride, two dilations, a padding and a size for each spatial axis", [0, 1]);
  const positive = [...stride, ...dilation, ...input_dilation].every((by) => Number.isInteger(by) && by >= 1);
  if (!positive) return problem("conv takes strides and dilations of at least 1", [0, 1]);
  const empty = size.find((extent) => (constantValue(extent) ?? 1) < 1);
  return empty === undefined ? undefined : problem(`conv makes at least 1 element an axis, not ${empty.key}`, [0, 1]);
}

function channelsFit(
  [left, right]: readonly TensorType[],
  { missing, groups, size }: ConvAttributes,
): readonly TensorType[] | ShapeProblem {
  const known = (role: Role): Shape | undefined =>
    role === missing ? undefined : role === given(missing)[0] ? left.shape : right.shape;
  const [input, kernel, output] = roles.map(known);
  const misfit = (what: string, one: Dimension, other: Dimension): ShapeProblem =>
    problem(`conv takes operands that agree in their ${what}; found ${one.key} and ${other.key}`, [0, 1]);
  const last = (shape: Shape, back: number): Dimension => shape[shape.length - back];
  if (input && kernel) {
    const inner = multiply(last(kernel, 2), groups);
    if (!equalIfExact(last(input, 1), inner)) return misfit("channels", last(input, 1), inner);
    return grouped([input[0], ...size, last(kernel, 1)], last(kernel, 1), groups);
  }
  if (kernel && output) {
    if (!equal(last(kernel, 1), last(output, 1))) return misfit("filters", last(kernel, 1), last(output, 1));
    return grouped([output[0], ...size, multiply(last(kernel, 2), groups)], last(kernel, 1), groups);
  }
  // The missing one is the kernel: both others are there.
  const [x, y] = [left.shape, right.shape];
  if (!equal(x[0], y[0])) return misfit("rows", x[0], y[0]);
  const inner = divideExactly(last(x, 1), groups);
  if (inner === undefined) return indivisible(groups, last(x, 1), "channels");
  return grouped([...size, inner, last(y, 1)], last(y, 1), groups);
}

function grouped(shape: Shape, filters: Dimension, groups: Dimension): readonly TensorType[] | ShapeProblem {
  if (divideExactly(filters, groups) === undefined) return indivisible(groups, filters, "filters");
  return [{ dtype: "f32", shape }];
}

function indivisible(groups: Dimension, count: Dimension, what: string): ShapeProblem {
  return problem(`conv takes groups that divide its ${what}; ${groups.key} does not divide ${count.key}`, [0, 1]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Loops
// ---------------------------------------------------------------------------------------------------------------------

type Context = LoopContext<ConvAttributes>;

/** The operand at these indices where all conditions hold, else 0: what is padded is multiplied, not skipped. */
function guarded(operand: Operand, indices: readonly Index[], conditions: readonly Scalar[]): Scalar {
  const element = elementOf(operand, indices);
  return conditions.length === 0 ? element : select(allOf(conditions), element, constantScalar("f32", 0));
}

function sumOf(axes: readonly Axis[], over: readonly Axis[], shape: Shape, value: Scalar): Compute {
  return { kind: "reduce", axes, over, dtype: "f32", combine: "sum", value, order: contractOrder(shape) };
}

/** The place of a channel or filter, of `each` to a group, that is `within` its group. */
function inGroup(group: Index, each: Dimension, within: Index): Index {
  return addIndex(scaleIndex(group, each), within);
}

/** The group of a filter or channel of `total`, and its place there. */
function splitGroup(at: Index, total: Dimension, groups: Dimension): readonly [group: Index, within: Index] {
  if (isConstant(groups, 1)) return [constantIndex(0), at];
  const each = divideExactly(total, groups) ?? total;
  return [quotient(at, each), remainder(at, each)];
}

/** y[n, o…, f] = Σ k…, c: x[n, h…, c] · w[k…, c, f], c within the group of f. */
function outputOf(context: Context): Compute {
  const { attributes, inputs, outputs, axes: fresh } = context;
  const [x, w] = inputs;
  const [{ shape }] = outputs;
  const taps = spatial("kernel", w.type.shape);
  const inner = w.type.shape[taps.length];
  const axes = fresh(shape);
  const over = fresh([...countsOf(relations(attributes), "tap of output", taps), inner], "r");
  const places = { kept: axes.slice(1, -1), counts: over };
  const found = solveAll(relations(attributes), "tap of output", places, taps, spatial("input", x.type.shape));
  const [batch, filter] = [axes[0], axes[axes.length - 1]].map(({ name }) => axisIndex(name));
  const channel = axisIndex(over[over.length - 1].name);
  const [group] = splitGroup(filter, shape[shape.length - 1], attributes.groups);
  const xAt = [batch, ...found.map(({ solved }) => solved), inGroup(group, inner, channel)];
  const wAt = [...found.map(({ free }) => free), channel, filter];
  return sumOf(axes, over, shape, productAt(x, xAt, w, wAt, found));
}

/** x[n, h…, c] = Σ k…, f: y[n, o…, f] · w[k…, c, f], f within the group of c. */
function inputOf(context: Context): Compute {
  const { attributes, inputs, outputs, axes: fresh } = context;
  const [w, y] = inputs;
  const [{ shape }] = outputs;
  const taps = spatial("kernel", w.type.shape);
  const filters = w.type.shape[taps.length + 1];
  const each = divideExactly(filters, attributes.groups) ?? filters;
  const axes = fresh(shape);
  const over = fresh([...countsOf(relations(attributes), "tap of input", taps), each], "r");
  const places = { kept: axes.slice(1, -1), counts: over };
  const found = solveAll(relations(attributes), "tap of input", places, taps, spatial("output", y.type.shape));
  const [batch, channel] = [axes[0], axes[axes.length - 1]].map(({ name }) => axisIndex(name));
  const [group, within] = splitGroup(channel, shape[shape.length - 1], attributes.groups);
  const filter = inGroup(group, each, axisIndex(over[over.length - 1].name));
  const yAt = [batch, ...found.map(({ solved }) => solved), filter];
  const wAt = [...found.map(({ free }) => free), within, filter];
  return sumOf(axes, over, shape, productAt(y, yAt, w, wAt, found));
}

/** w[k…, c, f] = Σ n, o…: x[n, h…, c] · y[n, o…, f], c within the group of f. */
function kernelOf(context: Context): Compute {
  const { attributes, inputs, outputs, axes: fresh } = context;
  const [x, y] = inputs;
  const [{ shape }] = outputs;
  const places = spatial("output", y.type.shape);
  const axes = fresh(shape);
  const over = fresh([y.type.shape[0], ...countsOf(relations(attributes), "output of tap", places)], "r");
  const found = solveAll(
    relations(attributes),
    "output of tap",
    { kept: axes, counts: over.slice(1) },
    places,
    spatial("input", x.type.shape),
  );
  const [inner, filter] = axes.slice(-2).map(({ name }) => axisIndex(name));
  const [group] = splitGroup(filter, shape[shape.length - 1], attributes.groups);
  const batch = axisIndex(over[0].name);
  const xAt = [batch, ...found.map(({ solved }) => solved), inGroup(group, shape[shape.length - 2], inner)];
  const yAt = [batch, ...found.map(({ free }) => free), filter];
  return sumOf(axes, over, shape, productAt(x, xAt, y, yAt, found));
}

/** The product of what lies at the solved places and what lies at the counted ones. */
function productAt(
  solved: Operand,
  solvedAt: readonly Index[],
  counted: Operand,
  countedAt: readonly Index[],
  found: readonly Solution[],
): Scalar {
  const exist = found.flatMap(({ freeExists }) => freeExists);
  const inside = found.flatMap(({ solvedExists }) => solvedExists);
  return binary("mul", guarded(solved, solvedAt, [...exist, ...inside]), guarded(counted, countedAt, exist));
}

// ---------------------------------------------------------------------------------------------------------------------
// Samples
// ---------------------------------------------------------------------------------------------------------------------

interface Geometry {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
  readonly input_dilation?: readonly number[];
  readonly low?: readonly number[];
  readonly groups?: number;
}

/** A geometry with each of the three tensors missing. */
function samplesOf(name: string, geometry: Geometry): readonly Sample<ConvAttributes>[] {
  const { input, kernel, output, groups = 1 } = geometry;
  const rank = input.length - 2;
  const ones = Array.from({ length: rank }, () => 1);
  const { stride = ones, dilation = ones, input_dilation = ones, low = ones.map(() => 0) } = geometry;
  const shapes = { input, kernel, output };
  return roles.map((missing) => ({
    name: `${name}, ${missing} missing`,
    attributes: {
      missing,
      stride,
      dilation,
      input_dilation,
      low: sizes(...low),
      groups: sizes(groups)[0],
      size: spatial(missing, sizes(...shapes[missing])),
    },
    inputs: given(missing).map((role) => f32(...shapes[role])),
  }));
}

function convSamples(): readonly Sample<ConvAttributes>[] {
  return [
    ...samplesOf("a sequence", { input: [2, 5, 2], kernel: [3, 2, 4], output: [2, 3, 4] }),
    ...samplesOf("padded", { input: [1, 4, 3, 2], kernel: [3, 3, 2, 5], output: [1, 4, 3, 5], low: [1, 1] }),
    ...samplesOf("cropped", { input: [1, 6, 1], kernel: [2, 1, 2], output: [1, 3, 2], low: [-2] }),
    ...samplesOf("stride 2", { input: [2, 6, 2], kernel: [3, 2, 4], output: [2, 3, 4], stride: [2], low: [1] }),
    ...samplesOf("stride 3, kernel 2", { input: [1, 8, 1], kernel: [2, 1, 4], output: [1, 3, 4], stride: [3] }),
    ...samplesOf("dilation 2", { input: [1, 7, 2], kernel: [3, 2, 3], output: [1, 5, 3], dilation: [2], low: [1] }),
    ...samplesOf("dilation 2, stride 4", {
      input: [1, 9, 1],
      kernel: [3, 1, 4],
      output: [1, 2, 4],
      dilation: [2],
      stride: [4],
    }),
    ...samplesOf("input dilation 2", {
      input: [1, 3, 2],
      kernel: [3, 2, 4],
      output: [1, 5, 4],
      input_dilation: [2],
      low: [1],
    }),
    ...samplesOf("all of them", {
      input: [1, 4, 2],
      kernel: [4, 2, 4],
      output: [1, 3, 4],
      stride: [3],
      dilation: [2],
      input_dilation: [6],
      low: [2],
    }),
    ...samplesOf("two groups", { input: [1, 4, 4], kernel: [2, 2, 6], output: [1, 3, 6], groups: 2 }),
    ...samplesOf("depthwise", { input: [1, 3, 3, 4], kernel: [2, 2, 1, 4], output: [1, 2, 2, 4], groups: 4 }),
    ...samplesOf("a volume", { input: [1, 3, 2, 3, 1], kernel: [2, 2, 2, 1, 4], output: [1, 2, 1, 2, 4] }),
    ...samplesOf("one by one", { input: [2, 2, 3, 3], kernel: [1, 1, 3, 4], output: [2, 2, 3, 4] }),
  ];
}
