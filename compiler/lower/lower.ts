/**
 * Lowering: every node of a graph becomes what its outputs mean, one Compute each, still unfused. The order of every sum
 * is final from here on: it is stamped on the unfused computes, with chunks where the extent at the bound asks for them.
 * Axes of size 1 vanish: below, [N, 1] and [N] are the same values, and share loops.
 */
import { constant, isConstant, type Dimension } from "../dimension/dimension.ts";
import type { Graph } from "../graph/graph.ts";
import { numberOf, stringOf } from "../graph/attributes.ts";
import { originOf } from "../graph/origin.ts";
import type { Attribute, GraphNode, GraphOutput, InputRole, Origin, TensorType, Value } from "../graph/types.ts";
import { axisIndex, constantIndex, mapDataScalars, substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import type { Load } from "../loops/scalar.ts";
import { i32, loadsOf, mapScalar } from "../loops/scalar.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import { loopsOf } from "../ops/index.ts";
import { stampChunk } from "../ops/order.ts";
import { inChunks } from "./chunks.ts";

/** A tensor of an entry: something that lives outside it, or a value made in it. */
export interface Tensor {
  readonly name: string;
  readonly role: InputRole | "value";
  /** As loops see it: without axes of size 1. */
  readonly type: TensorType;
  /** As the source says. */
  readonly declared: TensorType;
}

export interface LoweredNode {
  readonly tensor: string;
  readonly op: string;
  readonly compute: Compute;
  readonly origin: Origin;
  /** Whoever loads it finds it in memory, though computing it again would cost nothing. */
  readonly stored?: true;
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
  const streams = storedStreams(graph, nodes, tensors);
  for (const node of graph.nodes) {
    if (node.op === "input") addInput(tensors, node);
    else addNode(graph, node, bounds, nodes, tensors, streams);
  }
  const owners = new Map<string, GraphOutput>();
  for (const output of [...graph.outputs].reverse()) owners.set(tensorName(graph, output.value), output);
  const outputs = graph.outputs.map((output) => ownTensor(graph, output, owners, nodes, tensors));
  return { nodes, tensors, outputs };
}

/** `%12`, `%12.1` for its second output; an input's own name. */
function tensorName(graph: Graph, value: Value): string {
  const node = graph.node(value.node);
  if (node.op === "input") return inputName(node);
  return value.output === 0 ? `%${value.node}` : `%${value.node}.${value.output}`;
}

function inputName(node: GraphNode): string {
  return stringOf(node.attributes, "name");
}

function addInput(tensors: Map<string, Tensor>, node: GraphNode): void {
  // The attribute was written by the elaborator, whose only roles these are.
  const role = node.attributes["role"] as InputRole;
  addTensor(tensors, inputName(node), role, node.outputs[0]);
}

function addTensor(tensors: Map<string, Tensor>, name: string, role: Tensor["role"], declared: TensorType): void {
  const { dtype, shape } = declared;
  const type = shape.some(isSingle) ? { dtype, shape: shape.filter((size) => !isSingle(size)) } : declared;
  tensors.set(name, { name, role, type, declared });
}

function isSingle(size: Dimension): boolean {
  return isConstant(size, 1);
}

/** Graphs that draw from more streams than this store them. */
const manyStreams = 64;

type Streams = ReadonlyMap<Attribute, { readonly tensor: string; readonly type: TensorType }>;

/**
 * A deep network draws for each layer from a stream of its own. Written into kernels, these numbers would be all that tells one layer's from
 * another's, and each would be compiled and printed by itself; loaded from memory, all layers of one shape share a kernel.
 */
function storedStreams(graph: Graph, nodes: LoweredNode[], tensors: Map<string, Tensor>): Streams {
  const first = new Map<Attribute, GraphNode>();
  for (const node of graph.nodes) {
    const { stream } = node.attributes;
    if (stream !== undefined && !first.has(stream)) first.set(stream, node);
  }
  if (first.size <= manyStreams) return new Map();
  const type = { dtype: "i32", shape: [] } as const;
  return new Map(
    [...first].map(([stream, node]) => {
      const tensor = `%${node.id}=stream`;
      const value = i32(numberOf(node.attributes, "stream"));
      addTensor(tensors, tensor, "value", type);
      const compute: Compute = { kind: "map", axes: [], dtype: "i32", value };
      nodes.push({ tensor, op: "stream", compute, origin: originOf(node), stored: true });
      return [stream, { tensor, type }];
    }),
  );
}

function addNode(
  graph: Graph,
  node: GraphNode,
  bounds: ReadonlyMap<string, number>,
  nodes: LoweredNode[],
  tensors: Map<string, Tensor>,
  streams: Streams,
): void {
  const { stream } = node.attributes;
  const stored = stream === undefined ? undefined : streams.get(stream);
  const given = node.inputs.map((value) => ({ tensor: tensorName(graph, value), type: graph.typeOf(value) }));
  const inputs = stored === undefined ? given : [...given, stored];
  for (const [output, compute] of loopsOf(node, inputs).entries()) {
    const tensor = tensorName(graph, { node: node.id, output });
    addTensor(tensors, tensor, "value", node.outputs[output]);
    const stamped = stampChunk(compute, bounds);
    const { op } = node;
    const origin = originOf(node);
    const chunked = inChunks(stamped, chunksOf(tensor));
    if (chunked === undefined) {
      nodes.push({ tensor, op, compute: squeeze(stamped, tensors), origin });
      continue;
    }
    const { partial, total } = chunked;
    addTensor(tensors, chunksOf(tensor), "value", typeOfCompute(partial));
    nodes.push({ tensor: chunksOf(tensor), op, compute: squeeze(partial, tensors), origin });
    nodes.push({ tensor, op, compute: squeeze(total, tensors), origin });
  }
}

/** The sums of the chunks that make the tensor. */
function chunksOf(tensor: string): string {
  return `${tensor} in chunks`;
}

function typeOfCompute({ dtype, axes }: Compute): TensorType {
  return { dtype, shape: axes.map(({ extent }) => extent) };
}

/** The tensor of an output; a copy where the value is an input, a constant or another output's, which `owners` has. */
function ownTensor(
  graph: Graph,
  output: GraphOutput,
  owners: ReadonlyMap<string, GraphOutput>,
  nodes: LoweredNode[],
  tensors: Map<string, Tensor>,
): LoweredOutput {
  const { name, role, value } = output;
  const tensor = tensorName(graph, value);
  const node = graph.node(value.node);
  if (owners.get(tensor) === output && node.op !== "input" && node.op !== "constant") return { name, role, tensor };
  const copy = `${tensor}=${role}.${name}`;
  const type = graph.typeOf(value);
  nodes.push({
    tensor: copy,
    op: "copy",
    compute: squeeze(copyCompute(tensor, type), tensors),
    origin: originOf(node),
  });
  addTensor(tensors, copy, "value", type);
  return { name, role, tensor: copy };
}

function copyCompute(tensor: string, { dtype, shape }: TensorType): Compute {
  const axes = shape.map((extent, position) => ({ name: `i${position}`, extent }));
  const indices = axes.map(({ name }) => axisIndex(name));
  return { kind: "map", axes, dtype, value: { kind: "load", tensor, dtype, indices } };
}

/**
 * The compute without axes of size 1 in its output and in what it loads. The axes that it reduces stay: their last one
 * gives the lanes.
 */
function squeeze(compute: Compute, tensors: ReadonlyMap<string, Tensor>): Compute {
  const own = compute.kind === "unrolled" ? compute.points : compute.axes;
  if (isSqueezed(compute, own, tensors)) return compute;
  const zero = constantIndex(constant(0));
  const gone = new Map(own.filter(({ extent }) => isSingle(extent)).map(({ name }) => [name, zero]));
  const axes = compute.axes.filter(({ extent }) => !isSingle(extent));
  const scalar = (value: Scalar): Scalar =>
    mapScalar(gone.size === 0 ? value : substituteAxesInScalar(value, gone), (node) => squeezeLoad(node, tensors));
  const place = (at: readonly Index[]): readonly Index[] =>
    keep(at, compute.axes).map((index) => mapDataScalars(substituteAxes(index, gone), scalar));
  if (compute.kind === "unrolled") {
    const points = own.filter(({ name }) => !gone.has(name));
    const lets = compute.lets.map(({ name, value }) => ({ name, value: scalar(value) }));
    const elements = compute.elements.map(({ at, value }) => ({ at: place(at), value: scalar(value) }));
    return { ...compute, axes, points, lets, elements };
  }
  const value = scalar(compute.value);
  return compute.kind === "scatter" ? { ...compute, axes, at: place(compute.at), value } : { ...compute, axes, value };
}

/** Whether a map or a reduction has no axis of size 1, nor loads anything that had one. */
function isSqueezed(compute: Compute, own: readonly Axis[], tensors: ReadonlyMap<string, Tensor>): boolean {
  if (compute.kind === "unrolled" || compute.kind === "scatter") return false;
  return (
    !own.some(({ extent }) => isSingle(extent)) && !loadsOf(compute.value).some((load) => hasSingle(load, tensors))
  );
}

function keep(indices: readonly Index[], axes: readonly Axis[]): readonly Index[] {
  return indices.filter((_, d) => !isSingle(axes[d].extent));
}

function hasSingle({ tensor }: Load, tensors: ReadonlyMap<string, Tensor>): boolean {
  const known = tensors.get(tensor);
  return known !== undefined && known.declared.shape.length > known.type.shape.length;
}

function squeezeLoad(node: Scalar, tensors: ReadonlyMap<string, Tensor>): Scalar {
  if (node.kind !== "load") return node;
  if (!hasSingle(node, tensors)) return node;
  const shape = tensors.get(node.tensor)?.declared.shape ?? [];
  return { ...node, indices: node.indices.filter((_, d) => d >= shape.length || !isSingle(shape[d])) };
}
