/**
 * Reverse-mode differentiation (Linnainmaa 1970), expanded into ordinary nodes of the builder that is being filled, so that
 * a gradient can stand inside a model and be differentiated again. Before and after, for y = sum(x · x):
 *
 *     %0 = input x : f32[3]            %3 = constant 1
 *     %1 = mul(%0, %0)                 %4 = broadcast(%3) : f32[3]
 *     %2 = sum(%1) : f32[]             %5, %6 = mul(%4, %0);  %7 = add(%5, %6)      the gradient at x
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { keyOf } from "../graph/graph.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import { gradientOf, isDifferentiable } from "../ops/index.ts";
import { scanGradient, type Known } from "./scan-gradient.ts";

/** `wrt` is reached only through `node`, which has no gradient (argmax, floor, a comparison, an integer). */
export interface Undifferentiable {
  readonly kind: "undifferentiable";
  readonly node: GraphNode;
  readonly wrt: Value;
}

/**
 * The gradient of the f32 scalar `of` at each of `wrt`, undefined where `of` does not depend on it (or only through
 * stop_gradient). Where several paths lead to a value, those through ops without a gradient count as constant; where no
 * other path exists, the answer is the node that stands in the way. Then those at `also`, undefined there as well.
 */
export function gradients(
  builder: GraphBuilder,
  of: Value,
  wrt: readonly Value[],
  also: readonly Value[] = [],
): readonly (Value | undefined)[] | Undifferentiable {
  const { dtype, shape } = builder.typeOf(of);
  if (dtype !== "f32" || shape.length > 0) {
    throw new InternalError("differentiate", "a gradient is taken of an f32 scalar", builder.node(of.node).span);
  }
  const integer = wrt.find((value) => builder.typeOf(value).dtype !== "f32");
  if (integer !== undefined) return { kind: "undifferentiable", node: builder.node(integer.node), wrt: integer };
  const found = ofScalar(builder, of, [...wrt, ...also]);
  for (const [position, value] of wrt.entries()) {
    const node = found[position] === undefined ? obstacle(builder, of, value) : undefined;
    if (node !== undefined) return { kind: "undifferentiable", node, wrt: value };
  }
  return found;
}

function ofScalar(builder: GraphBuilder, of: Value, wrt: readonly Value[]): readonly (Value | undefined)[] {
  const { span, path } = builder.node(of.node);
  const one = builder.at({ span, path, backward: true }, () => builder.constant(1));
  return backward(builder, [{ value: of, gradient: one }], wrt);
}

/** Walks from the last of the values whose gradients are known to the first of `wrt`, handing each node's gradients on to the inputs that need them. */
function backward(
  builder: GraphBuilder,
  known: readonly Known[],
  wrt: readonly Value[],
): readonly (Value | undefined)[] {
  const first = firstNode(wrt);
  const last = known.reduce((most, { value }) => Math.max(most, value.node), -1);
  const active = reached(builder, last, wrt, carriesGradient);
  const gradientAt = new Map<string, Value>();
  for (const { value, gradient } of known) if (active.has(keyOf(value))) addTo(gradientAt, value, gradient, builder);
  for (let id = last; id >= first; id -= 1) {
    const node = builder.node(id);
    builder.at({ span: node.span, path: node.path, backward: true }, () => step(builder, node, active, gradientAt));
  }
  return wrt.map((value) => gradientAt.get(keyOf(value)));
}

function addTo(gradientAt: Map<string, Value>, value: Value, part: Value, builder: GraphBuilder): void {
  const before = gradientAt.get(keyOf(value));
  gradientAt.set(keyOf(value), before === undefined ? part : builder.one("add", [before, part]));
}

/** Adds one node's part to the gradients at its inputs. */
function step(
  builder: GraphBuilder,
  node: GraphNode,
  active: ReadonlySet<string>,
  gradientAt: Map<string, Value>,
): void {
  const outputs = node.outputs.map((_, output) => ({ node: node.id, output }));
  const outputGradients = outputs.map((output) => gradientAt.get(keyOf(output)));
  const needs = (input: number): boolean => active.has(keyOf(node.inputs[input]));
  const idle =
    outputGradients.every((gradient) => gradient === undefined) || !node.inputs.some((_, input) => needs(input));
  if (idle || !carriesGradient(node)) return;
  const { attributes, inputs } = node;
  const parts =
    node.region === undefined
      ? gradientOf(node.op, { builder, attributes, inputs, outputs, outputGradients, needs })
      : scanGradient({ builder, node, outputGradients, needs }, backward);
  for (const [position, part] of parts.entries()) {
    if (part !== undefined && needs(position)) addTo(gradientAt, inputs[position], part, builder);
  }
}

/** Whether a gradient passes through the node: floats in, floats out, and a derivative. */
function carriesGradient(node: GraphNode): boolean {
  const passes = node.region !== undefined || (!isCut(node) && isDifferentiable(node.op));
  return passes && node.outputs.some(({ dtype }) => dtype === "f32");
}

function isCut(node: GraphNode): boolean {
  return node.op === "stop_gradient";
}

function firstNode(values: readonly Value[]): number {
  return values.reduce((least, { node }) => Math.min(least, node), Infinity);
}

/** The values up to node `last` that depend on one of `from` through nodes that `through` lets pass, `from` included. */
function reached(
  builder: GraphBuilder,
  last: number,
  from: readonly Value[],
  through: (node: GraphNode) => boolean,
): ReadonlySet<string> {
  const found = new Set(from.map(keyOf));
  for (let id = firstNode(from); id <= last; id += 1) {
    const node = builder.node(id);
    if (!node.inputs.some((input) => found.has(keyOf(input))) || !through(node)) continue;
    for (const output of node.outputs.keys()) found.add(keyOf({ node: id, output }));
  }
  return found;
}

/** The first node without a gradient between `wrt` and `of`, where `of` depends on `wrt` at all. */
function obstacle(builder: GraphBuilder, of: Value, wrt: Value): GraphNode | undefined {
  const dependent = reached(builder, of.node, [wrt], (node) => !isCut(node));
  if (!dependent.has(keyOf(of))) return undefined;
  const used = new Set([of.node]);
  for (let id = of.node; id >= wrt.node; id -= 1) {
    const { inputs } = builder.node(id);
    if (used.has(id)) for (const input of inputs) if (dependent.has(keyOf(input))) used.add(input.node);
  }
  const between = [...used].sort((a, b) => a - b).map((id) => builder.node(id));
  return between.find((node) => node.id > wrt.node && !carriesGradient(node));
}
