/**
 * `train_step`: for each step the loss, its gradients, the optimizer's body for each parameter; then states, averages and
 * counters. Steps see the parameters as the steps before left them.
 */
import { label } from "../diagnostics/diagnostic.ts";
import { notDifferentiable } from "../diagnostics/codes/shapes.ts";
import { regularizesNothing, unreachedParameter } from "../diagnostics/codes/train.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { isSame } from "../graph/graph.ts";
import type { GraphOutput, Value } from "../graph/types.ts";
import { fillLike, multiply } from "../ops/emit.ts";
import type { HostNorm, HostProbe } from "../program/host.ts";
import { AlikeUpdates } from "./alike.ts";
import { checkBatch } from "./batch-axis.ts";
import { bindArguments, frameFor } from "./calls.ts";
import { Entry } from "./entry.ts";
import type { Frame } from "./frame.ts";
import { lossIdentity } from "./loss-identity.ts";
import { weighingInput } from "./mask.ts";
import { minimised, objectiveOf, type Objective, type TargetFacts } from "./objective.ts";
import { Instance } from "./paths.ts";
import { checkLogits, takesLogit, takesProbability } from "./probabilities.ts";
import { norm, Probes, type Seen } from "./probes.ts";
import type { Session, VariableRecord } from "./session.ts";
import { toTensor } from "./tensors.ts";
import type { OptimizerPlan, StepPlan, TrainPlan } from "./train-plan.ts";
import type { EntryGraph } from "./types.ts";
import { movesOf } from "./updates.ts";
import type { Tensor } from "./values.ts";

export interface TrainStep {
  readonly entry: Entry;
  readonly graph: EntryGraph;
  readonly objective: Objective;
  /** Result names, one for each step. */
  readonly losses: readonly NamedResult[];
  /** By which the loss of the first step is known again. */
  readonly lossIdentity: string;
  /** The learning rates, one for each step. */
  readonly rates: readonly NamedResult[];
  readonly probes: readonly HostProbe[];
  /** The norms of the gradients, one for each step, where they are asked for. */
  readonly norms: readonly HostNorm[];
  /** Whether the loss takes the sigmoid of the model's output. */
  readonly takesLogit: boolean;
  /** Whether a loss takes the target for a probability. */
  readonly takesProbability: boolean;
  /** The input whose sum says how much the loss of a batch weighs. Of several steps the first one's, which is the train's. */
  readonly weighing: string | undefined;
}

interface NamedResult {
  readonly name: string;
  readonly buffer: string;
}

export function buildTrainStep(plan: TrainPlan, session: Session, facts: TargetFacts): TrainStep {
  const entry = new Entry(session, "train_step", { training: true, averaged: false });
  // The short form's model runs with the objective, so what a step writes is told apart from here on.
  let before = entry.written;
  const objective = objectiveOf(plan, entry, facts);
  checkBatch(plan, objective.frame);
  if (plan.steps.length > 1) findVariables(plan, session, facts);
  const probes = new Probes(entry);
  const built = plan.steps.map((step, index) => {
    const results = { name: step.name, ...buildStep(plan, step, objective, before, probes) };
    if (index + 1 < plan.steps.length) settle(step, before, entry);
    before = entry.written;
    return results;
  });
  const probed = probes.finish(plan);
  keepAverages(plan, entry);
  const losses = built.map(({ name }) => ({ name, buffer: `train_step.${name === "main" ? "loss" : name}` }));
  const rates = built.map(({ name }) => ({ name, buffer: `train_step.lr${name === "main" ? "" : `.${name}`}` }));
  const results = built.flatMap(({ loss, rate }, index): GraphOutput[] => [
    { name: losses[index].buffer, role: "result", value: loss.value },
    { name: rates[index].buffer, role: "result", value: rate.value },
  ]);
  const normed = built.flatMap(({ name, norm: value }, index) =>
    value === undefined ? [] : [{ name, value, limit: plan.steps[index].clipNorm }],
  );
  const norms = normed.map(({ name, limit }): HostNorm => ({
    name,
    buffer: `train_step.norm${name === "main" ? "" : `.${name}`}`,
    dtype: "f32",
    shape: [],
    ...(limit === undefined ? {} : { limit }),
  }));
  const { output, target } = objective;
  const [first] = built;
  const isLogit = output !== undefined && takesLogit(first.loss.value, output.value, entry.builder);
  const isProbability =
    target !== undefined && built.some(({ loss }) => takesProbability(loss.value, target.tensor.value, entry.builder));
  const outputs = [
    ...results,
    ...normed.map(({ value }, index): GraphOutput => ({ name: norms[index].buffer, role: "result", value })),
    ...probed.outputs,
    ...entry.handedOn,
    ...variableOutputs(entry),
    ...counterOutputs(entry),
  ];
  const graph = { name: "train_step", graph: entry.finish(outputs) };
  return {
    entry,
    objective,
    losses,
    lossIdentity: first.identity,
    rates,
    probes: probed.probes,
    norms,
    graph,
    takesLogit: isLogit,
    takesProbability: isProbability,
    weighing: weighingInput(first.loss.value, objective.inputs, entry.builder),
  };
}

