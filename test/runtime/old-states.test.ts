/** States that a step overwrites and reads again: always the old value, wherever in the step it is read. Values worked out in float64. */
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load } from "../../runtime/load/index.ts";

type Vector = readonly number[];
type Matrix = readonly Vector[];
type States = Readonly<Record<string, Vector>>;

interface Case {
  readonly title: string;
  /** The body of a block from x: [N, 4] to [N, 4]. */
  readonly body: string;
  readonly start: States;
  /** What the block gives, and its states afterwards. */
  readonly step: (x: Matrix, states: States) => { readonly y: Matrix; readonly next: States };
}

const mean = (values: Vector): number => values.reduce((total, value) => total + value, 0) / values.length;
const variance = (values: Vector): number => mean(values.map((value) => (value - mean(values)) ** 2));
const columnsOf = (x: Matrix): Matrix => [0, 1, 2, 3].map((c) => x.map((row) => row[c]));
const mapped = (x: Matrix, fn: (value: number, column: number) => number): Matrix => x.map((row) => row.map(fn));

const cases: readonly Case[] = [
  {
    title: "behind a second sum down the columns",
    body: `
      state r: [C] = zeros
      let old = r
      let m = mean(x, over: N)
      r <- 0.9 * r + 0.1 * m
      let v = mean((x - m) ** 2, over: N) + old
      return (x - m) / sqrt(v + 1)`,
    start: { r: [0, 0, 0, 0] },
    step: (x, { r }) => {
      const [m, v] = [columnsOf(x).map(mean), columnsOf(x).map((column, c) => variance(column) + r[c])];
      return {
        y: mapped(x, (value, c) => (value - m[c]) / Math.sqrt(v[c] + 1)),
        next: { r: r.map((value, c) => 0.9 * value + 0.1 * m[c]) },
      };
    },
  },
  {
    title: "inside a second sum, where the new one does not continue it",
    body: `
      state r: [C] = ones
      let old = r
      let m = mean(x, over: N)
      r <- m
      return x * mean((x - m) ** 2 * old, over: N)`,
    start: { r: [1, 1, 1, 1] },
    step: (x, { r }) => {
      const [m, v] = [columnsOf(x).map(mean), columnsOf(x).map((column, c) => variance(column) * r[c])];
      return { y: mapped(x, (value, c) => value * v[c]), next: { r: m } };
    },
  },
  {
    title: "behind a second sum along the rows",
    body: `
      state r: [2] = ones
      let rows = reshape(mean(x, over: N), [2, 2])
      let old = r
      let top = max(rows, axis: 1)
      r <- 0.5 * r + top
      let total = sum(exp(rows - reshape(top, [2, 1])), axis: 1) + old
      return x * sum(total)`,
    start: { r: [1, 1] },
    step: (x, { r }) => {
      const [a, b, c, d] = columnsOf(x).map(mean);
      const rows = [
        [a, b],
        [c, d],
      ];
      const top = rows.map((row) => Math.max(...row));
      const total = rows.map((row, n) => row.reduce((sum, value) => sum + Math.exp(value - top[n]), r[n]));
      return { y: mapped(x, (value) => value * (total[0] + total[1])), next: { r: r.map((v, n) => 0.5 * v + top[n]) } };
    },
  },
  {
    title: "crossing: each takes what the other was",
    body: `
      state a: [C] = zeros
      state b: [C] = ones
      let old = a
      let m = mean(x, over: N)
      a <- b + m
      b <- old
      return (x - m) * (mean(abs(x - m), over: N) + old)`,
    start: { a: [0, 0, 0, 0], b: [1, 1, 1, 1] },
    step: (x, { a, b }) => {
      const m = columnsOf(x).map(mean);
      const v = columnsOf(x).map((column, c) => mean(column.map((value) => Math.abs(value - m[c]))) + a[c]);
      return {
        y: mapped(x, (value, c) => (value - m[c]) * v[c]),
        next: { a: b.map((value, c) => value + m[c]), b: a },
      };
    },
  },
  {
    title: "of one number, behind a second sum over everything",
    body: `
      state r: [] = zeros
      let old = r
      let m = mean(x)
      r <- old + m
      return (x - m) * (mean((x - m) ** 2) + old)`,
    start: { r: [0] },
    step: (x, { r: [r] }) => {
      const [m, v] = [mean(x.flat()), variance(x.flat()) + r];
      return { y: mapped(x, (value) => (value - m) * v), next: { r: [r + m] } };
    },
  },
];

const batches: readonly Matrix[] = [1, 2, 3].map((batch) =>
  [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => ((5 * batch + 3 * row + 7 * column) % 11) / 4 - batch)),
);
const weights: Matrix = [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => ((row + 2 * column) % 5) - 1.5));

function artifactOf(body: string, target: "typescript" | "wasm"): Artifact {
  const source = `
    optimizer still(w, g) { w <- w + 0 * g }
    block stateful(x: [N, C]) -> [N, C] { ${body} }
    model M(x: [N, 4]) -> [N, 4] { param w: [] = ones  return w * stateful(x) }
    train M(x: [N, 4], weights: [N, 4]) {
      data: given  batch: 3  epochs: 1
      minimize: sum(weights * M(x))
      update: M
      optimizer: still(lr: 1)
    }`;
  const result = compile({ name: "old-states.nn", source }, { target, verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

const flat = (matrix: Matrix): Float32Array => Float32Array.from(matrix.flat());

describe("a state is read as it was before the step", () => {
  it.each(cases)("$title", async ({ body, start, step }) => {
    const runs = [];
    for (const target of ["typescript", "wasm"] as const) {
      const net = await load(artifactOf(body, target));
      const losses: number[] = [];
      for (const x of batches) losses.push((await net.step({ x: flat(x), weights: flat(weights) })).loss);
      const states = [...net.state].map(
        ([name, { data }]) => [name.split(".").at(-1) ?? "", Array.from(data)] as const,
      );
      runs.push({ losses, states });
    }
    expect(runs[0]).toEqual(runs[1]);
    let states = start;
    for (const [at, x] of batches.entries()) {
      const { y, next } = step(x, states);
      const loss = y.flat().reduce((sum, value, n) => sum + value * weights.flat()[n], 0);
      expect(runs[0].losses[at]).toBeCloseTo(loss, 4);
      states = next;
    }
    for (const [name, data] of runs[0].states) {
      for (const [n, value] of data.entries()) expect(value).toBeCloseTo(states[name][n], 5);
    }
  });
});
