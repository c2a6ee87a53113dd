/**
 * jax-js on its WebAssembly back end: one jitted training step with Adam written out (its optimiser package is not published). Arrays are
 * counted references: every use but the last takes `.ref`.
 */
import { readFileSync } from "node:fs";
import { channelsFirst } from "../layout.mjs";
import { minibatches, workloads } from "../workloads.mjs";

const package_ = new URL("../node_modules/@jax-js/jax/package.json", import.meta.url);
const beta1 = 0.9;
const beta2 = 0.999;
const rate = 1e-3;
const eps = 1e-8;

export const jax = {
  name: "jax-js",
  version: async () => JSON.parse(readFileSync(package_, "utf8")).version,
  lacks: ({ threads }) => (threads > 1 ? "threads only where Web Workers are" : undefined),
  mayBeSlow: true,
  compiles: true,
  create,
};

let library;

async function open() {
  // What it asks for in a browser, and Node 20 has not got.
  globalThis.navigator ??= { userAgent: "node", hardwareConcurrency: 1 };
  library ??= await import("@jax-js/jax");
  await library.init("wasm");
  library.defaultDevice("wasm");
  return library;
}

async function create({ name, phase, ...job }) {
  const { jit, lax, numpy: np, nn, tree, valueAndGrad } = await open();
  const { input, target, network } = workloads[name];
  const { batch } = job;
  const { shape: row, weights, batches } = channelsFirst(workloads[name], job);
  const array = (data, shape) => np.array(data).reshape(shape);
  const ids = (data, shape, count) => nn.oneHot(array(data, shape), count);
  const data = batches.map(({ x, target: classes }) => ({
    x: input.below === undefined ? array(x, [batch, ...row]) : ids(x, [batch, ...row], input.below),
    target: ids(classes, [batch, ...target.shape], target.classes),
  }));
  const forward = { layers, recurrent, transformer }[network.kind]({ lax, np, nn }, network.names);
  let state = start();
  const [train, predict] = [jit(step), jit((all, x) => forward(all, x, false).output)];
  return {
    note:
      input.below !== undefined
        ? "looks vectors up by one-hot products: its gradient of take cannot be jitted"
        : undefined,
    reset() {
      tree.dispose(state);
      state = start();
    },
    call(turn) {
      const { x, target: classes } = data[turn % minibatches];
      if (phase !== "train") return predict(tree.ref({ ...state.trained, ...state.running }), x.ref).dataSync();
      const count = ++state.count;
      const corrections = [rate / (1 - beta1 ** count), 1 / Math.sqrt(1 - beta2 ** count)].map((value) =>
        np.array([value]),
      );
      const { trained, running, first, second } = state;
      const { loss, ...next } = train({ trained, running, first, second }, corrections, x.ref, classes.ref);
      state = { ...next, count };
      return loss.dataSync()[0];
    },
    close() {
      tree.dispose([state, data]);
      train.dispose();
      predict.dispose();
    },
  };

  function start() {
    const all = [...weights].map(([parameter, { shape, data: values }]) => [parameter, array(values.slice(), shape)]);
    const isRunning = ([parameter]) => parameter.includes(".running_");
    const trained = Object.fromEntries(all.filter((entry) => !isRunning(entry)));
    const zeros = () =>
      Object.fromEntries(Object.entries(trained).map(([parameter, { shape }]) => [parameter, np.zeros(shape)]));
    return { trained, running: Object.fromEntries(all.filter(isRunning)), first: zeros(), second: zeros(), count: 0 };
  }

  function cost(trained, running, x, classes) {
    const { output, moved } = forward({ ...trained, ...running }, x, true);
    const rows = output.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    return [
      nn
        .logSoftmax(output)
        .mul(classes)
        .sum()
        .mul(-1 / rows),
      moved,
    ];
  }

  function step({ trained, running, first, second }, [c1, c2], x, classes) {
    const [[loss, moved], gradients] = valueAndGrad(cost, { hasAux: true })(tree.ref(trained), running, x, classes);
    const next = { trained: {}, first: {}, second: {} };
    for (const [parameter, w] of Object.entries(trained)) {
      const g = gradients[parameter];
      const m = first[parameter].mul(beta1).add(g.ref.mul(1 - beta1));
      const s = second[parameter].mul(beta2).add(np.square(g).mul(1 - beta2));
      next.first[parameter] = m.ref;
      next.second[parameter] = s.ref;
      next.trained[parameter] = w.sub(c1.ref.mul(m).div(np.sqrt(s).mul(c2.ref).add(eps)));
    }
    c1.dispose();
    c2.dispose();
    return { ...next, running: moved, loss };
  }
}

