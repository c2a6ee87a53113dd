/** The graphs of an elaboration's entries, as they are written. */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Elaboration } from "../../../compiler/elaborate/types.ts";
import type { Graph } from "../../../compiler/graph/graph.ts";
import { cse } from "../../../compiler/passes/cse.ts";
import { inRegions } from "../../../compiler/passes/pass.ts";

/** Equal values are written once. */
export function graphOf(elaboration: Elaboration, name: string): Graph {
  return inRegions(cse).run(elaboratedGraph(elaboration, name));
}

function elaboratedGraph({ entries }: Elaboration, name: string): Graph {
  const found = entries.find((entry) => entry.name === name);
  if (found === undefined) throw new InternalError("export", `there is no entry ${name}`);
  return found.graph;
}

export function trainStep(elaboration: Elaboration): { readonly graph: Graph; readonly written: Graph } {
  return { graph: graphOf(elaboration, "train_step"), written: elaboratedGraph(elaboration, "train_step") };
}
