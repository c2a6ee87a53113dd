/** Which model of an artifact a call speaks to. */
import { unknownModel } from "../../compiler/diagnostics/codes/runtime.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Host, HostModel } from "../../compiler/program/host.ts";
import { failure, kindOf, listed, named } from "./fail.ts";

/** The model of that name; by default the one that is trained, else the first of the file. Throws NN0708. */
export function findModel({ models, train }: Host, name: string | undefined): HostModel {
  const wanted = name ?? train?.name;
  const model = models.find((one) => one.name === wanted) ?? (name === undefined ? models[0] : undefined);
  if (model !== undefined) return model;
  const [written, names] = [wanted ?? "", models.map((one) => one.name)];
  throw unknown(written, names);
}

/** The name is what a caller without types may have written, too. */
export function unknown(written: unknown, names: readonly string[]): Error {
  const known = { models: listed(names) };
  return typeof written === "string"
    ? failure(unknownModel, { ...known, name: named(written) }, didYouMean(written, names))
    : failure(unknownModel, { ...known, name: kindOf(written) });
}
