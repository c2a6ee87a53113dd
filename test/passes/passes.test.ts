/** Passes one by one: what they merge, rewrite and drop, and what they leave. */
import { describe, expect, test } from "vitest";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { cse } from "../../compiler/passes/cse.ts";
import { fill } from "../../compiler/ops/emit.ts";
import { deadCode } from "../../compiler/passes/dead-code.ts";
import { passes, runPasses } from "../../compiler/passes/index.ts";
import { rectify } from "../../compiler/passes/rectify.ts";
import { graphOf, input, shape } from "./graphs.ts";

const x = `%0 = input[dtype: "f32", name: "x", role: "input", shape: [N]]() : f32[N]`;

describe("cse", () => {
  test("computes equal values once, through what uses them", () => {
    const graph = graphOf((b) => {
      const value = input(b, "x", ["N"]);
      const [left, right] = [1, 2].map(() => b.one("exp", [b.one("neg", [value])]));
      return b.one("add", [left, right]);
    });
    expect(printGraph(cse.run(graph))).toBe(
      [x, "%1 = neg(%0) : f32[N]", "%2 = exp(%1) : f32[N]", "%3 = add(%2, %2) : f32[N]", "result y = %3"].join("\n"),
    );
  });

  test("keeps apart what differs in an attribute, −0 and 0 among them", () => {
    const builder = new GraphBuilder();
    const values = [0, -0].map((value) => builder.constant(value));
    const graph = builder.finish(values.map((value, position) => ({ name: `y${position}`, role: "result", value })));
    expect(cse.run(graph).nodes).toHaveLength(2);
  });

  test("merges equal draws and keeps different streams apart", () => {
    const builder = new GraphBuilder();
    const [seed, counter] = ["seed", "step"].map((name) => input(builder, name, [], "i32"));
    const draws = [1, 1, 2].map((stream) =>
      builder.one("random_bits", [seed, counter], { shape: shape(3), word: 0, stream }),
    );
    const graph = builder.finish(draws.map((value, position) => ({ name: `y${position}`, role: "result", value })));
    expect(cse.run(graph).nodes.filter(({ op }) => op === "random_bits")).toHaveLength(2);
  });
});

describe("rectify", () => {
  test("asks the rectified value for its sign in what comes after it", () => {
    const graph = graphOf((b) => {
      const value = input(b, "x", ["N"]);
      const zero = fill(b, shape("N"), 0);
      const negative = b.one("lessEqual", [value, zero]);
      const relu = b.one("select", [negative, zero, value]);
      return b.one("select", [negative, zero, b.one("exp", [relu])]);
    });
    expect(printGraph(rectify.run(graph)).split("\n").slice(3)).toEqual([
      "%3 = lessEqual(%0, %2) : bool[N]",
      "%4 = select(%3, %2, %0) : f32[N]",
      "%5 = exp(%4) : f32[N]",
      "%6 = lessEqual(%4, %2) : bool[N]",
      "%7 = select(%6, %2, %5) : f32[N]",
      "result y = %7",
    ]);
  });

  /** A graph that tests the sign of a number twice, before and after it is cut off at that. */
  const cutAt = (cut: (b: GraphBuilder, x: Value) => Value) =>
    graphOf((b) => {
      const value = input(b, "x", []);
      const least = cut(b, value);
      const below = b.one("lessEqual", [value, least]);
      return b.one("select", [below, least, b.one("exp", [b.one("select", [below, least, value])])]);
    });
  const tests = (graph: Graph) => graph.nodes.filter(({ op }) => op === "lessEqual").length;

  test("hands the graph on as it is where nothing else asks the same", () => {
    const graph = graphOf((b) => {
      const value = input(b, "x", ["N"]);
      const zero = fill(b, shape("N"), 0);
      const negative = b.one("lessEqual", [value, zero]);
      const earlier = b.one("select", [negative, value, zero]);
      const relu = b.one("select", [negative, zero, value]);
      return b.one("add", [earlier, b.one("mul", [relu, b.one("cast", [negative], { dtype: "f32" })])]);
    });
    expect(rectify.run(graph)).toBe(graph);
  });

  test("does so for the number 0 itself, too", () => {
    expect(tests(rectify.run(cutAt((b) => b.constant(0))))).toBe(2);
  });

  test.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ["1", (b) => b.constant(1)],
    ["an input", (b) => input(b, "least", [])],
    ["what is padded with 0", (b, x) => b.one("pad", [x], { low: [], high: [], value: 0 })],
  ])("leaves alone what is compared with %s", (_, cut) => {
    expect(tests(rectify.run(cutAt(cut)))).toBe(1);
  });
});

describe("rectify leaves alone a choice", () => {
  test.each<[string, (x: Value, y: Value, zero: Value, least: Value) => readonly [Value, Value]]>([
    ["that keeps another value than it tests", (_x, y, zero) => [zero, y]],
    ["of another value in the place of 0", (x, _y, _zero, least) => [least, x]],
  ])("%s", (_, sides) => {
    const graph = graphOf((b) => {
      const [value, other] = [input(b, "x", []), input(b, "y", [])];
      const zero = b.constant(0);
      const below = b.one("lessEqual", [value, zero]);
      const chosen = b.one("select", [below, ...sides(value, other, zero, b.constant(-1))]);
      return b.one("select", [below, zero, b.one("exp", [chosen])]);
    });
    expect(rectify.run(graph).nodes.filter(({ op }) => op === "lessEqual")).toHaveLength(1);
  });
});

describe("dead code", () => {
  test("drops what no output depends on", () => {
    const graph = graphOf((b) => {
      const value = input(b, "x", ["N"]);
      b.one("exp", [input(b, "unused", ["N"])]);
      return b.one("neg", [value]);
    });
    const after = deadCode.run(graph);
    expect(printGraph(after)).toBe([x, "%1 = neg(%0) : f32[N]", "result y = %1"].join("\n"));
    expect(deadCode.run(after)).toBe(after);
  });
});

describe("the passes", () => {
  test("run in order over a chain of 10,000 nodes and keep origins", () => {
    const graph = graphOf((b) => {
      let value = input(b, "x", ["N"]);
      b.origin = { span: { file: "a.nn", from: 3, to: 7 }, path: "Net.layer" };
      for (let layer = 0; layer < 10_000; layer += 1) value = b.one("tanh", [value]);
      return value;
    });
    const after = runPasses(graph, { verify: true });
    expect(after.nodes).toHaveLength(10_001);
    expect(after.nodes[10_000]).toMatchObject({ span: { file: "a.nn", from: 3, to: 7 }, path: "Net.layer" });
  });

  test("name the one that broke the graph", () => {
    const broken = new Graph(
      [{ id: 0, op: "exp", attributes: {}, inputs: [], outputs: [], span: undefined, path: "" }],
      [],
    );
    expect(() => runPasses(broken, { verify: true })).toThrow(InternalError);
    expect(() => runPasses(broken, { verify: true })).toThrow(/^elaborate: /);
  });

  test("each say what they do", () => {
    expect(passes.map(({ name }) => name)).toEqual([
      "join-scans",
      "simplify",
      "cse",
      "rectify",
      "winograd",
      "trim-scans",
      "dead-code",
    ]);
    for (const { description } of passes) expect(description).toMatch(/\.$/);
  });
});
