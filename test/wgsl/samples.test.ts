/** Every op's samples as entries of one program, compiled for the GPU and compared with the interpreter in float64. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Attributes } from "../../compiler/graph/types.ts";
import { cpuAdapter } from "../../compiler/kernel/machine.ts";
import { buildProgram } from "../../compiler/kernel/program.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import type { Sample } from "../../compiler/ops/define.ts";
import { operations } from "../../compiler/ops/index.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { apart, draw } from "../ops/numbers.ts";
import type { Results } from "../targets/run.ts";
import { Gpu } from "./gpu.ts";

const dims = new Map([["N", 5]]);

interface Case {
  readonly title: string;
  readonly graph: Graph;
  readonly result: string;
  readonly inputs: ReadonlyMap<string, TensorData>;
}

/** The sample as a graph whose inputs and result have names of their own. */
function caseOf(op: string, sample: Sample<Attributes>, n: number): Case {
  const builder = new GraphBuilder();
  const inputs = new Map<string, TensorData>();
  const values = sample.inputs.map(({ dtype, shape, data, range }, at) => {
    const name = `x${at}_${n}`;
    const count = shape.reduce((product, size) => product * size, 1);
    const drawn = data ?? draw(dtype, count, at + 1, range);
    inputs.set(name, { shape, data: dtype === "f32" ? drawn.map(Math.fround) : drawn });
    return builder.one("input", [], { name, role: "input", dtype, shape: shape.map(constant) });
  });
  const result = `y_${n}`;
  const own = builder.one(op, values, sample.attributes);
  // An entry knows the open dimensions of its tensors only.
  const value = op === "dimension" ? builder.one("broadcast", [own], { shape: [symbol("N")], axes: [] }) : own;
  const graph = builder.finish([{ name: result, role: "result", value }]);
  return { title: `${op}: ${sample.name}`, graph, result, inputs };
}

const cases = operations
  .flatMap(({ name, samples }) => samples.map((sample) => ({ name, sample })))
  .map(({ name, sample }, n) => caseOf(name, sample, n));

let gpu: Gpu;
let found: readonly Results[];

beforeAll(async () => {
  gpu = await Gpu.start();
  const entries = cases.map(({ title, graph }) => ({ name: title, graph }));
  const host = { language: "1", models: [], requirements: [] };
  const elaboration = { name: "samples", entries, variables: [], bounds: dims, host };
  const artifact = emitWgsl(buildProgram(elaboration, cpuAdapter, { verify: true }).program);
  const calls = cases.map(({ title, result, inputs }) => ({
    entry: title,
    dims: artifact.manifest.entries.find(({ name }) => name === title)?.dims.map((name) => dims.get(name) ?? 0) ?? [],
    inputs: Object.fromEntries([...inputs].map(([name, { data }]) => [name, data])),
    wanted: [result],
  }));
  found = await gpu.runAll(artifact, calls);
}, 120_000);
afterAll(() => gpu.stop());

describe("a sample of each op, within 10⁻⁵ of float64", () => {
  test.each(cases.map((each, n) => ({ ...each, n })))("$title", ({ graph, result, inputs, n }) => {
    const expected = evaluateGraph(graph, { inputs, dims, precision: "f64" }).get(result);
    const data = expected?.data ?? [];
    expect(apart(found[n].get(result)?.slice(0, data.length) ?? [], data, 1e-5)).toEqual([]);
  });
});
