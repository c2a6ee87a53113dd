/** What a saved file says, read and checked in full against the program that is to take it over. Most of it is about files that do not fit. */
import { otherOptions } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import { requireSame } from "../save/compare.ts";
import { warnNotFinite } from "../save/not-finite.ts";
import { contradictions, otherAlgorithm, sidesOf } from "../save/options.ts";
import type { SavedOptions } from "../save/options.ts";
import { checkpointFromMetadata, optionalNumber, requireOptimizer } from "../save/read-checkpoint.ts";
import { decode } from "../save/safetensors.ts";
import type { SavedTensor } from "../save/saved.ts";
import type { RestoreOptions } from "./call-options.ts";
import { requireFitting } from "./check-fitted.ts";
import type { View } from "./executable.ts";
import { failure, kindOf } from "./fail.ts";
import { bestPrefix, lossPrefix, noHoldout } from "./record.ts";
import type { Counters, LossRecord, TrainingRecord } from "./record.ts";
import { shapeOf } from "./tensors.ts";

type Buffer = Manifest["buffers"][number];

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

function viewsOf(tensors: ReadonlyMap<string, SavedTensor>): ReadonlyMap<string, View> {
  return new Map(
    [...tensors].map(([name, { data }]) => [name, data instanceof Uint8Array ? Int32Array.from(data) : data]),
  );
}
