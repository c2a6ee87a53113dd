/** A program that only predicts with one model: what of an elaboration it needs, built anew, without a trace of training. */
import type { Compiled } from "../../compiler/compile.ts";
import type { Elaboration, EntryGraph } from "../../compiler/elaborate/types.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { HostCall, HostModel } from "../../compiler/program/host.ts";

/** How many rows the exported code takes at once, unless a bound was asked for. */
const exportedRows = 64;

/**
 * Of what these calls of the model need. A bound of rows is the one that was `asked` for; else `rows`, if any are given: the batch of training is
 * none, but for what says something else of a row in another batch, as what draws or looks at the rows beside it.
 */
export function predictingProgram(
  { elaboration, artifact }: Compiled,
  model: HostModel,
  calls: readonly HostCall[],
  asked: Readonly<Record<string, number>>,
  machine: Machine,
  rows?: number,
): Program {
  const names = calls.map(({ entry }) => entry);
  const entries = names.map((name) => entryOf(elaboration, name));
  const inputs = entries.flatMap(({ graph }) => graph.nodes).filter(({ op }) => op === "input");
  const read = new Set(inputs.map(({ attributes }) => attributes["name"]));
  const { language, requirements } = elaboration.host;
  const { continuation: _, ...alone } = model;
  const leading = new Set(model.inputs.map(({ shape }) => shape[0]?.key));
  const wanted = new Map(Object.entries(asked));
  const most = rows ?? (read.has("seed") || model.together === true ? undefined : exportedRows);
  const boundOf = (name: string, bound: number): number =>
    wanted.get(name) ?? (leading.has(name) ? (most ?? bound) : bound);
  return buildProgram(
    {
      name: model.name,
      entries,
      variables: elaboration.variables.filter(({ name }) => read.has(name)),
      bounds: new Map([...elaboration.bounds].map(([name, bound]) => [name, boundOf(name, bound)])),
      host: { language, models: [alone], requirements: requirements.filter(({ entry }) => names.includes(entry)) },
    },
    machine,
    { verify: false, winograd: artifact.manifest.host.options?.winograd !== false },
  ).program;
}

function entryOf({ entries }: Elaboration, wanted: string): EntryGraph {
  const entry = entries.find(({ name }) => name === wanted);
  if (entry === undefined) throw new InternalError("export", `there is no entry ${wanted}`);
  return entry;
}

/** How many rows an entry with these open dimensions, each of which counts them, takes at once. */
export function rowsAtOnce({ dims }: Program, open: readonly string[]): number {
  const bounds = dims.filter(({ name }) => open.includes(name)).map(({ bound }) => bound);
  return bounds.length === 0 ? exportedRows : Math.min(...bounds);
}
