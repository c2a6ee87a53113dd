/**
 * A train with several steps: each step's gradient is that of its own loss by its own parameters, with what the steps before it wrote as given
 * values. Updates stand beside what they are by hand, for the targets whose bits are one.
 */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

const line = `model B(x: [N]) -> [N] { param v: [] = ones
  param c: [] = zeros
  return x * v + c }
`;
const lineSteps = (loss: string): string => `
  step one { minimize: ${loss}  update: B.v  optimizer: sgd(lr: 0.1) }
  step two { minimize: ${loss}  update: B.c  optimizer: sgd(lr: 1) } }`;
const generator = `model G(z: [N]) -> [N] { param g: [] = ones
  return z * g }
model C(x: [N]) -> [N] { param k: [] = ones
  return x * k }
`;
const kept = `model T(x: [N]) -> [N] { param a: [] = ones
  state s: [] = zeros
  s <- 0.5 * s + 0.5 * mean(a * x)
  return a * x + s }
model U(x: [N]) -> [N] { param b: [] = ones
  return T(x) * b }
`;

const x = [1, 2, 3, -1];
const z = [1, 2, 3, 4];

test.each<[string, string, Record<string, number[]>, Record<string, number>, string[]]>([
  [
    // v = 1 − 0.1 · 4.5; then the mean of 2 (0.55 x − target) is −0.625.
    "one parameter, then another of the same model",
    `${line}train B(x: [N], target: [N]) { data: given  batch: 4  epochs: 1${lineSteps("mse(B(x), target)")}`,
    { x, target: [1, 0, 2, 1] },
    { "B.v": 0.55, "B.c": 0.625 },
    [],
  ],
  [
    "the same, by a `let` of the train",
    `${line}train B(x: [N], target: [N]) { data: given  batch: 4  epochs: 1\n  let y = B(x)${lineSteps("mse(y, target)")}`,
    { x, target: [1, 0, 2, 1] },
    { "B.v": 0.55, "B.c": 0.625 },
    [],
  ],
  [
    // k = 1 − 0.1 · 15; then g by the k that is: 1 − 0.1 · 2.5 · (−0.5).
    "a critic and a generator without stop_gradient",
    `${generator}train G(z: [N]) { data: given  batch: 4  epochs: 1
  let fake = G(z)
  step critic { minimize: mean(C(fake) ** 2)  update: C  optimizer: sgd(lr: 0.1) }
  step gen { minimize: mean(C(fake))  update: G  optimizer: sgd(lr: 0.1) } }`,
    { z },
    { "C.k": -0.5, "G.g": 1.125 },
    [],
  ],
  [
    "a parameter that only the step before used",
    `${generator}train G(z: [N]) { data: given  batch: 4  epochs: 1
  step critic { minimize: mean(C(G(z)) ** 2)  update: C  optimizer: sgd(lr: 0.1) }
  step gen { minimize: mean(C(z))  update: G  optimizer: sgd(lr: 0.1) } }`,
    { z },
    { "C.k": -0.5, "G.g": 1 },
    ["NN0507"],
  ],
  [
    // s = 1.25, then a = 1 − 0.1 · 3.75; the second step reads both as they are: s = 0.625 + 0.5 · 1.5625.
    "a state that the step before wrote",
    `${kept}train U(x: [N]) { data: given  batch: 4  epochs: 1
  step one { minimize: mean(U(x))  update: T  optimizer: sgd(lr: 0.1) }
  step two { minimize: mean(U(x))  update: U  optimizer: sgd(lr: 0.1) } }`,
    { x: z },
    { "T.a": 0.25, "U.b": 0.703125 },
    [],
  ],
])("%s", async (_, source, inputs, expected, codes) => {
  for (const target of ["typescript", "wasm"] as const) {
    const result = compile({ name: "steps.nn", source }, { target, verify: true });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(codes);
    if (!result.ok) throw new Error("unreachable");
    const net = await load(result.artifact);
    net.stepSync(Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, Float32Array.from(values)])));
    for (const [name, value] of Object.entries(expected))
      expect(net.parameters.get(name)?.data[0], `${name} on ${target}`).toBeCloseTo(value, 6);
    net.close();
  }
});
