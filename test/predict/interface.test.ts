/** What rows and answers are called: which output is named after the target, has its classes, or is given back in its units. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import { interfaceOf } from "../../runtime/predict/interface.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";

const plain = `model Inner(x: [N, 2]) -> [N, 2] = x |> dense(2)
model Sides(x: [N, 2]) -> [N, 2] = Inner(x)
train Sides { data: csv("points.csv", target: "side")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 1 }
`;
const fitted: Fitted = {
  ...unfitted,
  classes: [{ name: "target", values: ["left", "right"] }],
  columns: [
    { name: "x", values: ["a", "b"] },
    { name: "target", values: ["side"] },
  ],
};

function manifestOf(text: string): Manifest {
  const result = compile({ name: "main.nn", source: text }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.artifact.manifest;
}

function compiledOpen(source: string): Artifact {
  const result = compile({ name: "main.nn", source }, { target: "wasm", bounds: /\bV\b/.test(source) ? { V: 8 } : {} });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.artifact;
}

function errorOf(act: () => unknown): NncError {
  try {
    act();
  } catch (error) {
    if (error instanceof NncError) return error;
  }
  throw new Error("nothing was refused");
}

function fields(manifest: Manifest, name: string): unknown {
  const model = manifest.host.models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`no model ${name}`);
  const { outputs } = interfaceOf(manifest, model, fitted);
  return outputs.map((output) => [output.name, output.classes ?? output.units ?? "numbers"]);
}

describe("the target's name and classes", () => {
  test("belong to the model that is trained, not to another of the file", () => {
    expect(fields(manifestOf(plain), "Sides")).toEqual([["side", ["left", "right"]]]);
    expect(fields(manifestOf(plain), "Inner")).toEqual([["output", "numbers"]]);
  });
});

describe("a model whose rows belong together", () => {
  test.each([
    ["model Graph(links: [V, V]) -> [V, V] = 2 * links", "[V, V], whose V rows", "`links: [N, V, V]`"],
    ["model Graph(links: [N, N]) -> [N, N] = 2 * links", "[N, N], whose N rows", "`links: [Graphs, N, N]`"],
    ["model Graph(x: [3, 2]) -> [3, 2] = 2 * x", "[3, 2], whose 3 rows", "`x: [N, 3, 2]`"],
  ])("%s is refused with the edit", (source, found, edit) => {
    const { manifest } = compiledOpen(source);
    const [model] = manifest.host.models;
    if (model === undefined) throw new Error("no model");
    const error = errorOf(() => interfaceOf(manifest, model, unfitted));
    expect(error.diagnostic.message).toContain(found);
    expect(error.diagnostic.help).toContain(edit);
  });

  test.each([
    [
      "model All(x: [N, 4]) -> [4] = mean(x, over: N)",
      "an answer for each of N rows in `output`, found [4], which is one for all of them",
    ],
    ["model All(x: [N, 4]) -> [] = mean(x)", "an answer for each of N rows in `output`, found []"],
    ["model All(x: [N, 4]) -> ([N, 4], [4]) = (x, mean(x, over: N))", "found [4]"],
    ["model Twice(x: [N, 4]) -> [2 * N, 4] = concat([x, x], axis: 0)", "found [2*N, 4]"],
  ])("%s is refused", (source, found) => {
    const { manifest } = compiledOpen(source);
    const [model] = manifest.host.models;
    if (model === undefined) throw new Error("no model");
    expect(errorOf(() => interfaceOf(manifest, model, unfitted)).diagnostic.message).toContain(found);
  });

  test("but one that takes a single row at a time has rows", () => {
    const { manifest } = compiledOpen("model One(x: [1, 2]) -> [1, 2] = 2 * x");
    const [model] = manifest.host.models;
    expect(model && interfaceOf(manifest, model, unfitted).inputs[0]?.width).toBe(2);
  });
});
