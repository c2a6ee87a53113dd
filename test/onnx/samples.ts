/**
 * What must have an ONNX form, as models of their own with what goes in and what the interpreter says comes out: every sample of every primitive, and
 * random programs of many.
 */
import { Emitter } from "../../cli/export/onnx/emitter.ts";
import { encodeModel } from "../../cli/export/onnx/model.ts";
import { whole } from "../../cli/export/onnx/operand.ts";
import { pruned } from "../../cli/export/onnx/prune.ts";
import { infoOf } from "../../cli/export/onnx/scan.ts";
import { translate } from "../../cli/export/onnx/translate.ts";
import { symbol } from "../../compiler/dimension/dimension.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { nodesWithin } from "../../compiler/graph/bodies.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { TensorData } from "../../compiler/loops/interpret.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { cases, run, trialOf } from "../ops/trial.ts";
import { generate } from "../random/generate.ts";
import { inputsOf } from "../random/program.ts";
import { evaluateAt } from "../random/reference.ts";

interface Given {
  readonly name: string;
  readonly dtype: ElementType;
  readonly value: TensorData;
}

export interface OnnxTrial {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Given[];
  /** In order, as the interpreter says it in float32 and, to know how far that is off, in float64. */
  readonly expected: readonly { readonly single: TensorData; readonly double: TensorData }[];
}

/** Those have no form: they draw, or come of a pass that does not run for ONNX. */
export const without: readonly string[] = ["random_bits", "random_uniform", "tiles", "untile"];

type Dims = ReadonlyMap<string, number>;

/** A graph after the passes, all that it reads as inputs; beside them an input `size N` for each open size N, which tells it. */
export function modelOf(graph: Graph, dims: Dims): Uint8Array {
  const own = graph.inputs.map(({ attributes, outputs: [type] }) => ({ name: stringOf(attributes, "name"), type }));
  const sizes = [...dims.keys()].map((name) => ({
    name: `size ${name}`,
    type: { dtype: "f32", shape: [symbol(name)] } as const,
  }));
  const sources = new Map([...dims.keys()].map((name) => [name, { input: `size ${name}`, axis: 0 }]));
  const inputs = [...own, ...sizes];
  // What a graph updates has the name of what it reads.
  const results = graph.outputs.map((_, at) => `output ${at}`);
  const emitter = new Emitter([...inputs.map(({ name }) => name), ...results], sources);
  const context = {
    emitter,
    inputOf: (node: Graph["nodes"][number]) => ({ name: stringOf(node.attributes, "name"), type: node.outputs[0] }),
    lines: new Map(),
    refuse: (what: string): never => {
      throw new Error(what);
    },
  };
  const outputs = translate(context, runPasses(graph, { verify: false, winograd: false })).map((operand, at) => {
    const name = results[at];
    emitter.nodeOf("Identity", emitter.fresh(`answer/${name}`), [whole(emitter, operand)], [name], {});
    return infoOf(name, operand.type);
  });
  const { nodes, initializers } = emitter;
  const infos = inputs.map(({ name, type }) => infoOf(name, type));
  return encodeModel({
    graph: pruned({ name: "graph", nodes, initializers, inputs: infos, outputs, doc: "" }),
    metadata: new Map(),
  });
}

/** Numbers that tell the open sizes. */
function sizesOf(dims: Dims): readonly Given[] {
  return [...dims].map(([name, size]) => ({
    name: `size ${name}`,
    dtype: "f32",
    value: { shape: [size], data: new Float32Array(size) },
  }));
}

export function sampleTrials(): readonly OnnxTrial[] {
  const dims = new Map([["N", 5]]);
  return cases
    .filter(({ op }) => !without.includes(op))
    .map((each): OnnxTrial => {
      const { trial, output } = trialOf(each);
      const graph = trial.graph(output);
      const inputs = graph.inputs.map(({ attributes, outputs: [{ dtype }] }): Given => {
        const name = stringOf(attributes, "name");
        const { shape, data = [] } = trial.values.get(name) ?? { shape: [] };
        return { name, dtype, value: { shape, data: dtype === "f32" ? Array.from(data, Math.fround) : data } };
      });
      const values = new Map(inputs.map(({ name, value }) => [name, value]));
      const [single, double] = (["f32", "f64"] as const).map((precision) => run(graph, values, precision));
      return {
        name: `${each.op}: ${each.name}`,
        model: modelOf(graph, dims),
        inputs: [...inputs, ...sizesOf(dims)],
        expected: [{ single, double }],
      };
    });
}

/** Programs from these seeds that draw nothing, with plain numbers, at one of the sizes that they are run at. */
export function randomTrials(seed: number, count: number): readonly OnnxTrial[] {
  const trials: OnnxTrial[] = [];
  for (let at = seed; trials.length < count; at += 1) {
    const program = generate(at, `p${at}`);
    const { graph, smooth, sizes } = program;
    if (smooth === undefined || nodesWithin(graph).some(({ op }) => without.includes(op))) continue;
    const dims = sizes[at % sizes.length];
    const values = inputsOf(program, dims);
    const inputs = graph.inputs.map(({ attributes, outputs: [{ dtype }] }): Given => {
      const name = stringOf(attributes, "name");
      return { name, dtype, value: values.get(name) ?? { shape: [], data: [] } };
    });
    const [single, double] = (["f32", "f64"] as const).map((precision) =>
      evaluateAt(program, graph, values, dims, precision),
    );
    trials.push({
      name: `program ${at}`,
      model: modelOf(graph, dims),
      inputs: [...inputs, ...sizesOf(dims)],
      expected: graph.outputs.map(({ name }) => ({
        single: single.get(name) ?? { shape: [], data: [] },
        double: double.get(name) ?? { shape: [], data: [] },
      })),
    });
  }
  return trials;
}
