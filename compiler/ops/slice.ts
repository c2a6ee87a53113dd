/**
 * Parts of tensors and tensors from parts: slice, pad, concat. What lies outside an operand is chosen by a select, so no
 * load outside it is ever evaluated.
 */
import {
  add,
  constant,
  constantValue,
  equal,
  isConstant,
  multiply,
  printShape,
  subtract,
  type Dimension,
} from "../dimension/dimension.ts";
import type { TensorType, Value } from "../graph/types.ts";
import { addIndex, axisIndex, constantIndex, scaleIndex, subtractIndex } from "../loops/index.ts";
import { allOf, compare, constantScalar, indexScalar, select } from "../loops/scalar.ts";
import type { Axis, Scalar } from "../loops/types.ts";
import { arity, axisCount, equalDtypes } from "./check.ts";
import { defineOp, problem, type Builder, type ShapeProblem } from "./define.ts";
import { countUp, reshape, type Shape } from "./emit.ts";
import { f32, sizes } from "./samples.ts";
import { axisIndices, elementOf, moved, type Operand } from "./scalars.ts";

type SliceAttributes = { readonly start: Shape; readonly size: Shape; readonly step: readonly number[] };

export const slice = defineOp<SliceAttributes>({
  name: "slice",
  summary: "On each axis, size elements of x from start on, step apart.",
  constraints: [
    "1. start, size and step have one entry for each axis of x.",
    "2. start ≥ 0, size ≥ 1, step ≥ 1.",
    "3. start + (size − 1)·step is below the size of x.",
  ],
  infer: (inputs, attributes) => arity("slice", inputs, 1) ?? fitsSlice(inputs[0], attributes),
  gradient: ({ builder, attributes: { start, size, step }, inputs: [x], outputGradients: [g] }) => {
    if (g === undefined) return [undefined];
    const { shape } = builder.typeOf(x);
    const spaced = step.reduce((value, by, axis) => (by === 1 ? value : space(builder, value, axis, by)), g);
    const high = shape.map((extent, axis) => subtract(extent, end(start[axis], size[axis], step[axis])));
    return [pad0(builder, spaced, start, high)];
  },
  loops: (context) =>
    moved(context, (axes) => {
      const { start, step } = context.attributes;
      return axes.map(({ name }, axis) =>
        addIndex(scaleIndex(axisIndex(name), step[axis]), constantIndex(start[axis])),
      );
    }),
  samples: [
    { name: "middle", attributes: { start: sizes(1), size: sizes(2), step: [1] }, inputs: [f32(5)] },
    { name: "every second", attributes: { start: sizes(1, 0), size: sizes(2, 3), step: [2, 1] }, inputs: [f32(5, 3)] },
    { name: "to the end", attributes: { start: sizes(0, 2), size: sizes(2, 2), step: [2, 3] }, inputs: [f32(3, 6)] },
    { name: "size 1", attributes: { start: sizes(0, 2), size: sizes(1, 1), step: [1, 1] }, inputs: [f32(1, 3)] },
  ],
});

/** One past the last place that a slice reads. */
function end(start: Dimension, size: Dimension, step: number): Dimension {
  return add(start, add(multiply(subtract(size, constant(1)), constant(step)), constant(1)));
}

/** Zeros around a value. */
function pad0(builder: Builder, value: Value, low: Shape, high: Shape): Value {
  const idle = [...low, ...high].every((width) => isConstant(width, 0));
  return idle ? value : builder.one("pad", [value], { low, high, value: 0 });
}

/** Zeros between the elements along one axis: n elements take (n − 1)·by + 1 places. */
function space(builder: Builder, value: Value, axis: number, by: number): Value {
  const { shape } = builder.typeOf(value);
  const cells = shape.toSpliced(axis + 1, 0, constant(1));
  const none = cells.map(() => constant(0));
  const padded = pad0(builder, reshape(builder, value, cells), none, none.with(axis + 1, constant(by - 1)));
  const line = reshape(builder, padded, shape.with(axis, multiply(shape[axis], constant(by))));
  const size = shape.with(axis, end(constant(0), shape[axis], by));
  return builder.one("slice", [line], { start: shape.map(() => constant(0)), size, step: shape.map(() => 1) });
}

