/** Short reductions are written out term by term: which ones, and that the terms come in the order of the loop. */
import { describe, expect, test } from "vitest";
import { axisIndex, constantIndex } from "../../compiler/loops/index.ts";
import { binary, compare, f32, i32, indexScalar, local, select } from "../../compiler/loops/scalar.ts";
import type { Axis, Combine, Order, Scalar } from "../../compiler/loops/types.ts";
import type { Stage } from "../../compiler/kernel/types.ts";
import { interiorOf, type Reduce } from "../../compiler/schedule/border.ts";
import { origin } from "../../compiler/schedule/evaluate.ts";
import { flattenKernel } from "../../compiler/schedule/flatten.ts";
import { cpuAdapter, javascript, simd, type Machine } from "../../compiler/schedule/machine.ts";
import { shortPlaces, termsOf } from "../../compiler/schedule/unroll.ts";
import { expectEqual, typeIn } from "./equal.ts";
import { axis, dim, from, kernelOf, reduce, shifted, store, type Case, type Size } from "./kernels.ts";
import * as windows from "./windows.ts";

const machines: readonly Machine[] = [javascript, simd, cpuAdapter];
const f = (...shape: readonly Size[]) => ({ dtype: "f32", shape: shape.map(dim) }) as const;

describe("the places of axes are listed", () => {
  const listed = (...extents: readonly Size[]): string => {
    const places = shortPlaces(extents.map((extent, at) => axis(`a${at}`, extent)));
    return places?.map((place) => [...place.values()].map(({ constant }) => constant.key).join("")).join(" ") ?? "open";
  };
  test.each<readonly [string, () => unknown, unknown]>([
    ["row-major", () => listed(2, 3), "00 01 02 10 11 12"],
    ["of no axis: one", () => listed(), ""],
    ["up to 32", () => shortPlaces([axis("a", 4), axis("b", 8)])?.length, 32],
    ["not 33", () => listed(3, 11), "open"],
    ["not of one long axis", () => listed(33), "open"],
    ["nor of an open one", () => listed(2, "N"), "open"],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });
});

