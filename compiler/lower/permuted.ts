/**
 * Layouts that loops read. A loop reads whole steps that lie one after the other; where all that stands before it is a value and the same
 * with its leading axes in another order, the value is made in that order. And a product within a loop whose columns do not
 * lie side by side in what all steps share reads a transposed copy, made once.
 */
import { isContraction, loadIn } from "../loops/contraction.ts";
import { loadedBy } from "../loops/compute.ts";
import { axisIndex, soleAxis } from "../loops/index.ts";
import { load, mapScalar, type Load } from "../loops/scalar.ts";
import type { Axis, Compute, Scalar } from "../loops/types.ts";
import type { Level, LoweredNode } from "./lowered.ts";
import type { Tensors } from "./tensors.ts";

type Reduce = Extract<Compute, { readonly kind: "reduce" }>;

/** The level with values made in the order in which its loops read them, where nobody else reads them. */
export function inOrderOfLoops({ nodes, loops }: Level, outputs: readonly string[]): Level {
  const read = new Set(loops.flatMap(({ reads }) => reads));
  if (read.size === 0) return { nodes, loops };
  const uses = new Map<string, number>();
  const use = (tensor: string): unknown => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const { compute } of nodes) loadedBy(compute).forEach(use);
  [...read, ...outputs].forEach(use);
  const byTensor = new Map(nodes.map((node) => [node.tensor, node]));
  const gone = new Set<string>();
  const made = nodes.map((node): LoweredNode => {
    const source = read.has(node.tensor) ? permutedIn(node.compute, byTensor) : undefined;
    if (source === undefined || uses.get(source.node.tensor) !== 1) return node;
    gone.add(source.node.tensor);
    return { ...source.node, tensor: node.tensor, compute: { ...source.compute, axes: source.axes } };
  });
  // How many of the nodes before each position are gone.
  const before = [0];
  for (const [position, { tensor }] of nodes.entries()) before.push(before[position] + (gone.has(tensor) ? 1 : 0));
  return {
    nodes: made.filter(({ tensor }) => !gone.has(tensor)),
    loops: loops.map((loop) => ({ ...loop, after: loop.after - before[loop.after] })),
  };
}

interface Source {
  readonly node: LoweredNode;
  readonly compute: Extract<Compute, { readonly kind: "map" | "reduce" }>;
  /** Its axes in the order of who reads it. */
  readonly axes: readonly Axis[];
}

/** The value that a map is in another order of axes, the last of which stays the last. */
function permutedIn(compute: Compute, nodes: ReadonlyMap<string, LoweredNode>): Source | undefined {
  if (compute.kind !== "map" || compute.value.kind !== "load") return undefined;
  const { tensor, indices } = compute.value;
  const node = nodes.get(tensor);
  if (node === undefined || (node.compute.kind !== "map" && node.compute.kind !== "reduce")) return undefined;
  const own = node.compute.axes;
  const places = compute.axes.map(({ name }) => indices.findIndex((index) => soleAxis(index) === name));
  const isPermutation = places.length === own.length && places.every((place) => place >= 0);
  const last = own.length - 1;
  if (!isPermutation || places[last] !== last || places.every((place, d) => place === d)) return undefined;
  return { node, compute: node.compute, axes: places.map((place) => own[place]) };
}

/** The nodes of a loop with products that read transposed copies of what `isShared`, and those copies. */
export function withTransposed(
  nodes: readonly LoweredNode[],
  isShared: (tensor: string) => boolean,
  tensors: Tensors,
): { readonly nodes: readonly LoweredNode[]; readonly copies: readonly LoweredNode[] } {
  const copies = new Map<string, LoweredNode>();
  const changed = nodes.map((node): LoweredNode => {
    const { compute } = node;
    if (compute.kind !== "reduce" || !isContraction(compute)) return node;
    const strided = stridedFactor(compute);
    if (strided === undefined || !isShared(strided.tensor)) return node;
    const column = strided.indices.findIndex((index) => soleAxis(index) === compute.axes.at(-1)?.name);
    const order = [...strided.indices.keys()].filter((d) => d !== column);
    const copy = transposed(strided, [...order, column], node, copies, tensors);
    const replace = (value: Scalar): Scalar =>
      value.kind === "load" && value.tensor === strided.tensor
        ? { ...value, tensor: copy, indices: [...order, column].map((d) => value.indices[d]) }
        : value;
    return { ...node, compute: { ...compute, value: mapScalar(compute.value, replace) } };
  });
  return { nodes: changed, copies: [...copies.values()] };
}

/** The factor of a product that its columns run through, but not side by side: the last index is one that is summed over. */
function stridedFactor({ axes, over, value }: Reduce): Load | undefined {
  const column = axes.at(-1)?.name;
  if (value.kind !== "binary" || column === undefined) return undefined;
  const factors = [value.left, value.right].map(loadIn);
  const [left, right] = factors;
  // Of a tensor times itself neither is a copy of its own.
  if (left?.tensor === right?.tensor) return undefined;
  return factors.find((factor) => {
    const names = factor?.indices.map(soleAxis) ?? [];
    const isSummed = over.some(({ name }) => name === names.at(-1));
    return names.every((name) => name !== undefined) && names.includes(column) && isSummed;
  });
}

function transposed(
  { tensor, dtype }: Load,
  order: readonly number[],
  { origin }: LoweredNode,
  copies: Map<string, LoweredNode>,
  tensors: Tensors,
): string {
  const name = `${tensor} [${order.join(", ")}]`;
  if (copies.has(name)) return name;
  const shape = tensors.find(tensor)?.type.shape ?? [];
  const axes = order.map((d): Axis => ({ name: `i${d}`, extent: shape[d] }));
  const value = load(
    tensor,
    dtype,
    shape.map((_, d) => axisIndex(`i${d}`)),
  );
  tensors.add(name, "value", { dtype, shape: order.map((d) => shape[d]) });
  copies.set(name, { tensor: name, op: "transpose", compute: { kind: "map", axes, dtype, value }, origin });
  return name;
}
