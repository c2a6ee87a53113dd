/**
 * A loss that takes logits and gets probabilities: softmax or sigmoid stands before it, and it takes one itself. Told from the
 * graph, whoever wrote the blocks: log Σ exp of what sums to one, log(1 + exp(−|p|)) of what lies between 0 and 1.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { logitsExpected } from "../diagnostics/codes/train.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { Frame } from "./frame.ts";

/** Looks at everything that a loss depends on. */
export function checkLogits(loss: Value, span: Span, frame: Frame): void {
  for (const { source } of logitsIn(loss, frame.entry.builder)) {
    const kind = kindOf(source, frame.entry.builder);
    if (kind === undefined) continue;
    frame.report(logitsExpected, { kind, place: source.path }, span, "this takes logits", [], help);
  }
}

/** Whether the loss takes the sigmoid of the output itself: above 0 means 1, below 0 means 0. */
export function takesLogit(loss: Value, output: Value, builder: GraphBuilder): boolean {
  const wanted = sourceOf(output, builder);
  for (const { of, source } of logitsIn(loss, builder)) if (of === "sigmoid" && source === wanted) return true;
  return false;
}

/** The nodes in a loss that it takes the logarithm of the softmax or of the sigmoid of. */
function* logitsIn(
  loss: Value,
  builder: GraphBuilder,
): Generator<{ readonly of: "softmax" | "sigmoid"; readonly source: GraphNode }> {
  const seen = new Set<number>();
  const waiting = [loss.node];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = builder.node(id);
    for (const { node: input } of node.inputs) waiting.push(input);
    const [logits] = logitsOf(node, builder)?.inputs ?? [];
    if (logits !== undefined)
      yield { of: node.op === "log" ? "softmax" : "sigmoid", source: sourceOf(logits, builder) };
  }
}

const help = "train on what stands before it, and take it where you need probabilities";

/** Ops all of whose elements went in. */
const moving: readonly string[] = ["reshape", "broadcast", "transpose", "stop_gradient"];

/** The node that computed a value's elements. */
function sourceOf(value: Value, builder: GraphBuilder): GraphNode {
  let node = builder.node(value.node);
  while (moving.includes(node.op)) node = builder.node(node.inputs[0].node);
  return node;
}

/** The last of these ops, each applied to the result of the one that follows. */
function chain(node: GraphNode, ops: readonly string[], builder: GraphBuilder): GraphNode | undefined {
  let at = node;
  for (const op of ops) {
    at = sourceOf(at.inputs[0], builder);
    if (at.op !== op) return undefined;
  }
  return at;
}

/** The node whose first input is taken the logarithm of the softmax or of the sigmoid of. */
function logitsOf(node: GraphNode, builder: GraphBuilder): GraphNode | undefined {
  if (node.op === "log") return chain(node, ["sum", "exp", "sub"], builder);
  return node.op === "log1p" ? chain(node, ["exp", "neg", "abs"], builder) : undefined;
}

/** e / Σ e, or 1 / (1 + e) and the like, for an exponential e. */
function kindOf(node: GraphNode, builder: GraphBuilder): "softmax" | "sigmoid" | undefined {
  if (node.op !== "div") return undefined;
  const [above, below] = node.inputs.map((input) => sourceOf(input, builder));
  if (above.op === "exp" && below.op === "sum")
    return sourceOf(below.inputs[0], builder) === above ? "softmax" : undefined;
  if (below.op !== "add") return undefined;
  const terms = below.inputs.map((input) => sourceOf(input, builder));
  const exponential = terms.find(({ op }) => op === "exp");
  const isTerm = (one: GraphNode): boolean => one === exponential || isOne(one);
  if (exponential === undefined || !terms.every(isTerm)) return undefined;
  const shares = above.op === "select" ? above.inputs.slice(1).map((input) => sourceOf(input, builder)) : [above];
  return shares.every(isTerm) ? "sigmoid" : undefined;
}

function isOne({ op, attributes }: GraphNode): boolean {
  return op === "constant" && attributes.value === 1;
}
