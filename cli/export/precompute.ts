/**
 * What depends on nothing but what a network keeps is computed when it is exported, and stored in the place of that: no bit
 * of an answer changes, and the stored numbers take no more bytes. So an embedding that a layer multiplies becomes a table
 * of products, and batch norm has roots in the place of variances.
 */
import { constantValue, product } from "../../compiler/dimension/dimension.ts";
import type { Elaboration, EntryGraph, Variable } from "../../compiler/elaborate/types.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { Graph, keyOf } from "../../compiler/graph/graph.ts";
import { printAttributes } from "../../compiler/graph/print.ts";
import type { GraphNode, TensorType, Value } from "../../compiler/graph/types.ts";
import type { Compute } from "../../compiler/loops/types.ts";
import { loopsOf } from "../../compiler/ops/index.ts";
import { deadCode } from "../../compiler/passes/dead-code.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { lastingIn } from "../../compiler/passes/lasting.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import { tabulate } from "../../compiler/passes/tabulate.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";
import { raw } from "./storage.ts";
import type { Stored } from "./storage.ts";

/** Graphs, the variables that they may read, and how these are stored. */
export interface Kept extends Pick<Elaboration, "entries" | "variables"> {
  readonly stored: ReadonlyMap<string, Stored>;
}

/** What an export may multiply before, in a few seconds. */
const mostProducts = 2 ** 27;
/** The interpreter takes as long for a number that is no product of a contraction, be it a sum or a hyperbolic tangent. */
const productsANumber = 16;

/** With what can be computed before stored; as it is where that is nothing, would take more bytes or very long. */
export function precompute(kept: Kept): Kept {
  const plain = eachOf(kept.entries, (graph) => runPasses(graph, { verify: false, winograd: false }));
  const tabled = eachOf(plain, (graph) => deadCode.run(tabulate.run(graph)));
  const before = bytesOf(kept);
  for (const entries of [tabled, plain]) {
    if (entries.some(({ graph }) => workOf(graph) > mostProducts || hasUnstored(graph))) continue;
    const made = withStored({ ...kept, entries });
    if (made.stored.size > kept.stored.size && bytesOf(made) <= before) return made;
  }
  return kept;
}

function eachOf(entries: readonly EntryGraph[], make: (graph: Graph) => Graph): readonly EntryGraph[] {
  return entries.map(({ name, graph }) => ({ name, graph: make(graph) }));
}

/** Of all that the entries read, as it is stored. */
export function bytesOf({ entries, stored }: Kept): number {
  const live = entries.flatMap(({ graph }) => deadCode.run(graph).inputs);
  const read = new Set(live.map(({ attributes }) => stringOf(attributes, "name")));
  return [...read].reduce((sum, name) => sum + (stored.get(name)?.bytes.length ?? 0), 0);
}

/** What entries compute alike is stored once. */
function withStored(kept: Kept): Kept {
  const variables: Variable[] = [...kept.variables];
  const stored = new Map(kept.stored);
  const read = kept.entries.flatMap(({ graph }) => graph.inputs.map(({ attributes }) => stringOf(attributes, "name")));
  const names = new UniqueNames([...read, ...stored.keys(), ...variables.map(({ name }) => name)]);
  const known = new Map<number, Variable>();
  const numbers = new Map<string, number>();
  const entries = eachOf(kept.entries, (graph) => {
    const numberOf = numbered(graph, numbers);
    const wanted = wantedOf(graph);
    const fresh = wanted.filter((value) => !known.has(numberOf(value)));
    for (const [at, values] of valuesOf(graph, fresh, kept.stored).entries()) {
      const value = fresh[at];
      const { path, op } = graph.node(value.node);
      const variable: Variable = { name: names.take(`${path}.${op}`), role: "parameter", type: graph.typeOf(value) };
      known.set(numberOf(value), variable);
      variables.push(variable);
      stored.set(variable.name, raw(variable.name, values));
    }
    const replaced = new Map(wanted.map((value) => [keyOf(value), known.get(numberOf(value))]));
    return deadCode.run(
      rebuild(graph, (node, inputs, builder) => {
        const variable = replaced.get(keyOf({ node: node.id, output: 0 }));
        if (variable === undefined) return copy(node, inputs, builder);
        const { name, role, type } = variable;
        return builder.emit("input", [], { name, role, dtype: type.dtype, shape: type.shape });
      }),
    );
  });
  return { entries, variables, stored };
}

