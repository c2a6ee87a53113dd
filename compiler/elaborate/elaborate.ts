/**
 * A typed module and a choice of `train` to graphs: `train_step`, `evaluate_start`, `evaluate`, `predict.*`, `continue.*` and `continue_start.*`
 * of models that read a text in parts, `metric.*`, and `init` for every variable that the others came to need.
 */
import { diagnose, label, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { programTooLarge } from "../diagnostics/codes/limits.ts";
import { otherConstant } from "../diagnostics/codes/settings.ts";
import { noNetwork } from "../diagnostics/codes/syntax.ts";
import { sizeOverflow } from "../diagnostics/codes/sizes.ts";
import { unknownTrain } from "../diagnostics/codes/train.ts";
import { DimensionOverflow } from "../dimension/dimension.ts";
import type { TypedModule } from "../semantics/module.ts";
import type { Train } from "../syntax/ast.ts";
import { BudgetExceeded } from "./budget.ts";
import { checkSizes } from "./check-sizes.ts";
import { checkConstants, constantsOf, evaluateConstants } from "./constants.ts";
import { Entry } from "./entry.ts";
import { continuationOf, type Continuations } from "./continuation.ts";
import { checkData } from "./data-plan.ts";
import { evaluatorWith } from "./evaluation-table.ts";
import { buildEvaluation } from "./evaluation.ts";
import { Checks, Failure, recover } from "./failure.ts";
import { hostOf } from "./host.ts";
import { buildEvaluateStart, buildInit } from "./init.ts";
import { topOfTrain } from "./objective.ts";
import { boundsOf, closedOf, reportClosed, sizesFromData, spanOf } from "./open-dimensions.ts";
import { Ownership } from "./ownership.ts";
import { isBatchWritten, leadingNames, type ElaborateOptions, type Parts, type Trained } from "./parts.ts";
import { buildPrediction } from "./predict.ts";
import { reportUnwatched } from "./probes.ts";
import { checkGiven, type BuiltTrain } from "./given-options.ts";
import { Session, type ClosedDimension, type VariableRecord } from "./session.ts";
import { checkStandardized, reportIdleScale } from "./standardized.ts";
import { buildTrainStep } from "./train-step.ts";
import { withSettings } from "./override.ts";
import { planTrain } from "./train-plan.ts";
import { reportUntrained } from "./untrained.ts";
import { checkWindow, sizesFromWindow, windowOf } from "./window.ts";
import type { Elaboration, EntryGraph, Variable } from "./types.ts";

export interface ElaborateResult {
  readonly elaboration?: Elaboration;
  readonly diagnostics: readonly Diagnostic[];
}

export function elaborate(module: TypedModule, options: ElaborateOptions): ElaborateResult {
  const first = attempt(module, options, options.dims ?? new Map());
  const missing = first.wanted.filter(({ name }) => first.known.has(name));
  if (missing.length === 0) return first.result;
  // The data give values to dimensions that turned out to be closed: once more, with them.
  const dims = new Map(options.dims);
  for (const { name } of missing) dims.set(name, first.known.get(name) ?? 1);
  return attempt(module, options, dims).result;
}

interface Attempt {
  readonly result: ElaborateResult;
  /** Closed dimensions without a value. */
  readonly wanted: readonly ClosedDimension[];
  /** Sizes that the data give to names. */
  readonly known: ReadonlyMap<string, number>;
}

function attempt(module: TypedModule, options: ElaborateOptions, dims: ReadonlyMap<string, number>): Attempt {
  const session = new Session(module, evaluatorWith(options.gradients), {
    ...options,
    dims,
    constants: constantsOf(options.consts),
  });
  const ended = (): Attempt => ({ result: { diagnostics: session.diagnostics }, wanted: [], known: new Map() });
  const consts = built(session, undefined, () => {
    checkConstants(session);
    return evaluateConstants(session);
  });
  if (consts === undefined) return ended();
  if (module.models.length === 0) {
    session.report(diagnose(noNetwork, {}, [{ file: module.name, from: 0, to: 0, text: "in this file" }]));
    return ended();
  }
  // What a constant of another kind leads to is no mistake of the source.
  if (session.diagnostics.some(({ code }) => code === otherConstant.code)) return ended();
  built(session, undefined, () => checkData(session));
  const trained = built(session, module.trains.at(0)?.name.span, () => trainParts(module, options, session));
  const predictions = module.models.flatMap(
    (target) => built(session, target.declaration.name.span, () => buildPrediction(target, session)) ?? [],
  );
  const owned = ownedRoots(trained, session);
  const kept = predictions.filter(
    ({ entry }) => owned === undefined || [...entry.variables].every((name) => owned.has(name.split(".")[0])),
  );
  if (trained !== undefined) reportUntrained(trained.plan, trained.step, kept, session);
  const entries = [
    ...(trained === undefined ? [] : [trained.step.entry, trained.evaluation.entry]),
    ...kept.map(({ entry }) => entry),
  ];
  const known = new Map([
    ...session.calledWith,
    ...sizesFromData(trained, options.dataFacts),
    ...sizesFromWindow(trained),
  ]);
  const missing = closedOf(entries, session);
  // What failed may have failed for want of a size that is known by now.
  const wanted = closedOf([...entries, ...session.unfinished], session);
  const facts: Parts = { session, trained, kept, owned, known, missing, options, consts };
  return { result: assemble(facts), wanted, known };
}

/** What `build` answers, or undefined where it failed and reported why; `span` stands for what is no single expression's fault. */
function built<Result>(session: Session, span: Span | undefined, build: () => Result): Result | undefined {
  try {
    return recover(build);
  } catch (error) {
    const place = [label(span ?? { file: session.module.name, from: 0, to: 0 }, "written out from here")];
    if (error instanceof DimensionOverflow) session.report(diagnose(sizeOverflow, error, place));
    else if (error instanceof BudgetExceeded) {
      session.budget.reported();
      session.report(diagnose(programTooLarge, session.budget, place));
    } else throw error;
    return undefined;
  }
}

/** Whether a train is meant, and which. */
function chooseTrain(
  { trains, usedTrains }: TypedModule,
  wanted: string | null | undefined,
  session: Session,
): Train | undefined {
  if (wanted === null) return undefined;
  if (wanted === undefined) return trains.at(0);
  const found =
    trains.find(({ name, label: own }) => (own ?? name).text === wanted) ??
    trains.find(({ name }) => name.text === wanted);
  if (found === undefined) {
    const labels = trains.map(({ name, label: own }) => (own ?? name).text);
    const expected = labels.length === 0 ? "a file with a train" : labels.map((one) => `\`${one}\``).join(", ");
    const owner = usedTrains.find(({ train: { name, label: own } }) => [own, name].some((one) => one?.text === wanted));
    const help = owner === undefined ? didYouMean(wanted, labels) : `it is a train of ${owner.file}: name that file`;
    session.report(diagnose(unknownTrain, { name: wanted, labels: expected }, [], help));
  }
  return found;
}

function trainParts(
  module: TypedModule,
  { train, dataFacts, settings }: ElaborateOptions,
  session: Session,
): Trained | undefined {
  const found = chooseTrain(module, train, session);
  if (found === undefined) {
    if (!session.failed) reportUnwatched(session);
    return undefined;
  }
  const scratch = new Entry(session, "settings", { training: false, averaged: false });
  const top = topOfTrain(scratch, (found.label ?? found.name).text);
  const plan = planTrain(withSettings(found, settings, top), top);
  const checks = new Checks();
  const step = checks.run(() => buildTrainStep(plan, session, dataFacts ?? {}));
  checks.run(() => {
    if (step !== undefined) checkStandardized(plan, step);
  });
  if (step !== undefined) reportIdleScale(plan, step);
  const evaluation = checks.run(() => buildEvaluation(plan, session, dataFacts ?? {}));
  if (step === undefined || evaluation === undefined || checks.failed) throw new Failure();
  const parts = { plan, step, evaluation };
  checkWindow(parts);
  return parts;
}

/** The models whose variables a train reads; undefined without a train, which owns everything. */
function ownedRoots(trained: Trained | undefined, session: Session): ReadonlySet<string> | undefined {
  if (trained === undefined) return undefined;
  const names = [...trained.step.entry.variables].filter((name) => {
    const role = session.variables.get(name)?.role;
    return (role === "parameter" || role === "state") && !name.startsWith("average.");
  });
  return new Set(names.map((name) => name.split(".")[0]));
}

function builtTrain(trained: Trained | undefined): BuiltTrain | undefined {
  if (trained === undefined) return undefined;
  const { plan } = trained;
  return { batch: isBatchWritten(plan) ? plan.batch : "all", leading: leadingNames(trained) };
}

function assemble(parts: Parts): ElaborateResult {
  const { session, kept, owned, options } = parts;
  const isGiven = checkGiven(options, builtTrain(parts.trained), session);
  if (isGiven && options.allowOpen !== true) reportClosed(parts);
  reportRepeated(session);
  const variables = [...session.variables.values()].filter((record) => isKept(record, owned));
  if (session.failed) return { diagnostics: session.diagnostics };
  const place = spanOf(parts.trained, session);
  const continuations = continuationsOf(parts);
  const made = built(session, place, () => entriesOf(parts, variables, continuations));
  if (made === undefined || session.failed) return { diagnostics: session.diagnostics };
  const bounds = boundsOf(made, parts);
  checkSizes(made, bounds, session);
  if (session.failed) return { diagnostics: session.diagnostics };
  const ownership = new Ownership(session);
  const { host, name } = hostOf(parts, ownership, continuations, bounds);
  const elaboration: Elaboration = {
    name,
    entries: made,
    variables: variables.map(variableOf).concat(counters),
    bounds,
    owned: new Map(kept.map(({ host: { name: model } }) => [model, ownership.parameters(model).map(nameOf)])),
    uses: session.uses,
    places: session.places(),
    operations: session.budget.spent,
    limit: { operations: session.budget.limit, span: place },
    host,
  };
  return { elaboration, diagnostics: session.diagnostics };
}

/** Says which of the layers that the turns of a `repeat` share have parameters or state. */
function reportRepeated({ repeated, variables }: Session): void {
  for (const [instance, report] of repeated) {
    const isOwn = (name: string): boolean => name.startsWith(`${instance.path}.`);
    if (instance.fixed && [...variables.keys()].some(isOwn)) report();
  }
}

const counters: readonly Variable[] = ["seed", "step", "epoch", "step_in_epoch", "steps_per_epoch", "epochs"].map(
  (name) => ({ name, role: "counter", type: { dtype: "i32", shape: [] } }),
);

function isKept({ name, role }: VariableRecord, owned: ReadonlySet<string> | undefined): boolean {
  if (role === "optimizer" || role === "metric" || name.startsWith("average.")) return true;
  return owned === undefined || owned.has(name.split(".")[0]);
}

function nameOf({ name }: VariableRecord): string {
  return name;
}

function variableOf({ name, role, type }: VariableRecord): Variable {
  return { name, role, type };
}

/** Of the models that are trained on text, by their names. */
function continuationsOf({ session, trained, kept }: Parts): Continuations {
  if (trained === undefined || windowOf(trained.plan) === undefined) return new Map();
  return new Map(kept.map((prediction) => [prediction.host.name, continuationOf(prediction, session)]));
}

function entriesOf(
  { session, trained, kept }: Parts,
  variables: readonly VariableRecord[],
  continuations: Continuations,
): readonly EntryGraph[] {
  const init = buildInit(session, variables, trained?.plan);
  const metrics = variables.filter(({ role }) => role === "metric");
  const start = metrics.length === 0 ? [] : [buildEvaluateStart(session, metrics)];
  const training = trained === undefined ? [] : [trained.step.graph, ...start, ...trained.evaluation.entries];
  const continuing = [...continuations.values()].flatMap((one) => one?.entries ?? []);
  return [init, ...training, ...kept.map(({ graph }) => graph), ...continuing];
}
