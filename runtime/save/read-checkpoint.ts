/** Reads what a checkpoint keeps beside its tensors; the strings may come from anybody, so the form of each is checked in full. */
import {
  badMetadata,
  newerFormat,
  notACheckpoint,
  otherOptimizer,
} from "../../compiler/diagnostics/codes/checkpoint.ts";
import { fittedKey, formatVersion, optionsKey, printNumber } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { failure, quoted } from "./fail.ts";
import type { Fitted } from "./fitted.ts";
import { parseFitted } from "./parse-fitted.ts";
import { parseOptions } from "./options.ts";
import type { SavedOptions } from "./options.ts";

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
