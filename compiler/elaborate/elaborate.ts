/**
 * A typed module and a choice of `train` to graphs: `train_step`, `evaluate`, `predict.*`, `metric.*`, and `init` for every
 * variable that the others came to need.
 */
import { diagnose, label, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { programTooLarge } from "../diagnostics/codes/limits.ts";
import { noNetwork } from "../diagnostics/codes/syntax.ts";
import { openDimension, sizeOverflow } from "../diagnostics/codes/shapes.ts";
import { boundMissing, unknownTrain } from "../diagnostics/codes/train.ts";
import { constantValue, DimensionOverflow, product, symbolsOf } from "../dimension/dimension.ts";
import type { HostModel, HostOptions, HostTrain } from "../program/host.ts";
import type { TypedModule } from "../semantics/module.ts";
import type { Train } from "../syntax/ast.ts";
import { BudgetExceeded, maximalWork } from "./budget.ts";
import { checkSizes } from "./check-sizes.ts";
import { callBuiltin } from "./builtins/index.ts";
import { apply, call, initialize, schedule } from "./calls.ts";
import { checkConstants, constantsOf, evaluateConstants, givenOptions } from "./constants.ts";
import { Entry } from "./entry.ts";
import { checkData } from "./data-plan.ts";
import { buildEvaluation, maximalRows, rowsName, type Evaluation } from "./evaluation.ts";
import type { Evaluator, Gradients } from "./evaluator.ts";
import { evaluate } from "./expressions.ts";
import { recover } from "./failure.ts";
import { buildEvaluateStart, buildInit } from "./init.ts";
import { hostInputs, topOfTrain, type TargetFacts } from "./objective.ts";
import { Ownership } from "./ownership.ts";
import { buildPrediction, type Prediction } from "./predict.ts";
import { reportUnwatched } from "./probes.ts";
import { followsEpochs } from "./epochs.ts";
import { checkGiven, type BuiltTrain } from "./given-options.ts";
import { Session, type ClosedDimension, type VariableRecord } from "./session.ts";
import { dimensionOf, evaluateShape } from "./shape-values.ts";
import { run } from "./statements.ts";
import { checkStandardized } from "./standardized.ts";
import { buildTrainStep, type TrainStep } from "./train-step.ts";
import { withSettings } from "./override.ts";
import { planTrain, type TrainPlan } from "./train-plan.ts";
import { reportUntrained } from "./untrained.ts";
import type { Elaboration, EntryGraph, Variable } from "./types.ts";

/** What the host read from the data before compiling. */
export interface DataFacts extends TargetFacts {
  /** The shape of each input as read, the rows first; undefined where a size may vary. */
  readonly shapes?: ReadonlyMap<string, readonly (number | undefined)[]>;
}

export interface ElaborateOptions {
  /** The differentiation pass. */
  readonly gradients: Gradients;
  /** Which train, by label or name; the first where absent, none where null. */
  readonly train?: string | null;
  readonly bounds?: ReadonlyMap<string, number>;
  readonly dims?: ReadonlyMap<string, number>;
  readonly consts?: ReadonlyMap<string, number | string | boolean>;
  readonly dataFacts?: DataFacts;
  /** Other values for the settings of the train's optimizers. */
  readonly settings?: ReadonlyMap<string, number>;
  /** Paths of layers, models and parameters to watch in training. */
  readonly probes?: readonly string[];
  /** Dimensions without a value stay symbols, as for `check`. */
  readonly allowOpen?: boolean;
}

export interface ElaborateResult {
  readonly elaboration?: Elaboration;
  readonly diagnostics: readonly Diagnostic[];
}

/** The largest batch of a file that has no train and gets no bounds. */
const defaultBatch = 128;
const languageVersion = "1";

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
  const evaluator: Evaluator = {
    gradients: options.gradients,
    evaluate,
    dimension: dimensionOf,
    shape: evaluateShape,
    builtin: callBuiltin,
    apply,
    call,
    initialize,
    schedule,
    run,
  };
  const session = new Session(module, evaluator, dims, constantsOf(options.consts), options.probes);
  checkConstants(session);
  if (module.models.length === 0)
    session.report(diagnose(noNetwork, {}, [{ file: module.name, from: 0, to: 0, text: "in this file" }]));
  const consts = evaluateConstants(session);
  checkData(session);
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
  const known = new Map([...session.calledWith, ...sizesFromData(trained, options.dataFacts)]);
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
    if (error instanceof DimensionOverflow) session.report(diagnose(sizeOverflow, { what: error.message }, place));
    else if (error instanceof BudgetExceeded) {
      session.budget.reported();
      session.report(diagnose(programTooLarge, { limit: maximalWork }, place));
    } else throw error;
    return undefined;
  }
}

