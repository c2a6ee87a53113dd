/**
 * The passes over graphs, in order.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import { verifyGraph } from "../graph/verify.ts";
import { cse } from "./cse.ts";
import { deadCode } from "./dead-code.ts";
import { joinScans } from "./join-scans.ts";
import { inRegions, type Pass } from "./pass.ts";
import { rectify } from "./rectify.ts";
import { simplify } from "./simplify.ts";
import { trimScans } from "./trim-scans.ts";
import { winograd } from "./winograd.ts";

export const passes: readonly Pass[] = [
  // First: it knows scans of one body by the body's very nodes.
  joinScans,
  // Before cse, so that nodes that become equal are merged.
  inRegions(simplify),
  inRegions(cse),
  // After cse, which makes the forward and the backward test one node.
  inRegions(rectify),
  // After cse, which finds equal convolutions before they are many nodes.
  inRegions(winograd),
  trimScans,
  // Last: the others leave what they replaced behind.
  deadCode,
];

export interface PassOptions {
  /** Throws an InternalError that names the pass after which the graph is broken. */
  readonly verify: boolean;
  /** Whether convolutions may become Winograd's; default: true. */
  readonly winograd?: boolean;
}

/** Runs every pass that the options leave. */
export function runPasses(graph: Graph, { verify, winograd: allowed = true }: PassOptions): Graph {
  if (verify) check(graph, "elaborate");
  const chosen = passes.filter((pass) => allowed || pass.name !== winograd.name);
  return chosen.reduce((before, pass) => {
    const after = pass.run(before);
    if (verify) check(after, pass.name);
    return after;
  }, graph);
}

function check(graph: Graph, after: string): void {
  const [first] = verifyGraph(graph);
  if (first !== undefined) throw new InternalError(after, first);
}
