/** What a train leaves as it starts, though somebody may think otherwise: warnings once train and predictions are built. */
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import { neverTrained, nothingMoves } from "../diagnostics/codes/train.ts";
import type { Entry } from "./entry.ts";
import type { Prediction } from "./predict.ts";
import type { Session, VariableRecord } from "./session.ts";
import type { TrainStep } from "./train-step.ts";
import type { StepPlan, TrainPlan } from "./train-plan.ts";

export function reportUntrained(
  { train, label: name, steps }: TrainPlan,
  step: TrainStep,
  predictions: readonly Prediction[],
  session: Session,
): void {
  const moves = step.graph.graph.outputs.some(({ role }) => role === "parameter") && !steps.every(standsStill);
  if (!session.failed && !moves)
    session.report(diagnose(nothingMoves, { train: name }, [label((train.label ?? train.name).span, "this train")]));
  for (const [layer, { span }] of unreachedLayers(step.entry, predictions, session)) {
    const place = span === undefined ? [] : [label(span, "no training step has this")];
    session.report(diagnose(neverTrained, { layer, train: name }, place));
  }
}

/** A schedule may make something of a rate of 0. */
function standsStill({ optimizer, schedule }: StepPlan): boolean {
  return optimizer.lr === 0 && schedule === undefined;
}

/** The layers whose parameters predictions read and the training step does not, with a parameter of each. */
function unreachedLayers(
  step: Entry,
  predictions: readonly Prediction[],
  session: Session,
): ReadonlyMap<string, VariableRecord> {
  const found = new Map<string, VariableRecord>();
  for (const { entry } of predictions) {
    for (const name of entry.variables) {
      const record = session.variables.get(name);
      const layer = name.slice(0, name.lastIndexOf("."));
      if (record?.role === "parameter" && !step.variables.has(name) && !found.has(layer)) found.set(layer, record);
    }
  }
  return found;
}
