/** Metrics where it is easy to be wrong: scores that are NaN or equal, settings out of range, outputs of one column; on both targets. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Inputs } from "../../runtime/load/index.ts";
import { metricsOf } from "./support.ts";

const targets = ["typescript", "wasm"] as const;

/** A train of the identity on `[N, columns]` with these metrics. */
function sourceOf(metrics: string, columns: number, loss: string): string {
  return (
    `model M(x: [N, ${columns}]) -> [N, ${columns}] = x\n` +
    `train M { data: given  loss: ${loss}  optimizer: sgd(lr: 1)  batch: 16  metrics: [${metrics}] }`
  );
}

function complaintsOf(source: string): readonly string[] {
  return compile({ name: "main.nn", source }, { target: "wasm" })
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, message }) => `${code} ${message}`);
}

describe.each(targets)("on %s", (target) => {
  test("a row with a NaN among its scores is a miss, taken for no class", async () => {
    const source = sourceOf('accuracy, top_k(k: 2), confusion, precision(average: "none"), recall', 3, "cross_entropy");
    // Right, wrong but second, and NaN three times: at the target, elsewhere, everywhere.
    const x = Float32Array.of(2, 1, 0, 1, 2, 0, NaN, 1, 0, 2, NaN, 0, NaN, NaN, NaN);
    const target0 = Int32Array.of(0, 0, 0, 0, 0);
    expect(await metricsOf(target, source, [{ x, target: target0 }])).toEqual({
      accuracy: Math.fround(1 / 5),
      top_k: Math.fround(2 / 5),
      confusion: [1, 1, 0, 0, 0, 0, 0, 0, 0],
      precision: [1, 0, 0],
      // The mean over the classes that occur: the first, with one hit of five, and the second, which has no rows.
      recall: Math.fround(Math.fround(1 / 5) / 2),
    });
  });

  test("a dead network of ten classes has k of ten in its top k, and the first class everywhere", async () => {
    const rows = { x: new Float32Array(100), target: Int32Array.from({ length: 10 }, (_, row) => row) };
    const top = await Promise.all(
      [1, 3, 10].map((k) => metricsOf(target, sourceOf(`accuracy, top_k(k: ${k})`, 10, "cross_entropy"), [rows])),
    );
    expect(top).toEqual([
      { accuracy: Math.fround(0.1), top_k: Math.fround(0.1) },
      { accuracy: Math.fround(0.1), top_k: Math.fround(0.3) },
      { accuracy: Math.fround(0.1), top_k: 1 },
    ]);
  });

  test("a logit that is NaN is on neither side", async () => {
    const source = sourceOf("binary_accuracy, precision, recall, f1", 1, "binary_cross_entropy");
    const batch = { x: Float32Array.of(NaN, NaN, 1, -1, 0), target: Float32Array.of(0, 1, 1, 0, 0) };
    expect(await metricsOf(target, source, [batch])).toEqual({
      binary_accuracy: Math.fround(3 / 5),
      precision: 1,
      recall: 0.5,
      f1: Math.fround(2 / 3),
    });
  });

  test("auc counts every pair with a NaN as in the wrong order, and has no value of targets that are alike", async () => {
    const source = sourceOf("auc", 1, "binary_cross_entropy");
    const auc = async (x: readonly number[], truth: readonly number[]) =>
      metricsOf(target, source, [{ x: Float32Array.from(x), target: Float32Array.from(truth) }]);
    expect([
      await auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]),
      await auc([NaN, 1, NaN, 0], [0, 0, 1, 1]),
      await auc([1, 2], [1, 1]),
    ]).toEqual([{ auc: 0.75 }, { auc: 0 }, { auc: NaN }]);
  });

  test("each streams over batches of any size, and auc sees them together", async () => {
    const source = sourceOf("binary_accuracy, r2, rmse, log_loss, auc", 1, "binary_cross_entropy");
    const x = [3, -2, 0.5, 1, -1, -0.5, 2];
    const truth = [1, 0, 0, 1, 1, 0, 1];
    const cut = (...sizes: readonly number[]): readonly Inputs[] => {
      let at = 0;
      return sizes.map((size) => {
        const [from, to] = [at, (at += size)];
        return { x: Float32Array.from(x.slice(from, to)), target: Float32Array.from(truth.slice(from, to)) };
      });
    };
    const [whole, parts, singles] = await Promise.all(
      [cut(7), cut(4, 1, 2), cut(1, 1, 1, 1, 1, 1, 1)].map((batches) => metricsOf(target, source, batches)),
    );
    // By hand: three of four positives and two of three negatives are on their side; squares of the errors 4 4 .25 0 4 .25 1; ten of twelve pairs.
    const expected = {
      binary_accuracy: 5 / 7,
      r2: 1 - 13.5 / (4 - 16 / 7),
      rmse: Math.sqrt(13.5 / 7),
      log_loss: x.reduce((sum, logit, at) => sum + Math.log1p(Math.exp((1 - 2 * truth[at]) * logit)), 0) / 7,
      auc: 10 / 12,
    };
    for (const found of [whole, parts, singles])
      for (const [name, value] of Object.entries(expected)) expect(found[name]).toBeCloseTo(value, 5);
  });
});

