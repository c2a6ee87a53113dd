/**
 * A loss or metric that takes logits and gets probabilities: softmax or sigmoid stands before it. Told from the graph, whoever wrote
 * the blocks: log Σ exp of what sums to one, log(1 + exp(−|p|)) of what lies between 0 and 1, whether that is above 0 or apart by 1.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { logitsExpected } from "../diagnostics/codes/train.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { Frame } from "./frame.ts";

/** Looks at everything that a loss depends on. */
export function checkLogits(loss: Value, span: Span, frame: Frame): void {
  const { builder } = frame.entry;
  for (const { source } of logitsIn(loss, builder)) reportProbabilities(source, builder, logarithm, span, frame);
  for (const source of marginsIn(loss, builder)) reportProbabilities(source, builder, margin, span, frame);
}

/** A tensor that a metric is given, and what it is in the graph of `evaluate`: the same, or for a metric over a whole set its origin. */
export interface GivenTensor {
  readonly inside: Value;
  readonly outside: Value;
}

/** Looks at what a metric, whose graph is that of `builder`, makes of its tensors. */
export function checkMetric(
  metric: Value,
  builder: GraphBuilder,
  given: readonly GivenTensor[],
  span: Span,
  frame: Frame,
): void {
  const report = (source: GraphNode, taken: Taken): void => {
    const own = given.find(({ inside }) => inside.node === source.id);
    if (own === undefined) reportProbabilities(source, builder, taken, span, frame);
    else reportProbabilities(sourceOf(own.outside, frame.entry.builder), frame.entry.builder, taken, span, frame);
  };
  const ends = new Set(given.map(({ inside }) => inside.node));
  for (const { source } of logitsIn(metric, builder, ends)) report(source, logarithm);
  for (const source of signsIn(metric, builder, ends)) report(source, sign);
  for (const source of marginsIn(metric, builder, ends)) report(source, margin);
}

/** How a loss or metric takes logits, and what to do instead. */
interface Taken {
  readonly text: string;
  readonly help: string;
}

const logarithm: Taken = {
  text: "this takes logits",
  help: "train on what stands before it, and take it where you need probabilities",
};
const sign: Taken = {
  text: "this asks whether it is above 0, as every probability is",
  help: "leave it to `binary_cross_entropy` and metrics, which take what stands before it; `binary_accuracy(threshold: 0.5)` takes probabilities",
};

const margin: Taken = {
  text: "this asks for scores that are 1 apart or more, which no probabilities are",
  help: "train on what stands before it, and take it where you need probabilities",
};

function reportProbabilities(
  source: GraphNode,
  builder: GraphBuilder,
  { text, help }: Taken,
  span: Span,
  frame: Frame,
): void {
  const kind = kindOf(source, builder);
  if (kind !== undefined) frame.report(logitsExpected, { kind, place: source.path }, span, text, [], help);
}

/** Whether the loss takes the sigmoid of the output itself: above 0 means 1, below 0 means 0. */
export function takesLogit(loss: Value, output: Value, builder: GraphBuilder): boolean {
  const wanted = sourceOf(output, builder);
  for (const { of, source } of logitsIn(loss, builder)) if (of === "sigmoid" && source === wanted) return true;
  return false;
}

/**
 * Whether the loss has log(1 + exp(x)) − x · target as terms: a target below 0 or above 1 then makes it fall without end. A softplus that is
 * multiplied, as in the likelihood of counts, is no such term.
 */
export function takesProbability(loss: Value, target: Value, builder: GraphBuilder): boolean {
  const wanted = sourceOf(target, builder);
  const known = new Set<GraphNode>();
  for (const node of below(loss, builder, new Set())) {
    if (known.has(node)) continue;
    const terms = termsOf(node, known, builder);
    const logits = terms.flatMap((term) => logitsOf(term, builder)?.inputs ?? []);
    const sources = new Set(logits.map((input) => sourceOf(input, builder)));
    for (const { op, inputs } of terms) {
      const factors = op === "mul" ? inputs.map((input) => sourceOf(input, builder)) : [];
      if (factors.includes(wanted) && factors.some((factor) => sources.has(factor))) return true;
    }
  }
  return false;
}

