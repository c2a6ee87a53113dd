/** From a `train` in a manifest to its data: what the program wants under each name, read, split, fitted and encoded. */
import { checkOptions, seed as seedRule } from "../../compiler/diagnostics/options.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { Host, HostTrain } from "../../compiler/program/host.ts";
import type { Dataset, Field } from "../data/dataset.ts";
import { openSource, prepareOptions, testFiles } from "../data/open.ts";
import type { Contents, OtherFiles } from "../data/open.ts";
import { roleOf } from "../data/roles.ts";
import { noTraining } from "../../compiler/diagnostics/codes/runtime.ts";
import { checkManifest } from "../load/check-artifact.ts";
import { evaluate } from "../load/dimensions.ts";
import { failure } from "../load/fail.ts";
import { unfitted } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import { checkedContents, checkOthers } from "./check.ts";
import type { TrainData } from "./data.ts";

/**
 * Reads what the `train` declares, through `contents`. A `test` file takes the place of a hold-out; both are encoded with what was fitted to the
 * training rows. A `train` without inputs has a row for each step of an epoch. The seed must be that of the run, by default the
 * `train`'s. Throws NN08xx for data that do not fit.
 */
export function prepare(manifest: Manifest, contents: Contents, seed?: number): TrainData {
  checkManifest(manifest);
  const train = requireTrain(manifest, "prepare");
  checkOptions("prepare", { seed }, { seed: seedRule });
  const drawn = seed ?? train.seed;
  const own = checkedContents("prepare", contents);
  const fields = wantedBy(train, manifest);
  const { startFrom } = train;
  const started = startFrom === undefined ? {} : { startFrom: own.read(startFrom) };
  if (fields.length === 0) {
    return { train: rowsOfSteps(train), holdout: null, fitted: unfitted, seed: drawn, warnings: [], ...started };
  }
  const prepared = openSource(train.data, fields, own).prepare(prepareOptions(train.data, drawn));
  const test = testFiles(train.data);
  const holdout =
    test === undefined ? prepared.holdout : openSource(train.data, fields, own, test).apply(prepared.fitted);
  const { fitted, warnings } = prepared;
  return {
    train: prepared.train,
    holdout,
    fitted,
    seed: drawn,
    warnings: [...warnings, ...imageWarnings(own, test)],
    ...started,
  };
}

/**
 * Other files of the same kind, encoded with what was fitted earlier: to evaluate, or (without the target) to predict. A path for `csv` and
 * `text`; `{ image: "x.npy", target: "y.npy" }` where each input has a file of its own.
 */
export function prepareFile(
  manifest: Manifest,
  contents: Contents,
  files: OtherFiles,
  fitted: Fitted,
  what: "evaluate" | "predict",
): Dataset {
  checkManifest(manifest);
  const train = requireTrain(manifest, what);
  checkOthers(files, fitted, what);
  const fields = wantedBy(train, manifest).filter(({ role }) => what === "evaluate" || role === "input");
  return openSource(train.data, fields, checkedContents(what, contents), files).apply(fitted);
}

/** What is odd about a folder of images. */
export function imageWarnings({ images }: Contents, files: OtherFiles | undefined): readonly Diagnostic[] {
  return (typeof files === "string" ? images?.get(files)?.warnings : undefined) ?? [];
}

/** Of a train without inputs: a row for each step of an epoch. */
export function rowsOfSteps({ stepsPerEpoch = 1 }: HostTrain): Dataset {
  return { rows: stepsPerEpoch, tensors: new Map() };
}

/** What the program wants under each name. Open dimensions inside a row have their largest value. Throws NN0701, NN0707. */
export function fieldsOf(manifest: Manifest): readonly Field[] {
  checkManifest(manifest);
  return wantedBy(requireTrain(manifest, "fieldsOf"), manifest);
}

/** Of a manifest that was looked at. */
function wantedBy(train: HostTrain, { host, dims }: Manifest): readonly Field[] {
  return fieldsWithin(train, host, new Map(dims.map(({ name, bound }) => [name, bound])));
}

/** With these bounds of open dimensions; NaN in the shapes of those that have none. */
export function fieldsWithin(train: HostTrain, host: Host, bounds: ReadonlyMap<string, number>): readonly Field[] {
  return train.inputs.map(({ name, dtype, shape, limit, probability = false }): Field => {
    const sizes = shape.map((dimension) => evaluate(dimension, bounds));
    const base = {
      name,
      role: roleOf(host, name),
      dtype: dtype === "f32" ? "f32" : "i32",
      shape: train.data.reader === "arrays" ? sizes : sizes.slice(1),
    } as const;
    const classes = dtype === "bool" ? 2 : limit;
    return { ...base, ...(classes === undefined ? {} : { classes }), ...(probability ? { probability } : {}) };
  });
}

export function requireTrain({ host }: Manifest, call: string): HostTrain {
  if (host.train === undefined) throw failure(noTraining, { call });
  return host.train;
}
