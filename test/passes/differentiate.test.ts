/** Gradients as graphs: what they are, where there are none, and what is refused. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { Value } from "../../compiler/graph/types.ts";
import { gradients, type Undifferentiable } from "../../compiler/passes/differentiate.ts";
import { sumTo } from "../../compiler/ops/emit.ts";
import { input } from "./graphs.ts";

function values(result: readonly (Value | undefined)[] | Undifferentiable): readonly (Value | undefined)[] {
  if ("kind" in result) throw new Error(`undifferentiable at ${result.node.op}`);
  return result;
}

function gradient(builder: GraphBuilder, of: Value, wrt: Value): Value {
  const [value] = values(gradients(builder, of, [wrt]));
  if (value === undefined) throw new Error("no gradient");
  return value;
}

describe("gradients", () => {
  test("of a sum of squares are written into the builder, with the origins of the forward nodes", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", ["N"]);
    const square = builder.at({ span: undefined, path: "Net.square" }, () => builder.one("mul", [x, x]));
    const y = builder.one("sum", [square], { axes: [0] });
    const value = gradient(builder, y, x);
    const graph = builder.finish([{ name: "g", role: "result", value }]);
    expect(graph.nodes.map(({ backward = false }) => backward)).toEqual([0, 0, 0, 1, 1, 1, 1, 1].map(Boolean));
    expect(printGraph(graph)).toBe(
      [
        `%0 = input[dtype: "f32", name: "x", role: "input", shape: [N]]() : f32[N]`,
        "%1 = mul(%0, %0) : f32[N]   // Net.square",
        "%2 = sum[axes: [0]](%1) : f32[]",
        `%3 = constant[dtype: "f32", value: 1]() : f32[]`,
        "%4 = broadcast[axes: [], shape: [N]](%3) : f32[N]",
        "%5 = mul(%4, %0) : f32[N]   // Net.square",
        "%6 = mul(%4, %0) : f32[N]   // Net.square",
        "%7 = add(%5, %6) : f32[N]   // Net.square",
        "result g = %7",
      ].join("\n"),
    );
  });

  test("are undefined where nothing depends on the value, or only behind stop_gradient", () => {
    const builder = new GraphBuilder();
    const [x, z] = [input(builder, "x", []), input(builder, "z", [])];
    const y = builder.one("mul", [x, builder.one("stop_gradient", [z])]);
    const unused = input(builder, "unused", []);
    const [atX, atZ, atUnused] = values(gradients(builder, y, [x, z, unused]));
    expect(atX).toBeDefined();
    expect(atZ).toBeUndefined();
    expect(atUnused).toBeUndefined();
  });

  test("stop at an op without one where every path leads through it", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", []);
    const zero = builder.constant(0);
    const step = builder.one("select", [builder.one("less", [x, zero]), zero, builder.constant(1)]);
    expect(gradients(builder, step, [x])).toMatchObject({ kind: "undifferentiable", node: { op: "less" }, wrt: x });
    const floored = builder.one("floor", [x]);
    expect(gradients(builder, floored, [x])).toMatchObject({ kind: "undifferentiable", node: { op: "floor" } });
    const both = builder.one("mul", [x, floored]);
    expect(values(gradients(builder, both, [x]))[0]).toBeDefined();
  });

  test("with respect to an integer name it", () => {
    const builder = new GraphBuilder();
    const step = input(builder, "step", [], "i32");
    const y = builder.one("cast", [step], { dtype: "f32" });
    expect(gradients(builder, y, [step])).toMatchObject({ kind: "undifferentiable", node: { op: "input" } });
  });

  test("with respect to a value in the middle and to what it comes from", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", []);
    const h = builder.one("exp", [x]);
    const [atH, atX] = values(gradients(builder, builder.one("mul", [h, x]), [h, x]));
    expect(atH).toBeDefined();
    expect(atX).toBeDefined();
  });

  test("of the value itself are 1", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", []);
    expect(builder.node(gradient(builder, x, x).node)).toMatchObject({ op: "constant", attributes: { value: 1 } });
  });

  test("pass through a chain of 10,000 nodes", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", [2]);
    let h = x;
    for (let layer = 0; layer < 10_000; layer += 1) h = builder.one("tanh", [h]);
    const y = sumTo(builder, h, []);
    expect(gradients(builder, y, [x])).toHaveLength(1);
  });

  test("can be differentiated again", () => {
    const builder = new GraphBuilder();
    const x = input(builder, "x", []);
    const first = gradient(builder, builder.one("mul", [x, builder.one("mul", [x, x])]), x);
    expect(builder.typeOf(gradient(builder, first, x)).shape).toEqual([]);
  });
});
