/** Which values share a kernel: a case on each side of every rule of `clusterMembers`. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { clusterMembers } from "../../compiler/fuse/cluster.ts";
import { loadedBy } from "../../compiler/loops/compute.ts";
import type { Member } from "../../compiler/fuse/definition.ts";
import type { LoweredNode } from "../../compiler/lower/lowered.ts";
import { dataIndex } from "../../compiler/loops/index.ts";
import { binary, f32, load } from "../../compiler/loops/scalar.ts";
import type { Scalar } from "../../compiler/loops/types.ts";
import { bounds, lanes, map, product, reduction, scattered } from "./computes.ts";
import { at, axis, from } from "./kernels.ts";

const [i, j, k] = [axis("i", 4), axis("j", 4), axis("k", 4)];
const grid = [i, j];
const add = (left: Scalar, right: Scalar): Scalar => binary("add", left, right);
const x = from("x", "i", "j");
/** tensor = source + 1. */
const next = (tensor: string, source: string, ...indices: readonly string[]): LoweredNode =>
  map(tensor, grid, add(from(source, ...(indices.length === 0 ? ["i", "j"] : indices)), f32(1)));
const rows = (tensor: string, source = "x", over = [j]): LoweredNode =>
  reduction(tensor, [i], over, from(source, "i", "j"), lanes);
const columns = (tensor: string, source = "x"): LoweredNode => reduction(tensor, [i], [j], from(source, "j", "i"));
const matrices = (tensor: string, left = "x", right = "w"): LoweredNode =>
  reduction(tensor, grid, [k], product(from(left, "i", "k"), from(right, "k", "j")));
const ids = dataIndex(load("ids", "i32", at("i")), constant(4));
const scatter = (tensor: string, source = "x"): LoweredNode =>
  scattered(tensor, grid, grid, at(ids, "j"), from(source, "i", "j"));
/** `a0` from x, `a1` from `a0`, … */
const chain = (name: string, length: number): readonly LoweredNode[] =>
  Array.from({ length }, (_, n) => next(`${name}${n}`, n === 0 ? "x" : `${name}${n - 1}`));

/** The kernels' tensors, a kernel between bars; `update` names what only moves parameters. */
function kernelsOf(nodes: readonly LoweredNode[], update: readonly string[] = []): string {
  const members = nodes.map(({ tensor, op, origin, compute }, position): Member => {
    const type = { dtype: "f32", shape: compute.axes.map(({ extent }) => extent) } as const;
    return {
      tensor,
      op,
      origin,
      compute,
      position,
      type,
      loads: loadedBy(compute),
      update: update.includes(tensor),
      stage: 0,
    };
  });
  return clusterMembers(members, bounds)
    .map((cluster) => cluster.members.map(({ tensor }) => tensor).join(" "))
    .join(" | ");
}

type Row = readonly [name: string, nodes: readonly LoweredNode[], expected: string];

const joining: readonly Row[] = [
  ["a map of the same points", [next("a", "x"), next("b", "a")], "a b"],
  ["a map to a contraction, its epilogue", [matrices("a"), next("b", "a")], "a b"],
  ["no map of other points", [next("a", "x"), map("b", [i, j, k], add(from("a", "i", "j"), from("z", "k")))], "a | b"],
  ["no map to a scatter", [scatter("a"), next("b", "a")], "a | b"],
  ["no scatter", [next("a", "x"), scatter("b", "a")], "a | b"],
  ["no map that reads it at another point", [next("a", "x"), next("b", "a", "j", "i")], "a | b"],
  ["a map of its rows", [rows("a"), map("b", grid, add(x, from("a", "i")))], "a b"],
  ["no map of longer rows than 4096", [rows("a", "x", [axis("j", 4097)]), longMap(4097)], "a | b"],
  ["but one of 4096", [rows("a", "x", [axis("j", 4096)]), longMap(4096)], "a b"],
  ["no map of the columns that it sums", [columns("a"), map("b", grid, add(x, from("a", "i")))], "a | b"],
  [
    "no map of all that it sums to one number",
    [reduction("a", [], [i], from("x", "i", "j"), lanes), map("b", [i], add(from("z", "i"), from("a")))],
    "a | b",
  ],
  ["a second sum over its rows", [rows("a"), reduction("b", [i], [j], add(x, from("a", "i")), lanes)], "a b"],
  ["no sum over other rows", [rows("a"), reduction("b", [i], [axis("j", 5)], add(x, from("a", "i")), lanes)], "a | b"],
  [
    "no sum over the rows of other points",
    [rows("a"), reduction("b", [axis("i", 5)], [j], add(x, from("a", "i")), lanes)],
    "a | b",
  ],
  ["no sum over columns to one over rows", [rows("a"), reduction("b", [i], [j], add(x, from("a", "i")))], "a | b"],
  ["no sum to a map", [next("a", "x"), reduction("b", [i], [j], add(from("a", "i", "j"), f32(1)), lanes)], "a | b"],
  [
    "no contraction to a contraction",
    [matrices("a"), reduction("b", grid, [k], product(from("a", "i", "j"), from("w", "k", "j")))],
    "a | b",
  ],
  [
    "48 values",
    chain("a", 48),
    chain("a", 48)
      .map(({ tensor }) => tensor)
      .join(" "),
  ],
  [
    "none that is the 49th",
    chain("a", 49),
    `${chain("a", 48)
      .map(({ tensor }) => tensor)
      .join(" ")} | a48`,
  ],
  [
    "none that needs another kernel that needs it",
    [
      map("a", [i], add(from("x", "i"), f32(1))),
      reduction("s", [], [i], from("a", "i"), lanes),
      map("b", [i], add(from("a", "i"), from("s"))),
    ],
    "a | s | b",
  ],
];

