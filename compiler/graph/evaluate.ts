/**
 * Evaluates a graph node by node, each by the interpreter of its loops, with no fusion: what every target is held to.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { evaluate, printShape } from "../dimension/dimension.ts";
import { interpret, newElements, product, type Precision, type TensorData } from "../loops/interpret.ts";
import { loopsOf } from "../ops/index.ts";
import { stampChunk } from "../ops/order.ts";
import { stringOf } from "./attributes.ts";
import { graphOf, type Graph } from "./graph.ts";
import { printValue } from "./print.ts";
import { scanParts } from "./region.ts";
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
  const values = valuesOf(graph, [], environment);
  return new Map(graph.outputs.map(({ name }, position) => [name, values[position]]));
}

/** The outputs of a graph or region, whose `given` nodes are these values in order. */
function valuesOf(graph: Graph, given: readonly TensorData[], environment: Environment): readonly TensorData[] {
  const values = new Map<string, TensorData>();
  const valueOf = (name: string): TensorData => {
    const value = values.get(name);
    if (value === undefined) throw new InternalError("evaluate", `${name} has no value yet`);
    return value;
  };
  let used = 0;
  const resultsOf = (node: GraphNode): readonly TensorData[] => {
    if (node.op === "input") return [inputOf(node, environment)];
    if (node.op === "given") return [given[used++]];
    if (node.region === undefined) return computed(graph, node, valueOf, environment);
    return scanned(
      node,
      node.inputs.map((value) => valueOf(printValue(value))),
      environment,
    );
  };
  const live = graph.reaching(graph.outputs.map(({ value }) => value));
  for (const node of graph.nodes) {
    // All that is given is taken, used or not: its order counts.
    if (!live.has(node.id) && node.op !== "given") continue;
    for (const [output, result] of resultsOf(node).entries()) values.set(printValue({ node: node.id, output }), result);
  }
  return graph.outputs.map(({ value }) => valueOf(printValue(value)));
}

function inputOf(node: GraphNode, { inputs, dims }: Environment): TensorData {
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

/** Runs the region at one step after the other, each on what the one before it carried on. */
function scanned(node: GraphNode, inputs: readonly TensorData[], environment: Environment): readonly TensorData[] {
  const { length, reversed, slices, carries, emits, region } = scanParts(node);
  const steps = evaluate(length, environment.dims);
  if (steps === undefined) throw new InternalError("evaluate", `no size for ${length.key}`);
  const body = graphOf(region);
  const captured = inputs.slice(slices + carries);
  let carried = inputs.slice(slices, slices + carries);
  const kept = node.outputs.slice(0, emits).map(({ dtype, shape }) => {
    const sizes = shape.map((size) => evaluate(size, environment.dims) ?? 0);
    return { shape: sizes, data: newElements(dtype, product(sizes), environment.precision) };
  });
  for (let step = 0; step < steps; step += 1) {
    const at = reversed ? steps - 1 - step : step;
    const sliced = inputs.slice(0, slices).map((stack) => partOf(stack, at));
    const results = valuesOf(body, [...sliced, ...carried, ...captured], environment);
    for (const [emit, { data }] of kept.entries()) data.set(results[emit].data, at * results[emit].data.length);
    carried = results.slice(emits);
  }
  return [...kept, ...carried];
}

function partOf({ shape, data }: TensorData, at: number): TensorData {
  const size = product(shape.slice(1));
  return { shape: shape.slice(1), data: Array.from({ length: size }, (_, element) => data[at * size + element]) };
}
