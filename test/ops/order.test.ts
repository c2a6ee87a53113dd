/** The order of each op's sums, and the chunks of long ones. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import { binary } from "../../compiler/loops/scalar.ts";
import type { Compute, Order } from "../../compiler/loops/types.ts";
import { loopsOf } from "../../compiler/ops/index.ts";
import { stampChunk } from "../../compiler/ops/order.ts";
import { axis, from } from "../kernel/kernels.ts";
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

describe("the chunk of a long product", () => {
  /** Of Σ over axes of these sizes, at a bound of 5,000 for N and 40 for H; times another load unless it is none. */
  function chunkOf(sizes: readonly (number | string)[], value = "product", order: Order = { lanes: 1 }): unknown {
    const over = sizes.map((size, at) => axis(`k${at}`, size));
    const names = over.map(({ name }) => name);
    const term =
      value === "product"
        ? binary("mul", from("x", ...names), from("w", ...names, "j"))
        : value === "sum"
          ? binary("add", from("x", ...names), from("w", ...names, "j"))
          : from("x", ...names);
    const compute: Compute = {
      kind: "reduce",
      axes: [axis("j", 8)],
      over,
      dtype: "f32",
      combine: "sum",
      value: term,
      order,
    };
    const bounds = new Map([
      ["N", 5000],
      ["B", 64],
      ["H", 40],
    ]);
    return orderOf(stampChunk(compute, bounds));
  }

  const inChunks = (chunk: number): Order => ({ lanes: 1, chunk });
  test.each<readonly [string, () => unknown, unknown]>([
    ["is none up to 4,096 terms", () => chunkOf([4096]), { lanes: 1 }],
    ["is 2,048 of one axis", () => chunkOf([4097]), inChunks(2048)],
    ["is 2,048 of an open axis", () => chunkOf(["N"]), inChunks(2048)],
    ["is whole steps of an open axis", () => chunkOf(["N", 36]), inChunks(56 * 36)],
    ["is one step where two are too long", () => chunkOf(["N", 1025]), inChunks(1025)],
    ["is a whole row of 2,048", () => chunkOf(["N", 2048]), inChunks(2048)],
    ["is a divisor of a longer row", () => chunkOf(["N", 2049]), inChunks(683)],
    ["is the largest divisor of a longer row", () => chunkOf(["N", 2560]), inChunks(1280)],
    [
      "is 2,048 where the largest divisor is less than a quarter of that",
      () => chunkOf(["N", 5 * 509]),
      inChunks(2048),
    ],
    ["is one that is more", () => chunkOf(["N", 5 * 521]), inChunks(521)],
    ["is 2,048 where a row is a prime number", () => chunkOf(["N", 2053]), inChunks(2048)],
    ["is just a quarter", () => chunkOf(["N", 5, 512]), inChunks(512)],
    ["is 2,048 where it would be just below", () => chunkOf(["N", 5, 511]), inChunks(2048)],
    ["is eight of 64 pictures of which ten have 2,000 places", () => chunkOf(["B", 10, 20]), inChunks(8 * 200)],
    ["is 16 of 64 where three chunks would do", () => chunkOf(["B", 9, 10]), inChunks(16 * 90)],
    ["is as much as can be where chunks are many", () => chunkOf(["B", 28, 14]), inChunks(4 * 392)],
    ["is the most where there are more than sixteen", () => chunkOf(["B", 25, 25]), inChunks(3 * 625)],
    ["is several rows of a picture", () => chunkOf(["N", 28, 28, 2]), inChunks(28 * 28 * 2)],
    ["is a part of a picture's rows", () => chunkOf(["N", 64, 64]), inChunks(2048)],
    ["is a divisor of a picture's rows", () => chunkOf(["N", 60, 60]), inChunks(30 * 60)],
    ["is 2,048 where rows have no such divisor", () => chunkOf(["N", 67, 67]), inChunks(2048)],
    ["is 2,048 where a size in the middle is open", () => chunkOf([200, "H", 8]), inChunks(2048)],
    ["also before a long row", () => chunkOf([9, "H", 1024]), inChunks(2048)],
    ["is 2,048 where the last size is open", () => chunkOf([200, "H"]), inChunks(2048)],
    ["needs no size that is open behind a whole chunk", () => chunkOf(["H", "H", 2048]), inChunks(2048)],
    ["is 2,048 of what is no product", () => chunkOf(["N", 36], "load"), inChunks(2048)],
    ["nor of two loads", () => chunkOf(["N", 36], "sum"), inChunks(2048)],
    ["is 2,048 in four lanes", () => chunkOf(["N", 36], "product", { lanes: 4 }), { lanes: 4, chunk: 2048 }],
  ])("%s", (_, found, expected) => {
    expect(found()).toEqual(expected);
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
