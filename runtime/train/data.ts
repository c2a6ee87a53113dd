/**
 * The data of a run, and how it reaches the network: minibatches by name, looked at once before the first step instead of in every one.
 */
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { noRows } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { batches } from "../data/batches.ts";
import type { Batch, Batches } from "../data/batches.ts";
import type { Augmentation } from "../data/augment.ts";
import { elements } from "../data/dataset.ts";
import type { Dataset } from "../data/dataset.ts";
import { nameOf } from "../load/dimensions.ts";
import { failure } from "../load/fail.ts";
import type { Inputs, TensorInput } from "../load/index.ts";
import { checkValues } from "../load/inputs.ts";
import type { TrainingRecord } from "../load/record.ts";
import { shapeText } from "../save/fail.ts";
import type { Fitted } from "../save/fitted.ts";

/** What `prepare` makes of a `train` and its files; a host program may also put it together itself. */
export interface TrainData {
  readonly train: Dataset;
  readonly holdout?: Dataset | null;
  /** Kept with the parameters, for those who predict. */
  readonly fitted?: Fitted;
  /** That the split was drawn from: a resumed run must have the same. */
  readonly seed?: number;
  /** The bytes of `start_from`. */
  readonly startFrom?: Uint8Array;
  readonly warnings?: readonly Diagnostic[];
}

/** A data set as the network takes it. */
export interface Feed {
  readonly rows: number;
  /** Minibatches in an epoch. */
  readonly count: number;
  /** In this order; where the feed augments its rows, as it does in the epoch that is told. */
  readonly epoch: (order?: Uint32Array, told?: Epoch) => Generator<Inputs, void, undefined>;
}

export interface Epoch {
  readonly seed: number;
  readonly epoch: number;
}

/** Checks every value of the set once. Throws NN0717, NN0718, NN0722, NN0743, and NN0814 for rows that are no images of the size that is augmented. */
export function feedOf(
  train: HostTrain,
  dataset: Dataset,
  size: number | "all",
  what: string,
  augmentation?: Augmentation,
): Feed {
  if (dataset.rows === 0) throw failure(noRows, { what });
  const tensors = new Map([...dataset.tensors].filter(([name]) => train.inputs.some((input) => input.name === name)));
  for (const input of train.inputs) {
    const tensor = tensors.get(input.name);
    if (tensor !== undefined) checkValues(input, tensor.data, dataset.rows);
  }
  const wanted = { rows: dataset.rows, tensors };
  const cut = batches(wanted, size);
  if (augmentation !== undefined) requireImages(augmentation, wanted);
  return {
    rows: dataset.rows,
    count: cut.count,
    epoch: (order, told) => {
      const isChanged = augmentation !== undefined && told !== undefined;
      return inputsOf(train, wanted, isChanged ? augmented(cut, augmentation, told) : cut, order);
    },
  };
}

/** A few letters that change with the rows, their values or their order (FNV-1a over the words of 32 bits): a resumed run must have the same. */
export function fingerprint({ rows, tensors }: Dataset): string {
  let hash = 0x811c9dc5;
  for (const [, { data }] of tensors) {
    const words = new Int32Array(data.buffer, data.byteOffset, data.length);
    for (let at = 0; at < words.length; at++) hash = Math.imul(hash ^ words[at], 0x01000193);
  }
  return `${rows} rows with the checksum ${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** By what a run is known again when it is resumed. */
export type Known = Pick<TrainingRecord, "data" | "holdout" | "loss" | "batch" | "sourceSeed">;

export function knownBy({ loss, batch, seed }: HostTrain, { train, holdout = null }: TrainData): Known {
  return {
    data: fingerprint(train),
    holdout: holdout === null ? null : fingerprint(holdout),
    ...(loss === undefined ? {} : { loss }),
    batch,
    sourceSeed: seed,
  };
}

/** How many rows an evaluation takes at once: as many as the program can. */
export function evaluationSize(train: HostTrain, dims: Manifest["dims"]): number | "all" {
  return rowDimension(train, dims)?.bound ?? "all";
}

/** The open dimension that counts the rows of a call. */
export function rowDimension({ inputs }: HostTrain, dims: Manifest["dims"]): Manifest["dims"][number] | undefined {
  const names = inputs.flatMap(({ shape: [rows] }) => (rows === undefined ? [] : [nameOf(rows)]));
  return dims.find(({ name }) => names.includes(name));
}

/** Throws NN0814. */
function requireImages({ input, width }: Augmentation, { tensors }: Dataset): void {
  const shape = tensors.get(input)?.shape ?? [];
  const found = elements(shape);
  if (found !== width)
    throw failure(wrongElementCount, {
      source: "an augmented image",
      field: input,
      shape: shapeText(shape),
      expected: found,
      found: width,
    });
}

/** The batches of an epoch, whose images are changed where they were copied to. */
function augmented(cut: Batches, { input, width, of }: Augmentation, { seed, epoch }: Epoch): Batches {
  return { ...cut, epoch: changed };

  function* changed(order?: Uint32Array): Generator<Batch, void, undefined> {
    const alter = of(seed, epoch);
    let from = 0;
    for (const batch of cut.epoch(order)) {
      const pixels = batch.tensors.get(input);
      if (pixels !== undefined)
        for (let at = 0; at < batch.rows; at++) alter(order?.[from + at] ?? from + at, pixels, at * width);
      from += batch.rows;
      yield batch;
    }
  }
}

/** The arrays of a batch are reused, so what stands for it is made once for each of its two sizes. */
function* inputsOf(
  train: HostTrain,
  dataset: Dataset,
  cut: Batches,
  order: Uint32Array | undefined,
): Generator<Inputs, void, undefined> {
  const known = new Map<Batch, Inputs>();
  for (const batch of cut.epoch(order)) {
    const inputs = known.get(batch) ?? shaped(train, dataset, batch);
    known.set(batch, inputs);
    yield inputs;
  }
}

/** With shapes, since several dimensions may be open; the single row of whole arrays has no axis of its own. */
function shaped(train: HostTrain, dataset: Dataset, { rows, tensors }: Batch): Inputs {
  return new Map(
    [...tensors].map(([name, data]): readonly [string, TensorInput] => {
      const own = dataset.tensors.get(name)?.shape ?? [];
      const rank = train.inputs.find((input) => input.name === name)?.shape.length;
      return [name, { shape: rank === own.length ? own : [rows, ...own], data }];
    }),
  );
}
