/** The functions of an exported train beside its network: what it begins with, and how each step moves parameters. */
import type { Elaboration } from "../../../compiler/elaborate/types.ts";
import { numberOf } from "../../../compiler/graph/attributes.ts";
import type { HostTrain } from "../../../compiler/program/host.ts";
import { functionBody } from "./function.ts";
import { graphOf } from "./graphs.ts";
import { updateTable, type StepsText, type Writing } from "./parts.ts";
import { ownName, tensorText, tuple } from "./python.ts";

/** `init`: what training begins with. */
export function initialFunction(elaboration: Elaboration, writing: Writing): string {
  const graph = graphOf(elaboration, "init");
  const outputs = graph.outputs.filter(({ role }) => role !== "counter" && role !== "metric");
  const body = functionBody(
    { nodes: graph.nodes, outputs },
    {
      ...writing,
      inputText: (name) => tensorText(name),
      parameters: [],
      taken: ["seed"],
      device: '"cpu"',
      comments: true,
    },
  );
  const counters = graph.outputs.filter(({ role }) => role === "counter");
  const constants = counters.map(
    ({ name, value }) => `"${name}": ${numberOf(graph.node(value.node).attributes, "value")}`,
  );
  return `@torch.no_grad()
def initialise(net, seed):
    """What nnc begins to train with from this seed."""
    seed = torch.tensor(seed, dtype=torch.int32)
${body.lines.map((line) => `    ${line}`).join("\n")}
    for name, value in {
${outputs.map(({ name }, at) => `        "${ownName(name)}": ${body.results[at]},`).join("\n")}
    }.items():
        variable(net, name).copy_(value)
    for name, value in {${constants.join(", ")}}.items():
        net.counters[name].fill_(value)
    net.counters["seed"].copy_(seed)


def variable(net, name):
    """A parameter, a state, or what an optimiser remembers."""
    if name in net.optimizer:
        return net.optimizer[name]
    *layers, own = name.split(".")
    for layer in layers:
        net = net[layer]
    return getattr(net, own)`;
}

/** By what a file of parameters says what it was trained by. */
export function trainText(train: HostTrain | undefined): string {
  const known = { "nnc.train": train?.label ?? "", "nnc.optimizer": train?.optimizer ?? "" };
  return `# The train that files of parameters are of.\nTRAIN = ${JSON.stringify(known)}`;
}

export function updatesText({ average }: HostTrain, { steps, optimizers }: StepsText): readonly string[] {
  const functions = optimizers.map(({ name, states, body }) => {
    const given = ["w", "g", "lr", ...states, "counters"].join(", ");
    const answer = tuple(body.results);
    return [
      `def ${name}(${given}):`,
      `    """What becomes of a parameter${states.length === 0 ? "" : ` and of ${states.join(", ")}`}."""`,
      ...body.lines.map((line) => `    ${line}`),
      `    return ${answer}`,
    ].join("\n");
  });
  const rates = steps.map(({ name, rate }) =>
    [
      `def rate_${name}(counters):`,
      '    """The learning rate."""',
      ...rate.lines.map((line) => `    ${line}`),
      `    return ${rate.results[0]}`,
    ].join("\n"),
  );
  const clips = steps.flatMap(({ name, clip, updates }) =>
    clip === undefined
      ? []
      : [
          [
            `def clip_${name}(g):`,
            '    """The gradients, scaled to at most the norm that the train says."""',
            ...clip.lines.map((line) => `    ${line}`),
            "    return {",
            ...updates.map(({ parameter }, at) => `        "${ownName(parameter)}": ${clip.results[at]},`),
            "    }",
          ].join("\n"),
        ],
  );
  const table = steps.map((step) =>
    [
      "    {",
      `        "name": "${step.name}",`,
      `        "rate": rate_${step.name},`,
      `        "clip": ${step.clip === undefined ? "None" : `clip_${step.name}`},`,
      "        # The parameters that move, by which optimiser, with what it remembers of each.",
      '        "moves": [',
      ...updateTable(step).map((line) => `            ${line}`),
      "        ],",
      "    },",
    ].join("\n"),
  );
  const averages = average === undefined ? "None" : String(average);
  return [
    ...functions,
    ...rates,
    ...clips,
    `# The steps of a turn of training, in order.\nSTEPS = [\n${table.join("\n")}\n]\n# The decay of averaged weights, which predictions are made with.\nAVERAGE = ${averages}`,
  ];
}
