/**
 * The gradient of a scan is a scan from the other end: at each step the vector–Jacobian product of the body, which carries the
 * gradients of the carries (Werbos 1990, backpropagation through time). What it needs of a step, the forward scan keeps, and
 * the gradient of what all steps share is one sum behind the loop wherever that is a product of what the loops keep.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { Graph, graphOf, isSame, keyOf } from "../graph/graph.ts";
import {
  given,
  givenOf,
  scan,
  scanParts,
  scanTypes,
  type Given,
  type Scanned,
  type ScanParts,
} from "../graph/region.ts";
import type { GraphNode, GraphOutput, TensorType, Value } from "../graph/types.ts";
import { fill } from "../ops/emit.ts";
import { keptOf, type Kept, type Replay } from "./scan-residuals.ts";
import { operandsOf, sumOfTerms, termsOf, type Term } from "./sum-over-steps.ts";

/** A value and the gradient that arrives at it. */
export interface Known {
  readonly value: Value;
  readonly gradient: Value;
}

/** Reverse-mode differentiation within a builder: the gradients at `wrt`, undefined where none arrives. */
export type Backward = (
  builder: GraphBuilder,
  known: readonly Known[],
  wrt: readonly Value[],
) => readonly (Value | undefined)[];

export interface ScanContext {
  readonly builder: GraphBuilder;
  readonly node: GraphNode;
  readonly outputGradients: readonly (Value | undefined)[];
  readonly needs: (input: number) => boolean;
}

/** A gradient of one of the node's inputs, made anew at each step, or carried along. */
interface Carried extends Given {
  readonly next: Value;
  readonly input: number;
}

/** The gradient at each input of the scan. */
export function scanGradient(context: ScanContext, backward: Backward): readonly (Value | undefined)[] {
  const { builder, node } = context;
  const replay = replayed(builder, node);
  const active = activeInputs(context, replay.parts);
  const arriving = arrivingAt(context, replay, active);
  const gradientAt = gradientsOf(context, replay, active, arriving, backward);
  const { slices, carries, emits } = replay.parts;
  const carried = arriving.slice(emits).flatMap((one, carry) => {
    return one === undefined ? [] : [carriedGradient(context, one, emits + carry, slices + carry, gradientAt)];
  });
  const sliced = [...gradientAt].filter(([input]) => input < slices);
  const sums = [...gradientAt].filter(([input]) => input >= slices + carries);
  const steps = varying(builder, [
    ...replay.givens.slice(0, slices + carries),
    ...arriving.flatMap((one) => one?.gradient ?? []),
  ]);
  const shared = sums.map(([input, gradient]) => {
    // What is computed again is not kept, so it cannot be summed behind the loop.
    const terms = termsOf(builder, gradient, (value) => !replay.parts.recompute && steps.has(value.node));
    return { input, terms, added: terms.flatMap((term) => addedUp(builder, term)) };
  });
  const operands = uniqueValues(shared.flatMap(({ terms }) => terms.flatMap(operandsOf)));
  const added = shared.flatMap((one) => one.added);
  const ends = [
    ...[...carried, ...added].map(({ next }) => next),
    ...sliced.map(([, gradient]) => gradient),
    ...operands,
  ];
  const kept = keptOf(builder, replay, ends);
  const stacks = stacksOf(context, replay, kept, arriving);
  const own = operands.filter((value) => !stacks.has(keyOf(value)));
  const reverse = scan(builder, {
    length: replay.parts.length,
    reversed: !replay.parts.reversed,
    recompute: replay.parts.recompute,
    sliced: [...stacks.values()],
    carried: [...carried, ...added],
    captured: replay.givens
      .slice(slices + carries)
      .map((one, at) => ({ value: node.inputs[slices + carries + at], given: one })),
    emits: [...sliced.map(([, gradient]) => gradient), ...own],
  });
  const stackOf = (value: Value): Value => {
    const at = own.findIndex((one) => isSame(one, value));
    return stacks.get(keyOf(value))?.value ?? reverse.emits[sliced.length + at];
  };
  const totals = reverse.last.slice(carried.length);
  const found = new Map<number, Value>();
  for (const [position, [input]] of sliced.entries()) found.set(input, reverse.emits[position]);
  for (const [position, { input }] of carried.entries()) found.set(input, reverse.last[position]);
  let total = 0;
  for (const { input, terms } of shared)
    found.set(
      input,
      sumOfTerms(builder, terms, stackOf, () => totals[total++]),
    );
  return node.inputs.map((_, input) => found.get(input));
}

