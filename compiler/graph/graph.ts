/**
 * A finished graph: nodes in topological order (ascending ids) and named outputs. Who reads whom is stored in a graphlib
 * multigraph whose edges are named by input position, filled once, when somebody first asks: a pass that changes nothing hands
 * on the same graph. Walked only by iteration, since graphlib's own `alg` recurses and overflows the stack on a chain of ten
 * thousand nodes.
 */
import { Graph as Storage } from "@dagrejs/graphlib";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { GraphNode, GraphOutput, Region, TensorType, Value } from "./types.ts";

type Edges = Storage<undefined, GraphNode, number>;

export class Graph {
  /** Ids ascend: an input's node comes before its consumers. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphOutput[];
  #edges: Edges | undefined;

  /** Nodes in any order; throws InternalError where an input or output names a node that is not there. */
  constructor(nodes: readonly GraphNode[], outputs: readonly GraphOutput[]) {
    this.nodes = isAscending(nodes) ? [...nodes] : [...nodes].sort((a, b) => a.id - b.id);
    this.outputs = outputs;
    for (const { id, inputs } of this.nodes) {
      for (const value of inputs) if (value.node >= id) throw missing(value.node);
      for (const value of inputs) this.typeOf(value);
    }
    for (const { value } of outputs) this.typeOf(value);
  }

  node(id: number): GraphNode {
    const node = this.#find(id);
    if (node === undefined) throw missing(id);
    return node;
  }

  /** In most graphs a node's id is its position. */
  #find(id: number): GraphNode | undefined {
    const { nodes } = this;
    if (nodes[id]?.id === id) return nodes[id];
    let [low, high] = [0, nodes.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (nodes[middle].id < id) low = middle + 1;
      else high = middle;
    }
    return nodes[low]?.id === id ? nodes[low] : undefined;
  }

  typeOf(value: Value): TensorType {
    const { op, outputs, span } = this.node(value.node);
    const type: TensorType | undefined = outputs[value.output];
    if (type === undefined)
      throw new InternalError("graph", `%${value.node} = ${op} has no output ${value.output}`, span);
    return type;
  }

  /** The nodes that read any output of node `id`, each once, ids ascending. */
  consumers(id: number): readonly GraphNode[] {
    this.#edges ??= edgesOf(this.nodes);
    // Names that are whole numbers come in ascending order.
    const names = this.#edges.successors(String(id)) ?? [];
    return names.map((name) => this.node(Number(name)));
  }

  /** The ids of the nodes that these values come from, their own included. */
  reaching(values: readonly Value[]): ReadonlySet<number> {
    this.#edges ??= edgesOf(this.nodes);
    const found = new Set(values.map(({ node }) => node));
    // What is added on the way is walked, too.
    for (const id of found) for (const name of this.#edges.predecessors(String(id)) ?? []) found.add(Number(name));
    return found;
  }

  /** The nodes of op `input`, in order. */
  get inputs(): readonly GraphNode[] {
    return this.nodes.filter(({ op }) => op === "input");
  }
}

export function isSame(left: Value, right: Value): boolean {
  return left.node === right.node && left.output === right.output;
}

/** Equal for equal values and only for them: a key of maps and sets. */
export function keyOf({ node, output }: Value): string {
  return `${node}.${output}`;
}

/** A region as the graph that it is. */
export function graphOf(region: Region): Graph {
  return region instanceof Graph ? region : new Graph(region.nodes, region.outputs);
}

function edgesOf(nodes: readonly GraphNode[]): Edges {
  const edges: Edges = new Storage({ directed: true, multigraph: true });
  for (const node of nodes) edges.setNode(String(node.id), node);
  for (const { id, inputs } of nodes) {
    for (const [position, { node, output }] of inputs.entries()) {
      edges.setEdge(String(node), String(id), output, String(position));
    }
  }
  return edges;
}

function isAscending(nodes: readonly GraphNode[]): boolean {
  return nodes.every(({ id }, position) => position === 0 || nodes[position - 1].id < id);
}

function missing(id: number): InternalError {
  return new InternalError("graph", `there is no node %${id} before its use`);
}
