/** How kernels are scheduled: which loops are tiled, what is copied into panels, and which choices are lifted out; a case for each rule. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { compactSimd, javascript, simd } from "../../compiler/schedule/machine.ts";
import { interiorOf } from "../../compiler/schedule/border.ts";
import { operandsOf } from "../../compiler/program/traverse.ts";
import { flattenKernel } from "../../compiler/schedule/flatten.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { strategyOf } from "../../compiler/schedule/strategy.ts";
import { tidy } from "../../compiler/schedule/tidy.ts";
import type { Stage } from "../../compiler/kernel/types.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  dataIndex,
  scaleIndex,
  subtractIndex,
} from "../../compiler/loops/index.ts";
import { randomWords, unaryFunctions } from "../../compiler/loops/functions.ts";
import {
  allOf,
  binary,
  call,
  compare,
  dimensionScalar,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
} from "../../compiler/loops/scalar.ts";
import type { Scalar } from "../../compiler/loops/types.ts";
import type { Expression, ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import * as programs from "../targets/programs.ts";
import type { Case, Size } from "./kernels.ts";
import * as kernels from "./kernels.ts";
import { at, axis, from, reduce, store, storeTo } from "./kernels.ts";
import * as windows from "./windows.ts";

const bounds = new Map([["N", 300]]);

function scheduled({ kernel, tensors }: Case, machine: Machine = simd): ScheduledKernel {
  return schedule(kernel, (name) => tensors.get(name) ?? { dtype: "f32", shape: [] }, bounds, machine);
}

describe("the loops of a grid", () => {
  /** Outermost first, with the points of a tile and the lanes of each. */
  function loopsOf({ kernel, tensors }: Case, machine: Machine = simd): string {
    const flat = flattenKernel(kernel, (name) => tensors.get(name) ?? { dtype: "f32", shape: [] }, bounds);
    return strategyOf(flat, machine)
      .loops.map(({ axis: { name }, role, count, lanes }) => `${name} ${role} ${count}×${lanes}`)
      .join(", ");
  }

  const type = (...sizes: readonly number[]) => ({ dtype: "f32", shape: sizes.map(constant) }) as const;
  const turned = kernels.kernelOf(
    "turned",
    [axis("i", 8), axis("j", 8)],
    [store("y", ["i", "j"], binary("add", from("x", "j", "i"), from("z", "j", "i")))],
    { x: type(8, 8), z: type(8, 8), y: type(8, 8) },
  );
  const scaled = (name: string) => scaleIndex(axisIndex(name), 2);
  const spread = kernels.kernelOf(
    "spread",
    [axis("i", 8), axis("j", 8)],
    [store("y", ["i", "j"], binary("add", from("x", "i", scaled("j")), from("z", "i", scaled("j"))))],
    { x: type(8, 16), z: type(8, 16), y: type(8, 8) },
  );
  const gathered = kernels.kernelOf(
    "gathered",
    [axis("i", 16), axis("j", 16)],
    [
      reduce([axis("k", 8)], { lanes: 1 }, ["sum", "sum", binary("mul", from("x", "k", "i"), from("w", "j", "k"))]),
      store("y", ["i", "j"], local("sum", "f32")),
    ],
    { x: type(8, 16), w: type(16, 8), y: type(16, 16) },
  );
  const drawn: Scalar = {
    kind: "cast",
    dtype: "f32",
    value: call(randomWords[0], [i32(7), i32(9), indexScalar(axisIndex("j")), i32(3)]),
  };
  const called = call(unaryFunctions.exp, [from("x", "i", "j")]);
  const noisy = kernels.kernelOf(
    "noisy",
    [axis("i", 8), axis("j", 8)],
    [store("y", ["i", "j"], binary("mul", called, drawn))],
    { x: type(8, 8), y: type(8, 8) },
  );
  const twice = kernels.kernelOf(
    "twice",
    [axis("i", 8), axis("j", 8)],
    [store("y", ["i", "j"], binary("mul", called, call(unaryFunctions.tanh, [from("x", "i", "j")])))],
    { x: type(8, 8), y: type(8, 8) },
  );
  const over = [axis("r", 16)];
  const value = binary("sub", from("x", "i", "r"), local("top", "f32"));
  const centred = kernels.kernelOf(
    "centred",
    [axis("i", 8)],
    [
      reduce(over, { lanes: 4 }, ["top", "max", from("x", "i", "r")]),
      { kind: "sweep", over, lets: [], stores: [storeTo("y", ["i", "r"], value)] },
    ],
    {
      x: { dtype: "f32", shape: [constant(8), constant(16)] },
      y: { dtype: "f32", shape: [constant(8), constant(16)] },
    },
  );

  // The first of three taps is outside for every window, the others for some.
  const place = subtractIndex(addIndex(axisIndex("h"), axisIndex("t")), constantIndex(1));
  const inside = allOf([
    compare("greaterEqual", indexScalar(kernels.shifted("t", -1)), i32(0)),
    compare("less", indexScalar(place), i32(8)),
  ]);
  const border = kernels.kernelOf(
    "border",
    [axis("n", 8), axis("h", 8), axis("c", 8)],
    [
      reduce([axis("t", 3)], { lanes: 1 }, [
        "sum",
        "sum",
        binary("mul", select(inside, from("x", "n", place, "c"), f32(0)), from("w", "t", "c")),
      ]),
      store("y", ["n", "h", "c"], local("sum", "f32")),
    ],
    { x: type(8, 8, 8), w: type(3, 8), y: type(8, 8, 8) },
  );

  // Along i there is another factor, along w only the weights stay.
  const rowsAndWindows = kernels.kernelOf(
    "rows_and_windows",
    [axis("i", 9), axis("w", 9), axis("j", 16)],
    [
      reduce([axis("k", 8)], { lanes: 1 }, [
        "sum",
        "sum",
        binary("mul", binary("mul", from("x", "i", "k"), from("z", "w", "k", "j")), from("v", "k", "j")),
      ]),
      store("y", ["i", "w", "j"], local("sum", "f32")),
    ],
    { x: type(9, 8), z: type(9, 8, 16), v: type(8, 16), y: type(9, 9, 16) },
  );

  test.each<readonly [string, () => string, string]>([
    ["vectors of what is computed point by point", () => loopsOf(kernels.momentum(8, 8)), "i columns 1×4"],
    [
      "four of them side by side where functions are called",
      () => loopsOf(kernels.elementwise(8, 8)),
      "i plain 1×1, j columns 4×4",
    ],
    ["two where several are, whose coefficients take registers", () => loopsOf(twice), "i columns 2×4"],
    ["but single ones where numbers are drawn, too", () => loopsOf(noisy), "i plain 1×1, j columns 1×4"],
    ["single points without lanes", () => loopsOf(kernels.momentum(8, 8), javascript), "i columns 1×1"],
    ["vectors where more is contiguous than not", () => loopsOf(kernels.pick(8, 8)), "i columns 1×4"],
    ["no vectors where less is", () => loopsOf(spread), "i columns 1×1"],
    [
      "squares of rows and columns where it lies along another axis",
      () => loopsOf(turned),
      "j columns 16×4, i squares 4×1",
    ],
    [
      "in shorter blocks where lines would share their places in the cache",
      () => loopsOf(kernels.transpose(64, 512)),
      "i columns 4×4, j squares 4×1",
    ],
    ["and not of fewer than four rows", () => loopsOf(kernels.transpose(8, 3)), "j plain 1×1, i columns 1×4"],
    ["rows and columns of a product", () => loopsOf(kernels.dense(8, 16, 8)), "j columns 2×4, i rows 4×1"],
    ["without lanes", () => loopsOf(kernels.dense(8, 16, 8), javascript), "j columns 4×1, i rows 4×1"],
    ["no rows where there is one", () => loopsOf(kernels.dense(1, 16, 8)), "j columns 4×4, i plain 1×1"],
    ["no vectors of fewer than four columns", () => loopsOf(kernels.dense(8, 3, 8)), "j columns 2×1, i rows 4×1"],
    [
      "the axis that is contiguous for columns",
      () => loopsOf(kernels.transposedLeft(16, 16, 8)),
      "j columns 2×4, i rows 4×1",
    ],
    ["another axis for columns where the last must be gathered", () => loopsOf(gathered), "i columns 2×4, j rows 4×1"],
    ["batches outside", () => loopsOf(kernels.batched(2, 8, 16, 8)), "b plain 1×1, j columns 2×4, i rows 4×1"],
    [
      "neighbouring windows of what has no other factor",
      () => loopsOf(windows.depthwise({ size: 12, channels: 8, low: 0, high: 0 })),
      "n plain 1×1, h plain 1×1, w rows 4×1, c columns 1×4",
    ],
    [
      "those of another axis where there is one window along the last",
      () => loopsOf(windows.depthwise({ size: 3, channels: 8, low: 0, high: 0 })),
      "h plain 1×1, w plain 1×1, n rows 4×1, c columns 1×4",
    ],
    [
      "pictures where some taps are beyond the border of all windows",
      () => loopsOf(border),
      "h plain 1×1, n rows 4×1, c columns 1×4",
    ],
    [
      "rather rows of another factor than windows",
      () => loopsOf(rowsAndWindows),
      "w plain 1×1, j columns 2×4, i rows 4×1",
    ],
    [
      "no rows where all run along the columns",
      () => loopsOf(windows.pools({ size: 12, taps: 2, stride: 2, low: 0, high: 0, channels: 8 }, 0, "max")),
      "n plain 1×1, w plain 1×1, c columns 4×4",
    ],
    ["columns of what is summed down", () => loopsOf(kernels.columnSums(8, 3, 16)), "j columns 4×4"],
    ["rows of what is summed along in lanes", () => loopsOf(kernels.rowSums(8, 3, 16, { lanes: 4 })), "i rows 2×1"],
    ["single rows that are gone over twice", () => loopsOf(kernels.softmax(8, 16)), "i plain 1×1"],
    ["single rows that a loop writes", () => loopsOf(centred), "i plain 1×1"],
    ["columns of a scatter, none twice", () => loopsOf(kernels.scatter(8, 16, 4)), "j columns 4×4"],
    ["nothing of a single number", () => loopsOf(kernels.fullSum(8, 8, { lanes: 4 })), ""],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });
});

