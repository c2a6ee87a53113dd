/** What each input of a `train` is to its data: the target of the loss, something that a model takes, or something besides. */
import type { Host } from "../../compiler/program/host.ts";
import type { Field } from "./dataset.ts";

/** Everything of a `train` that feeds no model of its name is an input; else what that model takes is. */
export function roleOf({ models, train }: Host, name: string): Field["role"] {
  if (train?.target?.input === name) return "target";
  const own = models.find((model) => model.name === train?.name)?.inputs;
  const ofModel = own?.every((input) => train?.inputs.some((one) => one.name === input.name)) === true;
  return !ofModel || own.some((input) => input.name === name) ? "input" : "extra";
}
