/** What panels hold and who reads them: rows of several loops, and operands that are guarded by where they are. */
import { describe, expect, test } from "vitest";
import { axisIndex, constantIndex, dataIndex, scaleIndex, sumIndices } from "../../compiler/loops/index.ts";
import { allOf, binary, compare, f32, i32, indexScalar, local, select } from "../../compiler/loops/scalar.ts";
import type { Combine, Index, Scalar } from "../../compiler/loops/types.ts";
import type { Stage } from "../../compiler/kernel/types.ts";
import { allNodesOf } from "../../compiler/program/traverse.ts";
import type { ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { expectEqual, typeIn, type Dims } from "./equal.ts";
import type { Case, Size } from "./kernels.ts";
import { axis, dim, from, kernelOf, reduce, store } from "./kernels.ts";

const f = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;
const sum = local("sum", "f32");
const index = (...parts: readonly (string | number)[]): Index =>
  sumIndices(parts.map((part) => (typeof part === "number" ? constantIndex(part) : axisIndex(part))));
const below = (place: Index): Scalar => compare("less", indexScalar(place), i32(0));

function scheduled(one: Case, bounds: Dims = new Map()): ScheduledKernel {
  return schedule(one.kernel, typeIn(one), bounds, simd);
}

/** How many numbers each panel has. */
function panels(one: Case, bounds?: Dims): readonly number[] {
  const { arrays } = scheduled(one, bounds);
  return arrays.flatMap(({ name, elements }) => (name.startsWith("panel") ? [elements] : []));
}

/** The rows of two loops that are no single one, since each of the outer has one more than are read. */
function twoRows(outer: Size, inner: Size, batches?: Size): Case {
  const [b, own] = batches === undefined ? [[], []] : [["b"], [batches]];
  const rows = inner === "N" ? 41 : Number(inner) + 1;
  return kernelOf(
    "two_rows",
    [...(batches === undefined ? [] : [axis("b", batches)]), axis("c", outer), axis("i", inner), axis("j", 20)],
    [
      reduce([axis("k", 40)], { lanes: 1 }, [
        "sum",
        "sum",
        binary("mul", from("x", ...b, "c", "i", "k"), from("w", ...b, "k", "j")),
      ]),
      store("y", [...b, "c", "i", "j"], sum),
    ],
    { x: f(...own, outer, rows, 40), w: f(...own, 40, 20), y: f(...own, outer, rows, 20) },
  );
}

describe("columns are copied where the rows of all loops inside that read them are", () => {
  test.each<readonly [string, () => Case, number, number]>([
    ["16 of one loop", () => twoRows(1, 16), 1, 0],
    ["not for 15", () => twoRows(1, 15), 0, 0],
    ["16 of the outer", () => twoRows(16, 1), 1, 0],
    ["16 of two", () => twoRows(4, 4), 1, 0],
    ["18 of two", () => twoRows(3, 6), 1, 0],
    ["not for 15 of two", () => twoRows(3, 5), 0, 0],
    ["nor for 15 in each of several batches, whose columns are others", () => twoRows(3, 5, 4), 0, 0],
    ["16 in each of them", () => twoRows(2, 8, 4), 1, 0],
    ["18 at the bound of an open loop", () => twoRows(3, "N"), 1, 6],
    ["not 15 at the bound", () => twoRows(3, "N"), 0, 5],
  ])("%s", (_, make, count, bound) => {
    const bounds = new Map([["N", bound]]);
    expect(panels(make(), bounds)).toHaveLength(count);
    if (bound === 0) return expectEqual(make(), simd, new Map(), bounds);
    for (const n of [1, bound - 1, bound]) expectEqual(make(), simd, new Map([["N", n]]), bounds);
  });
});

/** Batches of x·w with 128 columns, sixteen tiles. */
function batches(count: Size, places = 40, turned = false): Case {
  const x = turned ? from("x", "b", "k", "i") : from("x", "b", "i", "k");
  return kernelOf(
    "batches",
    [axis("b", count), axis("i", 16), axis("j", 128)],
    [
      reduce([axis("k", places)], { lanes: 1 }, ["sum", "sum", binary("mul", x, from("w", "b", "k", "j"))]),
      store("y", ["b", "i", "j"], sum),
    ],
    { x: turned ? f(count, places, 16) : f(count, 16, places), w: f(count, places, 128), y: f(count, 16, 128) },
  );
}

describe("a block has fewer tiles where the loops around it give too few blocks for threads:", () => {
  const bounds = new Map([["N", 9]]);
  test.each<readonly [string, () => Case, number]>([
    ["a single product", () => batches(1), 4],
    ["two", () => batches(2), 4],
    ["four", () => batches(4), 8],
    ["as many as the bound says", () => batches("N"), 8],
  ])("%s", (_, make, tiles) => {
    expect(panels(make(), bounds)).toEqual([40 * 8 * tiles]);
  });

  test.each([
    [1, 8],
    [2, 8],
    [4, 16],
  ])("in slices %i products have %i tiles in a block", (count, tiles) => {
    expect(panels(batches(count, 300, true))).toContain(256 * 8 * tiles);
  });
});

interface Guarded {
  readonly left?: (load: Scalar) => Scalar;
  readonly right?: (load: Scalar) => Scalar;
  readonly rows?: Size;
  readonly columns?: Size;
  readonly places?: Size;
  /** x[i, k] instead of x[k, i]. */
  readonly along?: boolean;
  readonly combine?: Combine;
  /** The left factor by a name. */
  readonly named?: boolean;
  readonly second?: boolean;
}

/** xᵀ·w with what guards its factors; places that nothing asks about one by one. */
function guarded(changes: Guarded): Case {
  const same = (value: Scalar): Scalar => value;
  const { left = same, right = same, rows = 17, columns = 33, places = 40, along = false, combine = "sum" } = changes;
  const { named = false, second = false } = changes;
  const x = left(along ? from("x", "i", "k") : from("x", "k", "i"));
  const factor = named ? local("factor", "f32") : x;
  const value = binary("mul", factor, right(from("w", "k", "j")));
  const results = [["sum", combine, value] as const, ...(second ? [["other", "max", value] as const] : [])];
  const stage = reduce([axis("k", places)], { lanes: 1 }, ...results);
  if (stage.kind !== "reduce") throw new Error("expected a reduction");
  const lets = named ? [{ name: "factor", value: x }] : [];
  const more: readonly Stage[] = second ? [store("z", ["i", "j"], local("other", "f32"))] : [];
  return kernelOf(
    "guarded",
    [axis("i", rows), axis("j", columns)],
    [{ ...stage, lets }, store("y", ["i", "j"], sum), ...more],
    {
      x: along ? f(rows, places) : f(places, rows),
      w: f(places, columns),
      y: f(rows, columns),
      z: f(rows, columns),
    },
  );
}

/** Choices in each of the innermost loops that add up. */
function choicesInSums(statements: readonly Statement[]): readonly number[] {
  return allNodesOf(statements)
    .filter((one) => one.kind === "for")
    .filter(({ body }) => body.some(({ kind }) => kind === "assign"))
    .map(({ body }) => allNodesOf(body).filter(({ kind }) => kind === "select").length);
}

describe("guarded operands", () => {
  const later = (load: Scalar): Scalar => select(below(index("k", "i", -50)), load, f32(0));
  const beyond = (load: Scalar): Scalar => select(below(index("k", "j", -60)), load, f32(0));
  const inPlace = (load: Scalar): Scalar => select(below(index("k", -30)), load, f32(0));
  const both = (load: Scalar): Scalar =>
    select(allOf([below(index("k", -35)), below(index("k", "i", -50))]), load, f32(0));
  const twice = (load: Scalar): Scalar => select(below(index("k", "i", -50)), binary("mul", f32(2), load), f32(0));
  const otherwise = (load: Scalar): Scalar =>
    select(below(index("k", "i", -50)), load, from("x", "k", constantIndex(0)));
  const byData = (load: Scalar): Scalar =>
    select(compare("less", from("w", "k", constantIndex(0)), f32(0)), load, f32(0));
  const equal = (load: Scalar): Scalar =>
    select(compare("equal", indexScalar(index("k", "i", -20)), i32(0)), load, f32(0));
  const acrossColumns = (load: Scalar): Scalar => select(below(index("k", "i", "j", -70)), load, f32(0));

  // Rows that lie along the sum have no panel; what is guarded and has none keeps every guard where it is.
  test.each<readonly [string, Guarded, number, boolean]>([
    ["of rows are copied with their guard", { left: later }, 2, true],
    ["of columns, too", { right: beyond }, 2, true],
    ["of both sides", { left: later, right: beyond }, 2, true],
    ["whose guard has parts", { left: both }, 2, true],
    ["of rows also for few columns", { left: later, columns: 31 }, 2, true],
    ["without a guard not", { columns: 31 }, 1, true],
    ["of columns where the rows stay", { right: beyond, along: true }, 1, true],
    ["of two results once", { left: later, second: true }, 2, true],
    ["of maxima", { left: later, combine: "max" }, 2, true],
    ["of rows that lie along the sum stay, the columns are copied", { left: later, along: true }, 1, false],
    ["of columns stay beside them", { left: later, right: inPlace, along: true }, 0, false],
    ["that are more than a load are chosen in place, their load is copied", { left: twice }, 2, false],
    ["that choose between loads, too", { left: otherwise }, 2, false],
    ["and what data chooses", { left: byData }, 2, false],
    ["for a single place are copied", { left: equal }, 2, true],
    ["whose guard runs along both sides stay", { left: acrossColumns }, 1, false],
    ["that have a name stay", { left: later, named: true }, 1, false],
  ])("%s", (_, changes, count, isFree) => {
    const one = guarded(changes);
    const { body } = scheduled(one);
    const none = choicesInSums(body).every((choices) => choices === 0);
    expect([panels(one).length, none]).toEqual([count, isFree]);
    const choices = allNodesOf(body).filter(({ kind }) => kind === "if");
    expect(isFree ? choices : []).toEqual([]);
    for (const machine of [javascript, simd])
      for (const numbers of ["plain", "special"] as const) expectEqual(one, machine, new Map(), new Map(), numbers);
  });

  test.each<readonly [string, string, Guarded]>([
    ["rows", "x", { left: inPlace }],
    ["columns", "w", { right: inPlace }],
  ])("are copied without asking where the guard holds: %s", (_, of, changes) => {
    const one = guarded(changes);
    const copying = allNodesOf(scheduled(one).body)
      .filter((node) => node.kind === "for")
      .map(({ body }) => allNodesOf(body))
      .filter((nodes) => nodes.some((node) => node.kind === "store" && node.buffer.startsWith("panel")))
      .filter((nodes) => nodes.some((node) => node.kind === "load" && node.buffer === of));
    expect(copying.some((nodes) => nodes.every(({ kind }) => kind !== "select" && kind !== "for"))).toBe(true);
    for (const numbers of ["plain", "special"] as const) expectEqual(one, simd, new Map(), new Map(), numbers);
  });

  test.each<readonly [string, Guarded]>([
    ["beside a guard that is no operand's", { left: twice, right: beyond }],
    ["that stay", { left: later, along: true }],
    ["by a name", { left: later, named: true }],
  ])("leave an interior %s", (_, changes) => {
    const choices = choicesInSums(scheduled(guarded(changes)).body);
    expect([choices.includes(0), choices.some((count) => count > 0)]).toEqual([true, true]);
  });

  test.each<readonly [string, Guarded]>([
    ["in slices", { left: later, places: 300 }],
    ["in slices of an open axis", { left: later, places: "N" }],
    ["in open rows", { left: later, rows: "N" }],
    ["in open columns", { right: beyond, columns: "N" }],
  ])("keep the bits %s", (_, changes) => {
    const bounds = new Map([["N", 300]]);
    for (const n of [1, 15, 16, 17, 70]) expectEqual(guarded(changes), simd, new Map([["N", n]]), bounds);
  });

  test("that are guarded by a loop inside the columns are not copied before it", () => {
    const value = binary(
      "mul",
      from("x", "c", "i", "k"),
      select(below(index("c", "k", -41)), from("w", "k", "j"), f32(0)),
    );
    const one = kernelOf(
      "by_batch",
      [axis("c", 4), axis("i", 20), axis("j", 16)],
      [reduce([axis("k", 40)], { lanes: 1 }, ["sum", "sum", value]), store("y", ["c", "i", "j"], sum)],
      { x: f(4, 20, 40), w: f(40, 16), y: f(4, 20, 16) },
    );
    expectEqual(one, simd, new Map());
  });

  test("of a second load of the same operand read one copy", () => {
    const x = later(from("x", "k", "i"));
    const one = guarded({});
    const value = binary("mul", binary("mul", x, x), from("w", "k", scaleIndex(axisIndex("j"), 1)));
    const stages = [reduce([axis("k", 40)], { lanes: 1 }, ["sum", "sum", value]), store("y", ["i", "j"], sum)];
    const squared: Case = { ...one, kernel: { ...one.kernel, stages } };
    expect(panels(squared)).toHaveLength(2);
    expectEqual(squared, simd, new Map());
  });
});

describe("an operand whose reduced places meet in an index that is held", () => {
  /** y[i, j] = Σ r, s: x[i, r, s] · w[2r + s − 1 held within 4, j], as the kernel of a strided gradient is read. */
  function held(rows: Size): Case {
    const place = dataIndex(indexScalar(sumIndices([scaleIndex(index("r"), 2), index("s", -1)])), dim(4));
    return kernelOf(
      "held",
      [axis("i", rows), axis("j", 8)],
      [
        reduce([axis("r", 2), axis("s", 3)], { lanes: 1 }, [
          "sum",
          "sum",
          binary("mul", from("x", "i", "r", "s"), from("w", place, "j")),
        ]),
        store("y", ["i", "j"], sum),
      ],
      { x: f(rows, 2, 3), w: f(4, 8), y: f(rows, 8) },
    );
  }

  test("is copied at each of them", () => {
    expect(panels(held(20))).toHaveLength(1);
    expectEqual(held(20), simd, new Map());
  });
});

/** A convolution whose borders are pieces of their own: x padded by two columns at either side. */
function padded(channels: number): Case {
  const place = index("j", "k", -2);
  const inside = allOf([compare("greaterEqual", indexScalar(place), i32(0)), below(index("j", "k", -26))]);
  return kernelOf(
    "padded",
    [axis("n", 16), axis("j", 24), axis("c", channels)],
    [
      reduce([axis("k", 5)], { lanes: 1 }, [
        "sum",
        "sum",
        binary("mul", select(inside, from("x", "n", place), f32(0)), from("w", "k", "c")),
      ]),
      store("y", ["n", "j", "c"], sum),
    ],
    { x: f(16, 24), w: f(5, channels), y: f(16, 24, channels) },
  );
}

describe("pieces of a kernel that read the same columns copy them once, each width of tiles", () => {
  test.each([
    [8, 1],
    [12, 2],
    [16, 1],
  ])("%i columns", (channels, fills) => {
    const one = padded(channels);
    const { body } = scheduled(one);
    const filling = body.filter((statement) =>
      allNodesOf([statement]).some((node) => node.kind === "store" && node.buffer === "panel"),
    );
    expect(filling.length).toBe(fills);
    expectEqual(one, simd, new Map(), new Map());
  });
});
