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

  get done(): DoneEvent | undefined {
    return this.events.findLast((one) => one.event === "done");
  }

  get start(): StartEvent | undefined {
    return this.events.findLast((one) => one.event === "start");
  }
}

/** Names of the metrics that are numbers, in order. */
export function scalarNames(scores: readonly (Scores | null)[]): readonly string[] {
  const names = scores.flatMap((one) =>
    Object.entries(one ?? {}).flatMap(([name, value]) => (name !== "loss" && typeof value === "number" ? [name] : [])),
  );
  return [...new Set(names)];
}

/** A score that is a number, else NaN. */
export function scoreOf(scores: Scores | null | undefined, name: string): number {
  const value = scores === null || scores === undefined || !Object.hasOwn(scores, name) ? undefined : scores[name];
  return typeof value === "number" ? value : NaN;
}
