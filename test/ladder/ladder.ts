/**
 * Fixtures on the targets: every case's source goes through the whole compiler, and all cases of a file are the entries of
 * one artifact for each target, named apart by a prefix.
 */
import { stringOf } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Value } from "../../compiler/graph/types.ts";
import type { Elaboration, Variable } from "../../compiler/elaborate/types.ts";
import { elaborateSource, type FrontOptions } from "../../compiler/front.ts";
import { javascript, simd } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { copy, rebuild } from "../../compiler/passes/pass.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { runner, type Target } from "../random/batch.ts";
import { startTypescript, startWasm } from "../random/start.ts";

/** A case's entry graph among those of other cases: the prefix stands before all its names. */
export interface Rung {
  readonly prefix: string;
  readonly graph: Graph;
  readonly bounds: ReadonlyMap<string, number>;
}

/** Throws where the case does not compile. */
export function elaborateCase(source: string, options: FrontOptions = {}): Elaboration {
  const { elaboration, diagnostics } = elaborateSource({ name: "case.nn", source }, options);
  if (elaboration === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return elaboration;
}

export function entryOf({ entries }: Elaboration, name: string): Graph {
  const found = entries.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no entry ${name}`);
  return found.graph;
}

export function rung(prefix: string, { bounds }: Elaboration, graph: Graph): Rung {
  const renamed = rebuild(graph, (node, inputs, builder) => {
    if (node.op !== "input") return copy(node, inputs, builder);
    return builder.emit("input", [], { ...node.attributes, name: `${prefix}${stringOf(node.attributes, "name")}` });
  });
  const outputs = renamed.outputs.map((output) => ({ ...output, name: `${prefix}${output.name}` }));
  return { prefix, bounds, graph: withOutputs(renamed, outputs) };
}

function withOutputs(graph: Graph, outputs: Graph["outputs"]): Graph {
  const builder = new GraphBuilder();
  for (const node of graph.nodes) builder.again(node, node.inputs);
  return builder.finish(outputs);
}

/** The graph with the gradients of Σ weights · output as results `gradient.<name>`. */
export function withGradients(graph: Graph, wanted: readonly string[]): Graph {
  const builder = new GraphBuilder();
  for (const node of graph.nodes) builder.again(node, node.inputs);
  const [{ value: output }] = graph.outputs;
  const { shape } = builder.typeOf(output);
  const weights = builder.one("input", [], { name: "weights", role: "input", dtype: "f32", shape });
  const total = builder.one("sum", [builder.one("mul", [weights, output])], { axes: [...shape.keys()] });
  const places = wanted.map((name): Value => {
    const node = graph.inputs.find(
      ({ attributes }) => attributes["name"] === name || attributes["name"] === `M.${name}`,
    );
    if (node === undefined) throw new Error(`no input ${name}`);
    return { node: node.id, output: 0 };
  });
  const found = gradients(builder, total, places);
  if ("kind" in found) throw new Error("no gradient");
  const results = wanted.flatMap((name, at) => {
    const value = found[at];
    return value === undefined ? [] : [{ name: `gradient.${name}`, role: "result" as const, value }];
  });
  return builder.finish([graph.outputs[0], ...results]);
}

/** All rungs on both targets. */
export async function startLadder(rungs: readonly Rung[]): Promise<readonly Target[]> {
  const elaboration = together(rungs);
  const [scalars, vectors] = [javascript, simd].map(
    (machine) => buildProgram(elaboration, machine, { verify: true }).program,
  );
  return [
    { name: "TypeScript", run: runner(scalars, await startTypescript(emitTypescript(scalars))) },
    { name: "WebAssembly", run: runner(vectors, startWasm(emitWasm(vectors))) },
  ];
}

function together(rungs: readonly Rung[]): Elaboration {
  const bounds = new Map<string, number>();
  const variables = new Map<string, Variable>();
  for (const { graph, bounds: own } of rungs) {
    for (const [name, bound] of own) bounds.set(name, Math.max(bound, bounds.get(name) ?? 1));
    for (const {
      attributes,
      outputs: [type],
    } of graph.inputs) {
      const [name, role] = [stringOf(attributes, "name"), attributes["role"]];
      if (role === "parameter" || role === "state" || role === "optimizer" || role === "counter" || role === "metric")
        variables.set(name, { name, role, type });
    }
    for (const { name, role, value } of graph.outputs)
      if (role !== "result") variables.set(name, { name, role, type: graph.typeOf(value) });
  }
  const entries = rungs.map(({ prefix, graph }) => ({ name: prefix, graph }));
  return {
    name: "ladder",
    entries,
    variables: [...variables.values()],
    bounds,
    host: { language: "1", models: [], requirements: [] },
  };
}

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Runs a rung on values by their names without the prefix; all its outputs, and names alike. */
export function climb(
  target: Target,
  { prefix, graph }: Rung,
  values: ReadonlyMap<string, Numbers>,
  dims: Readonly<Record<string, number>>,
): ReadonlyMap<string, ArrayLike<number>> {
  const inputs = new Map(
    [...values].map(([name, { shape, data }]) => [`${prefix}${name}`, { shape, data: Float64Array.from(data) }]),
  );
  const wanted = graph.outputs.map(({ name }) => name);
  const found = target.run(prefix, new Map(Object.entries(dims)), inputs, wanted);
  return new Map([...found].map(([name, { data }]) => [name.slice(prefix.length), data]));
}