/** What a step moves does not depend on the order of the steps, so all of them are known before the first is built. */
function findVariables(plan: TrainPlan, session: Session, facts: TargetFacts): void {
  const entry = new Entry(session, "train_step", { training: true, averaged: false });
  const objective = objectiveOf(plan, entry, facts);
  for (const step of plan.steps) minimised(plan, step, objective);
  entry.finish([]);
}

function buildStep(
  plan: TrainPlan,
  step: StepPlan,
  objective: Objective,
  before: ReadonlyMap<string, Value>,
  probes: Probes,
): { readonly loss: Tensor; readonly rate: Tensor; readonly identity: string; readonly norm: Value | undefined } {
  const { frame } = objective;
  const { entry } = frame;
  const start = entry.builder.nodes.length;
  const { loss, span } = minimised(plan, step, objective);
  const chosen = step.minimize === undefined ? plan.loss : undefined;
  const name = chosen?.target.declaration.name.text ?? "`minimize`";
  const identity = lossIdentity(name, loss.value, start, entry.builder);
  checkLogits(loss.value, span, frame);
  const { parameters, owns } = movesOf(plan, step, frame);
  const seen = probes.look();
  const gradients = entry.at(span, plan.label, () => gradientsOf(step, loss, parameters, seen, frame));
  const moved = parameters.flatMap((record, index) => {
    const gradient = gradients[index];
    const name = `gradient.${step.name}.${record.name}`;
    return gradient === undefined ? [] : [{ record, gradient: entry.handOn(name, gradient) }];
  });
  const whole = entry.session.norms ? entry.at(span, "gradient_norm", () => wholeNorm(moved, entry)) : undefined;
  const clipped = clip(step, moved, frame).map(({ record, gradient }) => ({
    record,
    gradient: entry.handOn(`clipped.${step.name}.${record.name}`, gradient),
  }));
  const rate = rateOf(step, frame);
  const used = { ...rate, value: entry.handOn(`rate.${step.name}`, rate.value) };
  const alike = new AlikeUpdates(step.optimizer.target.declaration.body);
  for (const { record, gradient } of clipped) optimise(step, record, gradient, used, alike, frame);
  // Whatever ran above, a model's state is written by the steps that update the model.
  entry.retain(before, (name) => entry.session.variables.get(name)?.role !== "state" || owns(name));
  probes.judge(step.name, seen, gradients.slice(parameters.length));
  return { loss, rate, identity, norm: whole };
}

/**
 * What a step wrote is given to the steps after it, as if by another call: no gradient of theirs goes back through an optimizer's update, nor
 * through a state, to the loss and the gradients that they were made of.
 */
function settle({ span, name }: StepPlan, before: ReadonlyMap<string, Value>, entry: Entry): void {
  for (const [variable, value] of entry.written) {
    if (before.get(variable) === value) continue;
    entry.write(
      variable,
      entry.at(span, name, () =>
        entry.session.apart
          ? entry.handOn(`after.${name}.${variable}`, value)
          : entry.builder.one("stop_gradient", [value]),
      ),
    );
  }
}

/**
 * Of the loss with its regularisers, at the parameters and then at what is probed; undefined, with a warning for a parameter,
 * where the loss does not reach it.
 */
