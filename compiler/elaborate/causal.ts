/**
 * Whether each place of a sequence depends on the places up to it alone, and on the earlier ones only through what forward scans carry: then it
 * can be read in parts. Read off what every node computes: it takes of a place only the same place, and asks neither which it is nor how many there are.
 */
import { isConstant, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import { graphOf, type Graph } from "../graph/graph.ts";
import { scanParts } from "../graph/region.ts";
import type { GraphNode, TensorType, Value } from "../graph/types.ts";
import { scalarsOf } from "../loops/compute.ts";
import { constantIndex, dimensionsOf, isAxis, substituteAxesInScalar } from "../loops/index.ts";
import { indicesOf, walk } from "../loops/traverse.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import { loopsOf } from "../ops/index.ts";

const zero = constantIndex(0);

/** A graph or a region, and whether it is what a scan along the time runs at each place. */
interface Level {
  readonly graph: Graph;
  readonly nodes: readonly GraphNode[];
  readonly isTop: boolean;
  readonly isStep: boolean;
}

/** Whether the value is causal along its axis of the size `time`, a name of a dimension that stays open. */
export function isCausal(graph: Graph, value: Value, time: string): boolean {
  const reached = graph.reaching([value]);
  const nodes = graph.nodes.filter(({ id }) => reached.has(id));
  if ([value, ...nodes.flatMap(({ inputs }) => inputs)].some((one) => isLast(graph, one, time))) return false;
  const levels: Level[] = [{ graph, nodes, isTop: true, isStep: false }];
  for (const level of levels) {
    for (const node of level.nodes) {
      if (!isCausalNode(node, level, time)) return false;
      if (node.region === undefined) continue;
      const inner = graphOf(node.region);
      const isStep = level.isStep || isAlong(node, time);
      levels.push({ graph: inner, nodes: inner.nodes, isTop: false, isStep });
    }
  }
  return true;
}

/** Whether the node is a scan along the time. */
export function isAlong(node: GraphNode, time: string): boolean {
  return node.region !== undefined && mentions(scanParts(node).length, time);
}

/** What a scan along the time carries behind its last place. */
function isLast(graph: Graph, { node: id, output }: Value, time: string): boolean {
  const node = graph.node(id);
  return isAlong(node, time) && output >= scanParts(node).emits;
}

export function mentions(size: Dimension, time: string): boolean {
  return symbolsOf(size).has(time);
}

function isCausalNode(node: GraphNode, { graph, isTop, isStep }: Level, time: string): boolean {
  const places = node.outputs.map(({ shape }) => placeOf(shape, time));
  if (places.includes("mixed") || (isStep && places.some((axis) => axis !== undefined))) return false;
  if (node.region !== undefined) {
    const { length, reversed } = scanParts(node);
    return !mentions(length, time) || (isTop && length.key === time && !reversed);
  }
  if (node.op === "input" || node.op === "given") return true;
  const types = node.inputs.map((value) => graph.typeOf(value));
  const computes = loopsOf(
    node,
    types.map((type, at) => ({ tensor: String(at), type })),
  );
  return computes.every((compute, output) => {
    const axis = places[output];
    const name = typeof axis === "number" ? compute.axes[axis].name : undefined;
    const scalars = scalarsOf(compute).map((scalar) => withoutSingles(scalar, compute.axes));
    return countsOnlyOthers(compute, name, time) && scalars.every((one) => isOfPlace(one, types, name, time));
  });
}

/** Along an axis of the size 1 there is one place. */
export function withoutSingles(scalar: Scalar, axes: readonly Axis[]): Scalar {
  const singles = axes.filter(({ extent }) => isConstant(extent, 1)).map(({ name }) => [name, zero] as const);
  return singles.length === 0 ? scalar : substituteAxesInScalar(scalar, new Map(singles));
}

/** The axis of that size; `mixed` where it is a part of another size or stands twice. */
function placeOf(shape: TensorType["shape"], time: string): number | "mixed" | undefined {
  const axes = shape.flatMap((size, axis) => (mentions(size, time) ? [axis] : []));
  const [axis] = axes;
  if (axis === undefined) return undefined;
  return axes.length === 1 && shape[axis].key === time ? axis : "mixed";
}

/** Whether nothing is summed along the time; sums that are written place by place are taken for such. */
function countsOnlyOthers(compute: Compute, place: string | undefined, time: string): boolean {
  switch (compute.kind) {
    case "map":
      return true;
    case "reduce":
      return compute.over.every(({ extent }) => !mentions(extent, time));
    case "scatter":
      return place === undefined && compute.from.every(({ extent }) => !mentions(extent, time));
    case "unrolled":
      return place === undefined && compute.points.every(({ extent }) => !mentions(extent, time));
  }
}

/** Whether a scalar takes of the operands what they are at its own place, and knows nothing else of the place. */
function isOfPlace(scalar: Scalar, types: readonly TensorType[], place: string | undefined, time: string): boolean {
  let fits = true;
  walk(scalar, (node) => {
    if (node.kind === "dimension") fits &&= !mentions(node.dimension, time);
    const sizes = node.kind === "load" ? types[Number(node.tensor)].shape : [];
    for (const [axis, index] of indicesOf(node).entries()) {
      const isTime = axis < sizes.length && mentions(sizes[axis], time);
      fits &&= isTime ? place !== undefined && isAxis(index, place) : isApart(index, place, time);
    }
  });
  return fits;
}

/** Whether an index has nothing of the place; what it takes from data is looked at with the data. */
function isApart(index: Index, place: string | undefined, time: string): boolean {
  if (dimensionsOf(index).some((size) => mentions(size, time))) return false;
  return index.terms.every(({ atom }) => {
    switch (atom.kind) {
      case "axis":
        return atom.axis !== place;
      case "quotient":
      case "remainder":
        return isApart(atom.value, place, time);
      case "data":
        return !mentions(atom.size, time);
    }
  });
}
