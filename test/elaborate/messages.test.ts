/** Every message as a user reads it: a source that has the error, and the whole text. Read the golden file when it changes. */
import { expect, test } from "vitest";
import * as names from "../../compiler/diagnostics/codes/names.ts";
import * as readers from "../../compiler/diagnostics/codes/readers.ts";
import * as scans from "../../compiler/diagnostics/codes/scans.ts";
import * as settings from "../../compiler/diagnostics/codes/settings.ts";
import * as shapes from "../../compiler/diagnostics/codes/shapes.ts";
import * as sizes from "../../compiler/diagnostics/codes/sizes.ts";
import * as train from "../../compiler/diagnostics/codes/train.ts";
import * as windows from "../../compiler/diagnostics/codes/windows.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import { preludeFiles } from "../../compiler/prelude/index.ts";
import { elaborated } from "./helpers.ts";

const definitions: readonly DiagnosticDefinition<never>[] = [
  names,
  settings,
  shapes,
  scans,
  sizes,
  train,
  readers,
  windows,
].flatMap((area) => Object.values(area));
const examples = definitions.flatMap(({ example }) => (example === undefined ? [] : [example.bad]));
const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)";

/** What the catalogue has no example for, and variants whose labels matter. */
const further: readonly string[] = [
  "block spread(x: [V, F]) -> [V, 2] = x |> dense(2)\nmodel Club(x: [V, F]) -> [V, 2] = spread(x)\ntrain Club { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
  "model M(x: [N, 3]) -> [N, 2] = x |> dense(2, bias: false)\nmodel O(x: [N, 3]) -> [N, 2] = x |> dense(2, bias: false)\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(M(x)) + mean(stop_gradient(O(x)))  update: [M, O]  optimizer: sgd(lr: 0.1) } }",
  `${model}\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(M(x))  update: M.head  optimizer: sgd(lr: 0.1) } }`,
  `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: all }`,
  ...[
    "accuracy(M(x), target), accuracy(M(2 * x), target)",
    'accuracy(M(x), target) as "a"',
    'accuracy(M(x), target) as "top 1"',
    "accuracy(M(x))",
    "top_k(k: 1)",
  ].map((metrics) => {
    const step = (name: string) =>
      `step ${name} { minimize: cross_entropy(M(x), target)  update: M  optimizer: sgd(lr: 1) }`;
    return `${model}\ntrain T(x: [N, 3], target: i32[N]) {\n  data: given\n  metrics: [${metrics}]\n  ${step("a")}\n  ${step("b")}\n}`;
  }),
  `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 1)  metrics: [accuracy as "loss"] }`,
  `loss odd(output: [N, 2]) -> [] = mean(output)\n${model}\ntrain M { data: given  loss: odd  optimizer: sgd(lr: 0.1) }`,
  "model M(x: [N, 3], n: int) -> [N, 3] = x",
  // Inputs by name of a layer that a name holds.
  ...["f(x, c: x)", "f(a: x, a: x)", "f(x, a: x)"].map(
    (call) =>
      `block less(a: [..], b: [..]) -> [..] = a - b\nmodel M(x: [N, 3]) -> [N, 3] {\n  let f = less\n  return ${call}\n}`,
  ),
  "block either(x: [N, K], each: bool) -> [] | [K] = where(each, sum(x, over: N), x)\nmodel M(x: [N, 3]) -> [3] = either(x, false)",
  "block inner(x: [N, C], w: [C, 2]) -> [N, 2] = x @ w\nblock outer(x: [N, C], w: [D, 2]) -> [N, 2] = inner(x, w)\nmodel M(x: [N, 3], w: [4, 2]) -> [N, 2] = x |> outer(w)",
  "block wrong(x: [N, C]) -> [N, C] = x + x.T\nblock around(x: [N, C]) -> [N, C] = wrong(x)\nmodel M(x: [N, 3]) -> [N, 3] = around(x)",
  "model M(x: [N, 5]) -> i32[N, 5] = cumsum(x > 0, axis: 1)",
  // Scans.
  ...[
    "r in x along S { emit r }",
    "r in x along axis 3 { emit r }",
    "r in x along axis N { emit r }",
    "r in sum(x) along axis 0 { emit r }",
    "r in sum(x) { emit r }",
    "(r in x, t in range(7)) along T { emit r }",
    "r in x along T with h = 0 { next h = h + i32(r) }",
    "r in x along T with h = zeros([N, 4]) { next h = r }",
    "r in x along T with h = false { next h = r > 0 }",
    "r in x along T with h = i32(range(8)) { next h = h + range(8)[:, newaxis] }",
    "r in x along T with h = dense(3) { next h = h }",
    "r in x along T with h = zeros([N, 3]) { if training { next h = r } }",
    "r in x along T with h = zeros([N, 3]) {\n  next h = r\n  next h = h + r\n}",
    "r in x along T with hidden = zeros([N, 3]) { next hiden = r }",
    "r in x along T with h = zeros([N, 3]) { next h = scan q in r along axis 1 { next h = q } }",
    "r in x along T with h = zeros([N, 3]) checkpoint 0 { next h = r }",
    "r in x along T with h = zeros([N, 3]) checkpoint sum(x) { next h = r }",
    "r in x along T with h = zeros([N, 3]) checkpoint 2 { next h = r }",
    "r in x along T { emit relu }",
    "(r in x, s in 2 * x) along T { emit r }",
    "r in x along T { return r }",
  ].map((scan) => `model M(x: [N, T, 3]) -> [..] = scan ${scan}`),
  "block scaled(x: [N, C], rate: float) -> [N, C] {\n  state seen: [] = zeros\n  seen <- seen + rate\n  return x * seen\n}\nblock deep(x: [N, C]) -> [N, C] = x |> scaled(2)\nmodel M(x: [N, 5, 3]) -> [N, 5, 3] = scan r in x along axis 1 { emit deep(r) }",
  "model M(x: [N, 5, 3]) -> [N, 5, 3] = scan r in x along axis 1 { emit r |> batch_norm }\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1) }",
  // Convolutions and windows.
  ...[
    "conv(x, ones_of)",
    "x |> conv2d(4, 3, groups: 3)",
    "x |> conv2d(2, [3, 9])",
    "x |> max_pool2d(9)",
    "window_max(x, 2, padding: [[2, 0], [0, 0]])",
    "window_max(x, 2, padding: [[1, 0]])",
    "window_sum(x, [2, 2, 2])",
    "window_sum(x, 2, stride: 0)",
    "window_sum(x, 2, stride: [1, 1, 1])",
    "window_sum(mean(x, over: [N, C]), 2)",
    "window_max(i32(x), 2)",
    "conv(x, broadcast(1, [2, 2, 1, 4]))",
    "conv(x, broadcast(1, [2, 2, 2, 4]), groups: 0)",
    "conv(x, broadcast(1, [2, 2, 1, 3]), groups: 2)",
    "conv(x, i32(broadcast(1, [2, 2, 2, 3])))",
  ].map((body) => `model M(x: [N, 8, 8, 2]) -> [..] = ${body.replace("ones_of", "broadcast(1, [3, 2])")}`),
  "model M(x: [N, 10]) -> [N, 10] {\n  let h = x |> self_attention(3)\n  return h\n}",
  "model M(x: [N, T, 10]) -> [N, T, 10] = x |> self_attention(3)",
  'const most = 8\nblock few(x: [N, C], sizes: [int], way: string = "up") -> [N, C] {\n  let half = C / 2\n  require C <= most and half < 4 and length(sizes) == 2 and way != "up", "few features"\n  return x\n}\nmodel M(x: [N, 9]) -> [N, 9] = x |> few([1, 2, 3])',
  'block later(x: [N]) -> [N] {\n  require false, "later is not written yet"\n  return x\n}\nmodel M(x: [N]) -> [N] = x |> later',
  `${model}\ntrain M { data: given  loss: cross_entropi  optimizer: sgd(lr: 0.1) }`,
  `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd }`,
  `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: adam(lr: 0.1, beta1: 1)  batch: 8 }`,
  `${model}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: -1)  batch: 2.5 }`,
  `${model}\ntrain M { data: false  loss: cross_entropy  optimizer: sgd(lr: 1) }`,
  `${model}\ntrain M { data: given  loss: 2 * 3  optimizer: sgd(lr: 1) }`,
  `${model}\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(M(x))  update: M(x)  optimizer: sgd(lr: 1) } }`,
  "model M(x: [N, 3]) -> [N] = sum(x, over: 3)",
  // Lists as tensors.
  ...[
    "[1, 2]",
    "[x, x]",
    "tensor([[1, 2], [3]])",
    "tensor([1, [2]])",
    "tensor([])",
    "tensor([1, true])",
    'tensor("a")',
  ].map((list) => `model M(x: [N, 3]) -> [N, 3] = x + ${list}`),
  "model M(x: [N, 3]) -> [N] = x |> einsum(3)",
  // Names of branches, of dimensions that expressions tell, of the prelude.
  "model M(x: [N, 3]) -> [N, 3] {\n  if training { let y = 2 * x } else { let z = x }\n  return y\n}",
  "block glu(x: [.., 2 * K]) -> [.., K] = x[.., 0:K] * sigmoid(x[.., K:])\nmodel M(x: [N, 5]) -> [N, _] = glu(x)",
  "block spread(x: [N, H * W]) -> [N, H] = x[:, 0:H]\nmodel M(x: [N, 6]) -> [N, _] = spread(x)",
  "block relu(x: [..]) -> [..] = prelude.rleu(x)\nmodel M(x: [N, 3]) -> [N, 3] = x |> relu",
  "model prelude(x: [N, 3]) -> [N, 3] = x",
  `${model}\ntrain T(x: [N, 3]) { data: given  step a { minimize: mean(M(x))  update: M.dens  optimizer: sgd(lr: 1) } }`,
  "model M(x: [N, 3]) -> [N, 1] = x |> dense(1) |> sigmoid\ntrain M { data: given  loss: mse  metrics: [f1, log_loss]  optimizer: sgd(lr: 0.1) }",
  // Whose call it is that owns no parameters.
  `${model}\nblock inner(x: [N, C]) -> [N, C] {\n  param w: [C] = ones\n  return x * w\n}\nblock outer(x: [N, C]) -> [N, C] = inner(x)\nloss far(output: [N, 2], target: [N, 2]) -> [] = mse(outer(output), target)\ntrain M { data: given  loss: far  optimizer: sgd(lr: 0.1) }`,
  `${model}\nmetric far(output: [N, 2], target: [N, 2]) -> [] = mse(batch_norm(output), target)\ntrain M { data: given  loss: mse  metrics: [far]  optimizer: sgd(lr: 0.1) }`,
  `${model}\noptimizer odd(w, g) { w <- w - lr * layer_norm(g) }\ntrain M { data: given  loss: mse  optimizer: odd(lr: 0.1) }`,
  "initializer odd() = dense(3)(broadcast(0, shape))\nmodel M(x: [N, 3]) -> [N, 3] {\n  param w: [3, 3] = odd\n  return x @ w\n}",
  `${model}\ninitializer odd() = M(broadcast(0, [3, 3]))\nmodel O(x: [N, 3]) -> [N, 2] {\n  param w: [3, 2] = odd\n  return x @ w\n}`,
  `${model}\nschedule odd() = mean(batch_norm(broadcast(lr0, [2, 2])))\ntrain M { data: given  loss: mse  schedule: odd  optimizer: sgd(lr: 0.1) }`,
  `${model}\nregularizer odd(w) -> [] = mean(layer_norm(w))\ntrain M { data: given  loss: mse  regularize: odd  optimizer: sgd(lr: 0.1) }`,
  `${model}\ntrain T(x: [N, 3]) {\n  data: given\n  let h = x |> dense(4)\n  step a { minimize: mean(h) + mean(M(x))  update: M  optimizer: sgd(lr: 0.1) }\n}`,
  `${model}\ntrain T(x: [N, 3]) {\n  data: given\n  step a { minimize: mean(M(x) |> dense(4))  update: M  optimizer: sgd(lr: 0.1) }\n}`,
  "const c = mean(dense(1)(broadcast(1, [1, 1])))\nmodel M(x: [N, 3]) -> [N, 3] = c * x",
  // What has no effect.
  `const width = 4\n${model}\nschedule own() = 0.1\nloss small(output: [..], target: [..]) -> [] = mean(output)\nregularizer none(w) -> [] = 0\ndata d = csv("a.csv", trget: "y")`,
  "block f(x: [N, C], other: [N, C], like: [K], k: int) -> [N, K] {\n  state seen: [C] = zeros\n  param w: [C, K] = zeros\n  return x @ broadcast(1, [C, K])\n}\nmodel M(x: [N, 3]) -> [N, 2] = f(x, x, zeros([2]), 1)",
  "model M(x: [N, 3], mask: [N]) -> [N, 3] = relu(x)",
  `${model}\noptimizer still(w, g) { state m = zeros  w <- w }\ntrain M { data: given  loss: mse  optimizer: still(lr: 0.1) }`,
  `${model}\ntrain T(x: [N, 3], y: [N, 3]) {\n  data: given\n  let z = 2 * x\n  step a { let u = x  minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) }\n}`,
  ...['M as "other"', 'relu as "r" |> f(x) as "h"', '(x + 1) as "sum"', 'f as "g"', 'exp as "e"'].map(
    (named) =>
      `model M(x: [N, 3]) -> [N, 3] = x |> dense(3)\nmodel O(x: [N, 3]) -> [N, 3] {\n  let f = dense(3)\n  return f(x) |> ${named}\n}`,
  ),
  // What states start with.
  ...["i32[3] = normal", "i32[3] = 0.5", "i32[3] = true", "bool[3] = 1", "bool[3] = constant(2)", "[3] = true"].map(
    (type) => `model M(x: [N, 3]) -> [N, 3] {\n  state s: ${type}\n  return where(s == s, x, 0)\n}`,
  ),
  ...[
    'csv(target: "y")',
    'csv("x.csv", scal: 3)',
    'csv("x.csv", standardize: 1)',
    'csv("x.csv", holdout: 100%)',
    'csv("x.csv", holdout: 10, test: "t.csv")',
    'npy(x: ["a.npy", "b.npy"])',
    'text("x.txt", window: 0, vocabulary: 8)',
    "idx(x: 3)",
    'csv("x.csv", window: 8)',
    'text("x.txt", window: 4, vocabulary: 8, target: "y")',
    'arrays(x: "x.npy", target: "y.npy", holdout: 20%)',
    'npy("x.npy")',
    "given(test: 3)",
    'npy(x: "x.npy", target: "y.npy", test: "t.npy")',
    'npy(x: "x.npy", target: "y.npy", test: npy(x: "t.npy"))',
    'npy(x: "x.npy", target: "y.npy", test: npy(x: "t.npy", tarjet: "u.npy"))',
    'npy(x: "x.npy", target: "y.npy", test: idx(x: "t.idx", target: "u.idx"))',
    'idx(x: "x.idx", target: "y.idx", test: npy(x: "t.npy", target: "u.npy"))',
    'csv("x.csv", test: npy(x: "t.npy", target: "u.npy"))',
    'csv("x.csv", test: csv)',
    'npy(x: csv("x.csv"), target: "y.npy")',
    'csv("x.csv", test: csv("t.csv", target: "y"))',
    'csv("x.csv", test: 3)',
    'images("photos")',
    'images("photos", size: [8, 8], augment: [flp])',
    'images("photos", size: [8, 8], augment: [flip_vertically, crop(2)])',
    'images("photos", size: [8, 8], augment: [crop(9)])',
    'images("photos", size: [8, 8], augment: [flip], standardize: true)',
    'images("photos", size: [8, 8], chanels: 1)',
  ].map((data) => `${model}\ntrain M { data: ${data}  loss: cross_entropy  optimizer: sgd(lr: 1) }`),
];

function rendered(source: string): string {
  const { diagnostics } = elaborated(
    source.includes("model ") ? source : `${source}\nmodel Anything(x: [N, 3]) -> [N, 3] = x`,
  );
  const sources = new Map([
    ...preludeFiles.map(({ name, text }) => [name, text] as const),
    ["main.nn", source] as const,
  ]);
  return render(diagnostics, sources, { colour: false });
}

test("messages", async () => {
  const texts = [...examples, ...further].map((source) => `${source}\n\n${rendered(source)}`);
  await expect(texts.join(`\n${"=".repeat(100)}\n\n`)).toMatchFileSnapshot("messages.golden.txt");
});
