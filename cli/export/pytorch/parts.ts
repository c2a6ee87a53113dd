/** The parts of a training step, which an elaboration keeps apart, as functions of Python: losses, rates, clipping, and an optimiser for each form of parameter. */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import { stringOf } from "../../../compiler/graph/attributes.ts";
import type { Graph } from "../../../compiler/graph/graph.ts";
import type { GraphOutput, Region } from "../../../compiler/graph/types.ts";
import type { Elaboration, Variable } from "../../../compiler/elaborate/types.ts";
import type { HostTrain } from "../../../compiler/program/host.ts";
import { functionBody, type FunctionBody, type FunctionOptions } from "./function.ts";
import { attributeCode, localName, ownName, readName, tensorText, tuple, type Text } from "./python.ts";

/** What every function of a module is written with. */
export type Writing = Pick<FunctionOptions, "helpers" | "rows" | "calls">;

/** One step of a train, in the order of its text. */
export interface StepText {
  /** As functions of the step are called. */
  readonly name: string;
  readonly loss: FunctionBody;
  /** The states that the loss's function returns behind what is minimised and the loss. */
  readonly states: readonly string[];
  readonly rate: FunctionBody;
  /** Missing where gradients are taken as they are. */
  readonly clip: FunctionBody | undefined;
  readonly updates: readonly Update[];
}

/** How a parameter moves: by this function, with these states of its own. */
interface Update {
  readonly parameter: string;
  readonly optimizer: string;
  readonly states: readonly string[];
}

/** An optimiser's function: the same for all parameters whose update reads the same. */
interface OptimizerText {
  readonly kind: string;
  readonly name: string;
  readonly states: readonly string[];
  readonly body: FunctionBody;
}

export interface StepsText {
  readonly steps: readonly StepText[];
  readonly optimizers: readonly OptimizerText[];
}

/** A variable, a counter or an argument as a method of the network reads it. */
export function methodInput(
  variables: ReadonlyMap<string, Variable>,
  given: ReadonlyMap<string, string>,
): (name: string) => Text {
  return (name) => {
    const argument = given.get(name);
    if (argument !== undefined) return tensorText(argument);
    // Between steps a variable is what the steps before have made of it.
    const own = variables.has(name) ? name : ownerOf(name);
    const variable = variables.get(own);
    if (variable === undefined) throw new InternalError("export", `nothing is called ${name}`);
    if (variable.role === "counter") return tensorText(`self.counters["${own}"]`);
    return tensorText(attributeCode(own));
  };
}

/** The variable that an input of a step is, or was before it. */
function ownerOf(name: string): string {
  return name.replace(/^after\.[^.]+\./, "");
}

/** `graph`: of equal values there is one; `written`: as elaborated, where the updates of alike parameters have one order. */
export function stepsText(
  elaboration: Elaboration,
  { graph, written }: { readonly graph: Graph; readonly written: Graph },
  train: HostTrain,
  writing: Writing,
): StepsText {
  const variables = new Map(elaboration.variables.map((variable) => [variable.name, variable]));
  const optimizers = new Map<string, OptimizerText>();
  const kinds = (train.optimizer ?? "").split(",");
  const steps = train.losses.map((_, at) => {
    const step = stepName(train, at);
    const isLast = at === train.losses.length - 1;
    const results = resultsOf(graph, step, isLast);
    const moved = resultsOf(written, step, isLast);
    const loss = lossOf(train, at, { graph, results, variables, writing });
    const parameters = [...results].filter(([own]) =>
      graph.outputs.some((one) => one.name === `clipped.${step}.${own}`),
    );
    const updates = parameters.map(([parameter]) =>
      updateOf({ step, parameter, kind: kinds[at] ?? "optimizer" }, optimizers, {
        graph: written,
        results: moved,
        variables,
        writing,
      }),
    );
    return {
      name: readName(step),
      ...loss,
      rate: functionOf(graph, [`rate.${step}`], counterInput, 'counters["step"].device', writing),
      clip: clipOf(
        graph,
        step,
        parameters.map(([own]) => own),
        writing,
      ),
      updates,
    };
  });
  return { steps, optimizers: [...optimizers.values()] };
}

/** The short form's only step is `main`, whose loss is called `loss`. */
function stepName({ losses }: HostTrain, at: number): string {
  const own = losses[at].buffer.slice("train_step.".length);
  return own === "loss" ? "main" : own;
}

/** What a step writes, by the variables' names. */
function resultsOf(graph: Graph, step: string, isLast: boolean): ReadonlyMap<string, GraphOutput> {
  const prefix = `after.${step}.`;
  const own = graph.outputs.flatMap((output): readonly (readonly [string, GraphOutput])[] => {
    if (output.name.startsWith(prefix)) return [[output.name.slice(prefix.length), output]];
    return isLast && output.role !== "result" && output.role !== "counter" ? [[output.name, output]] : [];
  });
  return new Map(own);
}

/** A graph, what a step writes of it, and what its functions are written with. */
interface Written {
  readonly graph: Graph;
  readonly results: ReadonlyMap<string, GraphOutput>;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly writing: Writing;
}

