/**
 * Drops what a scan makes that nobody reads: emits, carries that only move themselves, and inputs that only those needed.
 * Before and after, where nobody reads %4:
 *
 *     %3, %4, %5 = scan(%0, %1, %2) {…}        %3, %4 = scan(%0, %1) {…}
 */
import { Graph, graphOf, keyOf } from "../graph/graph.ts";
import { givenOf, scanParts } from "../graph/region.ts";
import type { GraphNode, GraphOutput, Value } from "../graph/types.ts";
import { copy, rebuild, type Pass } from "./pass.ts";

export const trimScans: Pass = {
  name: "trim-scans",
  description: "Drops emits, carries and inputs of scans that no output depends on.",
  run: (graph) => (graph.nodes.some(({ region }) => region !== undefined) ? trimmed(graph, new Set()) : graph),
};

/** A scan without what is not needed: which of its inputs and outputs stay. */
interface Trimmed {
  readonly node: Pick<GraphNode, "op" | "attributes" | "outputs" | "region">;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The graph without what its outputs do not depend on; `held` nodes stay. */
function trimmed(graph: Graph, held: ReadonlySet<number>): Graph {
  const live = new Set(graph.outputs.map(({ value }) => keyOf(value)));
  const kept = new Set(held);
  const scans = new Map<number, Trimmed>();
  for (const node of graph.nodes.toReversed()) {
    const outputs = [...node.outputs.keys()].filter((output) => live.has(keyOf({ node: node.id, output })));
    if (outputs.length === 0 && !kept.has(node.id)) continue;
    kept.add(node.id);
    const scan = node.region === undefined ? undefined : trim(node, outputs);
    if (scan !== undefined) scans.set(node.id, scan);
    for (const [input, value] of node.inputs.entries())
      if (scan === undefined || scan.inputs.includes(input)) live.add(keyOf(value));
  }
  const now = (value: Value): Value => {
    const scan = scans.get(value.node);
    return scan === undefined ? value : { node: value.node, output: scan.outputs.indexOf(value.output) };
  };
  const nodes = graph.nodes
    .filter(({ id }) => kept.has(id))
    .map((node): GraphNode => {
      const scan = scans.get(node.id);
      const inputs = scan === undefined ? node.inputs : scan.inputs.map((input) => node.inputs[input]);
      return { ...node, ...scan?.node, inputs: inputs.map(now) };
    });
  const outputs = graph.outputs.map((output) => ({ ...output, value: now(output.value) }));
  return rebuild(new Graph(nodes, outputs), copy);
}

function trim(node: GraphNode, live: readonly number[]): Trimmed {
  const parts = scanParts(node);
  const { slices, carries, emits } = parts;
  const region = graphOf(parts.region);
  const givens = givenOf(region).map(({ id }) => id);
  const outputs = new Set(live);
  let used: ReadonlySet<number> = new Set();
  // A carry stays where its last value is read, or an output that stays depends on it.
  for (let before = -1; before < outputs.size;) {
    before = outputs.size;
    used = region.reaching([...outputs].map((output) => region.outputs[output].value));
    for (let carry = 0; carry < carries; carry += 1) if (used.has(givens[slices + carry])) outputs.add(emits + carry);
  }
  const staying = [...outputs].sort((a, b) => a - b);
  const isCarried = (input: number): boolean =>
    outputs.has(emits + input - slices) && input >= slices && input < slices + carries;
  const inputs = givens.flatMap((id, input) => (used.has(id) || isCarried(input) ? [input] : []));
  const held = new Set(inputs.map((input) => givens[input]));
  const named = staying.map((output, at): GraphOutput => ({ ...region.outputs[output], name: `output ${at}` }));
  const attributes = {
    ...node.attributes,
    slices: inputs.filter((input) => input < slices).length,
    carries: staying.filter((output) => output >= emits).length,
  };
  return {
    node: {
      op: node.op,
      attributes,
      outputs: staying.map((output) => node.outputs[output]),
      region: trimmed(new Graph(region.nodes, named), held),
    },
    inputs,
    outputs: staying,
  };
}
