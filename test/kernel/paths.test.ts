/** Fast paths are taken: properties of what is scheduled and planned that equal values would not show. */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { describe, expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { addIndex, axisIndex } from "../../compiler/loops/index.ts";
import {
  allOf,
  binary,
  compare,
  dimensionScalar,
  f32,
  i32,
  indexScalar,
  local,
  select,
} from "../../compiler/loops/scalar.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { allNodesOf, indicesOf, operandsOf } from "../../compiler/program/traverse.ts";
import type { Expression, Statement } from "../../compiler/program/types.ts";
import { shape } from "../passes/graphs.ts";
import { expectEqual, typeIn } from "./equal.ts";
import * as kernels from "./kernels.ts";
import * as windows from "./windows.ts";

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
  ] as const)(
    "has neither a choice nor a clamp, nor have terms outside, where all points are together, %s",
    (_, machine) => {
      const { kernel, tensors } = kernels.convolution("N", 12, 4, 8);
      const typeOf = (name: string) => tensors.get(name) ?? { dtype: "f32" as const, shape: [] };
      const splits = splitsIn(schedule(kernel, typeOf, bounds, machine).body);
      const inside = splits.filter(
        ({ whenTrue }) => whenTrue.some(({ kind }) => kind === "for") && tests(whenTrue) === 0,
      );
      expect(inside.length).toBeGreaterThan(0);
      expect(inside.every(({ otherwise }) => productsIn(otherwise) > 0 && tests(otherwise) === 0)).toBe(true);
    },
  );
});

describe("whatever its size, a convolution has an interior without a choice or a clamp:", () => {
  const sizes = [12, 13, 14, 15, 16, 17, 18];
  test.each([1, 3, 4, 5, 8, 12])("of %i channels", (channels) => {
    for (const size of sizes) {
      const { kernel, tensors } = windows.convolution({ size, channels }, 8);
      const splits = splitsIn(schedule(kernel, typeIn({ tensors }), bounds, simd).body);
      const free = splits.filter(({ whenTrue }) => productsIn(whenTrue) > 0 && tests(whenTrue) === 0);
      expect(free.length, `${size} columns`).toBeGreaterThan(0);
    }
  });
});

function productsIn(statements: readonly Statement[]): number {
  const isProduct = (one: Node): boolean => one.kind === "binary" && one.operator === "mul" && one.type.dtype === "f32";
  return allNodesOf(statements).filter(isProduct).length;
}

type Node = ReturnType<typeof allNodesOf>[number];

describe("neighbouring windows of a depthwise convolution share what they load", () => {
  // Four windows of three taps in each of three rows, of four channels in a vector; together they cover six places of a row.
  test.each([
    ["weights", "k", 3],
    ["and the picture", "x", 6],
  ])("%s", (_, buffer, count) => {
    const { kernel, tensors } = windows.depthwise({ size: 14, channels: 8, low: 0, high: 0 });
    const { body } = schedule(kernel, typeIn({ tensors }), bounds, simd);
    const loads = allNodesOf(body).filter((one) => one.kind === "load" && one.buffer === buffer);
    expect([loads.length, productsIn(body)]).toEqual([count, 4 * 3]);
  });
});

describe("a tile asks once whether its windows are inside", () => {
  /** y[i, j] = Σ over three places along open rows, 0 where they are beyond. */
  const stencil = (): kernels.Case => {
    const place = addIndex(kernels.shifted("i", -1), axisIndex("t"));
    const inside = allOf([
      compare("greaterEqual", indexScalar(place), i32(0)),
      compare("less", indexScalar(place), dimensionScalar(kernels.dim("N"))),
    ]);
    const value = binary("mul", select(inside, kernels.from("x", place), f32(0)), kernels.from("w", "t", "j"));
    const type = (...shape: readonly kernels.Size[]) => ({ dtype: "f32", shape: shape.map(kernels.dim) }) as const;
    return kernels.kernelOf(
      "stencil",
      [kernels.axis("i", "N"), kernels.axis("j", 8)],
      [
        kernels.reduce([kernels.axis("t", 3)], { lanes: 1 }, ["sum", "sum", value]),
        kernels.store("y", ["i", "j"], local("sum", "f32")),
      ],
      { x: type("N"), w: type(3, 8), y: type("N", 8) },
    );
  };

  test("for the first and the last of its points", () => {
    const one = stencil();
    const [tile] = allNodesOf(schedule(one.kernel, typeIn(one), bounds, { ...simd, panels: false }).body).filter(
      ({ kind }) => kind === "for",
    );
    if (tile.kind !== "for") throw new Error("expected a loop over tiles");
    const asked = tile.body.flatMap((statement) => (statement.kind === "define" ? [statement.value] : []));
    const [split] = splitsIn(tile.body);
    const conditions = [...asked, split.condition].flatMap(comparisonsIn);
    expect([conditions.length, tests(split.whenTrue)]).toEqual([2, 0]);
  });

  test("and has the interpreter's bits, however many rows there are", () => {
    for (const n of [1, 2, 3, 4, 5, 8, 9]) expectEqual(stencil(), simd, new Map([["N", n]]), bounds);
  });
});

function comparisonsIn(value: Expression): readonly Expression[] {
  return [...(value.kind === "compare" ? [value] : []), ...operandsOf(value).flatMap(comparisonsIn)];
}

describe("long products are copied into panels", () => {
  /** Whether the program's contraction has panels. */
  function hasPanels(body: string, bound: number): boolean {
    const { elaboration } = elaborateSource({ name: "long.nn", source: `model M${body}` }, { bounds: { N: bound } });
    if (elaboration === undefined) throw new Error("expected a sound program");
    const { program } = buildProgram(elaboration, simd, { verify: false, outline: false });
    return program.kernels.some(({ arrays }) => arrays.some(({ name }) => name.startsWith("panel")));
  }

  test.each([4095, 4096, 4097, 4098, 4100])("over %i columns", (k) => {
    expect(hasPanels(`(x: [N, ${k}], w: [${k}, 8]) -> [N, 8] = x @ w`, 20)).toBe(true);
  });

  test("over rows, for every number of columns from 4 on; in lanes for fewer", () => {
    const columns = Array.from({ length: 17 }, (_, at) => at + 1);
    const found = columns.filter((m) =>
      hasPanels(`(x: [N, 17], d: [N, ${m}]) -> [17, ${m}] = einsum("nk,nj->kj", x, d)`, 8192),
    );
    expect(found).toEqual(columns.slice(3));
  });
});

/** Softmax along the last axis, times weights, and the logarithm of its sum: axes of extent 1 stand at different places. */
describe("the maximum of a row in lanes", () => {
  test.each([40, 66, 1000])("waits once for four fours, in rows of %d", (size) => {
    const { kernel, tensors } = kernels.softmax("N", size);
    const typeOf = (name: string) => tensors.get(name) ?? { dtype: "f32" as const, shape: [] };
    const loops = allNodesOf(schedule(kernel, typeOf, bounds, simd).body).flatMap((one) =>
      one.kind === "for" && allNodesOf(one.body).some(isMaximum) && one.role === "serial" ? [one] : [],
    );
    expect(loops[0]?.step).toBe(16);
  });
});

function isMaximum(one: Statement | Expression): boolean {
  return one.kind === "binary" && one.operator === "maximum";
}

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
  const lowered = lower(runPasses(graph, { verify: true }), bounds);
  return kernelsOf(fuse(lowered, bounds, new UniqueNames(), { verify: true, nests: true }).steps).length;
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
