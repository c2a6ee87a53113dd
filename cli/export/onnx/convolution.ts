/**
 * The rules for `conv`, of whose three tensors any may be the one that is made. ONNX has channels behind the rows, so each is turned on the way in
 * and out; next to each other such turns fall away where the model is loaded.
 */
import {
  add,
  constant,
  constantValue,
  divideExactly,
  multiply,
  subtract,
} from "../../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../../compiler/dimension/dimension.ts";
import { dimensionOf, dimensionsOf, numbersOf, stringOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import { countUp } from "../../../compiler/ops/emit.ts";
import type { Emitter } from "./emitter.ts";
import { pad, reshape, transpose, unsqueeze, whole } from "./operand.ts";
import type { Shape } from "./operand.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** How windows lie along a spatial axis: `low` before its first place, `taps` to each, `size` windows. */
export interface Reach {
  readonly extent: Dimension;
  readonly taps: Dimension;
  readonly size: Dimension;
  readonly low: Dimension;
  readonly stride: number;
  readonly dilation: number;
}

/** Channels from the last place to the second. */
export function channelsSecond(emitter: Emitter, name: string, rank: number): string {
  return transpose(emitter, name, [0, rank - 1, ...countUp(rank - 2).map((axis) => axis + 1)]);
}

export function channelsLast(emitter: Emitter, name: string, rank: number): string {
  return transpose(emitter, name, [0, ...countUp(rank - 2).map((axis) => axis + 2), 1]);
}

/** Places behind the last, negative where windows do not reach it. */
function high({ extent, taps, size, low, stride, dilation }: Reach): Dimension {
  const one = constant(1);
  const reached = add(scaled(subtract(size, one), stride), add(scaled(subtract(taps, one), dilation), one));
  return subtract(subtract(reached, low), extent);
}

function scaled(size: Dimension, by: number): Dimension {
  return multiply(size, constant(by));
}

/**
 * The padding, as an attribute where operators take it so: known, none negative but what a stride passes over, below `limit`. Else what is padded, or
 * cut, before. The value has its spatial axes behind two others.
 */
export function framed(
  emitter: Emitter,
  name: string,
  reaches: readonly Reach[],
  value: string,
  limit = Infinity,
): { readonly name: string; readonly pads: readonly number[] } {
  const [lows, highs] = [reaches.map(({ low }) => low), reaches.map(high)];
  const before = lows.map((low) => constantValue(low) ?? -1);
  const behind = highs.map((one, at) => {
    const known = constantValue(one) ?? -Infinity;
    return known < 0 && known > -reaches[at].stride ? 0 : known;
  });
  const pads = [...before, ...behind];
  if (pads.every((width) => width >= 0 && width < limit)) return { name, pads };
  const none = [constant(0), constant(0)];
  return { name: pad(emitter, name, [...none, ...lows], [...none, ...highs], value), pads: pads.map(() => 0) };
}

interface Parts {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly inputDilation: readonly number[];
  readonly low: Shape;
  readonly size: Shape;
  readonly groups: number;
}

function partsOf({ node: { attributes }, refuse }: RuleContext): Parts {
  return {
    stride: numbersOf(attributes, "stride"),
    dilation: numbersOf(attributes, "dilation"),
    inputDilation: numbersOf(attributes, "input_dilation"),
    low: dimensionsOf(attributes, "low"),
    size: dimensionsOf(attributes, "size"),
    groups: constantValue(dimensionOf(attributes, "groups")) ?? refuse("convolves in groups of an open number"),
  };
}

export const conv: Rule = (context) => {
  const { emitter, node, type } = context;
  const parts = partsOf(context);
  const rank = type.shape.length;
  switch (stringOf(node.attributes, "missing")) {
    case "output": {
      const made = isUpsampling(parts) ? upsampled(context, parts) : convolved(context, parts);
      return { name: channelsLast(emitter, made, rank), type };
    }
    case "input":
      return { name: channelsLast(emitter, inputOf(context, parts), rank), type };
    default:
      return { name: kernelOf(context, parts), type };
  }
};

/** [N, C, H…] with zeros between the places of each axis, as many as the dilation says less one. */
function dilated(emitter: Emitter, name: string, shape: Shape, by: readonly number[]): { name: string; shape: Shape } {
  return by.reduce(
    (before, times, spatial) => {
      if (times === 1) return before;
      const axis = spatial + 2;
      const cells = unsqueeze(emitter, before.name, [axis + 1]);
      const low = [...before.shape, constant(0)].map(() => constant(0));
      const spaced = pad(emitter, cells, low, low.with(axis + 1, constant(times - 1)), emitter.scalar("f32", 0));
      const wide = before.shape.with(axis, scaled(before.shape[axis], times));
      return { name: reshape(emitter, spaced, wide), shape: wide };
    },
    { name, shape },
  );
}

/** [N, C, H…] with its zeros between, of x as it is. */
function inputPlaces({ emitter, inputs: [x] }: RuleContext, { inputDilation }: Parts): { name: string; shape: Shape } {
  const { shape } = x.type;
  const turned = [shape[0], shape[shape.length - 1], ...shape.slice(1, -1)];
  return dilated(emitter, channelsSecond(emitter, whole(emitter, x), shape.length), turned, inputDilation);
}

function convolved(context: RuleContext, parts: Parts): string {
  const { emitter, inputs } = context;
  const [, w] = inputs;
  const { shape } = w.type;
  const rank = shape.length;
  const { name, shape: places } = inputPlaces(context, parts);
  const reaches = parts.stride.map((stride, axis): Reach => ({
    extent: places[axis + 2],
    taps: shape[axis],
    size: parts.size[axis],
    low: parts.low[axis],
    stride,
    dilation: parts.dilation[axis],
  }));
  const filters = transpose(emitter, whole(emitter, w), [rank - 1, rank - 2, ...countUp(rank - 2)]);
  return convOf(emitter, name, filters, reaches, parts.groups);
}

function convOf(emitter: Emitter, x: string, filters: string, reaches: readonly Reach[], group: number): string {
  const { name, pads } = framed(emitter, x, reaches, emitter.scalar("f32", 0));
  return emitter.op("Conv", [name, filters], {
    strides: reaches.map(({ stride }) => stride),
    dilations: reaches.map(({ dilation }) => dilation),
    pads,
    group,
  });
}

/** Zeros between the places and no stride: what a transposed convolution does without them. */
function isUpsampling({ stride, dilation, inputDilation, groups }: Parts): boolean {
  return groups === 1 && inputDilation.some((by) => by > 1) && [...stride, ...dilation].every((by) => by === 1);
}

/** The taps backwards; what comes out begins with the last of them at the first place. */
function upsampled({ emitter, inputs: [x, w] }: RuleContext, { inputDilation, low, size }: Parts): string {
  const [{ shape }, rank] = [w.type, w.type.shape.length];
  const spatial = countUp(rank - 2);
  const each = (value: number): string => emitter.ints(...spatial.map(() => value));
  const ends = [each(-1), each(-(2 ** 31)), emitter.ints(...spatial), each(-1)];
  const backwards = emitter.op("Slice", [whole(emitter, w), ...ends]);
  const filters = transpose(emitter, backwards, [rank - 2, rank - 1, ...spatial]);
  const lines = spatial.map((axis): Line => ({
    extent: x.type.shape[axis + 1],
    taps: shape[axis],
    stride: inputDilation[axis],
    dilation: 1,
    from: subtract(subtract(shape[axis], constant(1)), low[axis]),
    length: size[axis],
  }));
  return transposedConv(emitter, channelsSecond(emitter, whole(emitter, x), rank), filters, lines, 1);
}

/** Along a spatial axis of a transposed convolution: where what is wanted begins, and how much it is. */
interface Line {
  readonly extent: Dimension;
  readonly taps: Dimension;
  readonly stride: number;
  readonly dilation: number;
  readonly from: Dimension;
  readonly length: Dimension;
}

/** `x` is [N, F, O…], the filters [F, C/G, K…]; what comes out is cut, or filled with zeros, to what is wanted of each axis. */
export function transposedConv(
  emitter: Emitter,
  x: string,
  filters: string,
  lines: readonly Line[],
  group: number,
): string {
  const one = constant(1);
  const fulls = lines.map(({ extent, taps, stride, dilation }) =>
    add(scaled(subtract(extent, one), stride), add(scaled(subtract(taps, one), dilation), one)),
  );
  const before = lines.map(({ from }) => from);
  const behind = lines.map(({ from, length }, axis) => subtract(subtract(fulls[axis], from), length));
  const known = [...before, ...behind].map((width) => constantValue(width) ?? -1);
  const cut = known.every((width) => width >= 0);
  const attributes = {
    strides: lines.map(({ stride }) => stride),
    dilations: lines.map(({ dilation }) => dilation),
    pads: cut ? known : known.map(() => 0),
    group,
  };
  const made = emitter.op("ConvTranspose", [x, filters], attributes);
  if (cut) return made;
  const none = [constant(0), constant(0)];
  const negative = (widths: Shape): Shape => [...none, ...widths.map((width) => scaled(width, -1))];
  return pad(emitter, made, negative(before), negative(behind), emitter.scalar("f32", 0));
}

/** x[n, h…, c] = Σ k…, f: y[n, o…, f] · w[k…, c, f]: all places of the dilated input, then those that are none of its zeros. */
function inputOf({ emitter, inputs: [w, y] }: RuleContext, parts: Parts): string {
  const { shape } = w.type;
  const rank = shape.length;
  const spatial = countUp(rank - 2);
  const { stride, dilation, inputDilation, low, size, groups } = parts;
  const lines = spatial.map((axis): Line => ({
    extent: y.type.shape[axis + 1],
    taps: shape[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    from: low[axis],
    length: add(scaled(subtract(size[axis], constant(1)), inputDilation[axis]), constant(1)),
  }));
  const filters = transpose(emitter, whole(emitter, w), [rank - 1, rank - 2, ...spatial]);
  const made = transposedConv(emitter, channelsSecond(emitter, whole(emitter, y), rank), filters, lines, groups);
  if (inputDilation.every((by) => by === 1)) return made;
  const axes = spatial.map((axis) => axis + 2);
  const [start, end] = [0, 2 ** 31 - 1].map((value) => emitter.ints(...axes.map(() => value)));
  return emitter.op("Slice", [made, start, end, emitter.ints(...axes), emitter.ints(...inputDilation)]);
}

/**
 * w[k…, c, f] = Σ n, o…: x[n, h…, c] · y[n, o…, f]: a convolution whose rows are the channels of x, whose channels are the rows, and whose taps are
 * the places of y; stride and dilation change places.
 */
function kernelOf(context: RuleContext, parts: Parts): string {
  const { emitter, inputs, type } = context;
  const [, y] = inputs;
  const { groups, stride, dilation, low, size } = parts;
  const rank = type.shape.length;
  const { name, shape } = inputPlaces(context, parts);
  const spatial = countUp(rank - 2);
  const [rows, channels] = shape;
  const each = divideExactly(channels, constant(groups)) ?? channels;
  const split = reshape(emitter, name, [rows, constant(groups), each, ...shape.slice(2)]);
  const apart = transpose(emitter, split, [2, 1, 0, ...spatial.map((axis) => axis + 3)]);
  const pictures = reshape(emitter, apart, [each, scaled(rows, groups), ...shape.slice(2)]);
  const filters = transpose(emitter, whole(emitter, y), [rank - 1, 0, ...spatial.map((axis) => axis + 1)]);
  const reaches = spatial.map((axis): Reach => ({
    extent: shape[axis + 2],
    taps: y.type.shape[axis + 1],
    size: size[axis],
    low: low[axis],
    stride: dilation[axis],
    dilation: stride[axis],
  }));
  const made = convOf(emitter, pictures, filters, reaches, groups);
  return transpose(emitter, made, [...spatial.map((axis) => axis + 2), 0, 1]);
}

export const convolutionRules = { conv } satisfies Partial<Record<OpName, Rule>>;
