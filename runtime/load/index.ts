/**
 * `nnc/runtime`: an artifact becomes a network that trains and predicts. Needs neither the compiler nor Node; a page loads it as it is.
 */
import { oneThread, unsuitableOption } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose, type Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact, Manifest } from "../../compiler/program/artifact.ts";
import type { Executable } from "./executable.ts";
import { failure, kindOf } from "./fail.ts";
import type { Gpu } from "./host-types.ts";
import { checkedSeed, Network } from "./network.ts";
import { open } from "./open.ts";

export { NncError } from "../../compiler/diagnostics/diagnostic.ts";
export type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
export type { Artifact, Manifest, TargetName } from "../../compiler/program/artifact.ts";
export type { Prediction, Probes, ProbeValues, StepResult } from "./calls.ts";
export type { Evaluation, MetricValue } from "./evaluate.ts";
export type { Gpu, StopSignal } from "./host-types.ts";
export type { Inputs, TensorInput } from "./inputs.ts";
export { Network } from "./network.ts";
export type { CallOptions, NotFinite, PredictOptions } from "./network.ts";
export type { Counters, TrainingRecord } from "./record.ts";
export type { Tensor, TensorMap } from "./tensors.ts";

export interface LoadOptions {
  /** Of all draws; by default that of the `train`, else 0. */
  readonly seed?: number;
  /** How many threads share the work, for the target wasm; one by default. `net.threads` says how many do: one where nothing can be shared, and, with a warning, for other targets or where the place has no shared memory. */
  readonly threads?: number;
  /** After how many steps the program's `epoch` moves on; without it, it never does. */
  readonly stepsPerEpoch?: number;
  /** How many epochs schedules reckon with; by default those of the `train`. */
  readonly epochs?: number;
  /** For the target wgsl outside a browser: what a package such as `webgpu` creates. */
  readonly gpu?: Gpu;
}

/** Makes a network with freshly drawn parameters. Throws NN0701 to NN0704 for artifacts, NN0706 for options. */
export async function load(artifact: Artifact, options: LoadOptions = {}): Promise<Network> {
  const { threads, stepsPerEpoch, epochs } = options;
  const seed = options.seed === undefined ? undefined : checkedSeed(options.seed);
  checkCount("threads", threads ?? 1);
  checkCount("stepsPerEpoch", stepsPerEpoch ?? 1);
  checkCount("epochs", epochs ?? 1);
  const executable = await open(artifact, options.gpu, threads);
  const { manifest } = artifact;
  const { train } = manifest.host;
  const network = new Network(manifest, executable, withoutThreads(manifest, executable, threads));
  try {
    await network.initialize({ seed: seed ?? train?.seed ?? 0, stepsPerEpoch, epochs });
    return network;
  } catch (error) {
    network.close();
    throw error;
  }
}

/** A warning where threads were asked for and there are none, for the target or the place has none. */
function withoutThreads({ target }: Manifest, { lacking }: Executable, threads = 1): readonly Diagnostic[] {
  if (threads === 1) return [];
  if (target !== "wasm") return [diagnose(oneThread, { threads, lacking: "the target wasm", found: target }, [])];
  return lacking === undefined ? [] : [diagnose(oneThread, { threads, lacking }, [])];
}

function checkCount(option: string, value: unknown): void {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31) return;
  throw failure(unsuitableOption, { option, expected: "a whole number from 1", found: kindOf(value) });
}