/** `(all, x, training) => { output, moved }`: the running averages after the step. Pictures have their channels first. */
function layers({ lax, np, nn }, names) {
  return (all, x, training) => {
    const moved = {};
    const output = names.reduce((input, { dense, conv, norm, pool, flatten }) => {
      if (dense !== undefined) return np.matmul(input, all[`${dense}.w`]).add(all[`${dense}.b`]);
      if (conv !== undefined)
        return lax.conv(input, all[`${conv}.w`], [1, 1], "SAME").add(all[`${conv}.b`].reshape([-1, 1, 1]));
      if (norm !== undefined) return batchNorm(np, norm, all, input, training, moved);
      if (pool !== undefined) {
        const [rows, channels, height, width] = input.shape;
        return np.max(input.reshape([rows, channels, height / pool, pool, width / pool, pool]), [3, 5]);
      }
      return flatten === undefined ? nn.relu(input) : input.reshape([input.shape[0], -1]);
    }, x);
    return { output, moved };
  };
}

/** It has no scan, so the places are written out; the input's products are taken for all of them at once. */
function recurrent({ np, nn }, names) {
  return (all, x) => {
    const u = all[`${names.lstm}.u`];
    const units = u.shape[0];
    const embedded = np.matmul(x, all[names.embedding]);
    const [rows, places] = embedded.shape;
    const projected = np.matmul(embedded, all[`${names.lstm}.w`]).add(all[`${names.lstm}.b`]);
    const states = [];
    let [h, c] = [np.zeros([rows, units]), np.zeros([rows, units])];
    for (const part of np.split(projected, places, 1)) {
      const gates = part.reshape([rows, 4 * units]).add(np.matmul(h, u.ref));
      const [i, f, g, o] = np.split(gates, 4, 1);
      c = nn
        .sigmoid(f.add(names.forgetBias))
        .mul(c)
        .add(nn.sigmoid(i).mul(np.tanh(g)));
      h = nn.sigmoid(o).mul(np.tanh(c.ref));
      states.push(h.ref);
    }
    for (const one of [u, h, c]) one.dispose();
    const output = np.matmul(np.stack(states, 1), all[`${names.dense}.w`]).add(all[`${names.dense}.b`]);
    return { output, moved: {} };
  };
}

function batchNorm(np, norm, all, x, training, moved) {
  const {
    [`${norm}.gamma`]: gamma,
    [`${norm}.beta`]: beta,
    [`${norm}.running_mean`]: mean,
    [`${norm}.running_var`]: variance,
  } = all;
  const normalised = (m, v) =>
    x
      .sub(m)
      .mul(gamma.div(np.sqrt(v.add(1e-5))))
      .add(beta);
  if (!training) return normalised(mean, variance);
  const m = np.mean(x.ref, 0);
  const v = np.mean(np.square(x.ref.sub(m.ref)), 0);
  moved[`${norm}.running_mean`] = mean.mul(0.9).add(m.ref.mul(0.1));
  moved[`${norm}.running_var`] = variance.mul(0.9).add(v.ref.mul(0.1));
  return normalised(m, v);
}

/** Ids come as one-hot rows: its gradient of `take` cannot be jitted. Attention is written out: its own needs more than Node 20 has. */
function transformer({ np, nn }, names) {
  return (all, x) => {
    const dense = (input, w, b) => np.matmul(input, all[w]).add(all[b]);
    const norm = (input, name) => {
      const centred = input.ref.sub(np.mean(input, -1, { keepdims: true }));
      const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
      return centred
        .div(np.sqrt(variance.add(1e-5)))
        .mul(all[`${name}.gamma`])
        .add(all[`${name}.beta`]);
    };
    const attention = (input, { attention: name }) => {
      const [rows, places, width] = input.shape;
      const split = (part, from) =>
        np.transpose(
          dense(from, `${name}.w_${part}`, `${name}.b_${part}`).reshape([
            rows,
            places,
            names.heads,
            width / names.heads,
          ]),
          [0, 2, 1, 3],
        );
      const [q, k, v] = [split("q", input.ref), split("k", input.ref), split("v", input)];
      const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(width / names.heads));
      const seen = np.tril(np.ones([places, places], { dtype: np.bool }));
      const sums = np.matmul(nn.softmax(np.where(seen, scores, -1e9), -1), v);
      const joined = np.transpose(sums, [0, 2, 1, 3]).reshape([rows, places, width]);
      return dense(joined, `${name}.w_o`, `${name}.b_o`);
    };
    let h = np.matmul(x, all[names.embedding]).add(all[names.places]);
    for (const block of names.blocks) {
      h = h.ref.add(attention(norm(h, block.norm1), block));
      const wide = nn.gelu(dense(norm(h.ref, block.norm2), `${block.expand}.w`, `${block.expand}.b`), {
        approximate: false,
      });
      h = h.add(dense(wide, `${block.contract}.w`, `${block.contract}.b`));
    }
    return { output: dense(norm(h, names.norm), `${names.dense}.w`, `${names.dense}.b`), moved: {} };
  };
}
