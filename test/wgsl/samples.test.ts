/** Every op's samples as entries of one program, compiled for the GPU and compared with the interpreter in float64. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { cpuAdapter } from "../../compiler/schedule/machine.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { apart } from "../ops/numbers.ts";
import type { Results } from "../targets/run.ts";
import { sampleCases, sampleDims, sampleProgram } from "../targets/samples.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
let found: readonly Results[];

beforeAll(async () => {
  gpu = await Gpu.start();
  const artifact = emitWgsl(sampleProgram(cpuAdapter));
  const calls = sampleCases.map(({ title, result, inputs }) => ({
    entry: title,
    dims:
      artifact.manifest.entries.find(({ name }) => name === title)?.dims.map((name) => sampleDims.get(name) ?? 0) ?? [],
    inputs: Object.fromEntries([...inputs].map(([name, { data }]) => [name, data])),
    wanted: [result],
  }));
  found = await gpu.runAll(artifact, calls);
}, 120_000);
afterAll(() => gpu.stop());

describe("a sample of each op, within 10⁻⁵ of float64", () => {
  test.each(sampleCases.map((each, n) => ({ ...each, n })))("$title", ({ graph, result, inputs, n }) => {
    const expected = evaluateGraph(graph, { inputs, dims: sampleDims, precision: "f64" }).get(result);
    const data = expected?.data ?? [];
    expect(apart(found[n].get(result)?.slice(0, data.length) ?? [], data, 1e-5)).toEqual([]);
  });
});
