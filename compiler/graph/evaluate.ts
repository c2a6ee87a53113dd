/**
 * Evaluates a graph node by node, each by the interpreter of its loops, with no fusion: what every target is held to.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { evaluate, printShape } from "../dimension/dimension.ts";
import { interpret, type Precision, type TensorData } from "../loops/interpret.ts";
import { loopsOf } from "../ops/index.ts";
import { stampChunk } from "../ops/order.ts";
import { stringOf } from "./attributes.ts";
import type { Graph } from "./graph.ts";
import { printValue } from "./print.ts";
import type { GraphNode } from "./types.ts";

/** What a graph is evaluated at. */
export interface Environment {
  /** By the input's name, row-major. */
  readonly inputs: ReadonlyMap<string, TensorData>;
  readonly dims: ReadonlyMap<string, number>;
  readonly precision: Precision;
  /** The largest value of each dimension, which decides how sums are cut into chunks; `dims` where absent. */
  readonly bounds?: ReadonlyMap<string, number>;
}

/** The graph's outputs by name. Throws InternalError for an input that is missing or has another shape. */
export function evaluateGraph(graph: Graph, environment: Environment): ReadonlyMap<string, TensorData> {
  const values = new Map<string, TensorData>();
  const valueOf = (name: string): TensorData => {
    const value = values.get(name);
    if (value === undefined) throw new InternalError("evaluate", `${name} has no value yet`);
    return value;
  };
  for (const node of graph.nodes) {
    const results = node.op === "input" ? [given(node, environment)] : computed(graph, node, valueOf, environment);
    for (const [output, result] of results.entries()) values.set(printValue({ node: node.id, output }), result);
  }
  return new Map(graph.outputs.map(({ name, value }) => [name, valueOf(printValue(value))]));
}

function given(node: GraphNode, { inputs, dims }: Environment): TensorData {
  const name = stringOf(node.attributes, "name");
  const value = inputs.get(name);
  if (value === undefined) throw new InternalError("evaluate", `the input ${name} is missing`);
  const [{ shape }] = node.outputs;
  const fits =
    shape.length === value.shape.length && shape.every((size, axis) => evaluate(size, dims) === value.shape[axis]);
  if (fits) return value;
  throw new InternalError("evaluate", `the input ${name} is ${printShape(shape)}, not [${value.shape.join(", ")}]`);
}

function computed(
  graph: Graph,
  node: GraphNode,
  valueOf: (name: string) => TensorData,
  { dims, precision, bounds = dims }: Environment,
): readonly TensorData[] {
  const operands = node.inputs.map((value) => ({ tensor: printValue(value), type: graph.typeOf(value) }));
  return loopsOf(node, operands).map((compute) => interpret(stampChunk(compute, bounds), valueOf, dims, precision));
}
