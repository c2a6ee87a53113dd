/** The account of loads and stores: what may lie over what, and what the verifier finds where the order is wrong. */
import { describe, expect, test } from "vitest";
import { accountOf, mayOverwrite, mayOverwriteLater } from "../../compiler/kernel/accesses.ts";
import { settleUpdates } from "../../compiler/fuse/settle.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import { readsOf, writesOf } from "../../compiler/kernel/tensors.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { verifyKernel, verifyUpdates } from "../../compiler/kernel/verify.ts";
import { dataIndex } from "../../compiler/loops/index.ts";
import { binary, f32, load, local } from "../../compiler/loops/scalar.ts";
import { constant } from "../../compiler/dimension/dimension.ts";
import * as kernels from "./kernels.ts";
import { at, axis, from, reduce, shifted, store, storeTo } from "./kernels.ts";

const ascending = { lanes: 1 } as const;
const over = [axis("r", 4)];
const again = [axis("s", 4)];
const sum = (name: string, value = from("z", "i", "r"), loops = over): Stage =>
  reduce(loops, ascending, [name, "sum", value]);
const total = local("total", "f32");

function kernel(stages: readonly Stage[], rows: Kernel["rows"] = []): Kernel {
  return { name: "k", grid: [axis("i", 3)], rows, stages, origins: [] };
}

const sweep = (loops: typeof over, ...stores: readonly ReturnType<typeof storeTo>[]): Stage => ({
  kind: "sweep",
  over: loops,
  lets: [],
  stores,
});

/** `y` over `x`. */
const cases: readonly (readonly [string, Kernel, boolean])[] = [
  ["an elementwise operand", kernels.elementwise(4, 4).kernel, true],
  ["a row read before it is overwritten", kernels.softmax(4, 4).kernel, true],
  ["another's transposition", kernels.transpose(4, 4).kernel, false],
  ["a contraction's operand", kernels.dense(4, 4, 4).kernel, false],
  ["a reduced operand", kernels.rowSums(4, 2, 4, { lanes: 4 }).kernel, false],
  ["what is never stored", kernel([store("z", ["i"], from("x", "i"))]), false],
  ["what two stages store", kernel([store("y", ["i"], f32(0)), store("y", ["i"], from("x", "i"))]), false],
  [
    "what a sweep stores twice",
    kernel([sweep(over, storeTo("y", ["i", "r"], from("x", "i", "r")), storeTo("y", ["i", shifted("r", 4)], f32(0)))]),
    false,
  ],
  ["what is read one place further", kernel([store("y", ["i"], from("x", shifted("i", 1)))]), false],
  [
    "what the same run reads behind the store",
    kernel([store("y", ["i"], from("x", "i")), store("z", ["i"], from("x", "i"))]),
    true,
  ],
  [
    "what a let of the same run reads behind the store",
    kernel([store("y", ["i"], from("x", "i")), { kind: "let", name: "late", value: from("x", "i") }]),
    true,
  ],
  [
    "what is read behind a sum",
    kernel([store("y", ["i"], from("x", "i")), sum("total"), store("z", ["i"], binary("add", total, from("x", "i")))]),
    false,
  ],
  [
    "what is read behind a sum of nothing loaded",
    kernel([store("y", ["i"], from("x", "i")), sum("total", f32(1)), store("z", ["i"], from("x", "i"))]),
    false,
  ],
  [
    "what is read inside a sum behind it",
    kernel([store("y", ["i"], from("x", "i")), sum("total", from("x", "i"))]),
    false,
  ],
  [
    "what is read inside a sum before it",
    kernel([sum("total", binary("mul", from("x", "i"), from("z", "i", "r"))), store("y", ["i"], total)]),
    true,
  ],
  [
    "what an earlier store of the sweep reads",
    kernel([sweep(over, storeTo("z", ["i", "r"], from("x", "i", "r")), storeTo("y", ["i", "r"], from("x", "i", "r")))]),
    true,
  ],
  [
    "what a later store of the sweep reads",
    kernel([sweep(over, storeTo("y", ["i", "r"], from("x", "i", "r")), storeTo("z", ["i", "r"], from("x", "i", "r")))]),
    false,
  ],
  [
    "what an earlier sweep reads",
    kernel([
      sweep(again, storeTo("z", ["i", "s"], from("x", "i", "s"))),
      sweep(over, storeTo("y", ["i", "r"], f32(0))),
    ]),
    true,
  ],
  [
    "what an earlier sweep of another length reads",
    kernel([
      sweep([axis("s", 2)], storeTo("z", ["i", "s"], from("x", "i", "s"))),
      sweep(over, storeTo("y", ["i", "r"], f32(0))),
    ]),
    false,
  ],
  [
    "what a later sweep reads",
    kernel([
      sweep(over, storeTo("y", ["i", "r"], f32(0))),
      sweep(again, storeTo("z", ["i", "s"], from("x", "i", "s"))),
    ]),
    false,
  ],
  [
    "what the sweep's lets read",
    kernel([
      {
        kind: "sweep",
        over,
        lets: [{ name: "v", value: from("x", "i", "r") }],
        stores: [storeTo("y", ["i", "r"], local("v", "f32"))],
      },
    ]),
    true,
  ],
  [
    "where the place is looked up in it",
    kernel([store("y", [dataIndex(load("x", "i32", at("i")), constant(3))], f32(1))]),
    false,
  ],
];

