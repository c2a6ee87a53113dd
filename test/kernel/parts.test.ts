/** The small parts of fusion, each by what it promises: the heap, names, levels, and how indices lie against axes. */
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { symbol } from "../../compiler/dimension/dimension.ts";
import { axisMap, isIdentity, leadsWith, sameShape, type Member } from "../../compiler/fuse/definition.ts";
import { loadedBy, mapCompute, scalarsOf } from "../../compiler/loops/compute.ts";
import { isContraction } from "../../compiler/loops/contraction.ts";
import { clusterMembers } from "../../compiler/fuse/cluster.ts";
import { Heap } from "../../compiler/fuse/precedence.ts";
import { buildKernel, kernelName, levelsOf, localName } from "../../compiler/fuse/build.ts";
import { formOf } from "../../compiler/kernel/form.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import type { Kernel } from "../../compiler/kernel/types.ts";
import type { LoweredNode } from "../../compiler/lower/lowered.ts";
import { addIndex, axisIndex, constantIndex, dataIndex, scaleIndex } from "../../compiler/loops/index.ts";
import { binary, f32, load } from "../../compiler/loops/scalar.ts";
import type { Compute, Scalar } from "../../compiler/loops/types.ts";
import { bounds, lanes, map, product, reduction, scattered } from "./computes.ts";
import { at, axis, dim, from, kernelOf, store } from "./kernels.ts";

const [i, j, one] = [axis("i", 4), axis("j", 5), axis("one", 1)];

function memberOf({ tensor, op, origin, compute }: LoweredNode, position = 0): Member {
  const type = { dtype: "f32", shape: compute.axes.map(({ extent }) => extent) } as const;
  return { tensor, op, origin, compute, position, type, loads: loadedBy(compute), update: false, stage: 0 };
}

describe("a heap", () => {
  const emptied = (heap: Heap): readonly number[] => {
    const all: number[] = [];
    for (let item = heap.pop(); item !== undefined; item = heap.pop()) all.push(item);
    return all;
  };

  test("gives what it has by rank, the least first", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 40 }), (ranks) => {
        const heap = new Heap((item) => ranks[item]);
        for (const item of ranks.keys()) heap.push(item);
        const items = emptied(heap);
        expect(items.map((item) => ranks[item])).toEqual([...ranks].sort((a, b) => a - b));
        expect([...items].sort((a, b) => a - b)).toEqual([...ranks.keys()]);
      }),
    );
  });

  test("between pushes and pops, too", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20)), { maxLength: 60 }), (acts) => {
        const heap = new Heap((item) => item);
        let kept: readonly number[] = [];
        const [popped, expected]: (number | undefined)[][] = [[], []];
        for (const act of acts) {
          if (act === null) {
            popped.push(heap.pop());
            expected.push(kept[0]);
            kept = kept.slice(1);
          } else {
            heap.push(act);
            kept = [...kept, act].sort((a, b) => a - b);
          }
        }
        expect(popped).toEqual(expected);
        expect(emptied(heap)).toEqual(kept);
      }),
    );
  });
});

describe("a kernel is named", () => {
  const named = (path: string, op = "mul", backward = false): Member => ({
    ...memberOf(map("t", [i], f32(0))),
    op,
    origin: { span: undefined, path, ...(backward ? { backward } : {}) },
  });
  test.each<[string, readonly Member[], string]>([
    [
      "after its innermost blocks, each once",
      ["Net.a.dense", "Net.dense", "relu"].map((path) => named(path)),
      "dense_relu",
    ],
    ["after three at most", ["a", "b", "c", "d"].map((path) => named(path)), "a_b_c"],
    ["after the operation where there is no block", [named("", "tanh"), named("Net.b")], "tanh_b"],
    ["as backward where all are", [named("a", "mul", true), named("b", "mul", true)], "a_b_backward"],
    ["as forward where one is", [named("a", "mul", true), named("b")], "a_b"],
    ["update where it moves parameters", [{ ...named("a"), update: true }, named("b")], "update"],
    ["advance where it counts", [{ ...memberOf(map("t", [], f32(0))), update: true }], "advance"],
  ])("%s", (_, members, name) => {
    expect(kernelName(members)).toBe(name);
  });

  test("and its locals after what they are, each name once", () => {
    const names = new UniqueNames(["ratio"]);
    const ops = ["add", "sub", "mul", "prod", "div", "select", "neg", "sum", "max", "min", "argmax", "exp", "sum"];
    expect(ops.map((op) => names.take(localName(op)))).toEqual([
      "total",
      "difference",
      "product",
      "product_2",
      "ratio_2",
      "chosen",
      "negated",
      "sum",
      "largest",
      "smallest",
      "place",
      "exp",
      "sum_2",
    ]);
    expect(names.take(localName("sum"))).toBe("sum_3");
  });
});

