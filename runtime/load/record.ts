/**
 * What a saved file holds beside the program's own tensors, and the way to its bytes and back: counters, what the training loop remembers,
 * the parameters of the best epoch, what was fitted to the data.
 */
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { otherOptions } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import {
  checkpointFromMetadata,
  checkpointToMetadata,
  optionalNumber,
  printNumber,
  requireOptimizer,
} from "../save/checkpoint.ts";
import { requireSame, warnNotFinite } from "../save/compare.ts";
import { contradictions, otherAlgorithm, sidesOf } from "../save/options.ts";
import type { SavedOptions } from "../save/options.ts";
import { unfitted } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import { sealed } from "../save/integrity.ts";
import { decode, encode } from "../save/safetensors.ts";
import type { SavedTensor } from "../save/saved.ts";
import type { RestoreOptions } from "./call-options.ts";
import { requireFitting } from "./check-fitted.ts";
import type { View } from "./executable.ts";
import { failure, kindOf } from "./fail.ts";
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

interface LossRecord {
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
const bestPrefix = "best:";

/** Stands before the names of further steps, and what of their losses is meant. */
const lossPrefix = "nnc.loss.";

/** In the place of what rows are known by. */
const noHoldout = "none";

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

export interface Restored {
  readonly tensors: ReadonlyMap<string, View>;
  readonly counters: Counters;
  readonly record: TrainingRecord;
  /** About numbers that are not finite. */
  readonly warnings: readonly Diagnostic[];
  /** The label of the train that it is of, and what the program was built with. */
  readonly train: string;
  readonly options: SavedOptions | undefined;
}

/** Reads and checks everything, changes nothing. Throws NN09xx. */
export function readBytes(
  manifest: Manifest,
  lasting: readonly Buffer[],
  bytes: Uint8Array,
  { optimizer, override = false }: RestoreOptions = {},
): Restored {
  const optimize = optimizer ?? manifest.host.train !== undefined;
  const file = "the saved file";
  const given: unknown = bytes;
  if (!(given instanceof Uint8Array))
    throw failure(wrongType, { name: file, expected: "its bytes as a Uint8Array", found: kindOf(given) });
  const { tensors, metadata } = decode(file, bytes);
  const checkpoint = checkpointFromMetadata(file, metadata, manifest.host.language);
  if (optimize && checkpoint.optimizer !== "") requireOptimizer(file, checkpoint, manifest.host.train?.optimizer ?? "");
  const { train: trained } = manifest.host;
  if (trained?.label === checkpoint.train) requireFitting(file, trained, checkpoint.fitted);
  if (!override) requireOptions(file, manifest, checkpoint.options);
  const wanted = (name: string): boolean => optimize || !name.startsWith("optimizer.");
  const expected = new Map(
    lasting
      .filter(({ name }) => wanted(name))
      .map((buffer) => [buffer.name, { dtype: buffer.dtype, shape: shapeOf(buffer) }]),
  );
  const own = new Map([...tensors].filter(([name]) => !name.startsWith(bestPrefix) && wanted(name)));
  requireSame(file, expected, own);
  const best = new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(bestPrefix))
      .map(([name, tensor]) => [name.slice(bestPrefix.length), tensor] as const)
      .filter(([name]) => wanted(name)),
  );
  requireSame(file, new Map([...expected].filter(([name]) => best.has(name))), best);
  const { seed, step, epoch, stepInEpoch, runningLoss, fitted } = checkpoint;
  const [data, holdout, loss] = ["nnc.data", "nnc.holdout", "nnc.loss"].map((key) => metadata.get(key));
  const batch = metadata.get("nnc.batch") === "all" ? "all" : optionalNumber(file, metadata, "nnc.batch");
  const sourceSeed = optionalNumber(file, metadata, "nnc.source_seed");
  const record: TrainingRecord = {
    runningLoss,
    fitted,
    ...(data === undefined ? {} : { data }),
    ...(holdout === undefined ? {} : { holdout: holdout === noHoldout ? null : holdout }),
    ...(loss === undefined ? {} : { loss }),
    ...(batch === undefined ? {} : { batch }),
    ...(sourceSeed === undefined ? {} : { sourceSeed }),
    epochLoss: optionalNumber(file, metadata, "nnc.epoch_loss") ?? 0,
    epochWeight: optionalNumber(file, metadata, "nnc.epoch_weight") ?? 0,
    otherLosses: new Map((trained?.losses ?? []).slice(1).map(({ name }) => [name, lossOf(file, metadata, name)])),
    best: checkpoint.best === null ? null : { ...checkpoint.best, tensors: viewsOf(best) },
  };
  const counters = { seed, step, epoch, stepInEpoch };
  const { train, options } = checkpoint;
  return { tensors: viewsOf(own), counters, record, warnings: warnNotFinite(file, own), train, options };
}

/** Throws NN0926 where the program would compute another function from the parameters. */
function requireOptions(file: string, { host }: Manifest, saved: SavedOptions | undefined): void {
  const built = host.options;
  if (saved === undefined || built === undefined) return;
  const differing = [...contradictions(saved, built), ...otherAlgorithm(saved, built)];
  if (differing.length > 0) throw failure(otherOptions, { file, ...sidesOf(differing) });
}

function lossOf(file: string, metadata: ReadonlyMap<string, string>, name: string): LossRecord {
  const read = (what: string): number => optionalNumber(file, metadata, `${lossPrefix}${name}.${what}`) ?? 0;
  return { runningLoss: read("running"), epochLoss: read("epoch") };
}

function savedTensor(buffer: Buffer, data: View): SavedTensor {
  const shape = shapeOf(buffer);
  if (buffer.dtype === "bool") return { dtype: "bool", shape, data: Uint8Array.from(data) };
  return data instanceof Float32Array ? { dtype: "f32", shape, data } : { dtype: "i32", shape, data };
}

function viewsOf(tensors: ReadonlyMap<string, SavedTensor>): ReadonlyMap<string, View> {
  return new Map(
    [...tensors].map(([name, { data }]) => [name, data instanceof Uint8Array ? Int32Array.from(data) : data]),
  );
}
