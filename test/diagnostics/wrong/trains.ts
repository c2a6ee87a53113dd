/** Wrong programs whose mistake stands in a train. */
import type { WrongProgram } from "./program.ts";

export const trains: readonly WrongProgram[] = [
  [
    "mse reduction",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: mse(reduction: "mean")\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}',
  ],
  [
    "rate beside the optimizer",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: mse\n  optimizer: adam lr: 0.01\n  batch: 8\n}",
  ],
  [
    "unknown loss",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: mes\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "unknown loss2",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: kullback\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "unknown metric",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  metrics: [foo]\n}",
  ],
  [
    "unknown schedule",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  schedule: foo\n}",
  ],
  [
    "unknown optimizer",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: foo(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "unknown regularizer",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  regularize: foo(0.1)\n}",
  ],
  [
    "accuracy [N,1]",
    "model M(x: [N, 4]) -> [N, 1] = x |> dense(1)\ntrain M {\n  data: given\n  loss: binary_cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  metrics: [accuracy]\n}",
  ],
  [
    "softmax + ce",
    "model M(x: [N, 4]) -> [N, 3] = x |> dense(3) |> softmax\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
    0,
  ],
  [
    '"adam"',
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: "adam"\n  batch: 8\n}',
  ],
  [
    "learning_rate",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: adam(lr: 0.01)  learning_rate: 0.01  batch_size: 16  epochs: 3 }",
    2,
  ],
  [
    '"all"',
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: "all"\n}',
  ],
  [
    "16.5 -3",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 16.5\n  epochs: -3\n}",
    2,
  ],
  [
    "bce",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: bce\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "categorical_crossentropy",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: categorical_crossentropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "batch_size",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  batch_size: 8\n}",
  ],
  [
    "lr key",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  lr: 0.1\n}",
  ],
  [
    "optimizer no lr",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: adam\n  batch: 8\n}",
  ],
  [
    "adam(0.01)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: adam(0.01)\n  batch: 8\n}",
  ],
  [
    "sgd(0.3)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(0.3)\n  batch: 8\n}",
  ],
  [
    "momentum(0.9)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: momentum(0.9)\n  batch: 8\n}",
  ],
  [
    "adam(learning_rate)",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: adam(learning_rate: 0.01)\n  batch: 8\n}",
  ],
  [
    "Adam",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: Adam(lr: 0.01)\n  batch: 8\n}",
  ],
  [
    "train all keys",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: cvs("a.csv")\n  loss: mes\n  optimizer: sdg(lr: 0.1)\n  regularize: l3(0.1)\n  schedule: cosin\n  batch: 1.5\n  epochs: -1\n  metrics: [acuracy]\n  seed: "a"\n  clip_norm: -1\n  average: 2\n  stop_early: 0\n}',
    12,
  ],
  [
    "a key twice",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  epochs: 2  epochs: 3\n}",
  ],
  ["no loss", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  optimizer: sgd(lr: 0.1) }"],
  ["no optimizer", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse }"],
  ["neither", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given }", 2],
  [
    "no data file",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: "rows.csv"\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}',
  ],
  [
    "a reader that is not",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: json("rows.json")\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}',
  ],
  [
    "csv without quotes",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: csv(rows.csv)\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}",
  ],
  [
    "validation_split",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  validation_split: 20%\n}",
  ],
  [
    "a schedule as a number",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  schedule: 0.1\n}",
  ],
  [
    "a metric in quotes",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  metrics: ["accuracy"]\n}',
  ],
  [
    "metrics of other names",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  metrics: [acc, mse]\n}",
    2,
  ],
  [
    "a loss in quotes",
    'model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: "mse"\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n}',
  ],
  [
    "weight_decay",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  weight_decay: 1e-4\n}",
  ],
  [
    "sgd with momentum",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1, momentum: 0.9)\n  batch: 8\n}",
  ],
  [
    "adam with betas",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: adam(lr: 0.1, betas: [0.9, 0.999])\n  batch: 8\n}",
  ],
  [
    "a negative rate",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  data: given\n  loss: cross_entropy\n  optimizer: adam(lr: -0.1)\n  batch: 8\n}",
  ],
  [
    "a train of another name",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain N { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
  ],
  [
    "a loss called with its tensors",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse(output, target)  optimizer: sgd(lr: 0.1) }",
  ],
  [
    "a loss and an optimizer by place",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: cross_entropy(x)  optimizer: sgd(0.1) }",
    2,
  ],
];
