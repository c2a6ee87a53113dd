/** What translates one primitive, and what it is told. */
import type { GraphNode, TensorType } from "../../../compiler/graph/types.ts";
import type { Emitter } from "./emitter.ts";
import type { Operand } from "./operand.ts";

export interface RuleContext {
  readonly emitter: Emitter;
  readonly node: GraphNode;
  readonly inputs: readonly Operand[];
  /** Of the result. */
  readonly type: TensorType;
  /** Throws NN0933 for a layer that does what ONNX cannot say: `draws …`. */
  readonly refuse: (what: string) => never;
}

/** Emits what computes the node's only output. */
export type Rule = (context: RuleContext) => Operand;
