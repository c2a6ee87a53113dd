/**
 * Smaller programs that fail alike: outputs dropped, values replaced by one of their operands or by inputs of their own,
 * sizes left out, until nothing can go.
 */
import { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { GraphNode, GraphOutput, Value } from "../../compiler/graph/types.ts";
import { sameShape } from "../../compiler/ops/emit.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import { nameOf, type RandomProgram } from "./program.ts";

/** What is wrong with a program, undefined where nothing is. */
export type Check = (program: RandomProgram) => Promise<string | undefined>;

/** The smallest failing program found in at most this many trials. */
const mostTrials = 400;

export async function shrink(program: RandomProgram, check: Check): Promise<RandomProgram> {
  let best = program;
  let trials = 0;
  for (let found = true; found && trials < mostTrials;) {
    found = false;
    for (const smaller of candidates(best)) {
      if (++trials > mostTrials) break;
      if ((await check(smaller)) === undefined) continue;
      best = smaller;
      found = true;
      break;
    }
  }
  return best;
}

function* candidates(program: RandomProgram): Generator<RandomProgram> {
  const { graph, sizes } = program;
  if (sizes.length > 1) for (const size of sizes) yield { ...program, sizes: [size] };
  if (graph.outputs.length > 1) for (const output of graph.outputs) yield withOutputs(program, [output]);
  for (const output of graph.outputs)
    yield withOutputs(
      program,
      graph.outputs.filter((other) => other !== output),
    );
  for (const node of [...graph.nodes].reverse()) {
    // What makes several values at once, as a scan does, has no one type that would do for it.
    if (node.op === "input" || node.outputs.length > 1) continue;
    for (const input of node.inputs) if (sameType(graph, node, input)) yield replaced(program, node, input);
    if (node.inputs.length > 0) yield replaced(program, node, undefined);
  }
}

function sameType(graph: Graph, { outputs: [type] }: GraphNode, value: Value): boolean {
  const other = graph.typeOf(value);
  return type !== undefined && other.dtype === type.dtype && sameShape(other.shape, type.shape);
}

function withOutputs(program: RandomProgram, outputs: readonly GraphOutput[]): RandomProgram {
  const graph = new Graph(program.graph.nodes, outputs);
  const used = graph.reaching(outputs.map(({ value }) => value));
  return { ...program, graph: rebuild(graph, copy, ({ id }) => used.has(id)) };
}

/** The node's uses become uses of `by`, or of a new input of its type. */
function replaced(program: RandomProgram, node: GraphNode, by: Value | undefined): RandomProgram {
  const { graph, name } = program;
  const [{ dtype, shape }] = node.outputs;
  const { region: _, ...rest } = node;
  const own: GraphNode = {
    ...rest,
    op: "input",
    inputs: [],
    attributes: { name: `${name}.r${node.id}`, role: "input", dtype, shape },
  };
  const swap = (value: Value): Value => (by !== undefined && value.node === node.id ? by : value);
  const nodes = graph.nodes.map((one) =>
    one === node && by === undefined ? own : { ...one, inputs: one.inputs.map(swap) },
  );
  const outputs = graph.outputs.map((output) => ({ ...output, value: swap(output.value) }));
  return withOutputs({ ...program, graph: new Graph(nodes, outputs) }, outputs);
}

/** The program as a person would want it in a report. */
export function describe({ graph, bounds, sizes, profiles }: RandomProgram): string {
  const dims = [...bounds].map(([name, bound]) => `${name} ≤ ${bound}`).join(", ");
  const at = sizes.map((size) => [...size].map(([name, value]) => `${name} = ${value}`).join(", ")).join("; ");
  const drawn = graph.inputs.map((node) => `${nameOf(node)}: ${profiles.get(nameOf(node)) ?? "plain"}`).join(", ");
  return [printGraph(graph), `open: ${dims}; run at ${at}`, `inputs ${drawn}`].join("\n");
}