interface Trained {
  readonly plan: TrainPlan;
  readonly step: TrainStep;
  readonly evaluation: Evaluation;
}

interface Parts {
  readonly session: Session;
  readonly trained: Trained | undefined;
  readonly kept: readonly Prediction[];
  readonly owned: ReadonlySet<string> | undefined;
  readonly known: ReadonlyMap<string, number>;
  readonly missing: readonly ClosedDimension[];
  readonly options: ElaborateOptions;
  readonly consts: HostOptions["consts"];
}

/** Whether a train is meant, and which. */
function chooseTrain({ trains }: TypedModule, wanted: string | null | undefined, session: Session): Train | undefined {
  if (wanted === null) return undefined;
  if (wanted === undefined) return trains.at(0);
  const found =
    trains.find(({ name, label: own }) => (own ?? name).text === wanted) ??
    trains.find(({ name }) => name.text === wanted);
  if (found === undefined) {
    const labels = trains.map(({ name, label: own }) => (own ?? name).text);
    const expected = labels.length === 0 ? "a file with a train" : labels.map((one) => `\`${one}\``).join(", ");
    session.report(diagnose(unknownTrain, { name: wanted, labels: expected }, [], didYouMean(wanted, labels)));
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
  const chosen = withSettings(found, settings);
  const scratch = new Entry(session, "settings", { training: false, averaged: false });
  const { text } = chosen.label ?? chosen.name;
  const plan = planTrain(chosen, topOfTrain(scratch, text));
  const step = buildTrainStep(plan, session, dataFacts ?? {});
  checkStandardized(plan, step);
  return { plan, step, evaluation: buildEvaluation(plan, session, dataFacts ?? {}) };
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

// ---------------------------------------------------------------------------------------------------------------------
// Dimensions
// ---------------------------------------------------------------------------------------------------------------------

/** The sizes that the data show for names of the train's inputs. */
function sizesFromData(trained: Trained | undefined, facts: DataFacts | undefined): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, tensor } of trained?.step.objective.inputs ?? []) {
    const read = facts?.shapes?.get(name);
    if (read === undefined || read.length !== tensor.type.shape.length) continue;
    for (const [axis, size] of tensor.type.shape.entries()) {
      const value = read[axis];
      if (value !== undefined && symbolsOf(size).has(size.key) && !sizes.has(size.key)) sizes.set(size.key, value);
    }
  }
  return sizes;
}

/** Dimensions that parameters and settings of these entries depend on and that have no value, each once. */
function closedOf(entries: readonly Entry[], session: Session): readonly ClosedDimension[] {
  const found = new Map<string, ClosedDimension>();
  for (const { closed } of entries) {
    for (const dimension of closed)
      if (!session.dims.has(dimension.name) && !found.has(dimension.name)) found.set(dimension.name, dimension);
  }
  return [...found.values()];
}

function reportClosed({ missing, session, options }: Parts): void {
  if (options.allowOpen === true) return;
  for (const { name, span, reason } of missing) {
    const help = `give it with \`dims: { ${name}: … }\`, or \`--dim ${name}=…\` on the command line`;
    session.report(diagnose(openDimension, { name, what: reason }, [label(span, "depends on it")], help));
  }
}

