/** Scheduled kernels against the interpreter, bit by bit. */
import { describe, test } from "vitest";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { cpuAdapter, javascript, simd } from "../../compiler/schedule/machine.ts";
import { settings } from "../random/settings.ts";
import { expectEqual } from "./equal.ts";
import type { Case } from "./kernels.ts";
import * as kernels from "./kernels.ts";

const machines: readonly Machine[] = [javascript, simd, cpuAdapter];
const sizes = settings.quick ? [3, 8, 13] : [1, 2, 3, 4, 5, 7, 8, 12, 13, 33];
/** For forms that have many points besides. */
const fewSizes = settings.quick ? [7] : [1, 4, 7, 13];
const rowCounts = settings.quick ? [3] : [1, 3, 9];
const fewRows = settings.quick ? [2] : [1, 2];

type Make = (n: kernels.Size, m: number) => Case;

const heavy: Readonly<Record<string, Make>> = {
  convolution: (n, m) => kernels.convolution(n, 4, 5, m),
  "convolution with an interior": (n, m) => kernels.convolution(n, 9, 2, Math.min(m, 5)),
  "kernel gradient, whole rows": (n, m) => kernels.kernelGradient(n, 4, 2, m, 16),
  "kernel gradient, cut rows": (n, m) => kernels.kernelGradient(n, 5, 2, m, 16),
};

const closed: Readonly<Record<string, Make>> = {
  elementwise: kernels.elementwise,
  "several ways to store": kernels.threeWays,
  "in-place update": kernels.momentum,
  transpose: kernels.transpose,
  "random draws": kernels.draws,
  "border and quotient": kernels.padded,
  contraction: (n, m) => kernels.dense(n, m, 5),
  "contraction in lanes": (n, m) => kernels.dense(n, 3, m, { lanes: 4 }),
  "contraction in chunks": (n, m) => kernels.dense(n, m, 21, { lanes: 1, chunk: 8 }),
  "transposed right": (n, m) => kernels.transposedRight(n, m, 6),
  "transposed left": (n, m) => kernels.transposedLeft(n, m, 6),
  batched: (n, m) => kernels.batched(2, n, m, 3),
  softmax: kernels.softmax,
  "row sums": (n, m) => kernels.rowSums(n, 3, m, { lanes: 4 }),
  "row sums in chunks": (n, m) => kernels.rowSums(n, 7, m, { lanes: 4, chunk: 16 }),
  "column sums": (n, m) => kernels.columnSums(n, 3, m),
  "column sums in chunks": (n, m) => kernels.columnSums(n, 9, m, { lanes: 1, chunk: 16 }),
  "full sum": (n, m) => kernels.fullSum(n, m, { lanes: 4 }),
  "full sum in chunks": (n, m) => kernels.fullSum(n, m, { lanes: 4, chunk: 16 }),
  argmax: kernels.argmaxes,
  "column argmax": kernels.columnArgmax,
  take: (n, m) => kernels.take(n, m, 6),
  pick: kernels.pick,
  scatter: (n, m) => kernels.scatter(n, m, 6),
};

describe("a schedule gives the interpreter's bits", () => {
  const cases = [
    ...Object.entries(closed).map(([name, make]) => ({ name, make, columns: sizes, rows: rowCounts })),
    ...Object.entries(heavy).map(([name, make]) => ({ name, make, columns: fewSizes, rows: fewRows })),
  ];
  test.each(cases)("$name", ({ make, columns, rows }) => {
    for (const machine of machines)
      for (const m of columns) for (const n of rows) expectEqual(make(n, m), machine, new Map());
  });

  test.each(cases)("$name, with a dimension open", ({ make, rows }) => {
    const bounds = new Map([["N", 64]]);
    for (const machine of machines)
      for (const m of settings.quick ? [7] : [1, 7, 13])
        for (const n of rows) expectEqual(make("N", m), machine, new Map([["N", n]]), bounds);
  });
});

const openColumns: Readonly<Record<string, (m: kernels.Size) => Case>> = {
  elementwise: (m) => kernels.elementwise(3, m),
  contraction: (m) => kernels.dense(5, m, 4),
  "contraction over an open axis": (m) => kernels.dense(5, 6, m),
  "lanes over an open axis": (m) => kernels.dense(5, 3, m, { lanes: 4 }),
  "lanes over an open axis, in chunks": (m) => kernels.rowSums(2, 3, m, { lanes: 4, chunk: 16 }),
  softmax: (m) => kernels.softmax(3, m),
  "column sums": (m) => kernels.columnSums(4, 2, m),
  scatter: (m) => kernels.scatter(9, m, 6),
};

describe("a schedule keeps the bits where the inner dimension is open", () => {
  test.each(Object.entries(openColumns))("%s", (_name, make) => {
    const bounds = new Map([["M", 64]]);
    for (const machine of machines) for (const m of sizes) expectEqual(make("M"), machine, new Map([["M", m]]), bounds);
  });
});

/** Sizes from where on operands are copied into panels; N is given the values beside it. */
const copied: Readonly<Record<string, readonly [make: () => Case, N?: readonly number[]]>> = {
  "columns, tiles and blocks with rests": [() => kernels.dense(17, 70, 9)],
  "columns, rows too few or enough": [() => kernels.dense("N", 21, 9), [1, 15, 16, 33]],
  "columns across": [() => kernels.transposedRight(19, 37, 6)],
  "columns of every batch": [() => kernels.batched(2, 17, 13, 5)],
  "rows, blocks with rests": [() => kernels.transposedLeft(37, 67, 20)],
  "rows, in slices": [() => kernels.transposedLeft(18, 34, 512)],
  "rows, in slices with a rest": [() => kernels.transposedLeft(16, 32, 259)],
  "rows, in slices of an open axis": [() => kernels.transposedLeft(16, 33, "N"), [1, 256, 257, 300]],
};

describe("a schedule keeps the bits where operands are copied", () => {
  test.each(Object.entries(copied))("%s", (_name, [make, values = [1]]) => {
    for (const n of values) expectEqual(make(), simd, new Map([["N", n]]), new Map([["N", 300]]));
  });
});
