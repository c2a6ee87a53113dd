/** What every op says of operands that do not fit, and the type of what does. */
import { describe, expect, test } from "vitest";
import { constant, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import type { Attributes, TensorType } from "../../compiler/graph/types.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { inferTypes, operation, operations } from "../../compiler/ops/index.ts";
import { printType } from "../../compiler/ops/check.ts";

function shape(sizes: string): readonly Dimension[] {
  const parts = sizes === "" ? [] : sizes.split(" ");
  return parts.map((part) => (/^-?\d+$/.test(part) ? constant(Number(part)) : symbol(part)));
}

/** `f32 N 64` as a type. */
function type(text: string): TensorType {
  const [dtype, ...sizes] = text.split(" ");
  // The tables below write nothing but dtypes there.
  return { dtype: dtype as ElementType, shape: shape(sizes.join(" ")) };
}

interface Case {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
  readonly says: string;
  /** Which of them it points at, where more than the words are asked for. */
  readonly operands?: readonly number[];
}

/** An operand of `tiles`, what is changed of attributes that fit, and what is said. */
const tilings: readonly (readonly [string, Attributes, string])[] = [
  ["f32 N 8 8", { step: 0 }, "tiles takes a step of at least 1"],
  ["f32 N T 8", {}, "tiles takes two axes of known sizes from axis 1 on, not [N, T, 8]"],
  ["i32 N 8 8", {}, "tiles takes f32, not i32[N, 8, 8]"],
  ["f32 N 8 8", { axis: 3 }, "tiles: axis 3 does not exist in [N, 8, 8]"],
  ["f32 N 8 8", { matrix: [[1, 2], [3]] }, "tiles takes a matrix of finite numbers, its rows of one length"],
  ["f32 N 8 8", { rows: 3 }, "tiles takes at least one tile, and rows that divide those along the first axis"],
];

/** A convolution in two groups over one axis, of which this operand is missing. */
const convolving = (missing: string): Attributes => ({
  missing,
  stride: [1],
  dilation: [1],
  input_dilation: [1],
  low: shape("0"),
  groups: constant(2),
  size: shape("8"),
});

/** What is missing of a convolution in two groups, the two others, and what is said. */
const convolutions: readonly (readonly [missing: string, left: string, right: string, says: string])[] = [
  ["output", "f32 N 8 6", "f32 3 2 4", "conv takes operands that agree in their channels; found 6 and 4"],
  ["output", "f32 N 8 6", "f32 3 3 5", "conv takes groups that divide its filters; 2 does not divide 5"],
  ["input", "f32 3 3 4", "f32 N 8 6", "conv takes operands that agree in their filters; found 4 and 6"],
  ["input", "f32 3 3 5", "f32 N 8 5", "conv takes groups that divide its filters; 2 does not divide 5"],
  ["kernel", "f32 N 8 6", "f32 M 8 4", "conv takes operands that agree in their rows; found N and M"],
  ["kernel", "f32 N 8 5", "f32 N 8 4", "conv takes groups that divide its channels; 2 does not divide 5"],
];

const problems: readonly Case[] = [
  ...convolutions.map(([missing, left, right, says]) => ({
    op: "conv",
    inputs: [left, right],
    attributes: convolving(missing),
    says,
    operands: [0, 1],
  })),
  { op: "add", inputs: ["f32 N 3"], says: "add takes 2 inputs, not 1" },
  { op: "exp", inputs: ["i32 N"], says: "exp takes f32, not i32[N]" },
  { op: "and", inputs: ["f32", "f32"], says: "and takes bool, not f32[]" },
  { op: "div", inputs: ["i32", "i32"], says: "div takes f32, not i32[]" },
  {
    op: "add",
    inputs: ["f32 N", "i32 N"],
    says: "add takes two operands of one type; the left one is f32[N], the right one i32[N]",
  },
  {
    op: "add",
    inputs: ["f32 N 3", "f32 N 4"],
    says: "add takes operands of equal shape; the left one is [N, 3], the right one [N, 4]",
  },
  { op: "less", inputs: ["bool", "bool"], says: "less takes f32 or i32, not bool[]" },
  { op: "select", inputs: ["f32", "f32", "f32"], says: "select takes bool, not f32[]" },
  { op: "sum", inputs: ["bool N"], attributes: { axes: [0] }, says: "sum takes f32 or i32, not bool[N]" },
  { op: "sum", inputs: ["f32 N 3"], attributes: { axes: [2] }, says: "sum: axis 2 does not exist; [N, 3] has 2 axes" },
  { op: "max", inputs: ["f32 N 3"], attributes: { axes: [1, 1] }, says: "max: axis 1 is named twice" },
  { op: "prod", inputs: ["f32 N 3"], attributes: { axes: [1, 0] }, says: "prod: the axes 1, 0 do not ascend" },
  {
    op: "reshape",
    inputs: ["f32 N 6"],
    attributes: { shape: shape("N 5") },
    says: "reshape keeps the number of elements; [N, 6] has 6*N, [N, 5] has 5*N",
  },
  {
    op: "transpose",
    inputs: ["f32 N 6"],
    attributes: { permutation: [0, 0] },
    says: "transpose takes each axis once; [N, 6] has 2 axes, the order is [0, 0]",
  },
  {
    op: "broadcast",
    inputs: ["f32 3"],
    attributes: { shape: shape("N 4"), axes: [1] },
    says: "broadcast: [3] does not repeat to [N, 4]; each axis must have that size or 1",
  },
  {
    op: "slice",
    inputs: ["f32 5"],
    attributes: { start: shape("2"), size: shape("3"), step: [2] },
    says: "slice: axis 0 of [5] does not hold 3 from 2 in steps of 2",
  },
  {
    op: "slice",
    inputs: ["f32 N"],
    attributes: { start: shape("1"), size: shape("N"), step: [1] },
    says: "slice: axis 0 of [N] does not hold N from 1",
  },
  {
    op: "pad",
    inputs: ["f32 N"],
    attributes: { low: shape("-1"), high: shape("0"), value: 0 },
    says: "pad takes widths of at least 0, not -1",
  },
  { op: "concat", inputs: [], attributes: { axis: 0 }, says: "concat takes at least 1 input, not 0" },
  {
    op: "concat",
    inputs: ["f32 N 3", "f32 N 4"],
    attributes: { axis: 0 },
    says: "concat along axis 0 takes inputs that are equal on every other axis; the first input is [N, 3], input 2 is [N, 4]",
  },
  {
    op: "contract",
    inputs: ["f32 N 64", "f32 32 10"],
    attributes: { left: [0, 1], right: [1, 2], output: [0, 2] },
    says: "a product takes operands that agree in size; axis 1 of [N, 64] is 64, axis 0 of [32, 10] is 32",
  },
  {
    op: "contract",
    inputs: ["f32 N 64", "f32 64"],
    attributes: { left: [0, 1], right: [1], output: [] },
    says: "contract: label 0 occurs in one operand and not in the output",
  },
  ...tilings.map(([x, changed, says]) => ({
    op: "tiles",
    inputs: [x],
    attributes: { matrix: [[1, 0]], axis: 1, step: 2, low: [0, 0], count: [4, 4], rows: 2, ...changed },
    says,
  })),
  {
    op: "untile",
    inputs: ["f32 N 4 4 1 3"],
    attributes: { matrix: [[1, 0]], axis: 1, count: [4, 4], rows: 1 },
    says: "untile takes [4, 4, 1, 4] from axis 1 on, not [N, 4, 4, 1, 3]",
  },
  { op: "take", inputs: ["f32", "i32 N"], says: "take takes a table with rows, not a scalar" },
  { op: "take", inputs: ["f32 5", "f32 N"], says: "take takes i32, not f32[N]" },
  { op: "pick", inputs: ["f32 N 10", "i32 M"], says: "pick takes an id for each row of x; x is [N, 10], ids are [M]" },
  {
    op: "scatter_rows",
    inputs: ["f32 N 4", "i32 M"],
    attributes: { count: constant(9) },
    says: "scatter_rows takes a row for each id; updates are [N, 4], ids [M]",
    operands: [0, 1],
  },
  {
    op: "random_bits",
    inputs: ["i32 3", "i32"],
    attributes: { shape: [], word: 0, stream: 0 },
    says: "random_bits takes an i32 scalar, not i32[3]",
  },
  { op: "constant", inputs: [], attributes: { value: 0.5, dtype: "i32" }, says: "0.5 is not an i32" },
  {
    op: "iota",
    inputs: [],
    attributes: { shape: shape("N"), axis: 1 },
    says: "iota: axis 1 does not exist; [N] has 1 axis",
  },
];

interface Typing {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
  readonly is: string;
}

/** The same, and what is made. */
const convolved: readonly (readonly [missing: string, left: string, right: string, is: string])[] = [
  ["output", "f32 N 8 6", "f32 3 3 4", "f32[N, 8, 4]"],
  ["input", "f32 3 3 4", "f32 N 8 4", "f32[N, 8, 6]"],
  ["kernel", "f32 N 8 6", "f32 N 8 4", "f32[8, 3, 4]"],
];

const typings: readonly Typing[] = [
  { op: "add", inputs: ["f32 N 3", "f32 N 3"], is: "f32[N, 3]" },
  { op: "less", inputs: ["i32 N", "i32 N"], is: "bool[N]" },
  { op: "sum", inputs: ["f32 N T 3"], attributes: { axes: [0, 2] }, is: "f32[T]" },
  { op: "argmax", inputs: ["f32 N 10"], attributes: { axes: [1] }, is: "i32[N]" },
  { op: "reshape", inputs: ["f32 N 6"], attributes: { shape: shape("3 N 2") }, is: "f32[3, N, 2]" },
  { op: "broadcast", inputs: ["f32 1 3"], attributes: { shape: shape("N 3 T"), axes: [0, 1] }, is: "f32[N, 3, T]" },
  { op: "pad", inputs: ["f32 N"], attributes: { low: shape("1"), high: shape("2"), value: 0 }, is: "f32[N + 3]" },
  { op: "concat", inputs: ["f32 N 3", "f32 N 4"], attributes: { axis: 1 }, is: "f32[N, 7]" },
  {
    op: "contract",
    inputs: ["f32 B N K", "f32 B K M"],
    attributes: { left: [0, 1, 2], right: [0, 2, 3], output: [0, 1, 3] },
    is: "f32[B, N, M]",
  },
  ...convolved.map(([missing, left, right, is]) => ({
    op: "conv",
    inputs: [left, right],
    attributes: convolving(missing),
    is,
  })),
  { op: "take", inputs: ["f32 V D", "i32 N T"], is: "f32[N, T, D]" },
  { op: "pick", inputs: ["f32 N T V", "i32 N T"], is: "f32[N, T]" },
  {
    op: "random_uniform",
    inputs: ["i32", "i32"],
    attributes: { shape: shape("N 3"), word: 0, stream: 1 },
    is: "f32[N, 3]",
  },
];

describe("shape rules", () => {
  test.each(typings)("$op $inputs is $is", ({ op, inputs, attributes = {}, is }) => {
    const result = inferTypes(op, inputs.map(type), attributes);
    expect("kind" in result ? result.message : result.map(printType).join(", ")).toBe(is);
  });

  test.each(problems)("$op $inputs: $says", ({ op, inputs, attributes = {}, says }) => {
    const result = inferTypes(op, inputs.map(type), attributes);
    expect("kind" in result ? result.message : result.map(printType).join(", ")).toBe(says);
  });

  test.each(problems.filter(({ operands }) => operands !== undefined))(
    "$op $inputs: $says, of the operands $operands",
    ({ op, inputs, attributes = {}, operands }) => {
      expect(inferTypes(op, inputs.map(type), attributes)).toMatchObject({ inputs: operands });
    },
  );

  const samples = operations
    .filter(({ name }) => name !== "concat")
    .flatMap(({ name, samples: all }) => all.slice(0, 1).map((sample) => ({ name, sample })));

  test.each(samples)("$name takes as many operands as it says", ({ name, sample: { attributes, inputs } }) => {
    const types = inputs.map(({ dtype, shape: sizes }): TensorType => ({
      dtype,
      shape: sizes.map((n) => constant(n)),
    }));
    expect(inferTypes(name, types, attributes)).toBeInstanceOf(Array);
    const scalar: TensorType = { dtype: "f32", shape: [] };
    const wrong = [[...types, scalar], ...(types.length > 0 ? [types.slice(1)] : [])];
    for (const given of wrong) {
      const message = `${name} takes ${types.length} input${types.length === 1 ? "" : "s"}, not ${given.length}`;
      expect(inferTypes(name, given, attributes)).toMatchObject({ message });
    }
  });
});

describe("the list of primitives", () => {
  test("has distinct names, each documented", () => {
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
    for (const { summary, constraints } of operations) {
      expect(summary).toMatch(/\.$/);
      expect(constraints.every((constraint, position) => constraint.startsWith(`${position + 1}. `))).toBe(true);
    }
  });

  test("knows no other name", () => {
    expect(() => operation("__proto__")).toThrow("ops: __proto__ is not a primitive");
  });
});
