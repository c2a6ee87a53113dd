/**
 * What the window ops share: their attributes, the windows over a place, shape rules and samples. Windows lie over the
 * spatial axes of [N, H…, C]; an output place o and a tap t of its window meet the place h = stride·o + t − low.
 */
import { constant, constantValue, equal, printShape } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import type { Axis } from "../loops/types.ts";
import { axisCount, dtypeOf } from "./check.ts";
import { problem, type Sample, type ShapeProblem } from "./define.ts";
import { countUp, type Shape } from "./emit.ts";
import { countsOf, solveAll, type Relation, type Solution } from "./relation.ts";
import { f32, sizes } from "./samples.ts";

export type WindowAttributes = {
  /** The taps of a window on each spatial axis. */
  readonly window: Shape;
  readonly stride: readonly number[];
  /** Places before the first element that windows reach; negative where elements are left out. */
  readonly low: Shape;
  /** The spatial sizes of the result. */
  readonly size: Shape;
};

export function relationsOf({ stride, low }: WindowAttributes): readonly Relation[] {
  return stride.map((by, axis) => ({ stride: by, dilation: 1, inputDilation: 1, low: low[axis] }));
}

/** How many windows at most cover a place. */
export function coverCounts(attributes: WindowAttributes): Shape {
  return countsOf(relationsOf(attributes), "tap of input", attributes.window);
}

/** The windows over each place, by the taps that reach it. */
export function coverOf(
  attributes: WindowAttributes,
  kept: readonly Axis[],
  counts: readonly Axis[],
  windows: Shape,
): readonly Solution[] {
  const places = { kept: kept.slice(1, -1), counts };
  return solveAll(relationsOf(attributes), "tap of input", places, attributes.window, windows.slice(1, -1));
}

// ---------------------------------------------------------------------------------------------------------------------
// Shapes
// ---------------------------------------------------------------------------------------------------------------------

export function windowed(
  op: string,
  x: TensorType,
  { window, stride, low, size }: WindowAttributes,
  dtype: "f32" | "i32",
): readonly TensorType[] | ShapeProblem {
  const wrong = dtypeOf(op, [x], 0, ["f32"]);
  if (wrong !== undefined) return wrong;
  const rank = stride.length + 2;
  if (x.shape.length !== rank)
    return problem(
      `${op} over ${axisCount(stride.length)} takes a tensor with ${axisCount(rank)}, not ${printShape(x.shape)}`,
      [0],
    );
  if ([window, low, size].some(({ length }) => length !== stride.length))
    return problem(`${op} takes a window, a stride, a padding and a size for each spatial axis`, [0]);
  if (!stride.every((by) => Number.isInteger(by) && by >= 1)) return problem(`${op} takes strides of at least 1`, [0]);
  const empty = [...window, ...size].find((extent) => (constantValue(extent) ?? 1) < 1);
  if (empty !== undefined) return problem(`${op} takes windows and sizes of at least 1, not ${empty.key}`, [0]);
  return [{ dtype, shape: [x.shape[0], ...size, x.shape[rank - 1]] }];
}

/** Taps have the shape of what has an element for each window. */
export function tapsFit(op: string, windows: Shape, { shape }: TensorType): ShapeProblem | undefined {
  const fits = shape.length === windows.length && shape.every((extent, axis) => equal(extent, windows[axis]));
  return fits
    ? undefined
    : problem(
        `${op} takes a tap for each window; windows are ${printShape(windows)}, taps ${printShape(shape)}`,
        [0, 1],
      );
}

// ---------------------------------------------------------------------------------------------------------------------
// Samples
// ---------------------------------------------------------------------------------------------------------------------

interface Geometry {
  readonly name: string;
  readonly input: readonly number[];
  readonly window: readonly number[];
  readonly output: readonly number[];
  readonly stride?: readonly number[];
  readonly low?: readonly number[];
}

const geometries: readonly Geometry[] = [
  { name: "halves", input: [2, 4, 6, 3], window: [2, 2], output: [2, 3], stride: [2, 2] },
  { name: "overlap", input: [1, 5, 2], window: [3], output: [3] },
  { name: "padded", input: [1, 5, 4, 2], window: [3, 3], output: [3, 2], stride: [2, 2], low: [1, 1] },
  { name: "gaps", input: [1, 7, 2], window: [2], output: [2], stride: [5] },
  { name: "cropped", input: [1, 6, 1], window: [2], output: [2], stride: [2], low: [-1] },
  { name: "one place", input: [2, 1, 1], window: [2], output: [1], low: [1] },
  { name: "a volume", input: [1, 2, 3, 2, 1], window: [2, 2, 1], output: [1, 2, 2] },
];

function attributesOf({ window, output, stride, low }: Geometry): WindowAttributes {
  return {
    window: sizes(...window),
    stride: stride ?? window.map(() => 1),
    low: low === undefined ? window.map(() => constant(0)) : sizes(...low),
    size: sizes(...output),
  };
}

export function windowSamples(): readonly Sample<WindowAttributes>[] {
  return geometries.map((geometry) => ({
    name: geometry.name,
    attributes: attributesOf(geometry),
    inputs: [f32(...geometry.input)],
  }));
}

/** Every index of a shape, row by row. */
function pointsOf(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (points, extent) => points.flatMap((point) => countUp(extent).map((position) => [...point, position])),
    [[]],
  );
}

/** With taps that differ from window to window, as elements of places or of windows. */
export function tapSamples(of: "places" | "windows"): readonly Sample<WindowAttributes>[] {
  return geometries.map((geometry) => {
    const { name, input, window, output } = geometry;
    const attributes = attributesOf(geometry);
    const shape = [input[0], ...output, input[input.length - 1]];
    const data = pointsOf(shape).map((point, position) => anyTap(geometry, point.slice(1, -1), position));
    return {
      name,
      attributes: of === "places" ? attributes : { ...attributes, size: sizes(...input.slice(1, -1)) },
      inputs: [f32(...(of === "places" ? input : shape)), { dtype: "i32", shape, data }],
    };

    /** As window_argmax counts it: the first tap that stands for its place. */
    function anyTap({ stride, low }: Geometry, at: readonly number[], seed: number): number {
      return window.reduce((flat, extent, axis) => {
        const start = at[axis] * (stride?.[axis] ?? 1) - (low?.[axis] ?? 0);
        const place = Math.min(Math.max(start + ((seed * 5 + axis) % extent), 0), input[axis + 1] - 1);
        return flat * extent + Math.max(place === 0 ? 0 : place - start, 0);
      }, 0);
    }
  });
}
