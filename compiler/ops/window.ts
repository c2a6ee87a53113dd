/**
 * Windows over the spatial axes of [N, H…, C]: an output place o and a tap t of its window meet the place
 * h = stride·o + t − low. `window_take` and `window_put` move elements between places and windows by what
 * `window_argmax` found; each is the gradient of the other, and neither scatters.
 */
import { constantValue, product } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  dataIndex,
  heldIndex,
  scaleIndex,
  subtractIndex,
  unflatten,
} from "../loops/index.ts";
import { allOf, binary, compare, constantScalar, i32, indexScalar, select } from "../loops/scalar.ts";
import type { Axis, Combine, Compute, Index, Scalar } from "../loops/types.ts";
import { arity, dtypeOf } from "./check.ts";
import { defineOp, type LoopContext, type Sample, type ShapeProblem } from "./define.ts";
import { held, type Shape } from "./emit.ts";
import { solveAll, type Solution } from "./relation.ts";
import { f32, sizes } from "./samples.ts";
import { elementOf, loadAt } from "./scalars.ts";
import {
  coverCounts,
  coverOf,
  relationsOf,
  tapSamples,
  tapsFit,
  windowed,
  windowSamples,
  type WindowAttributes,
} from "./windows.ts";

type Context = LoopContext<WindowAttributes>;

const places =
  "x and the result have a batch axis, the spatial axes and channels; of the result's spatial sizes, size.";
const reach = "A window at o covers the places stride·o − low up to the size of the window.";

// ---------------------------------------------------------------------------------------------------------------------
// From places to windows
// ---------------------------------------------------------------------------------------------------------------------

/** The places of taps, each moved to the nearest one that exists: so padding repeats what the window has anyway. */
function placesOf(
  { stride, low }: WindowAttributes,
  kept: readonly Axis[],
  taps: readonly Index[],
  shape: Shape,
): readonly Index[] {
  return taps.map((tap, axis) => {
    const start = scaleIndex(axisIndex(kept[axis + 1].name), stride[axis]);
    const place = subtractIndex(addIndex(start, tap), constantIndex(low[axis]));
    return dataIndex(indexScalar(place), shape[axis + 1]);
  });
}

/** The greatest of each window, or its tap. Repeated elements come after those that they repeat, or have their first place. */
function extreme(
  combine: Extract<Combine, "greatest" | "argmax">,
  { attributes, inputs, outputs, axes }: Context,
): Compute {
  const [x] = inputs;
  const [{ dtype, shape }] = outputs;
  const kept = axes(shape);
  const over = axes(attributes.window, "r");
  const taps = over.map(({ name }) => axisIndex(name));
  const indices = within(kept, placesOf(attributes, kept, taps, x.type.shape));
  return { kind: "reduce", axes: kept, over, dtype, combine, value: elementOf(x, indices), order: { lanes: 1 } };
}

export const windowMax = defineOp<WindowAttributes>({
  name: "window_max",
  summary: "The greatest element of each window, padding left out; the gradient goes to the first that is greatest.",
  constraints: [`1. ${places}`, `2. ${reach}`, "3. Every window has a place in x."],
  infer: (inputs, attributes) => arity("window_max", inputs, 1) ?? windowed("window_max", inputs[0], attributes, "f32"),
  gradient: ({ builder, attributes, inputs: [x], outputGradients: [g] }) => {
    if (g === undefined) return [undefined];
    const chosen = held(builder, builder.one("window_argmax", [x], attributes));
    return [builder.one("window_put", [g, chosen], placed(attributes, builder.typeOf(x).shape))];
  },
  loops: (context) => [extreme("greatest", context)],
  samples: windowSamples(),
});

