/** The signature of all that the prelude declares. */
import { expect, test } from "vitest";
import { print as printRational } from "../../compiler/elaborate/rational.ts";
import { printSettingType } from "../../compiler/elaborate/arguments.ts";
import { printExpression, printType } from "../../compiler/elaborate/print-expression.ts";
import type { Callable, Expression, Parameter, ResultType } from "../../compiler/syntax/ast.ts";
import { parsed, prelude } from "../elaborate/helpers.ts";

/** What users may rely on: every name, its order of arguments, its defaults. */
const signatures = `
block sigmoid(x: [..]) -> [..]
block relu(x: [..]) -> [..]
block gelu(x: [..]) -> [..]
block softplus(x: [..]) -> [..]
block log_softmax(x: [.., K]) -> [.., K]
block leaky_relu(x: [..], slope: float = 0.01) -> [..]
block elu(x: [..], alpha: float = 1) -> [..]
block silu(x: [..]) -> [..]
block softmax(x: [.., K]) -> [.., K]
block clip(x: [..], low: float, high: float) -> [..]
block variance(x: [.., K]) -> [..]
block logsumexp(x: [.., K]) -> [..]
block norm(x: [.., K]) -> [..]
block dense(x: [.., C], units: int, bias: bool = true, init: initializer = he_normal) -> [.., units]
block conv1d(x: [N, L, C], filters: int, kernel: int, stride: int = 1, padding: int | string = 0, dilation: int = 1, groups: int = 1, bias: bool = true, init: initializer = he_normal) -> [N, _, filters]
block conv2d(x: [N, H, W, C], filters: int, kernel: int | [int], stride: int | [int] = 1, padding: int | [int] | string = 0, dilation: int | [int] = 1, groups: int = 1, bias: bool = true, init: initializer = he_normal) -> [N, _, _, filters]
block conv3d(x: [N, D, H, W, C], filters: int, kernel: int | [int], stride: int | [int] = 1, padding: int | [int] | string = 0, dilation: int | [int] = 1, groups: int = 1, bias: bool = true, init: initializer = he_normal) -> [N, _, _, _, filters]
block conv_transpose2d(x: [N, H, W, C], filters: int, kernel: int | [int], stride: int | [int] = 1, padding: int | [int] = 0, bias: bool = true, init: initializer = he_normal) -> [N, _, _, filters]
block depthwise_conv2d(x: [N, H, W, C], kernel: int | [int], multiplier: int = 1, stride: int | [int] = 1, padding: int | [int] | string = 0, dilation: int | [int] = 1, bias: bool = true, init: initializer = he_normal) -> [N, _, _, C * multiplier]
block max_pool2d(x: [N, H, W, C], size: int | [int], stride: int | [int] = size, padding: int | [int] | string = 0) -> [N, _, _, C]
block avg_pool2d(x: [N, H, W, C], size: int | [int], stride: int | [int] = size, padding: int | [int] | string = 0, count_padding: bool = false) -> [N, _, _, C]
block global_avg_pool(x: [N, H, W, C]) -> [N, C]
block upsample(x: [N, H, W, C], factor: int, mode: string = "nearest") -> [N, H * factor, W * factor, C]
block flatten(x: [N, ..]) -> [N, _]
block dropout(x: [..], rate: float) -> [..]
block batch_norm(x: [.., C], statistics: string = "average", decay: float = 0.9, eps: float = 1e-5) -> [.., C]
block layer_norm(x: [.., C], eps: float = 1e-5) -> [.., C]
block group_norm(x: [N, H, W, C], groups: int, eps: float = 1e-5) -> [N, H, W, C]
block embedding(ids: i32[..], count: int, width: int, init: initializer = normal(std: 0.02)) -> [.., width]
block positions(x: [N, T, D]) -> [N, T, D]
block learned_positions(x: [N, T, D], max: int = T) -> [N, T, D]
block rnn(x: [N, T, C], units: int, activation: layer = tanh) -> [N, T, units]
block gru(x: [N, T, C], units: int, reset_after: bool = false) -> [N, T, units]
block lstm(x: [N, T, C], units: int, forget_bias: float = 1) -> [N, T, units]
block lstm_cell(x: [N, C], h: [N, U], c: [N, U], forget_bias: float = 1) -> ([N, U], [N, U])
block bidirectional(x: [N, T, C], forward: layer, backward: layer) -> [N, T, _]
block attention(q: [N, T, D], k: [N, S, D], v: [N, S, D], heads: int, causal: bool = false) -> [N, T, D]
block self_attention(x: [N, T, D], heads: int, causal: bool = false, bias: bool = true) -> [N, T, D]
block transformer(x: [N, T, D], depth: int, heads: int, causal: bool = false, expansion: int = 4, rate: float = 0) -> [N, T, D]
block graph_conv(x: [V, F], adjacency: [V, V], units: int, bias: bool = true) -> [V, units]
block residual(x: [..], body: layer) -> [..]
initializer zeros()
initializer ones()
initializer xavier_uniform()
initializer xavier_normal()
initializer he_uniform()
initializer he_normal()
initializer constant(value: float)
initializer uniform(low: float = -0.05, high: float = 0.05)
initializer normal(mean: float = 0, std: float = 0.05)
initializer small_random(scale: float = 0.001)
initializer orthogonal(gain: float = 1)
loss cross_entropy(output: [.., K], target: i32[..] | [.., K], smoothing: float = 0) -> []
loss binary_cross_entropy(output: [..], target: [..]) -> []
loss hinge(output: [.., K], target: i32[..], margin: float = 1) -> []
loss mse(output: [..], target: [..]) -> []
loss mae(output: [..], target: [..]) -> []
loss huber(output: [..], target: [..], delta: float = 1) -> []
optimizer sgd(w, g)
optimizer momentum(w, g, beta: float = 0.9)
optimizer momentum_sum(w, g, beta: float = 0.9)
optimizer momentum_velocity(w, g, beta: float = 0.9)
optimizer nesterov(w, g, beta: float = 0.9)
optimizer rmsprop(w, g, beta: float = 0.9, eps: float = 1e-8)
optimizer adagrad(w, g, eps: float = 1e-10)
optimizer adam(w, g, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, eps_inside: bool = false)
optimizer adamw(w, g, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, decay: float = 0.01)
schedule constant()
schedule inverse_time(decay: float = 1)
schedule exponential(rate: float = 0.95)
schedule inverse_sqrt(k: float = 1, per: string = "epoch")
schedule staircase(every: int = 100, factor: float = 0.5, per: string = "step")
schedule cosine(floor: float = 0)
schedule warmup(steps: int, then: schedule = constant)
regularizer l1(w, rate: float) -> []
regularizer l2(w, rate: float) -> []
metric accuracy(output: [.., K], target: i32[..] | [.., K]) -> []
metric top_k(output: [.., K], target: i32[..] | [.., K], k: int = 5) -> []
metric confusion(output: [.., K], target: i32[..] | [.., K]) -> [K, K]
metric binary_accuracy(output: [..], target: [..], threshold: float = 0) -> []
metric precision(output: [.., K], target: i32[..] | [.., K], average: string = "macro") -> [] | [K]
metric recall(output: [.., K], target: i32[..] | [.., K], average: string = "macro") -> [] | [K]
metric f1(output: [.., K], target: i32[..] | [.., K], average: string = "macro") -> [] | [K]
metric auc(output: [..], target: [..]) -> []
metric log_loss(output: [.., K], target: i32[..] | [.., K]) -> []
metric r2(output: [N, ..], target: [N, ..]) -> []
metric rmse(output: [..], target: [..]) -> []
metric mean_absolute_error(output: [..], target: [..]) -> []
`
  .trim()
  .split("\n");

