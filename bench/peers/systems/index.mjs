/** Everything that can be measured, in the order of the tables. */
import { jax } from "./jax.mjs";
import { nnc } from "./nnc.mjs";
import { onnxruntime } from "./onnxruntime.mjs";
import { tfjs } from "./tfjs.mjs";
import { torch } from "./torch.mjs";

/**
 * Each `{ name, version, lacks, create }`: `lacks(job)` tells why it cannot take a job; `create(job)` answers `{ lacks }`, or a subject
 * `{ note, computed, activate, reset, call, turn, close }`: `call(turn)` is the loss of a training step or the values of a prediction, `reset` goes
 * back to the starting weights, and `turn` is there where the system takes its times itself; `computed` are the floating-point operations of its products, where it
 * tells them. `cannot(message)` tells whether an error means
 * that the system has not got what the job needs; a system that `mayBeSlow` is tried first, and one that `compiles` does so in its first call.
 */
export const systems = [
  nnc("wasm"),
  nnc("typescript"),
  tfjs("wasm"),
  tfjs("cpu"),
  jax,
  torch,
  onnxruntime("web"),
  onnxruntime("node"),
];
