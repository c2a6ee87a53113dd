/** Scans, lowered and fused, and their gradients against the interpreter, bit by bit. */
import { describe, expect, test } from "vitest";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { madeOf } from "../passes/made.ts";
import { scanSamples } from "../passes/scans.ts";
import { evaluateFused, evaluateLowered } from "./evaluate.ts";

const none = new Map<string, number>();

describe.each([1, 2] as const)("loops of order %i, lowered and fused, keep every bit", (order) => {
  test.each(scanSamples)("$name", (sample) => {
    const { graph, inputs: doubles } = madeOf(sample, order);
    const inputs = new Map(
      [...doubles].map(([name, { shape, data }]): [string, Interpreted] => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
    );
    const after = runPasses(graph, { verify: true });
    const expected = evaluateGraph(after, { inputs, dims: none, precision: "f32" });
    const lowered = lower(after, none);
    const entry = fuse(lowered, none, new UniqueNames(), { verify: true, nests: true });
    expect(kernelsOf(entry.steps).flatMap(verifyKernel)).toEqual([]);
    const wanted = [...expected].map(([name, { data }]) => [name, Array.from(data)]);
    for (const found of [evaluateLowered(lowered, inputs, none, "f32"), evaluateFused(entry, inputs, none, "f32")])
      expect(wanted.map(([name]) => [name, [...(found.get(String(name))?.data ?? [])]])).toEqual(wanted);
  });
});
