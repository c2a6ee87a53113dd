/** `conv`, `window_max` and `window_sum`: their geometry checked where it was written, then one node each. */
import { convOperands, emptyWindow } from "../../diagnostics/codes/windows.ts";
import { label } from "../../diagnostics/diagnostic.ts";
import { counted } from "../../diagnostics/lists.ts";
import {
  add,
  constant,
  constantValue,
  divideExactly,
  equal,
  floorDivide,
  isConstant,
  multiply,
  subtract,
  type Dimension,
} from "../../dimension/dimension.ts";
import { equalIfExact } from "../../dimension/facts.ts";
import { asDimension, describeType, describeValue, type AxisLabel, type Evaluated, type Tensor } from "../values.ts";
import type { BuiltinCall, Rule, Rules } from "./call.ts";

/** Along one spatial axis: what a kernel or window meets. */
interface Reach {
  readonly size: Dimension;
  readonly taps: Dimension;
  readonly stride: number;
  readonly dilation: number;
  readonly inputDilation: number;
  readonly low: Dimension;
  readonly high: Dimension;
}

const one = constant(1);

/** How many places a dilated run of elements takes. */
function extentOf(count: Dimension, dilation: number): Dimension {
  return add(multiply(subtract(count, one), constant(dilation)), one);
}

/** The number of places of the result on each axis; every one has at least one. */
function placesOf(reaches: readonly Reach[], parameter: string, x: Tensor, call: BuiltinCall): readonly Dimension[] {
  return reaches.map(({ size, taps, stride, dilation, inputDilation, low, high }, axis) => {
    const room = add(extentOf(size, inputDilation), add(low, high));
    const covered = extentOf(taps, dilation);
    const places = add(floorDivide(subtract(room, covered), constant(stride)), one);
    if ((constantValue(places) ?? 1) >= 1) return places;
    return call.frame.fail(
      emptyWindow,
      { operation: call.name, covered: covered.key, room: room.key, axis: axis + 1 },
      call.spanOf(parameter),
      `this covers ${covered.key} on spatial axis ${axis + 1}`,
      [label(call.spanOf("x"), `this is ${describeType(x.type)}`)],
      channelsFirst(x.type.shape) ?? "a smaller size, or more `padding:`",
    );
  });
}

/** Pictures of other libraries have their few channels before height and width. */
function channelsFirst(shape: readonly Dimension[]): string | undefined {
  const [channels = 0, ...spatial] = shape.slice(1).map((size) => constantValue(size) ?? 0);
  const isFirst = spatial.length === 2 && [1, 3, 4].includes(channels) && spatial.every((size) => size > 4);
  return isFirst ? `channels stand last: \`[N, ${spatial.join(", ")}, ${channels}]\`` : undefined;
}

/** An f32 tensor with a batch axis, spatial axes and channels. */
function picture(call: BuiltinCall): Tensor {
  const tensor = call.tensor("x");
  if (tensor.type.dtype !== "f32") return call.failElements("x", "f32", tensor, "convert with `f32(…)`");
  if (tensor.type.shape.length >= 3) return tensor;
  return call.fail(
    "a tensor [N, …, C] with at least one axis between rows and channels",
    describeType(tensor.type),
    call.spanOf("x"),
  );
}

/** A list as it is, anything else for every spatial axis. */
function forEachAxis(value: Evaluated, rank: number): readonly Evaluated[] {
  return value.kind === "list" ? value.items : Array.from({ length: rank }, () => value);
}

/** A number of at least 1 for each spatial axis, or one for all. */
function steps(parameter: string, rank: number, call: BuiltinCall): readonly number[] {
  if (!call.has(parameter)) return Array.from({ length: rank }, () => 1);
  const { value, span } = call.operand(parameter, { whole: true });
  const items = forEachAxis(value, rank);
  const numbers = items.map((item) => call.integer(item, span, parameter));
  if (numbers.length === rank && numbers.every((by) => by >= 1)) return numbers;
  return call.fail(`${counted(rank, "number")} of at least 1 as \`${parameter}\``, describeValue(value), span);
}

/** A size for each spatial axis, or one for all. */
function window(rank: number, call: BuiltinCall): readonly Dimension[] {
  const { value, span } = call.operand("size", { whole: true });
  const items = forEachAxis(value, rank);
  const sizes = items.flatMap((item) => asDimension(item) ?? []);
  const fits = sizes.length === rank && items.length === rank && sizes.every((size) => (constantValue(size) ?? 1) >= 1);
  return fits ? sizes : call.fail(`${counted(rank, "size")} of at least 1`, describeValue(value), span);
}

