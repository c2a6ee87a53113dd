/** Printed scalars and indices mean what they are: an engine that reads the text computes the same. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { constant, multiply, symbol } from "../../compiler/dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, quotient, remainder, scaleIndex } from "../../compiler/loops/index.ts";
import { printIndex, printScalar } from "../../compiler/loops/print.ts";
import { pow } from "../../compiler/loops/functions.ts";
import { binary, call, compare, dimensionScalar, f32, indexScalar, local, unary } from "../../compiler/loops/scalar.ts";
import type { Index, Scalar } from "../../compiler/loops/types.ts";
import { printIndex as printAddress, printKernel } from "../../compiler/program/print.ts";
import * as write from "../targets/programs.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => local(name, "f32"));
const [x, y, z] = ["a", "b", "c"].map((name) => local(name, "i32"));
const half = (value: Scalar): Scalar => ({ kind: "binary", operator: "div", dtype: "f32", left: value, right: f32(2) });

describe("a scalar prints with the parentheses that it needs, and no more", () => {
  test.each<readonly [string, Scalar]>([
    ["a / (b * c)", binary("div", a, binary("mul", b, c))],
    ["a / b * c", binary("mul", binary("div", a, b), c)],
    ["a / (b / c)", binary("div", a, binary("div", b, c))],
    ["a - (b - c)", binary("sub", a, binary("sub", b, c))],
    ["a - b - c", binary("sub", binary("sub", a, b), c)],
    ["a - (b + c)", binary("sub", a, binary("add", b, c))],
    ["(a + b) * c", binary("mul", binary("add", a, b), c)],
    ["a % (b * c)", binary("mod", a, binary("mul", b, c))],
    ["a * (b % c)", binary("mul", a, binary("mod", b, c))],
    ["-a * b", binary("mul", unary("neg", a), b)],
    ["-(a * b)", unary("neg", binary("mul", a, b))],
    ["a * -b", binary("mul", a, unary("neg", b))],
    ["-pow(a, b)", unary("neg", call(pow, [a, b]))],
    ["pow(-a, b * c)", call(pow, [unary("neg", a), binary("mul", b, c)])],
    ["a + b <= c", compare("lessEqual", binary("add", a, b), c)],
    ["a | b & c", binary("or", x, binary("and", y, z))],
    ["(a | b) & c", binary("and", binary("or", x, y), z)],
    ["(a ^ b) & c", binary("and", binary("xor", x, y), z)],
    ["a << b + c", binary("shiftLeft", x, binary("add", y, z))],
    ["(a << b) + c", binary("add", binary("shiftLeft", x, y), z)],
    ["a >>> (b >> c)", binary("shiftRightUnsigned", x, binary("shiftRight", y, z))],
    ["(N + 1) * a", binary("mul", dimensionScalar(addSymbol(1)), x)],
    ["(i + 1) * a", binary("mul", indexScalar(addIndex(axisIndex("i"), constantIndex(1))), x)],
    ["a - (i + 1)", binary("sub", x, indexScalar(addIndex(axisIndex("i"), constantIndex(1))))],
    ["a / 2", half(a)],
  ])("%s", (text, scalar) => {
    expect(printScalar(scalar)).toBe(text);
  });
});

function addSymbol(value: number) {
  return addIndex(constantIndex(symbol("N")), constantIndex(value)).constant;
}

const operators = ["add", "sub", "mul", "div", "mod"] as const;

/** A tree of `size` operators, and what it is of the numbers. */
function treeOf(size: number, next: (below: number) => number): readonly [Scalar, number] {
  if (size === 0) {
    const at = next(3);
    return [[a, b, c][at], [1.75, -2.5, 3.25][at]];
  }
  const operator = operators.at(next(6));
  if (operator === undefined) {
    const [value, number] = treeOf(size - 1, next);
    return [unary("neg", value), -number];
  }
  const cut = next(size);
  const [[left, l], [right, r]] = [treeOf(cut, next), treeOf(size - 1 - cut, next)];
  const numbers = { add: l + r, sub: l - r, mul: l * r, div: l / r, mod: l % r };
  return [binary(operator, left, right), numbers[operator]];
}

test("the text of a tree is read as the tree", () => {
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 2000; round += 1) {
    const [tree, number] = treeOf(round % 7, next);
    const text = printScalar(tree);
    expect([text, runInNewContext(text, { a: 1.75, b: -2.5, c: 3.25 })]).toEqual([text, number]);
  }
});

const [i, j, N] = [axisIndex("i"), axisIndex("j"), symbol("N")];
const eight = constant(8);

describe("an index prints so that it can be read one way alone", () => {
  test.each<readonly [string, string, Index]>([
    ["2*i + j - 1", "2*i + j - 1", addIndex(addIndex(scaleIndex(i, 2), j), constantIndex(-1))],
    ["i / 8", "floor((i) / 8)", quotient(i, eight)],
    ["-(i / 8)", "-1*floor((i) / 8)", scaleIndex(quotient(i, eight), -1)],
    ["2*(i / 8)", "2*floor((i) / 8)", scaleIndex(quotient(i, eight), 2)],
    ["-(i % 8)", "-1*((i) mod 8)", scaleIndex(remainder(i, eight), -1)],
    ["(i + j) / 8", "floor((i + j) / 8)", quotient(addIndex(i, j), eight)],
    ["i / (8*N)", "floor((i) / (8*N))", quotient(i, multiply(eight, N))],
    ["i % (N + 1)", "((i) mod (N + 1))", remainder(i, addSymbol(1))],
    ["(N + 1)*i", "(N + 1)*i", scaleIndex(i, addSymbol(1))],
    ["i + N + 1", "i + N + 1", addIndex(i, constantIndex(addSymbol(1)))],
  ])("%s", (text, address, index) => {
    expect([printIndex(index), printAddress(index)]).toEqual([text, address]);
  });
});

test("a scheduled kernel prints every operation in parentheses, and calls by name", () => {
  const [p, q, r] = ["p", "q", "r"].map((name) => write.variable(name));
  const values = [
    write.binary("div", p, write.binary("mul", q, r)),
    write.binary("mul", write.binary("div", p, q), r),
    write.unary("neg", write.binary("sub", p, write.binary("sub", q, r))),
    write.binary("maximum", p, q),
    write.select(write.compare("less", p, q), write.cast("f32", write.variable("n", "i32")), write.splat(r)),
  ];
  const body = values.map((value, at) => write.store("y", write.at({}, at), value));
  expect(printKernel(write.kernelOf("k", [write.parameter("y", "write")], body))).toBe(`\
kernel k(write y: f32)
  y[0] = (p / (q * r))
  y[1] = ((p / q) * r)
  y[2] = neg((p - (q - r)))
  y[3] = maximum(p, q)
  y[4] = select((p < q), f32(n), splat(r))`);
});
