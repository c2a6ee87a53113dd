/**
 * ONNX Runtime, which infers and does not train here: `web` is its WebAssembly build run in Node, `node` its native one.
 */
import { channelsFirst } from "../layout.mjs";
import { onnxModel } from "../onnx/models.mjs";
import { minibatches, workloads } from "../workloads.mjs";

export function onnxruntime(kind) {
  const provider = kind === "web" ? "wasm" : "cpu";
  const library = async () => (await import(`onnxruntime-${kind}`)).default;
  return {
    name: `onnxruntime-${kind}`,
    version: async () => (await library()).env.versions[kind],
    lacks: ({ phase }) => (phase === "train" ? "does inference only" : undefined),
    create: async (job) => create(await library(), provider, job),
  };
}

async function create({ env, InferenceSession, Tensor }, provider, { name, threads, ...job }) {
  const { batch } = job;
  const { shape, weights, batches } = channelsFirst(workloads[name], job);
  env.logLevel = "error";
  if (provider === "wasm") env.wasm.numThreads = threads;
  const session = await withoutWorker(() =>
    InferenceSession.create(onnxModel(name, batch, shape, weights), {
      executionProviders: [provider],
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    }),
  );
  const { input } = workloads[name];
  const type = input.below === undefined ? "float32" : "int32";
  const feeds = batches.map(({ x }) => ({ x: new Tensor(type, x, [batch, ...shape]) }));
  const [output] = session.outputNames;
  return {
    reset() {},
    call: async (turn) => (await session.run(feeds[turn % minibatches]))[output].data,
    close: () => session.release(),
  };
}

/** In Node its WebAssembly build leaves a global `Worker` behind, from which jax-js would conclude that it is in a browser. */
async function withoutWorker(work) {
  const { Worker: before } = globalThis;
  const result = await work();
  if (before === undefined) delete globalThis.Worker;
  return result;
}
