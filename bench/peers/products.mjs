/**
 * Products of matrices alone, as nnc-wasm computes them: the models of bench/workloads/products.nn, whose inputs and answers are small.
 */
import { compile } from "../../dist/index.js";
import { load } from "../../dist/runtime.js";
import { operations, sourceOf, workloads } from "./workloads.mjs";

const { W2 } = workloads;

/** What each model computes: operations of one call. */
const models = [
  { model: "Square", title: "512 × 512 × 512", input: 4, operations: 2 * (4 * 512 ** 3 + 512 * 512 * 4) },
  // Two rounds forward and backward, then forward once more.
  {
    model: "Perceptron",
    title: "the products of W2's training step",
    input: 10,
    operations: 2 * operations(W2, "train", 128) + operations(W2, "inference", 128),
  },
];

/** `[{ title, operations, subject }]`; empty where the network runs on fewer threads. */
export async function productSubjects(threads) {
  const result = compile({ name: "products.nn", source: sourceOf("products") }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact, { seed: 1, threads });
  if ((net.threads ?? 1) < threads) return [];
  return models.map(({ model, title, input, operations: count }) => {
    const inputs = { s: new Float32Array(input).fill(1) };
    const call = () => net.predictSync(model, inputs)[0].data;
    if (!call().every(Number.isFinite)) throw new Error(`${model} overflows`);
    return { title, operations: count, subject: { reset() {}, call } };
  });
}
