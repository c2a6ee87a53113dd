/**
 * brain.js, plain JavaScript: perceptrons whose layers all end in the same function. With ReLU behind the last layer, too, it answers scores that are moved
 * up by a constant, which none falls below, and moved back.
 */
import { readFileSync } from "node:fs";
import { elements, minibatches, workloads } from "../workloads.mjs";

const package_ = new URL("../node_modules/brain.js/package.json", import.meta.url);
/** Above the sizes of W1's scores, and small enough that 32 bits keep them. */
const moved = 64;

export const brain = {
  name: "brain.js",
  version: async () => JSON.parse(readFileSync(package_, "utf8")).version,
  lacks: ({ name, phase, threads }) => {
    if (name !== "W1") return "measured on W1 only, a perceptron of one hidden layer";
    if (phase === "train") return "has no Adam with cross-entropy";
    return threads > 1 ? "runs on one thread" : undefined;
  },
  create,
};

async function create({ name, batch, weights, batches }) {
  const { default: library } = await import("brain.js");
  const { input, network } = workloads[name];
  const width = elements(input.shape);
  const layers = network.names.flatMap(({ dense }) => (dense === undefined ? [] : [dense]));
  const net = new library.NeuralNetwork({ activation: "relu" });
  net.fromJSON({
    sizes: [width, ...layers.map((layer) => weights.get(`${layer}.b`).shape[0])],
    layers: [keyed(width, () => ({})), ...layers.map((layer, at) => layerOf(weights, layer, at === layers.length - 1))],
    outputLookup: false,
    inputLookup: false,
    activation: "relu",
  });
  // It takes one row at a time.
  const rows = batches.map(({ x }) =>
    Array.from({ length: batch }, (_, row) => x.slice(row * width, (row + 1) * width)),
  );
  const classes = net.sizes.at(-1);
  const into = new Float32Array(batch * classes);
  return {
    reset() {},
    call(turn) {
      const given = rows[turn % minibatches];
      for (let row = 0; row < batch; row++) {
        const scores = net.run(given[row]);
        for (let id = 0; id < classes; id++) into[row * classes + id] = scores[id] - moved;
      }
      return into;
    },
    close() {},
  };
}

function layerOf(weights, layer, isLast) {
  const { data: w, shape } = weights.get(`${layer}.w`);
  const { data: b } = weights.get(`${layer}.b`);
  const [inputs, units] = shape;
  return keyed(units, (unit) => ({
    bias: b[unit] + (isLast ? moved : 0),
    weights: keyed(inputs, (at) => w[at * units + unit]),
  }));
}

/** Its file format has objects with numbers as keys where lists would do. */
const keyed = (count, valueOf) => Object.fromEntries(Array.from({ length: count }, (_, at) => [at, valueOf(at)]));
