/** What the prelude declares takes axes of size 1, each by itself and all together: labels are not lost where a size is that of a broadcast. */
import { describe, expect, test } from "vitest";
import { elaborated, show } from "../elaborate/helpers.ts";

/** A block's inputs with their shapes, the letters of the sizes that may be 1 and the call. */
const blocks: readonly (readonly [call: string, inputs: Readonly<Record<string, readonly string[]>>])[] = [
  ...[
    "softmax",
    "log_softmax",
    "variance",
    "logsumexp",
    "norm",
    "layer_norm",
    "batch_norm",
    "positions",
    "learned_positions",
  ].map((name) => [`x |> ${name}`, { x: ["A", "B", "C"] }] as const),
  ["x |> dense(1)", { x: ["A", "B", "C"] }],
  ["x |> flatten", { x: ["A", "B", "C"] }],
  ["x |> group_norm(1)", { x: ["A", "B", "C", "D"] }],
  ["x |> global_avg_pool", { x: ["A", "B", "C", "D"] }],
  ["x |> upsample(2)", { x: ["A", "B", "C", "D"] }],
  ['x |> upsample(2, mode: "bilinear")', { x: ["A", "B", "C", "D"] }],
  ["attention(q, k, v, 1, causal: true)", { q: ["A", "B", "C"], k: ["A", "D", "C"], v: ["A", "D", "C"] }],
  ["x |> self_attention(1, causal: true)", { x: ["A", "B", "C"] }],
  ["x |> transformer(1, 1, causal: true)", { x: ["A", "B", "C"] }],
  ["graph_conv(x, y, 2)", { x: ["A", "B"], y: ["A", "A"] }],
  ["cross_entropy(x, y)", { x: ["A", "2"], y: ["A", "2"] }],
  ["cross_entropy(x, i32(y), smoothing: 0.1)", { x: ["A", "B", "2"], y: ["A", "B"] }],
  ["hinge(x, i32(y))", { x: ["A", "B", "2"], y: ["A", "B"] }],
  ["mse(x, y)", { x: ["A", "B"], y: ["A", "B"] }],
];

/** Every letter 1 by itself, then all of them. */
function variants(letters: readonly string[]): readonly ReadonlySet<string>[] {
  return [...letters.map((letter) => new Set([letter])), new Set(letters)];
}

describe.each(blocks)("%s", (call, inputs) => {
  const letters = [...new Set(Object.values(inputs).flat())].filter((size) => /[A-Z]/.test(size));
  test.each(variants(letters).map((ones) => [[...ones].join(", "), ones] as const))("with %s = 1", (_, ones) => {
    const shape = (sizes: readonly string[]): string =>
      sizes
        .map((size) => (ones.has(size) ? "1" : /[A-Z]/.test(size) ? String(size.charCodeAt(0) - 62) : size))
        .join(", ");
    const parameters = Object.entries(inputs).map(([name, sizes]) => `${name}: [${shape(sizes)}]`);
    const source = `model M(${parameters.join(", ")}) -> [..] = ${call}`;
    expect(show(elaborated(source).diagnostics, source)).toEqual([]);
  });
});

// Sizes are written out wherever they are asked for: what rounding left undecided would double their length with each layer.
test.each([
  'max_pool2d(2, padding: "same")',
  'max_pool2d(3, stride: 2, padding: "same")',
  'avg_pool2d(2, padding: "same")',
  'conv2d(1, 2, stride: 2, padding: "same")',
  'conv2d(1, 3, stride: 2, padding: "same")',
])("four times %s makes open sizes a sixteenth, rounded up", (layer) => {
  const source = `model M(x: [N, H, W, 1]) -> [N, (H + 15) / 16, (W + 15) / 16, 1] = x |> repeat(4, ${layer})`;
  expect(show(elaborated(source, { allowOpen: true }).diagnostics, source)).toEqual([]);
});
