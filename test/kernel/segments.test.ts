/** Which update kernels become one loop over a segment: a case for each reason why two do not. */
import { kernelsOf } from "../../compiler/kernel/steps.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { describe, expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { InputRole } from "../../compiler/graph/types.ts";
import type { FusedEntry } from "../../compiler/fuse/index.ts";
import type { Tensor } from "../../compiler/lower/lowered.ts";
import { joinSegments } from "../../compiler/fuse/segments.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { binary, f32, local } from "../../compiler/loops/scalar.ts";
import type { Axis, Scalar } from "../../compiler/loops/types.ts";
import { axis, from, reduce, shifted, store } from "./kernels.ts";

const grid = [axis("i", 20)];
const kernel = (name: string, stages: readonly Stage[], axes: readonly Axis[] = grid): Kernel => {
  return { name, grid: axes, rows: [], stages, origins: [] };
};
const minus = (w: string, change: Scalar): Scalar => binary("sub", from(w, "i"), change);
/** w ← w − g. */
const moves = (w: string, g = `g${w}`, axes: readonly Axis[] = grid): Kernel =>
  kernel(`move_${w}`, [store(w, ["i"], minus(w, from(g, "i")))], axes);

type Role = InputRole | "value";

/** The kernels that are left; tensors are parameters of 20 numbers, but gradients and what `roles` says. */
function joined(kernels: readonly Kernel[], roles: Readonly<Record<string, Role>> = {}, open = false): string {
  const extent = open ? symbol("N") : constant(20);
  const tensor = (name: string, role: Role, shape = [extent]): [string, Tensor] => {
    const type = { dtype: "f32", shape } as const;
    return [name, { name, role, type, declared: type }];
  };
  const tensors = new Map([
    ...["a", "b", "c"].map((name) => tensor(name, roles[name] ?? "parameter")),
    ...["ga", "gb", "gc", "h"].map((name) => tensor(name, roles[name] ?? "value")),
    tensor("lr", "counter", []),
    tensor("rate", "counter", []),
  ]);
  const entry: FusedEntry = { steps: kernels, tensors, results: [] };
  const { steps, segments } = joinSegments(entry, new UniqueNames());
  const runs = segments.map(({ name, tensors: own, elements }) => `${name}[${elements}] = ${own.join(" ")}`);
  return [
    kernelsOf(steps)
      .map(({ name }) => name)
      .join(" "),
    ...runs,
  ].join("; ");
}

const one = "move_a; parameters[64] = a b; gradients[64] = ga gb";
const two = "move_a move_b";
const reads = (name: string, tensor: string): Kernel => kernel(name, [store("h", ["i"], from(tensor, "i"))]);
const writes = (tensor: string): Kernel => kernel("write", [store(tensor, ["i"], f32(1))]);
const open = [axis("i", "N")];
const withRate = (w: string, rate: string): Kernel =>
  kernel(`move_${w}`, [store(w, ["i"], minus(w, binary("mul", from(rate), from(`g${w}`, "i"))))]);

describe("two updates are one loop", () => {
  test.each<readonly [string, () => string, string]>([
    ["where they are alike", () => joined([moves("a"), moves("b")]), one],
    [
      "where optimizer state moves",
      () => joined([moves("a"), moves("b")], { a: "optimizer", b: "optimizer" }),
      "move_a; optimizer[64] = a b; gradients[64] = ga gb",
    ],
    ["where they share a rate", () => joined([withRate("a", "lr"), withRate("b", "lr")]), one],
    ["not with two rates", () => joined([withRate("a", "lr"), withRate("b", "rate")]), two],
    [
      "where both name what they add",
      () => joined([naming("a", 2), naming("b", 2)]),
      "move_a; gradients[64] = ga gb; parameters[64] = a b",
    ],
    ["not where they name different numbers", () => joined([naming("a", 2), naming("b", 3)]), two],
    [
      "not with two formulas",
      () => joined([moves("a"), kernel("move_b", [store("b", ["i"], minus("b", f32(1)))])]),
      two,
    ],
    ["not alone", () => joined([moves("a")]), "move_a"],
    ["not of an open size", () => joined([moves("a", "ga", open), moves("b", "gb", open)], {}, true), two],
    [
      "not of single numbers",
      () => joined([kernel("move_a", [store("a", [], f32(1))], []), kernel("move_b", [store("b", [], f32(1))], [])]),
      two,
    ],
    ["not of what does not live on", () => joined([moves("a"), moves("b")], { a: "value", b: "value" }), two],
    ["not of state", () => joined([moves("a"), moves("b")], { a: "state", b: "state" }), two],
    ["not with a gradient from outside", () => joined([moves("a"), moves("b")], { ga: "input" }), two],
    ["not with one gradient", () => joined([moves("a", "ga"), moves("b", "ga")]), two],
    ["not where a sum is made", () => joined([summing("a"), summing("b")]), two],
    ["not where a sweep stores", () => joined([sweeping("a"), sweeping("b")]), two],
    ["not where it is stored elsewhere", () => joined([storing("a"), storing("b")]), two],
    ["not where it is read elsewhere", () => joined([shifting("a"), shifting("b")]), two],
    ["with a kernel between that reads neither", () => joined([moves("a"), reads("y", "c"), moves("b")]), `y ${one}`],
    [
      "not with a kernel between that reads the first's result",
      () => joined([moves("a"), reads("y", "a"), moves("b")]),
      "move_a y move_b",
    ],
    [
      "not with a kernel between that overwrites what the first reads",
      () => joined([moves("a"), writes("ga"), moves("b")]),
      "move_a write move_b",
    ],
    [
      "with a kernel before that makes what the first reads",
      () => joined([writes("ga"), moves("a"), moves("b")]),
      `write ${one}`,
    ],
    [
      "with a kernel behind that reads the first's result",
      () => joined([moves("a"), moves("b"), reads("y", "a")]),
      one.replace("move_a", "move_a y"),
    ],
  ])("%s", (_, found, expected) => {
    expect(found()).toBe(expected);
  });
});

/** change = factor · g; w ← w − change. */
function naming(w: string, factor: number): Kernel {
  const change: Stage = { kind: "let", name: "change", value: binary("mul", f32(factor), from(`g${w}`, "i")) };
  return kernel(`move_${w}`, [change, store(w, ["i"], minus(w, local("change", "f32")))]);
}

function summing(w: string): Kernel {
  const sum = reduce([axis("r", 4)], { lanes: 1 }, ["s", "sum", from(`g${w}`, "i")]);
  return kernel(`move_${w}`, [sum, store(w, ["i"], minus(w, from(`g${w}`, "i")))]);
}

function sweeping(w: string): Kernel {
  const value = minus(w, from(`g${w}`, "i"));
  const sweep: Stage = { kind: "sweep", over: [], lets: [], stores: [{ tensor: w, dtype: "f32", indices: [], value }] };
  return kernel(`move_${w}`, [sweep]);
}

function storing(w: string): Kernel {
  return kernel(`move_${w}`, [store(w, [shifted("i", 1)], minus(w, from(`g${w}`, "i")))]);
}

function shifting(w: string): Kernel {
  return kernel(`move_${w}`, [store(w, ["i"], minus(w, from(`g${w}`, shifted("i", 1))))]);
}
