/** What a run has told so far: enough to draw it, to sum it up, and to go on writing its log when it is resumed. */
import type { DoneEvent, EpochEvent, Scores, StartEvent, StepEvent, TrainEvent } from "../../runtime/train/index.ts";

/** The events that a log keeps. */
export type LoggedEvent = StartEvent | StepEvent | EpochEvent | DoneEvent;

/** About so many steps of an epoch are kept. */
const stepsKept = 50;

export class History {
  readonly label: string;
  readonly events: LoggedEvent[] = [];
  #stride = 1;

  constructor(label: string) {
    this.label = label;
  }

  /** Keeps what is worth keeping of an event. */
  add(event: TrainEvent): void {
    if (event.event === "start") this.#stride = Math.max(1, Math.ceil(event.stepsPerEpoch / stepsKept));
    if (event.event === "stopped" || event.event === "diverged") return;
    if (event.event === "step" && event.step % this.#stride !== 0) return;
    this.events.push(event);
  }

  get epochs(): readonly EpochEvent[] {
    return this.events.filter((one) => one.event === "epoch");
  }

  get steps(): readonly StepEvent[] {
    return this.events.filter((one) => one.event === "step");
  }

  /** What its losses are called. */
  get losses(): readonly string[] {
    return lossNames(this.epochs.at(-1)?.train ?? {});
  }

  get done(): DoneEvent | undefined {
    return this.events.findLast((one) => one.event === "done");
  }

  get start(): StartEvent | undefined {
    return this.events.findLast((one) => one.event === "start");
  }
}

/** The scores that a run is judged by: those of its end, else of its last epoch. */
export function lastScores({ done, epochs }: History): { readonly train: Scores; readonly holdout: Scores | null } {
  const { train, holdout } = done ?? epochs.at(-1) ?? { train: {}, holdout: null };
  return { train, holdout };
}

/** What the losses of a train are called: `loss`, or each of several by the name of its step. */
export function lossNames(losses: Readonly<Record<string, unknown>>): readonly string[] {
  const steps = Object.keys(losses).filter((name) => name !== "loss");
  return steps.length > 1 ? steps : ["loss"];
}

/** Names of the metrics that are numbers, in order. */
export function scalarNames(scores: readonly (Scores | null)[], losses: readonly string[]): readonly string[] {
  const names = scores.flatMap((one) =>
    Object.entries(one ?? {}).flatMap(([name, value]) =>
      name !== "loss" && !losses.includes(name) && typeof value === "number" ? [name] : [],
    ),
  );
  return [...new Set(names)];
}

/** A score that is a number, else NaN. */
export function scoreOf(scores: Scores | null | undefined, name: string): number {
  const value = scores === null || scores === undefined || !Object.hasOwn(scores, name) ? undefined : scores[name];
  return typeof value === "number" ? value : NaN;
}
