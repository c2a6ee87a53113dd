/**
 * Products in chunks: a contraction with the chunk as an axis more, and an ascending sum over the chunks. The truth is the
 * unsplit product, interpreted in the order that it carries. And sums whose factors are 0 from some place on end there.
 */
import { describe, expect, test } from "vitest";
import { addIndex, axisIndex, constantIndex, scaleIndex, sumIndices } from "../../compiler/loops/index.ts";
import { interpret, newElements, type Interpreted } from "../../compiler/loops/interpret.ts";
import {
  allOf,
  binary,
  compare,
  f32,
  i32,
  indexScalar,
  load,
  local,
  select,
  type Load,
} from "../../compiler/loops/scalar.ts";
import type { Axis, Compute, Index, Order, Scalar } from "../../compiler/loops/types.ts";
import { inChunks } from "../../compiler/lower/chunks.ts";
import { limitOf } from "../../compiler/schedule/limit.ts";
import { cpuAdapter, javascript, simd, type Machine } from "../../compiler/schedule/machine.ts";
import { expectEqual } from "./equal.ts";
import type { Case, Size } from "./kernels.ts";
import { at, axis, dim, from, kernelOf, reduce, store } from "./kernels.ts";

const machines: readonly Machine[] = [javascript, simd, cpuAdapter];
const sum = local("sum", "f32");
const type = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;
const index = (...parts: readonly (string | number)[]): Index =>
  sumIndices(parts.map((part) => (typeof part === "number" ? constantIndex(part) : axisIndex(part))));
const below = (place: Index): Scalar => compare("less", indexScalar(place), i32(0));

type Reduce = Extract<Compute, { readonly kind: "reduce" }>;

/** y[j] = Σ left · right, as it is lowered. */
function product(over: readonly Axis[], order: Order, left: Scalar, right: Scalar): Reduce {
  const value = binary("mul", left, right);
  return { kind: "reduce", axes: [axis("j", 3)], over, dtype: "f32", combine: "sum", value, order };
}

const chunk = (places: number): Order => ({ lanes: 1, chunk: places });

describe("a product in chunks is cut along", () => {
  /** Chunks and what each adds up, as text; "·" where the factors ask whether they are within the last chunk. */
  function printed(over: readonly Axis[], places: number): string {
    const names = over.map(({ name }) => name);
    const compute = product(over, chunk(places), from("x", ...names), from("w", ...names, "j"));
    const found = inChunks(compute, "p");
    if (found === undefined) return "not at all";
    const { partial, total } = found;
    if (partial.kind !== "reduce" || total.kind !== "reduce") throw new Error("expected reductions");
    const extents = (axes: readonly Axis[]): string =>
      axes.map(({ name, extent }) => `${name} ${extent.key}`).join(", ");
    const isGuarded = partial.value.kind === "binary" && partial.value.left.kind === "select";
    expect([partial.order, total.order]).toEqual([{ lanes: 1 }, { lanes: 1 }]);
    expect(partial.axes).toEqual([...total.over, ...compute.axes]);
    expect(total.axes).toEqual(compute.axes);
    return `${extents(total.over)} of ${extents(partial.over)}${isGuarded ? " ·" : ""}`;
  }

  const [k, n] = [(extent: Size) => axis("k", extent), axis("n", "N")];
  test.each<readonly [string, readonly Axis[], number, string]>([
    ["its only axis", [k(24)], 8, "k_chunk 3 of k 8"],
    ["its only axis, the last chunk shorter", [k(25)], 8, "k_chunk 4 of k 8 ·"],
    ["its only axis where there is one chunk", [k(7)], 8, "k_chunk 1 of k 8 ·"],
    ["an open axis", [n], 8, "n_chunk floor((N + 7)/(8)) of n 8 ·"],
    ["the last axis where chunks end with it", [n, k(16)], 8, "n N, k_chunk 2 of k 8"],
    ["the last axis where it is one chunk", [n, k(8)], 8, "n N, k_chunk 1 of k 8"],
    ["an axis before, in whole steps of those after it", [n, k(4)], 8, "n_chunk floor((N + 1)/(2)) of n 2, k 4 ·"],
    ["an axis in the middle", [n, k(6), axis("q", 2)], 4, "n N, k_chunk 3 of k 2, q 2"],
    [
      "the outermost where those in the middle do not fit",
      [axis("m", 5), k(3), axis("q", 2)],
      12,
      "m_chunk 3 of m 2, k 3, q 2 ·",
    ],
    ["nothing where a step is no part of a chunk", [n, k(3)], 8, "not at all"],
    ["nothing where a step is longer", [n, k(12)], 8, "not at all"],
    ["nothing where the steps are open", [axis("m", 3), n, k(4)], 8, "not at all"],
  ])("%s", (_, over, places, expected) => {
    expect(printed(over, places)).toBe(expected);
  });

  const over = [k(24)];
  const [x, w] = [from("x", "k"), from("w", "k", "j")];
  const good = product(over, chunk(8), x, w);
  test.each<readonly [string, Compute]>([
    ["of no chunks", { ...good, order: { lanes: 1 } }],
    ["in four lanes", { ...good, order: { lanes: 4, chunk: 8 } }],
    ["that is no sum", { ...good, combine: "max" }],
    ["of no product", { ...good, value: x }],
    ["of more than loads", { ...good, value: binary("mul", x, binary("add", w, f32(1))) }],
    ["that is none", { kind: "map", axes: good.axes, dtype: "f32", value: w }],
  ])("not at all, a reduction %s", (_, compute) => {
    expect(inChunks(compute, "p")).toBeUndefined();
  });
});

