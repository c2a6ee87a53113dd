/** Draws of random numbers: how they differ and repeat, and that they are uniform. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { input, shape } from "../passes/graphs.ts";

interface Draw {
  readonly seed: number;
  readonly counter: number;
  readonly word: 0 | 1;
  readonly stream: number;
}

const first: Draw = { seed: 0, counter: 0, word: 0, stream: 0 };

function drawn(
  op: "random_bits" | "random_uniform",
  { seed, counter, word, stream }: Draw,
  count: number,
): readonly number[] {
  const builder = new GraphBuilder();
  const inputs = ["seed", "counter"].map((name) => input(builder, name, [], "i32"));
  const value = builder.one(op, inputs, { shape: shape(count), word, stream });
  const graph = builder.finish([{ name: "y", role: "result", value }]);
  const scalar = (data: number) => ({ shape: [], data: [data] });
  const given = new Map([
    ["seed", scalar(seed)],
    ["counter", scalar(counter)],
  ]);
  return Array.from(evaluateGraph(graph, { inputs: given, dims: new Map(), precision: "f32" }).get("y")?.data ?? []);
}

describe("random draws", () => {
  test.each([
    [0, 0x6b200159],
    [1, 0x99ba4efe],
  ] as const)(
    "word %i of the first counter under the zero key is that of Random123's known answers",
    (word, answer) => {
      expect(drawn("random_bits", { ...first, word }, 1)).toEqual([answer | 0]);
    },
  );

  test("differ by element, seed, stream, counter and word, and repeat", () => {
    const others = [
      first,
      { ...first, seed: 1 },
      { ...first, stream: 1 },
      { ...first, counter: 1 },
      { ...first, word: 1 as const },
    ];
    const bits = others.flatMap((draw) => drawn("random_bits", draw, 4));
    expect(new Set(bits).size).toBe(20);
    expect(drawn("random_bits", first, 4)).toEqual(bits.slice(0, 4));
  });

  test("are uniform numbers from the top 24 bits, never 1", () => {
    const bits = drawn("random_bits", first, 500);
    const numbers = drawn("random_uniform", first, 500);
    expect(numbers).toEqual(bits.map((word) => (word >>> 8) * 2 ** -24));
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.reduce((a, b) => a + b, 0) / 500).toBeCloseTo(0.5, 1);
  });
});
