/**
 * What a saved file holds beside the program's own tensors, and the way to its bytes: counters, what the training loop remembers, the parameters of the
 * best epoch, what was fitted to the data. `restored.ts` is the way back.
 */
import type { Manifest } from "../../compiler/program/artifact.ts";
import { checkpointToMetadata, printNumber } from "../save/checkpoint.ts";
import { encode } from "../save/encode.ts";
import { unfitted } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import { sealed } from "../save/integrity.ts";
import type { SavedTensor } from "../save/saved.ts";
import type { View } from "./executable.ts";
import type { Store } from "./store.ts";
import { shapeOf } from "./tensors.ts";

/** What the training loop remembers from step to step and epoch to epoch. */
export interface TrainingRecord {
  /** The exponentially weighted average of the loss, before its bias is corrected. */
  readonly runningLoss: number;
  /** The mean loss of the present epoch so far, and the rows (or the sum of the mask) that it is a mean of. */
  readonly epochLoss: number;
  readonly epochWeight: number;
  /** The same of the losses of further steps, by their names. */
  readonly otherLosses: ReadonlyMap<string, LossRecord>;
  /** The best epoch so far, and a copy of what was best. */
  readonly best: { readonly epoch: number; readonly loss: number; readonly tensors: ReadonlyMap<string, View> } | null;
  readonly fitted: Fitted;
  /** By which the rows that it is trained on are known again. */
  readonly data?: string;
  /** The same of the rows that are held out; null where there are none. */
  readonly holdout?: string | null;
  /** The same of the loss. */
  readonly loss?: string;
  readonly batch?: number | "all";
  /** What the source said, which the run need not have begun with. */
  readonly sourceSeed?: number;
}

export interface LossRecord {
  readonly runningLoss: number;
  readonly epochLoss: number;
}

export const emptyRecord: TrainingRecord = {
  runningLoss: 0,
  epochLoss: 0,
  epochWeight: 0,
  otherLosses: new Map(),
  best: null,
  fitted: unfitted,
};

export interface Counters {
  readonly seed: number;
  /** Steps and epochs completed, and steps completed in the present epoch. */
  readonly step: number;
  readonly epoch: number;
  readonly stepInEpoch: number;
}

type Buffer = Manifest["buffers"][number];

/** Stands before the names of the best epoch's tensors; no name in a program holds a colon. */
export const bestPrefix = "best:";

/** Stands before the names of further steps, and what of their losses is meant. */
export const lossPrefix = "nnc.loss.";

/** In the place of what rows are known by. */
export const noHoldout = "none";

/** The bytes of a safetensors file. */
export function saveBytes(
  manifest: Manifest,
  lasting: readonly Buffer[],
  store: Store,
  counters: Counters,
  record: TrainingRecord,
): Uint8Array {
  const { train, language, options } = manifest.host;
  const { best, epochLoss, epochWeight, otherLosses, runningLoss, fitted, data, holdout, loss, batch, sourceSeed } =
    record;
  const own = lasting.map((buffer) => [buffer.name, savedTensor(buffer, store.view(buffer.name))] as const);
  const kept = lasting.flatMap((buffer) => {
    const view = best?.tensors.get(buffer.name);
    return view === undefined ? [] : [[`${bestPrefix}${buffer.name}`, savedTensor(buffer, view)] as const];
  });
  const metadata = checkpointToMetadata({
    language,
    train: train?.label ?? "",
    optimizer: train?.optimizer ?? "",
    ...counters,
    runningLoss,
    fitted,
    ...(options === undefined ? {} : { options: { ...options, relaxed: manifest.relaxed === true } }),
    best: best === null ? null : { epoch: best.epoch, loss: best.loss },
  });
  const progress = [
    ["nnc.epoch_loss", printNumber(epochLoss)],
    ["nnc.epoch_weight", printNumber(epochWeight)],
    ...[...otherLosses].flatMap(([name, one]) => [
      [`${lossPrefix}${name}.running`, printNumber(one.runningLoss)] as const,
      [`${lossPrefix}${name}.epoch`, printNumber(one.epochLoss)] as const,
    ]),
    ...(data === undefined ? [] : [["nnc.data", data] as const]),
    ...(holdout === undefined ? [] : [["nnc.holdout", holdout ?? noHoldout] as const]),
    ...(loss === undefined ? [] : [["nnc.loss", loss] as const]),
    ...(batch === undefined ? [] : [["nnc.batch", String(batch)] as const]),
    ...(sourceSeed === undefined ? [] : [["nnc.source_seed", printNumber(sourceSeed)] as const]),
  ] as const;
  const saved = { tensors: new Map([...own, ...kept]), metadata: new Map([...metadata, ...progress]) };
  return encode(saved.tensors, sealed(saved));
}

function savedTensor(buffer: Buffer, data: View): SavedTensor {
  const shape = shapeOf(buffer);
  if (buffer.dtype === "bool") return { dtype: "bool", shape, data: Uint8Array.from(data) };
  return data instanceof Float32Array ? { dtype: "f32", shape, data } : { dtype: "i32", shape, data };
}