function uniqueValues(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

function zeros(builder: GraphBuilder, { shape }: TensorType): Value {
  return fill(builder, shape, 0);
}

function replayed(builder: GraphBuilder, node: GraphNode): Replay {
  const parts = scanParts(node);
  const region = graphOf(parts.region);
  const { span, path } = node;
  const givens = givenOf(region).map(({ outputs: [type], ...origin }) =>
    builder.at({ span: origin.span ?? span, path: origin.path || path, backward: true }, () =>
      given(builder, "given", type),
    ),
  );
  const from = builder.nodes.length;
  const now = new Map<string, Value>();
  const original = new Map<string, Value>();
  let next = 0;
  for (const inner of region.nodes) {
    const inputs = inner.inputs.map((value) => valueIn(now, value));
    const values =
      inner.op === "given"
        ? [givens[next++]]
        : builder.at({ span: inner.span, path: inner.path, backward: true }, () => builder.again(inner, inputs));
    for (const [output, value] of values.entries()) {
      now.set(keyOf({ node: inner.id, output }), value);
      original.set(keyOf(value), { node: inner.id, output });
    }
  }
  const results = region.outputs.map(({ value }) => valueIn(now, value));
  return { parts, givens, from, to: builder.nodes.length, results, original };
}

function valueIn(values: ReadonlyMap<string, Value>, value: Value): Value {
  const found = values.get(keyOf(value));
  if (found === undefined) throw new InternalError("differentiate", `a region has no value %${value.node}`);
  return found;
}

/** The inputs whose gradients are asked for, and the carries on the way to them, by position. */
function activeInputs({ builder, node, needs }: ScanContext, parts: ScanParts): readonly number[] {
  const { slices, carries, emits, region } = parts;
  const inputs = givenOf(region);
  const isFloat = (input: number): boolean => builder.typeOf(node.inputs[input]).dtype === "f32";
  const active = new Set(node.inputs.flatMap((_, input) => (isFloat(input) && needs(input) ? [input] : [])));
  for (let before = -1; before < active.size;) {
    before = active.size;
    const reached = new Set([...active].map((input) => inputs[input].id));
    for (const { id, inputs: read } of region.nodes)
      if (read.some(({ node: from }) => reached.has(from))) reached.add(id);
    for (let carry = 0; carry < carries; carry += 1) {
      const { value } = region.outputs[emits + carry];
      if (reached.has(value.node) && isFloat(slices + carry)) active.add(slices + carry);
    }
  }
  return [...active].sort((a, b) => a - b);
}

/** At each output of the body what stands for the gradient that arrives there, undefined where none does, and at whole numbers. */
function arrivingAt(
  { builder, outputGradients }: ScanContext,
  { parts, results }: Replay,
  active: readonly number[],
): readonly (Known | undefined)[] {
  return results.map((value, output) => {
    const carry = output - parts.emits;
    if (builder.typeOf(value).dtype !== "f32") return undefined;
    const arrives = carry < 0 ? outputGradients[output] !== undefined : active.includes(parts.slices + carry);
    return arrives ? { value, gradient: given(builder, "gradient", builder.typeOf(value)) } : undefined;
  });
}

/** The gradients of one step at the active inputs, by position. */
function gradientsOf(
  { builder }: ScanContext,
  { givens }: Replay,
  active: readonly number[],
  arriving: readonly (Known | undefined)[],
  backward: Backward,
): ReadonlyMap<number, Value> {
  const known = arriving.flatMap((one) => one ?? []);
  const wrt = active.map((input) => givens[input]);
  const found = known.length === 0 || wrt.length === 0 ? [] : backward(builder, known, wrt);
  return new Map(active.flatMap((input, at) => (found[at] === undefined ? [] : [[input, found[at]] as const])));
}

/** The gradient of a carry: from what arrives behind the last step back to the first value. */
function carriedGradient(
  { builder, outputGradients }: ScanContext,
  { value, gradient }: Known,
  output: number,
  input: number,
  gradientAt: ReadonlyMap<number, Value>,
): Carried {
  const type = builder.typeOf(value);
  const next = gradientAt.get(input) ?? zeros(builder, type);
  return { value: outputGradients[output] ?? zeros(builder, type), given: gradient, next, input };
}

/** What adds up within the loop: one more carry. */
function addedUp(builder: GraphBuilder, { base }: Term): readonly (Given & { readonly next: Value })[] {
  if (base.kind !== "added") return [];
  const type = builder.typeOf(base.value);
  const sum = given(builder, "sum", type);
  return [{ value: zeros(builder, type), given: sum, next: builder.one("add", [sum, base.value]) }];
}

/** The nodes that depend on one of these values. */
function varying(builder: GraphBuilder, from: readonly Value[]): ReadonlySet<number> {
  const found = new Set(from.map(({ node }) => node));
  for (let id = Math.min(...found, Infinity); id < builder.nodes.length; id += 1)
    if (builder.node(id).inputs.some(({ node }) => found.has(node))) found.add(id);
  return found;
}

/** What the reverse body reads of each step: of the forward scan, which keeps it, and of what the node itself is given. */
function stacksOf(
  { builder, node, outputGradients }: ScanContext,
  replay: Replay,
  { values, used }: Kept,
  arriving: readonly (Known | undefined)[],
): ReadonlyMap<string, Given> {
  const { parts, givens, original } = replay;
  const { slices, carries, emits } = parts;
  const carried = givens.slice(slices, slices + carries).filter((one) => used.has(keyOf(one)));
  const kept = [...values, ...carried];
  const forward =
    kept.length === 0
      ? undefined
      : keeping(
          builder,
          node,
          parts,
          kept.map((value) => valueIn(original, value)),
        );
  const stacks: Given[] = [];
  for (const [input, one] of givens.slice(0, slices).entries())
    if (used.has(keyOf(one))) stacks.push({ value: node.inputs[input], given: one });
  for (const [output, one] of arriving.slice(0, emits).entries()) {
    const gradient = outputGradients[output];
    if (one !== undefined && gradient !== undefined) stacks.push({ value: gradient, given: one.gradient });
  }
  for (const [position, one] of kept.entries())
    if (forward !== undefined) stacks.push({ value: forward.emits[emits + position], given: one });
  return new Map(stacks.map((one) => [keyOf(one.given), one]));
}

/** The forward scan with more emits; `joinScans` makes one of it and the first. */
function keeping(builder: GraphBuilder, node: GraphNode, parts: ScanParts, more: readonly Value[]): Scanned {
  const { region, emits, length } = parts;
  const kept = more.map((value, at): GraphOutput => ({ name: `kept ${emits + at}`, role: "result", value }));
  const outputs = [...region.outputs.slice(0, emits), ...kept, ...region.outputs.slice(emits)];
  const wider = new Graph(region.nodes, outputs);
  const count = emits + kept.length;
  const { op, attributes, span, path } = node;
  const types = scanTypes(wider, length, count);
  const values = builder.at({ span, path }, () =>
    builder.again({ op, attributes, outputs: types, region: wider }, node.inputs),
  );
  return { emits: values.slice(0, count), last: values.slice(count) };
}
