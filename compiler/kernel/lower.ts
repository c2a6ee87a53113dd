/**
 * Lowering: every node of a graph becomes what its outputs mean, one Compute each, still unfused. The order of every sum
 * is final from here on: it is stamped on the unfused computes, with chunks where the extent at the bound asks for them.
 */
import type { Graph } from "../graph/graph.ts";
import type { GraphNode, GraphOutput, InputRole, Origin, TensorType, Value } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import type { Compute } from "../loops/types.ts";
import { loopsOf } from "../ops/index.ts";
import { stampChunk } from "../ops/order.ts";

/** A tensor of an entry: something that lives outside it, or a value made in it. */
export interface Tensor {
  readonly name: string;
  readonly role: InputRole | "value";
  readonly type: TensorType;
}

export interface LoweredNode {
  readonly tensor: string;
  readonly op: string;
  readonly compute: Compute;
  readonly origin: Origin;
}

export interface LoweredOutput {
  readonly name: string;
  readonly role: GraphOutput["role"];
  readonly tensor: string;
}

export interface Lowered {
  /** In topological order; inputs have no node. */
  readonly nodes: readonly LoweredNode[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Each has a tensor of its own, which some node makes. */
  readonly outputs: readonly LoweredOutput[];
}

/** Lowers a graph whose open dimensions have these bounds. */
export function lower(graph: Graph, bounds: ReadonlyMap<string, number>): Lowered {
  const tensors = new Map<string, Tensor>();
  const nodes: LoweredNode[] = [];
  for (const node of graph.nodes) {
    if (node.op === "input") addInput(tensors, node);
    else for (const lowered of lowerNode(graph, node, bounds)) {
      nodes.push(lowered.node);
      tensors.set(lowered.tensor.name, lowered.tensor);
    }
  }
  const outputs = graph.outputs.map((output) => ownTensor(graph, output, nodes, tensors));
  return { nodes, tensors, outputs };
}

/** `%12`, `%12.1` for its second output; an input's own name. */
function tensorName(graph: Graph, value: Value): string {
  const node = graph.node(value.node);
  if (node.op === "input") return inputName(node);
  return value.output === 0 ? `%${value.node}` : `%${value.node}.${value.output}`;
}

function inputName(node: GraphNode): string {
  return String(node.attributes["name"]);
}

function addInput(tensors: Map<string, Tensor>, node: GraphNode): void {
  const name = inputName(node);
  // The attribute was written by the elaborator, whose only roles these are.
  const role = node.attributes["role"] as InputRole;
  tensors.set(name, { name, role, type: node.outputs[0] });
}

function lowerNode(graph: Graph, node: GraphNode, bounds: ReadonlyMap<string, number>) {
  const inputs = node.inputs.map((value) => ({ tensor: tensorName(graph, value), type: graph.typeOf(value) }));
  const origin: Origin = { span: node.span, path: node.path };
  return loopsOf(node, inputs).map((compute, output) => {
    const name = tensorName(graph, { node: node.id, output });
    const tensor: Tensor = { name, role: "value", type: node.outputs[output] };
    return { tensor, node: { tensor: name, op: node.op, compute: stampChunk(compute, bounds), origin } };
  });
}

/** The tensor of an output; a copy where the value is an input or another output's. */
function ownTensor(graph: Graph, output: GraphOutput, nodes: LoweredNode[], tensors: Map<string, Tensor>): LoweredOutput {
  const { name, role, value } = output;
  const tensor = tensorName(graph, value);
  const first = graph.outputs.find((other) => other.value.node === value.node && other.value.output === value.output);
  if (first === output && graph.node(value.node).op !== "input") return { name, role, tensor };
  const copy = `${tensor}=${role}.${name}`;
  const type = graph.typeOf(value);
  const { span, path } = graph.node(value.node);
  nodes.push({ tensor: copy, op: "copy", compute: copyCompute(tensor, type), origin: { span, path } });
  tensors.set(copy, { name: copy, role: "value", type });
  return { name, role, tensor: copy };
}

function copyCompute(tensor: string, { dtype, shape }: TensorType): Compute {
  const axes = shape.map((extent, position) => ({ name: `i${position}`, extent }));
  const indices = axes.map(({ name }) => axisIndex(name));
  return { kind: "map", axes, dtype, value: { kind: "load", tensor, dtype, indices } };
}
