/**
 * What a pass is, and the walk that most passes are: every node again, in order, some replaced.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { Graph, graphOf } from "../graph/graph.ts";
import type { GraphNode, Value } from "../graph/types.ts";

export interface Pass {
  readonly name: string;
  /** One sentence: what changes, and what never does. */
  readonly description: string;
  run(graph: Graph): Graph;
}

/** The values that stand for a node's outputs in the new graph, given its inputs there. */
export type Visit = (node: GraphNode, inputs: readonly Value[], builder: GraphBuilder) => readonly Value[];

/** Builds the graph again from the nodes that are kept; each node's origin is the builder's while it is visited. */
export function rebuild(graph: Graph, visit: Visit, keep: (node: GraphNode) => boolean = () => true): Graph {
  const builder = new GraphBuilder();
  const replaced: (readonly Value[] | undefined)[] = [];
  const now = ({ node, output }: Value): Value => {
    const value = replaced[node]?.[output];
    if (value === undefined) throw new InternalError("passes", `%${node} was dropped but is used`);
    return value;
  };
  for (const node of graph.nodes) {
    if (!keep(node)) continue;
    const { id, inputs } = node;
    while (replaced.length < id) replaced.push(undefined);
    builder.origin = node;
    replaced[id] = visit(node, inputs.map(now), builder);
  }
  return builder.finish(graph.outputs.map((output) => ({ ...output, value: now(output.value) })));
}

/** The pass on a graph and, before, on every region in it; a region's `given` nodes must stay. */
export function inRegions(pass: Pass): Pass {
  const run = (graph: Graph): Graph => {
    if (graph.nodes.every(({ region }) => region === undefined)) return pass.run(graph);
    const nodes = graph.nodes.map((node) =>
      node.region === undefined ? node : { ...node, region: run(graphOf(node.region)) },
    );
    return pass.run(new Graph(nodes, graph.outputs));
  };
  return { ...pass, run };
}

/** The visit that changes nothing. */
export const copy: Visit = (node, inputs, builder) => builder.again(node, inputs);
