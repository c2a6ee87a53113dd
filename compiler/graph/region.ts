/**
 * Regions: what a `scan` runs at each step, cut out of the nodes of a builder. Whoever writes a body emits it like all else,
 * over `given` nodes that stand for one step's values; here it becomes a graph of its own. What does not depend on them
 * is computed once, outside, and captured.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import { dimensionOf, numberOf } from "./attributes.ts";
import { GraphBuilder } from "./builder.ts";
import { keyOf, type Graph } from "./graph.ts";
import type { GraphNode, GraphOutput, Region, TensorType, Value } from "./types.ts";

/** A loop over the leading axis of `sliced`, as a body over values that are given. */
export interface Loop {
  /** How many steps. */
  readonly length: Dimension;
  /** From the last step to the first; each emit still lies at the place of its slices. */
  readonly reversed: boolean;
  /** Going back, nothing of a step is kept but what it began with: the rest is computed again. */
  readonly recompute: boolean;
  /** `value` of shape [length, …], of which the body sees one part. */
  readonly sliced: readonly Given[];
  /** `next` is what the body makes of `given`, which is `value` at the first step. */
  readonly carried: readonly (Given & { readonly next: Value })[];
  /** What is the same at all steps and has a node of its own in the body; all else that the body reads outside is found. */
  readonly captured?: readonly Given[];
  /** Values of the body that are kept of every step. */
  readonly emits: readonly Value[];
}

/** A value from outside, and what stands for it in the body: a `given` node, or a value that is not to be made there. */
export interface Given {
  readonly value: Value;
  readonly given: Value;
}

/** What comes of a loop: emits stacked along a new leading axis, and the carries after the last step. */
export interface Scanned {
  readonly emits: readonly Value[];
  readonly last: readonly Value[];
}

/** The counts that tell a scan's inputs and outputs apart: slices, carries, captures; emits, carries. */
export interface ScanParts {
  readonly length: Dimension;
  readonly reversed: boolean;
  readonly recompute: boolean;
  readonly slices: number;
  readonly carries: number;
  readonly emits: number;
  readonly region: Region;
}

/** The parts of a scan; throws InternalError for another node. */
export function scanParts({ op, attributes, region, span }: GraphNode): ScanParts {
  if (region === undefined) throw new InternalError("graph", `${op} has no region`, span);
  const carries = numberOf(attributes, "carries");
  return {
    length: dimensionOf(attributes, "length"),
    reversed: attributes["reversed"] === true,
    recompute: attributes["recompute"] === true,
    slices: numberOf(attributes, "slices"),
    carries,
    emits: region.outputs.length - carries,
    region,
  };
}

/** The `given` nodes of a region, in order. */
export function givenOf({ nodes }: Region): readonly GraphNode[] {
  return nodes.filter(({ op }) => op === "given");
}

/** A node that stands in a body for one step's value. */
export function given(builder: GraphBuilder, name: string, { dtype, shape }: TensorType): Value {
  return builder.one("given", [], { name, dtype, shape });
}

/** Emits the loop; what its body reads from outside and does not depend on the step becomes an input of the node. */
export function scan(builder: GraphBuilder, loop: Loop): Scanned {
  const { length, reversed, recompute, sliced, carried, captured = [], emits } = loop;
  const results = [...emits, ...carried.map(({ next }) => next)];
  const own = [...sliced, ...carried, ...captured];
  const { region, captures } = cut(
    builder,
    own.map(({ given: one }) => one),
    results,
    emits.length,
  );
  const inputs = [...own.map(({ value }) => value), ...captures];
  const attributes = { length, reversed, recompute, slices: sliced.length, carries: carried.length };
  const outputs = scanTypes(region, length, emits.length);
  const values = builder.again({ op: "scan", attributes, outputs, region }, inputs);
  return { emits: values.slice(0, emits.length), last: values.slice(emits.length) };
}

/** The types of a scan's outputs. */
export function scanTypes({ nodes, outputs }: Region, length: Dimension, emits: number): readonly TensorType[] {
  const types = new Map(nodes.map(({ id, outputs: made }) => [id, made]));
  return outputs.map(({ value: { node, output } }, position) => {
    const type = types.get(node)?.[output];
    if (type === undefined) throw new InternalError("graph", `a region has no value %${node}`);
    return position < emits ? { dtype: type.dtype, shape: [length, ...type.shape] } : type;
  });
}

interface Cut {
  readonly region: Graph;
  readonly captures: readonly Value[];
}

/** Ops whose values cost nothing where they stand: a body has its own. */
const free: ReadonlySet<string> = new Set(["constant", "dimension", "iota", "broadcast", "reshape"]);

function cut(builder: GraphBuilder, own: readonly Value[], results: readonly Value[], emits: number): Cut {
  const inside = insideOf(builder, own, results);
  const body = new GraphBuilder();
  const moved = new Map<string, Value>();
  const captures: Value[] = [];
  const give = (value: Value): void => {
    const { span, path, backward } = builder.node(value.node);
    const origin = backward === undefined ? { span, path } : { span, path, backward };
    const name = `given ${moved.size}`;
    moved.set(
      keyOf(value),
      body.at(origin, () => given(body, name, builder.typeOf(value))),
    );
  };
  for (const value of own) give(value);
  const wanted = [...inside].sort((a, b) => a - b);
  for (const value of [...wanted.flatMap((id) => builder.node(id).inputs), ...results]) {
    if (moved.has(keyOf(value)) || inside.has(value.node)) continue;
    give(value);
    captures.push(value);
  }
  const now = (value: Value): Value => {
    const found = moved.get(keyOf(value));
    if (found === undefined) throw new InternalError("graph", `%${value.node} is not in its region`);
    return found;
  };
  for (const id of wanted) {
    const node = builder.node(id);
    body.origin = node;
    const made = body.again(node, node.inputs.map(now));
    for (const [output, value] of made.entries()) {
      const at = keyOf({ node: id, output });
      // What is given stays so, though another output of its node is made here.
      if (!moved.has(at)) moved.set(at, value);
    }
  }
  const outputs = results.map((value, position): GraphOutput => ({
    name: position < emits ? `emit ${position}` : `next ${position - emits}`,
    role: "result",
    value: now(value),
  }));
  return { region: body.finish(outputs), captures };
}

/** The nodes that depend on what is given, and the free ones between them, up to the results. */
function insideOf(builder: GraphBuilder, own: readonly Value[], results: readonly Value[]): ReadonlySet<number> {
  const isOwn = new Set(own.map(keyOf));
  const dependent = dependentOn(builder, own, results);
  const inside = new Set<number>();
  const pending = [...results];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const { op, inputs } = builder.node(value.node);
    if (isOwn.has(keyOf(value)) || inside.has(value.node)) continue;
    if (!dependent.has(value.node) && !free.has(op)) continue;
    inside.add(value.node);
    pending.push(...inputs);
  }
  return inside;
}

function dependentOn(builder: GraphBuilder, own: readonly Value[], results: readonly Value[]): ReadonlySet<number> {
  const last = results.reduce((most, { node }) => Math.max(most, node), -1);
  const dependent = new Set(own.map(({ node }) => node));
  for (let id = Math.min(...dependent, Infinity); id <= last; id += 1)
    if (builder.node(id).inputs.some(({ node }) => dependent.has(node))) dependent.add(id);
  return dependent;
}
