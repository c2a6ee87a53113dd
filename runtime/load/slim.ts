/**
 * `nnc/slim`: nnc/runtime for a page that trains, in as few bytes as may be. What reads saved files, most of which is about files that do not fit, is
 * loaded where `load` is given `parameters`, and only then. So its networks have no `restore` and no `peek`, which answer at once, nor `readOn`.
 */
import type { Artifact } from "../../compiler/program/artifact.ts";
import { begin } from "./begin.ts";
import type { LoadOptions, Making } from "./begin.ts";
import { SlimNetwork } from "./slim-network.ts";

export { NncError } from "../../compiler/diagnostics/diagnostic.ts";
export type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
export type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
export type { LoadOptions } from "./begin.ts";
export type { CallOptions, PredictOptions } from "./call-options.ts";
export type { Prediction, Probes, StepResult } from "./calls.ts";
export type { Evaluation } from "./evaluate.ts";
export type { Inputs, TensorInput } from "./inputs.ts";
export { SlimNetwork } from "./slim-network.ts";
export type { Tensor, TensorMap } from "./tensors.ts";

const making: Making<SlimNetwork> = {
  make: (...parts) => new SlimNetwork(...parts),
  restore: async (network, bytes, options) => {
    const { readBytes } = await import("./restored.ts");
    network.takeOver(readBytes(network.manifest, network.lasting("load"), bytes, options), options.seed);
  },
};

/** As `load` of nnc/runtime, whose networks also have `restore`, `peek` and `readOn`. Throws as that does. */
export async function load(artifact: Artifact, options: LoadOptions = {}): Promise<SlimNetwork> {
  return begin(artifact, options, making);
}
