/**
 * TensorFlow.js 4 as its users write a training step: variables, an optimiser's `minimize`, memory kept by `tidy`; minibatches are tensors
 * before the time is taken.
 */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { minibatches, workloads } from "../workloads.mjs";

export function tfjs(backend) {
  return {
    name: `tfjs-${backend}`,
    version: async () => tf.version_core,
    lacks: ({ threads }) => (threads > 1 ? "has threads only in browsers" : undefined),
    cannot: missing,
    mayBeSlow: backend === "cpu",
    create: (job) => create(backend, job),
  };
}

/** A back end without an operation says so when that is called; those of gradients are named after whose they are. */
function missing(message) {
  const [, of] = /^Kernel '(\w+?)(?:Backprop\w*|Grad)?' not registered/.exec(message) ?? [];
  if (of === undefined) return undefined;
  return message.includes(`'${of}'`) ? message : `no gradient for ${of}: ${message}`;
}

async function create(backend, { name, phase, batch, weights, batches }) {
  const activate = () => useBackend(backend);
  await activate();
  const training = phase === "train";
  const { network } = workloads[name];
  const data = batches.map((one) => tensorsOf(workloads[name], batch, one, training));
  const variables = Object.fromEntries(
    [...weights].map(([parameter, { shape, data: values }]) => [
      parameter,
      tf.tidy(() => tf.variable(tf.tensor(values, shape))),
    ]),
  );
  const trained = Object.keys(variables).filter((parameter) => !parameter.includes(".running_"));
  const kind = { layers, recurrent, transformer }[network.kind](network.names, variables, training);
  let optimizer = adam();
  const step = (turn) => {
    const { x, target } = data[turn % minibatches];
    const loss = () => tf.losses.softmaxCrossEntropy(target, kind.forward(x));
    const cost = optimizer.minimize(
      loss,
      true,
      trained.map((parameter) => variables[parameter]),
    );
    const [value] = cost.dataSync();
    cost.dispose();
    return value;
  };
  const predict = (turn) => {
    const output = tf.tidy(() => kind.forward(data[turn % minibatches].x));
    const values = output.dataSync();
    output.dispose();
    return values;
  };
  return {
    note:
      training && workloads[name].input.below !== undefined
        ? "looks vectors up by one-hot products: no gradient of gather in its WebAssembly back end"
        : undefined,
    activate,
    reset() {
      for (const [parameter, { shape, data: values }] of weights)
        tf.tidy(() => variables[parameter].assign(tf.tensor(values, shape)));
      optimizer.dispose();
      optimizer = adam();
    },
    call: training ? step : predict,
    close() {
      tf.dispose([variables, data, kind.constants]);
      optimizer.dispose();
    },
  };
}

async function useBackend(backend) {
  if (tf.getBackend() === backend) return;
  if (backend === "wasm") setThreadsCount(1);
  await tf.setBackend(backend);
}

const adam = () => tf.train.adam(1e-3, 0.9, 0.999, 1e-8);

/** A minibatch: classes as one-hot rows, which is what `tf.losses` takes; ids too where they are trained through. */
function tensorsOf({ input, target }, batch, { x, target: classes }, training) {
  const oneHot = (values, shape, count) =>
    tf.tidy(() => tf.cast(tf.oneHot(tf.tensor(values, [batch, ...shape], "int32"), count), "float32"));
  const trainedIds = training && input.below !== undefined;
  return {
    x: trainedIds ? oneHot(x, input.shape, input.below) : tf.tensor(x, [batch, ...input.shape]),
    target: oneHot(classes, target.shape, target.classes),
  };
}

function layers(names, variables, training) {
  const forward = (x) =>
    names.reduce((input, { dense, conv, norm, pool, flatten }) => {
      if (dense !== undefined) return tf.add(tf.matMul(input, variables[`${dense}.w`]), variables[`${dense}.b`]);
      if (conv !== undefined)
        return tf.add(tf.conv2d(input, variables[`${conv}.w`], 1, "same"), variables[`${conv}.b`]);
      if (norm !== undefined) return batchNorm(input, norm, variables, training);
      if (pool !== undefined) return tf.maxPool(input, pool, pool, "valid");
      return flatten === undefined ? tf.relu(input) : tf.reshape(input, [input.shape[0], -1]);
    }, x);
  return { forward, constants: [] };
}