export const windowArgmax = defineOp<WindowAttributes>({
  name: "window_argmax",
  summary:
    "The tap of the first NaN of each window, else of its first greatest element, counted row by row; a tap outside stands for the nearest place.",
  constraints: [`1. ${places}`, `2. ${reach}`, "3. Every window has a place in x.", "4. The result is i32."],
  infer: (inputs, attributes) =>
    arity("window_argmax", inputs, 1) ?? windowed("window_argmax", inputs[0], attributes, "i32"),
  gradient: "none",
  loops: (context) => [extreme("argmax", context)],
  samples: [
    ...windowSamples(),
    {
      name: "first of ties, NaN, −∞",
      attributes: { window: sizes(2), stride: [2], low: sizes(1), size: sizes(4) },
      inputs: [{ dtype: "f32", shape: [1, 6, 1], data: [-Infinity, 1, 1, NaN, 5, -Infinity] }],
      differentiable: false,
    },
  ],
});

/** From windows back to the places of x. */
function placed(attributes: WindowAttributes, shape: Shape): WindowAttributes {
  return { ...attributes, size: shape.slice(1, -1) };
}

// ---------------------------------------------------------------------------------------------------------------------
// By what was chosen
// ---------------------------------------------------------------------------------------------------------------------

export const windowTake = defineOp<WindowAttributes>({
  name: "window_take",
  summary: "From each window of x the element at the tap that it is given.",
  constraints: [
    `1. ${places}`,
    `2. ${reach}`,
    "3. Taps are i32, of the shape of the result, and as window_argmax counts them.",
  ],
  infer: (inputs, attributes) =>
    arity("window_take", inputs, 2) ?? dtypeOf("window_take", inputs, 1, ["i32"]) ?? taken(inputs, attributes),
  gradient: ({ builder, attributes, inputs: [x, taps], outputGradients: [g] }) => [
    g && builder.one("window_put", [g, held(builder, taps)], placed(attributes, builder.typeOf(x).shape)),
    undefined,
  ],
  loops: ({ attributes, inputs: [x, taps], outputs: [{ dtype, shape }], axes }) => {
    const kept = axes(shape);
    const { window } = attributes;
    const tap = unflatten(heldIndex(loadAt(taps, kept), product(window)), window);
    const indices = within(kept, placesOf(attributes, kept, tap, x.type.shape));
    return [{ kind: "map", axes: kept, dtype, value: elementOf(x, indices) }];
  },
  samples: tapSamples("places"),
});

export const windowPut = defineOp<WindowAttributes>({
  name: "window_put",
  summary: "For each place the sum, over the windows that cover it, of the element of those whose tap is there.",
  constraints: [
    "1. x has an element for each window, taps are i32 of its shape and as window_argmax counts them; of the result's spatial sizes, size.",
    `2. ${reach}`,
    "3. Windows add in descending order.",
  ],
  infer: (inputs, attributes) =>
    arity("window_put", inputs, 2) ??
    dtypeOf("window_put", inputs, 1, ["i32"]) ??
    tapsFit("window_put", inputs[0].shape, inputs[1]) ??
    windowed("window_put", inputs[0], attributes, "f32"),
  gradient: ({ builder, attributes, inputs: [g, taps], outputGradients: [again] }) => [
    again && builder.one("window_take", [again, held(builder, taps)], placed(attributes, builder.typeOf(g).shape)),
    undefined,
  ],
  loops: (context) => {
    const { attributes, inputs, outputs, axes } = context;
    const [g, taps] = inputs;
    const { shape } = outputs[0];
    const kept = axes(shape);
    const over = axes(coverCounts(attributes), "r");
    const found = coverOf(attributes, kept, over, g.type.shape);
    const indices = within(kept, solvedOf(found));
    const wanted = found.map((solution, axis) => tapAt(solution, axis, kept, attributes));
    const strides = attributes.window.map((_, axis) => product(attributes.window.slice(axis + 1)));
    const tap = wanted
      .map((scalar, axis) => binary("mul", scalar, indexScalar(constantIndex(strides[axis]))))
      .reduce((left, right) => binary("add", left, right));
    const here = compare("equal", elementOf(taps, indices), tap);
    const chosen = select(here, elementOf(g, indices), constantScalar("f32", 0));
    return [summed(kept, over, found, chosen)];
  },
  samples: tapSamples("windows"),
});

