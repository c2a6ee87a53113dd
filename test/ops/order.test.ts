import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import type { Compute } from "../../compiler/loops/types.ts";
import { loopsOf } from "../../compiler/ops/index.ts";
import { stampChunk } from "../../compiler/ops/order.ts";
import { graphOf, input } from "../passes/graphs.ts";
import { draw } from "./numbers.ts";

type Sizes = readonly (number | string)[];

/** The only compute of an op on f32 inputs of these shapes. */
function computeOf(op: string, inputs: readonly Sizes[], attributes: Attributes): Compute {
  const builder = new GraphBuilder();
  const values = inputs.map((sizes, position) => input(builder, `x${position}`, sizes));
  const node = builder.node(builder.one(op, values, attributes).node);
  const operands = values.map((value, position) => ({ tensor: `x${position}`, type: builder.typeOf(value) }));
  return loopsOf(node, operands)[0];
}

function orderOf(compute: Compute): unknown {
  return compute.kind === "reduce" ? compute.order : compute.kind;
}

const matrix = { left: [0, 1], right: [1, 2], output: [0, 2] };

const orders: readonly (readonly [string, string, readonly Sizes[], Attributes, unknown])[] = [
  ["a sum over the last axis", "sum", [["N", 8]], { axes: [1] }, { lanes: 4 }],
  ["a sum over all axes", "sum", [["N", 8]], { axes: [0, 1] }, { lanes: 4 }],
  ["a sum over a leading axis", "sum", [["N", 8]], { axes: [0] }, { lanes: 1 }],
  [
    "a matrix product",
    "contract",
    [
      ["N", 8],
      [8, 4],
    ],
    matrix,
    { lanes: 1 },
  ],
  [
    "a matrix product with three columns",
    "contract",
    [
      ["N", 8],
      [8, 3],
    ],
    matrix,
    { lanes: 4 },
  ],
  [
    "a matrix product with open columns",
    "contract",
    [
      ["N", 8],
      [8, "M"],
    ],
    matrix,
    { lanes: 1 },
  ],
  ["an inner product", "contract", [[8], [8]], { left: [0], right: [0], output: [] }, { lanes: 4 }],
  ["an outer product", "contract", [[8], [3]], { left: [0], right: [1], output: [0, 1] }, "map"],
  ["a sum over no axis", "sum", [[8]], { axes: [] }, "map"],
];

describe("the order of sums", () => {
  test.each(orders)("%s", (_, op, inputs, attributes, order) => {
    expect(orderOf(computeOf(op, inputs, attributes))).toEqual(order);
  });

  test.each([
    [4096, { lanes: 1 }],
    [4097, { lanes: 1, chunk: 2048 }],
  ])("is cut into chunks above 4,096 terms at the bound: %i", (bound, order) => {
    const compute = computeOf("sum", [["N", 8]], { axes: [0] });
    expect(orderOf(stampChunk(compute, new Map([["N", bound]])))).toEqual(order);
  });

  test("needs a bound for each open dimension", () => {
    const compute = computeOf("sum", [["N", 8]], { axes: [0] });
    expect(() => stampChunk(compute, new Map())).toThrow("ops: a sum over N terms has no bound");
  });

  test("depends on the bound, not on the size at hand", () => {
    const graph = graphOf((b) => b.one("sum", [input(b, "x", ["N"])], { axes: [0] }));
    const data = draw("f32", 4000, 3).map(Math.fround);
    const inputs = new Map([["x", { shape: [4000], data }]]);
    const at = (bound: number) =>
      evaluateGraph(graph, {
        inputs,
        dims: new Map([["N", 4000]]),
        precision: "f32",
        bounds: new Map([["N", bound]]),
      }).get("y")?.data[0];
    expect(at(4096)).not.toBe(at(5000));
  });
});

describe("evaluating a graph", () => {
  const graph = graphOf((b) => b.one("neg", [input(b, "x", ["N"])]));
  const dims = new Map([["N", 3]]);

  test("names an input that is missing or misshapen", () => {
    expect(() => evaluateGraph(graph, { inputs: new Map(), dims, precision: "f64" })).toThrow(
      "evaluate: the input x is missing",
    );
    const inputs = new Map([["x", { shape: [2], data: [1, 2] }]]);
    expect(() => evaluateGraph(graph, { inputs, dims, precision: "f64" })).toThrow(
      "evaluate: the input x is [N], not [2]",
    );
  });

  test("answers outputs by name", () => {
    const inputs = new Map([["x", { shape: [3], data: [1, 2, 3] }]]);
    expect(Array.from(evaluateGraph(graph, { inputs, dims, precision: "f64" }).get("y")?.data ?? [])).toEqual([
      -1, -2, -3,
    ]);
  });
});
