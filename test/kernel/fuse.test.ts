import { describe, expect, test } from "vitest";
import type { Graph } from "../../compiler/graph/graph.ts";
import { fuse } from "../../compiler/kernel/fuse/index.ts";
import { lower } from "../../compiler/kernel/lower.ts";
import { joinSegments } from "../../compiler/kernel/segments.ts";
import { evaluateFused, evaluateLowered, randomInputs } from "./evaluate.ts";
import { embedded, normalised, perceptron } from "./networks.ts";

const bounds = new Map([["N", 9]]);

const networks: readonly (readonly [string, () => Graph])[] = [
  ["two dense layers", perceptron],
  ["batch normalisation", () => normalised(0)],
  ["layer normalisation", () => normalised(1)],
  ["an embedding", embedded],
];

function fused(graph: Graph) {
  return fuse(lower(graph, bounds), bounds, new Set());
}

describe("fusion keeps every bit of a training step", () => {
  for (const [name, network] of networks) {
    for (const rows of [1, 2, 9]) {
      test(`${name}, ${rows} rows`, () => {
        const dims = new Map([["N", rows]]);
        const lowered = lower(network(), bounds);
        const inputs = randomInputs(lowered, dims);
        const expected = evaluateLowered(lowered, inputs, dims, "f32");
        const found = evaluateFused(fused(network()), inputs, dims, "f32");
        for (const [output, { data }] of expected) expect([output, ...(found.get(output)?.data ?? [])]).toEqual([output, ...data]);
      });
    }
  }
});

describe("fusion shares loops", () => {
  test("softmax with cross-entropy, forward and backward, is two kernels", () => {
    const kernels = fused(perceptron()).kernels.filter(({ stages }) => stages.some((stage) => stage.kind === "reduce"));
    const rows = kernels.filter(({ rows: kept }) => kept.length > 0);
    expect(rows).toHaveLength(1);
  });

  test("alike updates are one loop over a segment", () => {
    const taken = new Set<string>();
    const entry = joinSegments(fuse(lower(perceptron(), bounds), bounds, taken), taken);
    expect(entry.segments).toMatchInlineSnapshot(`
      [
        {
          "elements": 96,
          "name": "optimizer.v",
          "tensors": [
            "optimizer.v.first.w",
            "optimizer.v.first.b",
            "optimizer.v.second.w",
            "optimizer.v.second.b",
          ],
        },
        {
          "elements": 96,
          "name": "gradients",
          "tensors": [
            "contract_2",
            "sum_2",
            "contract",
            "sum",
          ],
        },
        {
          "elements": 96,
          "name": "parameters",
          "tensors": [
            "first.w",
            "first.b",
            "second.w",
            "second.b",
          ],
        },
      ]
    `);
  });
});