/** Every open dimension of the graphs with its largest value. */
function boundsOf(
  entries: readonly EntryGraph[],
  { session, trained, known, options, kept, missing }: Parts,
): ReadonlyMap<string, number> {
  const bounds = new Map<string, number>();
  const leading = new Set([
    ...leadingNames(trained),
    ...(trained === undefined ? kept.flatMap(({ host }) => firstNames(host)) : []),
  ]);
  const closed = new Set(missing.map(({ name }) => name));
  for (const name of openNames(entries)) {
    const bound =
      options.bounds?.get(name) ??
      (name === rowsName ? maximalRows : undefined) ??
      boundFrom(name, leading, trained, known);
    if (bound !== undefined) bounds.set(name, bound);
    else if (options.allowOpen !== true && !closed.has(name)) {
      session.report(
        diagnose(
          boundMissing,
          { name },
          placeOf(trained, session),
          `give it with \`bounds: { ${name}: 64 }\`, or \`--bounds ${name}=64\``,
        ),
      );
    }
  }
  return bounds;
}

function spanOf(trained: Trained | undefined, session: Session): Span | undefined {
  return trained?.plan.train.name.span ?? session.module.models.at(0)?.declaration.name.span;
}

function placeOf(trained: Trained | undefined, session: Session) {
  const span = spanOf(trained, session);
  return span === undefined ? [] : [label(span, "built from here")];
}

function openNames(entries: readonly EntryGraph[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { graph } of entries) {
    for (const { outputs } of graph.nodes) {
      for (const { shape } of outputs)
        for (const size of shape)
          if (constantValue(size) === undefined) for (const name of symbolsOf(size)) names.add(name);
    }
  }
  return names;
}

/** The names of the first dimensions of the train's inputs: its batch. */
function leadingNames(trained: Trained | undefined): readonly string[] {
  return (trained?.step.objective.inputs ?? []).flatMap(({ tensor }) => [
    ...symbolsOf(tensor.type.shape.at(0) ?? product([])),
  ]);
}

function builtTrain(trained: Trained | undefined): BuiltTrain | undefined {
  if (trained === undefined) return undefined;
  const { plan } = trained;
  return { batch: isBatchWritten(plan) ? plan.batch : "all", leading: leadingNames(trained) };
}

function isBatchWritten({ train }: TrainPlan): boolean {
  return train.entries.some(({ key }) => key.text === "batch");
}

function firstNames({ inputs }: HostModel): readonly string[] {
  return inputs.flatMap(({ shape }) => [...symbolsOf(shape.at(0) ?? product([]))]);
}

function boundFrom(
  name: string,
  leading: ReadonlySet<string>,
  trained: Trained | undefined,
  known: ReadonlyMap<string, number>,
): number | undefined {
  if (leading.has(name)) {
    if (trained === undefined) return defaultBatch;
    return trained.plan.batch === "all" ? known.get(name) : trained.plan.batch;
  }
  const window = trained?.plan.data.reader === "text" ? trained.plan.data.settings.window : undefined;
  return known.get(name) ?? (typeof window === "number" ? window : undefined);
}

// ---------------------------------------------------------------------------------------------------------------------
// The result
// ---------------------------------------------------------------------------------------------------------------------

