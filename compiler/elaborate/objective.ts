/**
 * What a train minimises: in the short form, the loss of its model's output against the target; in steps, what each says.
 * The same for training and for evaluation, so both build it from here.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { lossShape, sharedName, targetMissing, trainInput, unknownModel } from "../diagnostics/codes/train.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { constantValue } from "../dimension/dimension.ts";
import { isCallable, lookUp, type DeclaredCallable } from "../semantics/module.ts";
import type { TensorInput, TensorType as SyntaxType } from "../syntax/ast.ts";
import { evaluateArguments } from "./arguments.ts";
import { bindSizeSettings, frameFor, storageOf } from "./calls.ts";
import type { Chosen } from "./choose.ts";
import type { Entry } from "./entry.ts";
import type { Binding, Frame, Storage } from "./frame.ts";
import { hostInput, inputTensor, modelInputsOf, openSizes, shapeIn, topFrame } from "./inputs.ts";
import { callModel, givenInputs } from "./predict.ts";
import { bindTensors, labelsFor } from "./signature.ts";
import { toTensor } from "./tensors.ts";
import { isShort, type ChosenLoss, type StepPlan, type TrainPlan } from "./train-plan.ts";
import {
  describeType,
  describeValue,
  type AxisLabel,
  type Evaluated,
  type GivenArgument,
  type GivenArguments,
  type Tensor,
} from "./values.ts";
import type { HostInput } from "../program/host.ts";

/** What the host gives to a train, under the user's names. */
export interface TrainInput {
  readonly name: string;
  readonly buffer: string;
  readonly tensor: Tensor;
}

/** A train in one entry: its inputs are graph inputs of that entry. */
export interface Objective {
  readonly frame: Frame;
  readonly inputs: readonly TrainInput[];
  /** In the short form. */
  readonly output: Tensor | undefined;
  /** What the data are to be told by: the loss's second input, or with steps the one of that name. */
  readonly target: TrainInput | undefined;
}

/** How many columns the data have for the target, where the host has looked. */
export interface TargetFacts {
  readonly targetColumns?: number;
}

export function trainedModel(plan: TrainPlan, frame: Frame): DeclaredCallable {
  const { name } = plan.train;
  const target = lookUp(frame.body.scope, "value", name.text);
  if (isCallable(target) && target.declaration.kind === "model") return target;
  frame.leaveIfHidden(name.text);
  const models = frame.session.module.models.map(({ declaration }) => declaration.name.text);
  return frame.fail(unknownModel, { name: name.text }, name.span, "no such model", [], didYouMean(name.text, models));
}

/** The frame at the top of a train. */
export function topOfTrain(entry: Entry, text: string): Frame {
  const { session } = entry;
  const root = session.rootOfTrain(text);
  return topFrame(entry, session.module.scope, root, text, `the train \`${text}\``);
}

/** The frame of a train with its declared inputs and shared lets. */
export function trainFrame(plan: TrainPlan, entry: Entry): Frame {
  return topOfTrain(entry, plan.label);
}

/** Binds a train's shared lets so that each is evaluated when something first uses it. */
function bindLets(plan: TrainPlan, frame: Frame): void {
  for (const statement of plan.train.lets) {
    const evaluateOnce = (): Evaluated => frame.session.evaluator.evaluate(statement.value, frame);
    const shared: Extract<Binding, { kind: "lazy" }> = { kind: "lazy", evaluate: evaluateOnce, state: "waiting" };
    for (const [index, target] of statement.targets.entries()) {
      if (target.kind !== "name") continue;
      frame.bind(
        target.text,
        statement.destructured
          ? { kind: "lazy", evaluate: () => part(shared, index, statement.value.span, frame), state: "waiting" }
          : shared,
      );
    }
  }
}

function part(shared: Extract<Binding, { kind: "lazy" }>, index: number, span: Span, frame: Frame): Evaluated {
  const value = typeof shared.state === "object" ? shared.state.value : shared.evaluate();
  shared.state = { value };
  if (value.kind === "tuple" && index < value.items.length) return value.items[index];
  return toTensor({ value, span }, frame);
}

/** The short form: the model's output, and the inputs that its loss takes. */
function shortObjective(plan: TrainPlan, loss: ChosenLoss, entry: Entry, facts: TargetFacts): Objective {
  const frame = trainFrame(plan, entry);
  const model = trainedModel(plan, frame);
  const inputs = givenInputs(model, frame).map(({ name, buffer, tensor }): TrainInput => ({ name, buffer, tensor }));
  const result = callModel(
    model,
    inputs.map(({ tensor }) => tensor),
    frame,
  );
  const output = toTensor({ value: result, span: model.declaration.name.span }, frame);
  openSizes(
    plan.train.inputs.map(({ types }) => types[0]),
    frame,
  );
  const taken = modelInputsOf(model, frame.session).map((input, at) => ({ ...inputs[at], declared: input }));
  const further = lossInputs(plan, { loss, model, taken }, output, facts, frame);
  checkInputs(plan, inputs, further, frame);
  const own = further.filter(({ buffer }) => !inputs.some((input) => input.buffer === buffer));
  return { frame, inputs: [...inputs, ...own], output, target: further[0] };
}

