/**
 * A rewrite: a pattern of nodes and what replaces it. Rules see the graph as it is being rebuilt, so inputs are already
 * simplified, and what they make is simplified in turn.
 */
import { numberOf } from "../../graph/attributes.ts";
import type { Attributes, GraphNode, Value } from "../../graph/types.ts";
import type { Builder } from "../../ops/define.ts";

/** A node that is about to be emitted. */
export interface Expression {
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
}

/** A builder that simplifies what it emits, and tells how a value was made. */
export interface Rewriter extends Builder {
  node(id: number): GraphNode;
}

export interface Rule {
  /** The pattern and its replacement, as in mathematics. */
  readonly name: string;
  /** The ops at the pattern's root. */
  readonly ops: readonly string[];
  /** The replacement, of the same type as the expression; undefined where the pattern does not fit. */
  rewrite(expression: Expression, rewriter: Rewriter): Value | undefined;
}

/** The node that makes the value, where it is of that op. */
export function madeBy(rewriter: Rewriter, value: Value, op: string): GraphNode | undefined {
  const node = rewriter.node(value.node);
  return node.op === op ? node : undefined;
}

/** The number that every element of the value is: a constant, or a constant repeated. */
export function uniform(rewriter: Rewriter, value: Value): number | undefined {
  const node = rewriter.node(value.node);
  if (node.op === "broadcast") return uniform(rewriter, node.inputs[0]);
  return node.op === "constant" ? numberOf(node.attributes, "value") : undefined;
}

/** Whether every element of the value is this number; −0 and 0 differ. */
export function isAll(rewriter: Rewriter, value: Value, number: number): boolean {
  const known = uniform(rewriter, value);
  return known !== undefined && Object.is(known, number);
}
