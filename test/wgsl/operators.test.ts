/** Operators of WGSL against those of TypeScript, where WGSL promises a value. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, inputs, pairs, programFor } from "../targets/operators.ts";
import { runTypescript } from "../targets/run.ts";
import type { Results } from "../targets/run.ts";
import { Gpu } from "./gpu.ts";

let gpu: Gpu;
let expected: Results;
let found: Results;

beforeAll(async () => {
  gpu = await Gpu.start();
  expected = await runTypescript(programFor(1), inputs);
  found = await gpu.run(programFor(1), inputs);
}, 120_000);
afterAll(() => gpu.stop());

/** Where WGSL promises nothing of an f32: subnormal operands, a divisor that is too large for its inverse. */
function isLeftOpen(title: string, a: number, b: number): boolean {
  const subnormal = [a, b, title.includes("mod") ? a / b : 0].some((x) => x !== 0 && Math.abs(x) < 1.2e-38);
  return subnormal || (title === "div of f32" && Math.abs(b) > 2 ** 126);
}

/** From here on sin and cos are any number of [−1, 1]. */
const largestAngle = 2 ** 23;

describe("computes what TypeScript computes", () => {
  it.each(cases)("$title", ({ title, dtype }) => {
    const { a, b } = pairs(dtype);
    const values = found.get(title) ?? [];
    const differences = Array.from(expected.get(title) ?? [], (value, n) => {
      const turns = /function (sin|cos) /.test(title) && Number.isFinite(a[n]) && Math.abs(a[n]) >= largestAngle;
      const close =
        isLeftOpen(title, a[n], b[n]) ||
        (turns && Math.abs(values[n]) <= 1) ||
        Object.is(value, values[n]) ||
        value === values[n] ||
        Math.abs(values[n] - value) <= 1e-6 * Math.abs(value) + 1e-37;
      return close ? [] : [`${a[n]}, ${b[n]}: expected ${value}, found ${values[n]}`];
    });
    expect(differences.flat()).toEqual([]);
  });
});
