/**
 * `standardize: [x, target]`: inputs by their names, and the target, whose units the predictions must find back to. What it names is known when
 * the train's inputs are.
 */
import { label } from "../diagnostics/diagnostic.ts";
import { badValue, standardizedTarget } from "../diagnostics/codes/train.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { product } from "../dimension/dimension.ts";
import type { Expression, Name } from "../syntax/ast.ts";
import { dataExpression } from "./data-plan.ts";
import type { Frame } from "./frame.ts";
import type { Objective } from "./objective.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { TrainStep } from "./train-step.ts";

/** Each must be an input of floats. */
export function checkStandardized({ train, data }: TrainPlan, step: TrainStep): void {
  const { standardize } = data.settings;
  if (!Array.isArray(standardize)) return;
  const { frame, inputs, target } = step.objective;
  const floats = inputs.filter(({ tensor }) => tensor.type.dtype === "f32").map(({ name }) => name);
  for (const item of itemsOf(train.entries.find(({ key }) => key.text === "data")?.value, frame)) {
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

function itemsOf(
  value: Expression | undefined,
  frame: Frame,
): readonly (Name | Extract<Expression, { kind: "string" }>)[] {
  const source = value === undefined ? undefined : dataExpression(value, frame);
  const written =
    source?.kind === "call" ? source.arguments.find((one) => one.label?.text === "standardize") : undefined;
  const items = written?.value.kind === "list" ? written.value.items : [];
  return items.filter((item) => item.kind === "name" || item.kind === "string");
}
