/** `load` of nnc/runtime: a network that reads saved files at once, whenever it is asked to. */
import type { Artifact } from "../../compiler/program/artifact.ts";
import { begin } from "./begin.ts";
import type { LoadOptions, Making } from "./begin.ts";
import { Network } from "./network.ts";

const making: Making<Network> = {
  make: (...parts) => new Network(...parts),
  restore: (network, bytes, options) => network.restore(bytes, options),
};

/**
 * Makes a network with freshly drawn parameters, or with those of `options.parameters`. Throws NN0701 to NN0704 for artifacts, NN0706 and
 * NN0736 for options, NN09xx for parameters that do not fit.
 */
export async function load(artifact: Artifact, options: LoadOptions = {}): Promise<Network> {
  return begin(artifact, options, making);
}
