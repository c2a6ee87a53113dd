/** `orthogonal`, as every seed leaves it: rows or columns, whichever are fewer, of the length that is asked for and at right angles. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { elaborateSource } from "../../compiler/front.ts";
import { load } from "../../runtime/load/index.ts";

/** The parameter as a matrix, row by row. */
async function started(shape: readonly number[], gain: number, seed: number): Promise<readonly (readonly number[])[]> {
  const source = `model M(x: [N, 1]) -> [N, 1] {
  param w: [${shape.join(", ")}] = orthogonal(gain: ${gain})
  return x * sum(w)
}`;
  const result = compile({ name: "main.nn", source }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact, { seed });
  const data = [...(net.parameters.get("M.w")?.data ?? [])];
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: data.length / width }, (_, row) => data.slice(row * width, (row + 1) * width));
}

function transposed(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

/** The largest entry of w wᵀ − length² · I. */
function slant(rows: readonly (readonly number[])[], length: number): number {
  const apart = rows.flatMap((left, i) =>
    rows.map((right, j) => {
      const product = left.reduce((sum, value, at) => sum + value * right[at], 0);
      return Math.abs(product - (i === j ? length * length : 0));
    }),
  );
  return apart.reduce((most, one) => Math.max(most, one));
}

describe.each([
  ["wide", [32, 128], 1],
  ["square", [64, 64], 1],
  ["tall", [96, 24], 0.5],
  ["a kernel's", [3, 3, 4, 8], 2],
  ["a row", [1, 16], 1],
] as const)("%s", (_, shape, gain) => {
  test.each([1, 2, 3, 4])("seed %i", async (seed) => {
    const matrix = await started(shape, gain, seed);
    const rows = matrix.length > matrix[0].length ? transposed(matrix) : matrix;
    expect(slant(rows, gain)).toBeLessThan(1e-4 * gain * gain);
  });
});

test("a size may come from the data: it is told as missing where they are not there, and starts as any other where it is given", () => {
  const source = `model M(x: [N, F]) -> [N, 2] {
  param w: [F, 2] = orthogonal
  return x @ w
}`;
  const codes = (options: object): readonly string[] =>
    compile({ name: "main.nn", source }, options).diagnostics.map(({ code }) => code);
  expect([codes({}), codes({ dims: { F: 3 } })]).toEqual([["NN0327"], []]);
  const { elaboration } = elaborateSource({ name: "main.nn", source }, { allowOpen: true });
  expect(elaboration?.name).toBe("M");
});
