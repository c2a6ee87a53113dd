/** Kernels are cut where the answer to a question about an axis changes: each part asks nothing, and all parts are the whole. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  dataIndex,
  scaleIndex,
  subtractIndex,
} from "../../compiler/loops/index.ts";
import {
  allOf,
  binary,
  compare,
  constantScalar,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Comparison, Index, Order, Scalar } from "../../compiler/loops/types.ts";
import { allNodesOf, indicesOf } from "../../compiler/program/traverse.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { partition } from "../../compiler/schedule/partition.ts";
import { expectEqual } from "./equal.ts";
import { axis, from, kernelOf as caseOf, reduce, store, type Case } from "./kernels.ts";
import * as windows from "./windows.ts";

const i = axisIndex("i");

function kernelOf(value: Scalar, extent = constant(8)): Kernel {
  const store = { tensor: "y", dtype: "f32", indices: [i], value } as const;
  return { name: "k", grid: [{ name: "i", extent }], rows: [], stages: [{ kind: "store", store }], origins: [] };
}

function printed(value: Scalar, extent = constant(8)): readonly string[] {
  return partsOf(kernelOf(value, extent));
}

/** The parts without their names, each in a line. */
function partsOf(kernel: Kernel): readonly string[] {
  return partition(kernel, new Map([["N", 8]])).map((part) =>
    printKernel(part)
      .split("\n")
      .slice(1)
      .map((line) => line.trim())
      .join(" "),
  );
}

const a = (index: Index): Scalar => load("a", "f32", [index]);
const b = (index: Index): Scalar => load("b", "f32", [index]);
const shifted = (by: number): Index => subtractIndex(i, constantIndex(by));

describe("a map", () => {
  test("of two tensors one after the other becomes two", () => {
    const value = select(compare("less", indexScalar(i), i32(3)), a(i), b(shifted(3)));
    expect(printed(value)).toEqual(["for i in 3 y[i] = a[i]", "for i in 5 y[i + 3] = b[i]"]);
  });

  test.each<[Comparison, number]>([
    ["less", 3],
    ["lessEqual", 4],
    ["greater", 4],
    ["greaterEqual", 3],
  ])("that asks %s 3 is cut before %i", (operator, before) => {
    const value = select(compare(operator, indexScalar(i), i32(3)), a(i), b(i));
    const [first, second] = operator.startsWith("less") ? ["a", "b"] : ["b", "a"];
    expect(printed(value)).toEqual([
      `for i in ${before} y[i] = ${first}[i]`,
      `for i in ${8 - before} y[i + ${before}] = ${second}[i + ${before}]`,
    ]);
  });

  test("that asks for one place gets a part without a loop for it", () => {
    const value = select(compare("equal", indexScalar(i), i32(3)), a(i), b(i));
    expect(printed(value)).toEqual(["for i in 3 y[i] = b[i]", "y[3] = a[3]", "for i in 4 y[i + 4] = b[i + 4]"]);
  });

  test("may count in steps, and downwards", () => {
    const falling = subtractIndex(constantIndex(9), scaleIndex(i, 2));
    const value = select(compare("greaterEqual", indexScalar(falling), i32(0)), a(i), constantScalar("f32", 0));
    expect(printed(value)).toEqual(["for i in 5 y[i] = a[i]", "for i in 3 y[i + 5] = 0"]);
  });

  test("loses the clamps that only its ends need", () => {
    const value = a(dataIndex(indexScalar(shifted(1)), constant(6)));
    expect(printed(value)).toEqual(["y[0] = a[0]", "for i in 6 y[i + 1] = a[i]", "y[7] = a[5]"]);
  });

  test.each([
    ["asks nothing", a(i), constant(8)],
    ["has the same answer everywhere", select(compare("less", indexScalar(i), i32(8)), a(i), b(i)), constant(8)],
    ["asks about an open axis", select(compare("less", indexScalar(i), i32(3)), a(i), b(i)), symbol("N")],
    ["asks about data", select(compare("less", load("a", "i32", [i]), i32(3)), b(i), b(i)), constant(8)],
  ])("that %s stays whole", (_, value, extent) => {
    expect(partition(kernelOf(value, extent), new Map([["N", 8]]))).toHaveLength(1);
  });

  test("that would become more than 16 parts stays whole", () => {
    const asked = Array.from({ length: 17 }, (_, at) => at + 1).reduce<Scalar>(
      (value, at) => select(compare("less", indexScalar(i), i32(at)), value, b(shifted(at))),
      a(i),
    );
    expect(partition(kernelOf(asked, constant(40)), new Map())).toHaveLength(1);
  });
});

