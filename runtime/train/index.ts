/**
 * `nnc/train`: trains an artifact on data, as `nnc train` does, and tells each step and epoch.
 */
import { notBegun } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Network } from "../load/index.ts";
import { checkArtifact } from "../load/check-artifact.ts";
import { failure } from "../load/fail.ts";
import { checkTraining } from "./check.ts";
import type { TrainData } from "./data.ts";
import type { TrainEvent } from "./events.ts";
import { requireTrain } from "./prepare.ts";
import { Run } from "./run.ts";
import type { TrainOptions } from "./run.ts";

export type { Contents, OtherFiles } from "../data/open.ts";
export type { Dataset, DataTensor } from "../data/dataset.ts";
export type { Probes, ProbeValues } from "../load/index.ts";
export type { Norms, NormValues } from "./norms.ts";
export type { TrainData } from "./data.ts";
export type {
  DivergedEvent,
  DoneEvent,
  EpochEvent,
  Scores,
  StartEvent,
  StepEvent,
  StoppedEvent,
  TrainEvent,
} from "./events.ts";
export { fieldsOf, prepare, prepareFile } from "./prepare.ts";
export type { TrainOptions } from "./run.ts";

/**
 * Trains: `for await (const event of train(artifact, data)) …`. Ends after `done` or `stopped`; throws an NncError for data, options and
 * checkpoints that do not fit, and (NN0724) after `diverged`. The network stays open, for whoever wants to predict with it.
 */
export function train(artifact: Artifact, data: TrainData, options: TrainOptions = {}): Training {
  return new Training(artifact, data, options);
}

/** A run under way: its events, its network, and a checkpoint at any time between two of them. */
export class Training implements AsyncIterableIterator<TrainEvent> {
  readonly #events: AsyncGenerator<TrainEvent, void, undefined>;
  #run: Run | undefined;

  constructor(artifact: Artifact, data: TrainData, options: TrainOptions) {
    this.#events = this.#begin(artifact, data, options);
  }

  /** Throws NN0747 before the first event. */
  get network(): Network {
    return this.#networkFor("`network`");
  }

  /** Bytes that `resume` goes on from, as of the last event. Throws NN0747 before the first. */
  async save(): Promise<Uint8Array> {
    const network = this.#networkFor("`save`");
    await network.synchronize();
    return network.save();
  }

  #networkFor(asked: string): Network {
    if (this.#run === undefined) throw failure(notBegun, { asked });
    return this.#run.network;
  }

  next(): Promise<IteratorResult<TrainEvent, void>> {
    return this.#events.next();
  }

  return(): Promise<IteratorResult<TrainEvent, void>> {
    return this.#events.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async *#begin(
    artifact: Artifact,
    data: TrainData,
    options: TrainOptions,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    checkArtifact(artifact);
    checkTraining(data, options);
    this.#run = await Run.open(artifact, requireTrain(artifact.manifest, "train"), data, options);
    yield* this.#run.events();
  }
}
