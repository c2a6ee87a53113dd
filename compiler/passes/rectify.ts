/**
 * A rectified value tells its own sign: behind r = where(x <= 0, 0, x), the test x <= 0 is r <= 0, bit for bit (x <= 0
 * makes r 0; x > 0 and NaN make r = x). So the backward pass reads r, which is kept anyway, and x need not be stored.
 * Before and after:
 *
 *     %2 = lessEqual(%0, %1)            %2 = lessEqual(%0, %1)
 *     %3 = select(%2, %1, %0)           %3 = select(%2, %1, %0)
 *     %5 = select(%2, %1, %4)           %5 = lessEqual(%3, %1)
 *                                       %6 = select(%5, %1, %4)
 */
import type { GraphBuilder } from "../graph/builder.ts";
import { isSame, type Graph } from "../graph/graph.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import { copy, rebuild, type Pass } from "./pass.ts";

export const rectify: Pass = {
  name: "rectify",
  description: "Tests the sign of a rectified value on that value itself; no value changes.",
  run: (graph) => {
    if (!graph.nodes.some((node) => isRectified(node, graph) && isTestedAgain(node, graph))) return graph;
    const tests = new Map<number, Value>();
    return rebuild(graph, (node, inputs, builder) => {
      if (node.op !== "select") return copy(node, inputs, builder);
      const [condition, whenTrue, otherwise] = inputs;
      const known = tests.get(condition.node);
      if (known !== undefined) return builder.emit("select", [testOf(known, condition, builder), whenTrue, otherwise]);
      const values = copy(node, inputs, builder);
      if (isRectified({ op: node.op, inputs }, builder)) tests.set(condition.node, values[0]);
      return values;
    });
  },
};

function testOf(rectified: Value, condition: Value, builder: GraphBuilder): Value {
  const [, zero] = builder.node(condition.node).inputs;
  return builder.one("lessEqual", [rectified, zero]);
}

/** Whether a later node chooses by the test of this one, which is a select. */
function isTestedAgain({ id, inputs: [condition] }: GraphNode, graph: Graph): boolean {
  return graph
    .consumers(condition.node)
    .some((other) => other.id > id && other.op === "select" && other.inputs[0].node === condition.node);
}

type Nodes = Pick<GraphBuilder, "node">;

/** Whether a node is where(x <= 0, 0, x), the zeros the same value. */
export function isRectified({ op, inputs }: Pick<GraphNode, "op" | "inputs">, nodes: Nodes): boolean {
  if (op !== "select") return false;
  const [condition, whenTrue, otherwise] = inputs;
  const test = nodes.node(condition.node);
  if (test.op !== "lessEqual") return false;
  const [x, zero] = test.inputs;
  return isSame(x, otherwise) && isSame(zero, whenTrue) && isZero(nodes.node(zero.node), nodes);
}

function isZero(node: GraphNode, nodes: Nodes): boolean {
  const source = node.op === "broadcast" ? nodes.node(node.inputs[0].node) : node;
  return source.op === "constant" && source.attributes["value"] === 0;
}