describe("in a train with steps", () => {
  const model = "model M(x: [N, 3]) -> [N, 3] = x |> dense(3)\n";
  const range = "metric range_of(output: [N, K], target: i32[N]) -> [] = max(output) - min(output)\n";
  const short = `${range}${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  seed: 5
    metrics: [accuracy, range_of, confusion, precision(average: "none")] }`;
  const steps = `${range}${model}train T(x: [N, 3], target: i32[N]) { data: given  batch: 8  seed: 5
    let scores = M(x)
    metrics: [accuracy(scores, target), range_of(scores, target), confusion(M(x), target), precision(M(x), target, average: "none"),
      accuracy(M(x + noise), target) as "noisy", accuracy(2 * scores, target) as "doubled", range_of(2 * scores, target) as "twice"]
    let noise = 100 * random_normal([N, 3])
    step main { minimize: cross_entropy(M(x), target)  update: M  optimizer: sgd(lr: 1) } }`;
  const batches = [8, 3].map((rows) => ({
    x: Float32Array.from({ length: 3 * rows }, (_, at) => ((at * 7) % 11) / 4 - 1),
    target: Int32Array.from({ length: rows }, (_, row) => (row * 2) % 3),
  }));

  test.each(targets)("each is of the tensors that it is called with: %s", async (target) => {
    const [alone, called] = [await metricsOf(target, short, batches), await metricsOf(target, steps, batches)];
    const { noisy, doubled, twice, ...same } = called;
    expect(same).toEqual(alone);
    expect([doubled, twice]).toEqual([alone["accuracy"], 2 * Number(alone["range_of"])]);
    expect(noisy).not.toBe(alone["accuracy"]);
  });

  test("names in a metric are those of the train", () => {
    expect(complaintsOf(steps.replace("accuracy(scores, target)", "accuracy(score, target)"))).toEqual([
      "NN0201 there is no value, block or function named `score` here",
    ]);
  });
});

describe("what a metric needs", () => {
  const scores = (found: string) =>
    "for one logit there is binary_accuracy, for numbers mean_absolute_error and r2; " +
    `expected scores of at least two classes along the last axis, found ${found}`;
  const column =
    "the output needs a last axis of the classes' scores, or of one logit: [N, 1], found target = [N] and output = [N]";
  const average = 'average must be macro, micro, weighted or none, found average = "mean"';
  const flat = (metric: string) =>
    `model M(x: [N]) -> [N] = x\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1)  metrics: [${metric}] }`;
  const k = (found: string) => `NN0320 \`top_k\`: k must be between 1 and the number of classes, found ${found}`;
  const cases: readonly (readonly [source: string, message: string])[] = [
    ...["accuracy", "top_k(k: 1)", "confusion"].flatMap((metric): (readonly [string, string])[] => {
      const message = (found: string): string => `NN0320 \`${metric.replace("(k: 1)", "")}\`: ${scores(found)}`;
      return [
        [sourceOf(metric, 1, "binary_cross_entropy"), message("K = 1")],
        [sourceOf(metric, 1, "mse"), message("K = 1")],
        [flat(metric), message("target = [N] and output = [N]")],
      ];
    }),
    ...["precision", "recall", "f1"].flatMap((metric): (readonly [string, string])[] => [
      [flat(metric), `NN0320 \`${metric}\`: ${column}`],
      [sourceOf(`${metric}(average: "mean")`, 3, "cross_entropy"), `NN0320 \`${metric}\`: ${average}`],
    ]),
    [sourceOf("top_k(k: 0)", 3, "cross_entropy"), k("k = 0 and K = 3")],
    [sourceOf("top_k(k: -1)", 3, "cross_entropy"), k("k = -1 and K = 3")],
    [sourceOf("top_k(k: 4)", 3, "cross_entropy"), k("k = 4 and K = 3")],
    [sourceOf("top_k", 4, "cross_entropy"), k("k = 5 and K = 4")],
  ];
  test.each(cases)("%s", (source, message) => {
    expect(complaintsOf(source)).toEqual([message]);
  });

  test.each(["top_k(k: 1)", "top_k(k: 3)", 'f1(average: "micro")', "accuracy"])(
    "%s of three classes is fine",
    (metric) => expect(complaintsOf(sourceOf(metric, 3, "cross_entropy"))).toEqual([]),
  );

  test("log_loss takes a vector of logits as it takes a column of them", () => {
    const logits = flat("log_loss, auc, r2, rmse, binary_accuracy").replace("mse", "binary_cross_entropy");
    expect(complaintsOf(logits)).toEqual([]);
  });
});