function assemble(parts: Parts): ElaborateResult {
  const { session, kept, owned, options } = parts;
  const isGiven = checkGiven(options, builtTrain(parts.trained), session);
  if (isGiven && options.allowOpen !== true) reportClosed(parts);
  const variables = [...session.variables.values()].filter((record) => isKept(record, owned));
  if (session.failed) return { diagnostics: session.diagnostics };
  const made = built(session, spanOf(parts.trained, session), () => entriesOf(parts, variables));
  if (made === undefined || session.failed) return { diagnostics: session.diagnostics };
  const bounds = boundsOf(made, parts);
  checkSizes(made, bounds, session);
  if (session.failed) return { diagnostics: session.diagnostics };
  const ownership = new Ownership(session);
  const { host, name } = hostOf(parts, ownership);
  const elaboration: Elaboration = {
    name,
    entries: made,
    variables: variables.map(variableOf).concat(counters),
    bounds,
    owned: new Map(kept.map(({ host: { name: model } }) => [model, ownership.parameters(model).map(nameOf)])),
    host,
  };
  return { elaboration, diagnostics: session.diagnostics };
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

function entriesOf({ session, trained, kept }: Parts, variables: readonly VariableRecord[]): readonly EntryGraph[] {
  const init = buildInit(session, variables, trained?.plan);
  const metrics = variables.filter(({ role }) => role === "metric");
  const start = metrics.length === 0 ? [] : [buildEvaluateStart(session, metrics)];
  const training = trained === undefined ? [] : [trained.step.graph, ...start, ...trained.evaluation.entries];
  return [init, ...training, ...kept.map(({ graph }) => graph)];
}

function hostOf({ session, trained, kept, options, consts }: Parts, ownership: Ownership) {
  const models = kept.map(({ host }): HostModel => ({
    ...host,
    parameters: countParameters(ownership.parameters(host.name)),
  }));
  const names = new Set(["train_step", "evaluate", ...kept.map(({ host }) => host.entry)]);
  const called = session.requirements.filter(({ entry }) => names.has(entry));
  const requirements = [...new Map(called.map((requirement) => [JSON.stringify(requirement), requirement])).values()];
  const own = { consts, dims: givenOptions(options.dims), settings: givenOptions(options.settings) };
  const base = { language: languageVersion, options: own, models, requirements };
  const name = trained?.plan.label ?? models.at(0)?.name ?? session.module.name;
  return { name, host: trained === undefined ? base : { ...base, train: hostTrain(trained, options.bounds) } };
}

function countParameters(own: readonly VariableRecord[]): number {
  return own.reduce((sum, { type }) => sum + (constantValue(product(type.shape)) ?? 0), 0);
}

/** A batch that nobody wrote keeps to the bounds. */
function batchWithin(trained: Trained, bounds: ElaborateOptions["bounds"] = new Map()): number | "all" {
  const { batch } = trained.plan;
  // Without inputs an epoch counts steps.
  if (trained.step.objective.inputs.length === 0) return 1;
  if (batch === "all" || isBatchWritten(trained.plan)) return batch;
  return Math.min(batch, ...leadingNames(trained).map((name) => bounds.get(name) ?? batch));
}

function hostTrain(trained: Trained, bounds: ElaborateOptions["bounds"]): HostTrain {
  const { plan, step, evaluation } = trained;
  const { target } = step.objective;
  const scalarShape = { dtype: "f32" as const, shape: [] };
  return {
    name: plan.train.name.text,
    label: plan.label,
    inputs: hostInputs(step.objective),
    losses: step.losses.map((loss) => ({ ...loss, ...scalarShape })),
    rates: step.rates.map((rate) => ({ ...rate, ...scalarShape })),
    ...(step.probes.length === 0 ? {} : { probes: step.probes }),
    optimizer: plan.steps.map(({ optimizer }) => optimizer.target.declaration.name.text).join(","),
    evaluation: {
      loss: evaluation.losses[0],
      ...(evaluation.losses.length === 1 ? {} : { losses: evaluation.losses.slice(1) }),
      metrics: evaluation.metrics,
      ...(evaluation.whole.length === 0 ? {} : { whole: evaluation.whole }),
    },
    data: plan.data,
    batch: batchWithin(trained, bounds),
    epochs: plan.epochs,
    ...(plan.stepsPerEpoch === undefined ? {} : { stepsPerEpoch: plan.stepsPerEpoch }),
    ...(followsEpochs(step.graph.graph) ? { followsEpochs: true } : {}),
    seed: plan.seed,
    ...(target === undefined
      ? {}
      : {
          target: {
            input: target.name,
            kind: target.tensor.type.dtype === "i32" ? ("classes" as const) : ("numbers" as const),
            ...(step.takesLogit ? { logit: true } : {}),
            ...(step.takesProbability ? { probability: true } : {}),
          },
        }),
    ...(plan.stopEarly === undefined ? {} : { stopEarly: plan.stopEarly }),
    ...(plan.startFrom === undefined ? {} : { startFrom: plan.startFrom }),
    ...(plan.average === undefined ? {} : { average: plan.average }),
  };
}
