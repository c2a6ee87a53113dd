/** Kernels cut into parts for threads: which loops run through a slice of their turns, and what each part does for itself. */
import { expect, it } from "vitest";
import { cutKernel } from "../../compiler/program/cut.ts";
import { printKernel } from "../../compiler/program/print.ts";
import type { Statement } from "../../compiler/program/types.ts";
import { N, at, kernelOf, load, loop, parameter, store } from "../targets/programs.ts";

const costs = { barrier: 180, wake: 2900, part: 40, flop: 0.03, byte: 0.01 };
const bounds = new Map([["N", 64]]);
const copy = (i: string, to: string, from: string): Statement => store(to, at({ [i]: 1 }), load(from, at({ [i]: 1 })));
const over = (i: string, count: number | typeof N, to: string, from: string): Statement =>
  loop(i, count, [copy(i, to, from)], { role: "parallel" });

const parameters = [parameter("x", "read"), parameter("y", "write"), parameter("z", "write")];
const arrays = [{ name: "panel", dtype: "f32", elements: 4000 }] as const;

it("fills a private array once in each part, in front of all the loops that read it", () => {
  const body = [loop("r", 4000, [copy("r", "panel", "x")]), over("i", N, "y", "panel"), over("j", 20, "z", "panel")];
  const [part, ...others] =
    cutKernel(kernelOf("k", parameters, body, { dims: ["N"], arrays }), bounds, 40_000, costs) ?? [];
  expect(others).toEqual([]);
  expect(printKernel(part.kernel)).toBe(`kernel k(read x: f32, write y: f32, write z: f32; N)
  array panel: f32[4000]
  for r in 0 .. 4000
    panel[r] = x[r]
  parallel for i in i.first .. i.end
    y[i] = panel[i]
  parallel for j in j.first .. j.end
    z[j] = panel[j]`);
  expect(part.slices.map(({ turns }) => turns.key)).toEqual(["N", "20"]);
});

it.each([
  ["as many as are worth being taken", 8, 40_000, 32],
  ["fewer where each fills much", 4000, 40_000, 8],
  ["at least two", 4000, 1000, 2],
])("cuts into %s", (_, filled, time, parts) => {
  const body = [loop("r", filled, [copy("r", "panel", "x")]), over("i", N, "y", "panel")];
  const cut = cutKernel(kernelOf("k", parameters, body, { dims: ["N"], arrays }), bounds, time, costs);
  expect(cut?.map((one) => one.parts)).toEqual([parts]);
});
