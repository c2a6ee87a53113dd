/** Whether what a step computes asks for the epochs: then the host must say how long one is, or has a use for how many there are. */
import type { Graph } from "../graph/graph.ts";

/** Counters that stand still, or mean nothing, until the host has told `steps_per_epoch`. */
const ofEpochs: readonly unknown[] = ["epoch", "step_in_epoch", "steps_per_epoch"];

/** True where more than the counters themselves comes from such a counter. */
export function followsEpochs(graph: Graph): boolean {
  return readsCounter(graph, ofEpochs);
}

/** True where something comes from the number of all epochs. */
export function reckonsWithEpochs(graph: Graph): boolean {
  return readsCounter(graph, ["epochs"]);
}

function readsCounter({ nodes, outputs }: Graph, counters: readonly unknown[]): boolean {
  const wanted = new Set(outputs.flatMap(({ role, value }) => (role === "counter" ? [] : [value.node])));
  // Consumers stand behind what they read.
  for (const { id, op, attributes, inputs } of nodes.toReversed()) {
    if (!wanted.has(id)) continue;
    if (op === "input" && attributes["role"] === "counter" && counters.includes(attributes["name"])) return true;
    for (const { node } of inputs) wanted.add(node);
  }
  return false;
}