describe("stores of a sweep that share lines of the cache", () => {
  /** Nine stores, so far apart, of what is at each of 32 places. */
  const apart = (distance: number): string => {
    const stores = Array.from({ length: 9 }, (_, n) => ({
      tensor: "y",
      dtype: "f32" as const,
      indices: [addIndex(axisIndex("j"), constantIndex(n * distance))],
      value: binary("mul", from("x", "j"), f32(n + 2)),
    }));
    const size = [constant(9 * distance)];
    const found = scheduled(
      kernels.kernelOf("apart", [], [{ kind: "sweep", over: [axis("j", 32)], lets: [], stores }], {
        x: { dtype: "f32", shape: [constant(32)] },
        y: { dtype: "f32", shape: size },
      }),
    );
    return found.body.map((one) => (one.kind === "for" ? `${one.variable} by ${one.step}` : one.kind)).join(", ");
  };

  test.each([
    ["whole lines at a time, where more of them have one place than it has ways", 1024, "j by 16"],
    ["the same at multiples of a page", 3072, "j by 16"],
    ["single vectors, where they have two places", 512, "j by 4"],
    ["single vectors, where each has its own", 1040, "j by 4"],
  ])("are %s", (_, distance, loop) => {
    expect(apart(distance)).toBe(loop);
  });
});

