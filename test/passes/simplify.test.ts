/** The rules of `simplify`: each on a graph that it mends and on one that it keeps. */
import { describe, expect, test } from "vitest";
import type { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { fill } from "../../compiler/ops/emit.ts";
import { deadCode } from "../../compiler/passes/dead-code.ts";
import { rules, simplify } from "../../compiler/passes/simplify.ts";
import { graphOf, input, shape } from "./graphs.ts";

interface Case {
  readonly name: string;
  readonly build: (b: GraphBuilder, x: Value) => Value;
  /** What stays of a graph that reads x : f32[2, 3], without the line of the input. */
  readonly left: string;
}

const unchanged = "result y = %0";
const at23 = shape(2, 3);

const cases: readonly Case[] = [
  { name: "times 1", build: (b, x) => b.one("mul", [fill(b, at23, 1), x]), left: unchanged },
  { name: "1 times, from the right", build: (b, x) => b.one("mul", [x, fill(b, at23, 1)]), left: unchanged },
  { name: "−0 plus", build: (b, x) => b.one("add", [fill(b, at23, -0), x]), left: unchanged },
  { name: "divided by 1", build: (b, x) => b.one("div", [x, fill(b, at23, 1)]), left: unchanged },
  { name: "plus −0", build: (b, x) => b.one("add", [x, fill(b, at23, -0)]), left: unchanged },
  { name: "minus 0", build: (b, x) => b.one("sub", [x, fill(b, at23, 0)]), left: unchanged },
  { name: "negated twice", build: (b, x) => b.one("neg", [b.one("neg", [x])]), left: unchanged },
  { name: "cast to its dtype", build: (b, x) => b.one("cast", [x], { dtype: "f32" }), left: unchanged },
  { name: "stop_gradient", build: (b, x) => b.one("stop_gradient", [x]), left: unchanged },
  { name: "maximum of itself", build: (b, x) => b.one("maximum", [x, x]), left: unchanged },
  {
    name: "select of equal sides",
    build: (b, x) => b.one("select", [b.one("less", [x, fill(b, at23, 0)]), x, x]),
    left: unchanged,
  },
  {
    name: "select by a known condition",
    build: (b, x) => b.one("select", [fill(b, at23, 0, "bool"), fill(b, at23, 5), x]),
    left: unchanged,
  },
  {
    name: "select by what is known to be true",
    build: (b, x) => b.one("select", [fill(b, at23, 1, "bool"), x, fill(b, at23, 5)]),
    left: unchanged,
  },
  { name: "minimum of itself", build: (b, x) => b.one("minimum", [x, x]), left: unchanged },
  {
    name: "broadcast to its shape",
    build: (b, x) => b.one("broadcast", [x], { shape: at23, axes: [0, 1] }),
    left: unchanged,
  },
  { name: "transpose of nothing", build: (b, x) => b.one("transpose", [x], { permutation: [0, 1] }), left: unchanged },
  { name: "reverse of no axis", build: (b, x) => b.one("reverse", [x], { axes: [] }), left: unchanged },
  {
    name: "reshape and back",
    build: (b, x) => b.one("reshape", [b.one("reshape", [x], { shape: shape(6) })], { shape: at23 }),
    left: unchanged,
  },
  {
    name: "transpose and back",
    build: (b, x) => b.one("transpose", [b.one("transpose", [x], { permutation: [1, 0] })], { permutation: [1, 0] }),
    left: unchanged,
  },
  {
    name: "reverse and back",
    build: (b, x) => b.one("reverse", [b.one("reverse", [x], { axes: [1] })], { axes: [1] }),
    left: unchanged,
  },
  {
    name: "slice of the whole",
    build: (b, x) => b.one("slice", [x], { start: shape(0, 0), size: at23, step: [1, 1] }),
    left: unchanged,
  },
  {
    name: "pad by nothing",
    build: (b, x) => b.one("pad", [x], { low: shape(0, 0), high: shape(0, 0), value: 1 }),
    left: unchanged,
  },
  {
    name: "padding cut off",
    build: (b, x) =>
      b.one("slice", [b.one("pad", [x], { low: shape(1, 0), high: shape(0, 2), value: 0 })], {
        start: shape(1, 0),
        size: at23,
        step: [1, 1],
      }),
    left: unchanged,
  },
  { name: "concat of one", build: (b, x) => b.one("concat", [x], { axis: 0 }), left: unchanged },
  { name: "sum over nothing", build: (b, x) => b.one("sum", [x], { axes: [] }), left: unchanged },
  {
    name: "times −1",
    build: (b, x) => b.one("mul", [x, fill(b, at23, -1)]),
    left: "%1 = neg(%0) : f32[2, 3]\nresult y = %1",
  },
  {
    name: "−1 times",
    build: (b, x) => b.one("mul", [fill(b, at23, -1), x]),
    left: "%1 = neg(%0) : f32[2, 3]\nresult y = %1",
  },
  {
    name: "plus a negation",
    build: (b, x) => b.one("add", [x, b.one("neg", [x])]),
    left: "%1 = sub(%0, %0) : f32[2, 3]\nresult y = %1",
  },
  {
    name: "minus a negation",
    build: (b, x) => b.one("sub", [x, b.one("neg", [x])]),
    left: "%1 = add(%0, %0) : f32[2, 3]\nresult y = %1",
  },
  {
    name: "slice of a slice",
    build: (b, x) =>
      b.one("slice", [b.one("slice", [x], { start: shape(0, 0), size: shape(2, 2), step: [1, 2] })], {
        start: shape(1, 1),
        size: shape(1, 1),
        step: [1, 1],
      }),
    left: "%1 = slice[size: [1, 1], start: [1, 2], step: [1, 2]](%0) : f32[1, 1]\nresult y = %1",
  },
  {
    name: "reverse over one axis, then over both",
    build: (b, x) => b.one("reverse", [b.one("reverse", [x], { axes: [1] })], { axes: [0, 1] }),
    left: "%1 = reverse[axes: [0]](%0) : f32[2, 3]\nresult y = %1",
  },
  {
    name: "two turns of three axes",
    build: (b, x) => {
      const turn = (value: Value): Value => b.one("transpose", [value], { permutation: [1, 2, 0] });
      return turn(turn(b.one("reshape", [x], { shape: shape(1, 2, 3) })));
    },
    left: "%1 = reshape[shape: [1, 2, 3]](%0) : f32[1, 2, 3]\n%2 = transpose[permutation: [2, 0, 1]](%1) : f32[3, 1, 2]\nresult y = %2",
  },
  {
    name: "slice of a slice that begins later and takes every second",
    build: (b, x) =>
      b.one("slice", [b.one("slice", [x], { start: shape(0, 1), size: shape(2, 2), step: [1, 1] })], {
        start: shape(1, 1),
        size: shape(1, 1),
        step: [1, 2],
      }),
    left: "%1 = slice[size: [1, 1], start: [1, 2], step: [1, 2]](%0) : f32[1, 1]\nresult y = %1",
  },
  {
    name: "a largest over an axis of size 1",
    build: (b, x) => b.one("max", [b.one("reshape", [x], { shape: shape(2, 1, 3) })], { axes: [1] }),
    left: unchanged,
  },
  {
    name: "pad of a pad on all sides",
    build: (b, x) =>
      b.one("pad", [b.one("pad", [x], { low: shape(0, 1), high: shape(2, 3), value: 7 })], {
        low: shape(4, 0),
        high: shape(1, 5),
        value: 7,
      }),
    left: "%1 = pad[high: [3, 8], low: [4, 1], value: 7](%0) : f32[9, 12]\nresult y = %1",
  },
  {
    name: "pad of a pad",
    build: (b, x) =>
      b.one("pad", [b.one("pad", [x], { low: shape(1, 0), high: shape(0, 0), value: 0 })], {
        low: shape(1, 1),
        high: shape(0, 0),
        value: 0,
      }),
    left: "%1 = pad[high: [0, 0], low: [2, 1], value: 0](%0) : f32[4, 4]\nresult y = %1",
  },
  {
    name: "broadcast of a broadcast",
    build: (b, x) =>
      b.one("broadcast", [b.one("broadcast", [x], { shape: shape(4, 2, 3), axes: [1, 2] })], {
        shape: shape(4, 2, 3, 5),
        axes: [0, 1, 2],
      }),
    left: "%1 = broadcast[axes: [1, 2], shape: [4, 2, 3, 5]](%0) : f32[4, 2, 3, 5]\nresult y = %1",
  },
  {
    name: "select by a negated condition",
    build: (b, x) => b.one("select", [b.one("not", [b.one("less", [x, x])]), x, b.one("exp", [x])]),
    left: "%1 = less(%0, %0) : bool[2, 3]\n%2 = exp(%0) : f32[2, 3]\n%3 = select(%1, %2, %0) : f32[2, 3]\nresult y = %3",
  },
];

/** What is kept because the rewrite would change bits. */
const kept: readonly Case[] = [
  { name: "x + 0, which turns −0 into 0", build: (b, x) => b.one("add", [x, fill(b, at23, 0)]), left: "add" },
  { name: "x − −0, likewise", build: (b, x) => b.one("sub", [x, fill(b, at23, -0)]), left: "sub" },
  { name: "x · 0, which may be NaN", build: (b, x) => b.one("mul", [x, fill(b, at23, 0)]), left: "mul" },
  { name: "x − x, likewise", build: (b, x) => b.one("sub", [x, x]), left: "sub" },
  { name: "x · 2", build: (b, x) => b.one("mul", [x, fill(b, at23, 2)]), left: "mul" },
  { name: "1 ÷ x", build: (b, x) => b.one("div", [fill(b, at23, 1), x]), left: "div" },
  { name: "0 − x", build: (b, x) => b.one("sub", [fill(b, at23, 0), x]), left: "sub" },
  { name: "a maximum of two", build: (b, x) => b.one("maximum", [x, b.one("neg", [x])]), left: "maximum" },
  {
    name: "a choice by a number that is not known",
    build: (b, x) => b.one("select", [b.one("less", [x, fill(b, at23, 0)]), x, b.one("neg", [x])]),
    left: "select",
  },
  {
    name: "the remainder of numbers, which targets compute",
    build: (b) => b.one("mod", [fill(b, at23, 7), fill(b, at23, 3)]),
    left: "mod",
  },
  { name: "a reverse", build: (b, x) => b.one("reverse", [x], { axes: [0] }), left: "reverse" },
  { name: "a transpose", build: (b, x) => b.one("transpose", [x], { permutation: [1, 0] }), left: "transpose" },
  {
    name: "a slice of the whole length that begins later",
    build: (b, x) =>
      b.one("slice", [b.one("pad", [x], { low: shape(1, 0), high: shape(0, 0), value: 0 })], {
        start: shape(0, 0),
        size: at23,
        step: [1, 1],
      }),
    left: "slice",
  },
  {
    name: "a slice of padding of another length",
    build: (b, x) =>
      b.one("slice", [b.one("pad", [x], { low: shape(1, 0), high: shape(1, 0), value: 0 })], {
        start: shape(1, 0),
        size: shape(1, 3),
        step: [1, 1],
      }),
    left: "slice",
  },
  {
    name: "every second row of what is padded",
    build: (b, x) =>
      b.one("slice", [b.one("pad", [x], { low: shape(0, 0), high: shape(1, 0), value: 0 })], {
        start: shape(0, 0),
        size: at23,
        step: [2, 1],
      }),
    left: "slice",
  },
  {
    name: "a pad at the end alone",
    build: (b, x) => b.one("pad", [x], { low: shape(0, 0), high: shape(0, 1), value: 0 }),
    left: "pad",
  },
  { name: "a sum over an axis of size 2", build: (b, x) => b.one("sum", [x], { axes: [0] }), left: "sum" },
  {
    name: "pads of different values",
    build: (b, x) =>
      b.one("pad", [b.one("pad", [x], { low: shape(1, 0), high: shape(0, 0), value: 0 })], {
        low: shape(1, 1),
        high: shape(0, 0),
        value: 1,
      }),
    left: "pad",
  },
];

function simplified(build: Case["build"]): string {
  const graph = graphOf((builder) => build(builder, input(builder, "x", [2, 3])));
  return printGraph(deadCode.run(simplify.run(graph)));
}

describe("simplify", () => {
  test.each(cases)("$name", ({ build, left }) => {
    expect(simplified(build)).toBe(
      `%0 = input[dtype: "f32", name: "x", role: "input", shape: [2, 3]]() : f32[2, 3]\n${left}`,
    );
  });

  test.each(kept)("keeps $name", ({ build, left }) => {
    expect(simplified(build)).toContain(`= ${left}`);
  });

  test("folds arithmetic on numbers in float32, and moves none of them", () => {
    const graph = graphOf((b) => {
      const tenth = fill(b, shape("N", 3), 0.1);
      const sum = b.one("add", [tenth, fill(b, shape("N", 3), 0.2)]);
      return b.one("transpose", [b.one("neg", [sum])], { permutation: [1, 0] });
    });
    expect(printGraph(deadCode.run(simplify.run(graph)))).toBe(
      [
        `%0 = constant[dtype: "f32", value: ${-Math.fround(Math.fround(0.1) + Math.fround(0.2))}]() : f32[]`,
        "%1 = broadcast[axes: [], shape: [3, N]](%0) : f32[3, N]",
        "result y = %1",
      ].join("\n"),
    );
  });

  test("knows the value of a closed dimension and of a comparison", () => {
    const graph = graphOf((b) =>
      b.one("less", [b.one("dimension", [], { dimension: shape(4)[0] }), b.constant(5, "i32")]),
    );
    expect(printGraph(deadCode.run(simplify.run(graph)))).toBe(
      `%0 = constant[dtype: "bool", value: 1]() : bool[]\nresult y = %0`,
    );
  });

  test("knows the place of the largest over an axis of size 1", () => {
    expect(simplified((b, x) => b.one("argmax", [b.one("reshape", [x], { shape: shape(1, 6) })], { axes: [0] }))).toBe(
      `%0 = constant[dtype: "i32", value: 0]() : i32[]\n%1 = broadcast[axes: [], shape: [6]](%0) : i32[6]\nresult y = %1`,
    );
  });

  test("has rules of distinct names", () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  test.each([...cases, ...kept])("keeps the bits of $name", ({ build }) => {
    const graph = graphOf((builder) => build(builder, input(builder, "x", [2, 3])));
    const inputs = new Map([["x", { shape: [2, 3], data: [-0, 0, Infinity, -Infinity, NaN, Math.fround(-0.1)] }]]);
    const bits = (each: Graph): readonly number[] =>
      Array.from(evaluateGraph(each, { inputs, dims: new Map(), precision: "f32" }).get("y")?.data ?? []);
    expect(bits(simplify.run(graph))).toEqual(bits(graph));
  });

  test("does not change types", () => {
    for (const { build } of [...cases, ...kept]) {
      const before = graphOf((builder) => build(builder, input(builder, "x", [2, 3])));
      const after = simplify.run(before);
      expect(after.typeOf(after.outputs[0].value)).toEqual(before.typeOf(before.outputs[0].value));
    }
  });
});
