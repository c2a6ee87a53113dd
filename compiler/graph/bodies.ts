/**
 * Graphs whose nodes have regions, as a whole: every node wherever it lies, and without what the emission of a body leaves outside of its region.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph } from "./graph.ts";
import type { GraphNode, Region, Value } from "./types.ts";

/** Every node, those of a region before the node that it belongs to. */
export function nodesWithin({ nodes }: Region): readonly GraphNode[] {
  const found: GraphNode[] = [];
  const waiting: GraphNode[] = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    for (const inner of node.region?.nodes ?? []) waiting.push(inner);
  }
  return found.reverse();
}

/** The graph without the nodes that stand for one step's values and what was made of them: regions have their own. */
export function withoutBodies(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op === "given")) return graph;
  const builder = new GraphBuilder();
  const kept = new Map<number, readonly Value[]>();
  const now = ({ node, output }: Value): Value | undefined => kept.get(node)?.[output];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(now).filter((value) => value !== undefined);
    if (node.op === "given" || inputs.length < node.inputs.length) continue;
    builder.origin = node;
    kept.set(node.id, builder.again(node, inputs));
  }
  const outputs = graph.outputs.map((output) => {
    const value = now(output.value);
    if (value === undefined) throw new InternalError("graph", `${output.name} is a value of one step of a scan`);
    return { ...output, value };
  });
  return builder.finish(outputs);
}
