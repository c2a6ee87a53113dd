/** Winograd's convolution: which are rewritten and how, that the values stay, and how far from the exact ones they are. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import { bestForm, forms } from "../../compiler/passes/winograd-forms.ts";
import { winograd } from "../../compiler/passes/winograd.ts";
import { graphOf, input, shape } from "./graphs.ts";

interface Convolution {
  readonly missing?: "output" | "input" | "kernel";
  readonly batch?: number | string;
  /** Height and width of the output. */
  readonly size: readonly [number | string, number | string];
  readonly from?: number;
  readonly to?: number;
  readonly taps?: readonly number[];
  /** Zeros before and after, on each axis. */
  readonly padding?: readonly (readonly [number, number])[];
  readonly changed?: Attributes;
}

const ones = [1, 1];
const same = [
  [1, 1],
  [1, 1],
] as const;

/** A convolution whose operands are called x and w, or y and w. */
function convolution({
  missing = "output",
  batch = 2,
  size,
  from = 16,
  to = 16,
  taps = [3, 3],
  padding = same,
  changed = {},
}: Convolution): Graph {
  const wide = size.map((extent, d) =>
    typeof extent === "number" ? extent + taps[d] - 1 - padding[d][0] - padding[d][1] : extent,
  );
  const shapes = { input: [batch, ...wide, from], kernel: [...taps, from, to], output: [batch, ...size, to] };
  const spatial = { input: wide, kernel: taps, output: size };
  return graphOf((builder) => {
    const operands = (["input", "kernel", "output"] as const).flatMap((role) =>
      role === missing ? [] : [input(builder, role, shapes[role])],
    );
    return builder.one("conv", operands, {
      missing,
      stride: ones,
      dilation: ones,
      input_dilation: ones,
      low: padding.map(([low]) => constant(low)),
      groups: constant(1),
      size: shape(...spatial[missing]),
      ...changed,
    });
  });
}

const opsOf = ({ nodes }: Graph): readonly string[] => nodes.map(({ op }) => op).filter((op) => op !== "input");

test("becomes transforms, one product for each element of a tile, and a transform back", () => {
  const graph = winograd.run(convolution({ batch: "N", size: [16, 14], from: 8, to: 32 }));
  expect(verifyGraph(graph)).toEqual([]);
  expect(printGraph(graph).replaceAll(/matrix: \[\[.*?\]\]/g, "…")).toBe(
    `%0 = input[dtype: "f32", name: "input", role: "input", shape: [N, 16, 14, 8]]() : f32[N, 16, 14, 8]
%1 = input[dtype: "f32", name: "kernel", role: "input", shape: [3, 3, 8, 32]]() : f32[3, 3, 8, 32]
%2 = tiles[axis: 0, count: [1, 1], low: [0, 0], …, rows: 1, step: 1](%1) : f32[1, 36, 1, 1, 8, 32]
%3 = reshape[shape: [36, 8, 32]](%2) : f32[36, 8, 32]
%4 = tiles[axis: 1, count: [4, 4], low: [1, 1], …, rows: 4, step: 4](%0) : f32[N, 1, 36, 4, 4, 8]
%5 = contract[abcdef,cfg->abcdeg](%4, %3) : f32[N, 1, 36, 4, 4, 32]
%6 = untile[axis: 1, count: [4, 4], …, rows: 4](%5) : f32[N, 16, 16, 32]
%7 = slice[size: [N, 16, 14, 32], start: [0, 0, 0, 0], step: [1, 1, 1, 1]](%6) : f32[N, 16, 14, 32]
result y = %7`,
  );
});

const rewritten = ["tiles", "reshape", "tiles", "contract", "untile"];

const chosen: readonly (readonly [string, Convolution, readonly string[]])[] = [
  ["over many channels", { size: [16, 16] }, rewritten],
  ["by the input, its kernel turned round", { missing: "input", size: [16, 16] }, ["transpose", ...rewritten]],
  ["over an open batch", { size: [16, 16], batch: "N" }, rewritten],
  [
    "without padding",
    {
      size: [12, 12],
      padding: [
        [0, 0],
        [0, 0],
      ],
    },
    rewritten,
  ],
  ["of a size that tiles do not divide", { size: [15, 16] }, [...rewritten, "slice"]],
];

test.each(chosen)("is chosen %s", (_, given, ops) => {
  expect(opsOf(winograd.run(convolution(given)))).toEqual(ops);
});

const left: readonly (readonly [string, Convolution])[] = [
  ["few channels in", { size: [32, 32], from: 7 }],
  ["few channels out", { size: [32, 32], to: 7 }],
  ["pictures so small that tiles are mostly borders", { size: [3, 3] }],
  [
    "other taps",
    {
      size: [16, 16],
      taps: [5, 5],
      padding: [
        [2, 2],
        [2, 2],
      ],
    },
  ],
  [
    "taps of two sizes",
    {
      size: [16, 16],
      taps: [3, 1],
      padding: [
        [1, 1],
        [0, 0],
      ],
    },
  ],
  ["the gradient by the kernel", { missing: "kernel", size: [16, 16] }],
  [
    "a stride",
    {
      size: [8, 8],
      changed: { stride: [2, 2] },
      padding: [
        [1, -6],
        [1, -6],
      ],
    },
  ],
  ["a dilation", { size: [16, 16], changed: { dilation: [1, 2] } }],
  ["a dilated input", { size: [16, 16], changed: { input_dilation: [2, 1] } }],
  ["open sizes", { size: ["H", "H"], changed: { size: shape("H", "H") } }],
];

