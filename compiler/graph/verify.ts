/**
 * What must hold of every graph between passes. Ids, edges and existence are the Graph's own promise; here are types and names.
 */
import { inferTypes } from "../ops/index.ts";
import { stringOf } from "./attributes.ts";
import type { Graph } from "./graph.ts";
import { printType } from "./print.ts";
import type { GraphNode, TensorType } from "./types.ts";

/** Every broken promise, as a sentence; empty for a sound graph. */
export function verifyGraph(graph: Graph): readonly string[] {
  const nodes = graph.nodes.flatMap((node) => typeProblems(graph, node));
  const inputs = repeated(
    graph.inputs.map(({ attributes }) => `${stringOf(attributes, "role")} ${stringOf(attributes, "name")}`),
  );
  const outputs = repeated(graph.outputs.map(({ role, name }) => `${role} ${name}`));
  return [
    ...nodes,
    ...inputs.map((name) => `two inputs are ${name}`),
    ...outputs.map((name) => `two outputs are ${name}`),
  ];
}

function typeProblems(graph: Graph, { id, op, inputs, attributes, outputs }: GraphNode): readonly string[] {
  const inferred = inferTypes(
    op,
    inputs.map((input) => graph.typeOf(input)),
    attributes,
  );
  if ("kind" in inferred) return [`%${id} = ${op}: ${inferred.message}`];
  const [expected, found] = [printTypes(inferred), printTypes(outputs)];
  return expected === found ? [] : [`%${id} = ${op} is ${expected}, but says ${found}`];
}

function printTypes(types: readonly TensorType[]): string {
  return types.map(printType).join(", ");
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => {
    const again = seen.has(name);
    seen.add(name);
    return again;
  });
}
