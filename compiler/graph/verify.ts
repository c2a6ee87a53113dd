/**
 * What must hold of every graph between passes, and of the regions of its nodes. Ids, edges and existence are the Graph's own promise; here are
 * types and names, and that a region and its node agree.
 */
import { inferTypes } from "../ops/index.ts";
import { stringOf } from "./attributes.ts";
import { graphOf, type Graph } from "./graph.ts";
import { printType, printValue } from "./print.ts";
import { givenOf, scanParts, scanTypes } from "./region.ts";
import type { GraphNode, Region, TensorType } from "./types.ts";

/** A graph, and where it is, for sentences: `in %5, `. */
interface Place {
  readonly graph: Graph;
  readonly within: string;
}

/** Every broken promise, as a sentence; empty for a sound graph. */
export function verifyGraph(graph: Graph): readonly string[] {
  const problems = [...leaks(graph)];
  const waiting: Place[] = [{ graph, within: "" }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { within, graph: own } = place;
    for (const problem of problemsOf(own)) problems.push(`${within}${problem}`);
    for (const { id, region } of own.nodes) {
      if (region === undefined) continue;
      const inside = { graph: graphOf(region), within: `${within}in %${id}, ` };
      for (const { id: input } of inside.graph.inputs) problems.push(`${inside.within}%${input} reads what is outside`);
      waiting.push(inside);
    }
  }
  return problems;
}

function problemsOf(graph: Graph): readonly string[] {
  const nodes = graph.nodes.flatMap((node) => (node.op === "scan" ? scanProblems : typeProblems)(graph, node));
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

/** What a body is given has no value outside of it. */
function leaks({ nodes, outputs }: Graph): readonly string[] {
  const given = new Set<number>();
  for (const { id, op, inputs } of nodes)
    if (op === "given" || inputs.some(({ node }) => given.has(node))) given.add(id);
  return outputs.flatMap(({ role, name, value }) =>
    given.has(value.node) ? [`${role} ${name} = ${printValue(value)} depends on what only a region is given`] : [],
  );
}

function typeProblems(graph: Graph, { id, op, inputs, attributes, outputs, region }: GraphNode): readonly string[] {
  if (region !== undefined) return [`%${id} = ${op} has a region`];
  const inferred = inferTypes(
    op,
    inputs.map((input) => graph.typeOf(input)),
    attributes,
  );
  if ("kind" in inferred) return [`%${id} = ${op}: ${inferred.message}`];
  return difference(`%${id} = ${op}`, inferred, outputs);
}

function scanProblems(graph: Graph, node: GraphNode): readonly string[] {
  const { id, inputs, outputs, region } = node;
  if (region === undefined) return [`%${id} = scan has no region`];
  const { length, slices, carries, emits } = scanParts(node);
  const given = typesOf(region);
  if (given.length !== inputs.length || slices + carries > given.length || emits < 0) {
    const counts = `${slices} slices, ${carries} carries and ${region.outputs.length} outputs`;
    return [`%${id} = scan has ${inputs.length} inputs for ${given.length} that its region is given, ${counts}`];
  }
  const expected = given.map(({ dtype, shape }, position) => ({
    dtype,
    shape: position < slices ? [length, ...shape] : shape,
  }));
  const found = inputs.map((input) => graph.typeOf(input));
  const next = scanTypes(region, length, emits).slice(emits);
  return [
    ...difference(`what %${id} = scan reads`, expected, found),
    ...difference(`what %${id} = scan carries`, given.slice(slices, slices + carries), next),
    ...difference(`%${id} = scan`, scanTypes(region, length, emits), outputs),
  ];
}

function typesOf(region: Region): readonly TensorType[] {
  return givenOf(region).flatMap(({ outputs }) => outputs);
}

function difference(what: string, expected: readonly TensorType[], found: readonly TensorType[]): readonly string[] {
  const [wanted, said] = [printTypes(expected), printTypes(found)];
  return wanted === said ? [] : [`${what} is ${wanted}, but says ${said}`];
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
