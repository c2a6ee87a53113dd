/**
 * How fast the machine is just now: independent multiply–adds on twelve accumulators in WebAssembly SIMD, nothing else. Its best is the
 * ceiling that kernels are held against; a dip tells that somebody else was at work.
 */
import { once } from "node:events";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { compile } from "watr";
import { peakOperations, peakSource } from "../../targets/wasm/limit-loops.mjs";

/** About 15 ms of work, long enough to be interrupted by whoever else is there. */
const turns = 3_300_000;
/** Some 0.05 ms. */
const shortTurns = 11_000;

/** GFLOP/s of one thread. */
function measured(run) {
  const from = performance.now();
  run(turns);
  return peakOperations(turns) / (performance.now() - from) / 1e6;
}

async function instance() {
  const {
    instance: {
      exports: { run },
    },
  } = await WebAssembly.instantiate(compile(peakSource));
  for (let i = 0; i < 3; i++) run(turns);
  return run;
}

/**
 * `{ measure, close }`; `measure` answers GFLOP/s of `threads` threads at once, as many times the slowest's: threads that share a step's work
 * end it together, so a dip on one processor is a dip of them all.
 */
export async function openPeak(threads) {
  const run = await instance();
  const workers = Array.from({ length: threads - 1 }, () => new Worker(new URL(import.meta.url)));
  const answer = async (worker) => (await once(worker, "message"))[0];
  await Promise.all(workers.map(answer));
  return {
    async measure() {
      const others = workers.map(answer);
      for (const worker of workers) worker.postMessage("go");
      const own = measured(run);
      return threads * Math.min(own, ...(await Promise.all(others)));
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/** The same loop as short calls of so many operations, for who times them among others. */
export async function openShortPeak() {
  const run = await instance();
  return { call: () => run(shortTurns), operations: peakOperations(shortTurns) };
}

if (!isMainThread) {
  const run = await instance();
  parentPort.on("message", () => parentPort.postMessage(measured(run)));
  parentPort.postMessage("ready");
}
