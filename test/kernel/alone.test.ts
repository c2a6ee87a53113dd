/** Rows that come alone, which no tile shares columns with: which products carry the sums of all columns on, and that they are the same to the bit. */
import { describe, expect, test } from "vitest";
import { axisIndex } from "../../compiler/loops/index.ts";
import { binary, compare, f32, i32, indexScalar, local, select } from "../../compiler/loops/scalar.ts";
import type { Combine, Scalar } from "../../compiler/loops/types.ts";
import { briefSimd, simd, type Machine } from "../../compiler/schedule/machine.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { expectEqual, typeIn } from "./equal.ts";
import type { Case, Size } from "./kernels.ts";
import { axis, dim, from, kernelOf, reduce, store } from "./kernels.ts";

interface Product {
  /** None: a product of a vector. */
  readonly rows?: Size;
  readonly places?: Size;
  readonly columns?: Size;
  readonly combine?: Combine;
  readonly right?: Scalar;
  readonly value?: (left: Scalar, right: Scalar) => Scalar;
}

const f = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;
const times = (left: Scalar, right: Scalar): Scalar => binary("mul", left, right);

/** relu(x·w + b + y), which overwrites y in place. */
function product(changes: Product): Case {
  const { rows, places = 261, columns = 32, combine = "sum", right = from("w", "k", "j"), value = times } = changes;
  const [row, own] = rows === undefined ? [[], []] : [["i"], [rows]];
  const sum = binary("add", binary("add", local("sum", "f32"), from("b", "j")), from("y", ...row, "j"));
  return kernelOf(
    "product",
    [...(rows === undefined ? [] : [axis("i", rows)]), axis("j", columns)],
    [
      reduce([axis("k", places)], { lanes: 1 }, ["sum", combine, value(from("x", ...row, "k"), right)]),
      store("y", [...row, "j"], select(compare("lessEqual", sum, f32(0)), f32(0), sum)),
    ],
    { x: f(...own, places), w: f(places, columns), v: f(columns, places), b: f(columns), y: f(...own, columns) },
  );
}

/** How many sums of a row wait together. */
function sums(one: Case, machine: Machine, bound: number): readonly number[] {
  const { arrays } = schedule(one.kernel, typeIn(one), new Map([["N", bound]]), machine);
  return arrays.flatMap(({ name, elements }) => (name === "sums" ? [elements] : []));
}

describe("the sums of all columns are carried on", () => {
  test.each<readonly [string, Product, number, readonly number[]]>([
    ["of the fewer than 16 rows that nothing is copied for", { rows: "N" }, 64, [1, 15, 17]],
    ["of the rows that tiles of four leave", { rows: "N" }, 7, [1, 7]],
    ["of a single one", {}, 1, [1]],
    ["of eight places at a time, with one left", { rows: "N", places: 265 }, 64, [2]],
    ["or with eight left", { rows: "N", places: 264 }, 64, [2]],
    ["of columns that are no whole tiles", { rows: "N", columns: 36 }, 64, [3]],
  ])("%s", (_, changes, bound, counts) => {
    const one = product(changes);
    expect(sums(one, briefSimd, bound)).toEqual([changes.columns ?? 32]);
    for (const n of counts) {
      const [dims, bounds] = [n, bound].map((size) => new Map([["N", size]]));
      expectEqual(one, briefSimd, dims, bounds);
      expectEqual(one, briefSimd, dims, bounds, "special");
    }
  });
});

describe("a row goes over tiles of columns", () => {
  const isInside = compare("less", indexScalar(axisIndex("k")), i32(200));
  test.each<readonly [string, Product, Machine]>([
    ["where threads share them", { rows: "N" }, simd],
    ["of a matrix that fits the first cache", { rows: "N", places: 256 }, briefSimd],
    ["where they are no whole vectors", { rows: "N", columns: 33 }, briefSimd],
    ["of a maximum", { rows: "N", combine: "max" }, briefSimd],
    ["of what is no product", { rows: "N", value: (left, right) => binary("add", left, right) }, briefSimd],
    ["of a matrix that lies across them", { rows: "N", right: from("v", "j", "k") }, briefSimd],
    ["where a guard lets some in", { rows: "N", right: select(isInside, from("w", "k", "j"), f32(0)) }, briefSimd],
    ["of a single place, which is no axis", { rows: "N", places: 1, columns: 32 }, briefSimd],
    ["of so few places that they need no loop", { rows: "N", places: 8, columns: 1028 }, briefSimd],
  ])("%s", (_, changes, machine) => {
    const one = product(changes);
    expect(sums(one, machine, 64)).toEqual([]);
    expectEqual(one, machine, new Map([["N", 3]]), new Map([["N", 64]]));
  });
});
