/** Wrong programs of somebody who comes from Keras, PyTorch, NumPy or plain Python and has read one example. */
import type { WrongProgram } from "./program.ts";

const image = (body: string): string => `model M(image: [N, 28, 28, 1]) -> [N, 10] = image |> ${body}`;
const body = (statements: string): string => `model M(x: [N, 4]) -> [N, 2] {\n  ${statements}\n}`;
const trained = (keys: string): string => `model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\ntrain M {\n  ${keys}\n}`;
const most = "data: given\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)";

export const beginners: readonly WrongProgram[] = [
  // Layers by their names elsewhere.
  ["Input layer", "model M(x: [N, 4]) -> [N, 2] = Input(4) |> dense(2)"],
  ["Flatten()", image("Flatten() |> dense(10)")],
  ["MaxPooling2D", image("conv2d(8, 3) |> MaxPooling2D(2) |> flatten |> dense(10)")],
  ["max_pool2d of a pair", image("conv2d(8, 3) |> max_pool2d((2, 2)) |> flatten |> dense(10)")],
  ["maxpool", image("conv2d(8, 3) |> maxpool(2) |> flatten |> dense(10)")],
  ["avg_pool", image("conv2d(8, 3) |> average_pooling2d(2) |> flatten |> dense(10)")],
  ["GlobalAveragePooling2D", image("conv2d(8, 3) |> GlobalAveragePooling2D() |> dense(10)")],
  ["conv2d with a pair", image("conv2d(8, (3, 3)) |> flatten |> dense(10)")],
  ["conv2d strides", image('conv2d(8, 3, strides: 2, padding: "same") |> flatten |> dense(10)')],
  ["channels first", "model M(image: [N, 3, 32, 32]) -> [N, 10] = image |> conv2d(8, 5) |> flatten |> dense(10)"],
  ["padding in capitals", image('conv2d(8, 3, padding: "SAME") |> flatten |> dense(10)')],
  ["BatchNorm2d", image("conv2d(8, 3) |> BatchNorm2d(8) |> relu |> flatten |> dense(10)")],
  ["batch_norm with a width", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> batch_norm(8) |> relu |> dense(2)"],
  ["batchnorm", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> batchnorm |> relu |> dense(2)"],
  ["dropout without a rate", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> dropout |> dense(2)"],
  ["dropout p", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> dropout(p: 0.5) |> dense(2)"],
  ["leaky_relu alpha", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> leaky_relu(alpha: 0.2) |> dense(2)"],
  ["swish", "model M(x: [N, 4]) -> [N, 2] = x |> dense(8) |> swish |> dense(2)"],
  ["sigmod", "model M(x: [N, 4]) -> [N, 2] = x |> dense(2) |> sigmod"],
  ["Embedding of floats", "model M(words: [N, 20]) -> [N, 2] = words |> embedding(100, 8) |> flatten |> dense(2)"],
  [
    "embedding dim names",
    "model M(words: i32[N, 20]) -> [N, 2] = words |> embedding(num_embeddings: 100, dim: 8) |> flatten |> dense(2)",
  ],
  ["lstm return_sequences", "model M(x: [N, T, 4]) -> [N, 2] = x |> lstm(16, return_sequences: false) |> dense(2)"],
  ["lstm to classes", "model M(x: [N, T, 4]) -> [N, 2] = x |> lstm(16) |> dense(2)"],
  ["LSTM", "model M(x: [N, T, 4]) -> [N, T, 2] = x |> LSTM(16) |> dense(2)"],
  ["MultiHeadAttention", "model M(x: [N, T, 8]) -> [N, T, 8] = x |> MultiHeadAttention(num_heads: 2, key_dim: 4)"],
  ["repeat with a call", "model M(x: [N, 4]) -> [N, 4] = x |> repeat(relu, 3)"],
  // Shapes.
  ["-1 in a shape", "model M(x: [-1, 4]) -> [-1, 2] = x |> dense(2)"],
  ["another output size", "model M(x: [N, 4]) -> [N, 3] = x |> dense(8) |> relu |> dense(2)"],
  ["braces for brackets", "model M(x: {N, 4}) -> {N, 2} = x |> dense(2)"],
  [
    "two models of one name",
    "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\nmodel M(x: [N, 4]) -> [N, 3] = x |> dense(3)",
  ],
  ["reshape of another size", "model M(x: [N, 6]) -> [N, 2, 2] = reshape(x, [N, 2, 2])"],
  ["x.reshape", "model M(x: [N, 2, 2]) -> [N, 4] = x.reshape([N, 4])"],
  ["transpose with numbers", "model M(x: [N, 4, 2]) -> [N, 2, 4] = x.transpose(1, 2)"],
  ["len of an axis", body("let n = x.shape[1]\n  return x |> dense(2)")],
  ["a negative index too far", "model M(x: [N, 4]) -> [N] = x[:, -5]"],
  ["a range beyond", "model M(x: [N, 4]) -> [N, 2] = x[:, 3:5]"],
  ["concatenate", "model M(a: [N, 4], b: [N, 2]) -> [N, 6] = concatenate([a, b], axis: 1)"],
  ["concat of tensors by place", "model M(a: [N, 4], b: [N, 2]) -> [N, 6] = concat(a, b)"],
  ["+ of two branches", "model M(x: [N, 4]) -> [N, 2] = (x |> dense(3)) + (x |> dense(2))"],
  // Statements.
  ["a variable given anew", body("let h = x |> dense(8)\n  h = relu(h)\n  return h |> dense(2)")],
  ["a let used before", body("return h |> dense(2)\n  let h = x |> dense(8)"), 1],
  ["a layer never called", body("let fc = dense(8)\n  let out = dense(2)\n  return out(x)"), 0],
  ["return of two", body("let h = x |> dense(2)\n  return h, x")],
  ["an if over values", body("if x > 0 { return x |> dense(2) }\n  return x |> dense(2)")],
  ["an if over a mean", body("let h = x |> dense(2)\n  if mean(h) > 0 { return h }\n  return 2 * h")],
  ["a number of layers by const", 'const hidden = "64"\nmodel M(x: [N, 4]) -> [N, 2] = x |> dense(hidden) |> dense(2)'],
  ["random init", body("param w: [4, 2] = random([4, 2])\n  return x @ w")],
  // Trains.
  ["epochs as a string", trained(`${most}\n  epochs: "10"`)],
  ["epoch", trained(`${most}\n  batch: 8\n  epoch: 10`)],
  ["loss MSELoss", trained("data: given\n  loss: MSELoss()\n  optimizer: sgd(lr: 0.1)\n  batch: 8")],
  ["CrossEntropyLoss", trained("data: given\n  loss: nn.CrossEntropyLoss()\n  optimizer: sgd(lr: 0.1)\n  batch: 8")],
  [
    "sparse_categorical_crossentropy",
    trained("data: given\n  loss: sparse_categorical_crossentropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8"),
  ],
  ["optim.Adam", trained("data: given\n  loss: cross_entropy\n  optimizer: optim.Adam(lr: 0.001)\n  batch: 8")],
  ["metrics mae", trained("data: given\n  loss: mse\n  optimizer: sgd(lr: 0.1)\n  batch: 8\n  metrics: [mae]")],
  [
    "csv label",
    trained('data: csv("rows.csv", label: "y")\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8'),
  ],
  [
    "test_size",
    trained(
      'data: csv("rows.csv", target: "y", test_size: 0.2)\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8',
    ),
  ],
  [
    "normalize",
    trained(
      'data: csv("rows.csv", target: "y", normalize: true)\n  loss: cross_entropy\n  optimizer: sgd(lr: 0.1)\n  batch: 8',
    ),
  ],
  ["shuffle", trained(`${most}\n  batch: 8\n  shuffle: true`)],
  ["early_stopping", trained(`${most}\n  batch: 8\n  early_stopping: 5`)],
  ["callbacks", trained(`${most}\n  batch: 8\n  callbacks: [early_stop]`)],
  ["seed of a train as random_state", trained(`${most}\n  batch: 8\n  random_state: 42`)],
  ["l2 as a number", trained(`${most}\n  batch: 8\n  regularize: 0.01`)],
  ["model fit", `${trained(most)}\nM.fit(x, y)`],
  [
    "a train before its optimizer's name",
    trained("data: given\n  loss: cross_entropy\n  optimiser: sgd(lr: 0.1)\n  batch: 8"),
  ],
  [
    "activation softmax in loss",
    trained("data: given\n  loss: cross_entropy(from_logits: true)\n  optimizer: sgd(lr: 0.1)\n  batch: 8"),
  ],
  ["cosine decay", trained(`${most}\n  batch: 8\n  epochs: 3\n  schedule: cosine_decay`)],
];
