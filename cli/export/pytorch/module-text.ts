/**
 * The text of an exported network: a module of PyTorch with a method for each model, and of its train what each step minimises and how it moves
 * parameters; around it the files of nnc, read and written.
 */
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import type { Elaboration, Variable } from "../../../compiler/elaborate/types.ts";
import type { Graph } from "../../../compiler/graph/graph.ts";
import type { GraphOutput } from "../../../compiler/graph/types.ts";
import type { HostInput, HostModel, HostTrain } from "../../../compiler/program/host.ts";
import { checkpointText } from "./checkpoint-text.ts";
import { functionBody, type FunctionBody } from "./function.ts";
import { callsOf, type CalledModel } from "./model-calls.ts";
import { graphOf, trainStep } from "./graphs.ts";
import { helpersText, type HelperName } from "./helpers.ts";
import { methodInput, stepsText, type StepsText, type Writing } from "./parts.ts";
import { localName, ownName, readName, tuple } from "./python.ts";
import { trainingText } from "./training-text.ts";
import { initialFunction, trainText, updatesText } from "./updates-text.ts";

export interface ModuleOptions {
  /** The doc comments of the models, by their names. */
  readonly docs: ReadonlyMap<string, string>;
  /** The model that the module is called as. */
  readonly model: string;
  readonly sourceName: string;
}

/** A whole file of Python. */
export function moduleText(elaboration: Elaboration, options: ModuleOptions): string {
  const { host } = elaboration;
  const helpers = new Set<HelperName>();
  const writing: Writing = { helpers, rows: rowsOf(host.train) };
  const models = calledModels(elaboration);
  const methods = host.models.map((model) => {
    // Only smaller ones, lest two call each other.
    const others = models.slice(models.findIndex(({ method }) => method === methodName(model.name)) + 1);
    return modelMethod(model, elaboration, options, { ...writing, calls: callsOf(others) });
  });
  const calling: Writing = { ...writing, calls: callsOf(models) };
  const { train } = host;
  const steps = train === undefined ? undefined : stepsText(elaboration, trainStep(elaboration), train, calling);
  const training =
    train === undefined || steps === undefined
      ? []
      : [...lossMethods(train, steps), ...evaluateMethod(elaboration, train, calling)];
  // The order of an epoch is drawn, too.
  if (train !== undefined) helpers.add("threefry");
  const initial = initialFunction(elaboration, writing);
  const network = [
    networkText(elaboration, options),
    indented(forwardText(elaboration, options)),
    ...[...methods, ...training].map(indented),
  ].join("\n\n");
  return [
    headerText(elaboration, options),
    ...helpersText(helpers),
    variablesText(elaboration),
    groupText,
    network,
    initial,
    ...(train === undefined || steps === undefined ? [] : updatesText(train, steps)),
    trainText(train),
    checkpointText,
    ...(train === undefined ? [] : [trainingText(train)]),
  ]
    .map((part) => part.trimEnd())
    .join("\n\n\n")
    .concat("\n");
}

/** The models with one answer, the largest first: what calls another is called itself where it can be. */
function calledModels(elaboration: Elaboration): readonly CalledModel[] {
  const models = elaboration.host.models.map(({ name, entry, inputs }) => ({
    method: methodName(name),
    graph: graphOf(elaboration, entry),
    inputs: inputs.map(({ buffer }) => buffer),
  }));
  return models
    .filter(({ graph }) => graph.outputs.length === 1)
    .toSorted((a, b) => b.graph.nodes.length - a.graph.nodes.length);
}

/** The open dimension that counts the rows of a batch. */
function rowsOf(train: HostTrain | undefined): string | undefined {
  const [size] = train?.inputs[0]?.shape ?? [];
  return size !== undefined && constantValue(size) === undefined ? size.key : undefined;
}