test("levels: maps first, then reductions; what a reduction makes is at hand one level later", () => {
  const row = (tensor: string, source: string): LoweredNode =>
    reduction(tensor, [i], [j], from(source, "i", "j"), lanes);
  const next = (tensor: string, ...sources: readonly string[]): LoweredNode =>
    map(
      tensor,
      [i],
      sources.map((source) => from(source, "i")).reduce((a, b) => binary("add", a, b)),
    );
  const nodes = [row("a", "x"), row("b", "x"), next("c", "a", "b"), next("d", "z"), row("e", "x"), next("f", "c", "d")];
  const members = nodes.map(memberOf);
  const [cluster] = clusterMembers(members.slice(0, 1), bounds);
  const levels = levelsOf({ ...cluster, members });
  const names = (list: readonly Member[]) => list.map(({ tensor }) => tensor);
  expect(levels.map(({ maps, reductions }) => [names(maps), names(reductions)])).toEqual([
    [["d"], ["a", "b", "e"]],
    [["c", "f"], []],
  ]);
});

describe("a value of a row that is written into a later one", () => {
  const behind = addIndex(scaleIndex(axisIndex("j"), -1), constantIndex(4));
  /** The last line of the kernel of a row's sum, of what is left of it, and of `last`, which reads that. */
  function lastLine(last: Scalar): string {
    const nodes = [
      reduction("total", [i], [j], from("x", "i", "j"), lanes),
      map("rest", [i, j], binary("sub", from("x", "i", "j"), from("total", "i"))),
      map("y", [i, j], last),
    ];
    const clusters = clusterMembers(nodes.map(memberOf), bounds);
    expect(clusters).toHaveLength(1);
    return (
      printKernel(buildKernel(clusters[0], new Set(["y"])))
        .split("\n")
        .at(-1)
        ?.trim() ?? ""
    );
  }

  test.each<[string, () => Scalar, string]>([
    ["is that of the same place", () => from("rest", "i", "j"), "y[i0, r0] = x[i0, r0] - sum"],
    ["or of the place that is read", () => from("rest", "i", behind), "y[i0, r0] = x[i0, -r0 + 4] - sum"],
    [
      "or of both",
      () => product(from("rest", "i", "j"), from("rest", "i", behind)),
      "y[i0, r0] = (x[i0, r0] - sum) * (x[i0, -r0 + 4] - sum)",
    ],
  ])("%s", (_, last, expected) => {
    expect(lastLine(last())).toBe(expected);
  });
});

test("a kernel that is written out element by element says where it is from", () => {
  const origin = { span: undefined, path: "Net.conv" };
  const element = { at: at("p"), value: from("x", "p") };
  const compute: Compute = {
    kind: "unrolled",
    axes: [i],
    points: [axis("p", 4)],
    dtype: "f32",
    lets: [],
    elements: [element],
  };
  const member = memberOf({ tensor: "t", op: "tiles", origin, compute });
  const kernel = buildKernel(clusterMembers([member], bounds)[0], new Set(["t"]));
  expect(kernel.origins).toMatchObject([origin]);
  expect(printKernel(kernel)).toMatchInlineSnapshot(`
    "kernel conv(x: f32) -> t: f32   // Net.conv
      for p in 4
        t[p] = x[p]"
  `);
});