/** The batch's own statistics while training, which move the running averages; those otherwise. */
function batchNorm(x, name, variables, training) {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "running_mean", "running_var"].map(
    (part) => variables[`${name}.${part}`],
  );
  if (!training) return tf.batchNorm(x, mean, variance, beta, gamma, 1e-5);
  const own = tf.moments(x, 0);
  mean.assign(tf.add(tf.mul(mean, 0.9), tf.mul(own.mean, 0.1)));
  variance.assign(tf.add(tf.mul(variance, 0.9), tf.mul(own.variance, 0.1)));
  return tf.batchNorm(x, own.mean, own.variance, beta, gamma, 1e-5);
}

function transformer(names, variables) {
  const [places] = variables[names.places].shape;
  const hidden = Float32Array.from({ length: places ** 2 }, (_, at) =>
    at % places > Math.floor(at / places) ? -1e9 : 0,
  );
  const mask = tf.tensor(hidden, [places, places]);
  const forward = (ids) => {
    let x = tf.add(embedding(ids, variables[names.embedding]), variables[names.places]);
    for (const block of names.blocks) {
      x = tf.add(x, attention(layerNorm(x, block.norm1, variables), block.attention, names.heads, mask, variables));
      const wide = gelu(dense(layerNorm(x, block.norm2, variables), block.expand, variables));
      x = tf.add(x, dense(wide, block.contract, variables));
    }
    return dense(layerNorm(x, names.norm, variables), names.dense, variables);
  };
  return { forward, constants: [mask] };
}

/** Vectors of ids, or of their one-hot rows where these are trained through. */
function embedding(ids, table) {
  if (ids.rank === 2) return tf.gather(table, ids);
  const [rows, places, count] = ids.shape;
  return tf.reshape(tf.matMul(tf.reshape(ids, [-1, count]), table), [rows, places, table.shape[1]]);
}

/** The input's products for all places at once, then place by place; parts i, f, g and o, the forget gate with its constant. */
function recurrent(names, variables) {
  const [u, b] = ["u", "b"].map((part) => variables[`${names.lstm}.${part}`]);
  const units = u.shape[0];
  const forget = Float32Array.from({ length: 4 * units }, (_, at) =>
    Math.floor(at / units) === 1 ? names.forgetBias : 0,
  );
  const bias = tf.tensor(forget);
  const forward = (ids) => {
    const x = embedding(ids, variables[names.embedding]);
    const [rows, places, width] = x.shape;
    const product = tf.matMul(tf.reshape(x, [-1, width]), variables[`${names.lstm}.w`]);
    const projected = tf.unstack(tf.reshape(tf.add(product, tf.add(b, bias)), [rows, places, 4 * units]), 1);
    const states = [];
    let [h, c] = [tf.zeros([rows, units]), tf.zeros([rows, units])];
    for (const part of projected) {
      const [i, f, g, o] = tf.split(tf.add(part, tf.matMul(h, u)), 4, 1);
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      h = tf.mul(tf.sigmoid(o), tf.tanh(c));
      states.push(h);
    }
    return dense(tf.stack(states, 1), names.dense, variables);
  };
  return { forward, constants: [bias] };
}

function attention(x, name, heads, mask, variables) {
  const [rows, places, width] = x.shape;
  const [q, k, v] = ["q", "k", "v"].map((part) => {
    const all = dense(x, name, variables, `_${part}`);
    return tf.transpose(tf.reshape(all, [rows, places, heads, width / heads]), [0, 2, 1, 3]);
  });
  const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads)), mask);
  const joined = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), x.shape);
  return dense(joined, name, variables, "_o");
}

function dense(x, name, variables, suffix = "") {
  const w = variables[`${name}.w${suffix}`];
  const [inputs, units] = w.shape;
  const rows = tf.add(tf.matMul(tf.reshape(x, [-1, inputs]), w), variables[`${name}.b${suffix}`]);
  return tf.reshape(rows, [...x.shape.slice(0, -1), units]);
}

function layerNorm(x, name, variables) {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(variables[`${name}.gamma`], normal), variables[`${name}.beta`]);
}

/** The exact form. */
const gelu = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