function fitsSlice(x: TensorType, { start, size, step }: SliceAttributes): readonly TensorType[] | ShapeProblem {
  const rank = x.shape.length;
  if ([start, size, step].some(({ length }) => length !== rank)) {
    return problem(
      `slice takes a start, a size and a step for each axis; ${printShape(x.shape)} has ${axisCount(rank)}`,
      [0],
    );
  }
  const wrong = countUp(rank).find(
    (axis) =>
      below(start[axis], 0) ||
      below(size[axis], 1) ||
      !(step[axis] >= 1) ||
      below(subtract(x.shape[axis], end(start[axis], size[axis], step[axis])), 0),
  );
  if (wrong === undefined) return [{ dtype: x.dtype, shape: size }];
  const wanted = `${size[wrong].key} from ${start[wrong].key}${step[wrong] === 1 ? "" : ` in steps of ${step[wrong]}`}`;
  return problem(`slice: axis ${wrong} of ${printShape(x.shape)} does not hold ${wanted}`, [0]);
}

/** Known to be less than `least`; an open dimension is not known. */
function below(dimension: Dimension, least: number): boolean {
  const known = constantValue(dimension);
  return known !== undefined && known < least;
}

type PadAttributes = { readonly low: Shape; readonly high: Shape; readonly value: number };

export const pad = defineOp<PadAttributes>({
  name: "pad",
  summary: "x with low elements of the value before and high after it on each axis.",
  constraints: [
    "1. low and high have one entry for each axis of x, none negative.",
    "2. The result has low + size + high on each axis.",
  ],
  infer: (inputs, { low, high }) => {
    const count = arity("pad", inputs, 1);
    if (count !== undefined) return count;
    const [{ dtype, shape }] = inputs;
    if (low.length !== shape.length || high.length !== shape.length) {
      return problem(`pad takes two widths for each axis; ${printShape(shape)} has ${axisCount(shape.length)}`, [0]);
    }
    const negative = [...low, ...high].find((width) => below(width, 0));
    if (negative !== undefined)
      return problem(`pad takes widths of at least 0, not ${negative.key}`, [0], "slice to make it smaller");
    return [{ dtype, shape: shape.map((extent, axis) => add(add(low[axis], extent), high[axis])) }];
  },
  gradient: ({ builder, attributes: { low }, inputs: [x], outputGradients: [g] }) => {
    const { shape } = builder.typeOf(x);
    return [g && builder.one("slice", [g], { start: low, size: shape, step: shape.map(() => 1) })];
  },
  loops: ({ attributes: { low, high, value }, inputs: [x], outputs: [{ dtype, shape }], axes }) => {
    const at = axes(shape);
    const inside = at.flatMap((axis, d) => within(axis, low[d], high[d], x.type.shape[d]));
    const indices = at.map(({ name }, d) => subtractIndex(axisIndex(name), constantIndex(low[d])));
    const inner = elementOf(x, indices);
    return [
      {
        kind: "map",
        axes: at,
        dtype,
        value: inside.length === 0 ? inner : select(allOf(inside), inner, constantScalar(dtype, value)),
      },
    ];
  },
  samples: [
    { name: "both sides", attributes: { low: sizes(1), high: sizes(2), value: 0 }, inputs: [f32(3)] },
    { name: "a value", attributes: { low: sizes(0, 1), high: sizes(1, 0), value: -1.5 }, inputs: [f32(2, 2)] },
    {
      name: "infinite",
      attributes: { low: sizes(1, 1), high: sizes(1, 1), value: -Infinity },
      inputs: [f32(1, 2)],
      differentiable: false,
    },
    { name: "nothing", attributes: { low: sizes(0), high: sizes(0), value: 0 }, inputs: [f32(3)] },
    { name: "i32", attributes: { low: sizes(1), high: sizes(0), value: 7 }, inputs: [{ dtype: "i32", shape: [2] }] },
  ],
});

/** The tests that hold between the widths: none for a width of 0. */
function within(axis: Axis, low: Dimension, high: Dimension, extent: Dimension): readonly Scalar[] {
  const index = indexScalar(axisIndex(axis.name));
  const after = isConstant(low, 0) ? [] : [compare("greaterEqual", index, indexScalar(constantIndex(low)))];
  const before = isConstant(high, 0) ? [] : [compare("less", index, indexScalar(constantIndex(add(low, extent))))];
  return [...after, ...before];
}

