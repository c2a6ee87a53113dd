/** Rules for windows over the spatial axes: pooling where ONNX has it, else the places of all taps side by side. */
import { constant, constantValue, isConstant, multiply, product } from "../../../compiler/dimension/dimension.ts";
import { dimensionsOf, numbersOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { countUp } from "../../../compiler/ops/emit.ts";
import { channelsLast, channelsSecond, framed, transposedConv } from "./convolution.ts";
import type { Reach } from "./convolution.ts";
import { castTo } from "./elementwise.ts";
import { clamped, picked, zeros } from "./gather.ts";
import { reshape, transpose, whole } from "./operand.ts";
import type { Operand, Shape } from "./operand.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** `windows`: their number on each axis, where that is not the result's. */
function reachesOf({ node: { attributes } }: RuleContext, extents: Shape, windows: Shape): readonly Reach[] {
  const [taps, low] = ["window", "low"].map((name) => dimensionsOf(attributes, name));
  return numbersOf(attributes, "stride").map((stride, axis) => ({
    extent: extents[axis],
    taps: taps[axis],
    size: windows[axis],
    low: low[axis],
    stride,
    dilation: 1,
  }));
}

function spatial({ shape }: Operand["type"]): Shape {
  return shape.slice(1, -1);
}

/** One window that is the whole axis, whatever its size. */
function isWhole({ extent, taps, size, low }: Reach): boolean {
  return extent.key === taps.key && isConstant(size, 1) && isConstant(low, 0);
}

/** The greatest of each window; of padding none. */
const windowMax: Rule = (context) => {
  const { inputs, type } = context;
  const [x] = inputs;
  const reaches = reachesOf(context, spatial(x.type), spatial(type));
  if (reaches.every(isWhole)) return { name: overAll(context, "ReduceMax"), type };
  return { name: pooled(context, reaches, "MaxPool", {}, -Infinity), type };
};

/** The mean of each window times the places that it has, padding among them. */
const windowSum: Rule = (context) => {
  const { emitter, inputs, type } = context;
  const [x] = inputs;
  const reaches = reachesOf(context, spatial(x.type), spatial(type));
  if (reaches.every(isWhole)) return { name: overAll(context, "ReduceSum"), type };
  const means = pooled(context, reaches, "AveragePool", { count_include_pad: 1 }, 0);
  const places = product(reaches.map(({ taps }) => taps));
  return { name: emitter.op("Mul", [means, emitter.scalar("f32", constantValue(places) ?? 1)]), type };
};

function overAll({ emitter, inputs: [x] }: RuleContext, op: "ReduceMax" | "ReduceSum"): string {
  const axes = countUp(x.type.shape.length - 2).map((axis) => axis + 1);
  const name = whole(emitter, x);
  return op === "ReduceSum"
    ? emitter.op(op, [name, emitter.ints(...axes)], { keepdims: 1 })
    : emitter.op(op, [name], { axes, keepdims: 1 });
}

function pooled(
  { emitter, inputs: [x], refuse }: RuleContext,
  reaches: readonly Reach[],
  op: "MaxPool" | "AveragePool",
  attributes: Readonly<Record<string, number>>,
  outside: number,
): string {
  const taps = reaches.map(
    (reach) => constantValue(reach.taps) ?? refuse("has windows of an open size over a part of an axis"),
  );
  const rank = x.type.shape.length;
  const turned = channelsSecond(emitter, whole(emitter, x), rank);
  // No window may lie in the padding alone.
  const { name, pads } = framed(emitter, turned, reaches, emitter.scalar("f32", outside), Math.min(...taps));
  const strides = reaches.map(({ stride }) => stride);
  return channelsLast(emitter, emitter.op(op, [name], { kernel_shape: taps, strides, pads, ...attributes }), rank);
}

/** Each window adds its element to all places that it covers: a transposed convolution of each channel with ones. */
const windowSpread: Rule = (context) => {
  const { emitter, inputs, type } = context;
  const [x] = inputs;
  const rank = type.shape.length;
  const reaches = reachesOf(context, spatial(type), spatial(x.type));
  const [rows, channels] = [type.shape[0], type.shape[rank - 1]];
  const lines = reaches.map(({ taps, size, stride, low, extent }) => ({
    extent: size,
    taps,
    stride,
    dilation: 1,
    from: low,
    length: extent,
  }));
  const turned = channelsSecond(emitter, whole(emitter, x), rank);
  const each = reshape(emitter, turned, [multiply(rows, channels), constant(1), ...spatial(x.type)]);
  const one = constant(1);
  const ones = emitter.op("Expand", [
    emitter.scalar("f32", 1),
    emitter.sizes([one, one, ...reaches.map(({ taps }) => taps)]),
  ]);
  const made = transposedConv(emitter, each, ones, lines, 1);
  return { name: channelsLast(emitter, reshape(emitter, made, [rows, channels, ...spatial(type)]), rank), type };
};

/** Sizes that are known. */
interface KnownReach {
  readonly extent: number;
  readonly taps: number;
  readonly size: number;
  readonly low: number;
  readonly stride: number;
}

function known({ refuse }: RuleContext, reaches: readonly Reach[]): readonly KnownReach[] {
  return reaches.map(({ extent, taps, size, low, stride }) => {
    const [a, b, c, d] = [extent, taps, size, low].map(
      (one) => constantValue(one) ?? refuse("has the gradient of windows over an open axis"),
    );
    return { extent: a, taps: b, size: c, low: d, stride };
  });
}

/** The place of a tap, moved to the nearest one that exists. */
function placeOf({ extent, low, stride }: KnownReach, window: number, tap: number): number {
  return Math.min(Math.max(stride * window + tap - low, 0), extent - 1);
}

/** [N, O…, C, taps]: all that each window sees. */
function unfolded({ emitter, inputs: [x] }: RuleContext, reaches: readonly KnownReach[]): string {
  const gathered = reaches.reduce(
    (name, reach, axis) => {
      const at = countUp(reach.size).flatMap((window) => countUp(reach.taps).map((tap) => placeOf(reach, window, tap)));
      return emitter.op("Gather", [name, emitter.numbers("i64", [reach.size, reach.taps], at)], { axis: 1 + 2 * axis });
    },
    whole(emitter, x),
  );
  const { shape } = x.type;
  const last = 1 + 2 * reaches.length;
  const [windows, taps] = [0, 1].map((offset) => reaches.map((_, axis) => 1 + 2 * axis + offset));
  const ordered = transpose(emitter, gathered, [0, ...windows, last, ...taps]);
  const all = reaches.reduce((count, { taps: width }) => count * width, 1);
  const sizes = reaches.map(({ size }) => constant(size));
  return reshape(emitter, ordered, [shape[0], ...sizes, shape[shape.length - 1], constant(all)]);
}

const windowArgmax: Rule = (context) => {
  const { emitter, inputs, type } = context;
  const [x] = inputs;
  const seen = unfolded(context, known(context, reachesOf(context, spatial(x.type), spatial(type))));
  const first = emitter.op("ArgMax", [seen], { axis: type.shape.length, keepdims: 0 });
  return { name: castTo(emitter, first, "i32"), type };
};

const windowTake: Rule = (context) => {
  const { emitter, inputs, type } = context;
  const [x, taps] = inputs;
  const reaches = known(context, reachesOf(context, spatial(x.type), spatial(type)));
  const at = clamped(emitter, whole(emitter, taps), allTaps(reaches));
  return { name: picked(emitter, unfolded(context, reaches), at, type.shape.length), type };
};

function allTaps(reaches: readonly KnownReach[]) {
  return product(reaches.map(({ taps }) => constant(taps)));
}

/** Each window adds its element to the place of its tap: both are counted over all axes, row by row. */
const windowPut: Rule = (context) => {
  const { emitter, inputs, type } = context;
  const [x, taps] = inputs;
  const reaches = known(context, reachesOf(context, spatial(type), spatial(x.type)));
  const [rows, channels] = [type.shape[0], type.shape[type.shape.length - 1]];
  const count = constantValue(allTaps(reaches)) ?? 1;
  const windows = points(reaches.map(({ size }) => size));
  const places = windows.flatMap((window) =>
    points(reaches.map((reach) => reach.taps)).map((tap) =>
      reaches.reduce((flat, reach, axis) => flat * reach.extent + placeOf(reach, window[axis], tap[axis]), 0),
    ),
  );
  const flat: Shape = [rows, constant(windows.length), channels];
  const tapsOf = reshape(emitter, clamped(emitter, whole(emitter, taps), allTaps(reaches)), flat);
  const starts = emitter.numbers(
    "i32",
    [windows.length, 1],
    windows.map((_, window) => window * count),
  );
  const table = emitter.numbers("i64", [places.length], places);
  const at = emitter.op("Gather", [table, emitter.op("Add", [tapsOf, starts])], { axis: 0 });
  const all = product(spatial(type));
  const values = reshape(emitter, whole(emitter, x), flat);
  const summed = emitter.op("ScatterElements", [zeros(emitter, [rows, all, channels]), at, values], {
    axis: 1,
    reduction: "add",
  });
  return { name: reshape(emitter, summed, type.shape), type };
};

/** Every index of a shape, row by row. */
function points(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (found, extent) => found.flatMap((point) => countUp(extent).map((at) => [...point, at])),
    [[]],
  );
}

export const windowRules = {
  window_max: windowMax,
  window_argmax: windowArgmax,
  window_take: windowTake,
  window_put: windowPut,
  window_sum: windowSum,
  window_spread: windowSpread,
} satisfies Partial<Record<OpName, Rule>>;
