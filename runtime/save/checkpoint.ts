/**
 * What a checkpoint keeps beside its tensors, and how it is written as strings: versions, counters, the seed, what the
 * training loop remembers, and what was fitted to the data. `read-checkpoint.ts` reads it back, numbers to the bit, NaN and infinities included.
 */
import { printFitted } from "./fitted.ts";
import type { Fitted } from "./fitted.ts";
import type { SavedOptions } from "./options.ts";

/** Raised when the meaning of the metadata or of the tensors' names changes. */
export const formatVersion = 1;
export const optionsKey = "nnc.options";
export const fittedKey = "nnc.fitted";

export interface Checkpoint {
  /** Version of the language that the program was written in: dotted numbers. */
  readonly language: string;
  /** The label of the `train`. */
  readonly train: string;
  /** The optimizer's name, of several steps joined by commas; empty where it does not matter. */
  readonly optimizer: string;
  readonly seed: number;
  /** Steps done in all, epochs begun, and steps done in the present epoch. */
  readonly step: number;
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** The exponentially weighted average of the training loss, before its bias is corrected. */
  readonly runningLoss: number;
  /** The epoch with the best loss so far and that loss; null before the first evaluation. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  readonly fitted: Fitted;
  /** What the program was built with; missing in files of older versions. */
  readonly options?: SavedOptions;
}

/** The metadata of a safetensors file. Keys begin with `nnc.`, so that others' strings can stand beside them. */
export function checkpointToMetadata(checkpoint: Checkpoint): ReadonlyMap<string, string> {
  const { best } = checkpoint;
  return new Map([
    ["nnc.format", String(formatVersion)],
    ["nnc.language", checkpoint.language],
    ["nnc.train", checkpoint.train],
    ["nnc.optimizer", checkpoint.optimizer],
    ["nnc.seed", printNumber(checkpoint.seed)],
    ["nnc.step", printNumber(checkpoint.step)],
    ["nnc.epoch", printNumber(checkpoint.epoch)],
    ["nnc.step_in_epoch", printNumber(checkpoint.stepInEpoch)],
    ["nnc.running_loss", printNumber(checkpoint.runningLoss)],
    ["nnc.best_epoch", best === null ? "none" : printNumber(best.epoch)],
    ["nnc.best_loss", best === null ? "none" : printNumber(best.loss)],
    [fittedKey, printFitted(checkpoint.fitted)],
    ...(checkpoint.options === undefined ? [] : [[optionsKey, printOptions(checkpoint.options)] as const]),
  ]);
}

/** One line of JSON; doubles survive to the bit. Lists of entries, since a constant may be called `__proto__`. */
export function printOptions({ consts, dims, bounds, settings, winograd, relaxed }: SavedOptions): string {
  return JSON.stringify({ consts, dims, bounds, settings, winograd, relaxed });
}

/** The shortest text that reads back as the same double; `NaN`, `Infinity`, `-Infinity` and `-0` as such. */
export function printNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
