/** Masks by place whose own conditions are chosen by place, before sums and products: which terms count, by hand. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

const targets = ["typescript", "wasm"] as const;
const sequence = (count: number): Float32Array => Float32Array.from({ length: count }, (_, n) => ((n * 7) % 11) - 5);

async function answer(
  source: string,
  target: (typeof targets)[number],
  inputs: Readonly<Record<string, Float32Array | Int32Array>>,
  bounds: Readonly<Record<string, number>> = {},
): Promise<readonly number[]> {
  const result = compile({ name: "masks.nn", source }, { target, bounds, verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const [{ data }] = (await load(result.artifact)).predictSync("M", inputs);
  return [...data];
}

const [terms, places, columns] = [40, 8, 6];

describe.each(targets)("a sum over the first axis on %s", (target) => {
  const named = `let q = range(${terms})[:, newaxis, newaxis]
  let k = range(${places})[newaxis, :, newaxis]`;
  test.each<[string, (q: number, k: number) => boolean]>([
    ["where(q < 17, k < 3, k < 6)", (q, k) => (q < 17 ? k < 3 : k < 6)],
    ["where(k < 4, q < 9, q < 30)", (q, k) => (k < 4 ? q < 9 : q < 30)],
    ["k < where(q < 17, i32(tensor([3])), i32(tensor([6])))", (q, k) => k < (q < 17 ? 3 : 6)],
    ["k < take(i32(tensor([3, 3, 6, 6, 3])), q % 5)", (q, k) => k < [3, 3, 6, 6, 3][q % 5]],
    ["(k < i32(where(q < 17, k, 5))) or (q > 20)", (q, k) => k < (q < 17 ? k : 5) || q > 20],
    ["where(q < 30, where(q < 17, k < 3, k < 6), k < 1)", (q, k) => (q < 30 ? (q < 17 ? k < 3 : k < 6) : k < 1)],
  ])("of what %s lets in", async (mask, counts) => {
    const x = sequence(terms * places * columns);
    const source = `model M(x: [${terms}, ${places}, ${columns}]) -> [${places}, ${columns}] {
  ${named}
  return sum(where(${mask}, x, 0), axis: 0)
}`;
    const expected = Array.from({ length: places * columns }, (_, at) => {
      const k = Math.floor(at / columns);
      return Array.from({ length: terms }, (__, q) => (counts(q, k) ? x[q * places * columns + at] : 0)).reduce(
        (sum, term) => sum + term,
      );
    });
    expect(await answer(source, target, { x })).toEqual(expected);
  });
});

describe.each(targets)("a product whose rows are copied side by side on %s", (target) => {
  const [N, units] = [45, 32];
  const [x, w] = [sequence(terms * N), sequence(terms * units)];
  const product = (value: (q: number, n: number) => number): readonly number[] =>
    Array.from({ length: N * units }, (_, at) => {
      const [n, unit] = [Math.floor(at / units), at % units];
      return Array.from({ length: terms }, (__, q) => value(q, n) * w[q * units + unit]).reduce(
        (sum, term) => sum + term,
      );
    });

  test("behind a mask whose length is chosen", async () => {
    const source = `model M(x: [${terms}, N], w: [${terms}, ${units}]) -> [N, ${units}] {
  let lengths = where(range(${terms}) < 17, i32(tensor([20])), i32(tensor([53])))
  let mask = range(N)[newaxis, :] < lengths[:, newaxis]
  return sum(where(mask, x, 0)[:, :, newaxis] * w[:, newaxis, :], axis: 0)
}`;
    const expected = product((q, n) => (n < (q < 17 ? 20 : 53) ? x[q * N + n] : 0));
    expect(await answer(source, target, { x, w }, { N })).toEqual(expected);
  });

  test("where the rows come from whole numbers in one part and from floats in the other", async () => {
    const a = Int32Array.from(x, (value) => 2 * value);
    const source = `model M(a: i32[${terms}, ${N}], x: [${terms}, ${N}], w: [${terms}, ${units}]) -> [${N}, ${units}] {
  let f = where((range(${N}) < 20)[newaxis, :], f32(a), x)
  return sum(f[:, :, newaxis] * w[:, newaxis, :], axis: 0)
}`;
    const expected = product((q, n) => (n < 20 ? 2 : 1) * x[q * N + n]);
    expect(await answer(source, target, { a, x, w })).toEqual(expected);
  });
});
