/** Productions of convolutions and windows: odd sizes, strides, dilations, groups, paddings of either sign. */
import { constant, constantValue, symbol } from "../../compiler/dimension/dimension.ts";
import type { Value } from "../../compiler/graph/types.ts";
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
