/** A graph without what nobody reads: tests that became a part of an operator, numbers that were folded away. */
import { isGraph } from "./model.ts";
import type { OnnxGraph, OnnxNode } from "./model.ts";

/** The same outputs from the same inputs. Bodies lie no deeper in one another than the expressions that they come from. */
export function pruned(graph: OnnxGraph): OnnxGraph {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const attributes = Object.fromEntries(
      Object.entries(node.attributes).map(([name, value]) => [name, isGraph(value) ? pruned(value) : value]),
    );
    const own = { ...node, attributes };
    for (const name of readBy(own)) needed.add(name);
    kept.push(own);
  }
  return { ...graph, nodes: kept.reverse(), initializers: graph.initializers.filter(({ name }) => needed.has(name)) };
}

/** What its bodies read of the values around them is among what their nodes read. */
function readBy({ inputs, attributes }: OnnxNode): readonly string[] {
  const bodies = Object.values(attributes).filter(isGraph);
  return [
    ...inputs,
    ...bodies.flatMap(({ nodes, outputs }) => [...nodes.flatMap(readBy), ...outputs.map(({ name }) => name)]),
  ];
}
