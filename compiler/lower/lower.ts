/**
 * Lowering: every node of a graph becomes what its outputs mean, one Compute each, still unfused. The order of every sum
 * is final from here on: it is stamped on the unfused computes, with chunks where the extent at the bound asks for them.
 * Axes of size 1 vanish: below, [N, 1] and [N] are the same values, and share loops.
 */
import { constant } from "../dimension/dimension.ts";
import { graphOf, type Graph } from "../graph/graph.ts";
import { numberOf, stringOf } from "../graph/attributes.ts";
import { originOf } from "../graph/origin.ts";
import { givenOf, scanParts } from "../graph/region.ts";
import type { Attribute, GraphNode, GraphOutput, InputRole, TensorType, Value } from "../graph/types.ts";
import { axisIndex, constantIndex, mapDataScalars, substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import type { Load } from "../loops/scalar.ts";
import { i32, loadsOf, mapScalar } from "../loops/scalar.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import { loopsOf } from "../ops/index.ts";
import { stampChunk } from "../ops/order.ts";
import { inChunks } from "./chunks.ts";
import { placeScan } from "./loop.ts";
import type { Lowered, LoweredLoop, LoweredNode, LoweredOutput } from "./lowered.ts";
import { inOrderOfLoops } from "./permuted.ts";
import { isSingle, Tensors } from "./tensors.ts";
import { WrittenOut } from "./written-out.ts";

/** Lowers a graph whose open dimensions have these bounds; `writtenOut` is what it shares with other graphs of its program. */
export function lower(
  graph: Graph,
  bounds: ReadonlyMap<string, number>,
  writtenOut: WrittenOut = new WrittenOut(),
): Lowered {
  const tensors = new Tensors();
  const place: Place = {
    graph,
    bounds,
    tensors,
    writtenOut,
    prefix: "%",
    givens: new Map(),
    found: new Map(),
    depth: 0,
    nodes: [],
    loops: [],
  };
  lowerNodes(place);
  const owners = new Map<string, GraphOutput>();
  for (const output of [...graph.outputs].reverse()) owners.set(tensorName(output.value, place), output);
  const outputs = graph.outputs.map((output) => ownTensor(output, owners, place));
  const level = inOrderOfLoops(
    place,
    outputs.map(({ tensor }) => tensor),
  );
  return { ...level, tensors: tensors.all, outputs };
}

/** A graph, or the region of a loop, while it is lowered. */
interface Place {
  readonly graph: Graph;
  readonly bounds: ReadonlyMap<string, number>;
  readonly tensors: Tensors;
  readonly writtenOut: WrittenOut;
  /** What the names of its tensors begin with: `%`, and in a loop `%12/`. */
  readonly prefix: string;
  /** What the region's `given` nodes are, by their ids. */
  readonly givens: ReadonlyMap<number, string>;
  /** Where outputs of loops are found. */
  readonly found: Map<string, string>;
  /** How many loops are around it. */
  readonly depth: number;
  readonly nodes: LoweredNode[];
  readonly loops: LoweredLoop[];
}

function lowerNodes(place: Place): void {
  const { graph, tensors } = place;
  const streams = storedStreams(place);
  for (const node of graph.nodes) {
    if (node.op === "input") addInput(tensors, node);
    else if (node.region !== undefined) addScan(node, place);
    else if (node.op !== "given") addNode(node, place, streams);
  }
}

/** `%12`, `%12.1` for its second output; an input's own name. */
function tensorName(value: Value, { graph, prefix, givens, found }: Place): string {
  const node = graph.node(value.node);
  if (node.op === "input") return inputName(node);
  const name = outputName(prefix, value);
  return givens.get(node.id) ?? found.get(name) ?? name;
}

function outputName(prefix: string, { node, output }: Value): string {
  return output === 0 ? `${prefix}${node}` : `${prefix}${node}.${output}`;
}

function inputName(node: GraphNode): string {
  return stringOf(node.attributes, "name");
}

function addInput(tensors: Tensors, node: GraphNode): void {
  // The attribute was written by the elaborator, whose only roles these are.
  const role = node.attributes["role"] as InputRole;
  tensors.add(inputName(node), role, node.outputs[0]);
}

/** Lowers the body as a place of its own, and puts it into a loop. */
function addScan(node: GraphNode, place: Place): void {
  const parts = scanParts(node);
  const { slices, carries } = parts;
  const name = outputName(place.prefix, { node: node.id, output: 0 });
  const inputs = node.inputs.map((value) => tensorName(value, place));
  const graph = graphOf(parts.region);
  const own = Array.from({ length: slices + carries }, (_, n) =>
    n < slices ? `${name}/slice${n}` : `${name}/carry${n - slices}`,
  );
  const given = givenOf(graph);
  const names = [...own, ...inputs.slice(own.length)];
  const inner: Place = {
    ...place,
    graph,
    prefix: `${name}/`,
    givens: new Map(given.map(({ id }, n) => [id, names[n]])),
    found: new Map(),
    depth: place.depth + 1,
    nodes: [],
    loops: [],
  };
  for (const [n, { outputs }] of given.entries()) if (n < own.length) place.tensors.add(own[n], "value", outputs[0]);
  lowerNodes(inner);
  const results = graph.outputs.map(({ value }) => tensorName(value, inner));
  const scan = { name, parts, origin: originOf(node), inputs, givens: own, results, level: inner, depth: place.depth };
  for (const [output, { tensor: source, isStacked }] of placeScan(scan, place, place.tensors).entries()) {
    const tensor = outputName(place.prefix, { node: node.id, output });
    if (isStacked) {
      place.found.set(tensor, source);
      continue;
    }
    const type = node.outputs[output];
    place.tensors.add(tensor, "value", type);
    const compute = squeeze(copyCompute(source, type, 1), place.tensors);
    place.nodes.push({ tensor, op: "copy", compute, origin: originOf(node) });
  }
}

/** Graphs that draw from more streams than this store them. */
const manyStreams = 64;

type Streams = ReadonlyMap<Attribute, { readonly tensor: string; readonly type: TensorType }>;

/**
 * A deep network draws for each layer from a stream of its own. Written into kernels, these numbers would be all that tells one layer's from
 * another's, and each would be compiled and printed by itself; loaded from memory, all layers of one shape share a kernel.
 */
function storedStreams({ graph, nodes, tensors, prefix }: Place): Streams {
  const first = new Map<Attribute, GraphNode>();
  for (const node of graph.nodes) {
    const { stream } = node.attributes;
    if (stream !== undefined && !first.has(stream)) first.set(stream, node);
  }
  if (first.size <= manyStreams) return new Map();
  const type = { dtype: "i32", shape: [] } as const;
  return new Map(
    [...first].map(([stream, node]) => {
      const tensor = `${prefix}${node.id}=stream`;
      const value = i32(numberOf(node.attributes, "stream"));
      tensors.add(tensor, "value", type);
      const compute: Compute = { kind: "map", axes: [], dtype: "i32", value };
      nodes.push({ tensor, op: "stream", compute, origin: originOf(node), stored: true });
      return [stream, { tensor, type }];
    }),
  );
}

function addNode(node: GraphNode, place: Place, streams: Streams): void {
  const { graph, bounds, nodes, tensors, prefix, writtenOut } = place;
  const { stream } = node.attributes;
  const stored = stream === undefined ? undefined : streams.get(stream);
  const given = node.inputs.map((value) => ({ tensor: tensorName(value, place), type: graph.typeOf(value) }));
  const inputs = stored === undefined ? given : [...given, stored];
  const { op } = node;
  const known = writtenOut.find(node, inputs, tensors);
  if (known !== undefined) {
    const tensor = outputName(prefix, { node: node.id, output: 0 });
    tensors.add(tensor, "value", node.outputs[0]);
    nodes.push({ tensor, op, compute: known, origin: originOf(node) });
    return;
  }
  for (const [output, compute] of loopsOf(node, inputs).entries()) {
    const tensor = outputName(prefix, { node: node.id, output });
    tensors.add(tensor, "value", node.outputs[output]);
    const stamped = stampChunk(compute, bounds);
    const origin = originOf(node);
    const chunked = inChunks(stamped, chunksOf(tensor));
    if (chunked === undefined) {
      const squeezed = squeeze(stamped, tensors);
      writtenOut.keep(node, inputs, tensors, squeezed);
      nodes.push({ tensor, op, compute: squeezed, origin });
      continue;
    }
    const { partial, total } = chunked;
    tensors.add(chunksOf(tensor), "value", typeOfCompute(partial));
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
function ownTensor(output: GraphOutput, owners: ReadonlyMap<string, GraphOutput>, place: Place): LoweredOutput {
  const { graph, nodes, tensors } = place;
  const { name, role, value } = output;
  const tensor = tensorName(value, place);
  const node = graph.node(value.node);
  if (owners.get(tensor) === output && !isElsewhere(node)) return { name, role, tensor };
  const copy = `${tensor}=${role}.${name}`;
  const type = graph.typeOf(value);
  nodes.push({
    tensor: copy,
    op: "copy",
    compute: squeeze(copyCompute(tensor, type), tensors),
    origin: originOf(node),
  });
  tensors.add(copy, "value", type);
  return { name, role, tensor: copy };
}

/** Nodes whose values lie where they are given, in a stack, or nowhere. */
function isElsewhere({ op, region }: GraphNode): boolean {
  return op === "input" || op === "constant" || region !== undefined;
}

/** The tensor itself; `repeated` axes in front are not its own. */
function copyCompute(tensor: string, { dtype, shape }: TensorType, repeated = 0): Compute {
  const axes = shape.map((extent, position) => ({ name: `i${position}`, extent }));
  const indices = axes.slice(repeated).map(({ name }) => axisIndex(name));
  return { kind: "map", axes, dtype, value: { kind: "load", tensor, dtype, indices } };
}

/**
 * The compute without axes of size 1 in its output and in what it loads. The axes that it reduces stay: their last one
 * gives the lanes.
 */
function squeeze(compute: Compute, tensors: Tensors): Compute {
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
function isSqueezed(compute: Compute, own: readonly Axis[], tensors: Tensors): boolean {
  if (compute.kind === "unrolled" || compute.kind === "scatter") return false;
  return (
    !own.some(({ extent }) => isSingle(extent)) && !loadsOf(compute.value).some((load) => hasSingle(load, tensors))
  );
}

function keep(indices: readonly Index[], axes: readonly Axis[]): readonly Index[] {
  return indices.filter((_, d) => !isSingle(axes[d].extent));
}

function hasSingle({ tensor }: Load, tensors: Tensors): boolean {
  const known = tensors.find(tensor);
  return known !== undefined && known.declared.shape.length > known.type.shape.length;
}

function squeezeLoad(node: Scalar, tensors: Tensors): Scalar {
  if (node.kind !== "load") return node;
  if (!hasSingle(node, tensors)) return node;
  const shape = tensors.find(node.tensor)?.declared.shape ?? [];
  return { ...node, indices: node.indices.filter((_, d) => d >= shape.length || !isSingle(shape[d])) };
}