describe("work in the innermost loops is done in vectors:", () => {
  /** Floating-point operations in loops that hold no other, by their lanes. */
  function operations(statements: readonly Statement[], isInner = false): readonly number[] {
    return statements.flatMap((one): readonly number[] => {
      if (one.kind === "for") return operations(one.body, !one.body.some(({ kind }) => kind === "for"));
      if (one.kind === "if") return [...operations(one.whenTrue, isInner), ...operations(one.otherwise, isInner)];
      return isInner && one.kind !== "comment" ? lanesIn(one.value) : [];
    });
  }

  function lanesIn(value: Expression): readonly number[] {
    const own =
      value.type.dtype === "f32" && (value.kind === "binary" || value.kind === "call" || value.kind === "unary");
    return [...(own ? [value.type.lanes] : []), ...operandsOf(value).flatMap(lanesIn)];
  }

  test.each<readonly [string, Case]>([
    ["elementwise", kernels.elementwise(6, 16)],
    ["an update", kernels.momentum(6, 16)],
    ["a product", kernels.dense(8, 16, 8)],
    ["a product whose right side is turned round", kernels.transposedRight(16, 16, 8)],
    ["a product whose left side is turned round", kernels.transposedLeft(16, 32, 8)],
    ["softmax", kernels.softmax(6, 16)],
    ["sums of rows", kernels.rowSums(6, 3, 16, { lanes: 4 })],
    ["sums of columns", kernels.columnSums(6, 3, 16)],
    ["a sum of all", kernels.fullSum(6, 16, { lanes: 4 })],
    ["a scatter", kernels.scatter(6, 16, 4)],
  ])("%s", (_, one) => {
    const lanes = operations(scheduled(one).body);
    expect([lanes.length > 0, new Set(lanes)]).toEqual([true, new Set([4])]);
    expect(new Set(operations(scheduled(one, javascript).body))).toEqual(new Set([1]));
  });
});

