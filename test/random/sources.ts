/** Small programs that compile: what mutations start from. Together they use most of the language and the prelude. */
import { readFileSync } from "node:fs";

function example(path: string): string {
  return readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8");
}

const trained = (body: string): string => `${body}
train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1  seed: 1 }
`;

/** Quick to compile, so that most mutants are of these. */
const snippets: readonly string[] = [
  "model M(x: [N, 8]) -> [N, 3] = x |> dense(5) |> relu |> dense(3)\n",
  "model M(x: [N, 6]) -> [N, 6] = x |> layer_norm |> gelu |> softmax\n",
  `block gate(x: [.., C], units: int, bias: bool = true) -> [.., units] {
  require units >= 1, "units must be positive"
  param w: [C, units] = xavier_uniform
  if bias {
    param b: [units] = zeros
    return sigmoid(x @ w + b)
  }
  return sigmoid(x @ w)
}
model M(x: [N, 4]) -> [N, 3] = x |> gate(5) |> gate(3, bias: false)
`,
  `const heads = 2
block mix(x: [N, T, D], k: int) -> [N, T, D] {
  let parts = reshape(x, [N, T, k, D / k])
  let scores = einsum("nqhd,nkhd->nhqk", parts, parts) / sqrt(D / k)
  return reshape(einsum("nhqk,nkhd->nqhd", softmax(scores), parts), [N, T, D])
}
model M(x: [N, 5, 4]) -> [N, 5, 4] = x |> residual(mix(heads))
`,
  `model M(ids: i32[N, 6]) -> [N, 3] {
  let rows = ids |> embedding(10, 4)
  let pooled = mean(rows, axis: 1)
  return concat([pooled, max(rows, axis: 1)], axis: -1) |> dense(3)
}
`,
  `model M(x: [N, 7], y: [7]) -> [N] {
  let centred = x - mean(x, axis: -1, keep: true)
  let spread = sqrt(mean(centred ** 2, axis: -1) + 1e-5)
  let (a, b) = (centred[:, 0:3], centred[:, 4:7])
  return sum(a * b, axis: -1) / spread + sum(where(x > y, x, 0.5 * y), axis: -1)
}
`.replace("let (a, b) = (centred[:, 0:3], centred[:, 4:7])", "let a = centred[:, 0:3]\n  let b = centred[:, 4:7]"),
  `block scale(x: [.., C], by: float = 2.0) -> [.., C] {
  state seen: [] = zeros
  param g: [C] = constant(1)
  seen <- seen + 1
  return x * g * by
}
model M(x: [N, 3]) -> [N, 3] {
  let f = scale(0.5)
  return x |> f |> f |> repeat(2, dense(3) |> tanh)
}
`,
  `block relu(x: [..]) -> [..] = 0.5 * prelude.relu(x)
block glu(x: [.., 2 * K], größe: int | [int] = 1) -> [.., K] {
  if is_list(größe) { let by = größe[0] } else { let by = größe }
  return by * x[.., ::2] * sigmoid(x[.., 1::2])
}
model M(x: [N, 6]) -> [N, 3] = dense(relu(glu(x, [2])), 3)
`,
  trained("model M(x: [N, 5]) -> [N, 3] = x |> dense(4) |> batch_norm |> relu |> dropout(0.2) |> dense(3)"),
  `loss mine(output: [N, K], target: i32[N], weight: float = 0.5) -> [] {
  let p = log_softmax(output)
  return -mean(pick(p, target)) + weight * mean(output ** 2)
}
optimizer drag(w, g, by: float = 0.9) {
  state v = zeros
  v <- by * v + (1 - by) * g
  w <- w - lr * v / (abs(v) + 0.1)
}
schedule ramp(length: int = 5) = lr0 * minimum(1, step / length)
model M(x: [N, 4]) -> [N, 3] = x |> dense(3)
train M { data: given  loss: mine(weight: 0.1)  optimizer: drag(lr: 0.01)  schedule: ramp(3)  regularize: l2(1e-3)  clip_norm: 1  batch: 4  epochs: 2  seed: 3  metrics: [accuracy] }
`,
];

const examples = ["digits/digits.nn", "linear/linear.nn", "optimisers/optimisers.nn"].map(example);

/** Snippets more often than whole examples. */
export const sources: readonly string[] = [...snippets, ...snippets, ...examples];

export { examples, snippets };
