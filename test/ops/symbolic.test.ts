/** The same graph with open and with closed dimensions has the same values and gradients. */
import { describe, expect, test } from "vitest";
import { add, constant, multiply, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { countUp } from "../../compiler/ops/emit.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { draw } from "./numbers.ts";

interface Sizes {
  readonly N: Dimension;
  readonly T: Dimension;
}

const values = { N: 3, T: 4 };
const open: Sizes = { N: symbol("N"), T: symbol("T") };
const closed: Sizes = { N: constant(values.N), T: constant(values.T) };
const one = constant(1);
const two = constant(2);

interface Case {
  readonly name: string;
  /** The shape of x at N = 3, T = 4, and with dimensions. */
  readonly numbers: readonly number[];
  readonly shape: (sizes: Sizes) => readonly Dimension[];
  readonly build: (b: GraphBuilder, x: Value, sizes: Sizes) => Value;
}

const matrix = ({ N, T }: Sizes): readonly Dimension[] => [N, T];

const cases: readonly Case[] = [
  { name: "max over both axes", numbers: [3, 4], shape: matrix, build: (b, x) => b.one("max", [x], { axes: [0, 1] }) },
  {
    name: "max over outer axes",
    numbers: [3, 4, 2],
    shape: ({ N, T }) => [N, T, two],
    build: (b, x) => b.one("max", [x], { axes: [0, 1] }),
  },
  {
    name: "prod over the last axis",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x) => b.one("prod", [x], { axes: [1] }),
  },
  {
    name: "prod over both axes",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x) => b.one("prod", [x], { axes: [0, 1] }),
  },
  {
    name: "reshape that splits an axis",
    numbers: [3, 8],
    shape: ({ N, T }) => [N, multiply(T, two)],
    build: (b, x, { N, T }) => b.one("reshape", [x], { shape: [N, T, two] }),
  },
  {
    name: "reshape that joins axes",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x, { N, T }) => b.one("reshape", [x], { shape: [multiply(N, T)] }),
  },
  {
    name: "reshape that regroups",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x, { N, T }) => b.one("reshape", [x], { shape: [T, N] }),
  },
  { name: "reverse", numbers: [3, 4], shape: matrix, build: (b, x) => b.one("reverse", [x], { axes: [1] }) },
  {
    name: "slice from an open start",
    numbers: [7],
    shape: ({ N, T }) => [add(N, T)],
    build: (b, x, { N, T }) => b.one("slice", [x], { start: [N], size: [T], step: [1] }),
  },
  {
    name: "slice in steps",
    numbers: [8],
    shape: ({ T }) => [multiply(T, two)],
    build: (b, x, { T }) => b.one("slice", [x], { start: [one], size: [T], step: [2] }),
  },
  {
    name: "pad by an open width",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x, { N }) => b.one("pad", [x], { low: [constant(0), N], high: [two, one], value: 0 }),
  },
  {
    name: "concat",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x) => b.one("concat", [x, b.one("neg", [x]), x], { axis: 1 }),
  },
  {
    name: "broadcast",
    numbers: [3, 1],
    shape: ({ N }) => [N, one],
    build: (b, x, { N, T }) => b.one("broadcast", [x], { shape: [two, N, T], axes: [1, 2] }),
  },
  {
    name: "contract",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x) =>
      b.one("contract", [x, b.one("transpose", [x], { permutation: [1, 0] })], {
        left: [0, 1],
        right: [1, 2],
        output: [0, 2],
      }),
  },
  {
    name: "pick the last",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x, { N, T }) => {
      const last = b.one("sub", [b.one("dimension", [], { dimension: T }), b.constant(1, "i32")]);
      return b.one("pick", [x, b.one("broadcast", [last], { shape: [N], axes: [] })]);
    },
  },
  {
    name: "take rows in another order",
    numbers: [3, 4],
    shape: matrix,
    build: (b, x, { N, T }) => b.one("take", [x, b.one("iota", [], { shape: [T, N], axis: 1 })]),
  },
];

/** Σ sin(y)·y and its gradient at x, with the shapes as given. */
function evaluated({ numbers, shape, build }: Case, sizes: Sizes): readonly (readonly number[])[] {
  const builder = new GraphBuilder();
  const x = builder.one("input", [], { name: "x", role: "input", dtype: "f32", shape: shape(sizes) });
  const y = build(builder, x, sizes);
  const bent = builder.one("mul", [builder.one("sin", [y]), y]);
  const scalar = builder.one("sum", [bent], { axes: countUp(builder.typeOf(y).shape.length) });
  const found = gradients(builder, scalar, [x]);
  if ("kind" in found || found[0] === undefined) throw new Error("no gradient");
  const outputs = [scalar, found[0]].map((value, position) => ({
    name: String(position),
    role: "result" as const,
    value,
  }));
  const graph = runPasses(builder.finish(outputs), { verify: true });
  const inputs = new Map([
    [
      "x",
      {
        shape: numbers,
        data: draw(
          "f32",
          numbers.reduce((a, b) => a * b, 1),
          5,
        ),
      },
    ],
  ]);
  const results = evaluateGraph(graph, { inputs, dims: new Map(Object.entries(values)), precision: "f64" });
  return [...results.values()].map(({ data }) => Array.from(data));
}

describe("open dimensions", () => {
  test.each(cases)("$name", (each) => {
    expect(evaluated(each, open)).toEqual(evaluated(each, closed));
  });
});
