/** What is done on a table before rows of it are taken, what is not, and that no bit changes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { InputRole, Value } from "../../compiler/graph/types.ts";
import { product } from "../../compiler/loops/interpret.ts";
import { deadCode } from "../../compiler/passes/dead-code.ts";
import { tabulate } from "../../compiler/passes/tabulate.ts";
import { graphOf, input, shape } from "./graphs.ts";

type Sizes = readonly (number | string)[];

function lasting(b: GraphBuilder, name: string, sizes: Sizes, role: InputRole = "parameter"): Value {
  return b.one("input", [], { name, role, dtype: "f32", shape: shape(...sizes) });
}

const times = (b: GraphBuilder, left: Value, right: Value, labels: readonly (readonly number[])[]): Value =>
  b.one("contract", [left, right], { left: labels[0], right: labels[1], output: labels[2] });

/** Rows of a table of 6 rows of 4, by ids of this shape. */
const rowsOf = (b: GraphBuilder, ids: Sizes): Value =>
  b.one("take", [lasting(b, "table", [6, 4]), input(b, "ids", ids, "i32")]);

/** What stands for every row along its axes. */
const forAll = (b: GraphBuilder, value: Value, ids: Sizes, row: Sizes, axes: readonly number[]): Value =>
  b.one("broadcast", [value], { shape: shape(...ids, ...row), axes: axes.map((axis) => axis + ids.length) });

/** In the order of what is computed: what the graph does on the table, and behind what is taken of it. */
function parts(graph: Graph): readonly [before: string, behind: string] {
  const ops = deadCode.run(tabulate.run(graph)).nodes.map(({ op }) => op);
  const computed = ops.filter((op) => !["input", "constant", "broadcast"].includes(op));
  const at = computed.lastIndexOf("take");
  return [computed.slice(0, at).join(" "), computed.slice(at + 1).join(" ")];
}

const sizes: Readonly<Record<string, number>> = { N: 3, T: 5 };

/** Bits of the result, ids beyond the table among the inputs. */
function bitsOf(graph: Graph, values: readonly number[]): Uint32Array {
  const inputs = new Map(
    graph.inputs.map(({ attributes, outputs: [{ dtype, shape: open }] }) => {
      const closed = open.map(({ key }) => sizes[key] ?? Number(key));
      const at = (place: number): number => values[place % values.length];
      const data = Array.from({ length: product(closed) }, (_, place) =>
        dtype === "i32" ? Math.trunc(at(place) * 3) : Math.fround(at(place + closed.length)),
      );
      return [stringOf(attributes, "name"), { shape: closed, data }];
    }),
  );
  const made = evaluateGraph(graph, { inputs, dims: new Map(Object.entries(sizes)), precision: "f32" });
  return new Uint32Array(Float32Array.from(made.get("y")?.data ?? []).buffer);
}

const layerNorm = (b: GraphBuilder, ids: Sizes): Value => {
  const rows = rowsOf(b, ids);
  const spread = (value: Value): Value =>
    b.one("broadcast", [value], { shape: shape(...ids, 4), axes: ids.map((_, axis) => axis) });
  const sum = (value: Value): Value => b.one("sum", [value], { axes: [ids.length] });
  const centred = b.one("sub", [rows, spread(sum(rows))]);
  const scale = b.one("sqrt", [sum(b.one("mul", [centred, centred]))]);
  return b.one("mul", [b.one("div", [centred, spread(scale)]), forAll(b, lasting(b, "gamma", [4]), ids, [4], [0])]);
};

/** Labels of rows [ids…, 4] times w [4, columns]. */
const byWeights = (ids: Sizes) => [
  [...ids.keys(), 8],
  [8, 9],
  [...ids.keys(), 9],
];

const moved: readonly (readonly [name: string, make: (b: GraphBuilder) => Value, before: string])[] = [
  ["a product", (b) => times(b, rowsOf(b, ["N", "T"]), lasting(b, "w", [4, 5]), byWeights(["N", "T"])), "contract"],
  ["a product of one row", (b) => times(b, rowsOf(b, []), lasting(b, "w", [4, 5]), byWeights([])), "contract"],
  [
    "a product of a transposed matrix, the table on the right",
    (b) =>
      times(b, lasting(b, "w", [5, 4]), rowsOf(b, ["N"]), [
        [2, 1],
        [0, 1],
        [0, 2],
      ]),
    "contract",
  ],
  [
    "a product, a bias and an activation",
    (b) => {
      const made = times(b, rowsOf(b, ["N", "T"]), lasting(b, "w", [4, 5]), byWeights(["N", "T"]));
      return b.one("tanh", [b.one("add", [made, forAll(b, lasting(b, "bias", [5]), ["N", "T"], [5], [0])])]);
    },
    "contract add tanh",
  ],
  ["a factor for all", (b) => b.one("mul", [rowsOf(b, ["N"]), forAll(b, b.constant(2), ["N"], [4], [])]), "mul"],
  ["what is rows by rows", (b) => layerNorm(b, ["N", "T"]), "sum sub mul sum sqrt div mul"],
  [
    "a state that the graph leaves as it is",
    (b) => b.one("exp", [b.one("take", [lasting(b, "s", [6, 4], "state"), input(b, "ids", ["N"], "i32")])]),
    "exp",
  ],
];

