/** A program that only predicts with one model: what of an elaboration it needs, built anew, without a trace of training. */
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { javascript } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { HostModel } from "../../compiler/program/host.ts";

/** How many rows the exported code takes at once, unless a bound was asked for. */
const exportedRows = 64;

/** The bound of the model's rows is one of those that were `asked` for; the batch of training is none. */
export function predictingProgram(
  elaboration: Elaboration,
  model: HostModel,
  asked: Readonly<Record<string, number>>,
): Program {
  const entry = elaboration.entries.find(({ name }) => name === model.entry);
  if (entry === undefined) throw new InternalError("export", `there is no entry ${model.entry}`);
  const read = new Set(entry.graph.nodes.flatMap(({ op, attributes }) => (op === "input" ? [attributes["name"]] : [])));
  const { language, requirements } = elaboration.host;
  const { continuation: _, ...alone } = model;
  const leading = new Set(model.inputs.map(({ shape }) => shape[0]?.key));
  const wanted = new Map(Object.entries(asked));
  const boundOf = (name: string, bound: number): number =>
    wanted.get(name) ?? (leading.has(name) ? exportedRows : bound);
  return buildProgram(
    {
      name: model.name,
      entries: [entry],
      variables: elaboration.variables.filter(({ name }) => read.has(name)),
      bounds: new Map([...elaboration.bounds].map(([name, bound]) => [name, boundOf(name, bound)])),
      host: { language, models: [alone], requirements: requirements.filter((one) => one.entry === model.entry) },
    },
    javascript,
    { verify: false },
  ).program;
}

/** How many rows an entry with these open dimensions, each of which counts them, takes at once. */
export function rowsAtOnce({ dims }: Program, open: readonly string[]): number {
  const bounds = dims.filter(({ name }) => open.includes(name)).map(({ bound }) => bound);
  return bounds.length === 0 ? exportedRows : Math.min(...bounds);
}
