/** Rows of tiles in private arrays: which kernels are joined to one, what it looks like, and that no bit changes. */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { GraphOutput, Value } from "../../compiler/graph/types.ts";
import { constant } from "../../compiler/dimension/dimension.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import { lower } from "../../compiler/lower/lower.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { input } from "../passes/graphs.ts";
import { evaluateFused, randomInputs } from "./evaluate.ts";

const bounds = new Map([["N", 3]]);

interface Options {
  readonly batch?: number | string;
  readonly rows?: number;
  /** Tiles in a row. */
  readonly across?: number;
  readonly channels?: number;
  readonly filters?: number;
  /** What else the graph answers with. */
  readonly also?: "tiles" | "sums";
  /** What is between the product and the transform back. */
  readonly between?: (builder: GraphBuilder, sums: Value) => Value;
}

/** Tiles of 2 × 2, a product for each of their four elements, and tiles of 2 × 2 again. */
function lowered({
  batch = "N",
  rows = 1,
  across = 2,
  channels = 8,
  filters = 12,
  also,
  between = (_, sums) => sums,
}: Options = {}) {
  const builder = new GraphBuilder();
  const x = input(builder, "x", [batch, 4, 2 * across + 1, channels]);
  const u = input(builder, "u", [4, channels, filters]);
  const place = { axis: 1, count: [2, across], rows };
  const cut = {
    ...place,
    matrix: [
      [1, 0],
      [0.5, 1],
    ],
    step: 2,
    low: [0, 0],
  };
  const tiles = builder.one("tiles", [x], cut);
  const labels = { left: [0, 1, 2, 3, 4, 5], right: [2, 5, 6], output: [0, 1, 2, 3, 4, 6] };
  const sums = builder.one("contract", [tiles, u], labels);
  const y = builder.one("untile", [between(builder, sums)], {
    ...place,
    matrix: [
      [1, 1],
      [0, -1],
    ],
  });
  const result = (name: string, value: Value): GraphOutput => ({ name, role: "result", value });
  const others = also === undefined ? [] : [result(also, also === "tiles" ? tiles : sums)];
  return lower(builder.finish([result("y", y), ...others]), bounds);
}

const kernelsFor = (options: Options, nests = true) =>
  kernelsOf(fuse(lowered(options), bounds, new UniqueNames(), { nests, verify: true }).steps);

test("transform, product and transform back share a grid", () => {
  const [kernel, ...others] = kernelsFor({});
  expect(others).toEqual([]);
  expect(verifyKernel(kernel)).toEqual([]);
  expect(printKernel(kernel)).toBe(
    `kernel untile(x: f32, u: f32) -> y: f32
  row tiles: f32[4, 32]
  row sums: f32[4, 40]
  for i0 in N, i1 in 2
    for j0 in 2, j1 in 8
      let t0 = x[i0, 2*i1, 2*j0, j1]
      let t1 = x[i0, 2*i1, 2*j0 + 1, j1]
      let t2 = x[i0, 2*i1 + 1, 2*j0, j1]
      let t3 = x[i0, 2*i1 + 1, 2*j0 + 1, j1]
      let t4 = 0.5 * t0 + t2
      let t5 = 0.5 * t1 + t3
      tiles[0, 8*j0 + j1] = t0
      tiles[1, 8*j0 + j1] = 0.5 * t0 + t1
      tiles[2, 8*j0 + j1] = t4
      tiles[3, 8*j0 + j1] = 0.5 * t4 + t5
    for j0 in 4, j1 in 2, j2 in 12
      sum = Σ r0 in 8: tiles[j0, 8*j1 + r0] * u[j0, r0, j2]
      sums[j0, 12*j1 + j2] = sum
    for j0 in 2, j1 in 12
      let t0 = sums[0, 12*j0 + j1]
      let t1 = sums[1, 12*j0 + j1]
      let t2 = sums[2, 12*j0 + j1]
      let t3 = sums[3, 12*j0 + j1]
      let t4 = t0 + t2
      let t5 = -t2
      let t6 = t1 + t3
      let t7 = -t3
      y[i0, 2*i1, 2*j0, j1] = t4 + t6
      y[i0, 2*i1, 2*j0 + 1, j1] = -t6
      y[i0, 2*i1 + 1, 2*j0, j1] = t5 + t7
      y[i0, 2*i1 + 1, 2*j0 + 1, j1] = -t7`,
  );
});

