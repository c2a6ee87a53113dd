/**
 * What `scale` and `standardize` are about, known when the train's inputs are: `standardize: [x, target]` names inputs, and the target, whose
 * units the predictions must find back to; a scale that nothing takes, or that standardising takes out again, is told.
 */
import { label } from "../diagnostics/diagnostic.ts";
import { standardizedTarget } from "../diagnostics/codes/readers.ts";
import { badValue, idleKey } from "../diagnostics/codes/train.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { product } from "../dimension/dimension.ts";
import type { Argument, Expression, Name } from "../syntax/ast.ts";
import { dataSetting } from "./data-plan.ts";
import type { Objective } from "./objective.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { TrainStep } from "./train-step.ts";

/** Each must be an input of floats. */
export function checkStandardized({ train, data }: TrainPlan, step: TrainStep): void {
  const { standardize } = data.settings;
  if (!Array.isArray(standardize)) return;
  const { frame, inputs, target } = step.objective;
  const floats = inputs.filter(({ tensor }) => tensor.type.dtype === "f32").map(({ name }) => name);
  for (const item of itemsOf(dataSetting("standardize", train, frame))) {
    const name = item.kind === "name" ? item.text : item.value;
    if (!floats.includes(name)) {
      const type = inputs.find((input) => input.name === name)?.tensor.type.dtype;
      const found = type === undefined ? `\`${name}\`` : `\`${name}\`, which is ${type}`;
      const expected = `a list of inputs of floats (${floats.map((one) => `\`${one}\``).join(", ")})`;
      frame.fail(badValue, { key: "standardize", expected, found }, item.span, "this", [], didYouMean(name, floats));
    }
    if (name !== target?.name) continue;
    const problem = problemOf(step, target.tensor);
    const places = [label(train.name.span, "what it predicts is trained here")];
    if (problem !== undefined) frame.fail(standardizedTarget, { problem }, item.span, "this", places);
  }
}

/** What keeps the predictions from the target's units. */
function problemOf(
  { objective: { output }, takesLogit }: Pick<TrainStep, "objective" | "takesLogit">,
  target: NonNullable<Objective["output"]>,
): string | undefined {
  if (output === undefined) return "which of this train's results they belong to is not told";
  if (takesLogit) return "this loss takes a target of 0 and 1";
  const [values, wanted] = [output, target].map(({ type: { shape } }) => product(shape.slice(1)).key);
  return values === wanted ? undefined : `the model's output has ${values} values a row where the target has ${wanted}`;
}

/** Both are about inputs of floats; other inputs of the loss and the target are not scaled. */
export function reportIdleScale({ train, data }: TrainPlan, { objective }: TrainStep): void {
  const { frame, inputs, target } = objective;
  // Then nothing of the data is read.
  if (inputs.length === 0) return;
  const { scale, standardize } = data.settings;
  const floats = inputs.filter(({ name, tensor }) => name !== target?.name && tensor.type.dtype === "f32");
  const report = (name: "scale" | "standardize", why: string): void => {
    const written = dataSetting(name, train, frame);
    if (written !== undefined) frame.report(idleKey, { what: `\`${name}\``, why }, written.span, "this");
  };
  if (floats.length === 0) {
    const why = "there is no input of floats";
    if (scale !== undefined) report("scale", why);
    if (standardize === true) report("standardize", why);
    return;
  }
  const isTakenOut =
    standardize === true ||
    (Array.isArray(standardize) && floats.every(({ name }) => standardize.some((one) => one === name)));
  // A negative one turns the signs, which standardising keeps.
  if (isTakenOut && Number(scale) > 0 && scale !== 1) report("scale", "`standardize` takes every scale out again");
}

function itemsOf(written: Argument | undefined): readonly (Name | Extract<Expression, { kind: "string" }>)[] {
  const items = written?.value.kind === "list" ? written.value.items : [];
  return items.filter((item) => item.kind === "name" || item.kind === "string");
}
