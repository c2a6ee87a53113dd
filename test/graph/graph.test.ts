/** Graphs and their builder: who reads whom, and what is refused. */
import { describe, expect, test } from "vitest";
import { Graph } from "../../compiler/graph/graph.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { printAttribute, printGraph } from "../../compiler/graph/print.ts";
import type { Attributes, GraphNode } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { graphOf, input, shape } from "../passes/graphs.ts";

const scalar = { dtype: "f32", shape: [] } as const;
const x: Attributes = { name: "x", role: "input", dtype: "f32", shape: [] };

function node(id: number, op: string, inputs: readonly number[], attributes: Attributes = {}): GraphNode {
  const values = inputs.map((from) => ({ node: from, output: 0 }));
  return { id, op, attributes, inputs: values, outputs: [scalar], span: undefined, path: "" };
}

describe("a graph", () => {
  test("lists nodes by ascending id, inputs and consumers", () => {
    const graph = new Graph([node(5, "add", [0, 3]), node(0, "input", [], x), node(3, "mul", [0, 0])], []);
    expect(graph.nodes.map(({ id }) => id)).toEqual([0, 3, 5]);
    expect(graph.inputs.map(({ id }) => id)).toEqual([0]);
    expect(graph.consumers(0).map(({ id }) => id)).toEqual([3, 5]);
    expect(graph.consumers(5)).toEqual([]);
  });

  test("tells what values come from, through every path once", () => {
    const graph = new Graph(
      [
        node(0, "input", [], x),
        node(2, "exp", [0]),
        node(3, "neg", [0]),
        node(4, "mul", [2, 2]),
        node(7, "add", [4, 2]),
      ],
      [],
    );
    const reaching = (...ids: readonly number[]): readonly number[] =>
      [...graph.reaching(ids.map((id) => ({ node: id, output: 0 })))].sort((a, b) => a - b);
    expect(reaching(7)).toEqual([0, 2, 4, 7]);
    expect(reaching(3, 4)).toEqual([0, 2, 3, 4]);
    expect(reaching()).toEqual([]);
  });

  test("refuses an input or an output that is not there", () => {
    expect(() => new Graph([node(0, "neg", [1])], [])).toThrow("graph: there is no node %1 before its use");
    const output = { name: "y", role: "result", value: { node: 0, output: 1 } } as const;
    expect(() => new Graph([node(0, "input", [], x)], [output])).toThrow("graph: %0 = input has no output 1");
  });
});

describe("the builder", () => {
  test("gives nodes the current origin, and puts it back after an error", () => {
    const builder = new GraphBuilder();
    const origin = { span: { file: "a.nn", from: 0, to: 1 }, path: "Net.dense" };
    expect(() => builder.at(origin, () => builder.emit("neg", []))).toThrow("neg(): neg takes 1 input, not 0");
    expect(builder.origin.path).toBe("");
    const value = builder.at(origin, () => builder.constant(1));
    expect(builder.node(value.node)).toMatchObject(origin);
  });
});

describe("the printer", () => {
  test("shows one line a node, labels of contractions as letters, then the outputs", () => {
    const graph = graphOf((b) => {
      const [image, weights] = [input(b, "image", ["N", 64]), input(b, "w", [64, 10])];
      b.origin = { span: undefined, path: "Digits.dense" };
      return b.one("contract", [image, weights], { left: [0, 1], right: [1, 2], output: [0, 2] });
    });
    expect(printGraph(graph)).toBe(
      [
        `%0 = input[dtype: "f32", name: "image", role: "input", shape: [N, 64]]() : f32[N, 64]`,
        `%1 = input[dtype: "f32", name: "w", role: "input", shape: [64, 10]]() : f32[64, 10]`,
        "%2 = contract[ab,bc->ac](%0, %1) : f32[N, 10]   // Digits.dense",
        "result y = %2",
      ].join("\n"),
    );
  });

  test.each([
    [-0, "-0"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
    ["__proto__", '"__proto__"'],
    [[1, [true]], "[1, [true]]"],
    [{ b: 1, a: shape("N")[0] }, "{a: N, b: 1}"],
  ] as const)("writes the attribute %j as %s", (attribute, text) => {
    expect(printAttribute(attribute)).toBe(text);
  });
});

describe("the verifier", () => {
  test("finds nothing in a sound graph", () => {
    expect(verifyGraph(new Graph([node(0, "input", [], x), node(1, "exp", [0])], []))).toEqual([]);
  });

  test("names nodes whose types are not what their op infers", () => {
    const wrong = { ...node(1, "less", [0, 0]), outputs: [scalar] };
    expect(verifyGraph(new Graph([node(0, "input", [], x), wrong], []))).toEqual([
      "%1 = less is bool[], but says f32[]",
    ]);
    const sum = node(1, "sum", [0], { axes: [0] });
    expect(verifyGraph(new Graph([node(0, "input", [], x), sum], []))).toEqual([
      "%1 = sum: sum: axis 0 does not exist; [] has no axes",
    ]);
  });

  test("finds names used twice", () => {
    const output = { name: "y", role: "result", value: { node: 0, output: 0 } } as const;
    const graph = new Graph([node(0, "input", [], x), node(1, "input", [], x)], [output, output]);
    expect(verifyGraph(graph)).toEqual(["two inputs are input x", "two outputs are result y"]);
  });
});
