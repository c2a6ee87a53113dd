/** A loss or metric that takes logits behind a softmax or a sigmoid: the warning, whoever wrote the blocks, and no false alarm. */
import { describe, expect, test } from "vitest";
import { elaborated } from "./helpers.ts";

const short = (body: string, loss: string, more = "") =>
  `${more}model M(x: [N, 4]) -> [N, 4] = ${body}\ntrain M { data: given  loss: ${loss}  optimizer: sgd(lr: 0.1) }`;
const step = (minimize: string, more = "") =>
  `${more}model M(x: [N, 4]) -> [N, 4] = x |> dense(4)\ntrain T(x: [N, 4], target: [N, 4]) { data: given  step s { minimize: ${minimize}  update: M  optimizer: sgd(lr: 0.1) } }`;

const own = `block shares(y: [N, K]) -> [N, K] {
  let e = exp(y - max(y, over: K, keep: true))
  return e / sum(e, over: K, keep: true)
}
block logistic(y: [..]) -> [..] = 1 / (1 + exp(-y))
block ends(y: [N, K]) -> [N, K] = reshape(reshape(y, [N, 2, K / 2]) |> softmax, [N, K])
loss apart(output: [N, K], target: i32[N]) -> [] =
  mean(sum(maximum(1 - pick(output, target)[:, newaxis] + output, 0), over: K))
loss from_logits(output: [N, K], target: [N, K]) -> [] = -mean(sum(target * log_softmax(output), over: K))
`;

function found(source: string): readonly string[] {
  return elaborated(source).diagnostics.map(({ code, message }) => `${code} ${/`.*`/.exec(message)?.[0]}`);
}

describe("is warned of", () => {
  test.each([
    ["softmax at the end of the model", short("x |> dense(4) |> softmax", "cross_entropy"), "`M.softmax`"],
    ["… of a block", short("x |> dense(4) |> ends", "cross_entropy", own), "`M.ends.softmax`"],
    ["… as one's own", short("x |> dense(4) |> shares", "cross_entropy(smoothing: 0.1)", own), "`M.shares`"],
    ["… before one's own loss", short("x |> dense(4) |> softmax", "from_logits", own), "`M.softmax`"],
    ["sigmoid at the end of the model", short("x |> dense(4) |> sigmoid", "binary_cross_entropy"), "`M.sigmoid`"],
    ["… as one's own", short("x |> dense(4) |> logistic", "binary_cross_entropy", own), "`M.logistic`"],
    ["softmax before binary_cross_entropy", short("x |> dense(4) |> softmax", "binary_cross_entropy"), "`M.softmax`"],
    ["softmax in a step", step("cross_entropy(softmax(M(x)), target)"), "`T.softmax`"],
    ["sigmoid in a step", step("binary_cross_entropy(M(x) |> sigmoid, target)"), "`T.sigmoid`"],
    ["softmax before hinge", short("x |> dense(4) |> softmax", "hinge"), "`M.softmax`"],
    ["sigmoid before hinge", short("x |> dense(4) |> sigmoid", "hinge(margin: 2)"), "`M.sigmoid`"],
    ["softmax before one's own margin", short("x |> dense(4) |> softmax", "apart", own), "`M.softmax`"],
    ["softmax and dropout", short("x |> dense(4) |> softmax |> dropout(0.1)", "cross_entropy"), "`M.softmax`"],
  ])("%s", (_, source, place) => {
    expect(found(source)).toEqual([`NN0527 ${place}`]);
  });
});

describe("is not warned of", () => {
  test.each([
    ["logits", short("x |> dense(4)", "cross_entropy")],
    ["softmax inside the model", short("x |> softmax |> dense(4)", "cross_entropy")],
    ["sigmoid inside the model", short("x |> dense(4) |> sigmoid |> dense(4)", "binary_cross_entropy")],
    ["probabilities before a loss of numbers", short("x |> dense(4) |> softmax", "mse")],
    ["a loss that takes probabilities", step("-mean(target * log(softmax(M(x))))")],
    ["softmax of softmax in the model", short("x |> softmax |> softmax |> dense(4)", "cross_entropy")],
    ["a target that is a softmax", step("cross_entropy(M(x), softmax(target))")],
    ["scores before hinge", short("x |> dense(4)", "hinge")],
    ["tanh before hinge, whose values may be 2 apart", short("x |> dense(4) |> tanh", "hinge")],
    ["a margin that probabilities may have", short("x |> dense(4) |> softmax", "hinge(margin: 0.5)")],
    ["silu", short("x |> dense(4) |> silu", "binary_cross_entropy")],
  ])("%s", (_, source) => {
    expect(found(source)).toEqual([]);
  });
});

