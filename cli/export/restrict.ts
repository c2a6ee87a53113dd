/** A program that only predicts with one model: what of an elaboration it needs, built anew, without a trace of training. */
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { javascript } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { HostModel } from "../../compiler/program/host.ts";

/** How many rows the exported code takes at once. */
export const exportedRows = 64;

export function predictingProgram(elaboration: Elaboration, model: HostModel): Program {
  const entry = elaboration.entries.find(({ name }) => name === model.entry);
  if (entry === undefined) throw new InternalError("export", `there is no entry ${model.entry}`);
  const read = new Set(entry.graph.nodes.flatMap(({ op, attributes }) => (op === "input" ? [attributes["name"]] : [])));
  const { language, requirements } = elaboration.host;
  const leading = new Set(model.inputs.map(({ shape }) => shape[0]?.key));
  return buildProgram(
    {
      name: model.name,
      entries: [entry],
      variables: elaboration.variables.filter(({ name }) => read.has(name)),
      bounds: new Map([...elaboration.bounds].map(([name, bound]) => [name, leading.has(name) ? exportedRows : bound])),
      host: { language, models: [model], requirements: requirements.filter((one) => one.entry === model.entry) },
    },
    javascript,
    { verify: false },
  ).program;
}
