/** Reading a text in parts: which part of a model is called, and how. */
import { unsuitableOption } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Host, HostCall, TextPart } from "../../compiler/program/host.ts";
import { answered } from "./calls.ts";
import type { Caller, Calls, Prediction } from "./calls.ts";
import { failure, kindOf, named } from "./fail.ts";
import { checkValues } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";
import { findModel, unknown } from "./models.ts";

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

/** What a part of a text carries to the next may be a NaN, as what is between the layers of a model may be. */
export function* readOn(caller: Caller, call: HostCall, inputs: Inputs): Calls<readonly Prediction[]> {
  const checked = caller.check(call.entry, call.inputs, inputs, true);
  for (const { input, data } of checked.given) if (input.limit !== undefined) checkValues(input, data, 1);
  return yield* answered(caller, call, checked);
}
