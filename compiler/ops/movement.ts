/**
 * Index movement: the result's elements are the operand's at other places. Each is a map of one load, so it costs nothing
 * once fused.
 */
import { constant, equal, isConstant, printShape, product, subtract } from "../dimension/dimension.ts";
import { equalIfExact } from "../dimension/facts.ts";
import type { TensorType } from "../graph/types.ts";
import { axisIndex, constantIndex, flatten, rangesOf, subtractIndex, unflatten } from "../loops/index.ts";
import { arity, axesWithin, axisCount } from "./check.ts";
import { defineOp, problem, type ShapeProblem } from "./define.ts";
import { countUp, reshape as reshaped, sumTo, transpose as transposed, type Shape } from "./emit.ts";
import { f32, sizes } from "./samples.ts";
import { axisIndices, moved } from "./scalars.ts";

type ReshapeAttributes = { readonly shape: Shape };

export const reshape = defineOp<ReshapeAttributes>({
  name: "reshape",
  summary: "The elements of x, row by row, in another shape.",
  constraints: ["1. The shape has as many elements as x."],
  infer: (inputs, { shape }) => {
    const count = arity("reshape", inputs, 1);
    if (count !== undefined) return count;
    const [{ dtype, shape: from }] = inputs;
    const [before, after] = [product(from), product(shape)];
    if (equalIfExact(before, after)) return [{ dtype, shape }];
    const sizesOf = `${printShape(from)} has ${before.key}, ${printShape(shape)} has ${after.key}`;
    return problem(`reshape keeps the number of elements; ${sizesOf}`, [0]);
  },
  gradient: ({ builder, inputs: [x], outputGradients: [g] }) => [g && reshaped(builder, g, builder.typeOf(x).shape)],
  loops: (context) =>
    moved(context, (axes) => {
      const [{ type }] = context.inputs;
      return unflatten(flatten(axisIndices(axes), context.outputs[0].shape), type.shape, rangesOf(axes));
    }),
  samples: [
    { name: "split", attributes: { shape: sizes(2, 3, 2) }, inputs: [f32(2, 6)] },
    { name: "flatten", attributes: { shape: sizes(12) }, inputs: [f32(2, 3, 2)] },
    { name: "regroup", attributes: { shape: sizes(4, 3) }, inputs: [f32(3, 4)] },
    { name: "size 1", attributes: { shape: sizes(3, 1, 2, 1) }, inputs: [f32(1, 3, 2)] },
    { name: "to a scalar", attributes: { shape: [] }, inputs: [f32(1, 1)] },
    { name: "from a scalar", attributes: { shape: sizes(1) }, inputs: [f32()] },
  ],
});

type TransposeAttributes = { readonly permutation: readonly number[] };

export const transpose = defineOp<TransposeAttributes>({
  name: "transpose",
  summary: "x with its axes in another order: result axis i is axis permutation[i] of x.",
  constraints: ["1. The permutation names each axis of x once."],
  infer: (inputs, { permutation }) => {
    const count = arity("transpose", inputs, 1);
    if (count !== undefined) return count;
    const [{ dtype, shape }] = inputs;
    const sorted = [...permutation].sort((a, b) => a - b);
    const fits = permutation.length === shape.length && sorted.every((axis, position) => axis === position);
    if (fits) return [{ dtype, shape: permutation.map((axis) => shape[axis]) }];
    const found = `${printShape(shape)} has ${axisCount(shape.length)}, the order is [${permutation.join(", ")}]`;
    return problem(`transpose takes each axis once; ${found}`, [0]);
  },
  gradient: ({ builder, attributes: { permutation }, outputGradients: [g] }) => [
    g && transposed(builder, g, inverse(permutation)),
  ],
  loops: (context) =>
    moved(context, (axes) => inverse(context.attributes.permutation).map((position) => axisIndex(axes[position].name))),
  samples: [
    { name: "matrix", attributes: { permutation: [1, 0] }, inputs: [f32(2, 3)] },
    { name: "cycle", attributes: { permutation: [2, 0, 1] }, inputs: [f32(2, 3, 4)] },
    { name: "size 1", attributes: { permutation: [1, 2, 0] }, inputs: [f32(1, 3, 2)] },
    { name: "scalar", attributes: { permutation: [] }, inputs: [f32()] },
  ],
});

