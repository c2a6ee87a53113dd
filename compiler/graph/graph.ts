/**
 * A finished graph: nodes in topological order (ascending ids) and named outputs. Stored in a graphlib multigraph whose
 * edges are named by input position; walked only by iteration, since graphlib's own `alg` recurses and overflows the stack
 * on a chain of ten thousand nodes. Edges, the slow part, are entered when consumers are first asked for: most passes never do.
 */
import { Graph as Storage } from "@dagrejs/graphlib";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { GraphNode, GraphOutput, TensorType, Value } from "./types.ts";

export class Graph {
  /** Ids ascend: an input's node comes before its consumers. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphOutput[];
  readonly #storage = new Storage<undefined, GraphNode, number>({ directed: true, multigraph: true });
  #hasEdges = false;

  /** Nodes in any order; throws InternalError where an input or output names a node that is not there. */
  constructor(nodes: readonly GraphNode[], outputs: readonly GraphOutput[]) {
    this.nodes = [...nodes].sort((a, b) => a.id - b.id);
    this.outputs = outputs;
    for (const node of this.nodes) {
      for (const value of node.inputs) this.typeOf(value);
      this.#storage.setNode(String(node.id), node);
    }
    for (const { value } of outputs) this.typeOf(value);
  }

  #enterEdges(): void {
    if (this.#hasEdges) return;
    this.#hasEdges = true;
    for (const { id, inputs } of this.nodes) {
      for (const [position, { node, output }] of inputs.entries()) {
        this.#storage.setEdge(String(node), String(id), output, String(position));
      }
    }
  }

  has(id: number): boolean {
    return this.#storage.hasNode(String(id));
  }

  node(id: number): GraphNode {
    if (!this.has(id)) throw new InternalError("graph", `there is no node %${id} before its use`);
    return this.#storage.node(String(id));
  }

  typeOf(value: Value): TensorType {
    const { op, outputs, span } = this.node(value.node);
    const type = outputs.at(value.output);
    if (type === undefined)
      throw new InternalError("graph", `%${value.node} = ${op} has no output ${value.output}`, span);
    return type;
  }

  /** The nodes that read any output of node `id`, each once, ids ascending. */
  consumers(id: number): readonly GraphNode[] {
    this.#enterEdges();
    const edges = this.#storage.outEdges(String(id)) ?? [];
    const ids = new Set(edges.map(({ w }) => Number(w)));
    return [...ids].sort((a, b) => a - b).map((consumer) => this.node(consumer));
  }

  /** The nodes of op `input`, in order. */
  get inputs(): readonly GraphNode[] {
    return this.nodes.filter(({ op }) => op === "input");
  }
}
