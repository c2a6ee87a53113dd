/** A loss that takes logits behind a softmax or a sigmoid: the warning, whoever wrote the blocks, and no false alarm. */
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
    ["softmax in a step", step("cross_entropy(softmax(M(x)), target)"), "`T.cross_entropy.softmax`"],
    ["sigmoid in a step", step("binary_cross_entropy(M(x) |> sigmoid, target)"), "`T.binary_cross_entropy.sigmoid`"],
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
    ["silu", short("x |> dense(4) |> silu", "binary_cross_entropy")],
  ])("%s", (_, source) => {
    expect(found(source)).toEqual([]);
  });
});