function inverse(permutation: readonly number[]): readonly number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

type ReverseAttributes = { readonly axes: readonly number[] };

export const reverse = defineOp<ReverseAttributes>({
  name: "reverse",
  summary: "x with the given axes running backwards.",
  constraints: ["1. The axes ascend and exist in x."],
  infer: (inputs, { axes }) => arity("reverse", inputs, 1) ?? axesWithin("reverse", axes, inputs[0]) ?? [inputs[0]],
  gradient: ({ builder, attributes, outputGradients: [g] }) => [g && builder.one("reverse", [g], attributes)],
  loops: (context) =>
    moved(context, (axes) =>
      axes.map(({ name, extent }, axis) => {
        const last = constantIndex(subtract(extent, constant(1)));
        return context.attributes.axes.includes(axis) ? subtractIndex(last, axisIndex(name)) : axisIndex(name);
      }),
    ),
  samples: [
    { name: "row", attributes: { axes: [0] }, inputs: [f32(4)] },
    { name: "both", attributes: { axes: [0, 2] }, inputs: [f32(2, 2, 3)] },
    { name: "size 1", attributes: { axes: [1] }, inputs: [f32(3, 1)] },
  ],
});

type BroadcastAttributes = { readonly shape: Shape; readonly axes: readonly number[] };

export const broadcast = defineOp<BroadcastAttributes>({
  name: "broadcast",
  summary: "x repeated: axis d of x becomes axis axes[d] of the result, every other axis repeats it.",
  constraints: [
    "1. axes has one ascending entry for each axis of x, and each exists in the shape.",
    "2. Each axis of x has the size of its axis of the shape, or 1.",
  ],
  infer: (inputs, { shape, axes }) => arity("broadcast", inputs, 1) ?? fitsBroadcast(inputs[0], shape, axes),
  gradient: ({ builder, attributes: { shape, axes }, inputs: [x], outputGradients: [g] }) => {
    if (g === undefined) return [undefined];
    const from = builder.typeOf(x).shape;
    const kept = shape.map((_, axis) => (axes.includes(axis) ? from[axes.indexOf(axis)] : constant(1)));
    return [reshaped(builder, sumTo(builder, g, kept), from)];
  },
  loops: (context) =>
    moved(context, (axes) => {
      const { shape } = context.inputs[0].type;
      const to = context.attributes.axes;
      return shape.map((extent, d) => (isConstant(extent, 1) ? constantIndex(0) : axisIndex(axes[to[d]].name)));
    }),
  samples: [
    { name: "scalar", attributes: { shape: sizes(2, 3), axes: [] }, inputs: [f32()] },
    { name: "row", attributes: { shape: sizes(2, 3), axes: [1] }, inputs: [f32(3)] },
    { name: "column", attributes: { shape: sizes(2, 3), axes: [0] }, inputs: [f32(2)] },
    { name: "size 1", attributes: { shape: sizes(2, 3, 1), axes: [0, 2] }, inputs: [f32(1, 1)] },
    { name: "in the middle", attributes: { shape: sizes(2, 4, 3), axes: [0, 2] }, inputs: [f32(2, 3)] },
  ],
});

function fitsBroadcast(x: TensorType, shape: Shape, axes: readonly number[]): readonly TensorType[] | ShapeProblem {
  const named = axesWithin("broadcast", axes, { dtype: x.dtype, shape });
  if (named !== undefined) return named;
  const fits = (axis: number): boolean => isConstant(x.shape[axis], 1) || equal(x.shape[axis], shape[axes[axis]]);
  if (axes.length === x.shape.length && countUp(axes.length).every(fits)) return [{ dtype: x.dtype, shape }];
  return problem(
    `broadcast: ${printShape(x.shape)} does not repeat to ${printShape(shape)}; each axis must have that size or 1`,
    [0],
  );
}