describe("a reduction is written out", () => {
  interface Changes {
    readonly over?: readonly Axis[];
    readonly order?: Order;
    readonly points?: number;
    readonly results?: number;
    readonly value?: Scalar;
    readonly until?: number;
    readonly registers?: number;
  }

  /** How many terms: [2, 3] places that lie apart, unless it says otherwise. */
  function terms(changes: Changes): number | undefined {
    const { over = [axis("p", 2), axis("q", 3)], order = { lanes: 1 }, points = 1, results = 1, until } = changes;
    const { registers = Infinity } = changes;
    const value = changes.value ?? from("x", ...over.map(({ name }) => name), "j");
    const list = Array.from({ length: results }, (_, at) => [`s${at}`, "sum", value] as const);
    const tensors = new Map([["x", f(...over.map(({ extent }) => extent), 40)]]);
    // A column more than what is read lies between the rows: the places are no single loop.
    const wide = new Map([["x", f(...over.map(({ extent }, at) => (at === 0 ? extent : 50)), 40)]]);
    const kernel = { name: "k", grid: [axis("j", 20)], rows: [], stages: [reduce(over, order, ...list)], origins: [] };
    const [stage] = flattenKernel(kernel, typeIn({ tensors: over.length > 1 ? wide : tensors }), new Map()).stages;
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const interior = interiorOf(kernel.stages[0].kind === "reduce" ? kernel.stages[0] : stage);
    const whole: Reduce = interior === undefined ? stage : { ...stage, interior };
    const tile = Array.from({ length: points }, (_, at) => ({ ...origin, axes: new Map([["j", constantIndex(at)]]) }));
    return termsOf(until === undefined ? whole : { ...whole, until: axisIndex("j") }, tile, registers)?.length;
  }

  const beyond = (name: string): Scalar =>
    select(compare("less", indexScalar(shifted(name, -1)), i32(0)), from("x", "p", "q", "j"), f32(0));
  const square = (rows: number, columns: number): readonly Axis[] => [axis("p", rows), axis("q", columns)];

  test.each<readonly [string, Changes, number | undefined]>([
    ["of a few places", {}, 6],
    ["of 32 terms", { over: square(4, 8) }, 32],
    ["not of 33", { over: square(3, 11) }, undefined],
    ["of 8 terms in one loop", { over: [axis("p", 8)] }, 8],
    ["not of 9", { over: [axis("p", 9)] }, undefined],
    ["of 9 in two", { over: square(3, 3) }, 9],
    ["of 288 terms of all points together", { over: square(3, 3), points: 32 }, 9],
    ["not of more", { over: square(3, 3), points: 33 }, undefined],
    ["of 288 terms of all results together", { over: square(3, 3), points: 16, results: 2 }, 9],
    ["not of more of them", { over: square(3, 3), points: 16, results: 3 }, undefined],
    ["whose loads and sums stay in the registers", { points: 2, registers: 14 }, 6],
    ["not where they do not", { points: 2, registers: 13 }, undefined],
    ["where points share what they load", { points: 2, registers: 8, value: from("x", "p", "q", constantIndex(0)) }, 6],
    ["not with a sum more", { points: 3, registers: 8, value: from("x", "p", "q", constantIndex(0)) }, undefined],
    ["of no axis", { over: [], value: from("x", "j") }, 1],
    ["not of an open axis", { over: [axis("p", "N")] }, undefined],
    ["not in four lanes", { order: { lanes: 4 } }, undefined],
    ["nor in chunks", { order: { lanes: 1, chunk: 4 } }, undefined],
    ["nor up to an end", { until: 3 }, undefined],
    ["where it asks about its own axes", { value: beyond("q") }, 6],
    ["not where it asks about the grid's", { value: beyond("j") }, undefined],
  ])("%s", (_, changes, expected) => {
    expect(terms(changes)).toBe(expected);
  });

  test("without the choices that a term's place decides, in the order of the places", () => {
    const over = square(1, 3);
    const value = select(compare("less", indexScalar(axisIndex("q")), i32(2)), from("x", "q"), f32(7));
    const stage = reduce(over, { lanes: 1 }, ["s", "sum", value]);
    if (stage.kind !== "reduce") throw new Error("expected a reduction");
    const values = termsOf(stage, [origin], Infinity)?.map(({ results: [result] }) => result.value);
    expect(values).toEqual([from("x", constantIndex(0)), from("x", constantIndex(1)), f32(7)]);
  });
});

/** y[j] = reductions of x[p, q, j] over a window, with names for what the terms share, and of two tensors. */
function terms(rows: number, columns: number, lets: boolean, ...combines: readonly Combine[]): Case {
  const read = from("x", "p", "q", "j");
  const value = lets ? binary("mul", local("twice", "f32"), from("w", "p", "q")) : read;
  const stage = reduce(
    [axis("p", rows), axis("q", columns)],
    { lanes: 1 },
    ...combines.map((combine) => [combine, combine, value] as const),
  );
  if (stage.kind !== "reduce") throw new Error("expected a reduction");
  const named: Stage = lets
    ? { ...stage, lets: [{ name: "twice", value: binary("add", read, from("x", "p", "q", "j")) }] }
    : stage;
  const stores = combines.map((combine) => {
    const dtype = combine === "argmax" ? "i32" : "f32";
    return store(`y_${combine}`, ["j"], local(combine, dtype), dtype);
  });
  const made = combines.map((one) => [`y_${one}`, { ...f(13), dtype: one === "argmax" ? "i32" : "f32" }] as const);
  return kernelOf("terms", [axis("j", 13)], [named, ...stores], {
    x: f(rows, columns + 1, 13),
    w: f(rows, columns),
    ...Object.fromEntries(made),
  });
}

/** The place of the largest of x[p, j] over p and q: each is read three times, and only the first time counts. */
function again(): Case {
  const value = from("x", "p", "j");
  return kernelOf(
    "again",
    [axis("j", 13)],
    [
      reduce([axis("p", 2), axis("q", 3)], { lanes: 1 }, ["place", "argmax", value]),
      store("y", ["j"], local("place", "i32"), "i32"),
    ],
    { x: f(2, 13), y: { ...f(13), dtype: "i32" } },
  );
}

