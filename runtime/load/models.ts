/** Which model of an artifact a call speaks to, and which part of it. */
import { unknownModel, unsuitableOption } from "../../compiler/diagnostics/codes/runtime.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Host, HostCall, HostModel, TextPart } from "../../compiler/program/host.ts";
import { failure, listed, named } from "./fail.ts";

/** The model of that name; by default the one that is trained, else the first of the file. Throws NN0708. */
export function findModel({ models, train }: Host, name: string | undefined): HostModel {
  const wanted = name ?? train?.name;
  const model = models.find((one) => one.name === wanted) ?? (name === undefined ? models[0] : undefined);
  if (model !== undefined) return model;
  const [written, names] = [name ?? wanted ?? "", models.map((one) => one.name)];
  throw failure(unknownModel, { name: named(written), models: listed(names) }, didYouMean(written, names));
}

/** What a model that reads a text in parts is called by. Throws NN0706, NN0708. */
export function findPart(host: Host, name: string, part: TextPart): HostCall {
  const { continuation } = findModel(host, name);
  const found = continuation?.[part];
  if (found !== undefined) return found;
  const expected = continuation === undefined ? "a model that reads a text in parts" : "`step`, as nothing is carried";
  throw failure(unsuitableOption, { option: "part", expected, found: `${named(part)} of ${named(name)}` });
}