function printDefault(value: Expression): string {
  return value.kind === "number" ? printRational(value.value) : printExpression(value);
}

function printParameter(parameter: Parameter): string {
  const { text } = parameter.name;
  if (parameter.kind === "bareInput") return text;
  if (parameter.kind === "tensorInput") return `${text}: ${parameter.types.map(printType).join(" | ")}`;
  return `${text}: ${printSettingType(parameter.types)}${parameter.default === undefined ? "" : ` = ${printDefault(parameter.default)}`}`;
}

function printResult(result: ResultType): string {
  if (result.kind === "tensorType") return printType(result);
  const members = result.members.map(printType);
  return result.kind === "tupleType" ? `(${members.join(", ")})` : members.join(" | ");
}

function printSignature({ kind, name, parameters, result }: Callable): string {
  const arrow = result === undefined ? "" : ` -> ${printResult(result)}`;
  return `${kind} ${name.text}(${parameters.map(printParameter).join(", ")})${arrow}`;
}

function signaturesOf(declarations: readonly { readonly kind: string }[]): ReadonlyMap<string, string> {
  const callables = declarations.filter((declaration): declaration is Callable => "parameters" in declaration);
  return new Map(callables.map((callable) => [`${callable.kind} ${callable.name.text}`, printSignature(callable)]));
}

const own = signaturesOf(prelude.flatMap(({ file }) => file.module.declarations));

test.each(signatures)("%s", (signature) => {
  const body = signature.includes("->") || signature.startsWith("optimizer") ? " { }" : " = 0";
  const expected = signaturesOf(parsed("expected.nn", signature + body).file.module.declarations);
  expect(expected.size).toBe(1);
  for (const [name, text] of expected) expect(own.get(name)).toBe(text);
});

test("nothing else is declared but helpers", () => {
  const known = new Set(signatures.map((signature) => signature.slice(0, signature.indexOf("("))));
  expect([...own.keys()].filter((name) => !known.has(name))).toEqual([
    "block towards_orthogonal",
    "block class_of",
    "block elements_of",
    "block added",
    "block value_of",
    "block share_of",
    "block members",
    "block tally",
    "block averaged",
    "block surprise",
    "block scale_of",
    "block scaled_difference",
  ]);
});

test("every declaration that users see says what it is", () => {
  const silent = prelude.flatMap(({ file }) =>
    file.module.declarations
      .filter((declaration) => ("doc" in declaration ? declaration.doc === undefined : true))
      .flatMap((declaration) => ("name" in declaration && "parameters" in declaration ? [declaration.name.text] : [])),
  );
  expect(silent).toEqual([]);
});