describe("chunks as a batch give the product's bits", () => {
  function filled(seed: number, ...shape: readonly number[]): Interpreted {
    const data = newElements(
      "f32",
      shape.reduce((all, size) => all * size, 1),
      "f32",
    );
    data.forEach((_, place) => (data[place] = Math.sin(seed + 7 * place) * 3));
    // A sum of nothing but −0 is 0, as is one that goes on over places behind the end; and some are NaN.
    for (let place = 0; place < data.length; place += 5) data[place] = -0;
    if (data.length > 20) data[13] = NaN;
    return { shape, data };
  }

  const border = (load: Load): Scalar =>
    select(compare("greaterEqual", indexScalar(index("k", -2)), i32(0)), load, f32(0));
  const [x, w] = [load("x", "f32", at("k")), load("w", "f32", at("k", "j"))];
  const moved = load("x", "f32", [index("k", -2)]);
  test.each<readonly [string, number, Scalar, Scalar]>([
    ["whole chunks", 24, x, w],
    ["a rest of one", 25, x, w],
    ["a rest of all but one", 23, x, w],
    ["a single chunk", 8, x, w],
    ["less than one", 3, x, w],
    ["one factor guarded, as a border is", 27, border(moved), w],
    ["the other", 27, w, border(moved)],
  ])("%s", (_, extent, left, right) => {
    const compute = product([axis("k", "K")], chunk(8), left, right);
    const dims = new Map([["K", extent]]);
    const tensors = new Map([
      ["x", filled(1, extent)],
      ["w", filled(2, extent, 3)],
    ]);
    const find = (name: string): Interpreted => tensors.get(name) ?? { shape: [], data: new Float32Array(0) };
    const found = inChunks(compute, "p");
    if (found === undefined) throw new Error("expected chunks");
    const expected = interpret(compute, find, dims, "f32");
    tensors.set("p", interpret(found.partial, find, dims, "f32"));
    expect([...interpret(found.total, find, dims, "f32").data]).toStrictEqual([...expected.data]);
  });
});

/** Both factors, 0 where the condition does not hold. */
function within(condition: Scalar, left: Scalar, right: Scalar): Scalar {
  return binary("mul", select(condition, left, f32(0)), select(condition, right, f32(0)));
}

/** A place of the axis `c` in steps, and `k` within it. */
const step = (length: number, ...more: readonly (string | number)[]): Index =>
  addIndex(scaleIndex(axisIndex("c"), length), index("k", ...more));

/** Partial sums of xᵀ·w in `steps` chunks of `length` over `places`, which are behind the guard where there are fewer. */
function partial(places: Size, steps: Size, length: number, rows: Size, columns: Size, inner = 1): Case {
  const place = step(length);
  const r = inner === 1 ? [] : ["r"];
  const guard = below(addIndex(place, scaleIndex(constantIndex(dim(places)), -1)));
  const own = inner === 1 ? [] : [inner];
  const over = [axis("k", length), ...(inner === 1 ? [] : [axis("r", inner)])];
  const value = within(guard, from("x", place, ...r, "i"), from("w", place, ...r, "j"));
  return kernelOf(
    "partial",
    [axis("c", steps), axis("i", rows), axis("j", columns)],
    [reduce(over, { lanes: 1 }, ["sum", "sum", value]), store("y", ["c", "i", "j"], sum)],
    { x: type(places, ...own, rows), w: type(places, ...own, columns), y: type(steps, rows, columns) },
  );
}

