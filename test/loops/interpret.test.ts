/** The interpreter of computes: values, both precisions, the orders of sums, guards. */
import { describe, expect, test } from "vitest";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, dataIndex } from "../../compiler/loops/index.ts";
import { interpret } from "../../compiler/loops/interpret.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import { randomWords, unaryFunctions } from "../../compiler/loops/functions.ts";
import {
  allOf,
  binary,
  call,
  cast,
  compare,
  dtypeOf,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Combine, Compute, ElementType, Order, Scalar } from "../../compiler/loops/types.ts";

const [i, j, k] = ["i", "j", "k"].map(axisIndex);
const axis = (name: string, extent: number): Axis => ({ name, extent: constant(extent) });
const none: ReadonlyMap<string, number> = new Map();

function tensors(all: Record<string, TensorData>): (name: string) => TensorData {
  return (name) => all[name];
}

function reduce(
  combine: Combine,
  value: Scalar,
  order: Order,
  over: readonly Axis[],
  dtype: ElementType = "f32",
): Compute {
  return { kind: "reduce", axes: [], over, dtype, combine, value, order };
}

/** Values whose sum depends on its order. */
function noise(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, n) => Math.sin(n * 12.9898) * 10 ** ((n % 7) - 3));
}

test("a product of matrices over an open dimension", () => {
  const compute: Compute = {
    kind: "reduce",
    axes: [{ name: "i", extent: symbol("N") }, axis("j", 2)],
    over: [axis("k", 3)],
    dtype: "f32",
    combine: "sum",
    value: binary("mul", load("x", "f32", [i, k]), load("w", "f32", [k, j])),
    order: { lanes: 1 },
  };
  const x = { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] };
  const w = { shape: [3, 2], data: [1, 0, 0, 1, 1, 1] };
  const found = interpret(compute, tensors({ x, w }), new Map([["N", 2]]), "f64");
  expect(found).toEqual({ shape: [2, 2], data: new Float64Array([4, 5, 10, 11]) });
});

describe("orders of f32 sums", () => {
  const x = noise(5000);
  const add = (a: number, b: number): number => Math.fround(a + b);
  const ascending = (values: Iterable<number>): number => [...values].reduce(add, 0);
  const inLanes = (values: Float32Array): number => {
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => ascending(values.filter((_, n) => n % 4 === lane)));
    return add(add(a, c), add(b, d));
  };
  const sum = (order: Order): number => {
    const compute = reduce("sum", load("x", "f32", [k]), order, [axis("k", 5000)]);
    return interpret(compute, tensors({ x: { shape: [5000], data: x } }), none, "f32").data[0];
  };

  test("one lane ascends", () => expect(sum({ lanes: 1 })).toBe(ascending(x)));
  test("four lanes join as (0+2)+(1+3)", () => expect(sum({ lanes: 4 })).toBe(inLanes(x)));
  test("chunks start afresh and are added in order", () => {
    const chunks = [0, 2048, 4096].map((from) => x.slice(from, from + 2048));
    expect(sum({ lanes: 1, chunk: 2048 })).toBe(ascending(chunks.map(ascending)));
    expect(sum({ lanes: 4, chunk: 2048 })).toBe(ascending(chunks.map(inLanes)));
    expect(
      new Set([sum({ lanes: 1 }), sum({ lanes: 4 }), sum({ lanes: 1, chunk: 2048 }), sum({ lanes: 4, chunk: 2048 })])
        .size,
    ).toBe(4);
  });

  test("the lane is the last axis's index mod 4, carried across the outer axes", () => {
    const compute = reduce("sum", load("x", "f32", [i, j]), { lanes: 4 }, [axis("i", 7), axis("j", 6)]);
    const found = interpret(compute, tensors({ x: { shape: [7, 6], data: x } }), none, "f32").data[0];
    const lanes = [0, 1, 2, 3].map((lane) => ascending(x.slice(0, 42).filter((_, n) => (n % 6) % 4 === lane)));
    expect(found).toBe(add(add(lanes[0], lanes[2]), add(lanes[1], lanes[3])));
  });

  test("f64 sums plainly", () => {
    const compute = reduce("sum", load("x", "f32", [k]), { lanes: 4, chunk: 2048 }, [axis("k", 5000)]);
    const found = interpret(compute, tensors({ x: { shape: [5000], data: x } }), none, "f64").data[0];
    expect(found).toBe(x.reduce((a, b) => a + b, 0));
  });
});

