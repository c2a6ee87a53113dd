import { describe, expect, test } from "vitest";
import { constant, product } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { countUp } from "../../compiler/ops/emit.ts";
import { scanSamples, type ScanSample } from "./scans.ts";

type Values = ReadonlyMap<string, TensorData>;

/** Σ y · c for numbers c that differ everywhere, so that no gradient is hidden by symmetry. */
function weighed(builder: GraphBuilder, y: Value, phase: number): Value {
  const { shape } = builder.typeOf(y);
  const places = builder.one(
    "cast",
    [builder.one("reshape", [builder.one("iota", [], { shape: [product(shape)], axis: 0 })], { shape })],
    { dtype: "f32" },
  );
  const weights = builder.one("sin", [
    builder.one("add", [places, builder.one("broadcast", [builder.constant(phase)], { shape, axes: [] })]),
  ]);
  return builder.one("sum", [builder.one("mul", [y, weights])], { axes: countUp(shape.length) });
}

interface Made {
  readonly graph: Graph;
  readonly inputs: Values;
}

/** The graph of the sample's scalar and of its gradients, those of a weighed sum of the first order's where `order` is 2. */
function made({ inputs, build }: ScanSample, order: 1 | 2): Made {
  const builder = new GraphBuilder();
  const named = Object.entries(inputs).map(
    ([name, shape]) =>
      [
        name,
        builder.one("input", [], { name, role: "input", dtype: "f32", shape: shape.map((size) => constant(size)) }),
      ] as const,
  );
  const wrt = named.map(([, value]) => value);
  let of = weighed(builder, build(builder, Object.fromEntries(named)), 1);
  for (let n = 1; n < order; n += 1) {
    const parts = gradientsAt(builder, of, wrt).map((value, at) => weighed(builder, value, 2 + at));
    of = parts.reduce((left, right) => builder.one("add", [left, right]));
  }
  const found = gradientsAt(builder, of, wrt);
  const graph = builder.finish([
    { name: "y", role: "result", value: of },
    ...named.map(([name], at) => ({ name: `d${name}`, role: "result" as const, value: found[at] })),
  ]);
  const values = new Map(
    Object.entries(inputs).map(([name, shape], at) => {
      const count = shape.reduce((all, size) => all * size, 1);
      return [name, { shape, data: Float64Array.from({ length: count }, (_, n) => Math.sin(1.7 * n + at + 0.3)) }];
    }),
  );
  return { graph, inputs: values };
}

function gradientsAt(builder: GraphBuilder, of: Value, wrt: readonly Value[]): readonly Value[] {
  const found = gradients(builder, of, wrt);
  if ("kind" in found) throw new Error(`undifferentiable at ${found.node.op}`);
  return found.map(
    (value, at) =>
      value ?? builder.one("broadcast", [builder.constant(0)], { shape: builder.typeOf(wrt[at]).shape, axes: [] }),
  );
}

function run(graph: Graph, inputs: Values): Values {
  return evaluateGraph(graph, { inputs, dims: new Map(), precision: "f64" });
}

function differences(graph: Graph, inputs: Values, name: string): readonly number[] {
  const { shape, data } = inputs.get(name) ?? { shape: [], data: [] };
  const step = 1e-5;
  const at = (element: number, by: number): number => {
    const moved = Float64Array.from(data);
    moved[element] += by;
    return run(graph, new Map([...inputs, [name, { shape, data: moved }]])).get("y")?.data[0] ?? NaN;
  };
  return Array.from(data, (_, element) => (at(element, step) - at(element, -step)) / (2 * step));
}

describe.each([1, 2] as const)("gradients of order %i through a scan are the differences", (order) => {
  test.each(scanSamples)("$name", (sample) => {
    const { graph, inputs } = made(sample, order);
    const found = run(graph, inputs);
    for (const name of Object.keys(sample.inputs)) {
      const expected = differences(graph, inputs, name);
      const actual = Array.from(found.get(`d${name}`)?.data ?? []);
      for (const [element, value] of expected.entries())
        expect(actual[element], `d${name}[${element}]`).toBeCloseTo(value, 5);
    }
  });
});

describe("the passes keep", () => {
  test.each(scanSamples)("$name", (sample) => {
    const { graph, inputs } = made(sample, 2);
    const before = run(graph, inputs);
    const after = run(runPasses(graph, { verify: false }), inputs);
    for (const [name, { data }] of before) {
      const now = after.get(name)?.data ?? [];
      for (let n = 0; n < data.length; n += 1) expect(now[n], `${name}[${n}]`).toBeCloseTo(data[n], 9);
    }
  });
});