/** y[i, j] = Σ over `taps` of x[i, j + t − 1], 0 beyond eight columns; `more` are its other stages. */
function border(
  taps: number,
  more: readonly Stage[] = [],
  grid = [axis("i", 3), axis("j", 8)],
  order: Order = { lanes: 1 },
): Kernel {
  const place = addIndex(axisIndex("j"), subtractIndex(axisIndex("t"), constantIndex(1)));
  const inside = allOf([
    compare("greaterEqual", indexScalar(place), i32(0)),
    compare("less", indexScalar(place), i32(8)),
  ]);
  const value = select(inside, load("x", "f32", [axisIndex("i"), place]), f32(0));
  const stages = [reduce([axis("t", taps)], order, ["sum", "sum", value]), store("y", ["i", "j"], local("sum", "f32"))];
  return { name: "k", grid, rows: [], stages: [...stages, ...more], origins: [] };
}

describe("a reduction", () => {
  test("is cut where one of its places leaves the tensor", () => {
    expect(partsOf(border(3))).toEqual([
      "for i in 3 sum = Σ t in 3: select(t - 1 >= 0, x[i, t - 1], 0) y[i, 0] = sum",
      "for i in 3, j in 6 sum = Σ t in 3: x[i, j + t] y[i, j + 1] = sum",
      "for i in 3 sum = Σ t in 3: select(t + 6 < 8, x[i, t + 6], 0) y[i, 7] = sum",
    ]);
  });

  test.each<readonly [string, () => Kernel, number]>([
    ["in four lanes is cut as well", () => border(3, [], undefined, { lanes: 4 }), 3],
    ["that asks about an open axis stays whole", () => border(3, [], [axis("i", 3), axis("j", "N")]), 1],
    [
      "beside a scatter stays whole",
      () =>
        border(3, [
          {
            kind: "scatter",
            tensor: "z",
            dtype: "f32",
            zero: [],
            zeroIndices: [],
            over: [],
            lets: [],
            at: [],
            value: f32(1),
          },
        ]),
      1,
    ],
    ["beside a sweep stays whole", () => border(3, [{ kind: "sweep", over: [axis("s", 2)], lets: [], stores: [] }]), 1],
    [
      "with a private row stays whole",
      () => ({ ...border(3), rows: [{ name: "r", dtype: "f32", shape: [constant(4)] }] }),
      1,
    ],
  ])("%s", (_, make, count) => {
    expect(partition(make(), new Map([["N", 8]]))).toHaveLength(count);
  });

  /** y[i] = Σ of what is asked about a reduced axis of this many places. */
  const asking = (places: number, extent = 5): Kernel => {
    const place = addIndex(axisIndex("i"), axisIndex("t"));
    const value = select(compare("less", indexScalar(place), i32(places + 2)), load("x", "f32", [place]), f32(0));
    const stages = [
      reduce([axis("t", places)], { lanes: 1 }, ["s", "sum", value]),
      store("y", ["i"], local("s", "f32")),
    ];
    return { name: "k", grid: [axis("i", extent)], rows: [], stages, origins: [] };
  };

  test.each([
    [32, 2],
    [33, 1],
  ])("over %i places that it asks about becomes %i parts", (places, parts) => {
    expect(partition(asking(places), new Map())).toHaveLength(parts);
  });

  test("keeps its longest part and what is on either side of it", () => {
    const extents = partition(asking(15, 30), new Map()).map(({ grid }) => grid[0].extent.key);
    expect(extents).toEqual(["17", "13"]);
  });

  test.each([
    [15, 16],
    [16, 1],
  ])("that clamps at %i places becomes %i parts", (places, parts) => {
    const place = addIndex(axisIndex("i"), axisIndex("t"));
    const value = load("x", "f32", [dataIndex(indexScalar(place), constant(places + 2))]);
    const stages = [
      reduce([axis("t", places)], { lanes: 1 }, ["s", "sum", value]),
      store("y", ["i"], local("s", "f32")),
    ];
    const kernel: Kernel = { name: "k", grid: [axis("i", 30)], rows: [], stages, origins: [] };
    expect(partition(kernel, new Map())).toHaveLength(parts);
  });

  test("is cut for a short axis, however long the others are", () => {
    const [stage, ...rest] = asking(2).stages;
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const long = { ...asking(2), stages: [{ ...stage, over: [...stage.over, axis("c", 500)] }, ...rest] };
    expect(partition(long, new Map())).toHaveLength(2);
  });

  /** y[i, j] asks about both axes; as a border does, or by clamps alone. */
  const both = (ask: (axis: string, value: Scalar) => Scalar): Kernel => {
    const value = ask("i", ask("j", load("x", "f32", [axisIndex("r")])));
    const stages = [
      reduce([axis("r", 2)], { lanes: 1 }, ["s", "sum", value]),
      store("y", ["i", "j"], local("s", "f32")),
    ];
    return { name: "k", grid: [axis("i", 4), axis("j", 4)], rows: [], stages, origins: [] };
  };

  test("with a border is cut along the innermost axis alone", () => {
    const guarded = both((name, value) => select(compare("less", indexScalar(axisIndex(name)), i32(2)), value, f32(0)));
    expect(partition(guarded, new Map()).map(({ grid }) => grid.map(({ extent }) => extent.key))).toEqual([
      ["4", "2"],
      ["4", "2"],
    ]);
  });

  test("along every axis where it only clamps", () => {
    const clamped = both((name, value) =>
      binary(
        "mul",
        value,
        load("z", "f32", [dataIndex(indexScalar(subtractIndex(axisIndex(name), constantIndex(2))), constant(4))]),
      ),
    );
    expect(partition(clamped, new Map())).toHaveLength(4);
  });

  test("is cut along the last axis that has cuts, not the last of all", () => {
    const value = select(
      compare("less", indexScalar(axisIndex("i")), i32(2)),
      load("x", "f32", [axisIndex("r")]),
      f32(0),
    );
    const stages = [
      reduce([axis("r", 2)], { lanes: 1 }, ["s", "sum", value]),
      store("y", ["i", "j"], local("s", "f32")),
    ];
    const kernel: Kernel = { name: "k", grid: [axis("i", 4), axis("j", 4)], rows: [], stages, origins: [] };
    expect(partition(kernel, new Map())).toHaveLength(2);
  });

  test("moves what follows with its part", () => {
    const [stage, last] = border(3).stages;
    const asked = select(compare("less", indexScalar(axisIndex("j")), i32(4)), local("sum", "f32"), f32(5));
    const stages: readonly Stage[] = [stage, { kind: "let", name: "v", value: asked }, last];
    const parts = partsOf({ ...border(3), stages });
    expect(parts.map((part) => part.slice(part.indexOf("let")))).toEqual([
      "let v = sum y[i, 0] = sum",
      "let v = sum y[i, j + 1] = sum",
      "let v = 5 y[i, j + 4] = sum",
    ]);
  });
});

