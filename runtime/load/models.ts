/** Which model of an artifact a call speaks to, and which part of it. */
import { unknownModel, unsuitableOption } from "../../compiler/diagnostics/codes/runtime.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Host, HostCall, HostModel, TextPart } from "../../compiler/program/host.ts";
import { failure, kindOf, listed, named } from "./fail.ts";

/** The model of that name; by default the one that is trained, else the first of the file. Throws NN0708. */
export function findModel({ models, train }: Host, name: string | undefined): HostModel {
  const wanted = name ?? train?.name;
  const model = models.find((one) => one.name === wanted) ?? (name === undefined ? models[0] : undefined);
  if (model !== undefined) return model;
  const [written, names] = [wanted ?? "", models.map((one) => one.name)];
  throw unknown(written, names);
}

/** What a caller without types may have written, too. */
function unknown(written: unknown, names: readonly string[]): Error {
  const known = { models: listed(names) };
  return typeof written === "string"
    ? failure(unknownModel, { ...known, name: named(written) }, didYouMean(written, names))
    : failure(unknownModel, { ...known, name: kindOf(written) });
}

/** What a model that reads a text in parts is called by. Throws NN0706, NN0708. */
export function findPart(host: Host, name: string, part: TextPart): HostCall {
  // None is the trained one's here: what is read in parts is said by name.
  if (typeof name !== "string")
    throw unknown(
      name,
      host.models.map((one) => one.name),
    );
  const { continuation } = findModel(host, name);
  const found = continuation?.[part];
  if (found !== undefined) return found;
  const expected = continuation === undefined ? "a model that reads a text in parts" : "`step`, as nothing is carried";
  throw failure(unsuitableOption, {
    option: "part",
    expected,
    found: `${typeof part === "string" ? named(part) : kindOf(part)} of ${named(name)}`,
  });
}
