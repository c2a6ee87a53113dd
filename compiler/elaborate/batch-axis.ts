/** Whether `batch` has anything to cut: an input whose first dimension is not a number. */
import { noBatchAxis } from "../diagnostics/codes/train.ts";
import { lookUp } from "../semantics/module.ts";
import type { Dimension } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { modelInputsOf } from "./inputs.ts";
import { trainedModel } from "./objective.ts";
import { isShort, type TrainPlan } from "./train-plan.ts";

/** Told from what is written, since a size that options give is a number, too. */
export function checkBatch(plan: TrainPlan, frame: Frame): void {
  const { train, batch, label } = plan;
  const entry = train.entries.find(({ key }) => key.text === "batch");
  if (entry === undefined || batch === "all") return;
  const inputs = isShort(plan) ? modelInputsOf(trainedModel(plan, frame), frame.session) : train.inputs;
  if (inputs.some(({ types: [{ shape }] }) => isOpen(shape.at(0), frame))) return;
  frame.report(noBatchAxis, { train: label }, entry.value.span, "cuts nothing");
}

function isOpen(first: Dimension | undefined, { body }: Frame): boolean {
  if (first === undefined || first.kind === "number") return false;
  return first.kind !== "name" || lookUp(body.scope, "value", first.text)?.declaration.kind !== "const";
}
