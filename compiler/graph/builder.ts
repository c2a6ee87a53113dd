/**
 * Makes graphs: emits typed nodes one by one, each with the builder's current origin. Nothing is merged here, since
 * differentiation needs nodes as they were written; the cse pass merges later.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { ElementType } from "../loops/types.ts";
import type { Builder } from "../ops/define.ts";
import { inferTypes } from "../ops/index.ts";
import { printType } from "./print.ts";
import { Graph } from "./graph.ts";
import type { Attributes, GraphNode, GraphOutput, Origin, Region, TensorType, Value } from "./types.ts";

const nowhere: Origin = { span: undefined, path: "" };

export class GraphBuilder implements Builder {
  readonly #nodes: GraphNode[] = [];
  /** Called before each node; may throw to end a graph that grows without end. */
  readonly #count: () => void;
  /** What the next nodes come from. */
  origin: Origin = nowhere;

  constructor(count: () => void = () => {}) {
    this.#count = count;
  }

  /** Runs `build` with another origin, and puts the old one back. */
  at<Result>(origin: Origin, build: () => Result): Result {
    const before = this.origin;
    this.origin = origin;
    try {
      return build();
    } finally {
      this.origin = before;
    }
  }

  /** Every node so far; a node's id is its position. */
  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  node(id: number): GraphNode {
    const node: GraphNode | undefined = this.#nodes[id];
    if (node === undefined) throw new InternalError("graph", `there is no node %${id}`, this.origin.span);
    return node;
  }

  readonly emit = (op: string, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] => {
    this.#count();
    const types = inputs.map((input) => this.typeOf(input));
    const outputs = inferTypes(op, types, attributes);
    if ("kind" in outputs) {
      throw new InternalError(
        "graph",
        `${op}(${types.map(printType).join(", ")}): ${outputs.message}`,
        this.origin.span,
      );
    }
    return this.#add(op, inputs, attributes, outputs);
  };

  /** The node once more over inputs of the same types, which need not be inferred again. */
  again(
    { op, attributes, outputs, region }: Pick<GraphNode, "op" | "attributes" | "outputs" | "region">,
    inputs: readonly Value[],
  ): readonly Value[] {
    this.#count();
    return this.#add(op, inputs, attributes, outputs, region);
  }

  #add(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: readonly TensorType[],
    region?: Region,
  ): readonly Value[] {
    const { span, path, backward } = this.origin;
    const id = this.#nodes.length;
    this.#nodes.push({
      id,
      op,
      attributes,
      inputs,
      outputs,
      span,
      path,
      ...(backward === undefined ? {} : { backward }),
      ...(region === undefined ? {} : { region }),
    });
    return outputs.length === 1 ? [{ node: id, output: 0 }] : outputs.map((_, output) => ({ node: id, output }));
  }

  one(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const [value, ...others] = this.emit(op, inputs, attributes);
    if (others.length > 0) throw new InternalError("graph", `${op} has more than one output`, this.origin.span);
    return value;
  }

  typeOf(value: Value): TensorType {
    const type: TensorType | undefined = this.node(value.node).outputs[value.output];
    if (type === undefined) throw new InternalError("graph", `%${value.node} has no output ${value.output}`);
    return type;
  }

  constant(value: number, dtype: ElementType = "f32"): Value {
    return this.one("constant", [], { value, dtype });
  }

  /** The graph with these outputs and every node emitted so far, used or not; the dead code pass drops the others. */
  finish(outputs: readonly GraphOutput[]): Graph {
    return new Graph(this.#nodes, outputs);
  }
}
