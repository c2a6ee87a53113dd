/**
 * Productions of convolutions and windows: odd sizes, strides, dilations, groups, paddings of either sign; and of sums over more
 * places than one chunk has.
 */
import { constant, constantValue, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import { doubled } from "../../compiler/elaborate/builtins/cumsum.ts";
import type { Attributes, Value } from "../../compiler/graph/types.ts";
import { forms } from "../../compiler/passes/winograd-forms.ts";
import { byTiles } from "../../compiler/passes/winograd.ts";
import type { Production } from "./productions.ts";
import type { Shape, Sketch } from "./sketch.ts";

/** A value with rows, one or two spatial axes of known size, and channels of known number. */
function picture(sketch: Sketch): Value {
  const { random } = sketch;
  const isPicture = (shape: Shape): boolean =>
    (shape.length === 3 || shape.length === 4) &&
    shape.slice(1).every((size) => constantValue(size) !== undefined) &&
    sketch.elements(shape) <= sketch.limit / 2;
  const found = random.chance(0.6) ? sketch.float(isPicture) : undefined;
  if (found !== undefined) return found;
  const open = [...sketch.bounds.keys()];
  const rows = open.length > 0 && random.chance(0.6) ? symbol(random.pick(open)) : constant(random.between(1, 3));
  const spatial = Array.from({ length: random.between(1, 2) }, () => constant(random.between(1, 7)));
  const shape = [rows, ...spatial, constant(random.between(1, 6))];
  return sketch.add(sketch.weights(sketch.fits(shape) ? shape : shape.with(0, constant(1))));
}

function numbers(shape: Shape): readonly number[] {
  return shape.map((size) => constantValue(size) ?? 1);
}

/** How many places there are; below 1 where none fits. */
function placesOf(room: number, covered: number, stride: number): number {
  return Math.floor((room - covered) / stride) + 1;
}

export const conv: Production = (sketch) => {
  const { random } = sketch;
  const x = picture(sketch);
  const [, ...known] = sketch.shape(x);
  const sizes = numbers(known.slice(0, -1));
  const [channels] = numbers(known.slice(-1));
  const groups = random.pick([1, 1, channels, ...(channels % 2 === 0 ? [2] : [])]);
  const axes = sizes.map(() => ({
    taps: random.between(1, 4),
    stride: random.pick([1, 1, 2, 3]),
    dilation: random.pick([1, 1, 2]),
    input_dilation: random.pick([1, 1, 1, 2, 3]),
    low: random.between(-1, 3),
    high: random.between(-1, 3),
  }));
  const geometry = {
    stride: axes.map(({ stride }) => stride),
    dilation: axes.map(({ dilation }) => dilation),
    input_dilation: axes.map(({ input_dilation }) => input_dilation),
    low: axes.map(({ low }) => constant(low)),
    groups: constant(groups),
  };
  const taps = axes.map((axis) => constant(axis.taps));
  const each = random.between(1, 5);
  const missing = random.weighted([
    [6, "output"],
    [2, "input"],
    [2, "kernel"],
  ] as const);
  if (missing === "output") {
    const size = axes.map(({ taps: count, stride, dilation, input_dilation: spread, low, high }, axis) =>
      placesOf((sizes[axis] - 1) * spread + 1 + low + high, (count - 1) * dilation + 1, stride),
    );
    if (size.some((places) => places < 1)) return undefined;
    const w = sketch.weights([...taps, constant(channels / groups), constant(groups * each)]);
    return kept(sketch, sketch.one("conv", [x, w], { missing, ...geometry, size: size.map(constant) }));
  }
  const other = sizes.map(() => constant(random.between(1, 7)));
  if (missing === "input") {
    const w = sketch.weights([...taps, constant(each), constant(channels)]);
    return kept(sketch, sketch.one("conv", [w, x], { missing, ...geometry, size: other }));
  }
  const y = sketch.weights([sketch.shape(x)[0], ...other, constant(groups * each)]);
  return kept(sketch, sketch.one("conv", [x, y], { missing, ...geometry, size: taps }));
};

/** What the compiler makes of convolutions with 3 × 3 taps, at sizes at which it would not. */
export const winograd: Production = (sketch) => {
  const { random } = sketch;
  const x = picture(sketch);
  const [, ...known] = numbers(sketch.shape(x));
  if (known.length < 3) return undefined;
  const [low, high] = [0, 1].map(() => [random.between(-1, 3), random.between(-1, 3)]);
  const [height, width] = low.map((before, axis) => known[axis] + before + high[axis] - 2);
  if (height < 1 || width < 1) return undefined;
  const [from, to] = [known[2], random.between(1, 5)];
  const turned = random.chance(0.3);
  const w = sketch.weights([3, 3, ...(turned ? [to, from] : [from, to])].map(constant));
  const convolution = { layer: { height, width, from, to }, x, w, low, turned };
  return kept(sketch, byTiles(sketch.builder, convolution, random.pick(forms)));
};

function kept(sketch: Sketch, made: Value): Value | undefined {
  return sketch.fits(sketch.shape(made)) ? made : undefined;
}

export const window: Production = (sketch) => {
  const { random, smooth } = sketch;
  const x = picture(sketch);
  const sizes = numbers(sketch.shape(x).slice(1, -1));
  const axes = sizes.map(() => {
    const taps = random.between(1, 3);
    return {
      taps,
      stride: random.between(1, 3),
      low: random.between(-1, taps - 1),
      high: random.between(-1, taps - 1),
    };
  });
  const size = axes.map(({ taps, stride, low, high }, axis) => placesOf(sizes[axis] + low + high, taps, stride));
  if (size.some((places) => places < 1)) return undefined;
  const attributes = {
    window: axes.map(({ taps }) => constant(taps)),
    stride: axes.map(({ stride }) => stride),
    low: axes.map(({ low }) => constant(low)),
    size: size.map(constant),
  };
  if (random.chance(0.2)) return severalOf(sketch, x, attributes);
  const op = random.weighted([
    [4, "window_max"],
    [3, "window_sum"],
    [2, "window_take"],
    [smooth ? 0 : 1, "window_argmax"],
  ] as const);
  if (op !== "window_take") return kept(sketch, sketch.one(op, [x], attributes));
  const taps = sketch.one("window_argmax", [sketch.one("stop_gradient", [x])], attributes);
  return kept(sketch, sketch.one(op, [x, taps], attributes));
};

/** Several reductions of the same short windows. */
function severalOf(sketch: Sketch, x: Value, attributes: Attributes): Value | undefined {
  const [most, total] = ["window_max", "window_sum"].map((op) => sketch.one(op, [x], attributes));
  const both = kept(sketch, sketch.one(sketch.random.pick(["add", "sub", "mul"]), [most, total]));
  if (both !== undefined && sketch.random.chance(0.3)) sketch.add(total);
  return both;
}

/** What the nodes of `cumsum` come from, by which it is counted. */
export const cumsumPath = "cumsum";

/** The sums of what lies up to each place along an axis of known size. */
export const cumsum: Production = (sketch) => {
  const { builder, random, smooth } = sketch;
  const isLong = (size: Dimension): boolean => (constantValue(size) ?? 1) > 1;
  const x = sketch.find(({ dtype, shape }) => (dtype === "f32" || (dtype === "i32" && !smooth)) && shape.some(isLong));
  if (x === undefined) return undefined;
  const shape = sketch.shape(x);
  const axis = random.pick([...shape.keys()].filter((at) => isLong(shape[at])));
  const size = constantValue(shape[axis]) ?? 1;
  return builder.at({ span: undefined, path: cumsumPath }, () => doubled(builder, x, axis, size));
};

/** Rows and columns of what is multiplied, few enough for sums of thousands of places. */
const few = [1, 2, 3, 4, 5];

/** xᵀ·w over the open dimension, or over a closed one beyond a chunk: the gradient of weights. */
export const longProduct: Production = (sketch) => {
  const { random, bounds } = sketch;
  const [open] = bounds.keys();
  const places =
    open !== undefined && random.chance(0.8) ? [symbol(open)] : random.pick([[4097], [4100], [9, 500]]).map(constant);
  const [rows, columns] = [random.pick(few), random.pick([3, 4, 5, 8, 9])].map(constant);
  if (sketch.elements([...places, rows, columns]) > sketch.limit * 16) return undefined;
  const [x, w] = [sketch.weights([...places, rows]), sketch.weights([...places, columns])];
  const sums = places.map((_, label) => label);
  const [m, n] = [places.length, places.length + 1];
  return sketch.one("contract", [x, w], { left: [...sums, m], right: [...sums, n], output: [m, n] });
};

/** The gradient of a convolution's weights: over the places of many pictures, or of large ones. */
export const longConv: Production = (sketch) => {
  const { random, bounds } = sketch;
  const [open] = bounds.keys();
  const pictures: Shape =
    open !== undefined && random.chance(0.7)
      ? [symbol(open), constant(random.between(1, 2))]
      : random
          .pick([
            [2, 2200],
            [3, 40, 40],
            [700, 7],
          ])
          .map(constant);
  const channels = constant(random.between(1, 2));
  const [rows, ...sizes] = pictures;
  const taps = sizes.map(() => constant(random.between(1, 3)));
  const each = constant(random.pick([3, 4, 5]));
  if (sketch.elements([...pictures, channels, ...taps, each]) > sketch.limit * 16) return undefined;
  const geometry = {
    stride: sizes.map(() => 1),
    dilation: sizes.map(() => random.pick([1, 1, 2])),
    input_dilation: sizes.map(() => 1),
    low: sizes.map(() => constant(random.between(-1, 2))),
    groups: constant(1),
  };
  const [x, y] = [sketch.weights([...pictures, channels]), sketch.weights([rows, ...sizes, each])];
  return kept(sketch, sketch.one("conv", [x, y], { missing: "kernel", ...geometry, size: taps }));
};
