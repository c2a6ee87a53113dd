/** The algebra of indices: canonical forms, what ranges prove, and agreement with numbers on random expressions. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant, multiply, symbol } from "../../compiler/dimension/dimension.ts";
import {
  addIndex,
  axesOf,
  axisIndex,
  constantIndex,
  dataIndex,
  equalIndex,
  flatten,
  indexKey,
  isAxis,
  quotient,
  range,
  remainder,
  scaleIndex,
  substituteAxes,
  subtractIndex,
  unflatten,
} from "../../compiler/loops/index.ts";
import type { AxisRange, Ranges } from "../../compiler/loops/index.ts";
import { load } from "../../compiler/loops/scalar.ts";
import { simplifyIndex } from "../../compiler/loops/simplify.ts";
import type { Index } from "../../compiler/loops/types.ts";

const i = axisIndex("i");
const j = axisIndex("j");
const k = axisIndex("k");
const N = symbol("N");
const D = symbol("D");
const upTo = (to: number | ReturnType<typeof symbol>): AxisRange => ({
  from: constant(0),
  to: typeof to === "number" ? constant(to) : to,
});
const ranges: Ranges = new Map([
  ["i", upTo(N)],
  ["j", upTo(8)],
  ["k", upTo(D)],
]);

describe("canonical form", () => {
  test("merges terms, drops zeros, and does not depend on the order of adding", () => {
    expect(equalIndex(addIndex(i, j), addIndex(j, i))).toBe(true);
    expect(indexKey(subtractIndex(addIndex(i, j), i))).toBe(indexKey(j));
    expect(isAxis(subtractIndex(addIndex(i, constantIndex(3)), constantIndex(3)), "i")).toBe(true);
  });

  test("an axis and a dimension of the same name stay apart", () => {
    expect(equalIndex(axisIndex("N"), constantIndex(N))).toBe(false);
  });

  test("multiples of the divisor leave the floor, nested quotients join", () => {
    const eight = constant(8);
    expect(
      equalIndex(quotient(addIndex(scaleIndex(i, 16), j), eight), addIndex(scaleIndex(i, 2), quotient(j, eight))),
    ).toBe(true);
    expect(equalIndex(quotient(quotient(i, eight), constant(2)), quotient(i, constant(16)))).toBe(true);
    expect(equalIndex(remainder(remainder(i, constant(16)), eight), remainder(i, eight))).toBe(true);
  });

  test("m·⌊v/m⌋ + v mod m is v, at several levels", () => {
    const shape = [constant(5), constant(4), constant(3)];
    expect(equalIndex(flatten(unflatten(i, shape), shape), i)).toBe(true);
  });
});

describe("with ranges", () => {
  test.each([
    ["(8i + j) / 8", quotient(addIndex(scaleIndex(i, 8), j), constant(8), ranges), i],
    ["(8i + j) % 8", remainder(addIndex(scaleIndex(i, 8), j), constant(8), ranges), j],
    ["(D·i + k) / D", quotient(addIndex(scaleIndex(i, D), k), D, ranges), i],
    ["(D·i + k) % D", remainder(addIndex(scaleIndex(i, D), k), D, ranges), k],
    ["(8D·i + 8k + j) / 8D", quotient(flatten([i, k, j], [N, D, constant(8)]), multiply(D, constant(8)), ranges), i],
    ["(8i + j) / 16", quotient(addIndex(scaleIndex(i, 8), j), constant(16), ranges), quotient(i, constant(2))],
    [
      "(8i + j) % 16",
      remainder(addIndex(scaleIndex(i, 8), j), constant(16), ranges),
      addIndex(scaleIndex(remainder(i, constant(2)), 8), j),
    ],
    ["(j + 16) / 8", quotient(addIndex(j, constantIndex(16)), constant(8), ranges), constantIndex(2)],
  ])("%s simplifies", (_, found, expected) => {
    expect(indexKey(found)).toBe(indexKey(expected));
  });

  test("a reshape and its inverse compose to nothing", () => {
    const shape = [N, D, constant(8)];
    expect(unflatten(flatten([i, k, j], shape), shape, ranges).map(indexKey)).toEqual([i, k, j].map(indexKey));
  });

  test("the interval of an index at the bounds", () => {
    const bounds = new Map([["N", 10]]);
    expect(range(addIndex(scaleIndex(i, 2), scaleIndex(j, -1)), ranges, bounds)).toEqual({ low: -7, high: 18 });
    expect(range(subtractIndex(i, constantIndex(N)), ranges, bounds)).toEqual({ low: -10, high: -1 });
    expect(range(axisIndex("other"), ranges)).toEqual({ low: -Infinity, high: Infinity });
  });
});

test("substitution reaches axes in quotients and in data", () => {
  const ids = dataIndex(load("ids", "i32", [i]), N);
  const index = addIndex(ids, quotient(i, constant(3)));
  const moved = substituteAxes(index, new Map([["i", scaleIndex(j, 3)]]));
  expect([...axesOf(moved)]).toEqual(["j"]);
  expect(equalIndex(moved, addIndex(dataIndex(load("ids", "i32", [scaleIndex(j, 3)]), N), j))).toBe(true);
});

/** An index and what it is, as a function of the axes' values. */
type Case = readonly [Index, (values: ReadonlyMap<string, number>) => number];

const axisCase = fc
  .constantFrom("i", "j", "k")
  .map((name): Case => [axisIndex(name), (values) => values.get(name) ?? 0]);
const cases = fc.letrec<{ index: Case }>((tie) => ({
  index: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    axisCase,
    fc.integer({ min: -20, max: 20 }).map((n): Case => [constantIndex(n), () => n]),
    fc.tuple(tie("index"), tie("index")).map(([[a, f], [b, g]]): Case => [addIndex(a, b), (v) => f(v) + g(v)]),
    fc
      .tuple(tie("index"), fc.integer({ min: -6, max: 12 }))
      .map(([[a, f], n]): Case => [scaleIndex(a, n), (v) => n * f(v)]),
    fc
      .tuple(tie("index"), fc.integer({ min: 1, max: 12 }))
      .map(([[a, f], d]): Case => [quotient(a, constant(d)), (v) => Math.floor(f(v) / d)]),
    fc
      .tuple(tie("index"), fc.integer({ min: 1, max: 12 }))
      .map(([[a, f], d]): Case => [remainder(a, constant(d)), (v) => f(v) - d * Math.floor(f(v) / d)]),
  ),
})).index;

function valueOf(index: Index, values: ReadonlyMap<string, number>): number {
  const substituted = substituteAxes(index, new Map([...values].map(([name, value]) => [name, constantIndex(value)])));
  expect(substituted.terms).toEqual([]);
  return Number(substituted.constant.key);
}

test("agrees with numbers, simplified or not, and lies in its range", () => {
  const extents = new Map([
    ["i", 6],
    ["j", 8],
    ["k", 3],
  ]);
  const numeric: Ranges = new Map([...extents].map(([name, extent]) => [name, upTo(extent)]));
  const point = fc.tuple(fc.nat(5), fc.nat(7), fc.nat(2)).map(
    ([a, b, c]) =>
      new Map([
        ["i", a],
        ["j", b],
        ["k", c],
      ]),
  );
  fc.assert(
    fc.property(cases, point, ([index, expected], values) => {
      const wanted = expected(values);
      expect(valueOf(index, values)).toBe(wanted + 0);
      expect(valueOf(simplifyIndex(index, numeric), values)).toBe(wanted + 0);
      const { low, high } = range(index, numeric);
      expect(low <= wanted && wanted <= high).toBe(true);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