/** What a train declares is the type of an input of the loss, or the model's again. */
function checkInputs(
  { train }: TrainPlan,
  inputs: readonly TrainInput[],
  further: readonly TrainInput[],
  frame: Frame,
): void {
  const names = [...inputs, ...further].map(({ name }) => name);
  for (const { name, types, span } of train.inputs) {
    if (further.some((input) => input.name === name.text)) continue;
    const own = inputs.find((input) => input.name === name.text);
    const [written] = types;
    const type = { dtype: written.element, shape: shapeIn(written, frame) };
    if (own !== undefined && describeType(own.tensor.type) === describeType(type)) continue;
    const list = names.map((one) => `\`${one}\``).join(", ");
    const expected = own === undefined ? `one of ${list}` : `${describeType(own.tensor.type)} as the model has it`;
    const found = own === undefined ? "a name of its own" : describeType(type);
    frame.report(
      trainInput,
      { name: name.text, expected, found },
      span,
      "this input",
      [],
      didYouMean(name.text, names),
    );
  }
}

/** A model and its loss, which the data serve together. */
interface Compared {
  readonly loss: ChosenLoss;
  readonly model: DeclaredCallable;
  readonly taken: readonly ModelInput[];
}

interface ModelInput extends TrainInput {
  readonly declared: TensorInput;
}

/** The target and the further inputs of a loss, as graph inputs. */
function lossInputs(
  plan: TrainPlan,
  compared: Compared,
  output: Tensor,
  facts: TargetFacts,
  frame: Frame,
): readonly TrainInput[] {
  const {
    target: { declaration, scope },
    span,
  } = compared.loss;
  const tensors = declaration.parameters.filter((parameter) => parameter.kind === "tensorInput");
  const [first, second] = tensors;
  if (first === undefined || second === undefined) {
    return frame.fail(
      targetMissing,
      { name: declaration.name.text, kind: "loss" },
      declaration.name.span,
      "declared here",
      [label(span, "used here")],
    );
  }
  const inside = frameFor({ declaration, scope }, frame.home, storageOf(declaration, frame.home), frame, span);
  const outputOnly = { ...declaration, parameters: [first] };
  const only = new Map([[first.name.text, { value: output, span, label: undefined }]]);
  bindSizeSettings(declaration, compared.loss.given, inside, frame, span);
  bindTensors(outputOnly, only, inside, frame, span).bind();
  const [, , ...others] = tensors;
  const told = toldInputs(others, compared.loss.given);
  const fromData = tensors.slice(1).filter((input) => !told.includes(input));
  const typed = fromData.map((input, index) => {
    const written = plan.train.inputs.find((candidate) => candidate.name.text === input.name.text);
    const own = index === 0 ? targetType(input, output, facts) : input.types[0];
    return { input, written, type: written?.types[0] ?? own, place: written === undefined ? inside : frame };
  });
  openSizes(
    typed.flatMap(({ type, place }) => (place === inside ? [type] : [])),
    inside,
  );
  return typed.map(({ input, written, type, place }, index) => {
    const name = input.name.text;
    const buffer = `train.${name}`;
    const twin = compared.taken.find((one) => one.name === name);
    if (twin !== undefined) return sharedInput(twin, input, index === 0, { type, place }, compared, frame);
    const labels = written === undefined ? outsideLabels(type, shapeIn(type, inside).length, inside) : undefined;
    return { name, buffer, tensor: inputTensor(buffer, type, place, labels) };
  });
}

/**
 * The data have one tensor for a name. A model that took the target would be given the answer; what else has one type serves the model and the
 * loss.
 */
function sharedInput(
  { declared, ...twin }: ModelInput,
  input: TensorInput,
  isTarget: boolean,
  { type, place }: { readonly type: SyntaxType; readonly place: Frame },
  { loss, model }: Compared,
  frame: Frame,
): TrainInput {
  const own = describeType({ dtype: type.element, shape: shapeIn(type, place) });
  const others = describeType(twin.tensor.type);
  if (!isTarget && own === others) return twin;
  const [name, callee] = [twin.name, loss.target.declaration.name.text];
  const problem = isTarget ? "which is to tell what the model should answer" : `as ${others} and as ${own}`;
  return frame.fail(
    sharedName,
    { name, model: model.declaration.name.text, loss: callee, problem },
    declared.span,
    "the model's",
    [label(input.span, "the loss's"), label(loss.span, "used here")],
    "give the model's input another name",
  );
}

/** A union is its first member, unless the data have a column for each of the output's last dimension. */
function targetType({ types }: TensorInput, output: Tensor, { targetColumns }: TargetFacts): SyntaxType {
  const last = output.type.shape.at(-1);
  const columns = last === undefined ? undefined : constantValue(last);
  const wide = targetColumns !== undefined && targetColumns > 1 && targetColumns === columns;
  return wide && types.length > 1 ? types[1] : types[0];
}

