/**
 * What a run makes of the losses of its steps: averages that are shown as it goes, and the means of an epoch. Both are kept in the record, so
 * that a run that is resumed goes on with them.
 */
import type { Evaluation, StepResult } from "../load/index.ts";
import { Mean } from "../load/mean.ts";
import type { TrainingRecord } from "../load/record.ts";
import type { Scores } from "./events.ts";

/** How much an average keeps of its past. */
const keep = 0.98;

type Losses = Readonly<Record<string, number>>;

/** The losses of one epoch, by the names of their steps; the first is the run's. */
export class EpochLosses {
  readonly #first: string;
  readonly #means: ReadonlyMap<string, Mean>;

  constructor(names: readonly string[], { epochLoss, epochWeight, otherLosses }: TrainingRecord) {
    this.#first = names[0] ?? "";
    this.#means = new Map(
      names.map((name) => {
        const value = name === this.#first ? epochLoss : otherLosses.get(name)?.epochLoss;
        return [name, new Mean(value, epochWeight)];
      }),
    );
  }

  /** Counts a step; the record after it. */
  add({ losses, weight }: Pick<StepResult, "losses" | "weight">, record: TrainingRecord): TrainingRecord {
    const counted = new Map(
      [...this.#means].map(([name, mean]) => {
        const loss = losses[name] ?? NaN;
        mean.add(loss, weight);
        const running = keep * (this.#running(name, record) ?? 0) + (1 - keep) * loss;
        return [name, { runningLoss: running, epochLoss: mean.value }];
      }),
    );
    const own = counted.get(this.#first);
    counted.delete(this.#first);
    return { ...record, ...own, epochWeight: this.#means.get(this.#first)?.weight ?? 0, otherLosses: counted };
  }

  /** The exponentially weighted averages after so many steps, the bias of their start corrected. */
  averages(record: TrainingRecord, steps: number): Losses {
    const average = (name: string): number => (this.#running(name, record) ?? NaN) / (1 - keep ** steps);
    return Object.fromEntries([...this.#means.keys()].map((name) => [name, average(name)]));
  }

  /** The means over the steps so far. */
  get values(): Losses {
    return Object.fromEntries([...this.#means].map(([name, mean]) => [name, mean.value]));
  }

  #running(name: string, { runningLoss, otherLosses }: TrainingRecord): number | undefined {
    return name === this.#first ? runningLoss : otherLosses.get(name)?.runningLoss;
  }
}

/** The record where an epoch begins. */
export function beginEpoch(record: TrainingRecord): TrainingRecord {
  const otherLosses = new Map([...record.otherLosses].map(([name, one]) => [name, { ...one, epochLoss: 0 }]));
  return { ...record, epochLoss: 0, epochWeight: 0, otherLosses };
}

/** `loss`, with several steps the loss of each by its name, and the metrics. */
export function scoresOf({
  loss,
  losses,
  metrics = {},
}: Pick<Evaluation, "loss" | "losses"> & Partial<Evaluation>): Scores {
  return { loss, ...(Object.keys(losses).length > 1 ? losses : {}), ...metrics };
}
