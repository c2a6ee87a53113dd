/**
 * What the host must know of a program: its models, and how its train is run.
 */
import { constantValue, product } from "../dimension/dimension.ts";
import type { HostModel, HostOption, HostOptions, HostTrain } from "../program/host.ts";
import { followsEpochs, reckonsWithEpochs } from "./epochs.ts";
import { givenOptions } from "./constants.ts";
import { hostInputs } from "./objective.ts";
import type { Continuations } from "./continuation.ts";
import type { Ownership } from "./ownership.ts";
import { isBatchWritten, leadingNames, type ElaborateOptions, type Parts, type Trained } from "./parts.ts";
import type { Session, VariableRecord } from "./session.ts";
import { rowsName } from "./whole-set.ts";

const languageVersion = "1";

export function hostOf(
  { session, trained, kept, options, consts }: Parts,
  ownership: Ownership,
  continuations: Continuations,
  bounds: ReadonlyMap<string, number>,
) {
  const models = kept.map(({ host }): HostModel => {
    const { host: continuation } = continuations.get(host.name) ?? {};
    const parameters = countParameters(ownership.parameters(host.name));
    return { ...host, parameters, ...(continuation === undefined ? {} : { continuation }) };
  });
  const metrics = trained?.evaluation.whole.map(({ entry }) => entry) ?? [];
  const names = new Set(["train_step", "evaluate", ...metrics, ...kept.map(({ host }) => host.entry)]);
  const called = session.requirements.filter(({ entry }) => names.has(entry));
  const requirements = [...new Map(called.map((requirement) => [JSON.stringify(requirement), requirement])).values()];
  const open = trained === undefined ? [] : openSizes(trained, session, options, bounds);
  const own = {
    consts,
    dims: sizesOf(session, options),
    ...(open.length === 0 ? {} : { bounds: open }),
    settings: givenOptions(options.settings),
  };
  const base = { language: languageVersion, options: own, models, requirements };
  const name = trained?.plan.label ?? models.at(0)?.name ?? session.module.name;
  return { name, host: trained === undefined ? base : { ...base, train: hostTrain(trained, options.bounds) } };
}

/** The sizes that the caller gave, and the others that the data did. */
function sizesOf(
  { dims }: Session,
  { dims: given = new Map<string, number>() }: ElaborateOptions,
): HostOptions["dims"] {
  return [...dims].map(([name, size]) => ({ name, value: constantValue(size) ?? 0, given: given.has(name) }));
}

/** The bounds that the caller gave, and those that only the data told. */
function openSizes(
  trained: Trained,
  { module }: Session,
  { bounds: given = new Map<string, number>() }: ElaborateOptions,
  bounds: ReadonlyMap<string, number>,
): readonly HostOption<number>[] {
  const written = new Set([...(trained.plan.batch === "all" ? [] : leadingNames(trained)), rowsName(module)]);
  return [...bounds]
    .filter(([name]) => given.has(name) || !written.has(name))
    .map(([name, value]) => ({ name, value, given: given.has(name) }));
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
    inputs: hostInputs(step.objective).map((input) => ({
      ...input,
      ...(step.takesProbability && input.name === target?.name ? { probability: true } : {}),
      ...(input.name === step.weighing ? { weighs: true } : {}),
    })),
    losses: step.losses.map((loss) => ({ ...loss, ...scalarShape })),
    loss: step.lossIdentity,
    rates: step.rates.map((rate) => ({ ...rate, ...scalarShape })),
    ...(step.probes.length === 0 ? {} : { probes: step.probes }),
    ...(step.norms.length === 0 ? {} : { norms: step.norms }),
    optimizer: plan.steps.map(({ optimizer }) => optimizer.target.declaration.name.text).join(","),
    evaluation: {
      loss: evaluation.losses[0],
      ...(evaluation.losses.length === 1 ? {} : { losses: evaluation.losses.slice(1) }),
      metrics: evaluation.metrics,
      ...(evaluation.whole.length === 0 ? {} : { whole: evaluation.whole }),
      ...(evaluation.units === undefined ? {} : { units: evaluation.units }),
    },
    data: plan.data,
    batch: batchWithin(trained, bounds),
    epochs: plan.epochs,
    ...(plan.stepsPerEpoch === undefined ? {} : { stepsPerEpoch: plan.stepsPerEpoch }),
    ...(followsEpochs(step.graph.graph) ? { followsEpochs: true } : {}),
    ...(reckonsWithEpochs(step.graph.graph) ? { reckonsWithEpochs: true } : {}),
    seed: plan.seed,
    ...(target === undefined
      ? {}
      : {
          target: {
            input: target.name,
            kind: target.tensor.type.dtype === "i32" ? ("classes" as const) : ("numbers" as const),
            ...(step.takesLogit ? { logit: true } : {}),
          },
        }),
    ...(plan.stopEarly === undefined ? {} : { stopEarly: plan.stopEarly }),
    ...(plan.startFrom === undefined ? {} : { startFrom: plan.startFrom }),
    ...(plan.average === undefined ? {} : { average: plan.average }),
  };
}
