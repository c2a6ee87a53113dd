/** Training steps of small networks on the GPU, near what the interpreter computes in float64. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lower } from "../../compiler/kernel/lower.ts";
import { cpuAdapter } from "../../compiler/kernel/machine.ts";
import { buildProgram } from "../../compiler/kernel/program.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { evaluateLowered, randomInputs } from "../kernel/evaluate.ts";
import { embedded, normalised, perceptron } from "../kernel/networks.ts";
import { apart } from "../ops/numbers.ts";
import { elaborationOf } from "./elaboration.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.start();
}, 120_000);
afterAll(() => gpu.stop());

const bounds = new Map([["N", 9]]);

describe("a training step, within 2·10⁻⁵ of float64", () => {
  test.each([
    ["two dense layers", perceptron],
    ["batch normalisation", () => normalised(0)],
    ["layer normalisation", () => normalised(1)],
    ["an embedding", embedded],
  ])("%s", async (_, network) => {
    const artifact = emitWgsl(buildProgram(elaborationOf(network(), bounds), cpuAdapter, { verify: true }).program);
    const lowered = lower(network(), bounds);
    const runs = [1, 5, 9].map((rows) => {
      const dims = new Map([["N", rows]]);
      const tensors = randomInputs(lowered, dims);
      return { rows, tensors, expected: evaluateLowered(lowered, tensors, dims, "f64") };
    });
    const calls = runs.map(({ rows, tensors, expected }) => ({
      entry: "run",
      dims: [rows],
      inputs: Object.fromEntries([...tensors].map(([tensor, { data }]) => [tensor, data])),
      wanted: [...expected.keys()],
    }));
    const found = await gpu.runAll(artifact, calls);
    for (const [at, { rows, expected }] of runs.entries()) {
      for (const [output, { data }] of expected) {
        const values = found[at].get(output)?.slice(0, data.length) ?? [];
        expect([rows, output, ...apart(values, data, 2e-5)]).toEqual([rows, output]);
      }
    }
  });
});
