/** The text example's recurrent network, a `scan` forward and backward, trains on the GPU as it does elsewhere. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { encodeText, codePoints, vocabularyOf } from "../../runtime/data/text.ts";
import { load } from "../../runtime/load/index.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.start();
}, 120_000);
afterAll(() => gpu.stop());

const folder = new URL("../../examples/text/", import.meta.url);
const window = 48;
const rows = 4;

function artifactFor(target: TargetName): Artifact {
  const source = readFileSync(new URL("recurrent.nn", folder), "utf8");
  const result = compile({ name: "recurrent.nn", source }, { target, dims: { T: window } });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.artifact;
}

/** Batches of a few windows of the book, in its order. */
function batchesOf(count: number): readonly (readonly (readonly [string, Int32Array])[])[] {
  const characters = codePoints(readFileSync(new URL("data/book.txt", folder), "utf8").slice(0, 4096));
  const ids = encodeText(characters, vocabularyOf(characters, 64));
  return Array.from({ length: count }, (_, batch) => {
    const from = batch * rows * window;
    return [
      ["text", ids.slice(from, from + rows * window)],
      ["target", ids.slice(from + 1, from + rows * window + 1)],
    ] as const;
  });
}

test("three steps of a gated recurrent network have the losses of WebAssembly within 10⁻⁴, and they fall", async () => {
  const batches = batchesOf(3);
  const network = await load(artifactFor("wasm"), { seed: 7 });
  const expected = batches.map((batch) => network.stepSync(new Map(batch)).loss);
  expected.push(network.evaluateSync(new Map(batches[0])).loss);
  const found = await gpu.train(artifactFor("wgsl"), batches);
  expect(found).toHaveLength(4);
  for (const [step, loss] of expected.entries()) expect(Math.abs(found[step] - loss)).toBeLessThan(1e-4 * (1 + loss));
  expect(found[3]).toBeLessThan(0.99 * found[0]);
}, 120_000);
