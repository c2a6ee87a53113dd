/** What an export computes of the weights before: with the same bits, in no more bytes, once for all entries. */
import { describe, expect, test } from "vitest";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { compile } from "../../compiler/index.ts";
import { product } from "../../compiler/loops/interpret.ts";
import { evaluate } from "../../compiler/dimension/dimension.ts";
import { bytesOf, precompute } from "../../cli/export/precompute.ts";
import type { Kept } from "../../cli/export/precompute.ts";
import { store } from "../../cli/export/storage.ts";
import type { Storage } from "../../cli/export/storage.ts";

const dims = new Map([
  ["N", 3],
  ["T", 4],
]);

/** The prediction of a model with weights that differ from place to place, all of them positive, as variances are. */
function keptOf(model: string, storage: Storage = "f32", entries = ["predict.M"]): Kept {
  const source = `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 4 }\n`;
  const bounds: Readonly<Record<string, number>> = model.includes("T") ? { T: 4 } : {};
  const compiled = compile({ name: "m.nn", source }, { bounds });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const { elaboration } = compiled;
  const stored = elaboration.variables.flatMap(({ name, type }, at) => {
    const shape = type.shape.map((size) => evaluate(size, dims) ?? 0);
    const values = Float32Array.from({ length: product(shape) }, (_, place) => 1.5 + Math.sin(at + 7 * place));
    return type.dtype === "f32" ? [[name, store({ name, shape, values }, storage)] as const] : [];
  });
  const wanted = elaboration.entries.filter(({ name }) => entries.includes(name));
  return { entries: wanted, variables: elaboration.variables, stored: new Map(stored) };
}

/** What a graph reads and is kept. */
const readBy = ({ entries }: Kept): readonly string[] =>
  entries.map(({ graph }) =>
    graph.inputs
      .filter(({ attributes }) => attributes["role"] !== "input")
      .map(
        ({ attributes, outputs: [{ shape }] }) =>
          `${stringOf(attributes, "name")} ${shape.map(({ key }) => key).join("×")}`,
      )
      .join(", "),
  );

function bitsOf({ graph }: { readonly graph: Graph }, { stored }: Kept): Uint32Array {
  const inputs = graph.inputs.map(({ attributes, outputs: [{ dtype, shape }] }) => {
    const name = stringOf(attributes, "name");
    const sizes = shape.map((size) => evaluate(size, dims) ?? 0);
    const given = Array.from({ length: product(sizes) }, (_, at) =>
      dtype === "i32" ? at % 9 : Math.fround(Math.cos(at)),
    );
    return [name, { shape: sizes, data: stored.get(name)?.values ?? given }] as const;
  });
  const made = evaluateGraph(graph, { inputs: new Map(inputs), dims, precision: "f32" });
  return new Uint32Array(Float32Array.from([...made.values()].flatMap(({ data }) => Array.from(data))).buffer);
}

const computed: readonly (readonly [name: string, model: string, reads: string])[] = [
  [
    "an embedding, a dense layer and its activation are a table",
    "model M(x: i32[N]) -> [N, 6] = x |> embedding(9, 16) |> dense(6) |> tanh",
    "M.tanh 9×6",
  ],
  [
    "what a recurrent layer does with each character is a table",
    "model M(x: i32[N, T]) -> [N, T, 6] = x |> embedding(6, 8) |> rnn(4) |> dense(6)",
    "M.rnn.add 6×4, M.rnn.u 4×4, M.dense.w 4×6, M.dense.b 6",
  ],
  [
    "variances are roots",
    "model M(x: [N, 5]) -> [N, 2] = x |> dense(4) |> batch_norm |> dense(2)",
    "M.dense.w 5×4, M.dense.b 4, M.batch_norm.gamma 4, M.batch_norm.running_mean 4, M.batch_norm.sqrt 4, M.batch_norm.beta 4, M.dense_2.w 4×2, M.dense_2.b 2",
  ],
  [
    "two layers on one embedding have a table each",
    "model M(x: i32[N]) -> [N, 3] { let e = x |> embedding(9, 16)\n  return dense(e, 3) + dense(e, 3) }",
    "M.add 9×3",
  ],
  [
    "a table is not called as an input is",
    "model M(add: i32[N]) -> [N, 6] = dense(embedding(add, 9, 16), 6) + embedding(add, 9, 6)",
    "M.add_2 9×6",
  ],
  [
    "embeddings of one input with other numbers of rows stay apart",
    "model M(x: i32[N]) -> [N, 4] = tanh(embedding(x, 9, 4)) * tanh(embedding(x, 5, 4))",
    "M.tanh 9×4, M.tanh_2 5×4",
  ],
];

describe("what depends on weights alone is computed before, to the bit", () => {
  test.each(computed)("%s", (_, model, reads) => {
    const kept = keptOf(model);
    const made = precompute(kept);
    expect(readBy(made)).toEqual([reads]);
    expect(bytesOf(made)).toBeLessThanOrEqual(bytesOf(kept));
    expect(made.entries.map((entry) => bitsOf(entry, made))).toEqual(kept.entries.map((entry) => bitsOf(entry, kept)));
  });
});

const same: readonly (readonly [name: string, kept: () => Kept])[] = [
  ["where nothing does", () => keptOf("model M(x: [N, 5]) -> [N, 2] = x |> dense(4) |> relu |> dense(2)")],
  [
    "where a table of products would be larger",
    () => keptOf("model M(x: i32[N]) -> [N, 60] = x |> embedding(80, 4) |> dense(60)"),
  ],
  [
    "where it would be, for the layer's weights are halves",
    () => keptOf("model M(x: i32[N]) -> [N, 20] = x |> embedding(16, 16) |> dense(20)", "f16"),
  ],
  [
    "where the products are too many to be computed while one waits",
    () => keptOf("model M(x: i32[N]) -> [N, 512] = x |> embedding(1100, 512) |> dense(512)"),
  ],
  [
    "where a table would tell which embeddings are positive, and is of no numbers",
    () =>
      keptOf(
        "model M(x: i32[N], y: [N, 16]) -> [N, 6] { let e = embedding(x, 9, 16)\n  return tanh(dense(e, 6)) + dense(where(e > 0, y, 0 * y), 6) }",
      ),
  ],
  [
    "where numbers that are no products are, be they few at the end",
    () =>
      keptOf(
        "model M(x: [N, 2]) -> [N, 2] {\n  param w: [4000] = ones\n  param v: [3000] = ones\n  return x * sum(tanh(w[newaxis] + v[:, newaxis]), axis: [0, 1]) }",
      ),
  ],
  [
    "where the embedding is read in other ways, too",
    () =>
      keptOf(
        "model M(x: i32[N, T]) -> [N, 8] { let e = x |> embedding(60, 8)\n  return mean(dense(e, 8), over: T) + dense(mean(e, over: T), 8) }",
      ),
  ],
];

describe("the network is as it was", () => {
  test.each(same)("%s", (_, kept) => {
    const given = kept();
    expect(precompute(given)).toBe(given);
  });
});
