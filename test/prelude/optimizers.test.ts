/** What an optimizer costs: a property of its loop, since a slower one has the right values, too. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";

/** The vectors' loop of the kernel that moves the weights, as WebAssembly text. */
function loopOf(optimizer: string): string {
  const source = `
    model M(x: [N, 4]) -> [N, 8] = x |> dense(8, bias: false)
    train M { data: given  loss: cross_entropy  optimizer: ${optimizer}  schedule: cosine  clip_norm: 1  batch: 4  epochs: 2 }`;
  const result = compile({ name: "main.nn", source }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const text = String(result.artifact.files["M.wat"]);
  // The last that takes what the optimizer keeps: `init` stands before.
  const kernel = text.split("(func ").findLast((one) => one.includes("(param $optimizer.") && one.includes("(loop"));
  return kernel?.slice(kernel.indexOf("(loop")) ?? "";
}

function count(text: string, instruction: string): number {
  return text.split(instruction).length - 1;
}

test.each([
  ["adam(lr: 0.1)", 1, 1],
  ["adam(lr: 0.1, eps_inside: true)", 1, 1],
  ["adamw(lr: 0.1)", 1, 1],
  ["rmsprop(lr: 0.1)", 1, 1],
  ["adagrad(lr: 0.1)", 1, 1],
  ["nesterov(lr: 0.1)", 0, 0],
])("%s takes %i division and %i root an element, and nothing of the step again", (optimizer, divisions, roots) => {
  const loop = loopOf(optimizer);
  expect(count(loop, "f32x4.mul")).toBeGreaterThan(2);
  expect([count(loop, ".div"), count(loop, ".sqrt"), count(loop, "(call ")]).toEqual([divisions, roots, 0]);
});