type ConcatAttributes = { readonly axis: number };

export const concat = defineOp<ConcatAttributes>({
  name: "concat",
  summary: "The inputs one after the other along an axis.",
  constraints: [
    "1. There is at least one input, and all have one dtype and one number of axes.",
    "2. The axis exists, and on every other axis the inputs have equal sizes.",
  ],
  infer: (inputs, { axis }) => fitsConcat(inputs, axis),
  gradient: ({ builder, attributes: { axis }, inputs, outputGradients: [g], needs }) => {
    const shapes = inputs.map((input) => builder.typeOf(input).shape);
    return offsets(shapes, axis).map((offset, position) => {
      if (g === undefined || !needs(position)) return undefined;
      const size = shapes[position];
      const start = size.map((_, d) => (d === axis ? offset : constant(0)));
      return builder.one("slice", [g], { start, size, step: size.map(() => 1) });
    });
  },
  loops: ({ attributes: { axis }, inputs, outputs: [{ dtype, shape }], axes }) => {
    const at = axes(shape);
    const starts = offsets(
      inputs.map(({ type }) => type.shape),
      axis,
    );
    return [{ kind: "map", axes: at, dtype, value: oneOf(inputs, starts, at, axis) }];
  },
  samples: [
    { name: "rows", attributes: { axis: 0 }, inputs: [f32(2, 3), f32(1, 3), f32(2, 3)] },
    { name: "columns", attributes: { axis: 1 }, inputs: [f32(2, 1), f32(2, 3)] },
    { name: "five", attributes: { axis: 0 }, inputs: [f32(1), f32(2), f32(1), f32(3), f32(1)] },
    { name: "one", attributes: { axis: 0 }, inputs: [f32(2)] },
  ],
});

function fitsConcat(inputs: readonly TensorType[], axis: number): readonly TensorType[] | ShapeProblem {
  if (inputs.length === 0) return problem("concat takes at least 1 input, not 0", []);
  const [first] = inputs;
  if (!(axis >= 0 && axis < first.shape.length)) {
    return problem(
      `concat: axis ${axis} does not exist; ${printShape(first.shape)} has ${axisCount(first.shape.length)}`,
      [0],
    );
  }
  for (const position of countUp(inputs.length)) {
    const dtype = equalDtypes("concat", inputs, 0, position);
    if (dtype !== undefined) return dtype;
    const { shape } = inputs[position];
    const fits =
      shape.length === first.shape.length && shape.every((extent, d) => d === axis || equal(extent, first.shape[d]));
    if (fits) continue;
    const found = `the first input is ${printShape(first.shape)}, input ${position + 1} is ${printShape(shape)}`;
    return problem(`concat along axis ${axis} takes inputs that are equal on every other axis; ${found}`, [
      0,
      position,
    ]);
  }
  const total = inputs.map(({ shape }) => shape[axis]).reduce(add);
  return [{ dtype: first.dtype, shape: first.shape.with(axis, total) }];
}

/** Where each input begins along the axis. */
function offsets(shapes: readonly Shape[], axis: number): readonly Dimension[] {
  let offset = constant(0);
  return shapes.map((shape) => {
    const here = offset;
    offset = add(offset, shape[axis]);
    return here;
  });
}

/** Finds the input by halving, so that many inputs do not make a deep expression. */
function oneOf(inputs: readonly Operand[], starts: readonly Dimension[], at: readonly Axis[], axis: number): Scalar {
  const [input] = inputs;
  if (inputs.length === 1) {
    const shifted = subtractIndex(axisIndex(at[axis].name), constantIndex(starts[0]));
    return elementOf(input, axisIndices(at).with(axis, shifted));
  }
  const middle = Math.ceil(inputs.length / 2);
  const before = compare("less", indexScalar(axisIndex(at[axis].name)), indexScalar(constantIndex(starts[middle])));
  const halves = [
    oneOf(inputs.slice(0, middle), starts.slice(0, middle), at, axis),
    oneOf(inputs.slice(middle), starts.slice(middle), at, axis),
  ];
  return select(before, halves[0], halves[1]);
}
