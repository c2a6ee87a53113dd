/**
 * What the expressions of a module are worth, told while its bodies run: for a model and a train with what they are given, for any other
 * declaration with sizes that only its signature tells. No artifact comes of it, so nothing that only one needs is built.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { programTooLarge } from "../diagnostics/codes/limits.ts";
import { DimensionOverflow, symbol } from "../dimension/dimension.ts";
import type { DeclaredCallable, TypedModule } from "../semantics/module.ts";
import type { BareInput, Setting, TensorType, Train } from "../syntax/ast.ts";
import { settingsOf } from "./arguments.ts";
import { BudgetExceeded } from "./budget.ts";
import { Entry } from "./entry.ts";
import { evaluatorWith } from "./evaluation-table.ts";
import type { Gradients, Observe } from "./evaluator.ts";
import { recover } from "./failure.ts";
import { Frame } from "./frame.ts";
import { inputTensor, topFrame } from "./inputs.ts";
import { minimised, objectiveOf, topOfTrain } from "./objective.ts";
import { callModel, givenInputs } from "./predict.ts";
import { Session } from "./session.ts";
import { planTrain } from "./train-plan.ts";
import { boolValue, fromDimension, type Evaluated, type GivenArgument } from "./values.ts";

/** What is run: a model on inputs from outside, a train's losses, or another declaration by itself. */
export type Observed =
  | { readonly kind: "model"; readonly target: DeclaredCallable }
  | { readonly kind: "train"; readonly train: Train }
  | { readonly kind: "alone"; readonly target: DeclaredCallable };

export interface ObserveOptions {
  readonly gradients: Gradients;
  /** After how many operations it stops: what comes later is not told. */
  readonly operations: number;
}

/** Runs it, and answers what is wrong; of what runs alone nothing is said, since nobody knows how it will be called. */
export function observe(
  module: TypedModule,
  observed: Observed,
  { gradients, operations }: ObserveOptions,
  tell: Observe,
): readonly Diagnostic[] {
  const none = new Map<never, never>();
  const session = new Session(module, evaluatorWith(gradients, tell), { dims: none, constants: none, operations });
  try {
    recover(() => run(observed, session));
  } catch (error) {
    if (!(error instanceof BudgetExceeded) && !(error instanceof DimensionOverflow)) throw error;
  }
  // How much is looked at here is no limit of the program.
  return observed.kind === "alone" ? [] : session.diagnostics.filter(({ code }) => code !== programTooLarge.code);
}

function run(observed: Observed, session: Session): void {
  switch (observed.kind) {
    case "model": {
      const { target } = observed;
      const name = target.declaration.name.text;
      const entry = new Entry(session, `predict.${name}`, { training: false, averaged: true });
      const frame = topFrame(entry, target.scope, session.rootOf(target), name, `the model \`${name}\``);
      callModel(
        target,
        givenInputs(target, frame).map(({ tensor }) => tensor),
        frame,
      );
      return;
    }
    case "train": {
      const { train } = observed;
      const scratch = new Entry(session, "settings", { training: false, averaged: false });
      const plan = planTrain(train, topOfTrain(scratch, (train.label ?? train.name).text));
      const entry = new Entry(session, "train_step", { training: true, averaged: false });
      const objective = objectiveOf(plan, entry, {});
      for (const step of plan.steps) recover(() => minimised(plan, step, objective));
      return;
    }
    case "alone":
      runAlone(observed.target, session);
  }
}

/** `..` is one more dimension of that name. */
const rest = "..";

function runAlone(target: DeclaredCallable, session: Session): void {
  const { declaration, scope } = target;
  const { text: name, span } = declaration.name;
  const entry = new Entry(session, `alone.${name}`, { training: true, averaged: false });
  const root = session.root(name, `alone ${name}`);
  const top = topFrame(entry, scope, root, name, name);
  const body = {
    ...top.body,
    outsider: undefined,
    rest: { shape: [symbol(rest)], callerLabels: [undefined], span: undefined },
  };
  const frame = new Frame(entry, body, root);
  const settings = settingsOf(declaration).filter((one) => one.default === undefined);
  const values = settings.map((one) => [one.name.text, valueOf(one)] as const);
  const named = new Map<string, GivenArgument>();
  for (const [setting, value] of values) {
    if (value === undefined) return;
    named.set(setting, { value, span, label: undefined });
  }
  for (const input of declaration.parameters) {
    if (input.kind === "setting") continue;
    const type = input.kind === "tensorInput" ? input.types[0] : anyShape(input);
    const value = inputTensor(`alone.${input.name.text}`, type, frame);
    named.set(input.name.text, { value, span, label: undefined });
  }
  session.evaluator.call(target, { tensors: [], settings: [], named }, root, frame, span);
}

/** What a regularizer is given. */
function anyShape({ span }: BareInput): TensorType {
  return { kind: "tensorType", element: "f32", shape: [{ kind: "rest", span }], span };
}

/** Any value of a setting's type; of a whole number the name, since it may be a size. */
function valueOf({ name, types: [type] }: Setting): Evaluated | undefined {
  if (type.kind === "listType") return undefined;
  if (type.name === "int") return fromDimension(symbol(name.text));
  if (type.name === "bool") return boolValue(true);
  if (type.name === "layer") return { kind: "layer", parts: [] };
  return undefined;
}
