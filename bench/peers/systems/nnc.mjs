/**
 * nnc as its users call it: `compile` the workload's source, `load` the artifact, `stepSync` and `predictSync` with typed arrays, which
 * are copied in within the time. `trusted` leaves out the search for NaN in a minibatch, which no peer does either.
 */
import { readFileSync } from "node:fs";
import { compile } from "../../../dist/index.js";
import { load } from "../../../dist/runtime.js";
import { allOperations, computedOperations } from "../computed.mjs";
import { generator, minibatches, sourceOf, workloads } from "../workloads.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

export function nnc(target) {
  return {
    name: `nnc-${target}`,
    version: async () => version,
    lacks: ({ threads }) => (threads > 1 && target !== "wasm" ? "runs on one thread" : undefined),
    create: (job) => create(target, job),
  };
}

async function create(target, { name, phase, batch, threads, weights, batches }) {
  const net = await load(compiled(name, target).artifact, { seed: 1, threads });
  const used = net.threads ?? 1;
  if (used < threads) {
    net.close();
    return { lacks: `asked for ${threads} threads, the loaded network runs on ${used}` };
  }
  for (const [parameter, values] of weights) {
    const tensors = net.parameters.has(parameter) ? net.parameters : net.state;
    tensors.set(parameter, values);
  }
  const start = net.save();
  const inputs = batches.map((one) => shaped(workloads[name], batch, one));
  const at = (turn) => inputs[turn % minibatches];
  return {
    ...operationsOf(target, { name, phase, batch }),
    reset: () => net.restore(start),
    call:
      phase === "train"
        ? (turn) => net.stepSync(at(turn), { trusted: true }).loss
        : (turn) => net.predictSync({ x: at(turn).x })[0].data,
    close: () => net.close(),
  };
}

/** What its kernels compute in a call: `{ computed, all }`. */
export function operationsOf(target, { name, phase, batch }) {
  const sizes = { N: batch, ...workloads[name].bounds };
  const entry = phase === "train" ? "train_step" : `predict.${name}`;
  const { built } = compiled(name, target);
  return { computed: computedOperations(built, entry, sizes), all: allOperations(built, entry, sizes) };
}

/** A length alone does not tell the sizes of several open dimensions. */
function shaped({ input, target, bounds }, batch, { x, target: classes }) {
  if (bounds === undefined) return { x, target: classes };
  return {
    x: { shape: [batch, ...input.shape], data: x },
    target: { shape: [batch, ...target.shape], data: classes },
  };
}

const results = new Map();

function compiled(name, target) {
  const key = `${name} ${target}`;
  if (!results.has(key)) {
    const { bounds } = workloads[name];
    const result = compile({ name: `${name}.nn`, source: sourceOf(name) }, { target, bounds });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    results.set(key, result);
  }
  return results.get(key);
}

/**
 * What all systems start from, by nnc's names, `{ shape, data }`: what nnc draws, but biases, scales and running averages moved off their
 * zeros and ones, so that a system that mistakes one is found out.
 */
export async function startingWeights(name) {
  const net = await load(compiled(name, "wasm").artifact, { seed: 1 });
  const next = generator(7);
  const tensors = [...net.parameters, ...net.state].map(([parameter, { shape, data }]) => {
    const moved = new Set(data).size === 1;
    return [parameter, { shape, data: moved ? data.map((value) => value + 0.2 * (next() - 0.5)) : data.slice() }];
  });
  net.close();
  return new Map(tensors);
}