describe("what looks at each row by itself is done on the table", () => {
  test.each(moved)("%s", (_, make, before) => {
    expect(parts(graphOf(make))).toEqual([before, ""]);
  });

  test.each(moved)("%s: the bits are the same, of ids beyond the table, too", (_, make) => {
    const graph = graphOf(make);
    const other = tabulate.run(graph);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 40 }), (values) => {
        expect(bitsOf(other, values)).toEqual(bitsOf(graph, values));
      }),
      { numRuns: 30 },
    );
  });
});

const left: readonly (readonly [name: string, make: (b: GraphBuilder) => Value, behind: string])[] = [
  [
    "a table that is no parameter",
    (b) => b.one("exp", [b.one("take", [input(b, "x", [6, 4]), input(b, "ids", ["N"], "i32")])]),
    "exp",
  ],
  [
    "a table of an open size",
    (b) => b.one("exp", [b.one("take", [lasting(b, "t", ["V", 4]), input(b, "ids", ["N"], "i32")])]),
    "exp",
  ],
  [
    "a product with what does not last",
    (b) => times(b, rowsOf(b, ["N"]), input(b, "w", [4, 5]), byWeights(["N"])),
    "contract",
  ],
  [
    "products that would take more than both operands",
    (b) => times(b, rowsOf(b, ["N"]), lasting(b, "w", [4, 13]), byWeights(["N"])),
    "contract",
  ],
  [
    "a product of another order of sums",
    (b) => times(b, rowsOf(b, [2]), lasting(b, "w", [4]), [[0, 1], [1], [0]]),
    "contract",
  ],
  ["a matrix for each id", (b) => times(b, rowsOf(b, [3]), lasting(b, "w", [3, 4]), [[0, 1], [0, 1], [0]]), "contract"],
  ["sums over ids", (b) => b.one("sum", [rowsOf(b, ["N"])], { axes: [0] }), "sum"],
  ["what differs from id to id", (b) => b.one("add", [rowsOf(b, [3]), lasting(b, "places", [3, 4])]), "add"],
  [
    "rows of other ids",
    (b) =>
      b.one("mul", [rowsOf(b, ["N"]), b.one("take", [lasting(b, "other", [6, 4]), input(b, "more", ["N"], "i32")])]),
    "mul",
  ],
  [
    "rows of a shorter table, by the same ids",
    (b) => {
      const ids = input(b, "ids", ["N"], "i32");
      const rows = [6, 5].map((count) => b.one("take", [lasting(b, `table of ${count}`, [count, 4]), ids]));
      return b.one("mul", rows);
    },
    "mul",
  ],
];

describe("what does not stays behind the taking", () => {
  test.each(left)("%s", (_, make, behind) => {
    expect(parts(graphOf(make))[1].split(" ").at(-1)).toBe(behind);
  });

  test("a state that the graph changes", () => {
    const b = new GraphBuilder();
    const table = lasting(b, "s", [6, 4], "state");
    const value = b.one("exp", [b.one("take", [table, input(b, "ids", ["N"], "i32")])]);
    const graph = b.finish([
      { name: "y", role: "result", value },
      { name: "s", role: "state", value: b.one("neg", [table]) },
    ]);
    expect(printGraph(tabulate.run(graph))).toBe(printGraph(graph));
  });
});

test("the graph before and after, as in the comment of the pass", () => {
  const graph = graphOf((b) =>
    times(b, rowsOf(b, ["N", "T"]), lasting(b, "w", [4, 5]), [
      [0, 1, 2],
      [2, 3],
      [0, 1, 3],
    ]),
  );
  expect(printGraph(deadCode.run(tabulate.run(graph)))).toMatchInlineSnapshot(`
    "%0 = input[dtype: "f32", name: "table", role: "parameter", shape: [6, 4]]() : f32[6, 4]
    %1 = input[dtype: "i32", name: "ids", role: "input", shape: [N, T]]() : i32[N, T]
    %2 = input[dtype: "f32", name: "w", role: "parameter", shape: [4, 5]]() : f32[4, 5]
    %3 = contract[ec,cd->ed](%0, %2) : f32[6, 5]
    %4 = take(%3, %1) : f32[N, T, 5]
    result y = %4"
  `);
});
