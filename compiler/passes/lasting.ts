/**
 * Which values of a graph are the same at every call: of closed sizes, made of nothing but constants and of what lasts and
 * the graph does not change, which is parameters, state, and averages that an optimizer keeps.
 */
import { constantValue } from "../dimension/dimension.ts";
import { stringOf } from "../graph/attributes.ts";
import { keyOf } from "../graph/graph.ts";
import type { GraphNode, GraphOutput, InputRole, Value } from "../graph/types.ts";

export type Lasts = (value: Value) => boolean;

const lastingRoles: ReadonlySet<string> = new Set<InputRole>(["parameter", "state", "optimizer"]);

/** Answers for nodes in ascending order, some of which may be added after it was asked for. */
export function lastingIn(nodes: readonly GraphNode[], outputs: readonly GraphOutput[]): Lasts {
  const changed = new Set(outputs.filter(({ role }) => role !== "result").map(({ name }) => name));
  const known = new Set<string>();
  let seen = 0;
  return (value) => {
    for (; seen < nodes.length && nodes[seen].id <= value.node; seen += 1) {
      const node = nodes[seen];
      if (isLasting(node, known, changed))
        for (const output of node.outputs.keys()) known.add(keyOf({ node: node.id, output }));
    }
    return known.has(keyOf(value));
  };
}

function isLasting(
  { op, attributes, inputs, outputs, region }: GraphNode,
  known: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): boolean {
  if (!outputs.every(({ shape }) => shape.every((size) => constantValue(size) !== undefined))) return false;
  switch (op) {
    case "input":
      return lastingRoles.has(stringOf(attributes, "role")) && !changed.has(stringOf(attributes, "name"));
    case "constant":
    case "iota":
      return true;
    // A step's value, and a size of this call.
    case "given":
    case "dimension":
      return false;
    default:
      return region === undefined && inputs.every((input) => known.has(keyOf(input)));
  }
}