describe("reductions", () => {
  const x: TensorData = { shape: [2, 3], data: [3, -1, 7, 7, 2, NaN] };
  const over = [axis("i", 2), axis("j", 3)];
  const value = load("x", "f32", [i, j]);
  test.each<[string, Combine, Order, number]>([
    ["argmax is the first NaN's flattened index", "argmax", { lanes: 1 }, 5],
    ["argmax in lanes and chunks, too", "argmax", { lanes: 4, chunk: 2 }, 5],
    ["a NaN is the maximum", "max", { lanes: 1 }, NaN],
    ["and the greatest", "greatest", { lanes: 1 }, NaN],
    ["and the product", "prod", { lanes: 1 }, NaN],
  ])("%s", (_, combine, order, expected) => {
    const dtype = combine === "argmax" ? "i32" : "f32";
    expect(interpret(reduce(combine, value, order, over, dtype), tensors({ x }), none, "f32").data[0]).toBe(expected);
  });

  test.each<Order>([{ lanes: 1 }, { lanes: 4, chunk: 2 }])(
    "without a NaN argmax is the first maximum's, by %j",
    (order) => {
      const numbers = tensors({ x: { shape: [2, 3], data: [3, -1, 7, 7, 2, 0] } });
      expect(interpret(reduce("argmax", value, order, over, "i32"), numbers, none, "f32").data[0]).toBe(2);
    },
  );

  test.each<[string, readonly number[], number]>([
    ["0 and −0", [-1, 0, -0], 0],
    ["−0 and 0", [-1, -0, 0], -0],
    ["nothing but −∞", [-Infinity, -Infinity, -Infinity], -Infinity],
  ])("of %s greatest takes the first, in both precisions", (_, data, expected) => {
    const numbers = tensors({ x: { shape: [1, 3], data } });
    const compute = reduce("greatest", value, { lanes: 1 }, [axis("i", 1), axis("j", 3)]);
    for (const precision of ["f32", "f64"] as const)
      expect(interpret(compute, numbers, none, precision).data[0]).toBe(expected);
  });

  test.each<[Combine, number]>([
    ["sum", 0],
    ["prod", 1],
    ["max", -Infinity],
    ["greatest", -Infinity],
    ["min", Infinity],
  ])("an empty %s is neutral", (combine, expected) => {
    const empty = reduce(combine, value, { lanes: 4 }, [axis("i", 0), axis("j", 3)]);
    expect(interpret(empty, tensors({ x }), none, "f32").data[0]).toBe(expected);
  });
});

test("an axis below nothing is our bug", () => {
  const compute = reduce("sum", f32(1), { lanes: 1 }, [axis("i", 2), axis("j", -1)]);
  expect(() => interpret(compute, tensors({}), none, "f32")).toThrow(/expected extents ≥ 0, found 2, -1/);
});

test("a select guards its loads, and an unguarded load outside is our bug", () => {
  const at = addIndex(i, constantIndex(-1));
  const inside = compare("greaterEqual", indexScalar(at), i32(0));
  const value = load("x", "f32", [at]);
  const shifted: Compute = {
    kind: "map",
    axes: [axis("i", 3)],
    dtype: "f32",
    value: select(allOf([inside]), value, f32(0)),
  };
  const all = tensors({ x: { shape: [3], data: [1, 2, 3] } });
  expect([...interpret(shifted, all, none, "f32").data]).toEqual([0, 1, 2]);
  expect(() => interpret({ ...shifted, value }, all, none, "f32")).toThrow(InternalError);
});

test("a scatter adds in ascending order at clamped data indices", () => {
  const compute: Compute = {
    kind: "scatter",
    axes: [axis("i", 3)],
    from: [axis("j", 4)],
    dtype: "f32",
    at: [dataIndex(load("ids", "i32", [j]), constant(3))],
    value: load("x", "f32", [j]),
  };
  const all = tensors({ ids: { shape: [4], data: [2, 0, 2, 9] }, x: { shape: [4], data: [1, 2, 3, 4] } });
  expect([...interpret(compute, all, none, "f32").data]).toEqual([2, 0, 8]);
});

test("elements that share lets are made at each point", () => {
  const t = local("t", "f32");
  const compute: Compute = {
    kind: "unrolled",
    axes: [axis("o", 2), axis("p", 2)],
    points: [axis("j", 2)],
    dtype: "f32",
    lets: [{ name: "t", value: binary("add", load("x", "f32", [j]), f32(0.5)) }],
    elements: [
      { at: [j, constantIndex(0)], value: t },
      { at: [j, constantIndex(1)], value: binary("mul", t, t) },
    ],
  };
  const all = tensors({ x: { shape: [2], data: [1, 2] } });
  expect([...interpret(compute, all, none, "f32").data]).toEqual([1.5, 2.25, 2.5, 6.25]);
});

test.each<[string, Scalar, number, number]>([
  [
    "0.1 + 0.2",
    binary("add", load("x", "f32", [constantIndex(0)]), load("x", "f32", [constantIndex(1)])),
    0.1 + 0.2,
    Math.fround(Math.fround(0.1) + Math.fround(0.2)),
  ],
  ["i32 wraps", binary("add", load("n", "i32", [constantIndex(0)]), i32(1)), -2147483648, -2147483648],
  [
    "casts saturate",
    cast("i32", call(unaryFunctions.exp, [load("n", "f32", [constantIndex(0)])])),
    2147483647,
    2147483647,
  ],
  ["bool of anything", cast("bool", load("x", "f32", [constantIndex(0)])), 1, 1],
  ["random bits", call(randomWords[0], [i32(0), i32(0), i32(0), i32(0)]), 0x6b200159, 0x6b200159],
])("%s in f64 and f32", (_, value, in64, in32) => {
  const dtype = dtypeOf(value);
  const compute: Compute = { kind: "map", axes: [], dtype, value };
  const all = (data: ArrayLike<number>): ((name: string) => TensorData) =>
    tensors({ x: { shape: [2], data }, n: { shape: [1], data: [2147483647] } });
  expect(interpret(compute, all([0.1, 0.2]), none, "f64").data[0]).toBe(in64);
  expect(interpret(compute, all(new Float32Array([0.1, 0.2])), none, "f32").data[0]).toBe(in32);
});
