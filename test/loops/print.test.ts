/** Computes as text, and what the verifier says of broken ones. */
import { describe, expect, test } from "vitest";
import { add, constant, symbol } from "../../compiler/dimension/dimension.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  dataIndex,
  quotient,
  remainder,
  scaleIndex,
} from "../../compiler/loops/index.ts";
import { printCompute, printIndex, printScalar } from "../../compiler/loops/print.ts";
import { unaryFunctions } from "../../compiler/loops/functions.ts";
import {
  binary,
  call,
  compare,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
  unary,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Compute, Index, Scalar } from "../../compiler/loops/types.ts";
import { verifyCompute } from "../../compiler/loops/verify.ts";

const [i, j, k] = ["i", "j", "k"].map(axisIndex);
const N = symbol("N");
const axis = (name: string, extent = constant(8)): Axis => ({ name, extent });
const x = load("x", "f32", [i, k]);
const w = load("w", "f32", [k, j]);
const dense: Compute = {
  kind: "reduce",
  axes: [axis("i", N), axis("j", constant(32))],
  over: [axis("k", constant(64))],
  dtype: "f32",
  combine: "sum",
  value: binary("mul", x, w),
  order: { lanes: 1 },
};

test.each<[Index, string]>([
  [constantIndex(0), "0"],
  [addIndex(scaleIndex(i, 2), constantIndex(-1)), "2*i - 1"],
  [scaleIndex(i, add(N, constant(1))), "(N + 1)*i"],
  [addIndex(quotient(addIndex(i, constantIndex(3)), constant(8)), constantIndex(N)), "(i + 3) / 8 + N"],
  [scaleIndex(remainder(i, constant(8)), 4), "4*(i % 8)"],
  [dataIndex(load("ids", "i32", [i]), N), "clamp(ids[i], N)"],
])("index %#", (index, text) => expect(printIndex(index)).toBe(text));

test.each<[Scalar, string]>([
  [binary("mul", binary("add", x, f32(0.1)), w), "(x[i, k] + 0.1) * w[k, j]"],
  [binary("sub", x, binary("sub", w, f32(1))), "x[i, k] - (w[k, j] - 1)"],
  [unary("neg", binary("add", x, w)), "-(x[i, k] + w[k, j])"],
  [
    select(compare("lessEqual", x, f32(0)), f32(0), call(unaryFunctions.exp, [x])),
    "select(x[i, k] <= 0, 0, exp(x[i, k]))",
  ],
  [binary("maximum", x, f32(-0)), "maximum(x[i, k], -0)"],
])("scalar %#", (scalar, text) => expect(printScalar(scalar)).toBe(text));

test("a contraction", () => {
  expect(printCompute(dense, "y")).toBe(["for i in N, j in 32", "  y[i, j] = Σ k in 64: x[i, k] * w[k, j]"].join("\n"));
});

test("orders, empty shapes and scatters show", () => {
  const total: Compute = {
    kind: "reduce",
    axes: [],
    over: [axis("k", N)],
    dtype: "f32",
    combine: "sum",
    value: load("x", "f32", [k]),
    order: { lanes: 4, chunk: 2048 },
  };
  expect(printCompute(total)).toBe("out[] = Σ k in N (4 lanes, chunks of 2048): x[k]");
  const scatter: Compute = {
    kind: "scatter",
    axes: [axis("i")],
    from: [axis("j", N)],
    dtype: "f32",
    at: [dataIndex(load("ids", "i32", [j]), constant(8))],
    value: load("x", "f32", [j]),
  };
  expect(printCompute(scatter, "dw")).toBe(
    ["for i in 8", "  dw[i] = 0", "for j in N in order", "  dw[clamp(ids[j], 8)] += x[j]"].join("\n"),
  );
});

test("elements that share lets stand at each point", () => {
  const lets = [{ name: "t", value: load("x", "f32", [axisIndex("i")]) }];
  const elements = [0, 1].map((at) => ({
    at: [axisIndex("i"), constantIndex(at)],
    value: binary("mul", f32(at + 2), local("t", "f32")),
  }));
  const compute: Compute = {
    kind: "unrolled",
    axes: [axis("o", constant(8)), axis("p", constant(2))],
    points: [axis("i")],
    dtype: "f32",
    lets,
    elements,
  };
  expect(verifyCompute(compute)).toEqual([]);
  expect(printCompute(compute, "y")).toBe("for i in 8\n  let t = x[i]\n  y[i, 0] = 2 * t\n  y[i, 1] = 3 * t");
});

describe("the verifier", () => {
  const map = (value: Scalar, axes = [axis("i"), axis("k")]): Compute => ({ kind: "map", axes, dtype: "f32", value });
  test("accepts a contraction", () => expect(verifyCompute(dense)).toEqual([]));
  test.each<[string, Compute, string]>([
    ["an unbound axis", map(w), "expected axis j to be bound, found no loop over it"],
    ["two axes of one name", map(f32(1), [axis("i"), axis("i")]), "expected distinct axes, found i twice"],
    ["an unbound local", map(local("s", "f32")), "expected local s to be defined before, found no definition"],
    [
      "mixed types",
      map(binary("add", f32(1), indexScalar(i))),
      "expected f32 for the right of add, found i32: <(1)i|0>",
    ],
    ["a wrong result", map(indexScalar(i)), "expected a result of i32, found f32"],
    [
      "a tensor of two ranks",
      map(binary("add", x, load("x", "f32", [i]))),
      "expected x as f32 of rank 2 everywhere, found f32 of rank 1",
    ],
    ["a float index", map(load("x", "f32", [dataIndex(f32(1), N)])), "expected i32 for a data index, found f32: f32:1"],
    [
      "a condition that is no bool",
      map({ kind: "select", dtype: "f32", condition: i32(1), whenTrue: x, otherwise: x }),
      "expected bool for a condition, found i32: i32:1",
    ],
  ])("rejects %s", (_, compute, problem) => {
    expect(verifyCompute(compute)).toContain(problem);
  });
});
