/**
 * `evaluate`: losses and streaming metrics of one batch, outside training. `metric.<name>`: a metric without state, over the
 * outputs of a whole set at once.
 */
import { dimensionNamed } from "./values.ts";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import { metricsNeedOutput } from "../diagnostics/codes/train.ts";
import { substitute, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import type { GraphOutput } from "../graph/types.ts";
import type { HostResult, HostWholeMetric } from "../program/host.ts";
import type { Callable } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import { Entry } from "./entry.ts";
import type { Storage } from "./frame.ts";
import { hostInput } from "./inputs.ts";
import {
  compare,
  minimised,
  objectiveOf,
  trainFrame,
  type Objective,
  type TargetFacts,
  type TrainInput,
} from "./objective.ts";
import { toTensor } from "./tensors.ts";
import type { Session } from "./session.ts";
import { variableOutputs } from "./train-step.ts";
import type { Chosen, TrainPlan } from "./train-plan.ts";
import type { EntryGraph } from "./types.ts";
import type { Tensor } from "./values.ts";

/** How many rows a metric without state takes at once. */
export const maximalRows = 16_384;
export const rowsName = "rows";

/** What `evaluate` gives to metrics over a whole set. */
const outputBuffer = "evaluate.output";

export interface Evaluation {
  readonly entry: Entry;
  readonly entries: readonly EntryGraph[];
  readonly loss: HostResult;
  readonly metrics: readonly HostResult[];
  readonly whole: readonly HostWholeMetric[];
}

interface NamedMetric {
  readonly name: string;
  readonly chosen: Chosen;
  readonly streams: boolean;
}

function hasState(declaration: Callable): boolean {
  for (const node of walk(declaration.body)) if (node.kind === "state") return true;
  return false;
}

/** `top_k`, `top_k_2` where one metric stands twice. */
function nameMetrics(metrics: readonly Chosen[]): readonly NamedMetric[] {
  const counts = new Map<string, number>();
  return metrics.map((chosen) => {
    const { declaration } = chosen.target;
    const count = (counts.get(declaration.name.text) ?? 0) + 1;
    counts.set(declaration.name.text, count);
    const name = count === 1 ? declaration.name.text : `${declaration.name.text}_${count}`;
    return { name, chosen, streams: hasState(declaration) };
  });
}

export function buildEvaluation(plan: TrainPlan, session: Session, facts: TargetFacts): Evaluation {
  const entry = new Entry(session, "evaluate", { training: false, averaged: true });
  const objective = objectiveOf(plan, entry, facts);
  const losses = plan.steps.map((step) => ({ step, loss: minimised(plan, step, objective).loss }));
  const metrics = nameMetrics(plan.metrics);
  if (metrics.length > 0 && objective.output === undefined) {
    session.report(diagnose(metricsNeedOutput, {}, [label(metrics[0].chosen.span, "this metric")]));
    return { entry, entries: [], loss: result("loss", losses[0].loss), metrics: [], whole: [] };
  }
  const streamed = metrics
    .filter(({ streams }) => streams)
    .map((metric) => ({ metric, value: metricValue(metric, objective) }));
  const whole = metrics
    .filter(({ streams }) => !streams)
    .map((metric) => buildWholeSet(metric, plan, objective, session));
  const { output } = objective;
  const outputs: GraphOutput[] = [
    ...(whole.length === 0 || output === undefined
      ? []
      : [{ name: outputBuffer, role: "result" as const, value: output.value }]),
    ...losses.map(({ step, loss }, index): GraphOutput => ({
      name: `evaluate.${index === 0 ? "loss" : step.name}`,
      role: "result",
      value: loss.value,
    })),
    ...streamed.map(({ metric, value }): GraphOutput => ({
      name: `evaluate.${metric.name}`,
      role: "result",
      value: value.value,
    })),
    ...variableOutputs(entry).filter(({ role }) => role === "metric"),
  ];
  return {
    entry,
    entries: [{ name: "evaluate", graph: entry.finish(outputs) }, ...whole.map(({ graph }) => graph)],
    loss: result("loss", losses[0].loss),
    metrics: streamed.map(({ metric, value }) => result(metric.name, value)),
    whole: whole.map(({ host }) => host),
  };
}

function result(name: string, { type }: Tensor, entry = "evaluate"): HostResult {
  return { name, buffer: `${entry}.${name}`, dtype: type.dtype, shape: type.shape };
}

function metricValue({ name, chosen }: NamedMetric, objective: Objective): Tensor {
  const storage: Storage = { param: undefined, state: "metric", nameOf: (own) => `metric.${name}.${own}` };
  const value = compare(chosen, objective, storage);
  return toTensor({ value, span: chosen.span }, objective.frame);
}

/** An entry of its own, whose leading dimension is `rows`. */
function buildWholeSet(
  metric: NamedMetric,
  plan: TrainPlan,
  { inputs, output, target }: Objective,
  session: Session,
): { readonly graph: EntryGraph; readonly host: HostWholeMetric } {
  const name = `metric.${metric.name}`;
  const entry = new Entry(session, name, { training: false, averaged: true });
  const [leading] = output?.type.shape ?? [];
  const names = leading === undefined ? [] : [...symbolsOf(leading)];
  const rows = new Map<string, Dimension>(names.length === 1 ? [[names[0], dimensionNamed(rowsName)]] : []);
  const again = ({ name: own, tensor, buffer: from }: TrainInput): Collected => {
    const type = { dtype: tensor.type.dtype, shape: tensor.type.shape.map((size) => substitute(size, rows)) };
    const buffer = `${name}.${own}`;
    return { name: own, buffer, from, tensor: { ...tensor, type, value: entry.input(buffer, "input", type) } };
  };
  const frame = trainFrame(plan, entry);
  const given = (output === undefined ? [] : [{ name: "output", buffer: outputBuffer, tensor: output }]).map(again);
  const others = inputs
    .filter((input) => input.name === target?.name || neededBy(metric, input.name))
    .filter((input) => input.name !== "output")
    .map(again);
  const value = metricValue(metric, {
    frame,
    inputs: others,
    output: given.at(0)?.tensor,
    target: others.find((input) => input.name === target?.name),
  });
  return {
    graph: { name, graph: entry.finish([{ name: `${name}.value`, role: "result", value: value.value }]) },
    host: {
      entry: name,
      inputs: [...given, ...others].map(({ name: own, buffer, from, tensor }) => ({
        input: hostInput(own, buffer, tensor, session),
        from,
      })),
      result: { ...result(metric.name, value), buffer: `${name}.value` },
    },
  };
}

/** An input of a metric's own entry, and the buffer of `evaluate` that its rows come from. */
interface Collected extends TrainInput {
  readonly from: string;
}

function neededBy({ chosen }: NamedMetric, name: string): boolean {
  return chosen.target.declaration.parameters.some(
    (parameter) => parameter.kind === "tensorInput" && parameter.name.text === name,
  );
}