describe("cut, a reduction has the interpreter's bits:", () => {
  /** Σ over taps with a name for the tap, which the guard may be in, times weights that may be guarded, too. */
  function named(guardIn: "let" | "term" | "both factors" | "twice the load", rows = 2): Case {
    const place = addIndex(axisIndex("j"), subtractIndex(axisIndex("t"), constantIndex(1)));
    const inside = compare("greaterEqual", indexScalar(place), i32(0));
    const read = from("x", "i", place, "c");
    const guarded = (value: Scalar): Scalar => select(inside, value, f32(0));
    const tap =
      guardIn === "let"
        ? local("tap", "f32")
        : guarded(guardIn === "twice the load" ? binary("mul", f32(2), read) : read);
    const weight = from("k", "t", "c", "o");
    const value = binary("mul", tap, guardIn === "both factors" ? guarded(weight) : weight);
    const over: readonly Axis[] = [axis("t", 3), axis("c", 20)];
    const stage = reduce(over, { lanes: 1 }, ["sum", "sum", value]);
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const lets = guardIn === "let" ? [{ name: "tap", value: guarded(read) }] : [];
    const type = (...shape: readonly number[]) => ({ dtype: "f32", shape: shape.map(constant) }) as const;
    return caseOf(
      "named",
      [axis("i", rows), axis("j", 9), axis("o", 17)],
      [{ ...stage, lets }, store("y", ["i", "j", "o"], local("sum", "f32"))],
      { x: type(rows, 10, 20), k: type(3, 20, 17), y: type(rows, 9, 17) },
    );
  }

  const machines = [javascript, simd];
  test.each<readonly [string, () => Case]>([
    ["a guard in a name", () => named("let")],
    ["in its term", () => named("term")],
    ["of both factors", () => named("both factors")],
    ["of more than a load", () => named("twice the load")],
    ["a convolution of many channels", () => windows.convolution({ rows: 1, size: 9, channels: 12 }, 8)],
    [
      "spread and in steps",
      () => windows.convolution({ rows: 1, size: 9, channels: 5, dilation: 2, stride: 2, low: 3 }, 4),
    ],
    ["with less than the picture", () => windows.convolution({ rows: 1, size: 7, channels: 12, low: -1, high: 2 }, 4)],
    ["windows of 5 by 5", () => windows.depthwise({ rows: 1, size: 6, taps: 5, low: 2, high: 2 })],
    ["of 6 by 6, too many to ask each", () => windows.depthwise({ rows: 1, size: 7, taps: 6, low: 3, high: 2 })],
    ["an open batch", () => windows.convolution({ rows: "N", size: 5, channels: 3 }, 8)],
  ])("%s", (_, make) => {
    for (const machine of machines) expectEqual(make(), machine, new Map([["N", 3]]), new Map([["N", 8]]), "special");
  });
});

describe("in whole programs", () => {
  test.each([
    ["concat", "concat([x, y], axis: 1)", 2],
    ["pad", "pad(x, [[0, 0], [2, 3]])", 3],
    ["roll", "concat([x[:, 5:], x[:, :5]], axis: 1)", 2],
    ["a border of two axes", "pad(reshape(x, [N, 4, 4]), [[0, 0], [1, 1], [1, 1]])", 9],
  ])("%s asks nothing where it runs", (_, body, parts) => {
    const source = `model M(x: [N, 16], y: [N, 7]) -> [..] = ${body}`;
    const compiled = compile({ name: "m.nn", source }, { target: "wasm", bounds: { N: 4 }, verify: true });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
    const { kernels } = compiled.built.program;
    const nodes = kernels.flatMap(({ body: statements }) => allNodesOf(statements));
    const held = nodes.flatMap(indicesOf).flatMap(({ terms }) => terms.filter(({ atom }) => atom.kind === "data"));
    expect([nodes.filter(({ kind }) => kind === "select"), held]).toEqual([[], []]);
    const stores = nodes.filter(({ kind }) => kind === "store");
    expect(stores.length).toBeGreaterThanOrEqual(parts);
  });
});
