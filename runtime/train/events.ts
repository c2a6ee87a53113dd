/** What a run tells as it goes on: plain data, of which the command draws a picture. */
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { MetricValue, Probes } from "../load/index.ts";
import type { FittedInput, Named } from "../save/fitted.ts";
import type { Norms } from "./norms.ts";

/** `loss`, the losses of the steps by their names where there are several, and the metrics by theirs. A loss is without what `regularize` adds to it. */
export type Scores = Readonly<Record<string, MetricValue>>;

export interface StartEvent {
  readonly event: "start";
  readonly name: string;
  readonly rows: number;
  readonly holdoutRows: number;
  readonly stepsPerEpoch: number;
  /** In total. */
  readonly epochs: number;
  /** Done already: more than 0 in a run that is resumed. */
  readonly steps: number;
  readonly parameters: number;
  readonly peakBytes: number;
  /** How many run the program. */
  readonly threads: number;
  /** The names behind the ids of inputs and of the target, in the order of the ids. */
  readonly classes: readonly Named[];
  /** What was fitted to a target that is standardised, in whose terms the losses and metrics are. */
  readonly units?: FittedInput;
  /** Tensors that `start_from` did not fill or use, a line each. */
  readonly left: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface StepEvent {
  readonly event: "step";
  /** Both from 1. */
  readonly step: number;
  readonly epoch: number;
  /** Of the minibatch, before the update and without what `regularize` adds; `losses` has those of all steps by name. */
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  /** The exponentially weighted average of the loss, its bias corrected: what to show; `averages` has those of all steps by name. */
  readonly average: number;
  readonly averages: Readonly<Record<string, number>>;
  /** Of the first step; undefined where the program does not tell. */
  readonly lr?: number;
  /** Where the program has probes: of the minibatch, before the update. */
  readonly probes?: Probes;
  /** Where the program tells them: the norm of all gradients together before `clip_norm`, by the names of the steps. */
  readonly norms?: Readonly<Record<string, number>>;
}

export interface EpochEvent {
  readonly event: "epoch";
  readonly epoch: number;
  readonly step: number;
  /** The mean over the epoch's minibatches, as they were trained on. */
  readonly train: Scores;
  /** Null without a hold-out. */
  readonly holdout: Scores | null;
  /** Whether this is the best epoch so far. */
  readonly best: boolean;
  /** Where the program has probes: the means over the epoch's steps; in a run that is resumed within an epoch, over those since. */
  readonly probes?: Probes;
  /** Where the program tells norms of gradients: over the same steps their mean and the largest, by the names of the steps. */
  readonly norms?: Norms;
  readonly seconds: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The signal was heard. The run goes on from `checkpoint` as if it had not stopped. */
export interface StoppedEvent {
  readonly event: "stopped";
  readonly step: number;
  readonly epoch: number;
  readonly checkpoint: Uint8Array;
}

/** The loss, or another number, left the range of numbers; an NncError with `diagnostic` follows. The network is as in `checkpoint`, the last good state. */
export interface DivergedEvent {
  readonly event: "diverged";
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** The first parameter, state or tensor of the optimiser that is not finite. */
  readonly tensor: string | null;
  readonly diagnostic: Diagnostic;
  readonly checkpoint: Uint8Array;
}

export interface DoneEvent {
  readonly event: "done";
  readonly holdout: Scores | null;
  readonly train: Scores;
  readonly steps: number;
  readonly epochs: number;
  readonly bestEpoch: number | null;
  /** Whether `stop_early` ended the run. */
  readonly early: boolean;
  readonly seconds: number;
  readonly diagnostics: readonly Diagnostic[];
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | StoppedEvent | DivergedEvent | DoneEvent;