describe("an output may lie over", () => {
  test.each(cases)("%s: %#", (_, one, expected) => {
    expect(mayOverwrite(accountOf(one), "y", "x")).toBe(expected);
  });

  test("no operand of a scatter", () => {
    expect(mayOverwrite(accountOf(kernels.scatter(4, 4, 4).kernel), "y", "d")).toBe(false);
  });

  test("one of two operands: one sweep stores y from x and later z from x", () => {
    const one = kernel([
      sweep(over, storeTo("y", ["i", "r"], from("x", "i", "r")), storeTo("z", ["i", "r"], from("x", "i", "r"))),
    ]);
    expect(["y", "z"].map((output) => mayOverwrite(accountOf(one), output, "x"))).toEqual([false, true]);
  });
});

describe("an update may be put off behind the last load of what it overwrites", () => {
  const read = store("z", ["i"], from("x", "i"));
  test.each<readonly [string, readonly Stage[], boolean]>([
    ["behind a sum", [store("y", ["i"], from("x", "i")), sum("total"), read], true],
    ["inside a sum", [store("y", ["i"], f32(1)), sum("total", from("x", "i"))], true],
    ["unless it is read elsewhere", [store("y", ["i"], f32(1)), sum("total", from("x", "r"))], false],
    [
      "unless a sweep stores it",
      [sweep(over, storeTo("y", ["i", "r"], f32(1))), sweep(over, storeTo("z", ["i", "r"], from("x", "i", "r")))],
      false,
    ],
    ["unless the new value is loaded", [store("y", ["i"], f32(1)), sum("total", from("y", "i")), read], false],
    ["unless two stages store it", [store("y", ["i"], f32(1)), sum("total"), store("y", ["i"], from("x", "i"))], false],
  ])("%s", (_, stages, expected) => {
    expect(mayOverwriteLater(accountOf(kernel(stages)), "y", "x")).toBe(expected);
  });
});