const joined: readonly (readonly [string, Options, number])[] = [
  ["all rows of tiles at once", { rows: 2 }, 1],
  ["one picture in rows of tiles", { batch: 1 }, 1],
  ["a product that a map continues", { between: (builder, sums) => builder.one("exp", [sums]) }, 1],
];
const apart: readonly (readonly [string, Options, number])[] = [
  ["one picture all at once, which has no axis left", { batch: 1, rows: 2 }, 3],
  ["tiles that are an answer, too", { also: "tiles" }, 3],
  ["sums that are an answer, too", { also: "sums" }, 3],
  ["a factor that would leave the cache with each row", { filters: 2 ** 14 }, 3],
  ["more tiles than a private array should hold", { across: 20, channels: 2 ** 11 }, 3],
];

test.each([...joined, ...apart])("%s: %o make %s kernels", (_, options, count) => {
  expect(kernelsFor(options)).toHaveLength(count);
  expect(kernelsFor(options, false).length).toBeGreaterThanOrEqual(3);
});

test.each([1, 3])("no bit changes with %s pictures", (rows) => {
  const dims = new Map([["N", rows]]);
  const inputs = randomInputs(lowered(), dims);
  const [one, three] = [true, false].map((nests) => {
    const entry = fuse(lowered(), bounds, new UniqueNames(), { nests });
    return evaluateFused(entry, inputs, dims, "f32").get("y")?.data ?? [];
  });
  expect(one.length).toBe(rows * 4 * 4 * 12);
  expect([...one]).toEqual([...three]);
});

/** Two convolutions by tiles, with something between them that lies between two transforms, too. */
function twice(between: (builder: GraphBuilder, first: Value) => Value) {
  const builder = new GraphBuilder();
  const convolved = (x: Value, u: Value, count: readonly number[]): Value => {
    const place = {
      axis: 1,
      count,
      rows: 1,
      matrix: [
        [1, 0],
        [0.5, 1],
      ],
    };
    const tiles = builder.one("tiles", [x], { ...place, step: 2, low: [0, 0] });
    const labels = { left: [0, 1, 2, 3, 4, 5], right: [2, 5, 6], output: [0, 1, 2, 3, 4, 6] };
    return builder.one("untile", [builder.one("contract", [tiles, u], labels)], place);
  };
  const first = convolved(input(builder, "x", ["N", 9, 9, 8]), input(builder, "u", [4, 8, 8]), [4, 4]);
  const second = convolved(between(builder, first), input(builder, "v", [4, 8, 12]), [2, 2]);
  return lower(builder.finish([{ name: "y", role: "result", value: second }]), bounds);
}

const betweens: readonly (readonly [string, (builder: GraphBuilder, first: Value) => Value])[] = [
  [
    "a pool",
    (builder, first) => {
      const [twos, none, fours] = [2, 0, 4].map((size) => [size, size].map(constant));
      return builder.one("window_max", [first], { window: twos, stride: [2, 2], low: none, size: fours });
    },
  ],
  [
    "a product",
    (builder, first) => {
      const labels = { left: [0, 1, 2, 3], right: [3, 4], output: [0, 1, 2, 4] };
      return builder.one("contract", [first, input(builder, "w", [8, 8])], labels);
    },
  ],
];

test.each(betweens)("%s between two convolutions is a kernel of its own, and no bit changes", (_, between) => {
  const dims = new Map([["N", 2]]);
  const inputs = randomInputs(twice(between), dims);
  const [nested, plain] = [true, false].map((nests) => fuse(twice(between), bounds, new UniqueNames(), { nests }));
  expect(kernelsOf(nested.steps).map(({ stages }) => stages.some(({ kind }) => kind === "nest"))).toEqual([
    true,
    false,
    true,
  ]);
  const [one, several] = [nested, plain].map((entry) => evaluateFused(entry, inputs, dims, "f32").get("y")?.data ?? []);
  expect(one.length).toBe(2 * 4 * 4 * 12);
  expect([...one]).toEqual([...several]);
});
