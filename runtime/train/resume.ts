/**
 * Going on from a checkpoint: whether the run at hand is the one that was stopped, and what of its past still counts. A run that is resumed has
 * the bits of one that was never stopped, so all that its steps depend on must be the same.
 */
import { otherOptions } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { dataChanged, judgedAnew, resumeMismatch } from "../../compiler/diagnostics/codes/earlier-runs.ts";
import { diagnose, type Diagnostic, type NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { failure } from "../load/fail.ts";
import type { Counters, Network } from "../load/index.ts";
import type { TrainingRecord } from "../load/record.ts";
import { otherInstructions, otherSettings, sidesOf } from "../save/options.ts";
import type { Contradiction, SavedOptions } from "../save/options.ts";
import type { Known, TrainData } from "./data.ts";
import { beginEpoch } from "./losses.ts";

/** The run at hand. */
export interface Present {
  readonly network: Network;
  readonly host: HostTrain;
  readonly data: TrainData;
  readonly options: { readonly seed?: number; readonly override?: boolean };
  /** Minibatches in an epoch. */
  readonly count: number;
  readonly known: Known;
}

/**
 * Puts the network where the run was stopped; answers warnings. Throws NN0725 and NN0732 where the train, the seed, the batch or the data are not
 * those of that run, NN0926 where the options are not.
 */
export function resumeFrom(bytes: Uint8Array, present: Present): readonly Diagnostic[] {
  const { network, known } = present;
  const { override = false } = present.options;
  const saved = network.peek(bytes, { override });
  requireTrain(saved, present);
  const changes = changesOf(saved.record, known);
  const [holdout] = changes.filter(({ what }) => what === "hold-out");
  if (holdout !== undefined && !override)
    throw failure(
      dataChanged,
      { ...holdout, what: "hold-out" },
      "`--override` or `override: true` goes on with the other rows",
    );
  network.restore(bytes, { override });
  network.record = recordAfter({ ...network.record, ...known }, changes);
  return changes.map((change) => diagnose(judgedAnew, change, []));
}

function requireTrain(
  saved: ReturnType<Network["peek"]>,
  { network, host, data, options, count, known }: Present,
): void {
  const { override = false } = options;
  const { seed, step, epoch, stepInEpoch } = saved.counters;
  const wanted = options.seed ?? data.seed;
  if (saved.train !== "" && saved.train !== host.label && !override)
    throw mismatch("the train", `\`${saved.train}\``, `\`${host.label}\``);
  if (wanted !== undefined && wanted !== seed) throw mismatch("the seed", String(seed), String(wanted));
  const { sourceSeed = host.seed } = saved.record;
  if (options.seed === undefined && sourceSeed !== host.seed)
    throw mismatch("the source's seed", String(sourceSeed), String(host.seed), meantSeed(seed));
  const others = saved.options === undefined ? [] : builtOtherwise(saved.options, network.manifest);
  if (others.length > 0 && !override) throw failure(otherOptions, { file: "the checkpoint", ...sidesOf(others) });
  const { batch = host.batch } = saved.record;
  if (batch !== host.batch) throw mismatch("the batch", String(batch), String(host.batch));
  if (step !== epoch * count + stepInEpoch) throw failure(dataChanged, countsOf(saved.counters, count));
  const { data: rows = known.data } = saved.record;
  if (rows !== known.data) throw failure(dataChanged, { expected: String(rows), found: String(known.data) });
}

/** What decides the steps of a run, and not what its parameters mean. */
function builtOtherwise(saved: SavedOptions, { host, relaxed = false }: Manifest): readonly Contradiction[] {
  const settings = host.options === undefined ? [] : otherSettings(saved, host.options);
  return [...settings, ...otherInstructions(saved, relaxed)];
}

/** What its best epoch was judged by, and is no more. */
interface Change {
  readonly what: "hold-out" | "loss";
  readonly expected: string;
  readonly found: string;
}

/** Files of older versions do not say what they were judged by. */
function changesOf(saved: Known, { holdout = null, loss }: Known): readonly Change[] {
  const before = { holdout: saved.holdout === undefined ? holdout : saved.holdout, loss: saved.loss ?? loss };
  return [
    ...(before.holdout === holdout ? [] : [{ what: "hold-out" as const, ...sides(before.holdout, holdout) }]),
    ...(before.loss === loss || before.loss === undefined || loss === undefined
      ? []
      : [{ what: "loss" as const, ...sides(before.loss, loss) }]),
  ];
}

function sides(expected: string | null, found: string | null): { readonly expected: string; readonly found: string } {
  return { expected: expected ?? "no rows", found: found ?? "no rows" };
}

/** Without what can no longer be compared: the best loss, and of an epoch that was broken off the mean of another loss. */
function recordAfter(record: TrainingRecord, changes: readonly Change[]): TrainingRecord {
  if (changes.length === 0) return record;
  const judged = { ...record, best: null };
  return changes.some(({ what }) => what === "loss") ? beginEpoch(judged) : judged;
}

/** The minibatches of an epoch, as the counters of a checkpoint tell them and as they are now. */
function countsOf({ step, epoch, stepInEpoch }: Counters, found: number): { expected: string; found: string } {
  const count = (step - stepInEpoch) / epoch;
  const known = epoch > 0 && Number.isInteger(count);
  return {
    expected: known ? `an epoch of ${count} minibatches` : `minibatches of which ${step} were done in ${epoch} epochs`,
    found: `${found}`,
  };
}

/** The flag, or the option of `train`, counts whatever the source says. */
function meantSeed(seed: number): string {
  return `\`--seed ${seed}\` or \`seed: ${seed}\` of \`train\` goes on with the seed of the run`;
}

function mismatch(what: string, expected: string, found: string, help?: string): NncError {
  return failure(resumeMismatch, { what, expected, found }, help);
}
