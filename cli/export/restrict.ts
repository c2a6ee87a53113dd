/** A program that only predicts with one model: what of an elaboration it needs, built anew, without a trace of training. */
import type { Elaboration, EntryGraph } from "../../compiler/elaborate/types.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { HostCall, HostModel } from "../../compiler/program/host.ts";
import { machineOf } from "./kernels.ts";
import { bytesOf, precompute } from "./precompute.ts";
import type { Exported, Predicting } from "./program.ts";

/** How many rows the exported code takes at once, unless a bound was asked for. */
const exportedRows = 64;

/**
 * Of what these calls of the model need. A bound of rows is the one that was `asked` for; else `rows`, if any are given: the batch of training is
 * none, but for what says something else of a row in another batch, as what draws or looks at the rows beside it.
 */
export function predictingProgram(
  { compiled: { elaboration, artifact }, format, bounds, stored }: Exported,
  model: HostModel,
  calls: readonly HostCall[],
  rows?: number,
): Predicting {
  const names = calls.map(({ entry }) => entry);
  const { variables } = elaboration;
  const all = { entries: names.map((name) => entryOf(elaboration, name)), variables, stored };
  // A GPU has its own last bits, also of what could be computed before.
  const kept = format === "wgsl" ? all : precompute(all);
  const inputs = kept.entries.flatMap(({ graph }) => graph.nodes).filter(({ op }) => op === "input");
  const read = new Set(inputs.map(({ attributes }) => attributes["name"]));
  const { language, requirements } = elaboration.host;
  const { continuation: _, ...alone } = model;
  const leading = new Set(model.inputs.map(({ shape }) => shape[0]?.key));
  const wanted = new Map(Object.entries(bounds));
  const most = rows ?? (read.has("seed") || model.together === true ? undefined : exportedRows);
  const boundOf = (name: string, bound: number): number =>
    wanted.get(name) ?? (leading.has(name) ? (most ?? bound) : bound);
  const { program } = buildProgram(
    {
      name: model.name,
      entries: kept.entries,
      variables: kept.variables.filter(({ name }) => read.has(name)),
      bounds: new Map([...elaboration.bounds].map(([name, bound]) => [name, boundOf(name, bound)])),
      host: { language, models: [alone], requirements: requirements.filter(({ entry }) => names.includes(entry)) },
    },
    machineOf(format, bytesOf(kept)),
    { verify: false, winograd: artifact.manifest.host.options?.winograd !== false },
  );
  return { program, stored: kept.stored };
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
