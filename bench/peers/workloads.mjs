/**
 * The workloads by their layers, for peers that have no `.nn`, and their minibatches: 16 of them, drawn once from a fixed
 * generator, that every system gets in the same turn.
 */
import { readFileSync } from "node:fs";

/** Units of each dense layer; `norm` puts batch normalisation before the activation of the hidden layers. */
export const workloads = {
  W1: { inputs: 64, hidden: [32], classes: 10, batch: 32, norm: false },
  W2: { inputs: 784, hidden: [256, 128], classes: 10, batch: 128, norm: false },
  W3: { inputs: 784, hidden: [256], classes: 10, batch: 128, norm: true },
};

export function sourceOf(name) {
  return readFileSync(new URL(`../workloads/${name}.nn`, import.meta.url), "utf8");
}

const minibatches = 16;

/** `[{ x: Float32Array, target: Int32Array }]`: pixels in [0, 1), classes below ten. */
export function batchesOf({ inputs, classes, batch }) {
  const next = generator(20_261);
  return Array.from({ length: minibatches }, () => ({
    x: Float32Array.from({ length: batch * inputs }, next),
    target: Int32Array.from({ length: batch }, () => Math.floor(next() * classes)),
  }));
}

/** A linear congruential generator (Numerical Recipes): the data need not be good, only equal for all. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
