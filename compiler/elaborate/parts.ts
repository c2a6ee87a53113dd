/**
 * What elaboration is given, and what it has made of a module before it is put together.
 */
import { product, symbolsOf } from "../dimension/dimension.ts";
import type { HostOptions } from "../program/host.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Gradients } from "./evaluator.ts";
import type { TargetFacts } from "./objective.ts";
import type { Prediction } from "./predict.ts";
import type { ClosedDimension, Session } from "./session.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { TrainStep } from "./train-step.ts";

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
  /** Other values for the settings of the train's optimizers: `lr` of all, `critic.lr` of a step's. */
  readonly settings?: ReadonlyMap<string, number>;
  /** Paths of layers, models and parameters to watch in training, in each step whose loss depends on them. */
  readonly probes?: readonly string[];
  /** Whether `train_step` tells, for each step, the L2 norm of all its gradients together, before `clip_norm`. */
  readonly norms?: boolean;
  /** How many operations the program may have; by default what takes some seconds to compile. */
  readonly operations?: number;
  /**
   * Keeps the parts of `train_step` apart, for whoever differentiates and updates in another system: what a part gives to the next is a result, and
   * an input of the same name: `minimize.main`, `gradient.main.Digits.dense.w`, `clipped.main.Digits.dense.w`, `rate.main`, and between steps
   * `after.critic.Critic.dense.w`.
   */
  readonly apart?: boolean;
  /** Dimensions without a value stay symbols, as for `check`. */
  readonly allowOpen?: boolean;
}

export interface Trained {
  readonly plan: TrainPlan;
  readonly step: TrainStep;
  readonly evaluation: Evaluation;
}

export interface Parts {
  readonly session: Session;
  readonly trained: Trained | undefined;
  readonly kept: readonly Prediction[];
  readonly owned: ReadonlySet<string> | undefined;
  readonly known: ReadonlyMap<string, number>;
  readonly missing: readonly ClosedDimension[];
  readonly options: ElaborateOptions;
  readonly consts: HostOptions["consts"];
}

/** The names of the first dimensions of the train's inputs: its batch. */
export function leadingNames(trained: Trained | undefined): readonly string[] {
  return (trained?.step.objective.inputs ?? []).flatMap(({ tensor }) => [
    ...symbolsOf(tensor.type.shape.at(0) ?? product([])),
  ]);
}

export function isBatchWritten({ train }: TrainPlan): boolean {
  return train.entries.some(({ key }) => key.text === "batch");
}
