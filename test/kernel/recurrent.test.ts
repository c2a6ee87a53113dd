/** A gated recurrent network from its graph to its kernels: what a time step still does, and what left the loop. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { isLoop, kernelsOf, type KernelLoop } from "../../compiler/kernel/steps.ts";
import { printSteps } from "../../compiler/kernel/print.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";

const source = `
block gated(x: [N, T, C], units: int) -> [N, T, units] {
  param w: [C, 3 * units] = xavier_uniform
  param u: [units, 3 * units] = orthogonal
  param b: [3 * units] = zeros
  let projected = x @ w + b
  let (states, _) = scan p in projected along T with h = zeros([N, units]) {
    let q = h @ u
    let update = sigmoid(p[:, 0 : units] + q[:, 0 : units])
    let reset = sigmoid(p[:, units : 2 * units] + q[:, units : 2 * units])
    let candidate = tanh(p[:, 2 * units :] + reset * q[:, 2 * units :])
    next h = update * h + (1 - update) * candidate
    emit h
  }
  return states
}
model Letters(text: i32[N, T]) -> [N, T, 64] = text |> embedding(64, 32) |> gated(96) |> dense(64)
train Letters { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 32  epochs: 1 }
`;

function steps(entry: string) {
  const compiled = compile({ name: "letters.nn", source }, { target: "typescript", dims: { T: 48 } });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const { entries, bounds } = compiled.elaboration;
  const graph = entries.find(({ name }) => name === entry)?.graph;
  if (graph === undefined) throw new Error(`no entry ${entry}`);
  const lowered = lower(runPasses(graph, { verify: true }), bounds);
  return fuse(lowered, bounds, new UniqueNames(), { verify: true, nests: true }).steps;
}

const loopsIn = (entry: string): readonly KernelLoop[] => steps(entry).filter(isLoop);

test("a time step is two kernels forward and three backward", () => {
  expect(loopsIn("train_step").map((loop) => kernelsOf(loop.steps).length)).toEqual([2, 3]);
  expect(loopsIn("predict.Letters").map((loop) => kernelsOf(loop.steps).length)).toEqual([2]);
});

test("in the loops is what lies between carries; inputs' products stand before them, parameters' gradients behind", async () => {
  await expect(`${printSteps(steps("train_step"))}\n`).toMatchFileSnapshot("recurrent.golden.txt");
});