const scored = (body: string, metrics: string, more = "") =>
  `${more}model M(x: [N, 4]) -> [N, 1] = ${body}\ntrain M { data: given  loss: mse  metrics: [${metrics}]  optimizer: sgd(lr: 0.1) }`;
const scoredInStep = (metric: string) =>
  `model M(x: [N, 4]) -> [N, 1] = x |> dense(1)\ntrain T(x: [N, 4], target: [N, 1]) { data: given  metrics: [${metric}]  step s { minimize: mse(M(x), target)  update: M  optimizer: sgd(lr: 0.1) } }`;
const behind = "x |> dense(1) |> sigmoid";
const ownMetrics = `metric positive(output: [..], target: [..]) -> [] = mean(where(0 < output, 1, 0) * target)
metric entropy(output: [..], target: [..]) -> [] = -mean(where(output > 0, output * log(output), 0) * target)
`;

describe("a metric is warned of", () => {
  test.each([
    ["binary_accuracy", scored(behind, "binary_accuracy")],
    ["precision", scored(behind, "precision")],
    ["recall", scored(behind, "recall")],
    ["f1", scored(behind, 'f1(average: "micro") as "both"')],
    ["log_loss", scored(behind, "log_loss")],
    ["one's own over the whole set", scored(behind, "positive", ownMetrics)],
    ["one in a train with steps", scoredInStep("binary_accuracy(sigmoid(M(x)), target)"), "T.sigmoid"],
  ])("%s", (_, source, place = "M.sigmoid") => {
    expect(found(source)).toEqual([`NN0527 \`${place}\``]);
  });

  test("each where it stands", () => {
    const source = scored(behind, "binary_accuracy, f1, precision, recall, log_loss");
    expect(found(source)).toEqual(Array.from({ length: 5 }, () => "NN0527 `M.sigmoid`"));
  });
});

describe("a metric is not warned of", () => {
  test.each([
    ["that gets logits", scored("x |> dense(1)", "binary_accuracy, f1, precision, recall, log_loss")],
    ["with a threshold between 0 and 1", scored(behind, "binary_accuracy(threshold: 0.5)")],
    ["of the order alone", scored(behind, "auc")],
    ["of numbers", scored(behind, "rmse, r2, mean_absolute_error")],
    ["that keeps a logarithm from 0", scored(behind, "entropy", ownMetrics)],
    [
      "of classes",
      short("x |> dense(4) |> softmax", "mse").replace("loss:", "metrics: [accuracy, f1, top_k(k: 2)]  loss:"),
    ],
    ["behind a comparison in the model", scored("f32(sigmoid(x) > 0) |> dense(1)", "binary_accuracy, log_loss")],
  ])("%s", (_, source) => {
    expect(found(source)).toEqual([]);
  });
});

const ownLosses = `loss soft(output: [..], target: [..]) -> [] = mean(softplus(output) - output * target)
loss focal(output: [..], target: [..]) -> [] {
  let entropy = softplus(output) - target * output
  return mean((1 - exp(-entropy)) ** 2 * entropy)
}
loss weighted(output: [..], target: [..]) -> [] = 0.5 * mean(-(target * output - softplus(output)))
loss counts(output: [..], target: [..]) -> [] = mean(softplus(output) - target * log(softplus(output)))
loss negative_binomial(output: [..], target: [..]) -> [] = mean((target + 2) * softplus(output) - target * output)
loss poisson(output: [..], target: [..]) -> [] = mean(exp(output) - target * output)
`;

describe("a target is a probability", () => {
  const flagOf = (source: string) =>
    elaborated(source).elaboration?.host.train?.inputs.some(({ probability }) => probability === true);
  test.each([
    ["binary_cross_entropy", true],
    ["soft", true],
    ["focal", true],
    ["weighted", true],
    ["counts", false],
    ["negative_binomial", false],
    ["poisson", false],
    ["mse", false],
  ])("of %s: %s", (loss, expected) => {
    expect(flagOf(short("x |> dense(4)", loss, ownLosses))).toBe(expected);
  });

  test("in a step, where it goes to the loss as it is", () => {
    expect(flagOf(step("binary_cross_entropy(M(x), target)"))).toBe(true);
    expect(flagOf(step("binary_cross_entropy(M(x), target / 10)"))).toBe(false);
  });
});