/** The tap that window_argmax names for a place: the first that stands for it, which is 0 where taps before reach outside. */
function tapAt({ free }: Solution, axis: number, kept: readonly Axis[], { low }: WindowAttributes): Scalar {
  if ((constantValue(low[axis]) ?? 1) <= 0) return indexScalar(free);
  const isFirst = compare("equal", indexScalar(axisIndex(kept[axis + 1].name)), i32(0));
  return select(isFirst, i32(0), indexScalar(free));
}

// ---------------------------------------------------------------------------------------------------------------------
// Sums
// ---------------------------------------------------------------------------------------------------------------------

export const windowSum = defineOp<WindowAttributes>({
  name: "window_sum",
  summary: "The sum of each window; what it reaches outside counts as 0.",
  constraints: [`1. ${places}`, `2. ${reach}`],
  infer: (inputs, attributes) => arity("window_sum", inputs, 1) ?? windowed("window_sum", inputs[0], attributes, "f32"),
  gradient: ({ builder, attributes, inputs: [x], outputGradients: [g] }) => [
    g && builder.one("window_spread", [g], placed(attributes, builder.typeOf(x).shape)),
  ],
  loops: ({ attributes, inputs: [x], outputs: [{ shape }], axes }) => {
    const kept = axes(shape);
    const over = axes(attributes.window, "r");
    const places = { kept: kept.slice(1, -1), counts: over };
    const found = solveAll(
      relationsOf(attributes),
      "tap of output",
      places,
      attributes.window,
      x.type.shape.slice(1, -1),
    );
    const element = elementOf(x, within(kept, solvedOf(found)));
    return [summed(kept, over, found, element)];
  },
  samples: windowSamples(),
});

export const windowSpread = defineOp<WindowAttributes>({
  name: "window_spread",
  summary: "For each place the sum of the windows that cover it.",
  constraints: ["1. x has an element for each window; of the result's spatial sizes, size.", `2. ${reach}`],
  infer: (inputs, attributes) =>
    arity("window_spread", inputs, 1) ?? windowed("window_spread", inputs[0], attributes, "f32"),
  gradient: ({ builder, attributes, inputs: [x], outputGradients: [g] }) => [
    g && builder.one("window_sum", [g], placed(attributes, builder.typeOf(x).shape)),
  ],
  loops: ({ attributes, inputs: [x], outputs: [{ shape }], axes }) => {
    const kept = axes(shape);
    const over = axes(coverCounts(attributes), "r");
    const found = coverOf(attributes, kept, over, x.type.shape);
    const element = elementOf(x, within(kept, solvedOf(found)));
    return [summed(kept, over, found, element)];
  },
  samples: windowSamples().map(({ name, attributes, inputs: [{ shape }] }): Sample<WindowAttributes> => ({
    name,
    attributes: { ...attributes, size: sizes(...shape.slice(1, -1)) },
    inputs: [f32(shape[0], ...attributes.size.map((size) => constantValue(size) ?? 1), shape[shape.length - 1])],
  })),
});

/** The row and channel of a point, at these places of the spatial axes. */
function within(kept: readonly Axis[], places: readonly Index[]): readonly Index[] {
  const [batch, channel] = [kept[0], kept[kept.length - 1]].map(({ name }) => axisIndex(name));
  return [batch, ...places, channel];
}

function solvedOf(found: readonly Solution[]): readonly Index[] {
  return found.map(({ solved }) => solved);
}

/** The sum over the loops of the value where all places exist. */
function summed(axes: readonly Axis[], over: readonly Axis[], found: readonly Solution[], value: Scalar): Compute {
  const existing = found.flatMap(({ freeExists, solvedExists }) => [...freeExists, ...solvedExists]);
  const counted = select(allOf(existing), value, constantScalar("f32", 0));
  return { kind: "reduce", axes, over, dtype: "f32", combine: "sum", value: counted, order: { lanes: 1 } };
}

function taken([x, taps]: readonly TensorType[], attributes: WindowAttributes): readonly TensorType[] | ShapeProblem {
  const types = windowed("window_take", x, attributes, "f32");
  return "kind" in types ? types : (tapsFit("window_take", types[0].shape, taps) ?? types);
}