describe("a schedule keeps the bits of sums that end before their axis:", () => {
  const cases: Readonly<Record<string, readonly [make: () => Case, N?: readonly number[]]>> = {
    "one chunk, shorter": [() => partial(3, 1, 5, 3, 4)],
    "two, the last of one": [() => partial(6, 2, 5, 3, 4)],
    "two, the last of all but one": [() => partial(9, 2, 5, 3, 9)],
    "the end beyond the axis": [() => partial(50, 3, 5, 3, 4)],
    "chunks that are empty": [() => partial(6, 4, 5, 3, 4)],
    "few rows, read in place": [() => partial(13, 2, 8, 15, 33)],
    "panels of columns": [() => partial(13, 2, 8, 17, 21)],
    "panels of columns and rows": [() => partial(13, 2, 8, 17, 33)],
    "several axes": [() => partial(5, 2, 3, 17, 33, 4)],
    "slices, the last chunk shorter": [() => partial(300 + 257, 2, 300, 16, 32)],
    "slices, the last chunk of one": [() => partial(301, 2, 300, 16, 32)],
    "slices, two of them whole": [() => partial(512 + 256, 2, 512, 16, 32)],
    "an open axis": [() => partial("N", 2, 8, 5, 9), [8, 9, 15, 16]],
    "an open axis, panels": [() => partial("N", 2, 8, 16, 33), [8, 9, 15]],
    "an open axis, below a chunk": [() => partial("N", 1, 8, 3, 5), [1, 7, 8]],
    "open rows": [() => partial(13, 2, 8, "N", 33), [1, 15, 16, 17]],
  };
  test.each(Object.entries(cases))("%s", (_, [make, values = [1]]) => {
    for (const machine of machines)
      for (const n of values) expectEqual(make(), machine, new Map([["N", n]]), new Map([["N", 40]]));
  });
});

describe("a sum ends where both factors are 0 from:", () => {
  const [x, w] = [from("x", "k"), from("w", "k")];
  const end = below(index("k", -5));
  /** The place, and what is left of the product. */
  function ended(value: Scalar, order: Order = { lanes: 1 }, over = [axis("k", 9)], second = false): string {
    const results = [["s", "sum", value] as const, ...(second ? [["t", "sum", value] as const] : [])];
    const stage = reduce(over, order, ...results);
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const limit = limitOf(stage);
    if (limit === undefined) return "nowhere";
    const guards = (scalar: Scalar): number =>
      scalar.kind === "select" ? 1 + Number(scalar.condition.kind === "binary") : 0;
    const [{ value: left }] = limit.stage.results;
    if (left.kind !== "binary") throw new Error("expected a product");
    const { terms, constant } = limit.until;
    const names = terms.map(({ atom, coefficient }) => `${coefficient.key}·${atom.kind === "axis" ? atom.axis : "?"}`);
    return `${[...names, constant.key].join(" + ")}; ${guards(left.left)}, ${guards(left.right)}`;
  }

  const inside = compare("greaterEqual", indexScalar(index("k", -1)), i32(0));
  const [first, other] = [select(end, x, f32(0)), select(end, w, f32(0))];
  test.each<readonly [string, () => string, string]>([
    ["the first axis", () => ended(within(end, x, w)), "5; 0, 0"],
    ["an end that depends on another axis", () => ended(within(below(index("k", "c", -5)), x, w)), "-1·c + 5; 0, 0"],
    ["the outer of two axes", () => ended(within(end, x, w), { lanes: 1 }, [axis("k", 9), axis("r", 2)]), "5; 0, 0"],
    [
      "one of several conditions: the others stay",
      () => ended(binary("mul", select(allOf([inside, end]), x, f32(0)), other)),
      "5; 1, 0",
    ],
    ["of both factors", () => ended(within(allOf([end, inside]), x, w)), "5; 1, 1"],
    [
      "two conditions more than it",
      () => ended(binary("mul", first, select(allOf([inside, end, below(index("k", -8))]), w, f32(0)))),
      "5; 0, 2",
    ],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });

  test.each<readonly [string, () => string]>([
    ["the left factor alone", () => ended(binary("mul", first, w))],
    ["the right factor alone", () => ended(binary("mul", x, other))],
    ["different places", () => ended(binary("mul", first, select(below(index("k", -6)), w, f32(0))))],
    ["a sum of both", () => ended(binary("add", first, other))],
    ["what is no product", () => ended(first)],
    ["an axis behind the first", () => ended(within(end, x, w), { lanes: 1 }, [axis("r", 2), axis("k", 9)])],
    ["no axis", () => ended(within(end, x, w), { lanes: 1 }, [])],
    ["four lanes", () => ended(within(end, x, w), { lanes: 4 })],
    ["chunks", () => ended(within(end, x, w), { lanes: 1, chunk: 4 })],
    ["two sums at once", () => ended(within(end, x, w), { lanes: 1 }, [axis("k", 9)], true)],
    ["every second place", () => ended(within(below(scaleIndex(index("k", -5), 2)), x, w))],
    ["a beginning", () => ended(within(below(scaleIndex(index("k", -5), -1)), x, w))],
    ["more than another number", () => ended(within(compare("greater", indexScalar(index("k")), i32(5)), x, w))],
    ["at most", () => ended(within(compare("lessEqual", indexScalar(index("k", -5)), i32(0)), x, w))],
    ["data", () => ended(within(compare("less", load("ids", "i32", at("k")), i32(0)), x, w))],
    ["ones on the left", () => ended(binary("mul", select(end, x, f32(1)), other))],
    ["ones on the right", () => ended(binary("mul", first, select(end, w, f32(1))))],
    ["−0", () => ended(binary("mul", first, select(end, w, f32(-0))))],
    ["one or the other condition", () => ended(within(binary("or", end, inside), x, w))],
  ])("not of %s", (_, found) => {
    expect(found()).toBe("nowhere");
  });
});

