/** What rows and answers are called: which output is named after the target, has its classes, or is given back in its units. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
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
