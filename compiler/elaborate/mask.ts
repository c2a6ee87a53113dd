/**
 * Which input says how much the loss of a batch weighs in the mean over several: the one by whose sum what is minimised is divided, as in
 * sum(mask * each) / sum(mask), whatever it is called. Told from the graph, whoever wrote the blocks. Any other loss, whether it reads a mask
 * or not, weighs as many as the batch has rows.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import { isSame } from "../graph/graph.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { TrainInput } from "./objective.ts";

/** Its name; undefined where the rows weigh. */
export function weighingInput(
  loss: Value,
  inputs: readonly TrainInput[],
  { nodes }: Pick<GraphBuilder, "nodes">,
): string | undefined {
  const divisor = divisorOf(loss, nodes);
  const summed = divisor && summedIn(divisor, nodes);
  return summed && inputs.find(({ tensor: { value } }) => isSame(value, summed))?.name;
}

type Nodes = readonly GraphNode[];

/** What a loss is divided by, whatever factor stands before it. */
function divisorOf(loss: Value, nodes: Nodes): Value | undefined {
  const { op, inputs } = nodes[loss.node];
  if (op === "div" && !isConstant(inputs[1], nodes)) return inputs[1];
  const isPassed = op === "div" || op === "neg" || op === "stop_gradient";
  const scaled = isPassed ? inputs[0] : op === "mul" ? besideConstant(inputs, nodes) : undefined;
  return scaled && divisorOf(scaled, nodes);
}

/** What is added up; a sum that a constant keeps from 0 is one all the same. */
function summedIn(divisor: Value, nodes: Nodes, isSummed = false): Value | undefined {
  const { op, inputs } = nodes[divisor.node];
  switch (op) {
    case "sum":
      return summedIn(inputs[0], nodes, true);
    case "cast":
    case "reshape":
    case "stop_gradient":
      return summedIn(inputs[0], nodes, isSummed);
    case "input":
      return isSummed ? divisor : undefined;
    case "mul":
    case "add":
    case "maximum": {
      const other = besideConstant(inputs, nodes);
      return other && summedIn(other, nodes, isSummed);
    }
    default:
      return undefined;
  }
}

/** Of two operands the one whose other is a constant. */
function besideConstant([left, right]: readonly Value[], nodes: Nodes): Value | undefined {
  if (isConstant(left, nodes)) return right;
  return isConstant(right, nodes) ? left : undefined;
}

function isConstant(value: Value, nodes: Nodes): boolean {
  const { op, inputs } = nodes[value.node];
  return op === "constant" || ((op === "broadcast" || op === "reshape") && isConstant(inputs[0], nodes));
}
