/**
 * Whether what a file says was fitted to the data can be of the `train` that the program has: a file without a checksum may have been damaged
 * or changed by hand. Fields that the `train` does not have, and sizes that only data tell, are no contradiction.
 */
import { badMetadata } from "../../compiler/diagnostics/codes/checkpoint.ts";
import type { HostInput, HostTrain } from "../../compiler/program/host.ts";
import type { Fitted } from "../save/fitted.ts";
import { elements } from "./dimensions.ts";
import { countOf, failure, named } from "./fail.ts";

/** Throws NN0920 where a field has other numbers of means, columns, ranges or classes than it can, or a text more characters than ids. */
export function requireFitting(file: string, train: HostTrain, fitted: Fitted): void {
  const fields = new Map(train.inputs.map((input) => [input.name, input]));
  const refuse = (name: string, expected: string, found: number): never => {
    throw failure(badMetadata, {
      file,
      key: "nnc.fitted",
      expected: `${expected} for ${named(name)}`,
      found: countOf(found),
    });
  };
  const requireWidth = (name: string, values: readonly unknown[], what: string): void => {
    const width = widthOf(train, fields.get(name));
    if (!Number.isNaN(width) && values.length !== width) refuse(name, `${width} ${what}`, values.length);
  };
  for (const { name, mean } of fitted.inputs) if (mean !== null) requireWidth(name, mean, "means");
  if (train.data.reader === "csv") for (const { name, values } of fitted.columns) requireWidth(name, values, "columns");
  for (const { name, least } of fitted.ranges ?? []) if (least.length !== 1) requireWidth(name, least, "ranges");
  for (const { name, values } of fitted.classes) {
    const most = mostClasses(fields.get(name));
    if (values.length > most) refuse(name, `at most ${most} classes`, values.length);
  }
  const ids = train.data.settings["vocabulary"];
  const characters = fitted.vocabulary?.length ?? 0;
  if (typeof ids === "number" && characters > ids) refuse("vocabulary", `at most ${ids} characters`, characters);
}

/** Values in a row, NaN where that is open. */
function widthOf({ data }: HostTrain, field: HostInput | undefined): number {
  if (field === undefined) return NaN;
  return elements(data.reader === "arrays" ? field.shape : field.shape.slice(1), new Map());
}

/** Words stand for 0 and 1 in a field of numbers. */
function mostClasses(field: HostInput | undefined): number {
  if (field === undefined) return Infinity;
  return field.dtype === "i32" ? (field.limit ?? Infinity) : 2;
}
