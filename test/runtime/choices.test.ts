/** Numbers that are written in the source and chosen by place, inside of a sum: every pattern of up to four, by hand. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

/** All lists of so many of 0, 1 and 2. */
function patternsOf(length: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  return patternsOf(length - 1).flatMap((first) => [0, 1, 2].map((last) => [...first, last]));
}

const patterns = [1, 2, 3, 4].flatMap(patternsOf);

const kinds: readonly {
  readonly title: string;
  readonly model: (pattern: readonly number[], name: string) => string;
  readonly input: (pattern: readonly number[]) => Float32Array | Int32Array;
  readonly expected: (pattern: readonly number[]) => readonly number[];
}[] = [
  {
    title: "rows that a sum looks up",
    // Two batches, three rows, two columns.
    model: (ids, name) =>
      `model ${name}(x: [N, 3, 2]) -> [${ids.length}, 2] = sum(take(transpose(x, [1, 0, 2]), i32(tensor([${ids.join()}]))), axis: 1)`,
    input: () => Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60),
    expected: (ids) => ids.flatMap((id) => [11 * (2 * id + 1), 11 * (2 * id + 2)]),
  },
  {
    title: "weights of what a sum looks up",
    model: (weights, name) => `model ${name}(x: i32[N, ${weights.length}]) -> [${weights.length}, 2] {
  let e = take(tensor([[1, 2], [3, 4], [5, 6]]), x)
  return sum(e * tensor([${weights.join()}])[newaxis, :, newaxis], axis: 0)
}`,
    input: ({ length }) => Int32Array.from({ length: 2 * length }, (_, n) => n % 3),
    expected: (weights) => {
      const { length } = weights;
      return weights.flatMap((weight, place) => {
        const ids = [place % 3, (length + place) % 3];
        return [1, 2].map((column) => weight * ids.reduce((sum, id) => sum + 2 * id + column, 0));
      });
    },
  },
  {
    title: "weights of a sum over all but the last axis",
    model: (weights, name) =>
      `model ${name}(x: [N, ${weights.length}, 2]) -> [2] = sum(x * tensor([${weights.join()}])[newaxis, :, newaxis], axis: [0, 1])`,
    input: ({ length }) => Float32Array.from({ length: 4 * length }, (_, n) => (n * n) % 7),
    expected: (weights) =>
      [0, 1].map((column) =>
        [0, 1]
          .flatMap((row) =>
            weights.map((weight, place) => [weight, 2 * (row * weights.length + place) + column] as const),
          )
          .reduce((sum, [weight, n]) => sum + weight * ((n * n) % 7), 0),
      ),
  },
];

describe.each(kinds)("$title", ({ model, input, expected }) => {
  test.each(["typescript", "wasm"] as const)("on %s", async (target) => {
    const source = patterns.map((one, at) => model(one, `M${at}`)).join("\n");
    const result = compile({ name: "choices.nn", source }, { target, bounds: { N: 2 }, operations: 10 ** 7 });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    const network = await load(result.artifact);
    const wrong = patterns.filter((one, at) => {
      const [{ data }] = network.predictSync(`M${at}`, { x: input(one) });
      return JSON.stringify([...data]) !== JSON.stringify(expected(one));
    });
    expect(wrong).toEqual([]);
  });
});