function longMap(length: number): LoweredNode {
  return map("b", [i, axis("j", length)], add(x, from("a", "i")));
}

describe("a kernel takes in", () => {
  test.each(joining)("%s", (_, nodes, expected) => {
    expect(kernelsOf(nodes)).toBe(expected);
  });

  test("no update to what is none, nor the reverse", () => {
    expect(kernelsOf([next("a", "x"), next("b", "a")], ["b"])).toBe("a | b");
    expect(kernelsOf([next("a", "x"), next("b", "a")], ["a", "b"])).toBe("a b");
  });
});

const merging: readonly Row[] = [
  ["maps of the same points", [next("a", "x"), next("b", "z")], "a b"],
  ["no maps of different points", [next("a", "x"), map("b", [i], from("z", "i"))], "a | b"],
  ["no contractions", [matrices("a"), matrices("b")], "a | b"],
  ["no scatters", [scatter("a"), scatter("b")], "a | b"],
  ["sums over the rows of one tensor", [rows("a"), rows("b")], "a b"],
  ["no sums over the rows of two", [rows("a"), rows("b", "z")], "a | b"],
  ["no sums over rows and over columns", [rows("a"), columns("b")], "a | b"],
  [
    "sums of two tensors to one number each",
    [reduction("a", [], [i], from("x", "i", "j"), lanes), reduction("b", [], [i], from("z", "i", "j"), lanes)],
    "a b",
  ],
  [
    "48 values",
    [...chain("a", 24), ...chain("b", 24)],
    [...chain("a", 24), ...chain("b", 24)].map(({ tensor }) => tensor).join(" "),
  ],
  [
    "no 49",
    [...chain("a", 24), ...chain("b", 25)],
    [chain("a", 24), chain("b", 25)].map((one) => one.map(({ tensor }) => tensor).join(" ")).join(" | "),
  ],
  [
    "none of which the earlier reads the later at another point",
    [next("a", "x"), next("b", "z"), map("c", grid, add(from("a", "i", "j"), from("b", "j", "i")))],
    "a c | b",
  ],
  [
    "none of which one value reads the earlier at another point, though another does not",
    [
      next("a", "x"),
      map("b", grid, add(from("z", "i", "j"), f32(2))),
      map("c", grid, add(from("b", "i", "j"), from("a", "j", "i"))),
    ],
    "a | b c",
  ],
  [
    "none of which the later needs the earlier by way of a third",
    [
      map("a", [i], add(from("x", "i"), f32(1))),
      reduction("s", [], [i], from("a", "i"), lanes),
      map("b", [i], add(from("x", "i"), from("s"))),
    ],
    "a | s | b",
  ],
];

describe("alike kernels become one:", () => {
  test.each(merging)("%s", (_, nodes, expected) => {
    expect(kernelsOf(nodes)).toBe(expected);
  });

  test("no update and another map", () => {
    expect(kernelsOf([next("a", "x"), next("b", "z")], ["b"])).toBe("a | b");
  });

  /** Two averages of a gradient, and the parameter that they move; for so many parameters. */
  const moved = (count: number): readonly LoweredNode[] =>
    Array.from({ length: count }, (_, n) => [
      map(`m'${n}`, grid, add(from(`m${n}`, "i", "j"), from(`g${n}`, "i", "j"))),
      map(`v'${n}`, grid, add(from(`v${n}`, "i", "j"), from(`g${n}`, "i", "j"))),
      map(`w'${n}`, grid, add(from(`w${n}`, "i", "j"), add(from(`m'${n}`, "i", "j"), from(`v'${n}`, "i", "j")))),
    ]).flat();
  const updated = (nodes: readonly LoweredNode[]): readonly string[] =>
    kernelsOf(
      nodes,
      nodes.map(({ tensor }) => tensor),
    ).split(" | ");

  test("updates, as many as a kernel holds", () => {
    expect(updated(moved(16))).toHaveLength(1);
  });

  test("of more updates, only those of one parameter", () => {
    const expected = Array.from({ length: 17 }, (_, n) => `m'${n} v'${n} w'${n}`);
    expect(updated(moved(17))).toEqual(expected);
  });

  test("of one form only the newest eight are tried", () => {
    // Sums of a tensor each, which share nothing; the last reads the second's, or the first's.
    const apart = Array.from({ length: 9 }, (_, n) => rows(`a${n}`, `x${n}`));
    const kernelWith = (source: string): string =>
      kernelsOf([...apart, rows("b", source)])
        .split(" | ")
        .find((one) => one.endsWith("b")) ?? "";
    expect([kernelWith("x1"), kernelWith("x0")]).toEqual(["a1 b", "b"]);
  });
});
