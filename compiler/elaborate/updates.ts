/** What a step moves: the parameters that its `update` names, or in the short form all of the model's. */
import { nothingToUpdate, repeatedUpdate } from "../diagnostics/codes/train.ts";
import type { Frame } from "./frame.ts";
import { helpWithPaths } from "./known-paths.ts";
import { trainedModel } from "./objective.ts";
import { Ownership } from "./ownership.ts";
import type { VariableRecord } from "./session.ts";
import type { StepPlan, TrainPlan } from "./train-plan.ts";

export interface Moves {
  /** In the order in which they were found. */
  readonly parameters: readonly VariableRecord[];
  /** Whether a variable, a state as well, is the step's to write. */
  readonly owns: (name: string) => boolean;
}

/** A path of `update` with the names of the parameters below it. */
interface Named {
  readonly path: NonNullable<StepPlan["update"]>[number];
  readonly names: readonly string[];
}

export function movesOf(plan: TrainPlan, step: StepPlan, frame: Frame): Moves {
  const { session } = frame;
  const ownership = new Ownership(session);
  const paths = step.update?.map(({ path }) => path) ?? [trainedModel(plan, frame).declaration.name.text];
  const named = (step.update ?? []).map((path): Named => ({
    path,
    names: ownership.parameters(path.path).map(({ name }) => name),
  }));
  reportNothing(named, ownership, frame);
  reportRepeated(named, frame);
  const own = new Set(paths.flatMap((path) => ownership.named(path).map(({ name }) => name)));
  const parameters = [...session.variables.values()].filter(({ name, role }) => role === "parameter" && own.has(name));
  return { parameters, owns: (name) => own.has(name) };
}

function reportNothing(named: readonly Named[], ownership: Ownership, frame: Frame): void {
  for (const { path, names } of named) {
    if (names.length > 0) continue;
    const help = helpWithPaths(path.path, ownership.paths, "no step of this train uses a model with parameters");
    frame.report(nothingToUpdate, { what: path.path }, path.span, "no parameter is below this path", [], help);
  }
}

/** A path all of whose parameters others name as well has no effect; of two equal ones that is the second. */
function reportRepeated(named: readonly Named[], frame: Frame): void {
  const counts = new Map<string, number>();
  const count = (name: string, change: number): void => void counts.set(name, (counts.get(name) ?? 0) + change);
  for (const { names } of named) for (const name of names) count(name, 1);
  for (const { path, names } of named.toReversed()) {
    if (names.length === 0 || names.some((name) => counts.get(name) === 1)) continue;
    for (const name of names) count(name, -1);
    frame.report(repeatedUpdate, { path: path.path }, path.span, "adds nothing");
  }
}
