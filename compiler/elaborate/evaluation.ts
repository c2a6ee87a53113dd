/**
 * `evaluate`: losses and streaming metrics of one batch, outside training. `metric.<name>`: a metric without state, over what it takes of
 * a whole set at once.
 */
import { dimensionNamed } from "./values.ts";
import { substitute, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import { keyOf } from "../graph/graph.ts";
import type { GraphOutput } from "../graph/types.ts";
import type { HostResult, HostUnits, HostWholeMetric } from "../program/host.ts";
import { UniqueNames } from "../program/unique-names.ts";
import { assign, isTensorInput } from "./arguments.ts";
import { Entry } from "./entry.ts";
import type { Frame, Storage } from "./frame.ts";
import { hostInput } from "./inputs.ts";
import { metricArguments, type MetricPlan } from "./metric-plan.ts";
import { compare, comparison, minimised, objectiveOf, stepFrame, trainFrame } from "./objective.ts";
import type { Objective, TargetFacts } from "./objective.ts";
import { checkLogits, checkMetric } from "./probabilities.ts";
import { toTensor } from "./tensors.ts";
import type { Session } from "./session.ts";
import { variableOutputs } from "./train-step.ts";
import { lossNames, type TrainPlan } from "./train-plan.ts";
import type { EntryGraph } from "./types.ts";
import { inUnits } from "./units.ts";
import type { GivenArgument, Tensor } from "./values.ts";
import { rowsName, streams } from "./whole-set.ts";

export interface Evaluation {
  readonly entry: Entry;
  readonly entries: readonly EntryGraph[];
  /** The first is `loss`; with several steps, each by its name follows. */
  readonly losses: readonly HostResult[];
  readonly metrics: readonly HostResult[];
  readonly whole: readonly HostWholeMetric[];
  readonly units: HostUnits | undefined;
}

export function buildEvaluation(plan: TrainPlan, session: Session, facts: TargetFacts): Evaluation {
  const entry = new Entry(session, "evaluate", { training: false, averaged: true });
  const objective = objectiveOf(plan, entry, facts);
  const losses = plan.steps.map((step) => {
    const { loss, span } = minimised(plan, step, objective);
    // Once more: in training a dropout may stand between.
    checkLogits(loss.value, span, objective.frame);
    return loss;
  });
  const named = lossNames(plan.steps).map((name, at) => ({ name, value: losses[Math.max(0, at - 1)] }));
  const frame = plan.metrics.some(({ written }) => written !== undefined)
    ? stepFrame(plan, objective)
    : objective.frame;
  const gathered = new Gathered(objective);
  const compared = inUnits(plan, objective, entry);
  const streamed: { readonly name: string; readonly value: Tensor }[] = [];
  const whole: WholeSet[] = [];
  for (const metric of plan.metrics) {
    // What a loss or another metric wrote to a model's state is not for this one to see.
    entry.retain(new Map(), (name) => session.variables.get(name)?.role === "metric");
    const given = givenTo(metric, compared.objective, frame);
    if (streams(metric.target.declaration)) streamed.push({ name: metric.name, value: buildStreamed(given, frame) });
    else whole.push(buildWholeSet(given, gathered, plan, frame));
  }
  const results = [...named, ...streamed].map(({ name, value }): GraphOutput => ({
    name: `evaluate.${name}`,
    role: "result",
    value: value.value,
  }));
  const variables = variableOutputs(entry).filter(({ role }) => role === "metric");
  return {
    entry,
    entries: [
      { name: "evaluate", graph: entry.finish([...gathered.outputs, ...results, ...variables]) },
      ...whole.map(({ graph }) => graph),
    ],
    losses: named.map(({ name, value }) => result(name, value)),
    metrics: streamed.map(({ name, value }) => result(name, value)),
    whole: whole.map(({ host }) => host),
    units: compared.units,
  };
}

function result(name: string, { type }: Tensor): HostResult {
  return { name, buffer: `evaluate.${name}`, dtype: type.dtype, shape: type.shape };
}

/** The metric with the tensors and settings that it is called with. */
function givenTo(metric: MetricPlan, objective: Objective, frame: Frame): MetricPlan {
  const { written } = metric;
  return {
    ...metric,
    given: written === undefined ? comparison(metric, objective) : metricArguments(metric, written, frame),
  };
}

function valueOf(metric: MetricPlan, frame: Frame): Tensor {
  const { name, span } = metric;
  const storage: Storage = { param: undefined, state: "metric", nameOf: (own) => `metric.${name}.${own}` };
  return toTensor({ value: compare(metric, frame, storage), span }, frame);
}

function buildStreamed(metric: MetricPlan, frame: Frame): Tensor {
  const value = valueOf(metric, frame);
  const given = tensorsOf(metric, frame).map(({ tensor }) => ({ inside: tensor.value, outside: tensor.value }));
  checkMetric(value.value, frame.entry.builder, given, metric.span, frame);
  return value;
}

// ---------------------------------------------------------------------------------------------------------------------
// Metrics without state
// ---------------------------------------------------------------------------------------------------------------------

interface WholeSet {
  readonly graph: EntryGraph;
  readonly host: HostWholeMetric;
}

/** An entry of its own, which takes the metric's tensors with the rows of the set in the place of the batch. */
function buildWholeSet(metric: MetricPlan, gathered: Gathered, plan: TrainPlan, outside: Frame): WholeSet {
  const name = `metric.${metric.name}`;
  const entry = new Entry(outside.session, name, { training: false, averaged: true });
  const tensors = tensorsOf(metric, outside);
  const rows = batchOf(tensors.at(0)?.tensor, rowsName(outside.session.module));
  const again = tensors.map(({ own, argument, tensor }) => {
    const type = { dtype: tensor.type.dtype, shape: tensor.type.shape.map((size) => substitute(size, rows)) };
    const buffer = `${name}.${own}`;
    const value: Tensor = { ...tensor, type, value: entry.input(buffer, "input", type) };
    const from = gathered.bufferOf(tensor, `evaluate.${metric.name}.${own}`);
    return {
      own,
      buffer,
      argument: { ...argument, value },
      given: { inside: value.value, outside: tensor.value },
      input: () => hostInput(own, buffer, value, outside.session),
      from,
    };
  });
  const named = new Map([...metric.given.named, ...again.map(({ own, argument }) => [own, argument] as const)]);
  const value = valueOf({ ...metric, given: { ...metric.given, tensors: [], named } }, trainFrame(plan, entry));
  // The host looks at the values of what it is given, not of what it hands on.
  for (const { buffer, from } of again) limitAlike(buffer, from, outside.session);
  const given = again.map((one) => one.given);
  checkMetric(value.value, entry.builder, given, metric.span, outside);
  const buffer = `${name}.${new UniqueNames(tensors.map(({ own }) => own)).take("value")}`;
  return {
    graph: { name, graph: entry.finish([{ name: buffer, role: "result", value: value.value }]) },
    host: {
      entry: name,
      inputs: again.map(({ input, from }) => ({ input: input(), from })),
      result: { ...result(metric.name, value), buffer },
    },
  };
}

/** Whole numbers that a metric looks something up by are held to its limit where they come from. */
function limitAlike(buffer: string, from: string, { limits }: Session): void {
  const limit = limits.get(buffer);
  if (limit !== undefined) limits.set(from, Math.min(limit, limits.get(from) ?? limit));
}

interface NamedTensor {
  /** The metric's own name for it. */
  readonly own: string;
  readonly argument: GivenArgument;
  readonly tensor: Tensor;
}

/** The tensors that a metric is given, by its own names. */
function tensorsOf({ target: { declaration }, given, span }: MetricPlan, frame: Frame): readonly NamedTensor[] {
  const inputs = declaration.parameters.filter(isTensorInput);
  const assigned = assign(inputs, given.tensors, "tensors", given, declaration, frame);
  return [...assigned].map(([own, argument]) => ({
    own,
    argument,
    tensor: toTensor({ value: argument.value, span }, frame),
  }));
}

/** The name of the leading dimension, where it is one, as that of the rows of a set. */
function batchOf(tensor: Tensor | undefined, rows: string): ReadonlyMap<string, Dimension> {
  const [leading] = tensor?.type.shape ?? [];
  const names = leading === undefined ? [] : [...symbolsOf(leading)];
  return new Map(names.length === 1 ? [[names[0], dimensionNamed(rows)]] : []);
}

/** What `evaluate` gives to metrics over a whole set: each tensor once, and none that it was given itself. */
class Gathered {
  readonly #buffers = new Map<string, string>();
  readonly outputs: GraphOutput[] = [];

  constructor({ inputs }: Objective) {
    for (const { buffer, tensor } of inputs) this.#buffers.set(keyOf(tensor.value), buffer);
  }

  /** The buffer of `evaluate` that holds a tensor; `name` where there is none yet. */
  bufferOf(tensor: Tensor, name: string): string {
    const known = this.#buffers.get(keyOf(tensor.value));
    if (known !== undefined) return known;
    this.#buffers.set(keyOf(tensor.value), name);
    this.outputs.push({ name, role: "result", value: tensor.value });
    return name;
  }
}
