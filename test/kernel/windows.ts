/** Kernels over windows of a picture: convolutions, pools, and what reads windows without weights; geometry is data. */
import { axisIndex, constantIndex, scaleIndex, sumIndices } from "../../compiler/loops/index.ts";
import { allOf, binary, compare, f32, i32, indexScalar, local, select } from "../../compiler/loops/scalar.ts";
import type { Axis, Combine, Index, Scalar } from "../../compiler/loops/types.ts";
import { axis, dim, from, kernelOf, reduce, store, type Case, type Size } from "./kernels.ts";

export interface Geometry {
  readonly rows?: Size;
  /** Of the picture, along both axes of it. */
  readonly size: number;
  readonly taps?: number;
  readonly stride?: number;
  readonly dilation?: number;
  /** Places before the picture, and after it: cut off where negative. */
  readonly low?: number;
  readonly high?: number;
  readonly channels?: number;
}

type Full = Required<Geometry>;

function complete({ size, ...more }: Geometry): Full {
  return { rows: 2, taps: 3, stride: 1, dilation: 1, low: 1, high: 1, channels: 4, ...more, size };
}

function outputs({ size, taps, stride, dilation, low, high }: Full): number {
  return Math.floor((size + low + high - (taps - 1) * dilation - 1) / stride) + 1;
}

/** Where a tap of the window at `at` reads. */
function placeOf(at: string, tap: string, { stride, dilation, low }: Full): Index {
  return sumIndices([scaleIndex(axisIndex(at), stride), scaleIndex(axisIndex(tap), dilation), constantIndex(-low)]);
}

/** The picture at a tap, `outside` beyond it; without a guard where no window leaves it. */
function tapOf(geometry: Full, outside: Scalar, channel: string | Index): Scalar {
  const { size, low, high } = geometry;
  const [h, w] = [placeOf("h", "p", geometry), placeOf("w", "q", geometry)];
  const inside = [h, w].flatMap((index) => [
    compare("greaterEqual", indexScalar(index), i32(0)),
    compare("less", indexScalar(index), i32(size)),
  ]);
  const read = from("x", "n", h, w, channel);
  return low > 0 || high > 0 ? select(allOf(inside), read, outside) : read;
}

const f = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;
const sum = local("sum", "f32");
const pointsOf = ({ rows }: Full, count: number): readonly Axis[] => [
  axis("n", rows),
  axis("h", count),
  axis("w", count),
];

/** Every channel of a window times weights of its own. */
export function depthwise(given: Geometry): Case {
  const geometry = complete(given);
  const { rows, size, taps, channels } = geometry;
  const count = outputs(geometry);
  const term = binary("mul", tapOf(geometry, f32(0), "c"), from("k", "p", "q", "c"));
  return kernelOf(
    "depthwise",
    [...pointsOf(geometry, count), axis("c", channels)],
    [
      reduce([axis("p", taps), axis("q", taps)], { lanes: 1 }, ["sum", "sum", term]),
      store("y", ["n", "h", "w", "c"], sum),
    ],
    { x: f(rows, size, size, channels), k: f(taps, taps, channels), y: f(rows, count, count, channels) },
  );
}

/** `filters` for each of the groups that share the channels. */
export function convolution(given: Geometry, filters: number, groups = 1): Case {
  const geometry = complete(given);
  const { rows, size, taps, channels } = geometry;
  const count = outputs(geometry);
  const each = channels / groups;
  const channel = groups === 1 ? axisIndex("c") : sumIndices([scaleIndex(axisIndex("g"), each), axisIndex("c")]);
  const output = groups === 1 ? axisIndex("o") : sumIndices([scaleIndex(axisIndex("g"), filters), axisIndex("o")]);
  const term = binary("mul", tapOf(geometry, f32(0), channel), from("k", "p", "q", "c", output));
  const group = groups === 1 ? [] : [axis("g", groups)];
  return kernelOf(
    "convolution",
    [...pointsOf(geometry, count), ...group, axis("o", filters)],
    [
      reduce([axis("p", taps), axis("q", taps), axis("c", each)], { lanes: 1 }, ["sum", "sum", term]),
      store("y", ["n", "h", "w", output], sum),
    ],
    {
      x: f(rows, size, size, channels),
      k: f(taps, taps, each, filters * groups),
      y: f(rows, count, count, filters * groups),
    },
  );
}

/** Windows' values combined, each combination in a tensor of its own; beyond the picture is `outside`. */
export function pools(given: Geometry, outside: number, ...combines: readonly Combine[]): Case {
  const geometry = complete(given);
  const { rows, size, taps, channels } = geometry;
  const count = outputs(geometry);
  const results = combines.map((combine) => [combine, combine, tapOf(geometry, f32(outside), "c")] as const);
  const stores = combines.map((combine) => {
    const dtype = combine === "argmax" ? "i32" : "f32";
    return store(`y_${combine}`, ["n", "h", "w", "c"], local(combine, dtype), dtype);
  });
  const made = combines.map((combine) => {
    const dtype = combine === "argmax" ? "i32" : "f32";
    return [`y_${combine}`, { ...f(rows, count, count, channels), dtype }] as const;
  });
  return kernelOf(
    "pools",
    [...pointsOf(geometry, count), axis("c", channels)],
    [reduce([axis("p", taps), axis("q", taps)], { lanes: 1 }, ...results), ...stores],
    { x: f(rows, size, size, channels), ...Object.fromEntries(made) },
  );
}
