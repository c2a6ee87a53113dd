/** Training steps of small networks on the GPU, near what the interpreter computes in float64. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lower } from "../../compiler/lower/lower.ts";
import { cpuAdapter } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { evaluateLowered, randomInputs } from "../kernel/evaluate.ts";
import { embedded, normalised, perceptron } from "../kernel/networks.ts";
import { load } from "../../runtime/load/index.ts";
import { compile } from "../../compiler/compile.ts";
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

test("what is probed in a training step is as on WebAssembly, within 10⁻⁵", async () => {
  const source = `
    model M(x: [N, 3]) -> [N, 2] = x |> dense(5) |> relu |> dense(2)
    train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8 }
  `;
  const [vectors, shaders] = (["wasm", "wgsl"] as const).map((target) => {
    const result = compile({ name: "probed.nn", source }, { target, probes: ["M.dense", "M.relu", "M.dense_2.w"] });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    return result.artifact;
  });
  const x = Float32Array.from({ length: 18 }, (_, at) => Math.sin(at));
  const target = Int32Array.of(0, 1, 1, 0, 1, 0);
  const expected = Object.values((await load(vectors, { seed: 2 })).stepSync({ x, target }).probes ?? {});
  const wanted = (shaders.manifest.host.train?.probes ?? []).flatMap(({ mean, spread, gradientNorm }) => [
    mean,
    spread,
    gradientNorm,
  ]);
  const [, found] = await gpu.runAll(shaders, [
    { entry: "init", dims: [], inputs: { seed: Int32Array.of(2) }, wanted: [] },
    { entry: "train_step", dims: [6], inputs: { "M.x": x, "train.target": target }, wanted },
  ]);
  const values = expected.flatMap(({ mean, spread, gradientNorm }) => [mean, spread, gradientNorm]);
  expect(values).toHaveLength(9);
  expect(
    apart(
      wanted.map((name) => found.get(name)?.[0] ?? NaN),
      values,
      1e-5,
    ),
  ).toEqual([]);
});

test("states of whole numbers and of bools count exactly and keep their types", async () => {
  // 2²⁴ + 1 is the first whole number that an f32 does not hold; at zeros the output is what was counted.
  const source = `
    model M(x: [N, 3]) -> [N, 3] {
      param w: [3] = ones
      state calls: i32[] = 16777216
      state seen: bool[3] = zeros
      if training {
        calls <- calls + 1
        seen <- seen or x[0] == 0
      }
      return w * x + f32(calls - 16777216) + where(seen, 0.5, 0)
    }
    train M { data: given  loss: mae  optimizer: sgd(lr: 0.1)  batch: 2 }
  `;
  const result = compile({ name: "counts.nn", source }, { target: "wgsl" });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const batch = Object.entries({ x: new Float32Array(6), target: new Float32Array(6) });
  expect(await gpu.train(result.artifact, [batch, batch, batch])).toEqual([1.5, 2.5, 3.5, 3.5]);
});

test("a metric's sum loses nothing beyond 2^24, as on WebAssembly", async () => {
  const source = `
    model M(x: [N]) -> [N] = x
    train M { data: given  loss: mse  optimizer: sgd(lr: 1)  batch: 8  metrics: [mean_absolute_error] }
  `;
  const result = compile({ name: "sums.nn", source }, { target: "wgsl" });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const errors = [2 ** 25, ...Array.from({ length: 24 }, () => 1)];
  const calls = errors.map((error) => ({
    entry: "evaluate",
    dims: [1],
    inputs: { "M.x": [error], "train.target": [0] },
    wanted: ["evaluate.mean_absolute_error"],
  }));
  const found = await gpu.runAll(result.artifact, calls);
  // The last division may be off by 2.5 units in the last place; a sum that had lost the ones would be off by eight.
  const mean = found.at(-1)?.get("evaluate.mean_absolute_error")?.[0] ?? Number.NaN;
  expect(Math.abs(mean - (2 ** 25 + 24) / 25)).toBeLessThan(2.5 * 2 ** -3);
});

test("a text that is read in parts has the scores of one that is read in one piece", async () => {
  const source = `
    model M(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(5) |> dense(6)
    train M { data: text("book.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 2  epochs: 1 }
  `;
  const result = compile({ name: "letters.nn", source }, { target: "wgsl" });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const { artifact } = result;
  const { start, step } = artifact.manifest.host.models[0].continuation ?? {};
  if (start === undefined || step === undefined) throw new Error("it is read whole");
  const ids = [3, 1, 4, 1, 5, 2, 0, 5];
  const parts = [ids.slice(0, 1), ids.slice(1, 6), ids.slice(6)];
  const { dims } = artifact.manifest.entries.find(({ name }) => name === step.entry) ?? { dims: [] };
  const [output, next] = step.results.map(({ buffer }) => buffer);
  const [, whole, , ...found] = await gpu.runAll(artifact, [
    { entry: "init", dims: [], inputs: { seed: Int32Array.of(2) }, wanted: [] },
    {
      entry: "predict.M",
      dims: dims.map((name) => (name === "N" ? 1 : ids.length)),
      inputs: { "M.text": ids },
      wanted: ["predict.M.output"],
    },
    { entry: start.entry, dims: [1], inputs: {}, wanted: [] },
    ...parts.map((part, at) => ({
      entry: step.entry,
      dims: dims.map((name) => (name === "N" ? 1 : part.length)),
      inputs: { "M.text": part },
      moved: [[at === 0 ? start.results[0].buffer : next, step.inputs[1].buffer] as const],
      wanted: [output],
    })),
  ]);
  const scores = parts.flatMap((part, at) => Array.from(found[at].get(output)?.subarray(0, 6 * part.length) ?? []));
  expect(scores).toHaveLength(6 * ids.length);
  expect(scores).toEqual(Array.from(whole.get("predict.M.output")?.subarray(0, 6 * ids.length) ?? []));
});
