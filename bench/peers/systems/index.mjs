/** Everything that can be measured, in the order of the tables. */
import { brain } from "./brain.mjs";
import { exported } from "./exported.mjs";
import { jax } from "./jax.mjs";
import { nnc } from "./nnc.mjs";
import { onnxruntime } from "./onnxruntime.mjs";
import { tfjs } from "./tfjs.mjs";
import { torch } from "./torch.mjs";

/**
 * Each `{ name, version, lacks, cannot, mayBeSlow, compiles, create }`: `lacks(job)` tells why it cannot take a job, and `cannot(message)` the
 * same of an error that means that it has not got what a call needs. One that `mayBeSlow` is first tried where it can be stopped, and one
 * that `compiles` does so in its first call.
 *
 * `create(job)` answers `{ lacks }`, or a subject `{ note, computed, all, activate, reset, call, turn, close }`: `call(turn)` is the loss of a training
 * step or the values of a prediction, `reset` goes back to the starting weights, `turn` is there where the system takes its times itself,
 * and `computed` and `all`, the operations of its products and all of them, where it tells them.
 */
export const systems = [
  nnc("wasm"),
  nnc("typescript"),
  exported("wasm"),
  // The same weights in half of the bytes; the module makes 32-bit floats of them once, so that its speed is that of the line above.
  exported("wasm", "f16", ["W2"]),
  exported("js"),
  tfjs("wasm"),
  tfjs("cpu"),
  jax,
  brain,
  torch,
  onnxruntime("web"),
  onnxruntime("node"),
];

/** What `--phase infer` measures: exported modules beside what others infer with in JavaScript. */
export const inferring = systems
  .map(({ name }) => name)
  .filter((name) => !["nnc-wasm", "nnc-typescript", "tfjs-cpu", "torch"].includes(name));