test.each(left)("is not chosen for %s", (_, given) => {
  const graph = convolution(given);
  expect(winograd.run(graph)).toBe(graph);
});

test("is not chosen for groups", () => {
  const graph = graphOf((builder) =>
    builder.one("conv", [input(builder, "x", [2, 16, 16, 32]), input(builder, "w", [3, 3, 16, 32])], {
      missing: "output",
      stride: ones,
      dilation: ones,
      input_dilation: ones,
      low: shape(1, 1),
      groups: constant(2),
      size: shape(16, 16),
    }),
  );
  expect(opsOf(winograd.run(graph))).toEqual(["conv"]);
});

test("the forms are those of their points: F(4 × 4) and F(2 × 2)", () => {
  expect(forms.map(({ outputs, input: matrix }) => [outputs, matrix.length])).toEqual([
    [4, 6],
    [2, 4],
  ]);
  // Lavin & Gray, section 4.1, up to signs of rows that the product takes back.
  expect(forms[1].input.map((row) => row.map(Math.abs))).toEqual([
    [1, 0, 1, 0],
    [0, 1, 1, 0],
    [0, 1, 1, 0],
    [0, 1, 0, 1],
  ]);
  expect(forms[1].kernel.map((row) => row.map(Math.abs))).toEqual([
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
    [0, 0, 1],
  ]);
});

test.each([
  [{ height: 32, width: 32, from: 32, to: 32 }, 4],
  [{ height: 6, width: 6, from: 32, to: 32 }, 2],
  [{ height: 3, width: 3, from: 32, to: 32 }, undefined],
])("%o is computed by tiles of %s", (layer, outputs) => {
  expect(bestForm(layer)?.outputs).toBe(outputs);
});

// ---------------------------------------------------------------------------------------------------------------------
// Values
// ---------------------------------------------------------------------------------------------------------------------

/** Normal numbers of mean 0 and deviation 1, by Box and Muller, rounded to float32. */
function normal(seed: number, count: number): Float32Array {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

function valuesOf(graph: Graph, precision: "f32" | "f64"): readonly number[] {
  const inputs = new Map(
    graph.nodes.flatMap(({ op, attributes, outputs: [{ shape: extents }] }, at) => {
      if (op !== "input") return [];
      const sizes = extents.map(({ key }) => Number(key));
      const data = normal(
        7 * at + 1,
        sizes.reduce((a, b) => a * b, 1),
      );
      return [[stringOf(attributes, "name"), { shape: sizes, data }] as const];
    }),
  );
  const { data = [] } = evaluateGraph(graph, { inputs, dims: new Map(), precision }).get("y") ?? {};
  return Array.from(data);
}

const geometries: readonly (readonly [string, Convolution])[] = [
  ["same padding, whole tiles", { size: [16, 16], from: 32, to: 8 }],
  ["same padding, sizes that tiles do not divide", { size: [13, 15], from: 17, to: 18 }],
  [
    "no padding",
    {
      size: [12, 12],
      from: 8,
      to: 16,
      padding: [
        [0, 0],
        [0, 0],
      ],
    },
  ],
  [
    "more zeros before than after",
    {
      size: [12, 12],
      from: 16,
      to: 8,
      padding: [
        [2, 0],
        [0, 2],
      ],
    },
  ],
  [
    "more zeros than taps",
    {
      size: [15, 15],
      from: 16,
      to: 16,
      padding: [
        [3, 4],
        [4, 3],
      ],
    },
  ],
  [
    "left out elements",
    {
      size: [12, 12],
      padding: [
        [-1, 0],
        [0, -2],
      ],
    },
  ],
  ["long rows", { size: [8, 40], batch: 1 }],
  ["small tiles", { size: [6, 6], from: 32, to: 32 }],
];

describe.each(geometries)("with %s", (_, given) => {
  test.each(["output", "input"] as const)("the %s is the same, and errs by at most four times as much", (missing) => {
    const direct = convolution({ ...given, missing });
    const fast = winograd.run(direct);
    expect(opsOf(fast)).toContain("untile");
    const exact = valuesOf(direct, "f64");
    const spread = Math.sqrt(exact.reduce((sum, value) => sum + value ** 2, 0) / exact.length);
    // In doubles only the constants of the transforms are rounded.
    const rounded = valuesOf(fast, "f64").map((value, at) => Math.abs(value - exact[at]));
    expect(Math.max(...rounded)).toBeLessThan(1e-6 * spread);
    const errors = [direct, fast].map((graph) =>
      valuesOf(graph, "f32").map((value, at) => Math.abs(value - exact[at])),
    );
    const [largest, largestOfFast] = errors.map((list) => Math.max(...list));
    const [mean, meanOfFast] = errors.map((list) => Math.sqrt(list.reduce((sum, error) => sum + error ** 2, 0)));
    expect(largestOfFast / largest).toBeLessThan(4);
    expect(meanOfFast / mean).toBeLessThan(4);
  });
});
