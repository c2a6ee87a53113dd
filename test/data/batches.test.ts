/** Minibatches: sizes, order, the partial last one, and that buffers are reused. */
import { describe, expect, it } from "vitest";
import { batches } from "../../runtime/data/batches.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { errorOf } from "./support.ts";

const five: Dataset = {
  rows: 5,
  tensors: new Map([
    ["x", { dtype: "f32", shape: [2], rowStride: 2, data: Float32Array.from({ length: 10 }, (_, index) => index) }],
    ["target", { dtype: "i32", shape: [], rowStride: 1, data: Int32Array.of(10, 11, 12, 13, 14) }],
  ]),
};

function shown(size: number | "all", order?: Uint32Array): string[] {
  return [...batches(five, size).epoch(order)].map(({ rows }) => String(rows));
}

describe("batches", () => {
  it.each([
    [1, "1 1 1 1 1"],
    [2, "2 2 1"],
    [5, "5"],
    [7, "5"],
    ["all", "5"],
  ] as const)("of %s", (size, expected) => {
    expect(shown(size).join(" ")).toBe(expected);
    expect(batches(five, size).count).toBe(expected.split(" ").length);
  });

  it("follow the order that is asked for, with types kept", () => {
    const seen = [];
    for (const { tensors } of batches(five, 2).epoch(Uint32Array.of(4, 3, 2, 1, 0)))
      seen.push(tensors.get("target")?.slice(), tensors.get("x")?.slice());
    expect(seen).toEqual([
      Int32Array.of(14, 13),
      Float32Array.of(8, 9, 6, 7),
      Int32Array.of(12, 11),
      Float32Array.of(4, 5, 2, 3),
      Int32Array.of(10),
      Float32Array.of(0, 1),
    ]);
  });

  it("reuse their buffers within and across epochs", () => {
    const two = batches(five, 2);
    const buffers = new Set([...two.epoch(), ...two.epoch()].map(({ tensors }) => tensors.get("x")?.buffer));
    expect(buffers.size).toBe(1);
  });

  it("of overlapping windows take each window whole", () => {
    const windows: Dataset = {
      rows: 3,
      tensors: new Map([["x", { dtype: "i32", shape: [3], rowStride: 1, data: Int32Array.of(1, 2, 3, 4, 5) }]]),
    };
    const seen = [];
    for (const { tensors } of batches(windows, 2).epoch()) seen.push([...(tensors.get("x") ?? [])]);
    expect(seen).toEqual([
      [1, 2, 3, 2, 3, 4],
      [3, 4, 5],
    ]);
  });

  it("of no rows are none", () => {
    expect([...batches({ rows: 0, tensors: new Map() }, "all").epoch()]).toEqual([]);
  });

  it.each([0, -1, 1.5, NaN])("of %f are refused", (size) => {
    expect(errorOf(() => batches(five, size))).toBe(
      `NN0832 \`batch\` of the data: expected a positive whole number or all, found ${size}`,
    );
  });
});
