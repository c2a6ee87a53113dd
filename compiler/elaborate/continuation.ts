/**
 * `continue.<Model>`: a model of text that reads on where it stopped. It is `predict.<Model>`, but what its scans along the text carry is given to
 * it, and given back: so the same kernels in the same order answer the same bits, however the text is cut. `continue_start.<Model>` gives the first.
 */
import { constantValue, symbolsOf } from "../dimension/dimension.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { scanParts } from "../graph/region.ts";
import type { GraphNode, GraphOutput, TensorType, Value } from "../graph/types.ts";
import type { HostContinuation, HostInput, HostModel, HostResult } from "../program/host.ts";
import { isAlong, isCausal } from "./causal.ts";
import type { Prediction } from "./predict.ts";
import type { Session } from "./session.ts";
import type { EntryGraph } from "./types.ts";

export interface Continuation {
  readonly entries: readonly EntryGraph[];
  readonly host: HostContinuation;
}

/** By the names of models; undefined where a model has none. */
export type Continuations = ReadonlyMap<string, Continuation | undefined>;

/** A value that a scan takes from place to place: what it begins with, and what it is behind the last place. */
interface Carry {
  readonly type: TensorType;
  readonly first: Value;
  readonly last: Value;
}

/**
 * Undefined where the model cannot be read in parts: where its places look at others, it takes texts of one length alone, or asks something of the
 * sizes that it is called with, which only a call of the model itself finds out.
 */
export function continuationOf(
  { graph: { graph }, host }: Prediction,
  { requirements }: Session,
): Continuation | undefined {
  const time = timeOf(host);
  const [output] = graph.outputs;
  if (time === undefined || requirements.some(({ entry }) => entry === host.entry)) return undefined;
  if (!isCausal(graph, output.value, time)) return undefined;
  const name = `continue.${host.name}`;
  const { builder, carries, answer } = inParts(graph, output.value, time, name);
  const { buffer: _, ...result } = host.results[0];
  const results = [
    { ...result, buffer: `${name}.output` },
    ...carries.map((carry, at) => carryOf(carry, at, name, "next")),
  ];
  const values = [answer, ...carries.map(({ last }) => last)];
  const step: HostContinuation["step"] = {
    entry: name,
    inputs: [...host.inputs, ...carries.map((carry, at): HostInput => carryOf(carry, at, name, "carry"))],
    results,
  };
  const entry = { name, graph: builder.finish(outputsOf(results, values)) };
  if (carries.length === 0) return { entries: [entry], host: { step } };
  const start = startOf(graph, carries, host);
  return { entries: [start.graph, entry], host: { start: start.host, step } };
}

/** The name of the dimension that counts the characters, where the model has the form of one of text and leaves their number open. */
function timeOf({ inputs: [input, ...inputs], results: [result, ...results] }: HostModel): string | undefined {
  if (input.dtype !== "i32" || result.dtype !== "f32" || inputs.length + results.length > 0) return undefined;
  if (input.shape.length !== 2 || result.shape.length !== 3) return undefined;
  const [rows, length] = input.shape;
  const [said, places, scores] = result.shape;
  const isOpen = symbolsOf(length).has(length.key) && !symbolsOf(rows).has(length.key);
  const fits = said.key === rows.key && places.key === length.key && constantValue(scores) !== undefined;
  return isOpen && fits ? length.key : undefined;
}

/** The nodes that the answer takes, with what comes from outside in the place of what scans begin with. */
function inParts(graph: Graph, result: Value, time: string, name: string) {
  const carries: Carry[] = [];
  // No more nodes than the model has, which counted when it was built.
  const builder = new GraphBuilder();
  const now = copied(graph, [result], builder, (node, inputs) => {
    if (!isAlong(node, time)) return builder.again(node, inputs);
    const parts = scanParts(node);
    const given = [...inputs];
    const own = Array.from({ length: parts.carries }, (_, at) => {
      const [type, place] = [graph.typeOf(node.inputs[parts.slices + at]), parts.slices + at];
      const attributes = { name: `${name}.carry_${carries.length + at}`, role: "input", ...type };
      given[place] = builder.one("input", [], attributes);
      return { type, first: node.inputs[place] };
    });
    const values = builder.again(node, given);
    carries.push(...own.map((carry, at) => ({ ...carry, last: values[parts.emits + at] })));
    return values;
  });
  return { builder, carries, answer: now(result) };
}

/** What the scans begin with: an entry that takes the text for its sizes alone. */
function startOf(graph: Graph, carries: readonly Carry[], host: HostModel) {
  const entry = `continue_start.${host.name}`;
  const results = carries.map((carry, at) => carryOf(carry, at, entry, "carry"));
  // No more nodes than the model has, which counted when it was built.
  const builder = new GraphBuilder();
  const first = carries.map((carry) => carry.first);
  const now = copied(graph, first, builder, (node, inputs) => builder.again(node, inputs));
  const outputs = outputsOf(results, first.map(now));
  return { host: { entry, inputs: host.inputs, results }, graph: { name: entry, graph: builder.finish(outputs) } };
}

/** Builds again what the values take; answers with where they are now. */
function copied(
  graph: Graph,
  wanted: readonly Value[],
  builder: GraphBuilder,
  copy: (node: GraphNode, inputs: readonly Value[]) => readonly Value[],
): (value: Value) => Value {
  const reached = graph.reaching(wanted);
  const made = new Map<number, readonly Value[]>();
  const now = ({ node, output }: Value): Value => (made.get(node) ?? [])[output];
  for (const node of graph.nodes) {
    if (!reached.has(node.id)) continue;
    builder.origin = node;
    made.set(node.id, copy(node, node.inputs.map(now)));
  }
  return now;
}

/** No name in a program holds a space, so it is none of the model's own input. */
function carryOf({ type }: Carry, at: number, entry: string, kind: "carry" | "next"): HostResult {
  return { name: `carry ${at}`, buffer: `${entry}.${kind}_${at}`, dtype: type.dtype, shape: type.shape };
}

function outputsOf(results: readonly HostResult[], values: readonly Value[]): readonly GraphOutput[] {
  return results.map(({ buffer }, at) => ({ name: buffer, role: "result", value: values[at] }));
}