describe("the form of a kernel", () => {
  const { kernel, tensors } = kernelOf(
    "k",
    [axis("i", 3), axis("j", 4)],
    [store("y", ["i", "j"], from("x", "j", "i"))],
    { x: { dtype: "f32", shape: [dim(8), dim(8)] }, y: { dtype: "f32", shape: [dim(8), dim(8)] } },
  );
  const typeOf = (name: string) => tensors.get(name) ?? { dtype: "f32" as const, shape: [] };
  const keyOf = (one: Kernel): string => formOf(one, typeOf).key;

  test.each<[string, Kernel, boolean]>([
    ["another name", { ...kernel, name: "other" }, true],
    [
      "other names of its axes",
      { ...kernel, grid: [axis("a", 3), axis("b", 4)], stages: [store("y", ["a", "b"], from("x", "b", "a"))] },
      true,
    ],
    [
      "another extent of an axis, in tensors of the same shapes",
      { ...kernel, grid: [axis("i", 3), axis("j", 5)] },
      false,
    ],
    ["its axes in another order", { ...kernel, grid: [axis("j", 4), axis("i", 3)] }, false],
    ["another place", { ...kernel, stages: [store("y", ["i", "j"], from("x", "i", "j"))] }, false],
  ])("is the same with %s: see", (_, other, same) => {
    expect(keyOf(other) === keyOf(kernel)).toBe(same);
  });
});

describe("indices against axes", () => {
  const [atI, atJ, zero] = [axisIndex("i"), axisIndex("j"), constantIndex(0)];
  const all = [
    ["the axes in order", [atI, atJ], [i, j], true, true],
    ["others after them", [atI, atJ, zero], [i, j], true, false],
    ["too few", [atI], [i, j], false, false],
    ["another order", [atJ, atI], [i, j], false, false],
    ["0 for an axis of one value", [zero, atJ], [one, j], true, true],
    ["another number for an axis of one value", [constantIndex(1), atJ], [one, j], false, false],
    ["another axis for an axis of one value", [atI, atJ], [one, j], false, false],
    ["0 for a longer axis", [zero, atJ], [i, j], false, false],
    ["an axis and more", [addIndex(atI, constantIndex(1))], [i], false, false],
    ["nothing against nothing", [], [], true, true],
  ] as const;
  test.each(all)("%s", (_, indices, axes, leads, same) => {
    expect([leadsWith(indices, axes), isIdentity(indices, axes)]).toEqual([leads, same]);
  });

  test("stand for the axes at their places", () => {
    expect(axisMap([i, j], [atJ, zero])).toEqual(
      new Map([
        ["i", atJ],
        ["j", zero],
      ]),
    );
  });

  test("shapes are equal by their extents, whatever the names", () => {
    const open = { name: "n", extent: symbol("N") };
    expect(
      sameShape(
        [i, open],
        [
          { ...i, name: "k" },
          { ...open, name: "m" },
        ],
      ),
    ).toBe(true);
    expect(sameShape([i, open], [i])).toBe(false);
    expect(sameShape([i], [i, open])).toBe(false);
    expect(sameShape([i, open], [i, j])).toBe(false);
  });
});

describe("a compute", () => {
  const [x, y] = [from("x", "i"), from("y", "i")];
  const ids = dataIndex(load("ids", "i32", at("i")), i.extent);
  const scatter = scattered("s", [i], [i], [ids], x).compute;

  test("loads what its value and its scatter's places read, each once", () => {
    expect(loadedBy(map("m", [i], binary("add", x, binary("mul", y, x))).compute)).toEqual(["x", "y"]);
    expect(loadedBy(scatter)).toEqual(["x", "ids"]);
    expect(scalarsOf(scatter)).toHaveLength(2);
  });

  test("is the same one where nothing changes, and changes in value and places", () => {
    const { compute } = map("m", [i], x);
    const same = <Thing>(thing: Thing): Thing => thing;
    expect(mapCompute(compute, same, same)).toBe(compute);
    expect(mapCompute(compute, () => y, same)).toEqual({ ...compute, value: y });
    const moved = mapCompute(
      scatter,
      () => y,
      () => constantIndex(2),
    );
    expect(moved).toEqual({ ...scatter, value: y, at: [constantIndex(2)] });
  });

  test.each([
    ["a sum of products of two loads", reduction("r", [], [i], product(x, y)), true],
    ["a largest product", reduction("r", [], [i], product(x, y), lanes, "max"), false],
    ["a sum of sums", reduction("r", [], [i], binary("add", x, y)), false],
    ["a sum of one load", reduction("r", [], [i], x), false],
    ["a sum of a load times a number", reduction("r", [], [i], product(x, f32(2))), false],
    ["a sum of a number times a load", reduction("r", [], [i], product(f32(2), x)), false],
    ["a product that nothing sums", map("m", [i], product(x, y)), false],
  ] as const)("is it a contraction: %s", (_, { compute }, expected) => {
    expect(isContraction(compute)).toBe(expected);
  });
});
