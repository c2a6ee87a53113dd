/** A train without data, at the command line: a network that is to satisfy an equation at points that are drawn anew in each step. */
import { expect, test } from "vitest";
import { folderWith, nnc } from "./helpers.ts";

/** u″ = −sin(x) with u(0) = u(π) = 0, which sin solves; what is multiplied with the network keeps the ends. */
const source = `model U(x: [N, 1]) -> [N, 1] = x * (3.14159265 - x) * dense(tanh(dense(x, 16)), 1)

train U() {
  epochs: 3
  steps_per_epoch: 50
  let x = 3.14159265 * random_uniform([32, 1])
  let slope = grad(sum(U(x)), wrt: x)
  minimize: mean((grad(sum(slope), wrt: x) + sin(x)) ** 2)
  update: U
  optimizer: adam(lr: 1e-2)
  seed: 1
}
`;
const { folder: cwd } = folderWith({ "pinn.nn": source });
const wasm = ["--target", "wasm"];

test("learns the solution from draws alone", async () => {
  const { stdout, stderr, code } = await nnc(["train", "pinn.nn", "-o", "run", "--json", ...wasm], { cwd });
  expect(stderr).toContain("U: 49 parameters, no data, 3 epochs of 50 steps");
  expect(code).toBe(0);
  const done = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
  expect(done).toMatchObject({ event: "done", steps: 150, epochs: 3 });
  expect(Object(done["train"])["loss"]).toBeLessThan(0.05);
}, 120_000);