/** A number for each value, equal for values of any entry that are computed alike. */
function numbered({ nodes }: Graph, numbers: Map<string, number>): (value: Value) => number {
  const known = new Map<number, number>();
  for (const { id, op, attributes, inputs } of nodes) {
    const from = inputs.map(({ node, output }) => `${known.get(node)}.${output}`);
    const form = `${op}[${printAttributes(attributes)}] ${from.join(" ")}`;
    if (!numbers.has(form)) numbers.set(form, numbers.size);
    known.set(id, numbers.get(form) ?? 0);
  }
  return ({ node }) => known.get(node) ?? 0;
}

/** Ops that only move elements, which those who read them do at no cost. */
const movements: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose", "slice", "reverse"]);
const given: ReadonlySet<string> = new Set(["input", "constant", "iota"]);

/** The floats that last, are computed, and are read by what does not last; of what repeats or moves them, what it does that with. */
function wantedOf(graph: Graph): readonly Value[] {
  const lasts = lastingIn(graph.nodes, graph.outputs);
  const own = (value: Value): Value => {
    const { op, inputs } = graph.node(value.node);
    return movements.has(op) ? own(inputs[0]) : value;
  };
  const readers = graph.nodes.filter(({ id }) => !lasts({ node: id, output: 0 }));
  const read = [...readers.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ value }) => value)];
  const found = read.filter(lasts).map(own);
  const computed = found.filter((value) => isComputed(graph.node(value.node), graph));
  return [...new Map(computed.map((value) => [keyOf(value), value])).values()];
}

function isComputed({ id, op, outputs }: GraphNode, graph: Graph): boolean {
  if (given.has(op) || outputs.length > 1 || outputs[0].dtype !== "f32") return false;
  return readsInput({ node: id, output: 0 }, graph);
}

function readsInput(value: Value, graph: Graph): boolean {
  return [...graph.reaching([value])].some((id) => graph.node(id).op === "input");
}

/** How much is computed: products of contractions, and for each other number as many as it takes the time of. */
function workOf(graph: Graph): number {
  const needed = graph.reaching(wantedOf(graph));
  const computed = graph.nodes.filter(({ id, op }) => needed.has(id) && op !== "input");
  return computed.reduce((sum, node) => sum + stepsOf(node, graph) * (node.op === "contract" ? 1 : productsANumber), 0);
}

/** How often a node's loops run, all of whose sizes are closed. */
function stepsOf(node: GraphNode, graph: Graph): number {
  const operands = node.inputs.map((input, at) => ({ tensor: String(at), type: graph.typeOf(input) }));
  return loopsOf(node, operands).reduce((sum, compute) => sum + iterationsOf(compute), 0);
}

function iterationsOf(compute: Compute): number {
  const summed = compute.kind === "reduce" ? compute.over : [];
  const axes = compute.kind === "scatter" ? [...compute.axes, ...compute.from] : [...compute.axes, ...summed];
  return constantValue(product(axes.map(({ extent }) => extent))) ?? Infinity;
}

/** Whether rows are taken of a computed table that is not of floats, so not stored: each call would compute all of it. */
function hasUnstored(graph: Graph): boolean {
  return graph.nodes.some(
    ({ op, inputs: [table] }) => op === "take" && graph.typeOf(table).dtype !== "f32" && readsInput(table, graph),
  );
}

/** By the stored values: what a network computes of them, to the bit. */
function valuesOf(graph: Graph, wanted: readonly Value[], stored: Kept["stored"]): readonly Float32Array[] {
  if (wanted.length === 0) return [];
  const outputs = wanted.map((value, at) => ({ name: String(at), role: "result" as const, value }));
  const read = deadCode.run(new Graph(graph.nodes, outputs));
  const inputs = read.inputs.map(({ attributes, outputs: [type] }) => {
    const name = stringOf(attributes, "name");
    return [name, { shape: sizesOf(type), data: stored.get(name)?.values ?? [] }] as const;
  });
  const made = evaluateGraph(read, { inputs: new Map(inputs), dims: new Map(), precision: "f32" });
  return wanted.map((_, at) => Float32Array.from(made.get(String(at))?.data ?? []));
}

const sizesOf = ({ shape }: TensorType): readonly number[] => shape.map((size) => constantValue(size) ?? 0);
