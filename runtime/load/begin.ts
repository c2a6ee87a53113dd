/** From an artifact to a network: its module opened, its parameters drawn or restored. Which network, and how files are read, is for the entries to say. */
import { idleOption, noEpochs, oneThread } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { bytes, checkOptions, count, seed } from "../../compiler/diagnostics/options.ts";
import type { Rules } from "../../compiler/diagnostics/options.ts";
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import type { RestoreOptions } from "./call-options.ts";
import type { Executable } from "./executable.ts";
import type { Gpu } from "./host-types.ts";
import { open } from "./open.ts";
import type { SlimNetwork } from "./slim-network.ts";

export interface LoadOptions {
  /** Of all draws; by default that of `parameters`, of the `train`, else 0. A whole number; the program takes its lower 32 bits. */
  readonly seed?: number;
  /** How many threads share the work, for the target wasm; one by default. `net.threads` says how many do: with a warning, fewer for other targets, where nothing is worth sharing, where the place has no shared memory, or where a thread does not start. */
  readonly threads?: number;
  /** After how many steps the program's `epoch` moves on. Without it, it never does: where the program asks for epochs, `net.warnings` says so (NN0737). */
  readonly stepsPerEpoch?: number;
  /** How many epochs schedules reckon with; by default those of the `train`. Where the program does not ask, `net.warnings` says so (NN0745). */
  readonly epochs?: number;
  /** What `net.save` or `nnc train` wrote, in the place of freshly drawn parameters; as `net.restore(bytes, { optimizer: false })`, but with the optimizer's state where it is that of the `train`. */
  readonly parameters?: Uint8Array;
  /** For the target wgsl outside a browser: what a package such as `webgpu` creates. */
  readonly gpu?: Gpu;
}

/** Of the options of `load`. */
export const rules: Rules<LoadOptions> = {
  seed,
  threads: count,
  stepsPerEpoch: count,
  epochs: count,
  parameters: bytes,
  gpu: {
    expected: "a GPU, as `navigator.gpu` is",
    fits: (value) => typeof value === "object" && value !== null && "requestAdapter" in value,
  },
};

/** What an entry makes of an opened artifact, and how it takes over saved bytes. */
export interface Making<Made extends SlimNetwork> {
  readonly make: (manifest: Manifest, executable: Executable, warnings: readonly Diagnostic[]) => Made;
  readonly restore: (network: Made, bytes: Uint8Array, options: RestoreOptions) => void | Promise<void>;
}

/** Throws NN0701 to NN0704 for artifacts, NN0706 and NN0736 for options, NN09xx for parameters that do not fit. */
export async function begin<Made extends SlimNetwork>(
  artifact: Artifact,
  options: LoadOptions,
  { make, restore }: Making<Made>,
): Promise<Made> {
  checkOptions("load", options, rules);
  const { seed: asked, threads, stepsPerEpoch, epochs, parameters } = options;
  const executable = await open(artifact, options.gpu, threads);
  const { manifest } = artifact;
  const network = make(manifest, executable, [
    ...withoutThreads(manifest, executable, threads),
    ...withoutEpochs(manifest, stepsPerEpoch),
    ...withoutGpu(manifest, options.gpu),
    ...idleEpochs(manifest, epochs),
  ]);
  try {
    await network.initialize({ seed: asked ?? manifest.host.train?.seed ?? 0, stepsPerEpoch, epochs });
    if (parameters !== undefined) await restore(network, parameters, asked === undefined ? {} : { seed: asked });
    return network;
  } catch (error) {
    network.close();
    throw error;
  }
}

/** A warning where fewer threads run than were asked for: the target or the place has none, or the program has no use for so many. */
function withoutThreads(
  { target, threads: sharing }: Manifest,
  executable: Executable,
  threads = 1,
): readonly Diagnostic[] {
  const { threads: running = 1, lacking, found = "none" } = executable;
  if (running === threads) return [];
  const told = (expected: string, instead: string): readonly Diagnostic[] => [
    diagnose(oneThread, { threads, running, lacking: expected, found: instead }, []),
  ];
  if (target !== "wasm") return told("the target wasm", target);
  if (lacking !== undefined) return told(lacking, found);
  if (sharing === undefined) return told("work that is worth sharing, in a program that is not `compact`", "none");
  return told(`at most ${sharing.most}`, String(threads));
}

/** A warning of a GPU that this program has no use for. */
function withoutGpu({ target }: Manifest, gpu: Gpu | undefined): readonly Diagnostic[] {
  if (gpu === undefined || target === "wgsl") return [];
  return [diagnose(idleOption, { option: "gpu", expected: "the target wgsl", found: target }, [])];
}

/** A warning of a number of epochs that no schedule of the program asks for. */
function idleEpochs({ host }: Manifest, epochs: number | undefined): readonly Diagnostic[] {
  if (epochs === undefined || host.train?.reckonsWithEpochs === true) return [];
  const [expected, found] =
    host.train === undefined ? ["a program with a train", "none"] : ["a schedule that asks for `epochs`", "none"];
  return [diagnose(idleOption, { option: "epochs", expected, found }, [])];
}

/** A warning where the program asks how long an epoch is and nobody says. */
function withoutEpochs({ host }: Manifest, stepsPerEpoch: number | undefined): readonly Diagnostic[] {
  const { followsEpochs = false, stepsPerEpoch: written } = host.train ?? {};
  return followsEpochs && (stepsPerEpoch ?? written) === undefined ? [diagnose(noEpochs, {}, [])] : [];
}
