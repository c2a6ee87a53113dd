/** What a train leaves as it starts, though somebody may think otherwise: warnings once train and predictions are built. */
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import { neverTrained, nothingMoves } from "../diagnostics/codes/train.ts";
import type { Graph } from "../graph/graph.ts";
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
  const moves = step.graph.graph.outputs.some(({ role }) => role === "parameter") && !standsStill(steps, step);
  if (!session.failed && !moves)
    session.report(diagnose(nothingMoves, { train: name }, [label((train.label ?? train.name).span, "this train")]));
  for (const [layer, { span }] of unreachedLayers(step.entry, predictions, session)) {
    const place = span === undefined ? [] : [label(span, "no training step has this")];
    session.report(diagnose(neverTrained, { layer, train: name }, place));
  }
}

/** Whether each step's learning rate is 0, whatever its schedule makes of it. */
function standsStill(steps: readonly StepPlan[], { graph: { graph }, rates }: TrainStep): boolean {
  if (steps.some(({ optimizer }) => optimizer.lr !== 0)) return false;
  const zeros = zerosOf(graph);
  const names = new Set(rates.map(({ buffer }) => buffer));
  return graph.outputs.every(({ name, value }) => !names.has(name) || zeros.has(value.node));
}

/** The nodes that are 0 in every element, as far as the ops tell: those that a learning rate of 0 multiplies, and what is made of them. */
function zerosOf({ nodes }: Graph): ReadonlySet<number> {
  const zeros = new Set<number>();
  for (const { id, op, attributes, inputs } of nodes) {
    const [first, ...others] = inputs.map(({ node }) => zeros.has(node));
    if (op === "constant" ? attributes["value"] === 0 : isZero(op, first ?? false, others)) zeros.add(id);
  }
  return zeros;
}

function isZero(op: string, first: boolean, others: readonly boolean[]): boolean {
  const rest = others.every((zero) => zero);
  switch (op) {
    case "mul":
      return first || rest;
    case "div":
      return first;
    case "select":
      return rest;
    case "add":
    case "sub":
    case "maximum":
    case "minimum":
    case "neg":
    case "broadcast":
    case "reshape":
      return first && rest;
    default:
      return false;
  }
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
