/**
 * What is measured: the workloads by their layers (for systems that have no `.nn`), with the names of their parameters in nnc, how many
 * multiply–adds they take, and minibatches drawn once from a fixed generator.
 */
import { readFileSync } from "node:fs";

/** Minibatches of a job; every system walks through the same ones in the same order. */
export const minibatches = 16;

const learnt = {
  embedding: "W7.embedding.w",
  places: "W7.learned_positions.w",
  norm: "W7.layer_norm",
  dense: "W7.dense",
};

/** The layers of W5's block. */
function pairOf(block) {
  const convolved = ["conv2d", "conv2d_2"].flatMap((layer) => [{ conv: `${block}.${layer}`, taps: 3 }, { relu: true }]);
  return [...convolved, { pool: 2 }];
}

/** The names of a transformer's block. */
function blockOf(at) {
  const block = `W7.transformer.repeat.${at}`;
  return {
    norm1: `${block}.residual.layer_norm`,
    attention: `${block}.residual.self_attention`,
    norm2: `${block}.residual_2.layer_norm`,
    expand: `${block}.residual_2.dense`,
    contract: `${block}.residual_2.dense_2`,
  };
}

/** Multiply–adds of a convolution over a square picture, taps on padding included. */
const convolution = (size, taps, from, to) => size * size * taps * taps * from * to;

/**
 * `batch`: of a training step; `batches`: of inference. `input`: the shape of a row, and below which number its integers are (floats where
 * there is none). `target`: the shape of a row's classes. `macs`: multiply–adds of a row's products, forward; `first`: of those whose input needs no gradient.
 * `bounds`: of open dimensions. `layers` have pictures with channels last; `flatten` tells the shape of a picture before it.
 */
export const workloads = {
  W1: {
    title: "a small perceptron",
    batch: 32,
    batches: [1, 32],
    input: { shape: [64] },
    target: { shape: [], classes: 10 },
    macs: 64 * 32 + 32 * 10,
    first: 64 * 32,
    network: { kind: "layers", names: [{ dense: "W1.dense" }, { relu: true }, { dense: "W1.dense_2" }] },
  },
  W2: {
    title: "the MNIST perceptron",
    batch: 128,
    batches: [1, 128],
    input: { shape: [784] },
    target: { shape: [], classes: 10 },
    macs: 784 * 256 + 256 * 128 + 128 * 10,
    first: 784 * 256,
    network: {
      kind: "layers",
      names: [{ dense: "W2.dense" }, { relu: true }, { dense: "W2.dense_2" }, { relu: true }, { dense: "W2.dense_3" }],
    },
  },
  W3: {
    title: "a perceptron with batch normalisation",
    batch: 128,
    batches: [1, 128],
    input: { shape: [784] },
    target: { shape: [], classes: 10 },
    macs: 784 * 256 + 256 * 10,
    first: 784 * 256,
    network: {
      kind: "layers",
      names: [{ dense: "W3.dense" }, { norm: "W3.batch_norm" }, { relu: true }, { dense: "W3.dense_2" }],
    },
  },
  W4: {
    title: "a small convolutional network",
    batch: 64,
    batches: [1, 64],
    input: { shape: [28, 28, 1] },
    target: { shape: [], classes: 10 },
    macs: convolution(28, 5, 1, 8) + convolution(14, 5, 8, 16) + 7 * 7 * 16 * 10,
    first: convolution(28, 5, 1, 8),
    network: {
      kind: "layers",
      names: [
        { conv: "W4.conv2d", taps: 5 },
        { relu: true },
        { pool: 2 },
        { conv: "W4.conv2d_2", taps: 5 },
        { relu: true },
        { pool: 2 },
        { flatten: [7, 7, 16] },
        { dense: "W4.dense" },
      ],
    },
  },
  W5: {
    title: "a convolutional network on colour images",
    batch: 32,
    batches: [1, 32],
    input: { shape: [32, 32, 3] },
    target: { shape: [], classes: 10 },
    macs:
      convolution(32, 3, 3, 32) +
      convolution(32, 3, 32, 32) +
      convolution(16, 3, 32, 64) +
      convolution(16, 3, 64, 64) +
      8 * 8 * 64 * 256 +
      256 * 10,
    first: convolution(32, 3, 3, 32),
    network: {
      kind: "layers",
      names: [
        ...pairOf("W5.pair"),
        ...pairOf("W5.pair_2"),
        { flatten: [8, 8, 64] },
        { dense: "W5.dense" },
        { relu: true },
        { dense: "W5.dense_2" },
      ],
    },
  },
  W6: {
    title: "a character LSTM of 64 steps",
    batch: 32,
    batches: [1, 32],
    input: { shape: [64], below: 64 },
    target: { shape: [64], classes: 64 },
    bounds: { T: 64 },
    // Per place: the input's and the state's products with four gates each, then the last layer.
    macs: 64 * (64 * 512 + 128 * 512 + 128 * 64),
    first: 0,
    network: {
      kind: "recurrent",
      names: { embedding: "W6.embedding.w", lstm: "W6.lstm", dense: "W6.dense", forgetBias: 1 },
    },
  },
  W7: {
    title: "a transformer of two blocks",
    batch: 16,
    batches: [1, 16],
    input: { shape: [64], below: 64 },
    target: { shape: [64], classes: 64 },
    // Per place: four projections, two dense layers, scores and sums over all 64 places; then the last layer.
    macs: 64 * (2 * (4 * 128 * 128 + 2 * 128 * 512 + 2 * 64 * 128) + 128 * 64),
    first: 0,
    network: { kind: "transformer", names: { ...learnt, heads: 4, blocks: [blockOf(0), blockOf(1)] } },
  },
};

/** Floating-point operations of the products: backward there are two for each, but for the first layer's input. */
export function operations({ macs, first }, phase, batch) {
  return 2 * batch * (phase === "train" ? 3 * macs - first : macs);
}

export function sourceOf(name) {
  return readFileSync(new URL(`../workloads/${name}.nn`, import.meta.url), "utf8");
}

/** `[{ x, target }]` as typed arrays: values in [0, 1) or ids, and classes. */
export function batchesOf({ input, target }, batch) {
  const next = generator(20_261);
  const integers = (count, below) => Int32Array.from({ length: count }, () => Math.floor(next() * below));
  const values = batch * elements(input.shape);
  return Array.from({ length: minibatches }, () => ({
    x: input.below === undefined ? Float32Array.from({ length: values }, next) : integers(values, input.below),
    target: integers(batch * elements(target.shape), target.classes),
  }));
}

export const elements = (shape) => shape.reduce((product, size) => product * size, 1);

/** A linear congruential generator (Numerical Recipes): the data need not be good, only equal for all. */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bounds as flags of the command. */
export function boundFlags(bounds = {}) {
  return Object.entries(bounds).flatMap(([name, size]) => ["--bounds", `${name}=${size}`]);
}
