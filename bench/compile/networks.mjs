/** Deep networks, and long scans, that a person may write in a few lines, for how long compiling them takes. */
import { readFileSync } from "node:fs";

const trained = (model, { loss = "mse", optimizer = "adam(lr: 1e-3)" } = {}) =>
  `${model}\ntrain M { data: given  loss: ${loss}  optimizer: ${optimizer}  batch: 8 }\n`;

const dense = (depth) => `model M(x: [N, 2]) -> [N, 2] = x |> repeat(${depth}, dense(2))`;
const widening = (depth) =>
  `model M(x: [N, 2]) -> [N, 2] = x |> ${Array.from({ length: depth }, (_, at) => `dense(${at + 3})`).join(" |> ")} |> dense(2)`;
const transformer = (depth) => `model M(x: [N, 16, 8]) -> [N, 16, 8] = x |> transformer(${depth}, 2)`;
const residual = (depth) => `model M(x: [N, 16, 16, 8]) -> [N, 10] =
  x |> repeat(${depth}, residual(conv2d(8, 3, padding: "same", bias: false) |> batch_norm |> relu))
    |> mean(axis: [1, 2]) |> dense(10)`;

/** A neural differential equation by Euler's method. */
const euler = (steps) => `model M(x: [N, 4]) -> [N, 4] {
  let end = scan t in range(${steps}) with h = x {
    next h = h + 0.01 * (h |> dense(16) |> tanh |> dense(4))
  }
  return end
}`;

const descent = "sgd(lr: 0.1)";
const convolutional = { loss: "cross_entropy", optimizer: "momentum_sum(lr: 0.1)" };

/** Beyond the usual limit on programs. */
const operations = 400_000;

/** What a training step of eight rows is fed, where it is measured, too. */
const feeds = { x: new Float32Array(8 * 4).fill(0.5), target: new Float32Array(8 * 4) };

/**
 * `{ name, depth, source }`; the limit on operations of those that exceed the usual one, `bounds` other than eight rows, and `feeds` where a
 * training step is measured. The depth of a scan is how many steps it takes.
 */
export const networks = [
  { name: "dense, adam", depth: 100, source: trained(dense(100)) },
  { name: "dense, adam", depth: 500, source: trained(dense(500)) },
  { name: "dense, adam", depth: 800, source: trained(dense(800)) },
  { name: "dense, adam", depth: 1000, source: trained(dense(1000)), operations },
  { name: "dense, sgd", depth: 1000, source: trained(dense(1000), { optimizer: descent }) },
  { name: "dense, sgd", depth: 1600, source: trained(dense(1600), { optimizer: descent }) },
  { name: "dense, untrained", depth: 2000, source: dense(2000) },
  { name: "dense, untrained", depth: 4000, source: dense(4000), operations },
  { name: "dense of 60 sizes, adam", depth: 60, source: trained(widening(60)) },
  { name: "transformer, adam", depth: 12, source: trained(transformer(12)) },
  { name: "transformer, adam", depth: 42, source: trained(transformer(42)) },
  { name: "transformer, adam", depth: 120, source: trained(transformer(120)), operations },
  { name: "residual convolutions, momentum", depth: 50, source: trained(residual(50), convolutional) },
  { name: "residual convolutions, momentum", depth: 70, source: trained(residual(70), convolutional) },
  { name: "scan, sgd", depth: 10, source: trained(euler(10), { optimizer: descent }), feeds },
  { name: "scan, sgd", depth: 1000, source: trained(euler(1000), { optimizer: descent }), feeds },
  { name: "scan, sgd", depth: 10_000, source: trained(euler(10_000), { optimizer: descent }), feeds },
  {
    name: "W6: scan of an LSTM",
    depth: 64,
    source: readFileSync(new URL("../workloads/W6.nn", import.meta.url), "utf8"),
    bounds: { N: 32, T: 64 },
  },
];
