/** Names of any word and width, from the source to the values that come out. */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { wordSources } from "./awkward.ts";

describe.each(["typescript", "wasm"] as const)("%s computes with hard names", (target) => {
  it.each(wordSources)("$title", async ({ source, models }) => {
    const bounds: Readonly<Record<string, number>> = /\bN\b/.test(source) ? { N: 2 } : {};
    const result = compile({ name: "names.nn", source }, { target, bounds });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const network = await load(result.artifact, { seed: 1 });
    for (const { model, input } of models) {
      const [{ data }] = network.predictSync(model, Object.fromEntries([[input, Float32Array.of(1, 2, 3, 4)]]));
      expect([model, ...data]).toEqual([model, 2, 3, 4, 5]);
    }
  });
});

/** Parameters whose paths are wider than any line of a printed text, under an optimiser with state. */
const wide = `
block ${"outer_".repeat(200)}(x: [.., D]) -> [.., D] = x |> ${"inner_".repeat(200)} |> tanh |> dense(D)
block ${"inner_".repeat(200)}(x: [.., D]) -> [.., D] = x |> layer_norm |> dense(D)
model M(x: [N, 8]) -> [N, 8] = x |> ${"outer_".repeat(200)}
train M { data: given  loss: mse  optimizer: adam(lr: 0.1)  batch: 8  epochs: 1 }
`;

it("trains under parameter paths of any width, with the same bits on both targets", async () => {
  const losses = (["typescript", "wasm"] as const).map(async (target) => {
    const result = compile({ name: "wide.nn", source: wide }, { target });
    if (!result.ok) throw new Error(result.diagnostics[0].message);
    const network = await load(result.artifact, { seed: 1 });
    const [x, y] = [64, 63].map((by) => Float32Array.from({ length: 64 }, (_, n) => Math.fround(n / by)));
    return [0, 1, 2].map(() => network.stepSync({ x, target: y }).loss);
  });
  const [typescript, wasm] = await Promise.all(losses);
  expect(wasm).toEqual(typescript);
  expect(wasm[2]).toBeLessThan(wasm[0]);
});