const signs: readonly string[] = ["add", "sub", "neg"];

/** What a node adds up, whatever the signs; the sums on the way are noted as known. */
function termsOf(sum: GraphNode, known: Set<GraphNode>, builder: GraphBuilder): readonly GraphNode[] {
  const terms: GraphNode[] = [];
  const waiting = [sum];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (known.has(node)) continue;
    if (!signs.includes(node.op)) terms.push(node);
    else {
      known.add(node);
      for (const input of node.inputs) waiting.push(sourceOf(input, builder));
    }
  }
  return terms;
}

/** The nodes that a value is made of, none before those in `ends`. `hidden`: which inputs of a node are passed over. */
function* below(
  value: Value,
  builder: GraphBuilder,
  ends: ReadonlySet<number>,
  hidden: (node: GraphNode) => readonly Value[] = () => [],
): Generator<GraphNode> {
  const seen = new Set<number>(ends);
  const waiting = [value.node];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = builder.node(id);
    const passed = hidden(node);
    for (const input of node.inputs) if (!passed.includes(input)) waiting.push(input.node);
    yield node;
  }
}

/** The nodes that a value takes the logarithm of the softmax or of the sigmoid of. */
function* logitsIn(
  value: Value,
  builder: GraphBuilder,
  ends: ReadonlySet<number> = new Set(),
): Generator<{ readonly of: "softmax" | "sigmoid"; readonly source: GraphNode }> {
  for (const node of below(value, builder, ends)) {
    const [logits] = logitsOf(node, builder)?.inputs ?? [];
    if (logits !== undefined)
      yield { of: node.op === "log" ? "softmax" : "sigmoid", source: sourceOf(logits, builder) };
  }
}

const comparisons: readonly string[] = ["greater", "greaterEqual", "less", "lessEqual"];

/** The nodes whose sign is counted: one that only keeps a logarithm or a division from 0, as in `where(p > 0, log(p), 0)`, is not. */
function* signsIn(value: Value, builder: GraphBuilder, ends: ReadonlySet<number>): Generator<GraphNode> {
  const isConstant = (input: Value): boolean => sourceOf(input, builder).op === "constant";
  const guards = ({ op, inputs: [condition, ...either] }: GraphNode): readonly Value[] =>
    op === "select" && !either.every(isConstant) ? [condition] : [];
  for (const { op, inputs } of below(value, builder, ends, guards)) {
    if (!comparisons.includes(op)) continue;
    const [left, right] = inputs.map((input) => sourceOf(input, builder));
    if (isNumber(right, 0)) yield left;
    else if (isNumber(left, 0)) yield right;
  }
}

/** The nodes whose elements are asked to lie 1 or more below a chosen one of them, as a hinge does: x − pick(x) + 1 > 0. */
function* marginsIn(value: Value, builder: GraphBuilder, ends: ReadonlySet<number> = new Set()): Generator<GraphNode> {
  for (const { op, inputs } of below(value, builder, ends)) {
    if (op !== "maximum" && !comparisons.includes(op)) continue;
    const sides = inputs.map((input) => sourceOf(input, builder));
    if (!sides.some((side) => isNumber(side, 0))) continue;
    const terms = sides.flatMap((side) => termsOf(side, new Set(), builder)).filter((term) => !isNumber(term, 0));
    const chosen = terms.find((term) => term.op === "pick");
    const scores = chosen === undefined ? undefined : sourceOf(chosen.inputs[0], builder);
    const apart = terms.some(({ op: kind, attributes }) => kind === "constant" && Number(attributes.value) >= 1);
    if (scores !== undefined && apart && terms.length === 3 && terms.includes(scores)) yield scores;
  }
}

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
  const isTerm = (one: GraphNode): boolean => one === exponential || isNumber(one, 1);
  if (exponential === undefined || !terms.every(isTerm)) return undefined;
  const shares = above.op === "select" ? above.inputs.slice(1).map((input) => sourceOf(input, builder)) : [above];
  return shares.every(isTerm) ? "sigmoid" : undefined;
}

function isNumber({ op, attributes }: GraphNode, value: number): boolean {
  return op === "constant" && attributes.value === value;
}
