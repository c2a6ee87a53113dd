/**
 * What a trained network is evaluated on where nobody names other rows: its hold-out, else its training rows, encoded with what was fitted
 * when it was trained. Where the data are no longer those of the run, a warning says so.
 */
import { dataNotTrained, preparedOtherwise } from "../../compiler/diagnostics/codes/earlier-runs.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { Dataset } from "../data/dataset.ts";
import { preprocessingOf } from "../data/fit.ts";
import { openSource, prepareOptions, testFiles } from "../data/open.ts";
import type { Contents } from "../data/open.ts";
import type { Network } from "../load/index.ts";
import { valuesOf } from "../save/fitted.ts";
import type { Fitted, FittedInput } from "../save/fitted.ts";
import { preparation } from "../save/refitted.ts";
import { fingerprint } from "./data.ts";
import { fieldsOf, imageWarnings, prepareFile, requireTrain, rowsOfSteps } from "./prepare.ts";

export interface EvaluationRows {
  readonly name: "hold-out" | "training";
  readonly rows: Dataset;
  readonly warnings: readonly Diagnostic[];
}

/** Where the source scales or standardises otherwise than the parameters were trained with, which counts. */
export function warnPrepared(manifest: Manifest, { inputs, classes }: Fitted): readonly Diagnostic[] {
  const { data } = requireTrain(manifest, "nnc eval");
  const options = prepareOptions(data, 0);
  const written = fieldsOf(manifest).flatMap((field): readonly FittedInput[] => {
    const { name, dtype } = field;
    if (dtype !== "f32" || valuesOf(classes, name) !== undefined) return [];
    const { scale, standardize } = preprocessingOf(field, options);
    const mean = standardize ? [0] : null;
    return [{ name, scale, mean, deviation: mean }];
  });
  return written.flatMap((input) => {
    const { name } = input;
    const [trained, found] = [preparation(inputs.find((one) => one.name === name)), preparation(input)];
    return trained === found ? [] : [diagnose(preparedOtherwise, { name, trained, found }, [])];
  });
}

/** A `test` file needs no training data beside it. Throws NN08xx for data that do not fit. */
export function evaluationRows(
  manifest: Manifest,
  contents: Contents,
  { counters, record }: Pick<Network, "counters" | "record">,
): EvaluationRows {
  const train = requireTrain(manifest, "nnc eval");
  const fields = fieldsOf(manifest);
  if (fields.length === 0) return { name: "training", rows: rowsOfSteps(train), warnings: [] };
  const { fitted, data } = record;
  const test = testFiles(train.data);
  if (test !== undefined) {
    const rows = prepareFile(manifest, contents, test, fitted, "evaluate");
    return { name: "hold-out", rows, warnings: [...imageWarnings(contents, test), ...warnTested(rows, record)] };
  }
  const options = { ...prepareOptions(train.data, counters.seed), fitted };
  const parts = openSource(train.data, fields, contents).prepare(options);
  const found = fingerprint(parts.train);
  const name = parts.holdout === null ? "training" : "hold-out";
  const warnings =
    data === undefined || data === found ? [] : [diagnose(dataNotTrained, { set: name, expected: data, found }, [])];
  return { name, rows: parts.holdout ?? parts.train, warnings: [...parts.warnings, ...warnings] };
}

/** Where the rows of `test` are not those that the run held out, or are those that it was trained on. Nothing is known of a run that kept neither. */
function warnTested(rows: Dataset, { data, holdout }: Network["record"]): readonly Diagnostic[] {
  const found = fingerprint(rows);
  const isHeldOut = holdout !== undefined && holdout !== null;
  const isKnown = isHeldOut ? found === holdout : found !== data;
  const expected = holdout ?? "rows that were not trained on";
  return isKnown ? [] : [diagnose(dataNotTrained, { set: "test", expected, found }, [])];
}