describe("a schedule keeps the bits where the end is no other for all points of a tile:", () => {
  const places = 40;
  const order: Order = { lanes: 1 };
  const along = (name: string): Scalar => below(index("k", name, -places));
  const cases: Readonly<Record<string, () => Case>> = {
    "it runs along the rows": () =>
      kernelOf(
        "rows",
        [axis("i", 18), axis("j", 12)],
        [
          reduce([axis("k", places)], order, [
            "sum",
            "sum",
            within(along("i"), from("x", "k", "i"), from("w", "k", "j")),
          ]),
          store("y", ["i", "j"], sum),
        ],
        { x: type(places, 18), w: type(places, 12), y: type(18, 12) },
      ),
    "along the columns": () =>
      kernelOf(
        "columns",
        [axis("j", 21)],
        [
          reduce([axis("k", places)], order, [
            "sum",
            "sum",
            within(along("j"), from("x", "k", "j"), from("w", "k", "j")),
          ]),
          store("y", ["j"], sum),
        ],
        { x: type(places, 21), w: type(places, 21), y: type(21) },
      ),
    "along an axis that would be one with the columns": () =>
      kernelOf(
        "merged",
        [axis("c", 5), axis("j", 12)],
        [
          reduce([axis("k", places)], order, [
            "sum",
            "sum",
            within(along("c"), from("x", "k"), from("w", "k", "c", "j")),
          ]),
          store("y", ["c", "j"], sum),
        ],
        { x: type(places), w: type(places, 5, 12), y: type(5, 12) },
      ),
    "along rows that are summed in lanes, too": () =>
      kernelOf(
        "lanes",
        [axis("i", 14)],
        [
          reduce([axis("r", 7)], { lanes: 4 }, ["top", "max", from("z", "i", "r")]),
          reduce([axis("k", places)], order, ["sum", "sum", within(along("i"), from("x", "k"), from("w", "i", "k"))]),
          store("y", ["i"], binary("add", sum, local("top", "f32"))),
        ],
        { x: type(places), w: type(14, places), z: type(14, 7), y: type(14) },
      ),
    "along a loop that no factor runs along": () =>
      kernelOf(
        "outer",
        [axis("c", 5), axis("i", 18), axis("j", 33)],
        [
          reduce([axis("k", places)], order, [
            "sum",
            "sum",
            within(along("c"), from("x", "k", "i"), from("w", "k", "j")),
          ]),
          store("y", ["c", "i", "j"], sum),
        ],
        { x: type(places, 18), w: type(places, 33), y: type(5, 18, 33) },
      ),
    "or cut into chunks besides": () =>
      kernelOf(
        "chunks",
        [axis("i", 5), axis("j", 6)],
        [
          reduce([axis("k", 50)], { lanes: 1, chunk: 16 }, [
            "sum",
            "sum",
            within(below(index("k", -37)), from("x", "k", "i"), from("w", "k", "j")),
          ]),
          store("y", ["i", "j"], sum),
        ],
        { x: type(37, 5), w: type(37, 6), y: type(5, 6) },
      ),
  };
  test.each(Object.entries(cases))("%s", (_, make) => {
    for (const machine of machines) expectEqual(make(), machine, new Map());
  });
});
