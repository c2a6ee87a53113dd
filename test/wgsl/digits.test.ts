/** The digits example trains on the GPU as it does elsewhere. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.start();
}, 120_000);
afterAll(() => gpu.stop());

const folder = new URL("../../examples/digits/", import.meta.url);

function artifactFor(target: TargetName): Artifact {
  const source = readFileSync(new URL("digits.nn", folder), "utf8");
  const result = compile({ name: "digits.nn", source }, { target });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.artifact;
}

/** Batches of 32 rows of the data, in their order. */
function batchesOf(count: number): readonly (readonly (readonly [string, Float32Array | Int32Array])[])[] {
  const [header, ...lines] = readFileSync(new URL("data/digits.csv", folder), "utf8").trim().split("\n");
  const target = header.split(",").indexOf("digit");
  const rows = lines.map((line) => line.split(",").map(Number));
  return Array.from({ length: count }, (_, batch) => {
    const own = rows.slice(32 * batch, 32 * batch + 32);
    const images = own.flatMap((row) => row.filter((__, column) => column !== target).map((grey) => grey / 16));
    return [
      ["image", Float32Array.from(images)],
      ["target", Int32Array.from(own, (row) => row[target])],
    ] as const;
  });
}

test("40 steps of digits have the losses of WebAssembly within 10⁻⁴, and they fall", async () => {
  const batches = batchesOf(40);
  const network = await load(artifactFor("wasm"), { seed: 7 });
  const expected = batches.map((batch) => network.stepSync(new Map(batch)).loss);
  expected.push(network.evaluateSync(new Map(batches[0])).loss);
  const found = await gpu.train(artifactFor("wgsl"), batches);
  expect(found).toHaveLength(41);
  for (const [step, loss] of expected.entries()) expect(Math.abs(found[step] - loss)).toBeLessThan(1e-4 * (1 + loss));
  expect(found[40]).toBeLessThan(0.75 * found[0]);
}, 120_000);
