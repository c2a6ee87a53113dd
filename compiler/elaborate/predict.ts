/** `predict.<Model>`: a model on inputs from outside, not training. */
import { symbolsOf } from "../dimension/dimension.ts";
import type { GraphOutput } from "../graph/types.ts";
import type { HostModel, HostResult } from "../program/host.ts";
import type { DeclaredCallable } from "../semantics/module.ts";
import { Entry } from "./entry.ts";
import { hostInput, inputTensor, modelInputsOf, openSizes, topFrame } from "./inputs.ts";
import type { Frame } from "./frame.ts";
import type { Session } from "./session.ts";
import { looksBeside } from "./together.ts";
import type { EntryGraph } from "./types.ts";
import { noArguments, type Evaluated, type Tensor } from "./values.ts";

export interface Prediction {
  readonly entry: Entry;
  readonly graph: EntryGraph;
  readonly host: HostModel;
}

/** The model's inputs as graph inputs `Digits.image`, in the frame that its dimensions are named in. */
export function givenInputs(
  target: DeclaredCallable,
  frame: Frame,
): readonly { readonly name: string; readonly buffer: string; readonly tensor: Tensor }[] {
  const model = target.declaration.name.text;
  const inputs = modelInputsOf(target, frame.session);
  openSizes(
    inputs.map(({ types }) => types[0]),
    frame,
  );
  return inputs.map(({ name, types }) => {
    const buffer = `${model}.${name.text}`;
    return { name: name.text, buffer, tensor: inputTensor(buffer, types[0], frame) };
  });
}

/** Calls a model with tensors. */
export function callModel(target: DeclaredCallable, tensors: readonly Tensor[], frame: Frame): Evaluated {
  const { span } = target.declaration.name;
  const given = { ...noArguments, tensors: tensors.map((value) => ({ value, span, label: undefined })) };
  return frame.session.evaluator.call(target, given, frame.session.rootOf(target), frame, span);
}

export function buildPrediction(target: DeclaredCallable, session: Session): Prediction {
  const model = target.declaration.name.text;
  const name = `predict.${model}`;
  const entry = new Entry(session, name, { training: false, averaged: true });
  const frame = topFrame(entry, target.scope, session.rootOf(target), model, `the model \`${model}\``);
  const inputs = givenInputs(target, frame);
  const result = callModel(
    target,
    inputs.map(({ tensor }) => tensor),
    frame,
  );
  const items = result.kind === "tuple" ? result.items : [result];
  const tensors = items.filter((item) => item.kind === "tensor");
  const results = tensors.map((tensor, index): HostResult => {
    const own = tensors.length === 1 ? "output" : `output_${index}`;
    return { name: own, buffer: `${name}.${own}`, dtype: tensor.type.dtype, shape: tensor.type.shape };
  });
  const outputs = results.map(({ buffer }, index): GraphOutput => ({
    name: buffer,
    role: "result",
    value: tensors[index].value,
  }));
  const host: HostModel = {
    name: model,
    entry: name,
    results,
    parameters: 0,
    inputs: inputs.map((input) => hostInput(input.name, input.buffer, input.tensor, session)),
  };
  const graph = entry.finish(outputs);
  const rows = host.inputs.at(0)?.shape.at(0);
  const together = rows !== undefined && symbolsOf(rows).has(rows.key) && looksBeside(graph, rows.key);
  return { entry, graph: { name, graph }, host: { ...host, ...(together ? { together } : {}) } };
}
