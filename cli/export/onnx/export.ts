/**
 * A trained network as an ONNX model: the graph of `predict`, simplified but with convolutions as they are written, with its weights, what was fitted
 * to the data around it, and the names of classes and words beside it.
 */
import type { Compiled } from "../../../compiler/compile.ts";
import { exportRefused } from "../../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, InternalError, NncError } from "../../../compiler/diagnostics/diagnostic.ts";
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import { stringOf } from "../../../compiler/graph/attributes.ts";
import { nodesWithin } from "../../../compiler/graph/bodies.ts";
import type { Graph } from "../../../compiler/graph/graph.ts";
import type { GraphNode } from "../../../compiler/graph/types.ts";
import { runPasses } from "../../../compiler/passes/index.ts";
import type { Manifest } from "../../../compiler/program/artifact.ts";
import type { HostModel } from "../../../compiler/program/host.ts";
import { linesOf } from "../../../compiler/program/origins.ts";
import { UniqueNames } from "../../../compiler/program/unique-names.ts";
import { nameOf } from "../../../runtime/load/dimensions.ts";
import type { View } from "../../../runtime/load/executable.ts";
import type { Network } from "../../../runtime/load/index.ts";
import { fittedInput, valuesOf } from "../../../runtime/save/fitted.ts";
import type { Fitted } from "../../../runtime/save/fitted.ts";
import { Emitter } from "./emitter.ts";
import type { SizeSource } from "./emitter.ts";
import { encodeModel } from "./model.ts";
import type { ValueInfo } from "./model.ts";
import { whole } from "./operand.ts";
import type { Operand } from "./operand.ts";
import { outputsOf } from "./outputs.ts";
import type { OnnxOutput } from "./outputs.ts";
import { prepared, typeOutside, undone } from "./preprocessing.ts";
import { pruned } from "./prune.ts";
import { infoOf } from "./scan.ts";
import { translate } from "./translate.ts";

/** What the model is exported from. */
export interface OnnxSource {
  readonly compiled: Compiled;
  readonly network: Network;
  /** The doc comment of the model. */
  readonly doc: string;
}

/** The file's bytes. Throws NN0933 for what ONNX cannot say. */
export function onnxModel({ compiled, network, doc }: OnnxSource, model: HostModel): Uint8Array {
  const { manifest } = compiled.artifact;
  const { fitted } = network.record;
  const graph = predictionOf(compiled, model);
  const refuse: Refuse = (what, { path }) => {
    throw new NncError(diagnose(exportRefused, { model: model.name, what, path }, []));
  };
  requireSettled(graph, refuse);
  const outputs = outputsOf(manifest, model, fitted);
  const names = namesOf(graph, model, outputs);
  const emitter = new Emitter(names.taken, sizeSources(model, names.inputs));
  const given = new Map(
    model.inputs.map((input, at) => [input.buffer, inputOf(emitter, input, names.inputs[at], fitted)]),
  );
  const tensors = network.snapshot();
  const read = (node: GraphNode): Operand => {
    const name = stringOf(node.attributes, "name");
    return given.get(name)?.operand() ?? weight(emitter, name, node, tensors.get(name));
  };
  const said = translate({ emitter, inputOf: read, lines: linesOf(compiled.sources), refuse }, graph);
  const infos = outputs.map((output, at) => answer(emitter, said[at], output, names.outputs[at]));
  const { nodes, initializers } = emitter;
  const inputs = [...given.values()].map(({ info }) => info);
  return encodeModel({
    graph: pruned({ name: model.name, nodes, initializers, inputs, outputs: infos, doc }),
    metadata: metadataOf(manifest, model, names, outputs, fitted),
  });
}

type Refuse = (what: string, node: GraphNode) => never;

function predictionOf({ elaboration }: Compiled, model: HostModel): Graph {
  const entry = elaboration.entries.find(({ name }) => name === model.entry);
  if (entry === undefined) throw new InternalError("export", `there is no entry ${model.entry}`);
  return runPasses(entry.graph, { verify: false, winograd: false });
}

/** What a prediction is made with must not change from call to call. */
function requireSettled(graph: Graph, refuse: Refuse): void {
  const nodes = nodesWithin(graph);
  const draw = nodes.find(({ op }) => op === "random_uniform" || op === "random_bits");
  if (draw !== undefined) refuse("draws random numbers, whose bits opset 17 has no operators for", draw);
  const counter = nodes.find(({ op, attributes }) => op === "input" && attributes["role"] === "counter");
  if (counter !== undefined) refuse(`reads \`${stringOf(counter.attributes, "name")}\` of the training`, counter);
}

interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Those of tensors, too. */
  readonly taken: readonly string[];
}

/** Inputs as the model calls them, outputs as `predict` does; what another has already gets a number. */
function namesOf(graph: Graph, model: HostModel, outputs: readonly OnnxOutput[]): Names {
  const tensors = nodesWithin(graph).flatMap(({ op, attributes }) =>
    op === "input" && attributes["role"] !== "input" ? [stringOf(attributes, "name")] : [],
  );
  const unique = new UniqueNames(tensors);
  const inputs = model.inputs.map(({ name }) => unique.take(name));
  const named = outputs.map(({ name }) => unique.take(name));
  return { inputs, outputs: named, taken: [...tensors, ...inputs, ...named] };
}

/** Each open size is read off the first axis that is nothing else. */
function sizeSources({ inputs }: HostModel, names: readonly string[]): ReadonlyMap<string, SizeSource> {
  const found = new Map<string, SizeSource>();
  for (const [at, { shape }] of inputs.entries())
    for (const [axis, size] of shape.entries()) {
      const symbol = nameOf(size);
      if (symbol !== undefined && !found.has(symbol)) found.set(symbol, { input: names[at], axis });
    }
  return found;
}

/** An input of the file, and what the network reads of it, prepared where it is read at all. */
function inputOf(
  emitter: Emitter,
  { name, dtype, shape }: HostModel["inputs"][number],
  own: string,
  fitted: Fitted,
): { readonly info: ValueInfo; readonly operand: () => Operand } {
  const type = { dtype, shape };
  const fit = dtype === "f32" ? fittedInput(fitted, name) : undefined;
  const info = infoOf(own, type);
  if (fit === undefined) return { info, operand: () => ({ name: own, type }) };
  const operand = (): Operand => {
    emitter.place = { path: `prepare/${own}`, doc: `${own} as fitted to the training rows` };
    return { name: prepared(emitter, own, type, fit), type };
  };
  return { info: { ...info, type: typeOutside(fit) }, operand };
}

function weight(emitter: Emitter, name: string, { outputs: [type] }: GraphNode, data: View | undefined): Operand {
  if (data === undefined) throw new InternalError("export", `${name} has no value`);
  const shape = type.shape.map((size) => constantValue(size) ?? 0);
  return { name: emitter.tensor(name, type.dtype, shape, data), type };
}

/** A result under its name, in the units of the data. */
function answer(emitter: Emitter, said: Operand, { units }: OnnxOutput, name: string): ValueInfo {
  emitter.place = { path: `answer/${name}`, doc: units === undefined ? name : `${name} in the units of the data` };
  const own = whole(emitter, said);
  const raw = units === undefined ? own : undone(emitter, own, said.type, units);
  emitter.nodeOf("Identity", emitter.fresh(`answer/${name}`), [raw], [name], {});
  const info = infoOf(name, said.type);
  return units === undefined ? info : { ...info, type: typeOutside(units) };
}

/** What stands beside the graph: lists and objects as JSON. */
function metadataOf(
  { host }: Manifest,
  { inputs, entry }: HostModel,
  names: Names,
  outputs: readonly OnnxOutput[],
  fitted: Fitted,
): ReadonlyMap<string, string> {
  const named = (list: Fitted["classes"]): readonly (readonly [string, readonly string[]])[] =>
    inputs.flatMap(({ name }, at) => {
      const values = valuesOf(list, name);
      return values === undefined ? [] : [[names.inputs[at], values] as const];
    });
  const classes = outputs.find((output) => output.classes !== undefined)?.classes;
  const [columns, words] = [named(fitted.columns), named(fitted.classes)];
  const targets = outputs.find((output) => output.columns !== undefined)?.columns;
  const required = host.requirements.filter((one) => one.entry === entry).map(({ message }) => message);
  const all: readonly (readonly [key: string, value: unknown])[] = [
    ...(classes === undefined ? [] : [["classes", classes] as const]),
    ...(targets === undefined ? [] : [["targets", targets] as const]),
    ...(columns.length === 0 ? [] : [["columns", Object.fromEntries(columns)] as const]),
    ...(words.length === 0 ? [] : [["words", Object.fromEntries(words)] as const]),
    ...(fitted.vocabulary === null ? [] : [["vocabulary", fitted.vocabulary] as const]),
    ...(required.length === 0 ? [] : [["requires", required] as const]),
  ];
  return new Map(all.map(([key, value]) => [key, JSON.stringify(value)]));
}