describe("a contraction copies into panels", () => {
  const sum = local("sum", "f32");
  const x = from("x", "k", "i");
  const d = from("d", "k", "j");
  /** dw = xᵀ·d over 512 places, with other results, stores or orders. */
  function gradient(changes: {
    readonly value?: Scalar;
    readonly stored?: Scalar;
    readonly more?: readonly Stage[];
    readonly second?: boolean;
    readonly combine?: "sum" | "max";
    readonly chunk?: number;
    readonly rows?: Size;
    readonly columns?: Size;
    readonly places?: Size;
  }): Case {
    const { value = binary("mul", x, d), stored = sum, more = [], second = false, combine = "sum", chunk } = changes;
    const { rows = 16, columns = 32, places = 512 } = changes;
    const order = chunk === undefined ? ({ lanes: 1 } as const) : ({ lanes: 1, chunk } as const);
    const results = [["sum", combine, value] as const, ...(second ? [["other", combine, value] as const] : [])];
    const type = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(kernels.dim) }) as const;
    return kernels.kernelOf(
      "gradient",
      [axis("i", rows), axis("j", columns)],
      [reduce([axis("k", places)], order, ...results), store("y", ["i", "j"], stored), ...more],
      { x: type(places, rows), d: type(places, columns), y: type(rows, columns), z: type(rows, columns) },
    );
  }
  /** How many numbers each panel has. */
  const panels = (one: Case, machine: Machine = simd): readonly number[] =>
    scheduled(one, machine).arrays.flatMap(({ name, elements }) => (name.startsWith("panel") ? [elements] : []));
  const places = (one: Case): readonly number[] => panels(one).map((elements) => elements / 256);

  test("columns, and rows where they do not run along the sum, in slices of 256 places", () => {
    expect(places(gradient({}))).toEqual([4 * 4, 8 * 8]);
  });

  test.each<readonly [string, Case]>([
    ["whose result is changed before it is stored", gradient({ stored: binary("mul", sum, f32(2)) })],
    ["whose result is stored twice", gradient({ more: [store("z", ["i", "j"], sum)] })],
    ["of two results", gradient({ second: true })],
    ["of maxima", gradient({ combine: "max" })],
    ["in chunks", gradient({ chunk: 128 })],
    ["that reads what it makes", gradient({ value: binary("mul", binary("mul", x, d), from("y", "i", "j")) })],
  ])("whole where the result cannot hold what slices make: a sum %s", (_, one) => {
    // Sixteen rows of 512 places instead of 256.
    expect(places(one)[0]).toBe(2 * 4 * 4);
  });

  test.each<readonly [string, Case, number]>([
    ["whole where the sum is short", gradient({ places: 256 }), 2],
    ["no rows for fewer than 32 columns", gradient({ columns: 31 }), 1],
    ["no rows that lie apart", gradient({ value: binary("mul", from("x", "k", scaleIndex(axisIndex("i"), 2)), d) }), 1],
    [
      "no rows that run along the sum as well",
      gradient({ value: binary("mul", from("x", constantIndex(0), addIndex(axisIndex("k"), axisIndex("i"))), d) }),
      1,
    ],
    ["no rows that run along the sum", kernels.dense(16, 64, 8), 1],
    ["nothing for fewer than 16 rows", gradient({ rows: 15 }), 0],
    ["nothing of more than 4096 places", gradient({ places: 4097 }), 0],
    ["but of 4096", gradient({ places: 4096 }), 2],
    ["nothing of a sum without rows", kernels.columnSums(16, 3, 64), 0],
    ["nothing of what is no sum", kernels.elementwise(64, 64), 0],
  ])("%s", (_, one, expected) => {
    expect(panels(one)).toHaveLength(expected);
  });

  test("as long as the sum, where that is short", () => {
    expect(panels(gradient({ places: 100 }))[0]).toBe(100 * 4 * 4);
  });

  test.each<readonly [string, Case, Machine, number]>([
    ["eight tiles of many rows at once, while they are small", gradient({ rows: 64 }), simd, 256 * 8 * 4],
    ["four where the sum is long and whole", gradient({ rows: 64, chunk: 512 }), simd, 512 * 4 * 4],
    ["four in a short program", gradient({ rows: 64 }), compactSimd, 256 * 4 * 4],
  ])("%s", (_, one, machine, expected) => {
    expect(panels(one, machine)[0]).toBe(expected);
  });

  test("nothing on a machine without", () => {
    expect(panels(gradient({}), javascript)).toEqual([]);
  });
});