function gradientsOf(
  step: StepPlan,
  loss: Tensor,
  parameters: readonly VariableRecord[],
  probed: readonly Seen[],
  frame: Frame,
): readonly (Value | undefined)[] {
  const { entry, session } = frame;
  const values = parameters.map((record) => entry.read(record).value);
  const total = regularised(step, loss, parameters, frame);
  entry.handOn(`minimize.${step.name}`, total);
  const also = probed.map(({ value }) => value);
  const reached = session.evaluator.gradients(entry.builder, total, values, also);
  if ("kind" in reached) {
    const at = parameters[values.findIndex((value) => isSame(value, reached.wrt))];
    const { span } = reached.node;
    return frame.fail(
      notDifferentiable,
      { problem: `\`${reached.node.op}\` stands between the loss and \`${at.name}\`, and has none` },
      at.span ?? step.span,
      "this parameter",
      span === undefined ? [] : [label(span, "here")],
    );
  }
  for (const [index, { name, span }] of parameters.entries()) {
    if (reached[index] !== undefined) continue;
    frame.report(unreachedParameter, { name, step: step.name }, span ?? step.span, "not reached", [
      label(step.span, "trained here"),
    ]);
  }
  return reached;
}

function regularised(step: StepPlan, loss: Tensor, parameters: readonly VariableRecord[], frame: Frame): Value {
  const { entry, session } = frame;
  let total = loss.value;
  for (const { target, given, span, all } of step.regularizers) {
    const covered = parameters.filter(({ type }) => all || type.shape.length >= 2);
    if (parameters.length > 0 && covered.length === 0) {
      const name = target.declaration.name.text;
      frame.report(regularizesNothing, { name, step: step.name }, span, "this", [], "`all: true` covers every one");
    }
    for (const record of covered) {
      const weight = { value: entry.read(record), span, label: undefined };
      const owner = Instance.root(record.name);
      const part = toTensor(
        { value: session.evaluator.call(target, { ...given, tensors: [weight] }, owner, frame, span), span },
        frame,
      );
      total = entry.at(span, record.name, () => entry.builder.one("add", [total, part.value]));
    }
  }
  return total;
}

interface Moved {
  readonly record: VariableRecord;
  readonly gradient: Value;
}

/** The L2 norm of all gradients together, before they are clipped. */
function wholeNorm(moved: readonly Moved[], { builder }: Entry): Value {
  const gradients = moved.map(({ gradient }) => gradient);
  return gradients.length === 0 ? builder.constant(0) : norm(builder, gradients);
}

/** Below this, the reciprocal of the largest magnitude would leave the range of f32. */
const smallestMagnitude = 2 ** -120;

/**
 * Scales the gradients to at most the global norm. The norm is that of the gradients divided by the largest magnitude, so
 * that no square leaves the range of f32; where one is no number or infinite, all stay as they are, to be seen.
 */
function clip({ clipNorm, span }: StepPlan, moved: readonly Moved[], { entry }: Frame): readonly Moved[] {
  if (clipNorm === undefined || moved.length === 0) return moved;
  const { builder } = entry;
  return entry.at(span, "clip_norm", () => {
    const gradients = moved.map(({ gradient }) => gradient);
    const magnitudes = gradients.map((gradient) => reduced(builder, "max", builder.one("abs", [gradient])));
    const largest = fold(builder, "maximum", magnitudes);
    const shrink = builder.one("div", [
      fillLike(builder, largest, 1),
      builder.one("maximum", [largest, fillLike(builder, largest, smallestMagnitude)]),
    ]);
    const squares = gradients.map((gradient) => {
      const small = multiply(builder, gradient, shrink);
      return reduced(builder, "sum", builder.one("mul", [small, small]));
    });
    const norm = builder.one("sqrt", [fold(builder, "add", squares)]);
    const limit = fillLike(builder, norm, clipNorm);
    const beyond = builder.one("greater", [norm, builder.one("mul", [limit, shrink])]);
    const one = fillLike(builder, norm, 1);
    const first = builder.one("select", [beyond, shrink, one]);
    const second = builder.one("select", [beyond, builder.one("div", [limit, norm]), one]);
    return moved.map(({ record, gradient }) => ({
      record,
      gradient: multiply(builder, multiply(builder, gradient, first), second),
    }));
  });
}

/** A scalar of all elements. */
function reduced(builder: GraphBuilder, op: "max" | "sum", value: Value): Value {
  const axes = builder.typeOf(value).shape.map((_, axis) => axis);
  return axes.length === 0 ? value : builder.one(op, [value], { axes });
}

