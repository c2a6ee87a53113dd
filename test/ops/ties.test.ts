/** Gradients where a function has none of its own: at ties, and of powers of special numbers. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { fillLike } from "../../compiler/ops/emit.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { input } from "../passes/graphs.ts";

describe("gradients at ties", () => {
  const gradientAt = (op: string, data: readonly number[]): readonly number[] => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", [data.length]);
    const y = op === "relu" ? relu(builder, x) : builder.one(op, [x], op === "abs" ? {} : { axes: [0] });
    const scalar = builder.typeOf(y).shape.length === 0 ? y : builder.one("sum", [y], { axes: [0] });
    const [value] = listed(gradients(builder, scalar, [x]));
    const graph = builder.finish([{ name: "g", role: "result", value: value ?? x }]);
    const inputs = new Map([["x", { shape: [data.length], data }]]);
    return Array.from(evaluateGraph(graph, { inputs, dims: new Map(), precision: "f64" }).get("g")?.data ?? []);
  };

  test.each([
    ["max", [1, 3, 3], [0, 1, 0]],
    ["min", [2, 1, 1], [0, 1, 0]],
    ["abs", [0, -2, 3], [0, -1, 1]],
    ["prod", [0, 2, 0], [0, 0, 0]],
    ["prod", [0, 2, 3], [6, 0, 0]],
    ["relu", [0, -1, 2], [0, 0, 1]],
  ])("%s at %j is %j", (op, data, expected) => {
    expect(gradientAt(op, data).map((value) => value + 0)).toEqual(expected);
  });

  test.each(["maximum", "minimum"])("%s gives each side of a tie half", (op) => {
    const builder = new GraphBuilder();
    const [a, b] = ["a", "b"].map((name) => input(builder, name, []));
    const found = listed(gradients(builder, builder.one(op, [a, b]), [a, b]));
    const outputs = found.map((value, position) => ({
      name: String(position),
      role: "result" as const,
      value: value ?? a,
    }));
    const one = { shape: [], data: [1] };
    const inputs = new Map([
      ["a", one],
      ["b", one],
    ]);
    const results = evaluateGraph(builder.finish(outputs), { inputs, dims: new Map(), precision: "f64" });
    expect(["0", "1"].map((name) => results.get(name)?.data[0])).toEqual([0.5, 0.5]);
  });
});

describe("gradients of a ** b where a or b is special", () => {
  // PyTorch's, of the base and of the exponent.
  test.each([
    [0, 0, 0, 0],
    [0, 1, 1, 0],
    [0, 2.5, 0, 0],
    [0, 0.5, Infinity, 0],
    [0, -1, -Infinity, -Infinity],
    [2, 0, 0, Math.log(2)],
    [-2, 0, 0, NaN],
    [-2, 3, 12, NaN],
    [-2, 2, -4, NaN],
    [-2, -1, -0.25, NaN],
    [-0.5, 1, 1, NaN],
    [-2, 0.5, NaN, NaN],
  ])("%d ** %d has the gradients %d and %d", (a, b, base, exponent) => {
    const builder = new GraphBuilder();
    const operands = ["a", "b"].map((name) => input(builder, name, []));
    const found = listed(gradients(builder, builder.one("pow", operands), operands));
    const outputs = found.map((value, n) => ({
      name: String(n),
      role: "result" as const,
      value: value ?? operands[0],
    }));
    const inputs = new Map([a, b].map((value, n) => ["ab"[n], { shape: [], data: [value] }]));
    for (const precision of ["f64", "f32"] as const) {
      const results = evaluateGraph(builder.finish(outputs), { inputs, dims: new Map(), precision });
      for (const [n, expected] of [base, exponent].entries()) {
        const value = (results.get(String(n))?.data[0] ?? NaN) + 0;
        expect(Object.is(value, expected) ? 0 : Math.abs(value - expected)).toBeLessThan(1e-5);
      }
    }
  });
});

function relu(builder: GraphBuilder, x: Value): Value {
  const zero = fillLike(builder, x, 0);
  return builder.one("select", [builder.one("lessEqual", [x, zero]), zero, x]);
}

function listed(result: ReturnType<typeof gradients>): readonly (Value | undefined)[] {
  if ("kind" in result) throw new Error(`${result.node.op} has no gradient`);
  return result;
}
