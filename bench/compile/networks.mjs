/** Deep networks that a person may write in a few lines, for how long compiling them takes. */

const trained = (model, { loss = "mse", optimizer = "adam(lr: 1e-3)" } = {}) =>
  `${model}\ntrain M { data: given  loss: ${loss}  optimizer: ${optimizer}  batch: 8 }\n`;

const dense = (depth) => `model M(x: [N, 2]) -> [N, 2] = x |> repeat(${depth}, dense(2))`;
const transformer = (depth) => `model M(x: [N, 16, 8]) -> [N, 16, 8] = x |> transformer(${depth}, 2)`;
const residual = (depth) => `model M(x: [N, 16, 16, 8]) -> [N, 10] =
  x |> repeat(${depth}, residual(conv2d(8, 3, padding: "same", bias: false) |> batch_norm |> relu))
    |> mean(axis: [1, 2]) |> dense(10)`;

const descent = "sgd(lr: 0.1)";
const convolutional = { loss: "cross_entropy", optimizer: "momentum_sum(lr: 0.1)" };

/** `{ name, depth, source }`. */
export const networks = [
  { name: "dense, adam", depth: 100, source: trained(dense(100)) },
  { name: "dense, adam", depth: 800, source: trained(dense(800)) },
  { name: "dense, adam", depth: 1000, source: trained(dense(1000)) },
  { name: "dense, sgd", depth: 1600, source: trained(dense(1600), { optimizer: descent }) },
  { name: "dense, untrained", depth: 4000, source: dense(4000) },
  { name: "transformer, adam", depth: 12, source: trained(transformer(12)) },
  { name: "transformer, adam", depth: 120, source: trained(transformer(120)) },
  { name: "residual convolutions, momentum", depth: 50, source: trained(residual(50), convolutional) },
];