function outsideLabels(type: SyntaxType, rank: number, inside: Frame): readonly AxisLabel[] {
  const { dimensions, rest } = inside.body;
  return labelsFor(type.shape, rank, inside).map((own) => {
    if (own === undefined) return undefined;
    return own.startsWith("..") ? rest?.callerLabels[Number(own.slice(2))] : dimensions.get(own)?.callerLabel;
  });
}

/** The inputs beyond the target that the call itself gives, by place or by name. */
function toldInputs(others: readonly TensorInput[], { tensors, named }: GivenArguments): readonly TensorInput[] {
  return others.filter(({ name }, index) => index < tensors.length || named.has(name.text));
}

/** What a loss or metric is called with in the short form: the output, the target and the inputs that it names, from the data where it is not told them. */
export function comparison({ target, given, span }: Chosen, objective: Objective): GivenArguments {
  const { frame, output, inputs } = objective;
  const { declaration } = target;
  const tensors = declaration.parameters.filter((parameter) => parameter.kind === "tensorInput");
  const [first, second, ...others] = tensors;
  if (first === undefined || second === undefined || output === undefined || objective.target === undefined) {
    return frame.fail(
      targetMissing,
      { name: declaration.name.text, kind: declaration.kind },
      declaration.name.span,
      "declared here",
      [label(span, "used here")],
    );
  }
  const argument = (value: Tensor): GivenArgument => ({ value, span, label: undefined });
  const named = new Map(given.named);
  const told = toldInputs(others, given);
  for (const input of others) {
    const { name } = input;
    if (told.includes(input)) continue;
    const found = inputs.find((candidate) => candidate.name === name.text);
    if (found !== undefined) named.set(name.text, argument(found.tensor));
  }
  return { ...given, tensors: [argument(output), argument(objective.target.tensor), ...given.tensors], named };
}

/** The output and the target, which no argument gives. */
const compared = 2;

/** A loss or metric of its arguments. */
export function compare({ target, given, span }: Chosen, frame: Frame, storage?: Storage): Evaluated {
  const instance = frame.home.child(span.from, target.declaration.name.text);
  return frame.session.evaluator.call(target, given, instance, frame, span, storage);
}

/** A train with steps: its declared inputs. One called `target` is what the data's `target` goes to. */
function longObjective(plan: TrainPlan, entry: Entry): Objective {
  const frame = trainFrame(plan, entry);
  openSizes(
    plan.train.inputs.map(({ types }) => types[0]),
    frame,
  );
  const inputs = plan.train.inputs.map(({ name, types }): TrainInput => {
    const buffer = `train.${name.text}`;
    return { name: name.text, buffer, tensor: inputTensor(buffer, types[0], frame) };
  });
  return { frame, inputs, output: undefined, target: inputs.find(({ name }) => name === "target") };
}

/** The frame in which one step's expressions stand: shared lets are evaluated anew, with the parameters as they are. */
export function stepFrame(plan: TrainPlan, { frame, inputs }: Objective): Frame {
  const shared = frame.branch();
  for (const { name, tensor } of inputs) shared.bindValue(name, tensor);
  bindLets(plan, shared);
  return shared.branch();
}

/** What a step minimises: one f32 number. */
export function minimised(
  plan: TrainPlan,
  step: StepPlan,
  objective: Objective,
): { readonly loss: Tensor; readonly span: Span } {
  if (step.minimize === undefined && plan.loss !== undefined) {
    const { frame } = objective;
    const { written, target } = plan.loss;
    const given = evaluateArguments(written, target.declaration, frame, compared);
    const value = compare({ ...plan.loss, given: comparison({ ...plan.loss, given }, objective) }, frame);
    return { loss: scalar(value, plan.loss.span, frame), span: plan.loss.span };
  }
  const frame = stepFrame(plan, objective);
  const { evaluator } = frame.session;
  if (step.lets.length > 0) {
    evaluator.run({ kind: "body", form: "statements", statements: step.lets, span: step.span }, frame);
  }
  if (step.minimize === undefined) return frame.fail(lossShape, { found: "nothing" }, step.span, "this step");
  const { span } = step.minimize;
  return { loss: scalar(evaluator.evaluate(step.minimize, frame), span, frame), span };
}

function scalar(value: Evaluated, span: Span, frame: Frame): Tensor {
  if (value.kind === "tensor" && value.type.shape.length === 0 && value.type.dtype === "f32") return value;
  const found = value.kind === "tensor" ? describeType(value.type) : describeValue(value);
  return frame.fail(lossShape, { found }, span, `this is ${found}`);
}

/** The objective of a plan in an entry. */
export function objectiveOf(plan: TrainPlan, entry: Entry, facts: TargetFacts): Objective {
  return plan.loss !== undefined && isShort(plan)
    ? shortObjective(plan, plan.loss, entry, facts)
    : longObjective(plan, entry);
}

export function hostInputs({ inputs, frame }: Objective): readonly HostInput[] {
  return inputs.map(({ name, buffer, tensor }) => hostInput(name, buffer, tensor, frame.session));
}
