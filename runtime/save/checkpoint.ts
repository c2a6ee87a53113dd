/**
 * What a checkpoint keeps beside its tensors, and how it is written as strings: versions, counters, the seed, what the
 * training loop remembers, and what was fitted to the data. Numbers come back to the bit, NaN and infinities included.
 */
import {
  badMetadata,
  newerFormat,
  notACheckpoint,
  otherOptimizer,
} from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure, quoted } from "./fail.ts";
import { parseFitted, printFitted } from "./fitted.ts";
import type { Fitted } from "./fitted.ts";
import { parseOptions, printOptions } from "./options.ts";
import type { SavedOptions } from "./options.ts";

/** Raised when the meaning of the metadata or of the tensors' names changes. */
const formatVersion = 1;
const optionsKey = "nnc.options";
const fittedKey = "nnc.fitted";

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

/**
 * Reads the metadata back; `language` is the version that this compiler knows. Throws NN0918 where a key is missing,
 * NN0919 where the file is newer than the reader, NN0920 where a value is not what it should be.
 */
export function checkpointFromMetadata(
  file: string,
  metadata: ReadonlyMap<string, string>,
  language: string,
): Checkpoint {
  const read = new MetadataReader(file, metadata);
  rejectNewer(file, "format", String(read.count("nnc.format")), String(formatVersion));
  const written = read.version("nnc.language");
  rejectNewer(file, "language version", written, language);
  const none = read.text("nnc.best_epoch") === "none" && read.text("nnc.best_loss") === "none";
  return {
    language: written,
    train: read.text("nnc.train"),
    optimizer: read.text("nnc.optimizer"),
    seed: read.integer("nnc.seed"),
    step: read.count("nnc.step"),
    epoch: read.count("nnc.epoch"),
    stepInEpoch: read.count("nnc.step_in_epoch"),
    runningLoss: read.number("nnc.running_loss"),
    best: none ? null : { epoch: read.count("nnc.best_epoch"), loss: read.number("nnc.best_loss") },
    fitted: read.fitted(fittedKey),
    ...(metadata.has(optionsKey) ? { options: read.options(optionsKey) } : {}),
  };
}

/** What the program was built with, of any file of tensors; undefined where it does not say. Throws NN0920. */
export function optionsFromMetadata(file: string, metadata: ReadonlyMap<string, string>): SavedOptions | undefined {
  return metadata.has(optionsKey) ? new MetadataReader(file, metadata).options(optionsKey) : undefined;
}

/** What was fitted to the data, of any file of tensors; undefined where it does not say. Throws NN0920. */
export function fittedFromMetadata(file: string, metadata: ReadonlyMap<string, string>): Fitted | undefined {
  return metadata.has(fittedKey) ? new MetadataReader(file, metadata).fitted(fittedKey) : undefined;
}

/** A number that files may lack; undefined then. Throws NN0920. */
export function optionalNumber(file: string, metadata: ReadonlyMap<string, string>, key: string): number | undefined {
  return metadata.has(key) ? new MetadataReader(file, metadata).number(key) : undefined;
}

/** Throws NN0922 where a checkpoint to go on from was trained by another optimizer. */
export function requireOptimizer(file: string, checkpoint: Checkpoint, expected: string): void {
  if (checkpoint.optimizer === expected) return;
  throw failure(otherOptimizer, { file, found: quoted(checkpoint.optimizer), expected: quoted(expected) });
}

/** The shortest text that reads back as the same double; `NaN`, `Infinity`, `-Infinity` and `-0` as such. */
export function printNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What `printNumber` wrote, or undefined where the text is anything else. */
export function parseNumber(text: string): number | undefined {
  const value = Number(text);
  return printNumber(value) === text ? value : undefined;
}

class MetadataReader {
  readonly #file: string;
  readonly #metadata: ReadonlyMap<string, string>;

  constructor(file: string, metadata: ReadonlyMap<string, string>) {
    this.#file = file;
    this.#metadata = metadata;
  }

  text(key: string): string {
    const value = this.#metadata.get(key);
    if (value === undefined) throw failure(notACheckpoint, { file: this.#file, key });
    return value;
  }

  number(key: string): number {
    return parseNumber(this.text(key)) ?? this.#fail(key, "a number");
  }

  integer(key: string): number {
    const value = this.number(key);
    return Number.isSafeInteger(value) ? value : this.#fail(key, "a whole number");
  }

  /** What the program's counters can hold. */
  count(key: string): number {
    const value = this.integer(key);
    return value >= 0 && value < 2 ** 31 ? value : this.#fail(key, "a whole number from 0 to 2147483647");
  }

  version(key: string): string {
    const value = this.text(key);
    return /^\d{1,9}(\.\d{1,9}){0,3}$/.test(value) ? value : this.#fail(key, "a version such as 0.1");
  }

  fitted(key: string): Fitted {
    return parseFitted(this.text(key)) ?? this.#fail(key, "what was fitted to the data, as JSON");
  }

  options(key: string): SavedOptions {
    return parseOptions(this.text(key)) ?? this.#fail(key, "what the program was built with, as JSON");
  }

  #fail(key: string, expected: string): never {
    throw failure(badMetadata, { file: this.#file, key, expected, found: quoted(this.text(key)) });
  }
}

function rejectNewer(file: string, what: string, found: string, known: string): void {
  const [a, b] = [found.split(".").map(Number), known.split(".").map(Number)];
  const first = [0, 1, 2, 3].find((place) => (a[place] ?? 0) !== (b[place] ?? 0));
  if (first !== undefined && (a[first] ?? 0) > (b[first] ?? 0))
    throw failure(newerFormat, { file, what, found, known });
}
