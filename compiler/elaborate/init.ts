/**
 * `init`: every variable's first value from the counter `seed`, and the counters at zero. `evaluate_start`: the states of
 * metrics, before each evaluation.
 */
import type { GraphOutput } from "../graph/types.ts";
import { Entry } from "./entry.ts";
import type { Session, VariableRecord } from "./session.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { EntryGraph } from "./types.ts";

/** `steps_per_epoch` until the train or the host says better: no epoch ends. */
const endless = 2 ** 31 - 1;

export function buildInit(
  session: Session,
  variables: readonly VariableRecord[],
  { epochs = 1, stepsPerEpoch = endless }: Partial<Pick<TrainPlan, "epochs" | "stepsPerEpoch">> = {},
): EntryGraph {
  const entry = new Entry(session, "init", { training: false, averaged: false });
  const starts = variables.filter(({ role }) => role !== "metric").map((variable) => startOf(variable, entry));
  const counters = { step: 0, epoch: 0, step_in_epoch: 0, steps_per_epoch: stepsPerEpoch, epochs };
  const outputs = Object.entries(counters).map(([name, value]): GraphOutput => ({
    name,
    role: "counter",
    value: entry.builder.constant(value, "i32"),
  }));
  return { name: "init", graph: entry.finish([...starts, ...outputs]) };
}

export function buildEvaluateStart(session: Session, variables: readonly VariableRecord[]): EntryGraph {
  const entry = new Entry(session, "evaluate_start", { training: false, averaged: false });
  return { name: "evaluate_start", graph: entry.finish(variables.map((variable) => startOf(variable, entry))) };
}

function startOf({ name, role, start }: VariableRecord, entry: Entry): GraphOutput {
  return { name, role, value: start(entry).value };
}