/** What stands before and after on each spatial axis. */
function margins(rank: number, call: BuiltinCall): readonly (readonly [low: Dimension, high: Dimension])[] {
  const none = constant(0);
  if (!call.has("padding")) return Array.from({ length: rank }, () => [none, none] as const);
  const { value, span } = call.operand("padding", { whole: true });
  const items = value.kind === "list" ? value.items : [];
  const pairs = items.flatMap((item) => {
    const [low, high, ...more] = item.kind === "list" ? item.items.map(asDimension) : [];
    return low === undefined || high === undefined || more.length > 0 ? [] : [[low, high] as const];
  });
  if (pairs.length === rank && items.length === rank) return pairs;
  return call.fail(
    `[before, after] for each of ${counted(rank, "spatial axis", "spatial axes")} as \`padding\``,
    describeValue(value),
    span,
  );
}

/** An axis keeps its label where it keeps its size. */
function labelsOf(x: Tensor, places: readonly Dimension[], channels: AxisLabel): readonly AxisLabel[] {
  const spatial = places.map((size, axis) => (equal(size, x.type.shape[axis + 1]) ? x.labels[axis + 1] : undefined));
  return [x.labels[0], ...spatial, channels];
}

function conv(call: BuiltinCall): Evaluated {
  const x = picture(call);
  const w = call.tensor("w");
  const rank = x.type.shape.length - 2;
  const groups = call.has("groups") ? call.dimension("groups") : one;
  if ((constantValue(groups) ?? 1) < 1) call.fail("at least 1 as `groups`", groups.key, call.spanOf("groups"));
  checkKernel(x, w, groups, call);
  const [stride, dilation, inputDilation] = ["stride", "dilation", "input_dilation"].map((name) =>
    steps(name, rank, call),
  );
  const padding = margins(rank, call);
  const reaches = padding.map(([low, high], axis) => ({
    size: x.type.shape[axis + 1],
    taps: w.type.shape[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    inputDilation: inputDilation[axis],
    low,
    high,
  }));
  const size = placesOf(reaches, "w", x, call);
  const low = padding.map(([before]) => before);
  const attributes = { missing: "output", stride, dilation, input_dilation: inputDilation, low, groups, size };
  const labels = labelsOf(x, size, w.labels[rank + 1]);
  return call.frame.at(call.span, () =>
    call.entry.tensor(call.builder.one("conv", [x.value, w.value], attributes), labels),
  );
}

/** The kernel is f32 [K…, C / groups, filters] for these channels, and groups divide its filters. */
function checkKernel(x: Tensor, w: Tensor, groups: Dimension, call: BuiltinCall): void {
  const { shape } = x.type;
  const rank = shape.length - 2;
  const kernel = w.type.shape;
  const fits =
    w.type.dtype === "f32" &&
    kernel.length === rank + 2 &&
    equalIfExact(multiply(kernel[rank], groups), shape[rank + 1]) &&
    divideExactly(kernel[rank + 1], groups) !== undefined;
  if (fits) return;
  const taps = Array.from({ length: rank }, (_, axis) => `K${axis + 1}`).join(", ");
  const inner = isConstant(groups, 1) ? shape[rank + 1].key : `${shape[rank + 1].key} / ${groups.key}`;
  call.frame.fail(
    convOperands,
    {
      kernel: `[${taps}, ${inner}, F]${isConstant(groups, 1) ? "" : `, F a multiple of ${groups.key}`}`,
      found: describeType(w.type),
    },
    call.spanOf("w"),
    `this is ${describeType(w.type)}`,
    [label(call.spanOf("x"), `this is ${describeType(x.type)}`)],
  );
}

function windowed(op: "window_max" | "window_sum"): Rule {
  return (call) => {
    const x = picture(call);
    const rank = x.type.shape.length - 2;
    const sizes = window(rank, call);
    const stride = steps("stride", rank, call);
    const padding = margins(rank, call);
    const reaches = padding.map(([low, high], axis) => ({
      size: x.type.shape[axis + 1],
      taps: sizes[axis],
      stride: stride[axis],
      dilation: 1,
      inputDilation: 1,
      low,
      high,
    }));
    if (op === "window_max") for (const reach of reaches) checkPadding(reach, call);
    const size = placesOf(reaches, "size", x, call);
    const attributes = { window: sizes, stride, low: padding.map(([low]) => low), size };
    const labels = labelsOf(x, size, x.labels[rank + 1]);
    return call.frame.at(call.span, () => call.entry.tensor(call.builder.one(op, [x.value], attributes), labels));
  };
}

/** Every window has an element: nothing else could be its greatest. */
function checkPadding({ taps, low, high }: Reach, call: BuiltinCall): void {
  const wide = [low, high].find((width) => (constantValue(subtract(taps, width)) ?? 1) < 1);
  if (wide !== undefined)
    call.fail(`padding below the size of the window, ${taps.key}, as \`padding\``, wide.key, call.spanOf("padding"));
}

export const windowRules = {
  conv,
  window_max: windowed("window_max"),
  window_sum: windowed("window_sum"),
} satisfies Rules;
