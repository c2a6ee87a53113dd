/**
 * Drops what no output depends on. Before and after:
 *
 *     %0 = input x                 %0 = input x
 *     %1 = exp(%0)                 %1 = neg(%0)
 *     %2 = neg(%0)                 result y = %1
 *     result y = %2
 */
import { copy, rebuild, type Pass } from "./pass.ts";

export const deadCode: Pass = {
  name: "dead-code",
  description: "Drops nodes, inputs among them, that no output depends on.",
  run: (graph) => {
    const live = graph.reaching(graph.outputs.map(({ value }) => value));
    return live.size === graph.nodes.length ? graph : rebuild(graph, copy, ({ id }) => live.has(id));
  },
};
