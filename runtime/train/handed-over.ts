/**
 * What a `train` says of its data, held against data that a program hands over without `prepare`: what has no effect on those, or another one, is
 * told when the run starts.
 */
import { notHandedOver, otherStepsPerEpoch } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import type { TrainData } from "./data.ts";

/** Where which setting of `data` leaves its trace. */
const traces = [
  ["holdout", "holdout"],
  ["test", "holdout"],
  ["scale", "fitted"],
  ["standardize", "fitted"],
] as const;

/** Warnings; `count`: minibatches in an epoch. A run that is resumed begins with no file of parameters. */
export function otherThanWritten(
  { data: { reader, settings }, startFrom, stepsPerEpoch: written }: HostTrain,
  data: TrainData,
  count: number,
  isResumed: boolean,
): readonly Diagnostic[] {
  const idle: (readonly [setting: string, field: keyof TrainData])[] = traces.filter(
    ([setting, field]) => (settings[setting] ?? false) !== false && data[field] === undefined,
  );
  if (startFrom !== undefined && data.startFrom === undefined && !isResumed) idle.push(["start_from", "startFrom"]);
  const isOther = written !== undefined && written !== count && reader === "given";
  return [
    ...idle.map(([setting, field]) => diagnose(notHandedOver, { setting, field }, [])),
    ...(isOther ? [diagnose(otherStepsPerEpoch, { written, counted: count }, [])] : []),
  ];
}