describe("written out, a reduction has the interpreter's bits:", () => {
  const combines = ["sum", "max", "greatest", "min", "prod", "argmax"] as const;
  test.each<readonly [string, () => Case]>([
    ...combines.map((combine) => [combine, () => terms(3, 3, false, combine)] as const),
    ["one term", () => terms(1, 1, false, "sum", "max", "min", "prod")],
    ["several at once", () => terms(2, 2, false, ...combines)],
    ["with names for parts of a term", () => terms(3, 2, true, "sum", "max")],
    ["a largest and its place", () => terms(3, 3, false, "max", "argmax")],
    ["the first of the largest and its place", () => terms(3, 3, false, "greatest", "argmax")],
    ["places that are read again", again],
    ["32 terms", () => terms(4, 8, false, "sum", "prod")],
    ["33 terms, which stay a loop", () => terms(3, 11, false, "sum", "prod")],
  ])("%s", (_, make) => {
    for (const machine of machines)
      for (const numbers of ["plain", "special"] as const) expectEqual(make(), machine, new Map(), new Map(), numbers);
  });

  test.each([1, 2, 3, 4])("a sum of %i terms that are all −0 is 0", (count) => {
    const zeros = (): Case => {
      const value = select(compare("less", indexScalar(axisIndex("j")), i32(99)), f32(-0), from("x", "p", "j"));
      return kernelOf(
        "zeros",
        [axis("j", 13)],
        [
          reduce([axis("p", count)], { lanes: 1 }, ["sum", "sum", value], ["max", "max", value]),
          store("y", ["j"], local("sum", "f32")),
          store("z", ["j"], local("max", "f32")),
        ],
        { x: f(count, 13), y: f(13), z: f(13) },
      );
    };
    for (const machine of machines) expectEqual(zeros(), machine, new Map());
  });
});

describe("windows have the interpreter's bits:", () => {
  const bordered: windows.Geometry = { size: 7, channels: 5 };
  test.each<readonly [string, () => Case]>([
    ["every channel for itself", () => windows.depthwise(bordered)],
    ["with a stride", () => windows.depthwise({ ...bordered, stride: 2 })],
    ["spread", () => windows.depthwise({ ...bordered, dilation: 2, low: 2, high: 2 })],
    ["without a border", () => windows.depthwise({ ...bordered, low: 0, high: 0 })],
    ["with less than the picture", () => windows.depthwise({ ...bordered, low: -1, high: -1 })],
    ["wider before than after, and cut off there", () => windows.depthwise({ ...bordered, low: 2, high: -1 })],
    [
      "two taps and a border wider than both",
      () => windows.depthwise({ size: 5, taps: 2, channels: 1, low: 4, high: 3 }),
    ],
    ["few filters and such a border", () => windows.convolution({ size: 6, taps: 2, channels: 1, low: 5, high: 4 }, 4)],
    ["sums with such a border", () => windows.pools({ size: 5, taps: 2, channels: 1, low: 4, high: 3 }, 0, "sum")],
    [
      "sums with such a border and a stride",
      () => windows.pools({ size: 5, taps: 3, stride: 2, channels: 1, low: 5, high: 0 }, 0, "sum"),
    ],
    ["a border wider than the window", () => windows.depthwise({ ...bordered, size: 3, low: 4, high: 3 })],
    ["all channels", () => windows.convolution({ size: 6, channels: 3 }, 5)],
    ["few filters", () => windows.convolution({ size: 6, channels: 1 }, 3)],
    ["groups", () => windows.convolution({ size: 5, channels: 4 }, 3, 2)],
    ["pools with a border", () => windows.pools(bordered, -Infinity, "max")],
    ["pools with a border, and where they are largest", () => windows.pools(bordered, -Infinity, "max", "argmax")],
    ["pools that take the first of the largest", () => windows.pools(bordered, -Infinity, "greatest")],
    ["and where it is", () => windows.pools(bordered, -Infinity, "greatest", "argmax")],
    ["pools of several kinds", () => windows.pools({ ...bordered, stride: 2, high: 0 }, 0, "sum", "min", "argmax")],
    ["pools without a border", () => windows.pools({ ...bordered, taps: 2, stride: 2, low: 0, high: 0 }, 0, "max")],
  ])("%s", (_, make) => {
    for (const machine of machines)
      for (const numbers of ["plain", "special"] as const) expectEqual(make(), machine, new Map(), new Map(), numbers);
  });
});
