/**
 * Value numbering: nodes of one op with equal attributes and inputs become one, the first. Random draws merge like any
 * other, being functions of their attributes and inputs. Before and after:
 *
 *     %1 = exp(%0)                 %1 = exp(%0)
 *     %2 = exp(%0)                 %2 = add(%1, %1)
 *     %3 = add(%1, %2)
 */
import { printAttributes } from "../graph/print.ts";
import { keyOf, type Graph } from "../graph/graph.ts";
import type { GraphNode, Region, Value } from "../graph/types.ts";
import { copy, rebuild, type Pass } from "./pass.ts";

export const cse: Pass = {
  name: "cse",
  description: "Computes equal values once; no value changes.",
  run: (graph: Graph) => {
    const known = new Map<string, readonly Value[]>();
    return rebuild(graph, (node, inputs, builder) => {
      const name = numberOf(node, inputs);
      const before = known.get(name);
      if (before !== undefined) return before;
      const values = copy(node, inputs, builder);
      known.set(name, values);
      return values;
    });
  },
};

function numberOf(
  { op, attributes, region }: Pick<GraphNode, "op" | "attributes" | "region">,
  inputs: readonly Value[],
): string {
  let name = `${op}[${printAttributes(attributes)}]`;
  for (const { node, output } of inputs) name += output === 0 ? ` ${node}` : ` ${node}.${output}`;
  return region === undefined ? name : `${name} {${formOf(region)}}`;
}

/** Equal for regions that compute the same in the same order. */
function formOf({ nodes, outputs }: Region): string {
  const lines = nodes.map((node) => `${node.id} = ${numberOf(node, node.inputs)}`);
  return [...lines, ...outputs.map(({ value }) => keyOf(value))].join("\n");
}
