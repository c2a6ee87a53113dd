/** Gradients through scans against differences, and what passes keep of scans. */
import { describe, expect, test } from "vitest";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { madeOf, type Values } from "./made.ts";
import { scanSamples } from "./scans.ts";

function run(graph: Graph, inputs: Values): ReadonlyMap<string, TensorData> {
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
    const { graph, inputs } = madeOf(sample, order);
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
    const { graph, inputs } = madeOf(sample, 2);
    const before = run(graph, inputs);
    const after = run(runPasses(graph, { verify: true }), inputs);
    for (const [name, { data }] of before) {
      const now = after.get(name)?.data ?? [];
      for (let n = 0; n < data.length; n += 1) expect(now[n], `${name}[${n}]`).toBeCloseTo(data[n], 9);
    }
  });
});
