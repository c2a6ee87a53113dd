/** Wrong programs with words, signs and forms of other systems, in trains, heads and calls. */
import type { WrongProgram } from "./program.ts";

const model = "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\n";
const trained = (entries: string): string =>
  `${model}train M {\n  data: given\n  batch: 8\n  epochs: 2\n  ${entries}\n}`;
const key = (entry: string): string => trained(`loss: mse\n  optimizer: sgd(lr: 0.1)\n  ${entry}`);

export const habits: readonly WrongProgram[] = [
  ["learning_rate beside a bare optimizer", trained("loss: mse\n  optimizer: adam\n  learning_rate: 0.01")],
  ["settings behind the optimizer", trained("loss: mse\n  optimizer: adam lr=0.01, beta1=0.8")],
  ["a setting without its colon", trained("loss: mse\n  optimizer: adam(lr 0.01)")],
  ["gradient_clip", key("gradient_clip: 1")],
  ["clip_value", key("clip_value: 1")],
  ["freeze", key("freeze: M.dense")],
  ["dropout in a train", key("dropout: 0.5")],
  ["l2 as a key", key("l2: 0.01")],
  ["metrics in parentheses", key("metrics: (r2, rmse)")],
  ["metrics in braces", key("metrics: {r2, rmse}")],
  ["a schedule in quotes within another", key('schedule: warmup(100, then: "cosine")')],
  ["schedules in a list", key("schedule: [warmup(10), cosine]")],
  ["StepLR with its settings", key("schedule: staircase(step_size: 10, gamma: 0.1)")],
  ["ReduceLROnPlateau", key("schedule: ReduceLROnPlateau()")],
  ["T_max", key("schedule: cosine(T_max: 10)")],
  ["regularizers in a sum", key("regularize: l1(0.1) + l2(0.1)")],
  ["a sum of losses", trained("loss: mse + mae\n  optimizer: sgd(lr: 0.1)")],
  ["kl_divergence", trained("loss: kl_divergence\n  optimizer: sgd(lr: 0.1)")],
  ["a schedule as the rate", trained("loss: mse\n  optimizer: sgd(lr: cosine)")],
  ["a file without quotes", `${model}train M { data: rows.csv  loss: mse  optimizer: sgd(lr: 0.1)  epochs: 2 }`],
  ["two optimizers", trained("loss: mse\n  optimizer: [sgd(lr: 0.1), adam(lr: 0.1)]")],
  ["lion", trained("loss: mse\n  optimizer: lion(lr: 0.1)")],
  ["rho of rmsprop", trained("loss: mse\n  optimizer: rmsprop(lr: 0.1, rho: 0.9)")],
  [
    "maximize",
    `${model}train T(x: [N, 4]) {\n  data: given\n  epochs: 2\n  maximize: mean(M(x))\n  update: M\n  optimizer: sgd(lr: 0.1)\n}`,
  ],
  [
    "a loss in a step",
    `${model}train T(x: [N, 4]) {\n  data: given\n  epochs: 2\n  step s { loss: mse  update: M  optimizer: sgd(lr: 0.1) }\n}`,
  ],
  ["a step without a name", `${model}train M {\n  step { minimize: 0 }\n}`],
  ["a train without a name", `${model}train { data: given  loss: mse }`],
  ["a label in quotes", `${model}train M as "a" { data: given  loss: mse }`],
  ["train M with", `${model}train M with adam(lr: 0.1) { data: given  loss: mse }`],
  ["data with a colon", `data d: csv("a.csv", target: "y")\n${model}`],
  ["a const with a type", "const a: int = 2\nmodel M(x: [N, a]) -> [N, a] = x"],
  ["a schedule without parentheses", `schedule s = lr0 * 0.5\n${model}`],
  ["a name of a file without quotes", `use blocks\n${model}`],
  ["use M from", `use M from "./blocks.nn"\n${model}`],
  ["a parenthesis of a signature lost", "block D(x: [N, C] -> [N, C] = x\nmodel M(x: [N, 4]) -> [N, 4] = D(x)"],
  ["a reserved word among names", `optimizer o(param, g) { g <- g }\n${model}`],
  ["an initializer in quotes", 'model M(x: [N, 4]) -> [N, 2] = x |> dense(2, init: "he_normal")'],
  ["a number as an initializer", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2, init: 0.5)"],
  ["sigma of normal", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2, init: normal(sigma: 0.1))"],
  ["momentum of batch_norm", "model M(x: [N, 4]) -> [N, 4] = x |> batch_norm(momentum: 0.1)"],
  ["input_dim of embedding", "model M(x: i32[N, 5]) -> [N, 5, 8] = x |> embedding(input_dim: 100, output_dim: 8)"],
  ["multi_head_attention", "model M(x: [N, 5, 8]) -> [N, 5, 8] = x |> multi_head_attention(2)"],
  ["positional_encoding", "model M(x: [N, 5, 8]) -> [N, 5, 8] = x + positional_encoding(5, 8)"],
  ["global_max_pool2d", "model M(x: [N, 8, 8, 4]) -> [N, 4] = x |> global_max_pool2d"],
  ["three dots", "model M(x: [N, 4]) -> [N] = x[..., 0]"],
  ["bars of a magnitude", "model M(x: [N, 4]) -> [N, 4] = |x|"],
  ["a question mark as a size", "model M(x: [?, 4]) -> [N, 4] = x"],
];