describe("settling", () => {
  const inPlace = new Map([
    ["a'", "a"],
    ["b'", "b"],
  ]);
  const settled = (...stages: readonly Stage[]): string =>
    printKernel(settleUpdates(kernel(stages), inPlace))
      .split("\n")
      .slice(2)
      .join("\n");

  test("puts a store behind the last stage that reads the old value", () => {
    expect(
      settled(
        store("a'", ["i"], binary("add", from("a", "i"), f32(1))),
        sum("total"),
        store("z", ["i"], binary("add", total, from("a", "i"))),
        sum("last"),
      ),
    ).toBe(`\
    let value = a[i] + 1
    total = Σ r in 4: z[i, r]
    z[i] = total + a[i]
    a'[i] = value
    last = Σ r in 4: z[i, r]`);
  });

  test("names the new value apart from all locals, those of loops included", () => {
    const value = { name: "value", value: from("a", "i") };
    expect(
      settled(store("a'", ["i"], binary("add", from("z", "i"), f32(1))), {
        kind: "sweep",
        over,
        lets: [value],
        stores: [storeTo("z", ["i", "r"], local("value", "f32"))],
      }),
    ).toBe(`\
    let value_2 = z[i] + 1
    for r in 4
      let value = a[i]
      z[i, r] = value
    a'[i] = value_2`);
  });

  test("lets two cross", () => {
    expect(settled(store("a'", ["i"], from("b", "i")), store("b'", ["i"], from("a", "i")))).toBe(`\
    let value = b[i]
    b'[i] = a[i]
    a'[i] = value`);
  });

  test("leaves a store where nothing reads past it", () => {
    expect(settled(store("a'", ["i"], from("a", "i")), sum("total"))).toBe(`\
    a'[i] = a[i]
    total = Σ r in 4: z[i, r]`);
  });
});

describe("the verifier finds in an update", () => {
  const inPlace = new Map([["new", "old"]]);
  const loadedAfter = "expected old to be loaded before new overwrites it, found a load after it";
  const loadedElsewhere = "expected old to be loaded only where new overwrites it, found a load elsewhere";
  test.each<readonly [string, readonly Stage[], readonly string[]]>([
    ["nothing in order", [store("new", ["i"], from("old", "i")), sum("total")], []],
    [
      "a load behind a sum",
      [store("new", ["i"], f32(1)), sum("total"), store("z", ["i"], from("old", "i"))],
      [loadedAfter],
    ],
    [
      "a load behind it in the same run",
      [store("new", ["i"], f32(1)), store("z", ["i"], from("old", "i"))],
      [loadedAfter],
    ],
    [
      "a load in a later store of the sweep",
      [sweep(over, storeTo("new", ["i", "r"], f32(1)), storeTo("z", ["i", "r"], from("old", "i", "r")))],
      [loadedAfter],
    ],
    ["a load elsewhere", [store("new", ["i"], from("old", shifted("i", 1)))], [loadedElsewhere]],
    ["a load of all", [sum("total", from("old", "r")), store("new", ["i"], total)], [loadedElsewhere]],
  ])("%s", (_, stages, problems) => {
    expect(verifyUpdates(kernel(stages), inPlace)).toEqual(problems);
  });
});

describe("the verifier finds of what a kernel loads and stores", () => {
  const twoAxes = [sweep(over, storeTo("y", ["i", "r"], f32(1))), sum("total", from("y", "i", "s"), again)];
  test.each<readonly [string, readonly Stage[], readonly string[]]>([
    ["nothing where it is overwritten", [store("y", ["i"], from("y", "i"))], []],
    ["nothing where what was stored is loaded again", twoAxes, []],
    [
      "a load behind the store of its run",
      [store("y", ["i"], f32(1)), store("z", ["i"], from("y", "i"))],
      ["expected y to be loaded before it is stored, found a load after it"],
    ],
    [
      "a load of what another point overwrites",
      [store("y", ["i"], from("y", shifted("i", 1)))],
      ["expected y to be loaded only where it is overwritten, found a load elsewhere"],
    ],
    [
      "a load of what another point stored",
      [...twoAxes.slice(0, 1), sum("total", from("y", "s", "i"), again)],
      ["expected y to be loaded only at the grid point that stored it, found a load elsewhere"],
    ],
  ])("%s", (_, stages, problems) => {
    expect(verifyKernel(kernel(stages))).toEqual(problems);
  });
});

test("a nest reads and writes what its stages do, and rows are the kernel's own", () => {
  const fill = sweep(over, storeTo("row", ["r"], from("x", "i", "r")));
  const inner: Stage = { kind: "nest", over: again, stages: [store("y", ["i", "s"], from("row", "s"))] };
  const one = kernel([fill, inner], [{ name: "row", dtype: "f32", shape: [constant(4)] }]);
  expect([[...readsOf(one)], [...writesOf(one)]]).toEqual([["x"], ["y"]]);
});