function headerText({ host }: Elaboration, { docs, sourceName, model }: ModuleOptions): string {
  const doc = docs.get(model) ?? "";
  const own = doc.split("\n").filter((line) => line !== "");
  const lines = [
    ...own,
    `The network of ${sourceName} in PyTorch (1.13 or 2), exported by nnc.`,
    "",
    "    net = Network()",
    '    load(net, "parameters.safetensors")',
    "    net.eval()",
    `    answer = net(${inputsOf(host.models, model)
      .map(({ name }) => localName(name))
      .join(", ")})`,
  ];
  return [
    `"""\n${lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll('"""', "'''")).join("\n")}\n"""`,
    "import json",
    "import math",
    "import os",
    "import struct",
    "",
    "import torch",
    "import torch.nn.functional as F",
    "from torch import nn",
  ].join("\n");
}

function inputsOf(models: readonly HostModel[], name: string): readonly HostInput[] {
  return models.find((model) => model.name === name)?.inputs ?? [];
}

function variableLines({ variables }: Elaboration, role: Variable["role"]): readonly string[] {
  return variables
    .filter((variable) => variable.role === role)
    .map(({ name, type: { dtype, shape } }) => {
      const sizes = tuple(shape.map((size) => constantValue(size) ?? 0));
      const own = `"${ownName(name)}": ${shape.length === 0 ? "()" : sizes}`;
      return dtype === "f32" ? `    ${own},` : `    ${own},  # ${dtype}`;
    });
}

function dictionary(doc: string, name: string, lines: readonly string[]): string {
  return `# ${doc}\n${name} = {${lines.length === 0 ? "}" : `\n${lines.join("\n")}\n}`}`;
}

function variablesText(elaboration: Elaboration): string {
  const kept = elaboration.variables.filter(({ role }) => role !== "counter" && role !== "metric");
  const renamed = kept.filter(({ name }) => ownName(name) !== name);
  const whole = kept.filter(({ type: { dtype } }) => dtype !== "f32");
  return [
    dictionary(
      "What is trained, by the names that nnc saves it under.",
      "PARAMETERS",
      variableLines(elaboration, "parameter"),
    ),
    dictionary("What changes in training without gradients.", "STATES", variableLines(elaboration, "state")),
    dictionary("What optimisers remember.", "OPTIMIZER", variableLines(elaboration, "optimizer")),
    dictionary(
      "Those of them that are no floats.",
      "DTYPES",
      whole.map(({ name, type }) => `    "${ownName(name)}": torch.${type.dtype === "bool" ? "bool" : "int32"},`),
    ),
    dictionary(
      "Saved names that a module of PyTorch has no room for.",
      "RENAMED",
      renamed.map(({ name }) => `    "${name}": "${ownName(name)}",`),
    ),
  ].join("\n");
}

const groupText = `class Group(nn.Module):
    """What belongs to a layer: its parameters, its states, and the layers within it."""

    def __getitem__(self, name):
        return self._modules[str(name)]

    def put(self, path, value):
        """Makes a parameter or a state at a path such as \`Digits.dense.w\`."""
        first, _, rest = path.partition(".")
        if rest:
            if first not in self._modules:
                self.add_module(first, Group())
            self._modules[first].put(rest, value)
        elif isinstance(value, nn.Parameter):
            self.register_parameter(first, value)
        else:
            self.register_buffer(first, value)`;

function networkText({ host }: Elaboration, { sourceName }: ModuleOptions): string {
  const counters = ["seed", "step", "epoch", "step_in_epoch", "steps_per_epoch", "epochs"];
  const names = host.models.map(({ name }) => name);
  return `class Network(Group):
    """The models of ${sourceName}: ${names.join(", ")}."""

    def __init__(self):
        super().__init__()
        for name, shape in PARAMETERS.items():
            self.put(name, nn.Parameter(torch.zeros(shape)))
        for name, shape in STATES.items():
            self.put(name, torch.zeros(shape, dtype=DTYPES.get(name, torch.float32)))
        # What is no module's: what optimisers remember, how far training is, and which rows of a batch are here.
        self.optimizer = {name: torch.zeros(shape, dtype=DTYPES.get(name, torch.float32)) for name, shape in OPTIMIZER.items()}
        self.counters = {name: torch.zeros((), dtype=torch.int32) for name in (${counters.map((name) => `"${name}"`).join(", ")})}
        self.rows = None
        self.metadata = {}

    @property
    def device(self):
        return self.counters["seed"].device

    def _apply(self, function, *options):
        """Also moves what is no module's: \`net.to("cuda")\`."""
        super()._apply(function, *options)
        self.optimizer = {name: function(value) for name, value in self.optimizer.items()}
        self.counters = {name: function(value) for name, value in self.counters.items()}
        return self`;
}