function lossOf(
  train: HostTrain,
  at: number,
  { graph, results, variables, writing }: Written,
): Pick<StepText, "loss" | "states"> {
  const step = stepName(train, at);
  const states = [...results].filter(([name]) => isOwnState(name, variables) && !isHandedOn(graph, results, name));
  const outputs = [
    outputOf(graph, `minimize.${step}`),
    outputOf(graph, train.losses[at].buffer),
    ...states.map(([, output]) => output),
  ];
  const given = new Map(train.inputs.map(({ name, buffer }) => [buffer, localName(name)]));
  const parameters = train.inputs.map(({ name, dtype, shape }) => ({ name: localName(name), type: { dtype, shape } }));
  const loss = functionBody(
    { nodes: graph.nodes, outputs },
    {
      ...writing,
      inputText: methodInput(variables, given),
      parameters,
      taken: [],
      device: "self.device",
      comments: true,
    },
  );
  return { loss, states: states.map(([name]) => name) };
}

function isOwnState(name: string, variables: ReadonlyMap<string, Variable>): boolean {
  return variables.get(name)?.role === "state" && !name.startsWith("average.");
}

/** Whether what a step says of a variable is what the step before it has said. */
function isHandedOn(graph: Graph, results: ReadonlyMap<string, GraphOutput>, name: string): boolean {
  const output = results.get(name);
  if (output === undefined) return false;
  const { op, attributes } = graph.node(output.value.node);
  return op === "input" && ownerOf(stringOf(attributes, "name")) === name;
}

function outputOf(graph: Graph, name: string): GraphOutput {
  const found = graph.outputs.find((output) => output.name === name);
  if (found === undefined) throw new InternalError("export", `the graph has no output ${name}`);
  return found;
}

function counterInput(name: string): Text {
  return tensorText(`counters["${name}"]`);
}

function functionOf(
  graph: Region & Graph,
  names: readonly string[],
  inputText: (name: string) => Text,
  device: string,
  writing: Writing,
): FunctionBody {
  const outputs = names.map((name) => outputOf(graph, name));
  return functionBody(
    { nodes: graph.nodes, outputs },
    { ...writing, inputText, parameters: [], taken: ["g", "counters"], device, comments: false },
  );
}

function clipOf(graph: Graph, step: string, parameters: readonly string[], writing: Writing): FunctionBody | undefined {
  const outputs = parameters.map((name) => outputOf(graph, `clipped.${step}.${name}`));
  if (outputs.every(({ value }) => graph.node(value.node).op === "input")) return undefined;
  const prefix = `gradient.${step}.`;
  const inputText = (name: string): Text => tensorText(`g["${ownName(name.slice(prefix.length))}"]`);
  return functionOf(
    graph,
    outputs.map(({ name }) => name),
    inputText,
    "device",
    writing,
  );
}

interface Moved {
  readonly step: string;
  readonly parameter: string;
  /** What the optimiser is called. */
  readonly kind: string;
}

function updateOf(
  { step, parameter, kind }: Moved,
  optimizers: Map<string, OptimizerText>,
  { graph, results, variables, writing }: Written,
): Update {
  const prefix = `optimizer.${step}.`;
  const states = [...variables.keys()].flatMap((name) =>
    name.startsWith(prefix) && name.endsWith(`.${parameter}`)
      ? [name.slice(prefix.length, name.length - parameter.length - 1)]
      : [],
  );
  const own = states.filter((state) => variables.has(`${prefix}${state}.${parameter}`) && !state.includes("."));
  const locals = new Map([
    [`clipped.${step}.${parameter}`, "g"],
    [`rate.${step}`, "lr"],
    ...own.map((state) => [`${prefix}${state}.${parameter}`, stateName(state)] as const),
  ]);
  const inputText = (name: string): Text => {
    const local = locals.get(name);
    if (local !== undefined) return tensorText(local);
    if (variables.get(name)?.role === "counter") return counterInput(name);
    return tensorText("w");
  };
  const outputs = [parameter, ...own.map((state) => `${prefix}${state}.${parameter}`)].flatMap((name) => {
    const output = results.get(name);
    return output === undefined ? [] : [output];
  });
  if (outputs.length !== own.length + 1)
    throw new InternalError("export", `${kind} leaves a state of ${parameter} as it is`);
  const taken = ["w", "g", "lr", "counters", ...own.map(stateName)];
  const body = functionBody(
    { nodes: graph.nodes, outputs },
    { ...writing, inputText, parameters: [], taken, device: "w.device", comments: false },
  );
  const key = JSON.stringify([kind, taken, body]);
  const known = optimizers.get(key);
  const alike = [...optimizers.values()].filter((one) => one.kind === kind).length;
  const name = `${readName(kind)}${alike === 0 ? "" : `_${alike + 1}`}_update`;
  const made = known ?? { kind, name, states: own.map(stateName), body };
  optimizers.set(key, made);
  return { parameter, optimizer: made.name, states: own };
}

/** What an optimiser calls a state, where its own arguments have the name. */
function stateName(state: string): string {
  const name = localName(state);
  return ["w", "g", "lr", "counters"].includes(name) ? `${name}_` : name;
}

export function updateTable({ updates }: StepText): readonly string[] {
  return updates.map(
    ({ parameter, optimizer, states }) =>
      `("${ownName(parameter)}", ${optimizer}, ${tuple(states.map((state) => `"${state}"`))}),`,
  );
}
