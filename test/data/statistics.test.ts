/** Means and deviations of columns whose sums or squares are beyond doubles, or vanish in them. */
import { describe, expect, test } from "vitest";
import { csvSource } from "../../runtime/data/source.ts";
import { input } from "./support.ts";

describe("the statistics of numbers at the ends of the range of doubles", () => {
  test.each<[string, number[], number, number, number]>([
    ["whose squares vanish", [1e-200, 2e-200], 1, 1.5e-200, 5e-201],
    ["whose squares overflow", [1, 2, 3], 1e200, 2e200, Math.sqrt(2 / 3) * 1e200],
    ["whose sum and differences overflow", [-1.5, 1.5, 1.5], 1e308, 0.5e308, Math.sqrt(2) * 1e308],
    ["that are the smallest there are", [5e-324, 1e-323], 1, 5e-324, 5e-324],
    ["of which one is far from the others", [1e-200, 1e38], 1, 5e37, 5e37],
  ])("%s", (_, column, scale, mean, deviation) => {
    const text = `x\n${column.join("\n")}\n`;
    const { fitted, warnings } = csvSource("t.csv", text, { fields: new Map() }, [input("x", 1)]).prepare({
      seed: 1,
      scale,
      standardize: true,
    });
    expect(warnings).toEqual([]);
    const [found] = fitted.inputs;
    expect((found?.deviation?.[0] ?? NaN) / deviation).toBeCloseTo(1, 12);
    expect(Math.abs((found?.mean?.[0] ?? NaN) - mean)).toBeLessThanOrEqual(1e-12 * deviation + 5e-324);
  });
});