function forwardText({ host }: Elaboration, { model }: ModuleOptions): string {
  const given = inputsOf(host.models, model)
    .map(({ name }) => localName(name))
    .join(", ");
  return `def forward(self, ${given}):\n    return self.${methodName(model)}(${given})`;
}

function methodName(model: string): string {
  return `predict_${readName(model)}`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}

function modelMethod(model: HostModel, elaboration: Elaboration, { docs }: ModuleOptions, writing: Writing): string {
  const graph = graphOf(elaboration, model.entry);
  const body = methodBody(elaboration, graph, graph.outputs, model.inputs, writing);
  const own = (docs.get(model.name) ?? "").split("\n").filter((line) => line !== "");
  return methodText(methodName(model.name), model.inputs, own, body, body.results.join(", "));
}

function methodBody(
  elaboration: Elaboration,
  graph: Graph,
  outputs: readonly GraphOutput[],
  inputs: readonly HostInput[],
  writing: Writing,
): FunctionBody {
  const variables = new Map(elaboration.variables.map((variable) => [variable.name, variable]));
  const given = new Map(inputs.map(({ name, buffer }) => [buffer, localName(name)]));
  return functionBody(
    { nodes: graph.nodes, outputs },
    {
      ...writing,
      inputText: methodInput(variables, given),
      parameters: inputs.map(({ name, dtype, shape }) => ({ name: localName(name), type: { dtype, shape } })),
      taken: [],
      device: "self.device",
      comments: true,
    },
  );
}

function methodText(
  name: string,
  inputs: readonly HostInput[],
  doc: readonly string[],
  { lines }: FunctionBody,
  answer: string,
): string {
  const shapes = inputs.map(({ name: own, dtype, shape }) => {
    const type = dtype === "f32" ? "" : `${dtype} `;
    return `${localName(own)}: ${type}[${shape.map(({ key }) => key).join(", ")}]`;
  });
  const about = [...doc, ...(shapes.length === 0 ? [] : [`${shapes.join(", ")}.`])].map((line) =>
    line.replaceAll("\\", "\\\\").replaceAll('"""', "'''"),
  );
  const quoted = about.length === 1 ? [`"""${about[0]}"""`] : ['"""', ...about, '"""'];
  const written = about.length === 0 ? [] : quoted;
  const given = ["self", ...inputs.map(({ name: own }) => localName(own))].join(", ");
  return [`def ${name}(${given}):`, ...[...written, ...lines, `return ${answer}`].map((line) => `    ${line}`)].join(
    "\n",
  );
}

function lossMethods({ inputs }: HostTrain, { steps }: StepsText): readonly string[] {
  return steps.map(({ name, loss, states }) => {
    const [minimised, told, ...kept] = loss.results;
    const written = states.map((state, at) => `"${ownName(state)}": ${kept[at]}`);
    const doc = [`What the step ${name} minimises, its loss, and the states that it leaves behind.`];
    const answer = `${minimised}, ${told}, {${written.join(", ")}}`;
    return methodText(`loss_${name}`, inputs, doc, loss, answer);
  });
}

function evaluateMethod(
  elaboration: Elaboration,
  { inputs, evaluation }: HostTrain,
  writing: Writing,
): readonly string[] {
  const graph = graphOf(elaboration, "evaluate");
  const losses = evaluation.losses ?? [evaluation.loss];
  const outputs = losses.flatMap(({ buffer }) => graph.outputs.filter(({ name }) => name === buffer));
  const body = methodBody(elaboration, graph, outputs, inputs, writing);
  const answer = `{${losses.map(({ name }, at) => `"${name}": ${body.results[at]}`).join(", ")}}`;
  return [methodText("evaluate", inputs, ["The losses of rows that nothing is learnt from."], body, answer)];
}
