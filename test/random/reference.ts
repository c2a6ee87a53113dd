/**
 * What a random program means: the interpreter, node by node, on the graph as it was written. The one documented exception
 * of the passes is written into it: a sum over axes of size 1 is the number itself, so that a −0 stays −0.
 */
import { isConstant } from "../../compiler/dimension/dimension.ts";
import { numbersOf } from "../../compiler/graph/attributes.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Precision } from "../../compiler/loops/interpret.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import type { Dims, RandomProgram, Tensors } from "./program.ts";

/** The graph with every sum over axes of size 1 replaced by a reshape. */
export function withoutIdleSums(graph: Graph): Graph {
  return rebuild(graph, (node, inputs, builder) => {
    if (node.op !== "sum") return copy(node, inputs, builder);
    const { shape } = builder.typeOf(inputs[0]);
    const axes = numbersOf(node.attributes, "axes");
    if (!axes.every((axis) => isConstant(shape[axis], 1))) return copy(node, inputs, builder);
    return [builder.one("reshape", inputs, { shape: shape.filter((_, axis) => !axes.includes(axis)) })];
  });
}

export function evaluateAt(
  { bounds }: Pick<RandomProgram, "bounds">,
  graph: Graph,
  inputs: Tensors,
  dims: Dims,
  precision: Precision,
): Tensors {
  const outputs = evaluateGraph(graph, { inputs, dims, precision, bounds });
  return new Map([...outputs].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
}
