/** Maps are cut where the answer to a question about an axis changes: each part asks nothing, and all parts are the whole. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import type { Kernel } from "../../compiler/kernel/types.ts";
import { axisIndex, constantIndex, dataIndex, scaleIndex, subtractIndex } from "../../compiler/loops/index.ts";
import { compare, constantScalar, i32, indexScalar, load, select } from "../../compiler/loops/scalar.ts";
import type { Comparison, Index, Scalar } from "../../compiler/loops/types.ts";
import { allNodesOf, indicesOf } from "../../compiler/program/traverse.ts";
import { partition } from "../../compiler/schedule/partition.ts";

const i = axisIndex("i");

function kernelOf(value: Scalar, extent = constant(8)): Kernel {
  const store = { tensor: "y", dtype: "f32", indices: [i], value } as const;
  return { name: "k", grid: [{ name: "i", extent }], rows: [], stages: [{ kind: "store", store }], origins: [] };
}

function printed(value: Scalar, extent = constant(8)): readonly string[] {
  return partition(kernelOf(value, extent), new Map([["N", 8]])).map((part) =>
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
