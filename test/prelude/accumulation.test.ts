/** Streaming metrics over many batches: 2^24 rows and more, after which a plain f32 sum would stand still. */
import { expect, test } from "vitest";
import type { Inputs } from "../../runtime/load/index.ts";
import { metricsOf } from "./support.ts";

const many = 2 ** 22;
const few = 40;

/** Four batches of 2^22 rows like the first, then forty batches of one row like the second. */
function batchesOf(first: Inputs, second: Inputs): readonly Inputs[] {
  return [...Array.from({ length: 4 }, () => first), ...Array.from({ length: few }, () => second)];
}

const sourceOf = (shape: string, loss: string, metrics: string) =>
  `model M(x: ${shape}) -> ${shape} = x
  train M { data: given  loss: ${loss}  optimizer: sgd(lr: 1)  batch: ${many}  metrics: [${metrics}] }`;

const total = 4 * many + few;

test("of classes: every row counts", async () => {
  const source = sourceOf(
    "[N, 2]",
    "cross_entropy",
    'accuracy, top_k(k: 1), confusion, precision(average: "none"), recall(average: "none")',
  );
  // Rows of class 0: first all right, then forty misses.
  const right = { x: Float32Array.from({ length: 2 * many }, (_, at) => 1 - (at % 2)), target: new Int32Array(many) };
  const wrong = { x: Float32Array.of(0, 1), target: Int32Array.of(0) };
  const share = Math.fround((4 * many) / total);
  expect(await metricsOf("wasm", source, batchesOf(right, wrong))).toEqual({
    accuracy: share,
    top_k: share,
    confusion: [4 * many, few, 0, 0],
    precision: [1, 0],
    recall: [share, 0],
  });
});

test("of hits: they do not stop at 2^24", async () => {
  const source = sourceOf("[N, 2]", "cross_entropy", "accuracy, confusion");
  const rows = { x: Float32Array.from({ length: 2 * many }, (_, at) => 1 - (at % 2)), target: new Int32Array(many) };
  const row = { x: Float32Array.of(1, 0), target: Int32Array.of(0) };
  expect(await metricsOf("wasm", source, batchesOf(rows, row))).toEqual({ accuracy: 1, confusion: [total, 0, 0, 0] });
});

test("of one logit, and of numbers", async () => {
  const source = sourceOf("[N]", "binary_cross_entropy", "binary_accuracy, rmse, mean_absolute_error, log_loss, r2");
  // Wrong, then forty times farther from the target 1, where the loss is -x in f32.
  const near = { x: new Float32Array(many).fill(-31), target: new Float32Array(many).fill(1) };
  const far = { x: Float32Array.of(-95), target: Float32Array.of(1) };
  const mean = (each: number, other: number): number => (4 * many * each + few * other) / total;
  const found = await metricsOf("wasm", source, batchesOf(near, far));
  const expected = {
    binary_accuracy: 0,
    rmse: Math.sqrt(mean(32 ** 2, 96 ** 2)),
    mean_absolute_error: mean(32, 96),
    log_loss: mean(31, 95),
    r2: 0,
  };
  for (const [name, value] of Object.entries(expected)) expect(found[name]).toBe(Math.fround(value));
});

test("of a variance: what each batch adds counts", async () => {
  const source = sourceOf("[N]", "mse", "r2");
  // Targets of 1 and -1, each missed by a half; then forty of 1, missed by 1.
  const target = Float32Array.from({ length: many }, (_, at) => 1 - 2 * (at % 2));
  const first = { x: target.map((value) => value + 0.5), target };
  const found = await metricsOf(
    "wasm",
    source,
    batchesOf(first, { x: Float32Array.of(2), target: Float32Array.of(1) }),
  );
  const center = few / total;
  const spread = total - total * center ** 2;
  expect(found["r2"]).toBe(Math.fround(1 - (4 * many * 0.25 + few) / spread));
});

test("an infinite error makes the mean infinite, whatever follows", async () => {
  const source = sourceOf("[N]", "mse", "mean_absolute_error, rmse");
  const row = (x: number): Inputs => ({ x: Float32Array.of(x), target: Float32Array.of(0) });
  const found = await metricsOf("wasm", source, [1, Infinity, 2, 3].map(row));
  expect(found).toEqual({ mean_absolute_error: Infinity, rmse: Infinity });
});