function fold(builder: GraphBuilder, op: "maximum" | "add", values: readonly Value[]): Value {
  return values.reduce((left, right) => builder.one(op, [left, right]));
}

/** The learning rate of this step, one scalar. */
function rateOf({ optimizer, schedule }: StepPlan, frame: Frame): Tensor {
  const { entry, session } = frame;
  if (schedule === undefined) return entry.at(optimizer.span, "lr", () => entry.constant(optimizer.lr));
  const inside = frame.branch();
  inside.bindValue(
    "lr0",
    entry.at(optimizer.span, "lr", () => entry.constant(optimizer.lr)),
  );
  const value = session.evaluator.schedule(schedule, inside, schedule.span);
  return entry.at(schedule.span, "lr", () => toTensor({ value, span: schedule.span }, frame));
}

/** Runs an optimizer's body for one parameter. */
function optimise(
  step: StepPlan,
  record: VariableRecord,
  gradient: Value,
  rate: Tensor,
  alike: AlikeUpdates,
  frame: Frame,
): void {
  const { target, given, span }: OptimizerPlan = step.optimizer;
  const { declaration } = target;
  const { entry } = frame;
  const weight = entry.read(record);
  const storage = {
    param: undefined,
    state: "optimizer" as const,
    like: weight,
    nameOf: (own: string) => `optimizer.${step.name}.${own}.${record.name}`,
  };
  const inside = frameFor(target, Instance.root(record.name), storage, frame, span);
  // Said here, since what is repeated for parameters alike is not evaluated again.
  frame.session.noteUse(record.name, declaration.name.span.file, () => span);
  const inputs = declaration.parameters.filter((parameter) => parameter.kind === "bareInput");
  const [first, second] = inputs;
  // What is moved and its gradient are no arguments of the user's: one more, or one by its name, is refused.
  const own = [weight, { ...weight, value: gradient }].slice(0, inputs.length);
  const tensors = [...own.map((value) => ({ value, span, label: undefined })), ...given.tensors];
  bindArguments(declaration, { ...given, tensors }, inside, frame, span);
  const cell = { kind: "cell" as const, value: weight };
  if (first !== undefined) inside.bind(first.name.text, cell);
  if (second !== undefined) inside.bindValue(second.name.text, { ...weight, value: gradient });
  inside.bindValue("lr", rate);
  alike.move({ record, weight, gradient, inside, cell });
  entry.write(record.name, cell.value.value);
}

/** `average.<path>`: decay · average + (1 − decay) · weight. */
function keepAverages({ average, train }: TrainPlan, entry: Entry): void {
  if (average === undefined) return;
  const { builder, session } = entry;
  const parameters = [...session.variables.values()].filter(
    ({ name, role }) => role === "parameter" && entry.variables.has(name),
  );
  for (const record of parameters) {
    const own: VariableRecord = { ...record, name: `average.${record.name}`, role: "state" };
    session.variables.set(own.name, own);
    entry.at(train.span, own.name, () => {
      const [mean, weight] = [entry.read(own).value, entry.read(record).value];
      const kept = builder.one("mul", [fillLike(builder, mean, average), mean]);
      const added = builder.one("mul", [fillLike(builder, weight, 1 - average), weight]);
      entry.write(own.name, builder.one("add", [kept, added]));
    });
  }
}

/** The new values of variables that were written. */
export function variableOutputs(entry: Entry): readonly GraphOutput[] {
  return [...entry.written].flatMap(([name, value]) => {
    const record = entry.session.variables.get(name);
    return record === undefined ? [] : [{ name, role: record.role, value }];
  });
}

/** What the counters are after this step: completed steps, epochs, and steps of the epoch at hand. */
function counterOutputs(entry: Entry): readonly GraphOutput[] {
  const { builder } = entry;
  const [step, epoch, done, perEpoch] = [
    entry.position("step"),
    entry.counter("epoch"),
    entry.position("step_in_epoch"),
    entry.counter("steps_per_epoch"),
  ];
  const ends = builder.one("greaterEqual", [done, perEpoch]);
  const inEpoch = builder.one("select", [ends, builder.constant(0, "i32"), done]);
  const epochs = builder.one("select", [ends, entry.position("epoch"), epoch]);
  return [
    { name: "step", role: "counter", value: step },
    { name: "epoch", role: "counter", value: epochs },
    { name: "step_in_epoch", role: "counter", value: inEpoch },
  ];
}