describe("the interior of a border is where every choice by place is", () => {
  const row = indexScalar(axisIndex("i"));
  const chosen = (condition: Scalar): string => {
    const [stage] = [reduce([axis("k", 3)], { lanes: 1 }, ["s", "sum", select(condition, from("x", "i"), f32(0))])];
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const interior = interiorOf(stage);
    const count = interior?.conditions.length ?? 0;
    return `${count}${interior?.stage.results[0].value.kind === "load" ? ", plain" : ""}`;
  };
  const below = compare("less", row, i32(3));
  test.each<readonly [string, Scalar, string]>([
    ["less", below, "1, plain"],
    ["at most", compare("lessEqual", row, i32(3)), "1, plain"],
    ["greater", compare("greater", row, i32(3)), "1, plain"],
    ["at least", compare("greaterEqual", row, i32(3)), "1, plain"],
    ["below a dimension", compare("less", row, dimensionScalar(kernels.dim("N"))), "1, plain"],
    ["both of two", allOf([below, compare("greaterEqual", row, i32(0))]), "2, plain"],
    ["not equal: it is no range", compare("notEqual", row, i32(3)), "0"],
    ["nor equal", compare("equal", row, i32(3)), "0"],
    ["nor one of two", binary("or", below, compare("greater", row, i32(7))), "0"],
    ["nor both where one is none", allOf([below, compare("equal", row, i32(0))]), "0"],
    ["nor both where one is an either", allOf([below, binary("or", below, below)]), "0"],
    ["nor by a value", compare("less", from("z", "i"), f32(0)), "0"],
    [
      "nor by a place that is looked up",
      compare("less", indexScalar(dataIndex(load("ids", "i32", at("i")), constant(4))), i32(3)),
      "0",
    ],
  ])("%s", (_, condition, expected) => {
    expect(chosen(condition)).toBe(expected);
  });
});

describe("what is named once is put where it is used", () => {
  const { assign, define, literal, load: read, variable } = programs;
  const put = (to: string, value: Expression): Statement => programs.store(to, programs.at({}, 0), value);
  const v = variable("v");
  const named = define("v", read("x", programs.at({}, 0)));
  const sum = define("v", programs.binary("add", variable("a"), literal(1)));
  const count = (...statements: readonly Statement[]): number =>
    tidy(statements).filter(({ kind }) => kind === "define").length;

  test.each<readonly [string, () => number, number]>([
    ["at once", () => count(named, put("y", v)), 0],
    ["not where it is used twice", () => count(named, put("y", v), put("z", v)), 1],
    ["nor is a sum", () => count(sum, put("y", v), put("z", v)), 1],
    ["not a load, behind a store", () => count(named, put("x", literal(1)), put("y", v)), 1],
    [
      "not a load, behind a loop that stores",
      () => count(named, programs.loop("i", 2, [put("x", literal(1))]), put("y", v)),
      1,
    ],
    ["but a sum of others, behind a store", () => count(sum, put("x", literal(1)), put("y", v)), 0],
    [
      "not behind an assignment to what it reads",
      () =>
        count(
          define("a", literal(0), true),
          define("v", variable("a")),
          assign("a", literal(1)),
          put("y", v),
          put("z", variable("a")),
        ),
      2,
    ],
    ["not into a loop", () => count(named, programs.loop("i", 2, [put("y", v)])), 1],
    ["not at all where nothing reads it", () => count(named), 0],
    ["but what changes stays", () => count(define("v", literal(0), true), assign("v", literal(1))), 1],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });
});
