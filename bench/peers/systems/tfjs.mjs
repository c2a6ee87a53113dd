/**
 * TensorFlow.js 4 as its users write a training step: variables, an optimiser's `minimize`, memory kept by `tidy`.
 * The loss is softmax with cross-entropy over one-hot targets, which is what `tf.losses` offers.
 */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

export function tfjs(backend) {
  return {
    name: `tfjs-${backend}`,
    version: tf.version_core,
    async prepare() {
      if (backend === "wasm") setThreadsCount(1);
      await tf.setBackend(backend);
      await tf.ready();
    },
    create: (workload, batches) => create(backend, workload, batches),
  };
}

async function create(backend, { inputs, hidden, classes, batch, norm }, batches) {
  await tf.setBackend(backend);
  const layers = layersOf(inputs, [...hidden, classes], norm);
  const variables = layers.flatMap((layer) => Object.values(layer));
  const data = batches.map(({ x, target }) => ({
    x: tf.tensor2d(x, [batch, inputs]),
    target: tf.cast(tf.oneHot(tf.tensor1d(target, "int32"), classes), "float32"),
  }));
  const optimizer = tf.train.adam(1e-3);
  const activate = async () => {
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
  };
  return {
    activate,
    step(turn) {
      const { x, target } = data[turn % data.length];
      const cost = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(target, forward(layers, x)), true, variables);
      const loss = cost.dataSync()[0];
      cost.dispose();
      return loss;
    },
    predict(turn) {
      const output = tf.tidy(() => forward(layers, data[turn % data.length].x));
      output.dataSync();
      output.dispose();
    },
    close() {
      for (const tensor of [...variables, ...data.flatMap(Object.values)]) tensor.dispose();
      optimizer.dispose();
    },
  };
}

function layersOf(inputs, units, norm) {
  return units.map((width, at) => {
    const from = at === 0 ? inputs : units[at - 1];
    const w = tf.variable(tf.randomNormal([from, width], 0, Math.sqrt(2 / from)));
    const b = tf.variable(tf.zeros([width]));
    if (!norm || at === units.length - 1) return { w, b };
    return { w, b, gamma: tf.variable(tf.ones([width])), beta: tf.variable(tf.zeros([width])) };
  });
}

function forward(layers, x) {
  return layers.reduce((input, { w, b, gamma, beta }, at) => {
    const sum = tf.add(tf.matMul(input, w), b);
    if (at === layers.length - 1) return sum;
    return tf.relu(gamma === undefined ? sum : normalise(sum, gamma, beta));
  }, x);
}

function normalise(x, gamma, beta) {
  const { mean, variance } = tf.moments(x, 0);
  return tf.batchNorm(x, mean, variance, beta, gamma, 1e-5);
}
