/** The generator against Random123's known answers; the split and the shuffle as functions of their seeds. */
import { describe, expect, it } from "vitest";
import { inOrder, shuffleInto } from "../../runtime/data/shuffle.ts";
import { holdoutOf, split, takeRows } from "../../runtime/data/split.ts";
import { threefry2x32, WordStream } from "../../runtime/data/threefry.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { errorOf } from "./support.ts";

describe("threefry2x32 with 20 rounds", () => {
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)("key %j, counter %j", ([key0, key1], [counter0, counter1], expected) => {
    const out = new Uint32Array(2);
    threefry2x32(key0, key1, counter0, counter1, out);
    expect([...out]).toEqual(expected);
  });
});

describe("a stream of words", () => {
  it("is a function of seed, purpose and index", () => {
    const start = (seed: number, purpose: number, index: number): string => {
      const words = new WordStream(seed, purpose, index);
      return [words.next(), words.next(), words.next()].join(" ");
    };
    expect(start(7, 1, 0)).toBe(start(7, 1, 0));
    const others = [
      start(7, 1, 0),
      start(8, 1, 0),
      start(7, 2, 0),
      start(7, 1, 1),
      start(7 + 2 ** 32, 1, 0),
      start(-7, 1, 0),
    ];
    expect(new Set(others).size).toBe(6);
  });

  it("draws each number below a bound about equally often", () => {
    const words = new WordStream(1, 1, 1);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 7000; draw++) {
      const drawn = words.below(7);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1100);
  });
});

describe("the shuffle of an epoch", () => {
  const shuffled = (rows: number, seed: number, epoch: number): number[] => {
    const order = new Uint32Array(rows);
    shuffleInto(order, seed, epoch);
    return [...order];
  };

  it("keeps its bits", () => {
    expect(shuffled(8, 7, 1).join(" ")).toMatchInlineSnapshot(`"5 4 0 2 6 1 3 7"`);
    expect(shuffled(8, 7, 2).join(" ")).toMatchInlineSnapshot(`"2 0 3 1 4 5 6 7"`);
  });

  it("visits every row once, whatever was in the buffer", () => {
    const order = new Uint32Array(1000).fill(5);
    shuffleInto(order, 3, 4);
    expect([...order]).toEqual(shuffled(1000, 3, 4));
    expect([...order].sort((a, b) => a - b)).toEqual([...inOrder(1000)]);
  });

  it("takes every order of three rows about equally often", () => {
    const counts = new Map<string, number>();
    for (let epoch = 1; epoch <= 3000; epoch++) {
      const order = shuffled(3, 1, epoch).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(Math.min(...counts.values())).toBeGreaterThan(420);
  });
});

describe("a hold-out", () => {
  it("keeps its bits and covers every row once", () => {
    const parts = split(10, holdoutOf(0.3), 7);
    expect([...parts.holdout].join(" ")).toMatchInlineSnapshot(`"0 3 8"`);
    expect([...parts.train, ...parts.holdout].sort((a, b) => a - b)).toEqual([...inOrder(10)]);
    expect([...parts.train]).toEqual([...parts.train].sort((a, b) => a - b));
    expect(split(10, holdoutOf(0.3), 7)).toEqual(parts);
    expect(split(10, holdoutOf(0.3), 8)).not.toEqual(parts);
  });

  it.each([
    [0.2, 1797, 359],
    [0.15, 150, 23],
    [5, 12, 5],
    [1, 2, 1],
  ])("of %f leaves of %i rows %i out", (value, rows, expected) => {
    expect(split(rows, holdoutOf(value), 1).holdout.length).toBe(expected);
  });

  it("from the end keeps the order, whatever the seed", () => {
    const expected = { train: Uint32Array.of(0, 1, 2, 3, 4, 5, 6), holdout: Uint32Array.of(7, 8, 9) };
    expect([1, 2].map((seed) => split(10, holdoutOf({ last: 0.3 }), seed))).toEqual([expected, expected]);
    expect(split(10, holdoutOf({ last: 3 }), 1)).toEqual(expected);
    expect(errorOf(() => split(10, holdoutOf({ last: 10 }), 1))).toContain("NN0823");
    expect(errorOf(() => holdoutOf({ last: 1.5 }))).toContain("found 1.5");
    expect(errorOf(() => holdoutOf({ first: 3 }))).toContain('found {"first":3}');
  });

  it("may be absent", () => {
    expect(split(3, undefined, 1)).toEqual({ train: Uint32Array.of(0, 1, 2), holdout: new Uint32Array(0) });
  });

  it.each([
    [0.2, 1, "NN0823 holding out 20% of 1 row leaves no row for the hold-out; expected at least one"],
    [0.9, 3, "NN0823 holding out 90% of 3 rows leaves no row for training; expected at least one"],
    [10, 10, "NN0823 holding out 10 of 10 rows leaves no row for training; expected at least one"],
    [0, 10, "NN0832 `holdout` of the data: expected a part between 0% and 100%, or a number of rows, found 0"],
    [1.5, 10, "NN0832 `holdout` of the data: expected a part between 0% and 100%, or a number of rows, found 1.5"],
    [NaN, 10, "NN0832 `holdout` of the data: expected a part between 0% and 100%, or a number of rows, found NaN"],
  ])("of %f of %i rows is refused", (value, rows, expected) => {
    expect(errorOf(() => split(rows, holdoutOf(value), 1))).toBe(expected);
  });

  it("copies rows, overlapping windows too", () => {
    const windows: Dataset = {
      rows: 3,
      tensors: new Map([["x", { dtype: "i32", shape: [2], rowStride: 1, data: Int32Array.of(1, 2, 3, 4) }]]),
    };
    expect(takeRows(windows, Uint32Array.of(2, 0)).tensors.get("x")).toEqual({
      dtype: "i32",
      shape: [2],
      rowStride: 2,
      data: Int32Array.of(3, 4, 1, 2),
    });
  });
});
