/**
 * Whether what a model says of a row depends on the rows beside it, so that it matters which are taken together. Read off what every node computes:
 * it adds up along the rows, scans along them, looks at another row, or counts them. What a reshape puts rows into with another axis is no more told
 * apart, and is taken for rows of their own.
 */
import { graphOf, type Graph } from "../graph/graph.ts";
import { scanParts } from "../graph/region.ts";
import type { GraphNode, TensorType } from "../graph/types.ts";
import { scalarsOf } from "../loops/compute.ts";
import { isAxis } from "../loops/index.ts";
import { indicesOf, walk } from "../loops/traverse.ts";
import type { Compute, Index, Scalar } from "../loops/types.ts";
import { loopsOf } from "../ops/index.ts";
import { mentions, withoutSingles } from "./causal.ts";

/** `rows`: the name of an open dimension, along which the rows of the graph's inputs lie. */
export function looksBeside(graph: Graph, rows: string): boolean {
  return graph.nodes.some((node) => isBeside(node, graph, rows));
}

function isBeside(node: GraphNode, graph: Graph, rows: string): boolean {
  if (node.region !== undefined) {
    return mentions(scanParts(node).length, rows) || looksBeside(graphOf(node.region), rows);
  }
  const types = node.inputs.map((value) => graph.typeOf(value));
  const reads = types.some(({ shape }) => shape.some((size) => mentions(size, rows)));
  if (!reads && node.op !== "dimension") return false;
  const operands = types.map((type, at) => ({ tensor: String(at), type }));
  return loopsOf(node, operands).some((compute) => {
    const own = compute.axes.filter(({ extent }) => extent.key === rows).map(({ name }) => name);
    const scalars = scalarsOf(compute).map((scalar) => withoutSingles(scalar, compute.axes));
    return own.length > 1 || addsUp(compute, rows) || scalars.some((scalar) => asks(scalar, types, own, rows));
  });
}

function addsUp(compute: Compute, rows: string): boolean {
  const axes = compute.kind === "reduce" ? compute.over : compute.kind === "scatter" ? compute.from : [];
  return axes.some(({ extent }) => mentions(extent, rows));
}

/** Whether a scalar counts the rows, or loads from a place along them that is not its `own`. */
function asks(scalar: Scalar, types: readonly TensorType[], own: readonly string[], rows: string): boolean {
  let found = false;
  walk(scalar, (node) => {
    if (node.kind === "dimension") found ||= mentions(node.dimension, rows);
    if (node.kind !== "load") return;
    const { shape } = types[Number(node.tensor)];
    for (const [axis, index] of indicesOf(node).entries())
      found ||= axis < shape.length && shape[axis].key === rows && isElsewhere(index, own);
  });
  return found;
}

/** Neither the own row nor what a reshape made of one. */
function isElsewhere(index: Index, own: readonly string[]): boolean {
  if (own.some((axis) => isAxis(index, axis))) return false;
  return index.terms.every(({ atom }) => atom.kind === "data" || atom.kind === "axis");
}
