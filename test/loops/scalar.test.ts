/** Scalars: exact folding, rewriting, and border tests that the ranges prove away. */
import { describe, expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, dataIndex, rangesOf, subtractIndex } from "../../compiler/loops/index.ts";
import { unaryFunctions } from "../../compiler/loops/functions.ts";
import {
  allOf,
  binary,
  call,
  bool,
  cast,
  compare,
  f32,
  i32,
  indexScalar,
  load,
  loadsOf,
  local,
  localsOf,
  mapScalar,
  replaceLoads,
  scalarCost,
  scalarKey,
  select,
  unary,
} from "../../compiler/loops/scalar.ts";
import { simplifyIndex, simplifyScalar } from "../../compiler/loops/simplify.ts";
import type { Scalar } from "../../compiler/loops/types.ts";

const i = axisIndex("i");
const x = load("x", "f32", [i]);
const N = symbol("N");
const ranges = rangesOf([
  { name: "i", extent: N },
  { name: "j", extent: constant(3) },
]);

function plus(left: Scalar, right: Scalar): Scalar {
  return { kind: "binary", operator: "add", dtype: "f32", left, right };
}

describe("folding is exact", () => {
  const less = compare("less", x, f32(0));
  test.each<[string, () => Scalar, () => Scalar]>([
    ["float32 sums round", () => binary("add", f32(16777216), f32(1)), () => f32(16777216)],
    ["i32 wraps", () => binary("mul", i32(65536), i32(65536)), () => i32(0)],
    ["x + −0 is x", () => binary("add", x, f32(-0)), () => x],
    ["−0 + x is x", () => binary("add", f32(-0), x), () => x],
    ["x + 0 stays, since −0 + 0 is 0", () => binary("add", x, f32(0)), () => plus(x, f32(0))],
    ["x · 1 is x", () => binary("mul", f32(1), x), () => x],
    ["x / 8 is x · 0.125", () => binary("div", x, f32(8)), () => binary("mul", x, f32(0.125))],
    ["−(−x) is x", () => unary("neg", unary("neg", x)), () => x],
    ["casts saturate", () => cast("i32", f32(1e20)), () => i32(2147483647)],
    ["NaN casts to 0", () => cast("i32", f32(NaN)), () => i32(0)],
    ["true and c is c", () => binary("and", bool(true), less), () => less],
    ["c and true is c", () => binary("and", less, bool(true)), () => less],
    ["false and c is false", () => binary("and", bool(false), less), () => bool(false)],
    ["c and false is false", () => binary("and", less, bool(false)), () => bool(false)],
    ["false or c is c", () => binary("or", bool(false), less), () => less],
    ["c or false is c", () => binary("or", less, bool(false)), () => less],
    ["true or c is true", () => binary("or", bool(true), less), () => bool(true)],
    ["c or true is true", () => binary("or", less, bool(true)), () => bool(true)],
    ["all of several conditions are those that are not known", () => allOf([bool(true), less]), () => less],
    ["a known select is a side", () => select(bool(false), x, f32(3)), () => f32(3)],
    ["floored remainder", () => binary("mod", i32(-7), i32(3)), () => i32(2)],
  ])("%s", (_, found, expected) => {
    expect(scalarKey(found())).toBe(scalarKey(expected()));
  });

  test("−0 and 0 have different keys", () => {
    expect(scalarKey(f32(-0))).not.toBe(scalarKey(f32(0)));
  });
});

describe("border tests", () => {
  const at = (offset: number): Scalar => indexScalar(addIndex(i, constantIndex(offset)));
  const size = indexScalar(constantIndex(N));
  test.each<[string, () => Scalar, () => Scalar]>([
    ["i ≥ 0", () => compare("greaterEqual", at(0), i32(0)), () => bool(true)],
    ["i < N", () => compare("less", at(0), size), () => bool(true)],
    ["i − N ≥ 0", () => compare("greaterEqual", at(0), size), () => bool(false)],
    ["i + 1 > 0", () => compare("greater", at(1), i32(0)), () => bool(true)],
    ["i + 1 = 0", () => compare("equal", at(1), i32(0)), () => bool(false)],
    ["i + 1 < N", () => compare("less", at(1), size), () => compare("less", at(1), size)],
  ])("%s", (_, found, expected) => {
    expect(scalarKey(simplifyScalar(found(), ranges))).toBe(scalarKey(expected()));
  });

  test("a proven test leaves its side alone", () => {
    const inside = allOf([compare("greaterEqual", at(0), i32(0)), compare("less", at(0), size)]);
    expect(scalarKey(simplifyScalar(select(inside, x, f32(0)), ranges))).toBe(scalarKey(x));
  });
});

test("a data index that is a known index loses its clamp", () => {
  const plain = dataIndex(binary("sub", indexScalar(i), i32(0)), N);
  expect(simplifyIndex(plain, ranges)).toEqual(i);
  const other = dataIndex(binary("sub", indexScalar(i), i32(1)), N);
  expect(simplifyIndex(other, ranges).terms[0].atom.kind).toBe("data");
  expect(subtractIndex(other, other).terms).toEqual([]);
});

test("an axis with one value is that value, others stay", () => {
  const single = new Map([
    ["i", { from: constant(3), to: constant(4) }],
    ["j", { from: constant(3), to: constant(5) }],
  ]);
  expect(simplifyIndex(i, single)).toEqual(constantIndex(3));
  for (const other of [axisIndex("j"), axisIndex("k")]) expect(simplifyIndex(other, single)).toEqual(other);
});

test("loads are replaced and found inside data indices, too", () => {
  const ids = load("ids", "i32", [i]);
  const gathered = load("table", "f32", [dataIndex(ids, N)]);
  expect(loadsOf(gathered).map(({ tensor }) => tensor)).toEqual(["table", "ids"]);
  const replaced = replaceLoads(gathered, ({ tensor }) => (tensor === "ids" ? local("id", "i32") : undefined));
  expect([...localsOf(replaced)]).toEqual(["id"]);
});

test("rewriting refolds what surrounds the rewritten", () => {
  const scalar = binary("mul", binary("add", x, f32(1)), f32(2));
  expect(mapScalar(scalar, (node) => (node.kind === "load" ? f32(3) : node))).toEqual(f32(8));
});

test("what folds to a part of itself is not rewritten twice", () => {
  const chosen: Scalar = { kind: "select", dtype: "f32", condition: bool(true), whenTrue: x, otherwise: f32(0) };
  const renamed = mapScalar(chosen, (node) => (node.kind === "load" ? { ...node, tensor: `${node.tensor}'` } : node));
  expect(loadsOf(renamed).map(({ tensor }) => tensor)).toEqual(["x'"]);
});

test("costs", () => {
  expect(scalarCost(binary("add", x, call(unaryFunctions.exp, [x])))).toBe(19);
  expect(scalarCost(binary("div", x, f32(3)))).toBe(5);
});
