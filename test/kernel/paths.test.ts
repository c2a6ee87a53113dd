/** Fast paths are taken: properties of what is scheduled and planned that equal values would not show. */
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { describe, expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { allNodesOf, indicesOf } from "../../compiler/program/traverse.ts";
import type { Statement } from "../../compiler/program/types.ts";
import { shape } from "../passes/graphs.ts";
import * as kernels from "./kernels.ts";

const bounds = new Map([["N", 32]]);

/** Choices, and indices that are held inside a tensor. */
function tests(statements: readonly Statement[]): number {
  return allNodesOf(statements).filter((one) => {
    const clamps = indicesOf(one)
      .flatMap(({ terms }) => terms)
      .some(({ atom }) => atom.kind === "data");
    return one.kind === "select" || clamps;
  }).length;
}

type Split = Extract<Statement, { readonly kind: "if" }>;

function splitsIn(statements: readonly Statement[]): readonly Split[] {
  return allNodesOf(statements).filter((one) => one.kind === "if");
}

describe("the interior of a convolution", () => {
  test.each([
    ["for lanes", simd],
    ["without lanes", javascript],
  ] as const)("has neither a choice nor a clamp, %s", (_, machine) => {
    const { kernel, tensors } = kernels.convolution("N", 12, 4, 8);
    const typeOf = (name: string) => tensors.get(name) ?? { dtype: "f32" as const, shape: [] };
    const splits = splitsIn(schedule(kernel, typeOf, bounds, machine).body);
    const inside = splits.filter(
      ({ whenTrue }) => whenTrue.some(({ kind }) => kind === "for") && tests(whenTrue) === 0,
    );
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.every(({ otherwise }) => tests(otherwise) > 0)).toBe(true);
  });
});

/** Softmax along the last axis, times weights, and the logarithm of its sum: axes of extent 1 stand at different places. */
function kernelCount(sizes: readonly (number | string)[], last: number): number {
  const b = new GraphBuilder();
  const x = b.one("input", [], { name: "x", role: "input", dtype: "f32", shape: shape(...sizes) });
  const w = b.one("input", [], { name: "w", role: "parameter", dtype: "f32", shape: shape(8) });
  const all = sizes.map((_, d) => d);
  const others = all.filter((d) => d !== last);
  const spread = (value: typeof x, axes: readonly number[]) =>
    b.one("broadcast", [value], { shape: shape(...sizes), axes });
  const low = b.one("sub", [x, spread(b.one("max", [x], { axes: [last] }), others)]);
  const e = b.one("exp", [low]);
  const total = b.one("sum", [e], { axes: [last] });
  const flat = b.one("reshape", [b.one("div", [e, spread(total, others)])], { shape: shape("N", 8) });
  const weighed = b.one("mul", [flat, b.one("broadcast", [w], { shape: shape("N", 8), axes: [1] })]);
  const graph = b.finish([
    { name: "y", role: "result", value: weighed },
    { name: "l", role: "result", value: b.one("log", [total]) },
  ]);
  return fuse(lower(runPasses(graph, { verify: true }), bounds), bounds, new UniqueNames(), {
    verify: true,
    nests: true,
  }).kernels.length;
}

describe("axes of extent 1", () => {
  test.each<readonly [string, readonly (number | string)[], number]>([
    ["none", ["N", 8], 1],
    ["before", [1, "N", 8], 2],
    ["between", ["N", 1, 8], 2],
    ["before and between", [1, "N", 1, 8], 3],
  ])("%s: one kernel", (_, sizes, last) => {
    expect(kernelCount(sizes, last)).toBe(1);
  });
});

const train = (loss: string, output: string): string =>
  `train M { data: given  loss: ${loss}  optimizer: adam(lr: 1e-3)  batch: 32  epochs: 1 }\n${output}`;

/** Programs whose arenas a careless packing makes larger than need be. */
const programs: readonly (readonly [string, string])[] = [
  [
    "layers that shrink",
    `model M(x: [N, 96]) -> [N, 2] = x |> dense(200) |> relu |> dense(64) |> tanh |> dense(130) |> relu |> dense(16) |> relu |> dense(2)\n${train("mse", "")}`,
  ],
  [
    "branches that meet again",
    `block side(x: [N, C]) -> [N, C] = x + (x |> dense(3 * C) |> relu |> dense(C))
     model M(x: [N, 40]) -> [N, 10] = x |> repeat(6, side) |> layer_norm |> dense(10)\n${train("cross_entropy", "")}`,
  ],
  [
    "statistics of batches",
    `model M(x: [N, 64]) -> [N, 10] = x |> dense(64, bias: false) |> batch_norm |> relu |> dense(48) |> batch_norm |> relu |> dense(10)\n${train("cross_entropy", "")}`,
  ],
];

describe("the arena is within a twentieth of the least", () => {
  test.each(programs)("%s", (_, source) => {
    const { elaboration } = elaborateSource({ name: "packed.nn", source }, {});
    if (elaboration === undefined) throw new Error("expected a sound program");
    const { plan } = buildProgram(elaboration, simd, { verify: false, outline: true });
    expect(plan.arenaBytes / plan.lowerBound).toBeLessThanOrEqual(1.05);
  });
});
